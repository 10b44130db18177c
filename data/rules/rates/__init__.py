"""Stocks and rates of children in care by single age, placement and stream, from the published margins and flows.

Imports `sources`; the package by its public names, `carecost`. No money here.
"""
