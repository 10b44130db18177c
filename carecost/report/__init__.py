"""What is handed over: the page, its charts and tables, written whole.

May import plots, results and what lies below. Private but through ``carecost``.
"""
