"""Shares of arrivals that full groups send on: occupancy meets the places, and nobody is lost on the way."""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc
from carecost.engine.capacity_shares import Relief

GRID = cc.Grid(
    2025,
    1,
    range(18),
    ["own", "agency", "home"],
    groups=[cc.CapacityGroup("own", ["own"], "agency"), cc.CapacityGroup("agency", ["agency"], "home")],
)


def test_arrivals_sent_on_are_neither_lost_nor_made() -> None:
    relief = Relief(GRID)
    arrivals = np.array([[[10.0, 20.0, 5.0]]])  # (draw, age, placement)
    before = arrivals.sum()
    share = np.array([[0.3], [0.5]])  # (group, draw)
    counted = relief.send(share, [arrivals], relief.entered)
    assert arrivals.sum() == pytest.approx(before)
    assert arrivals[0, 0].tolist() == pytest.approx([7.0, 11.5, 16.5])
    assert counted[:, 0].tolist() == pytest.approx([3.0, 11.5])


def test_group_with_room_sends_nobody_on() -> None:
    relief = Relief(GRID)
    groups, terms = len(GRID.groups), len(relief.terms)
    there = np.ones((groups, 4))
    reach = np.zeros((terms, groups, 4))
    share = relief.solved(there, reach, np.full((groups, 4), 2.0))
    assert not share.any()
    np.testing.assert_allclose(relief.occupied(there, reach, share), there)
