"""The figures, and the rules by which the packaged sets are made from them: `python -m data.build`."""
