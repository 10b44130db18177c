"""Is what the public level is worth what authorities show, and are rows rounded without losing anything?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.files.own_rates import _exact_shares, _rounded, earlier, worth_of_levels


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


def test_children_of_earlier_years_are_those_published() -> None:
    england, region = (cc.load_assumptions(name) for name in ("england-2025", "england-2025/London"))
    first = sum(row.belief.value for row in england.select("population", year=2026))
    assert earlier(england, 2025) * first == pytest.approx(12_183_016) and earlier(england, 2013) == earlier(
        england, 1999
    )
    assert earlier(region, 2021) == pytest.approx(earlier(england, 2021))
