"""The tables of `data/findings`: what the sets give beside the published record, and what time in care changes,
and what rules and others forecast.

Imports all the folders before it: `sources`, `rates`, `costs`, `findings`, `sets`; `carecost` and `carecost.analysis`.
"""
