"""What follows from rates and costs: solved values, runs, comparisons with the record, and the tables they share.

Imports `sources`, `rates`, `costs`; the package by its public names, `carecost`.
"""
