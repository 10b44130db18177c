"""Is what the public level is worth what authorities show, and are rows rounded without losing anything?"""

from __future__ import annotations

import numpy as np

from carecost.files.own_rates import _exact_shares, _rounded, worth_of_levels


def test_levels_of_authorities_differ_so_much() -> None:
    worth = worth_of_levels()
    assert set(worth) == {"other, entries", "other, exits", "uasc, entries", "uasc, exits"}
    assert all(0.3 < n < 100 for n in worth.values())


def test_rounded_rates_keep_six_figures() -> None:
    values = np.array([[0.0, 1.23456789e-5, 12.3456789]])
    np.testing.assert_allclose(_rounded(values), [[0.0, 1.23457e-5, 12.3457]], rtol=1e-12)


def test_rounded_shares_sum_to_one_at_each_age() -> None:
    cells = [("entry_share", {"ages": (age,)}) for age in (3, 3, 3, 4, 4)]
    shares = _exact_shares(np.array([1 / 3, 1 / 3, 1 / 3, 1 / 7, 6 / 7]), cells)
    assert abs(shares[:3].sum() - 1) < 1e-15 and abs(shares[3:].sum() - 1) < 1e-15
