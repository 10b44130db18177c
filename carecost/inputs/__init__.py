"""What is believed and what might be done, stated and frozen: beliefs, scenarios, sets.

May import engine and what lies below it; no pandas, no files. Private but through ``carecost``.
"""
