"""Any size of what acts on entries and prices is worked out from corners: what a fresh run gives, to rounding."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.inputs.change import replace_change
from carecost.simulation.response import AT_ONCE, CROSSES, PLACES, RATES, REPLACES, Corners, nobody_enters, scaled_set
from carecost.simulation.run import Run, run

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
DRAWS = cc.Draws(5, seed=3)
#: Of the largest spend of the table; rounding alone.
CLOSE = 1e-12


def amounts(low: float, high: float) -> st.SearchStrategy[cc.Interval]:
    """Amounts with an interval around them, which may reach across zero."""
    return st.floats(low, high).map(lambda x: cc.Interval(x, x - 0.04, x + 0.04))


@st.composite
def changes(draw: st.DrawFn) -> cc.Change:
    """Changes that act on entries, on prices, and on rates that are run."""
    kind = draw(st.sampled_from(["scale", "scale", "scale", "add", "divert", "price", "spend", "exit", "replace"]))
    when = {"start": draw(st.integers(1, 3)), "full": draw(st.integers(3, 5)), "end": draw(st.sampled_from([None, 5]))}
    where = draw(st.sampled_from([{}, {"streams": ["other"]}, {"ages": [16, 17]}, {"ages": [15]}]))
    if kind == "scale":
        later = draw(st.sampled_from([0.0, 0.0, 0.5]))
        return cc.Change("entry_rate", "scale", draw(amounts(-0.25, 0.2)), later_share=later, **when, **where)
    if kind == "add":
        amount = draw(st.floats(0, 1e-3))
        return cc.Change("entry_rate", "add", amount, **when, streams=["other"])
    if kind == "replace":
        return cc.Change("entry_rate", "replace", draw(st.floats(1e-4, 3e-3)), **when, streams=["other"])
    if kind == "divert":
        ends = draw(st.sampled_from([("home", "foster"), ("foster", "at home")]))
        share = cc.Interval(0.2, 0.1, 0.3, distribution="uniform")
        return cc.Change(
            "entry_share", "divert", share, from_placements=[ends[0]], to_placement=ends[1], **when, **where
        )
    if kind == "price":
        return cc.Change("unit_cost", "scale", draw(amounts(-0.2, 0.2)), **when, items=["home"])
    if kind == "spend":
        return cc.Change("unit_cost", "add", cc.Interval(3e6, 2e6, 4e6), price_year=2022, **when, items=["programme"])
    return cc.Change("exit_rate", "scale", draw(amounts(-0.2, 0.2)), **when, **where)


scenarios = st.lists(st.lists(changes(), min_size=1, max_size=2), min_size=1, max_size=3).map(
    lambda levers: cc.Scenario("plan", [cc.Lever(f"lever {i}", own) for i, own in enumerate(levers)])
)


def sized(plan: cc.Scenario, by: list[float]) -> cc.Scenario:
    """The same scenario with each lever at a size of its own."""
    levers = [
        replace(lever, changes=tuple(replace_change(c, share=c.share * size) for c in lever.changes))
        for lever, size in zip(plan.levers, by, strict=False)
    ]
    return replace(plan, levers=tuple(levers))


def assert_alike(corners: Corners, plan: cc.Scenario, prices: dict[str, float], entries: dict) -> Run:
    """Both outcomes are those of a fresh run of the scenario on the scaled set."""
    fresh = run(scaled_set(TINY, prices, entries), [plan] if plan.name != "inaction" else [], draws=DRAWS)
    worked = corners.outcomes(plan, prices, entries)
    for mine, theirs in zip(worked, (fresh.central[plan.name], fresh.drawn[plan.name]), strict=True):
        for a, b in zip(mine.arrays(), theirs.arrays(), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=CLOSE * np.abs(b).max())
        spend = theirs.costs.spend
        np.testing.assert_allclose(mine.costs.spend, spend, rtol=0, atol=CLOSE * np.abs(spend).max())
        for a, b in zip(mine.in_care(fresh.grid), theirs.in_care(fresh.grid), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=CLOSE * np.abs(b).max())
    return fresh


@settings(max_examples=25, deadline=None)
@given(
    scenarios,
    st.lists(st.floats(0, 1.8), min_size=3, max_size=3),
    st.floats(0.5, 2.5),
    st.sampled_from([{}, {}, {None: 1.3}, {(15,): 0.5}, {(15,): 2.0, (16, 17): 0.7}]),
)
def test_outcome_at_any_size_is_that_of_a_fresh_run(
    plan: cc.Scenario, by: list[float], price: float, entries: dict
) -> None:
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    try:
        corners.prepare(plan, bands=tuple(entries))
    except cc.CareCostError:
        return  # a corner that cannot be run is said when it is prepared
    at = sized(plan, by)
    try:
        fresh = run(scaled_set(TINY, {}, entries), [at], draws=DRAWS)
    except cc.CareCostError:  # what cannot be is refused by both
        with pytest.raises(cc.CareCostError):
            corners.outcomes(at, {}, entries)
        return
    assert fresh.scenarios
    assert_alike(corners, at, {"home": price}, entries)


def scenario(*own: cc.Change) -> cc.Scenario:
    return cc.Scenario("plan", [cc.Lever(f"lever {i}", [change]) for i, change in enumerate(own)])


FALL = cc.Change("entry_rate", "scale", cc.Interval(-0.2, -0.3, -0.1), start=2)
MORE = cc.Change("entry_rate", "scale", cc.Interval(-0.1, -0.15, -0.05), start=3)
EXITS = cc.Change("exit_rate", "scale", 0.2)


def test_levers_on_entries_are_answered_without_a_run() -> None:
    plan = scenario(FALL, MORE)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    corners.prepare(plan)
    made = corners.made
    assert made == 2  # each alone; both and none are there
    assert_alike(corners, sized(plan, [0.3, 1.7]), {"home": 1.1}, {})
    assert corners.made == made


def test_scenario_of_the_run_itself_is_given_back_bit_for_bit() -> None:
    plan = scenario(FALL, MORE)
    made = run(TINY, [plan], draws=DRAWS)
    for mine, theirs in zip(Corners(made).outcomes(plan), (made.central["plan"], made.drawn["plan"]), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(mine.arrays(), theirs.arrays(), strict=True))


def test_lever_that_is_run_for_another_change_doubles_no_corners() -> None:
    """Its change of shares alone would be exact; the lever at another size is run whatever the corners are."""
    divert = cc.Change("entry_share", "divert", 0.2, from_placements=["home"], to_placement="foster", start=2)
    both = cc.Lever("carers", [divert, EXITS])
    plan = cc.Scenario("plan", [cc.Lever("fall", [FALL]), cc.Lever("more", [MORE]), both])
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    corners.prepare(plan)
    assert corners.made == 3  # none, each alone; both are there
    for by in ([0.3, 1.7, 1.0], [0.3, 1.0, 1.0], [1.0, 0.1, 1.0], [0.7, 0.9, 1.0]):
        assert_alike(corners, sized(plan, by), {}, {})
    assert corners.made == 3
    assert_alike(corners, sized(plan, [0.3, 1.7, 0.5]), {}, {})
    assert corners.made == 4


def test_changes_that_never_meet_need_one_corner_each() -> None:
    ages = [replace_change(FALL, where=cc.Selector(ages=[age])) for age in (15, 16, 17)]
    plan = scenario(*ages)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    corners.prepare(plan)
    assert corners.made == 3
    assert_alike(corners, sized(plan, [0.3, 1.7, 0.0]), {}, {})
    assert corners.made == 3


@pytest.mark.parametrize(("start", "end"), [(2, None), (1, 1)])
def test_draws_that_net_rises_with_falls_are_run_by_themselves(start: int, end: int | None) -> None:
    wide = cc.Change("entry_rate", "scale", cc.Interval(0.0, -0.3, 0.3), start=start, end=end)
    plan = scenario(FALL, wide)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    corners.prepare(plan)
    rows = corners._to_run(corners._acting(sized(plan, [0.5, 0.5])))
    assert rows is not None and 0 < len(rows[1]) < DRAWS.n
    assert_alike(corners, sized(plan, [0.5, 1.3]), {}, {None: 1.2})


def test_size_at_which_rates_would_be_below_zero_is_refused_as_by_a_run() -> None:
    plan = scenario(FALL)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    with pytest.raises(cc.CareCostError, match=r"scenario 'plan', lever lever 0.*below zero"):
        corners.outcomes(sized(plan, [6.0]))


def test_size_at_which_more_than_all_are_diverted_is_refused_as_by_a_run() -> None:
    divert = cc.Change("entry_share", "divert", 0.2, from_placements=["home"], to_placement="foster", start=2)
    plan = scenario(divert)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    corners.prepare(plan)
    with pytest.raises(cc.CareCostError, match=r"scenario 'plan', lever lever 0.*1\.2"):
        corners.outcomes(sized(plan, [6.0]))


def test_entries_that_are_no_multiple_are_run_and_counted() -> None:
    plan = scenario(ADDS)
    corners = Corners(run(TINY, [plan], draws=DRAWS))
    made = corners.made
    assert_alike(corners, plan, {}, {None: 1.2})
    assert corners.made == made + 1


ADDS = cc.Change("entry_rate", "add", 1e-4, streams=["other"])
OUT = cc.Change("entry_share", "divert", 0.2, from_placements=["home"], to_placement="at home")


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ([FALL, OUT], {}),
        ([EXITS, FALL], {0: RATES.format(parameter="exit_rate")}),
        ([ADDS, OUT], {1: CROSSES}),
        ([replace_change(FALL, later_share=0.5), OUT], {1: CROSSES}),
        ([cc.Change("entry_rate", "replace", 1e-3, streams=["other"]), FALL], {0: REPLACES, 1: REPLACES}),
        ([replace_change(ADDS, amount=cc.Interval(0.0, -1e-5, 1e-5))], {0: REPLACES}),
    ],
)
def test_faults_say_what_is_run(own: list[cc.Change], why: dict[int, str]) -> None:
    plan = scenario(*own)
    assert Corners(run(TINY, [plan], draws=DRAWS)).faults(plan) == why


def test_faults_where_places_run_out() -> None:
    plan = cc.load_scenario("family-networks")
    made = run(cc.load_assumptions("england-2025-capacity"), [plan], years=5)
    faults = Corners(made).faults(plan)
    assert faults and set(faults.values()) == {PLACES}


def test_central_corners_answer_other_amounts() -> None:
    plan = scenario(FALL, MORE, EXITS)
    corners = Corners(run(TINY, [plan]), central=True)
    corners.prepare(plan)
    made = corners.made
    other = replace(
        plan, levers=(replace(plan.levers[0], changes=(replace_change(FALL, amount=-0.07),)), *plan.levers[1:])
    )
    theirs = run(TINY, [other]).central["plan"]
    np.testing.assert_allclose(corners.outcomes(other)[0].costs.spend, theirs.costs.spend, rtol=CLOSE)
    assert corners.made == made


def test_nobody_enters_by_rate_in_a_band() -> None:
    emptied = run(nobody_enters(TINY, (16, 17))).projections("inaction")
    assert all(p.entries[:, :, 1:].max() == 0 for p in emptied.values())
    assert max(p.entries[:, :, 0].max() for p in emptied.values()) > 0
    assert all(p.entries.max() == 0 for p in run(nobody_enters(TINY)).projections("inaction").values())


def test_answer_survives_a_pickle_and_is_read_only() -> None:
    plan = scenario(FALL)
    answer = Corners(run(TINY, [plan], draws=DRAWS)).outcomes(sized(plan, [0.5]))[1]
    again = pickle.loads(pickle.dumps(answer))
    assert all(np.array_equal(a, b) for a, b in zip(answer.arrays(), again.arrays(), strict=True))
    assert not answer.stock.flags.writeable and not answer.costs.spend.flags.writeable
    with pytest.raises(AttributeError):
        answer.nothing  # noqa: B018


def test_blend_does_not_depend_on_how_many_draws_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = scenario(FALL)
    made = run(TINY, [plan], draws=DRAWS)
    whole = Corners(made).outcomes(sized(plan, [0.5]))[1].stock
    monkeypatch.setattr("carecost.simulation.response.AT_ONCE", 2)
    assert AT_ONCE > DRAWS.n and np.array_equal(Corners(made).outcomes(sized(plan, [0.5]))[1].stock, whole)


def test_entries_that_are_tied_to_other_rates_are_run() -> None:
    """Without them the rates that they are tied to would be drawn anew."""
    rows = [r for r in TINY.rows if r.parameter in ("entry_rate", "exit_rate") and not r.belief.certain]
    entering = next(row for row in rows if row.parameter == "entry_rate")
    leaving = next(row for row in rows if row.parameter == "exit_rate")
    tied = cc.Ties((cc.Loading("both", entering.quantity, 0.8), cc.Loading("both", leaving.quantity, 0.6)))
    made = run(replace(TINY, ties=tied), [scenario(FALL)], draws=DRAWS)
    corners = Corners(made)
    fresh = run(scaled_set(made.assumptions, {}, {None: 1.3}), [scenario(FALL)], draws=DRAWS)
    for mine, theirs in zip(corners.outcomes(made.scenarios["plan"], {}, {None: 1.3})[1].arrays(),
                            fresh.drawn["plan"].arrays(), strict=True):  # fmt: skip
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=CLOSE * np.abs(theirs).max())
