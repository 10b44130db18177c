"""A calibrated set meets its targets in an ordinary run, keeps its joint uncertainty, and says what it rests on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import CareCostError

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")


def children(assumptions: cc.Assumptions, date: int, **where: object) -> float:
    """Children in care in the central run."""
    rows = cc.run(assumptions, years=date - assumptions.base_year).children(by=list(where))
    for axis, label in where.items():
        rows = rows[rows[axis] == label]
    return float(rows.loc[rows["date"] == date, "value"].sum())


def test_children_of_a_date_are_met_in_three_lines() -> None:
    england = cc.load_assumptions("england-2025")
    fit = cc.calibrate(england, cc.Target("children", 2030, 95_000), free="entry_rate", attempts=3)
    assert children(fit.assumptions, 2030) == pytest.approx(95_000, rel=1e-6)
    row = next(row for row in fit.assumptions.rows if row.name == "calibrated entry_rate")
    assert row.belief.source == "calibrated to children, 31 March 2030 = 95,000"
    assert (row.belief.quality, row.belief.certain) == ("E", True)
    assert fit.assumptions.ties == england.ties  # an exact target leaves nothing uncertain


def truth() -> cc.Assumptions:
    """The tiny set with other entries, exits and prices."""
    return (
        TINY.scale("entry_rate", 1.3)
        .scale("exit_rate", 0.8, placements=["foster", "home"])
        .scale("unit_cost", 1.15, item="home")
    )


def told(assumptions: cc.Assumptions, **width: float) -> list[cc.Target]:
    """What a set gives, as targets."""
    run = cc.run(assumptions, years=3)
    stock, spend = run.children(by=["placement"]), run.costs(by=["item"])
    found = []
    for name in ("foster", "home"):
        one = stock[(stock["placement"] == name) & (stock["date"] == 2028)]
        found.append(cc.Target("children", 2028, float(one["value"].sum()), placements=name, **width))
    flows = run.projection("inaction")
    total = float(flows.entries[0, 0][:, [p.in_care for p in flows.grid.placements]].sum())
    found.append(cc.Target("entries", 2026, total, **width))
    of_item = spend[(spend["item"] == "home") & (spend["year"] == 2027)]
    found.append(
        cc.Target("spend", 2027, float(of_item["value"].sum()), items="home", **{k: v * 1e5 for k, v in width.items()})
    )
    return found


FREE = [cc.Free("entry_rate"), cc.Free("exit_rate", placements=["foster", "home"]), cc.Free("unit_cost", items="home")]


def test_known_truth_is_recovered_from_what_it_gives() -> None:
    fit = cc.calibrate(TINY, told(truth()), FREE, attempts=4)
    assert len(fit.modes) == 1
    assert fit.parameters()["value"].tolist() == pytest.approx([1.3, 0.8, 1.15], rel=1e-6)
    assert fit.residuals()["met"].all()
    assert fit.identifiability().rank == 3
    here, there = (cc.run(one, years=5).costs(by=["item"])["value"] for one in (fit.assumptions, truth()))
    assert here.to_numpy() == pytest.approx(there.to_numpy(), rel=1e-6)


def test_joint_draws_go_with_the_set_and_meet_the_targets_as_widely_as_stated() -> None:
    own = TINY
    targets = told(truth(), se=0.05)
    fit = cc.calibrate(own, targets, FREE, attempts=2, draws=400)
    (table,) = [table for table in fit.assumptions.ties.joints if table.name.startswith("calibrated")]
    assert len(table.rows) == 400
    assert table.quantities == tuple(f"adjustment: calibrated {one.words}" for one in FREE)
    drawn = np.log(np.array(table.rows))
    correlation = fit.identifiability().correlation.to_numpy()
    assert np.corrcoef(drawn.T) == pytest.approx(correlation, abs=0.15)  # 3 standard errors of 400 draws
    # Four targets, three free: what the set gives varies no more than a target is wide.
    given = fit.model.at(np.log(np.array(table.rows)))
    assert (given.std(0) < 1.05 * fit.model.sd).all()
    assert fit.model.sd == pytest.approx([0.05, 0.05, 0.05, 5e3])
    results = cc.run(fit.assumptions, years=2, draws=50)
    assert "adjustment: calibrated entry_rate" in results.inputs().columns


def test_calibrated_set_is_saved_and_read_back(tmp_path: Path) -> None:
    fit = cc.calibrate(TINY, told(truth(), se=0.05), FREE, attempts=1, draws=20)
    cc.save_assumptions(fit.assumptions, tmp_path / "own")
    assert cc.load_assumptions(tmp_path / "own").digest == fit.assumptions.digest


def test_set_that_was_calibrated_is_calibrated_again() -> None:
    first = cc.calibrate(TINY, cc.Target("entries", 2026, 600, se=5), "entry_rate", attempts=1, draws=20).assumptions
    value = children(first, 2027) * 1.1
    again = cc.calibrate(first, cc.Target("children", 2027, value, se=0.1), "entry_rate", attempts=1, draws=20)
    assert children(again.assumptions, 2027) == pytest.approx(value, rel=1e-6)
    assert len(again.assumptions.ties.joints) == 2


def test_growth_of_the_set_is_fitted_in_its_place() -> None:
    england = cc.load_assumptions("england-2025")
    target = cc.Target("children", 2029, 86_000, se=500, quality="B")
    fit = cc.calibrate(england, target, "drift of entries", attempts=1, draws=50)
    (row,) = fit.assumptions.select("drift of entries")
    assert row.belief.value == pytest.approx(fit.parameters()["value"][0])
    assert row.belief.quality == "D"
    assert children(fit.assumptions, 2029) == pytest.approx(86_000, rel=1e-6)
    assert len(fit.assumptions.rows) == len(england.rows)


def test_ages_and_streams_of_a_target_are_those_of_the_run() -> None:
    wanted = {}
    run = cc.run(TINY, years=2).projection("inaction")
    targets = [
        cc.Target("children", 2027, 1, ages=[16, 17]),
        cc.Target("children", 2027, 1, streams="uasc"),
        cc.Target("exits", 2027, 1, reasons="returned"),
        cc.Target("aged_out", 2027, 1),
    ]
    model = cc.calibrate(TINY, cc.Target("entries", 2026, 600), "entry_rate", attempts=1).model
    given = type(model)(TINY, targets, model.free).at(np.zeros((1, 1)))[0]
    care = [p.in_care for p in run.grid.placements]
    wanted["ages"] = run.stock[0, 2, 1:][:, care].sum()
    by_stream = cc.run(TINY, years=2).children(by=["stream"])
    wanted["stream"] = by_stream[(by_stream["stream"] == "uasc") & (by_stream["date"] == 2027)]["value"].sum()
    wanted["exits"] = run.exits[0, 1][:, care][..., run.grid.index("reasons", "returned")].sum()
    wanted["aged_out"] = run.aged_out[0, 1][:, care].sum()
    assert given == pytest.approx(list(wanted.values()), rel=1e-9)


def test_pair_that_cannot_be_told_apart_is_named_and_refused() -> None:
    target = cc.Target("children", 2027, children(TINY, 2027) * 1.05)
    fit = cc.calibrate(TINY, target, ["entry_rate", cc.Free("exit_rate", reasons="returned")], attempts=3)
    assert len(fit.modes) == 1
    (words,) = fit.identifiability().flat
    assert "entry_rate by" in words
    assert "exit_rate, reasons=returned by" in words
    with pytest.raises(CareCostError, match="state a prior"):
        _ = fit.assumptions
    held = cc.calibrate(TINY, target, ["entry_rate", cc.Free("exit_rate", reasons="returned", prior=0.1)], attempts=3)
    assert held.identifiability().rank == 1
    assert children(held.assumptions, 2027) == pytest.approx(target.value, rel=1e-6)


def test_modes_that_fit_alike_are_given_apart_and_never_chosen() -> None:
    # Moves from one placement feed another that is left fast: few and many moves give one stock there.
    fit = two_modes()
    assert len([mode for mode in fit.modes if mode.met]) == 2
    with pytest.raises(CareCostError, match=r"2 modes fit alike.*modes\[0\].*modes\[1\]"):
        _ = fit.assumptions
    values = fit.parameters()["value"]
    for i in (0, 1):
        assert children(fit.modes[i].assumptions, 2026, placement="second") == pytest.approx(15.0, rel=1e-6)
    assert (
        children(fit.modes[0].assumptions.replace("calibrated move_rate", values.mean()), 2026, placement="second")
        > 15.1
    )
    assert "2 fit alike" in repr(fit)


def two_modes() -> cc.Calibration:
    from tests.analysis.test_calibration import chain

    free = cc.Free("move_rate", low=0.02, high=30)
    return cc.calibrate(chain(), cc.Target("children", 2026, 15.0, placements="second"), free)


def test_uncertain_target_that_is_missed_is_said_in_the_rows() -> None:
    fit = cc.calibrate(TINY, cc.Target("entries", 2026, 5, se=0.1), "entry_rate", attempts=1, draws=20)
    assert not fit.modes[0].met
    assert "0 of 1 targets met" in repr(fit)
    assert fit.parameters()["at_bound"].all()


def test_target_out_of_reach_is_refused_with_the_nearest() -> None:
    wanted = cc.Target("children", 2026, 1e6)
    with pytest.raises(
        CareCostError, match=r"cannot be 1e\+06: the nearest that is reached is .*entry_rate at its high, 2"
    ):
        cc.calibrate(TINY, wanted, cc.Free("entry_rate", high=2), attempts=1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: cc.calibrate(TINY, [], "entry_rate"), "no targets"),
        (lambda: cc.calibrate(TINY, 95_000, "entry_rate"), "Give targets"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), []), "nothing is free"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), "entry_rat"), "entry_rate"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), "entry_share"), "share"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), ["entry_rate", "entry_rate"]), "free twice"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2025, 9), "entry_rate"), "before the first projected year"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9, placements="fostr"), "entry_rate"), "foster"),
        (lambda: cc.calibrate(TINY, [cc.Target("children", 2027, 9)] * 2, "entry_rate"), "there twice"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), cc.Free("entry_rate", low=2)), "between"),
        (lambda: cc.calibrate(TINY, cc.Target("children", 2027, 9), "entry_rate", attempts=0), "attempts"),
        (lambda: cc.Target("child", 2027, 9), "children"),
        (lambda: cc.Target("children", 2027, 9, se=0), "above 0"),
        (lambda: cc.Target("children", 2027, 9, se=1, tolerance=1), "one of the two"),
        (lambda: cc.Target("children", 2027, 9, items="home"), "items"),
        (lambda: cc.Free("entry_rate", low=2, high=1), "do not rise"),
        (lambda: cc.Free("entry_rate", prior=-1), "prior"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(make: object, words: str) -> None:
    with pytest.raises(CareCostError, match=words):
        make()  # type: ignore[operator]


def test_result_shows_itself_in_a_screen() -> None:
    fit = cc.calibrate(TINY, told(truth(), se=0.05), FREE, attempts=2, draws=20)
    for thing in (fit, fit.modes[0], fit.identifiability(), FREE[0], told(TINY)[0]):
        assert 20 < len(repr(thing)) < 3000
        assert "<table>" in thing._repr_html_()
    assert "3 of 3" in repr(fit.identifiability())
