"""Is everybody who could have had an event at risk, and does every tree sum to what was counted?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import carecost as cc
from carecost import Counts
from carecost.estimation import risk_sets
from carecost.maths.partial_pooling import Level
from tests.estimation.councils import council, one_cell

#: Each tree, and the events that it is of.
TREES: dict[str, tuple[Callable[[Counts], tuple[Level, ...]], str]] = {
    "entries": (risk_sets.entry_tree, "entries"),
    "exits": (risk_sets.exit_tree, "exits"),
    "moves": (risk_sets.move_tree, "moves"),
    "entry_share": (risk_sets.share_tree, "entries"),
}


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("seed", range(4))
def test_every_level_of_a_tree_has_all_events_and_a_name_of_its_own(name: str, seed: int) -> None:
    counts = council(seed)
    build, events = TREES[name]
    levels = build(counts)
    assert levels[0].names == (f"there, {name}",)
    for above, level in pairwise(levels):
        assert level.events.sum() == np.asarray(getattr(counts, events)).sum()
        assert len(set(level.names)) == len(level.names)
        # A group has the events and exposure of its parts.
        for values, total in ((level.events, above.events), (level.exposure, above.exposure)):
            np.testing.assert_allclose(np.bincount(level.parent, values, len(total)), total, rtol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_cells_of_trees_are_those_of_the_risk_sets(seed: int) -> None:
    counts = council(seed)
    for tree, cells in (
        (risk_sets.entry_tree, risk_sets.entry_ages),
        (risk_sets.exit_tree, risk_sets.exit_cells),
        (risk_sets.move_tree, risk_sets.move_cells),
        (risk_sets.share_tree, risk_sets.entry_cells),
    ):
        assert len(tree(counts)[-1].names) == cells(counts).sum()


def test_nobody_is_at_risk_of_an_event_that_leads_to_where_no_placement_is_used() -> None:
    counts = council()
    used = np.asarray(counts.used)[[counts.grid.index("ages", b) for b in counts.bands]]
    moves, exits = risk_sets.move_cells(counts), risk_sets.exit_cells(counts)
    assert not (moves & ~used[:, None]).any() and not (moves & ~used[..., None]).any()
    assert not moves[:, range(5), range(5)].any()
    to_order = exits[..., counts.grid.index("reasons", "order")]
    assert not (to_order & ~used[:, [2]]).any()


def test_states_outside_care_are_at_risk_of_what_was_seen_alone() -> None:
    counts = council()
    seen = np.asarray(counts.moves).sum((0, 1)) > 0
    cells = risk_sets.move_cells(counts).any(0)
    assert not (cells & ~seen)[[2, 4]].any() and not (cells & ~seen)[:, [2, 4]].any()
    assert cells[0, 1] and cells[3, 4], "between placements in care, and where some went"


def test_a_state_outside_care_is_entered_where_some_entered() -> None:
    counts = council()
    assert not risk_sets.entry_cells(counts)[:, [2, 4]].any()
    entries = np.array(counts.entries)
    entries[0, 3, 2] = 1
    cells = risk_sets.entry_cells(replace(counts, entries=entries))
    assert cells[:, 2].any() and not cells[:, 4].any()


def test_expected_entries_of_years_sum_to_those_counted_and_follow_the_population() -> None:
    counts = council()
    people = np.array(counts.population)
    people[0] *= 2
    entries, expected = risk_sets.yearly(replace(counts, population=people))
    assert expected.sum() == pytest.approx(entries.sum())
    np.testing.assert_allclose(expected[0], 2 * expected[1:])


def test_expected_entries_without_a_population_are_none() -> None:
    counts = replace(one_cell(), population=np.zeros((2, 1)), entries=np.zeros((2, 1, 1)))
    np.testing.assert_array_equal(risk_sets.yearly(counts), np.zeros((2, 2)))


def test_names_begin_with_the_name_of_the_counts() -> None:
    assert risk_sets.prefix(council()) == "there, " and risk_sets.prefix(one_cell()) == ""


def test_a_reason_that_leads_into_a_placement_is_open_while_that_is() -> None:
    placements = [cc.Placement("foster", leave_age=4), cc.Placement("order", in_care=False, leave_age=2)]
    grid = cc.Grid(2024, 1, range(4), placements, [cc.Reason("out", to="order")])
    zero = np.zeros((1, 4, 2))
    lived = zero.copy()
    lived[..., 0] = 10
    counts = Counts(grid, zero[..., 0], zero, lived, zero[..., None], np.zeros((1, 4, 2, 2)), bands=(0, 2))
    np.testing.assert_array_equal(risk_sets.exit_cells(counts)[..., 0], [[True, False], [False, False]])
