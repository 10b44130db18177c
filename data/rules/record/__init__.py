"""The tables of `data/findings`: sets beside the record, what time in care changes, what rules and others forecast.

Imports all the folders before it: `sources`, `rates`, `costs`, `findings`, `sets`; `carecost` and `carecost.analysis`.
"""
