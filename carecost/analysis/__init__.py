"""Arrays about a run: attribution, sensitivity, convergence, business case, calibration.

May import simulation, text and what lies below; numpy and scipy only. Private but through ``carecost``.
"""
