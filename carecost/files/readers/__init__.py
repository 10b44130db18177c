"""Published records and returns, a module a source; what a file is, is told from its columns.

May import what :mod:`carecost.files` may, and pandas.
"""
