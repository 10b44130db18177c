"""Numbers and statements in words: how a value, an assumption, a lever or a set is written.

May import estimation, inputs, engine and what lies below; never simulation, which stands beside it.
"""
