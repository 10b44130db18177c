"""What is handed over: the page, its charts and tables, written whole.

``story`` asks the results for everything once; ``headline`` and ``charts`` make sentences and charts of what it is
given; sections (``findings``, ``sections``, ``basis``) are functions of a ``Story`` that give markup; ``write`` puts
them together.

May import plots, results and what lies below. Private but through ``carecost``.
"""
