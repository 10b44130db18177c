"""Do changes of entries act in their order, and are averted children paid for? Law 14, against plain numbers."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, reject, settings

import carecost as cc
from carecost.analysis.lever_subsets import measured
from carecost.errors import InputError
from carecost.money.discounting import Deflator
from carecost.simulation import run as model
from carecost.simulation.comparison import Comparison
from carecost.simulation.effects import Altered, Calendar, alter, apply
from carecost.simulation.sampler import Sampler

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
CALENDAR = Calendar(2026, 2025, Deflator("flat", 2020, (100.0, 100.0), 2021))
DRAWS = cc.Draws(3, seed=5)
BLOCK = slice(0, 3)

FOSTER, HOME, SUPPORTED, SHARED = names = ("foster", "home", "supported", "shared care")
IN_CARE = (True, True, False, False)
AGES, YEARS = (12, 13), 4
GRID = cc.Grid(
    2025,
    YEARS,
    AGES,
    [cc.Placement(name, in_care=care, leave_age=14) for name, care in zip(names, IN_CARE, strict=True)],
    averted_to=SUPPORTED,
)


# Plain numbers: lists of floats, one cell at a time


class RefusedError(Exception):
    """A rate to care below zero, or entries where there is no mix."""


def plain_weight(change: cc.Change, year: int) -> float:
    """Share of the amount in effect in a programme year: a straight line, a plateau, a decay, an end."""
    begin, full = change.start + change.lag, change.full + change.lag
    if year < begin or (change.end is not None and year > change.end + change.lag):
        return 0.0
    if year < full:
        return change.share * (year - begin + 1) / (full - begin + 1)
    return change.share * (1.0 if change.half_life is None else 0.5 ** ((year - full) / change.half_life))


def act(v: list[float], change: cc.Change, x: float, w: float) -> float:
    """Apply one change to the entries of a cell by placement, in place; give what it took from those to care."""
    if change.operation == "divert":
        for name in change.from_placements:
            moved = v[names.index(name)] * x * w
            v[names.index(name)] -= moved
            v[names.index(str(change.to_placement))] += moved
        return 0.0
    s = sum(e for e, care in zip(v, IN_CARE, strict=True) if care)
    new = {"scale": s * (1 + w * x), "add": s + w * x, "replace": s + w * (x - s)}[change.operation]
    if new != 0 and abs(new) < 1e-9:
        reject()  # a sum that cancels but for rounding is on neither side of zero
    if new < 0 or (s == 0 and new > 0):
        raise RefusedError
    for i, care in enumerate(IN_CARE):
        if care and s > 0:
            v[i] *= new / s
    return s - new


def plainly(
    v: list[float], year: int, age: int, behind: cc.Scenario, done: cc.Scenario, draw: int | None, stream: str = ""
) -> tuple[list[float], list[float], float]:
    """Entries of a cell under inaction and in a scenario, and how many are averted."""
    sampler = Sampler(DRAWS, BLOCK)

    def all_of(scenario: cc.Scenario) -> float:
        taken = 0.0
        for name, change in scenario.changes:
            w = plain_weight(change, year)
            if w == 0 or change.idle or (change.where.ages is not None and age not in change.where.ages):
                continue
            least, most = {"scale": (-1.0, np.inf), "divert": (0.0, 1.0)}.get(change.operation, (0.0, np.inf))
            least = -np.inf if change.operation == "add" else least
            x = (
                change.amount.value
                if draw is None
                else float(np.resize(sampler.value(name, change.amount, least, most), 3)[draw])
            )
            taken += act(v, change, x, w)
        return taken

    all_of(behind)
    before = list(v)
    averted = max(0.0, all_of(done))
    v[names.index(SUPPORTED)] += averted
    return before, v, averted


# Random lists of changes


def hundredths(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda n: n / 100)


def intervals(amounts: st.SearchStrategy[float], width: float) -> st.SearchStrategy[cc.Interval]:
    """Amounts, certain or with an interval."""
    spread = st.sampled_from([None, width])
    return st.builds(
        lambda a, w: cc.Interval(a) if w is None else cc.Interval(a, a - w, a + w, distribution="uniform"),
        amounts,
        spread,
    )


@st.composite
def timings(draw: st.DrawFn) -> dict[str, object]:
    start, ramp, plateau = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.sampled_from([None, 0, 1]))
    return {
        "start": start,
        "full": start + ramp,
        "end": None if plateau is None else start + ramp + plateau,
        "lag": draw(st.integers(0, 2)),
        "half_life": draw(st.sampled_from([None, 1.0, 2.5])),
        "share": draw(st.sampled_from([1.0, 1.0, 0.5])),
        "ages": draw(st.sampled_from([None, AGES, AGES[:1], AGES[1:]])),
    }


@st.composite
def changes(draw: st.DrawFn, diverts: bool = False) -> cc.Change:
    operation = "divert" if diverts else draw(st.sampled_from(["scale", "scale", "add", "replace", "divert"]))
    when = draw(timings())
    if operation == "divert":
        ends = draw(st.permutations(names))
        several = draw(st.integers(1, 2))
        return cc.Change(
            "entry_share", "divert", draw(intervals(hundredths(20, 80), 0.2)), from_placements=tuple(ends[:several]),
            to_placement=ends[3], **when,
        )  # fmt: skip
    amounts = {
        "scale": intervals(hundredths(-80, 80), 0.2) | st.just(cc.Interval(-1.0)),
        "add": intervals(hundredths(-8, 20), 0.02),
        "replace": intervals(hundredths(2, 30), 0.02) | st.just(cc.Interval(0.0)),
    }[operation]
    return cc.Change("entry_rate", operation, draw(amounts), **when)


@st.composite
def scenarios(draw: st.DrawFn, name: str, most: int = 4, diverts: bool = False) -> cc.Scenario:
    found = draw(st.lists(st.lists(changes(diverts), min_size=1, max_size=2), max_size=most))
    return cc.Scenario(name, [cc.Lever(f"{name} {i}", some) for i, some in enumerate(found)])


@st.composite
def parameters(draw: st.DrawFn) -> cc.Parameters:
    """Rates and shares, some of them zero; shares of which some or none are outside care."""
    d, y = draw(st.sampled_from([1, 3])), draw(st.sampled_from([1, YEARS]))
    weights = st.lists(st.sampled_from([0, 0, 1, 3, 10]), min_size=4, max_size=4).filter(any)
    rates = st.sampled_from([0.0, 0.03, 0.1, 0.2])
    share = np.array([[draw(weights) for _ in AGES] for _ in range(d)], dtype=float)
    rate = np.array([[[draw(rates) for _ in AGES] for _ in range(y)] for _ in range(d)])
    return cc.Parameters(
        GRID,
        initial_stock=np.zeros((1, len(AGES), 4)),
        population=np.ones((1, 1, 1)),
        entry_rate=rate,
        entry_share=(share / share.sum(-1, keepdims=True))[:, None],
    )


def full(array: np.ndarray) -> np.ndarray:
    return np.broadcast_to(array, (3, YEARS, len(AGES), *array.shape[3:]))


@settings(max_examples=300, deadline=None)
@given(parameters(), scenarios("behind", 2), scenarios("a"), scenarios("b", 2), st.booleans())
def test_any_list_of_changes_is_the_list_applied_to_plain_numbers(
    p: cc.Parameters, behind: cc.Scenario, a: cc.Scenario, b: cc.Scenario, drawn: bool
) -> None:
    done = a + b
    sampler = Sampler(DRAWS, BLOCK if drawn else None)
    start = full(p.entries())
    baseline, wanted, averted = np.zeros_like(start), np.zeros_like(start), np.zeros(start.shape[:3])
    refused = False
    for d, y, i in np.ndindex(averted.shape):
        try:
            before, after, averted[d, y, i] = plainly(
                start[d, y, i].tolist(), y + 1, AGES[i], behind, done, d if drawn else None
            )
        except RefusedError:
            refused = True
            continue
        baseline[d, y, i], wanted[d, y, i] = before, after
    try:
        base = alter(behind, Altered(p), "all", sampler, CALENDAR).parameters
        changed = apply(done, base, "all", sampler, CALENDAR)
    except InputError as error:
        assert refused, error
        assert all(word in str(error) for word in ("lever", "year 20", "age 1", "placement"))
        return
    assert not refused
    found = full(changed.entries())
    close = {"rtol": 1e-9, "atol": 1e-13}
    np.testing.assert_allclose(full(base.entries()), baseline, **close)
    np.testing.assert_allclose(found, wanted, **close)
    # In care + diverted + averted: nobody is lost where somebody is averted, and only a rise adds children.
    gap = found.sum(-1) - baseline.sum(-1)
    np.testing.assert_allclose(np.where(averted > 1e-12, gap, 0.0), 0.0, atol=1e-12)
    assert (gap > -1e-12).all()
    # Averted is what inaction has beyond the scenario over all placements, those averted apart.
    np.testing.assert_allclose(averted, np.maximum(0.0, baseline.sum(-1) - (found.sum(-1) - averted)), atol=1e-12)


@settings(deadline=None)
@given(parameters(), scenarios("plan", diverts=True))
def test_diverting_alone_averts_nobody_bit_for_bit(p: cc.Parameters, plan: cc.Scenario) -> None:
    altered = alter(plan, Altered(p), "all", Sampler(DRAWS, BLOCK), CALENDAR)
    assert altered.removed is None
    assert altered.settled() is altered.parameters
    assert altered.parameters.entry_rate is p.entry_rate


@settings(max_examples=150, deadline=None)
@given(parameters(), scenarios("behind", 2), scenarios("plan"))
def test_levers_one_by_one_give_the_whole_bit_for_bit(p: cc.Parameters, behind: cc.Scenario, plan: cc.Scenario) -> None:
    sampler = Sampler(DRAWS, BLOCK)
    try:
        base = alter(behind, Altered(p), "all", sampler, CALENDAR).parameters
        whole = apply(plan, base, "all", sampler, CALENDAR)
    except InputError:
        return
    steps = Altered(base)
    for lever in plan.levers:
        steps = alter(cc.Scenario(lever.name, [lever]), steps, "all", sampler, CALENDAR)
    for name, array in steps.settled().arrays().items():
        np.testing.assert_array_equal(array, whole.arrays()[name])


@settings(max_examples=150, deadline=None)
@given(parameters(), scenarios("plan"), st.integers(1, 3))
def test_changes_of_entries_leave_earlier_years_bit_for_bit(p: cc.Parameters, plan: cc.Scenario, by: int) -> None:
    try:
        late = apply(plan.delayed(by), p, "all", Sampler(DRAWS, BLOCK), CALENDAR)
    except InputError:
        return
    for name in ("entry_rate", "entry_share"):
        before, after = (full(np.asarray(getattr(q, name))) for q in (p, late))
        np.testing.assert_array_equal(after[:, :by], before[:, :by])


@settings(max_examples=100, deadline=None)
@given(parameters(), scenarios("plan"), hundredths(-90, 90))
def test_averted_children_are_those_of_the_scenarios_population(
    p: cc.Parameters, plan: cc.Scenario, share: float
) -> None:
    fewer = cc.Scenario("people", [cc.Lever("people", [cc.Change("population", "scale", share)])])
    sampler = Sampler(DRAWS, BLOCK)
    try:
        alone, both = (apply(s, p, "all", sampler, CALENDAR) for s in (plan, plan + fewer))
    except InputError:
        return
    np.testing.assert_array_equal(both.entry_rate, alone.entry_rate)
    np.testing.assert_array_equal(both.entry_share, alone.entry_share)
    np.testing.assert_allclose(full(both.entries()), full(alone.entries()) * (1 + share), rtol=1e-12)


# Through a run: streams, backgrounds, phases, subsets of levers

RATE = {"parameter": st.just("entry_rate"), "start": st.integers(1, 3)}
TINY_CHANGES = st.one_of(
    st.builds(cc.Change, operation=st.just("scale"), amount=intervals(hundredths(-60, 60), 0.2), **RATE),
    st.builds(
        cc.Change,
        operation=st.just("replace"),
        amount=intervals(hundredths(1, 3), 0.005),
        ages=st.just((16, 17)),
        **RATE,
    ),
    st.builds(cc.Change, operation=st.just("add"), amount=hundredths(0, 1), ages=st.just((16,)), **RATE),
    st.builds(
        cc.Change,
        parameter=st.just("entry_share"),
        operation=st.just("divert"),
        amount=hundredths(0, 90),
        from_placements=st.just(("home",)),
        to_placement=st.sampled_from(["foster", "at home"]),
        start=st.integers(1, 3),
    ),
)


@st.composite
def plans(draw: st.DrawFn, name: str, most: int = 3) -> cc.Scenario:
    found = draw(st.lists(st.lists(TINY_CHANGES, min_size=1, max_size=2), max_size=most))
    return cc.Scenario(name, [cc.Lever(f"{name} {i}", some) for i, some in enumerate(found)])


def kept(comparison: Comparison) -> np.ndarray:
    volume = comparison.scenario.costs.volume
    flows = [comparison.averted, comparison.averted_child_years, comparison.cashable_saving()]
    return np.concatenate([*flows, volume.reshape(len(volume), -1)], axis=1)


@settings(max_examples=40, deadline=None)
@given(plans("behind", 2), plans("plan"))
def test_the_subset_of_all_levers_is_the_whole_scenario_exactly(behind: cc.Scenario, plan: cc.Scenario) -> None:
    assume(plan.levers)
    made = model.run(TINY.against(behind), [plan], draws=DRAWS)
    whole = (1 << len(plan.levers)) - 1
    for block, central in ((None, True), (BLOCK, False)):
        found = measured(made, plan.levers, {whole}, kept, block)[whole]
        np.testing.assert_array_equal(found, kept(made.compare("plan", central=central)))


@settings(max_examples=25, deadline=None)
@given(plans("behind", 2), plans("plan"))
def test_a_background_averts_nobody_and_does_not_make_averted_children_free(
    behind: cc.Scenario, plan: cc.Scenario
) -> None:
    made = model.run(TINY.against(behind), [plan], draws=DRAWS)
    home = made.grid.index("placements", "at home")
    diverted = any(c.to_placement == "at home" for _, c in behind.changes)
    for stream, inaction in made.parameters("inaction", BLOCK).items():
        assert diverted or not inaction.entries()[..., home].any()
        scenario = made.parameters("plan", BLOCK)[stream]
        before, after = inaction.entries().sum(-1), scenario.entries().sum(-1)
        assert (after >= before * (1 - 1e-12)).all()  # nobody is lost
        if not any(c.parameter == "entry_rate" for _, c in plan.changes):
            np.testing.assert_array_equal(inaction.entry_rate, scenario.entry_rate)


def test_phases_of_time_in_care_see_the_same_entries() -> None:
    plan = cc.Scenario(
        "plan",
        [
            cc.Lever("halve", [cc.Change("entry_rate", "scale", -0.5, streams=["other"])]),
            cc.Lever("set", [cc.Change("entry_rate", "replace", 0.001, ages=range(10, 16), streams=["other"])]),
        ],
    )
    phased = cc.load_assumptions("england-2025-phases")
    made = model.run(phased, [plan], 3, start=2026)
    before, after = (made.parameters(name)["other"] for name in ("inaction", "plan"))
    care = list(made.grid.in_care)
    rate = after.entries()[..., care].sum(-1) / np.asarray(after.population)
    first, last = (made.grid.index("ages", age) for age in (10, 15))
    # Shares of phases sum to one within 1e-9.
    np.testing.assert_allclose(rate[..., first : last + 1], 0.001, rtol=1e-9)
    old = np.broadcast_to(np.asarray(before.entry_rate), rate.shape)
    totals = [np.broadcast_to(p.entries().sum(-1), rate.shape) for p in (before, after)]
    np.testing.assert_allclose(totals[1][old > 0.001], totals[0][old > 0.001], rtol=1e-9)


def test_the_reference_gives_the_worked_case() -> None:
    """Case 1 of the worked cases, so that the reference itself is held against numbers."""
    out = {"from_placements": (FOSTER,), "to_placement": SHARED}
    behind = cc.Scenario("behind", [cc.Lever("up", [cc.Change("entry_rate", "scale", 0.1)])])
    done = cc.Scenario(
        "done",
        [
            cc.Lever("in", [cc.Change("entry_share", "divert", 0.25, from_placements=(HOME,), to_placement=FOSTER)]),
            cc.Lever("fewer", [cc.Change("entry_rate", "scale", -0.2)]),
            cc.Lever("out", [cc.Change("entry_share", "divert", 0.1, **out)]),
        ],
    )
    before, after, averted = plainly([60.0, 40.0, 0.0, 0.0], 1, 12, behind, done, None)
    assert before == pytest.approx([66, 44, 0, 0])
    assert after == pytest.approx([55.44, 26.4, 22, 6.16])
    assert averted == pytest.approx(22)
