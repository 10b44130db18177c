"""Edits of a set by cell: exactly the cells named change, all others keep their values, luck and ties, to the bit."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.engine.grid import AXES
from carecost.simulation.layout import Layouts

SETS = Path(__file__).parents[1] / "data" / "sets"
#: Without paths over years, which multiply whatever is edited.
ENGLAND = replace(cc.under(cc.load_assumptions("england-2025"), "entries-held+unaccompanied-high"), name="england-2025")
TINY = cc.load_assumptions(SETS / "tiny")
DRAWS = cc.Draws(6, seed=4)
#: Examples of what takes half a second each.
FEW = 12
#: Parameters whose cells can be named one by one, and the axes of each.
EDITED = ("initial_stock", "entry_rate", "exit_rate", "move_rate", "unit_cost")


def arrays(made: cc.Assumptions, parameter: str, drawn: bool) -> dict[str, np.ndarray]:
    """The parameter's array of each stream, axes of full length."""
    grid = made.grid()
    layouts = Layouts(made, grid)
    sampler = layouts.sampler(DRAWS, slice(0, DRAWS.n) if drawn else None)
    shape = tuple(len(grid.labels(axis)) for axis in AXES[parameter])
    found = {s: np.asarray(getattr(layouts.parameters(s, sampler), parameter)) for s in made.streams}
    return {stream: np.array(np.broadcast_to(a, (len(a), *shape))) for stream, a in found.items()}


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, dict[str, tuple[object, ...]]]:
    """A parameter of england-2025 and some labels on some of its axes, of cells that a row covers."""
    parameter = draw(st.sampled_from(EDITED))
    row = draw(st.sampled_from(ENGLAND.select(parameter)))
    where: dict[str, tuple[object, ...]] = {}
    axes = AXES[parameter] if parameter == "unit_cost" else ("streams", *AXES[parameter])
    for axis in axes:
        own = getattr(row.where, axis)
        labels = ENGLAND.labels[axis] if own is None else own
        if axis == "years":
            labels = labels[: ENGLAND.years]
        if draw(st.booleans()):
            where[axis] = tuple(draw(st.lists(st.sampled_from(labels), min_size=1, max_size=3, unique=True)))
    return parameter, where


def mask(parameter: str, stream: str, where: dict[str, tuple[object, ...]]) -> np.ndarray:
    """The cells named, as an array of the parameter's shape."""
    grid = ENGLAND.grid()
    if stream not in where.get("streams", (stream,)):
        return np.zeros(tuple(len(grid.labels(axis)) for axis in AXES[parameter]), dtype=bool)
    on = [np.array([axis not in where or x in where[axis] for x in grid.labels(axis)]) for axis in AXES[parameter]]
    return np.logical_and.reduce(np.meshgrid(*on, indexing="ij"))


@settings(max_examples=FEW)
@given(edits(), st.booleans())
def test_replace_changes_exactly_the_cells_named(edit: tuple[str, dict[str, tuple[object, ...]]], drawn: bool) -> None:
    parameter, where = edit
    before = arrays(replace(ENGLAND, rows=plain(ENGLAND, parameter)), parameter, drawn)
    made = replace(ENGLAND, rows=plain(ENGLAND, parameter)).replace(parameter, 0.123, **where)  # type: ignore[arg-type]
    after = arrays(made, parameter, drawn)
    for stream in ENGLAND.streams:
        at = mask(parameter, stream, where)
        covered = np.zeros(at.shape, dtype=bool)
        for row in ENGLAND.select(parameter):
            if row.where.covers(stream):
                covered |= mask(parameter, stream, {a: v for a in AXES[parameter] if (v := getattr(row.where, a))})
        if not at.all():
            np.testing.assert_array_equal(*np.broadcast_arrays(after[stream][:, ~at], before[stream][:, ~at]))
        assert (after[stream][:, at & covered] == 0.123).all()


def plain(made: cc.Assumptions, parameter: str) -> tuple[cc.Assumption, ...]:
    """Rows without what multiplies the parameter."""
    return tuple(row for row in made.rows if row.kind == "value" or row.parameter != parameter)


@given(edits())
def test_scale_multiplies_the_cells_named_and_keeps_their_luck(edit: tuple[str, dict[str, tuple[object, ...]]]) -> None:
    parameter, where = edit
    before, after = (arrays(m, parameter, True) for m in (ENGLAND, ENGLAND.scale(parameter, 1.25, **where)))  # type: ignore[arg-type]
    for stream in ENGLAND.streams:
        at = mask(parameter, stream, where)
        np.testing.assert_array_equal(after[stream][:, ~at], before[stream][:, ~at])
        np.testing.assert_allclose(after[stream][:, at], 1.25 * before[stream][:, at], rtol=1e-9)


@settings(max_examples=FEW)
@given(edits())
def test_diff_names_the_cells_that_differ_and_no_other(edit: tuple[str, dict[str, tuple[object, ...]]]) -> None:
    parameter, where = edit
    assert ENGLAND.diff(ENGLAND) == ()
    made = ENGLAND.scale(parameter, 2.0, **where)  # type: ignore[arg-type]
    found = ENGLAND.diff(made)
    assert found and {e.parameter for e in found} == {parameter}
    back = [replace(edit, before=edit.after, after=edit.before) for edit in made.diff(ENGLAND)]
    assert sorted(map(str, back)) == sorted(map(str, found))


def test_replace_of_one_rate_splits_its_row_and_says_how_many_cells() -> None:
    reason = ENGLAND.labels["reasons"][0]
    cell = {"age": 12, "placement": "foster in-house", "reason": reason, "stream": "other"}
    made = ENGLAND.replace("exit_rate", 0.2, **cell)  # type: ignore[arg-type]
    (edit,) = ENGLAND.diff(made)
    assert edit.cells == len(ENGLAND.labels["years"]) and edit.after == 0.2
    assert "ages=12" in edit.where and "foster in-house" in edit.where
    (row,) = [r for r in made.rows if r.belief.value == 0.2 and "replaced" in r.belief.note]
    assert row.belief.note == f"replaced by the user in {edit.cells:,} cells"
    cc.run(made, years=2)


def test_price_of_another_year_is_converted_and_another_unit_refused() -> None:
    made = ENGLAND.replace("unit_cost", 8000, item="children's home", price_year=2022)
    (row,) = made.select("unit_cost", item="children's home")
    factor = float(ENGLAND.deflator.factor(2022, [ENGLAND.price_year])[0])
    assert row.belief.value == pytest.approx(8000 * factor) and row.belief.price_year == ENGLAND.price_year
    with pytest.raises(cc.CareCostError, match=r"unit is 'GBP per child-year'.*Give an amount in 'GBP per child-week'"):
        ENGLAND.replace("unit_cost", 8000, item="children's home", unit="GBP per child-year")
    with pytest.raises(cc.CareCostError, match="is no amount of money"):
        ENGLAND.replace("exit_rate", 0.1, age=12, price_year=2022)


@pytest.mark.parametrize(
    "ages", ["10 to 12", "10-12", [10, 11, 12], range(10, 13), np.arange(10, 13), pd.Series([10, 11, 12])]
)
def test_ages_are_taken_in_any_form(ages: object) -> None:
    assert (
        ENGLAND.scale("entry_rate", 1.1, ages=ages).digest == ENGLAND.scale("entry_rate", 1.1, age=(10, 11, 12)).digest
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda e: e.replace("unit_cost", 1, item="childrens home"), "Did you mean 'children's home'"),
        (lambda e: e.replace("unit_costs", 1, item="secure"), "Did you mean 'unit_cost'"),
        (lambda e: e.replace("exit_rate", 1, item="secure"), "unknown selector 'item'"),
        (lambda e: e.replace("exit_rate", "a lot", age=12), "value is 'a lot'. Give a number"),
        (lambda e: e.replace("exit_rate", float("nan"), age=12), "value is nan"),
        (lambda e: e.replace("exit_rate", age=12), "nothing is to be changed"),
        (lambda e: e.replace("exit_rate", 0.1, age=99), "unknown age '99'"),
        (lambda e: e.replace("exit_rate", 0.1, age=12.5), "age is 12.5"),
        (lambda e: e.replace("exit_rate", 0.1, age=[]), "age names nothing"),
        (lambda e: e.scale("exit_rate", -1), "by is -1. Give a number above 0"),
        (lambda e: e.scale("exit_rate", True), "by is True"),
        (lambda e: e.diff("england-2025"), "other is 'england-2025'. Give a set"),
        (lambda e: e.diff(TINY), "placements of 'england-2025' and 'tiny' differ"),
        (lambda e: e.select("exit_rate", age="17-10"), "does not rise"),
    ],
)
def test_edit_that_cannot_be_is_refused_with_the_remedy(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(cc.CareCostError, match=re.escape(words)):
        call(ENGLAND)


def test_part_of_a_tied_quantity_stays_tied_outside() -> None:
    loading = {"source": "made up", "quality": "E"}
    names = [row.quantity for row in TINY.rows if row.parameter == "exit_rate" and not row.belief.certain]
    names += [row.quantity for row in TINY.rows if row.parameter == "unit_cost" and not row.belief.certain][:1]
    ties = cc.Ties(tuple(cc.Loading("g", name, 0.7, **loading) for name in names))
    made = replace(TINY, ties=ties)
    split = made.replace("exit_rate", 0.3, age=15, placement="foster", reason="returned")
    assert split.ties == ties  # the rest of the row is still drawn under its name
    whole = made.replace("exit_rate", 0.3, reason="returned", placement=["foster", "home"])
    assert whole.ties == cc.Ties()
    cc.run(split, draws=cc.Draws(4))


@settings(max_examples=FEW)
@given(edits(), st.booleans())
def test_edited_set_is_saved_and_loaded_the_same(edit: tuple[str, dict[str, tuple[object, ...]]], scaled: bool) -> None:
    parameter, where = edit
    change = ENGLAND.scale if scaled else ENGLAND.replace
    made = change(parameter, 1.0625 if scaled else 0.25, **where)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        again = cc.load_assumptions(cc.save_assumptions(made, Path(folder) / "set"))
    assert again == made and again.digest == made.digest
