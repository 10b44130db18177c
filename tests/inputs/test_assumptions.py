"""Are rows of a set found, replaced and scoped, and is the set itself never touched?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.engine.items import OUTCOMES
from carecost.errors import UnknownNameError
from carecost.files.packaged import packaged_assumptions
from carecost.inputs.assumptions import ALL
from carecost.inputs.provenance import licence

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


@pytest.fixture(scope="module")
def tiny() -> cc.Assumptions:
    return cc.load_assumptions(SETS / "tiny")


def test_select_finds_every_row_that_covers_a_label(england: cc.Assumptions) -> None:
    rows = england.select("exit_rate", placement="foster in-house", age=12, stream="other")
    assert rows and all(r.parameter == "exit_rate" for r in rows)
    for row in england.rows:
        meets = (
            row.kind == "value"
            and row.parameter == "exit_rate"
            and (row.where.placements is None or "foster in-house" in row.where.placements)
            and (row.where.ages is None or 12 in row.where.ages)
            and (row.where.streams is None or "other" in row.where.streams)
        )
        assert (row in rows) == meets


def test_select_takes_an_axis_in_the_singular_and_in_the_plural(england: cc.Assumptions) -> None:
    assert england.select("unit_cost", item="secure") == england.select("unit_cost", items="secure")
    with pytest.raises(cc.CareCostError, match="unknown item 'no such'"):
        england.select("unit_cost", item="no such")


def test_select_refuses_what_it_does_not_know(england: cc.Assumptions) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'exit_rate'"):
        england.select("exit_rates")
    with pytest.raises(UnknownNameError, match=r"unknown selector 'plcement'.*Did you mean 'placements'"):
        england.select("exit_rate", plcement="secure")


def test_replace_changes_the_rows_asked_for_and_no_other(tiny: cc.Assumptions) -> None:
    row = next(r for r in tiny.select("unit_cost") if not r.belief.certain)
    (item,) = row.where.items or ()
    mine = tiny.replace("unit_cost", 5, item=item, source="own ledger")
    changed = [(old, new) for old, new in zip(tiny.rows, mine.rows, strict=True) if old != new]
    assert changed and {old for old, _ in changed} <= set(tiny.select("unit_cost", item=item))
    belief = mine.select("unit_cost", item=item)[0].belief
    assert (belief.value, belief.certain, belief.source) == (5.0, True, "own ledger")
    assert belief.note.startswith("replaced by the user in ")
    assert belief.unit == row.belief.unit and mine.digest != tiny.digest
    assert tiny == cc.load_assumptions(SETS / "tiny")


def test_replace_of_a_source_alone_keeps_value_interval_and_ties(tiny: cc.Assumptions) -> None:
    row = next(r for r in tiny.rows if not r.belief.certain and r.kind == "value")
    other = next(r for r in tiny.rows if not r.belief.certain and r is not row and r.kind == "value")
    ties = cc.Ties((cc.Loading("g", row.quantity, 0.5), cc.Loading("g", other.quantity, 0.5)))
    tied = replace(tiny, ties=ties)
    labels = {axis: getattr(row.where, axis)[0] for axis in ("items", "ages", "placements") if getattr(row.where, axis)}
    noted = tied.replace(row.parameter, source="another", **labels)
    assert noted.ties == ties
    assert replace(noted.rows[tiny.rows.index(row)].belief, source=row.belief.source) == row.belief
    assert tied.replace(row.parameter, 0.01, **labels).ties == cc.Ties()


def test_replace_of_nothing_is_refused_with_what_there_is(england: cc.Assumptions) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown item 'secures'.*Did you mean 'secure'"):
        england.replace("unit_cost", 1.0, item="secures")
    with pytest.raises(UnknownNameError, match=r"unknown row of move_rate .*placement='secure', to='secure'"):
        england.replace("move_rate", 1.0, placement="secure", to="secure")


def test_uncertain_names_each_quantity_with_an_interval_joint_draws_or_a_path(tiny: cc.Assumptions) -> None:
    rows = [r.quantity for r in tiny.rows if not r.belief.certain]
    assert list(tiny.drawn_quantities) == rows
    certain = next(r for r in tiny.rows if r.belief.certain and r.kind == "value")
    other = next(r for r in tiny.rows if not r.belief.certain)
    joint = cc.JointDraws("j", (certain.quantity, other.quantity), ((1.0, 1.0), (2.0, 2.0)))
    path = cc.YearPath("p", "entry_rate", cc.Selector(), "random walk", 0.1)
    more = replace(tiny, ties=cc.Ties(joints=(joint,)), paths=(path,))
    assert set(more.drawn_quantities) == {*rows, certain.quantity, "path: p"}


def test_grid_has_the_years_asked_for(tiny: cc.Assumptions) -> None:
    assert tiny.grid().n_years == tiny.years and tiny.grid(2).n_years == 2
    assert tiny.grid().labels("placements") == tuple(p.name for p in tiny.placements)


def test_a_scope_of_all_is_the_set_and_an_unknown_one_is_refused(england: cc.Assumptions) -> None:
    assert england.scoped(ALL) is england
    with pytest.raises(UnknownNameError, match="Did you mean 'children looked after'"):
        england.scoped("children looked-after")


def test_a_scope_keeps_the_items_of_its_groups_and_names_the_others(england: cc.Assumptions) -> None:
    for scope in england.scopes:
        part = england.scoped(scope.name)
        assert all(i.group in scope.groups or i.account == OUTCOMES for i in part.items)
        assert {i.name for i in part.items} | set(part.uncounted) == {i.name for i in england.items}
        assert not {name for row in part.rows for name in row.where.items or ()} & set(part.uncounted)
        assert part.scope == scope.note and part.name == f"england-2025, {scope.name}"


@pytest.mark.parametrize("name", packaged_assumptions())
def test_a_scope_draws_the_same_children(name: str) -> None:
    whole = cc.load_assumptions(name)
    review = cc.load_scenario("care-review")
    for scope in whole.scopes:
        part = whole.scoped(scope.name)
        results = cc.run(part, review, years=3, draws=cc.Draws(4, seed=1))
        every = cc.run(whole, review, years=3, draws=cc.Draws(4, seed=1))
        np.testing.assert_array_equal(results.run.drawn["care-review"].stock, every.run.drawn["care-review"].stock)


def test_a_background_acts_under_every_scenario_and_inaction_too(england: cc.Assumptions, tmp_path: Path) -> None:
    poverty, help_ = cc.load_scenario("child-poverty"), cc.load_scenario("family-help")
    england = cc.under(england, "mix-held")  # a set without a background of its own
    behind = england.against(poverty)
    alone, with_it = cc.run(england, help_, poverty, years=6), cc.run(behind, help_, years=6)
    np.testing.assert_array_equal(with_it.run.central["inaction"].stock, alone.run.central["child-poverty"].stock)
    more = with_it.run.central["inaction"].stock.sum() - alone.run.central["inaction"].stock.sum()
    assert more > 0
    again = cc.load_assumptions(cc.save_assumptions(behind, tmp_path / "set"))
    assert again == behind and (tmp_path / "set" / "background.toml").exists()
    with pytest.raises(cc.CareCostError, match=r"digest"):
        licence(alone.run.provenance, with_it.run.provenance)


def test_cashable_goes_from_nothing_over_what_the_set_says_to_all() -> None:
    england = cc.load_assumptions("england-2025")
    shares = {
        level: np.array([[item.cashable.share(year) for item in england.cashable(level).items] for year in (0, 3, 12)])
        for level in (0, 0.5, 1, 1.5, 2)
    }
    whole = np.array([item.cashable.long == 1 for item in england.items])
    assert england.cashable(1) == england
    assert (shares[0] == np.where(whole, shares[1], 0)).all()
    assert (shares[2] == 1).all()
    assert shares[0.5] == pytest.approx((shares[0] + shares[1]) / 2)
    assert shares[1.5] == pytest.approx((shares[1] + shares[2]) / 2)
    with pytest.raises(cc.CareCostError, match=r"level is 3.*from 0 to 2"):
        england.cashable(3)


def test_long_run_of_a_growth_is_replaced_with_its_value() -> None:
    england, name = cc.load_assumptions("england-2025"), "growth of residential prices"

    def found(made: cc.Assumptions) -> tuple[float, float | None]:
        (row,) = (row for row in made.rows if row.name == name and row.kind == "growth")
        return row.belief.value, row.long_run

    assert found(england.replace(name, 0, long_run=0)) == (0.0, 0.0)
    assert found(england.replace(name, 0))[1] == found(england)[1]
    assert found(england.replace(name, long_run=0.02)) == (found(england)[0], 0.02)
    with pytest.raises(cc.CareCostError, match="long_run"):
        england.replace("unit_cost", 9_000, item="secure", long_run=0)
