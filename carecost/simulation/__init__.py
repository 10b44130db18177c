"""Statements become arrays, levers act, draws go through in blocks, scenarios are compared.

May import estimation, inputs, engine and what lies below; numpy and scipy only. Private but through ``carecost``.
"""
