"""One packaged set a module, with the scenarios, regions and authorities: the files of each as text.

Imports `sources`, `rates`, `costs`, `findings`; the package by its public names, `carecost`, and `carecost.analysis`.
"""
