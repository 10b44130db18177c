"""What is paid for: unit costs, deflators, the change in spending, and intervals from past series.

Imports `sources`, `rates`; of the package, `carecost.money`.
"""
