"""Do baselines take the place of those of their axis alone, and is what cannot be joined refused in words?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError
from carecost.files.baselines import AXES, baselines

SETS = Path(__file__).parents[1] / "data" / "sets"


def test_a_baseline_takes_the_place_of_its_axis_and_leaves_the_others() -> None:
    england = cc.load_assumptions("england-2025")
    flat = cc.under(england, "prices-flat")
    assert set(england.baselines) - set(flat.baselines) == {b for b in england.baselines if b.startswith("prices")}
    assert set(flat.baselines) - set(england.baselines) == {"prices-flat"}
    edits = flat.diff(england)
    assert (
        edits
        and {edit.parameter for edit in edits} <= baselines()["prices-flat"].names | baselines()["prices-fading"].names
    )
    assert flat.name == "england-2025, prices-flat" and flat.digest != england.digest


def test_the_rows_of_a_set_keep_their_cells() -> None:
    capacity = cc.under(cc.load_assumptions("england-2025-capacity"), "prices-growing")
    (row,) = (row for row in capacity.rows if row.name == "growth of residential prices")
    assert row.where.items is not None and "unregistered" in " ".join(row.where.items)


def test_going_back_gives_the_numbers_of_the_set() -> None:
    england = cc.load_assumptions("england-2025")
    axis = {b.name: b.axis for b in baselines().values()}
    for name in ("prices-flat", "unaccompanied-low", "mix-trend"):
        own = next(b for b in england.baselines if axis[b] == axis[name])
        again = cc.under(cc.under(england, name), own)
        assert sorted(map(repr, again.rows)) == sorted(map(repr, england.rows)) and again.baselines == england.baselines


def test_a_scenario_goes_on_behind_and_joins_what_a_baseline_does() -> None:
    poverty = cc.load_scenario("child-poverty")
    made = cc.under(cc.load_assumptions("england-2025"), ["policy-enacted", poverty])
    assert made.background is not None
    names = [lever.name for lever in made.background.levers]
    assert set(lever.name for lever in poverty.levers) <= set(names) and len(names) > len(poverty.levers)
    assert made.name == "england-2025, policy-enacted+child-poverty"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("prices-flat+prices-growing", r"'prices-flat' and 'prices-growing' are both of prices.*one of an axis"),
        ("prices-flatt", r"'prices-flatt'.*Did you mean 'prices-flat'"),
        ("population-official", r"needs a file that is not in the package"),
        ("population-flat", None),
    ],
)
def test_what_cannot_be_joined_is_refused_in_words(given: str, words: str | None) -> None:
    england = cc.load_assumptions("england-2025")
    if words is None:
        flat = cc.under(england, given)
        with pytest.raises(CareCostError, match=r"under 'population-flat' already.*Load the set again"):
            cc.under(flat, "population-assumed")
        return
    with pytest.raises(CareCostError, match=words):
        cc.under(england, given)


def test_a_set_that_states_no_baselines_takes_scenarios_alone() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    with pytest.raises(CareCostError, match=r"'tiny' states no baselines"):
        cc.under(tiny, "prices-flat")
    plan = replace(cc.load_scenario(SETS / "edge.toml"), name="behind")
    assert cc.under(tiny, plan).background == plan


def test_every_baseline_has_a_source_a_grade_and_a_known_axis() -> None:
    assert {one.axis for one in baselines().values()} == set(AXES)
    assert all(one.source and one.quality in "ABCDE" and one.title for one in baselines().values())
