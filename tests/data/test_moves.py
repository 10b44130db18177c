"""Moves between placements: the smallest rates that give a net flow, and ways that are closed."""

from __future__ import annotations

import numpy as np

from data.rules.rates.moves import allowed, smallest

STOCK = np.array([400.0, 100.0, 50.0])


def test_smallest_moves_give_the_net_flow_wanted() -> None:
    net = np.array([-12.0, 8.0, 4.0])
    rates = smallest(net, STOCK, ~np.eye(3, dtype=bool))
    flow = STOCK[:, None] * rates
    np.testing.assert_allclose(flow.sum(0) - flow.sum(1), net, rtol=1e-4)
    assert (rates >= 0).all()


def test_smallest_moves_are_no_larger_than_another_way_to_the_same_flow() -> None:
    """All by way of the second placement is one way; the least sum of squares, weighted by children, is below it."""
    net, open_ways = np.array([-12.0, 8.0, 4.0]), ~np.eye(3, dtype=bool)
    other = np.zeros((3, 3))
    other[0, 1], other[1, 2] = 12 / STOCK[0], 4 / STOCK[1]

    def size(rates: np.ndarray) -> float:
        return float((STOCK[:, None] * rates**2).sum())

    assert size(smallest(net, STOCK, open_ways)) < size(other)


def test_no_way_leads_to_an_empty_placement_or_out_of_adoption() -> None:
    names = ("foster agency", "secure", "placed for adoption")
    ways = allowed(names, np.array([[10.0, 0.0, 5.0], [10.0, 2.0, 0.0]]))
    assert ways[0].tolist() == [[False, False, True], [False] * 3, [False] * 3]
    assert ways[1].tolist() == [[False, True, False], [True, False, False], [False] * 3]


def test_without_open_ways_nobody_moves() -> None:
    assert not smallest(np.zeros(3), STOCK, np.zeros((3, 3), dtype=bool)).any()
