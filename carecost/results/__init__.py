"""Rows of a run in pandas: Results, Saving, and the tables behind them.

May import analysis, files and what lies below. Private but through ``carecost``.
"""
