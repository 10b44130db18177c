"""Do levers act as they say? Worked cases of entries by hand, clocks, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carecost as cc
from carecost.errors import InputError
from carecost.money.discounting import Deflator
from carecost.simulation.effects import Altered, Calendar, alter, apply, first_year
from carecost.simulation.sampler import Sampler

CALENDAR = Calendar(2026, 2025, Deflator("flat", 2020, (100.0, 100.0), 2021))
CENTRAL = Sampler(cc.Draws())
SETS = Path(__file__).parents[1] / "data" / "sets"


def entered(averted_to: str | None = "supported", **arrays: object) -> cc.Parameters:
    """A hundred children, all of whom enter in a year: 60 foster, 40 home, at each of two ages."""
    placements = [
        *(cc.Placement(name, leave_age=14) for name in ("foster", "home")),
        *(cc.Placement(name, in_care=False, leave_age=14) for name in ("supported", "shared care")),
    ]
    items = [cc.Item("foster", "child_weeks", placements=["foster"])]
    grid = cc.Grid(2025, 4, (12, 13), placements, ["home"], items, averted_to=averted_to)
    given: dict[str, object] = {
        "initial_stock": np.zeros((1, 2, 4)),
        "population": np.full((1, 1, 1), 100.0),
        "entry_rate": np.ones((1, 1, 1)),
        "entry_share": np.array([[[[0.6, 0.4, 0.0, 0.0]]]]),
        "entry_at_birthday": np.full((1, 1, 1), 0.1),
        "exit_rate": np.full((1, 1, 1, 4, 1), 0.5),
        "unit_cost": np.full((1, 1, 1), 100.0),
    }
    return cc.Parameters(grid, **(given | arrays))  # type: ignore[arg-type]


def scenario(name: str, *changes: cc.Change) -> cc.Scenario:
    return cc.Scenario(name, [cc.Lever(f"{name} {i}", [change]) for i, change in enumerate(changes)])


def scale(amount: float, **rest: object) -> cc.Change:
    return cc.Change("entry_rate", "scale", amount, **rest)


def add(children: float) -> cc.Change:
    return cc.Change("entry_rate", "add", children / 100)


def put(children: float, **rest: object) -> cc.Change:
    return cc.Change("entry_rate", "replace", children / 100, **rest)


def divert(amount: float, source: str, to: str, **rest: object) -> cc.Change:
    return cc.Change("entry_share", "divert", amount, from_placements=[source], to_placement=to, **rest)


#: Background, changes of the scenario, and foster, home, supported and shared care of the first year.
WORKED = {
    "in, fewer, out": (
        [scale(0.1)],
        [divert(0.25, "home", "foster"), scale(-0.2), divert(0.1, "foster", "shared care")],
        [55.44, 26.4, 22.0, 6.16],
    ),
    "the way out first": (
        [scale(0.1)],
        [divert(0.1, "foster", "shared care"), divert(0.25, "home", "foster"), scale(-0.2)],
        [56.32, 26.4, 20.68, 6.6],
    ),
    "a fall and a rise are netted": ([], [scale(-0.1), add(4)], [56.4, 37.6, 6.0, 0.0]),
    "replace forgets": ([], [scale(-0.5), put(70)], [42.0, 28.0, 30.0, 0.0]),
    "half of a replacement": ([], [put(70, start=1, full=2)], [51.0, 34.0, 15.0, 0.0]),
    "out and a rise": ([], [divert(0.2, "foster", "shared care"), scale(0.08)], [51.84, 43.2, 0.0, 12.0]),
    "the background diverts": ([divert(0.2, "foster", "shared care")], [scale(-0.1)], [43.2, 36.0, 8.8, 12.0]),
    "out and back": (
        [],
        [divert(0.2, "foster", "shared care"), divert(1.0, "shared care", "foster"), scale(-0.1)],
        [54.0, 36.0, 10.0, 0.0],
    ),
    "a background that falls averts nobody": ([scale(-0.5)], [], [30.0, 20.0, 0.0, 0.0]),
    "beyond a background that falls": ([scale(-0.5)], [scale(-0.1)], [27.0, 18.0, 5.0, 0.0]),
}


@pytest.mark.parametrize("case", WORKED)
def test_entries_worked_case_gives_the_numbers_by_hand(case: str) -> None:
    behind, done, wanted = WORKED[case]
    base = alter(scenario("behind", *behind), Altered(entered()), "all", CENTRAL, CALENDAR).parameters
    found = apply(scenario("done", *done), base, "all", CENTRAL, CALENDAR).entries()
    np.testing.assert_allclose(np.broadcast_to(found, (1, 4, 2, 4))[0, 0, 0], wanted, rtol=1e-13, atol=1e-13)


def test_entries_without_averted_to_are_simply_fewer_and_leave_those_outside_care() -> None:
    plan = scenario("plan", divert(0.5, "home", "shared care"), scale(-0.5))
    found = apply(plan, entered(None), "all", CENTRAL, CALENDAR).entries()
    np.testing.assert_allclose(found[0, 0, 0], [30.0, 10.0, 0.0, 20.0], rtol=1e-13)


def test_a_scenario_whose_rises_make_good_its_falls_averts_nobody() -> None:
    p = entered()
    altered = alter(scenario("plan", scale(-0.5), scale(1.5)), Altered(p), "all", CENTRAL, CALENDAR)
    assert altered.removed is not None and (altered.removed < 0).all()
    assert altered.settled() is altered.parameters


#: What a change makes that cannot be, and all that is said of it.
REFUSED = {
    "a fall beyond all": (
        scale(-0.5, start=2, share=3.0, ages=[13]),
        "lever plan 0.*year 2027, age 13, placements 'foster', 'home': makes entry_rate -0.5 into care, below zero",
    ),
    "an addition below zero": (add(-120), "year 2026, age 12.*makes entry_rate -0.2"),
    "more than all diverted": (
        divert(0.5, "home", "foster", share=3.0, ages=[13]),
        "lever plan 0.*year 2026, age 13, placement 'home': diverts 1.5 of entry_share to 'foster', which is no share",
    ),
    "a share above one": (
        cc.Change("entry_at_birthday", "scale", 20.0, ages=[13], start=3),
        "lever plan 0.*year 2028, age 13: makes entry_at_birthday 2.1, above one",
    ),
    "a share of a placement above one": (
        cc.Change("entry_share", "add", 0.5, placements=["foster"]),
        "year 2026, age 12, placement 'foster': makes entry_share 1.1, above one",
    ),
    "shares that do not sum to one": (
        cc.Change("entry_share", "scale", -0.5, placements=["foster"]),
        "lever plan 0.*entry_share, year 2026, age 12: shares sum to 0.7",
    ),
    "a hazard scaled below zero": (
        cc.Change("exit_rate", "scale", -0.5, share=50.0, placements=["home"], ages=[13], start=2),
        "lever plan 0.*year 2027, age 13, placement 'home', reason 'home': makes exit_rate -12, below zero",
    ),
    "a hazard replaced beyond": (
        cc.Change("exit_rate", "replace", 0.0, share=2.0, placements=["foster"]),
        "year 2026, age 12, placement 'foster', reason 'home': makes exit_rate -0.5, below zero",
    ),
    "a population below zero": (
        cc.Change("population", "scale", -1.0, share=2.0),
        "year 2026, age 12: makes population -100, below zero",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_makes_what_cannot_be_is_refused_by_lever_and_cell(case: str) -> None:
    change, words = REFUSED[case]
    with pytest.raises(InputError, match=words):
        apply(scenario("plan", change), entered(), "all", CENTRAL, CALENDAR)


@pytest.mark.parametrize("change", [add(5), put(5)])
@pytest.mark.parametrize(
    ("before", "arrays", "placement"),
    [
        ([divert(1.0, "home", "shared care"), divert(1.0, "foster", "shared care")], {}, "placement 'shared care'"),
        ([scale(-1.0)], {}, "placements 'foster', 'home'"),
        ([], {"entry_rate": np.array([[[1.0, 0.0]]])}, "age 13, placements 'foster', 'home'"),
        ([], {"entry_share": np.array([[[[0.0, 0.0, 0.0, 1.0]]]])}, "age 12, placement 'shared care'"),
    ],
)
def test_entries_where_there_is_no_mix_to_keep_are_refused(
    change: cc.Change, before: list[cc.Change], arrays: dict[str, np.ndarray], placement: str
) -> None:
    p = entered(**arrays)
    with pytest.raises(InputError, match=rf"year 2026.*{placement}: makes entry_rate 0.05 where nobody enters care"):
        apply(scenario("plan", *before, change), p, "all", CENTRAL, CALENDAR)
    apply(scenario("plan", *before, put(0)), p, "all", CENTRAL, CALENDAR)


def test_averted_children_of_an_age_at_which_their_placement_is_closed_are_refused() -> None:
    p = entered()
    closed = [*p.grid.placements]
    closed[2] = cc.Placement("supported", in_care=False, leave_age=13)
    grid = cc.Grid(2025, 4, (12, 13), closed, ["home"], p.grid.items, averted_to="supported")
    p = cc.Parameters(
        grid, **{n: getattr(p, n) for n in vars(p) if n in cc.Parameters.__dataclass_fields__ and n != "grid"}
    )
    with pytest.raises(InputError, match=r"scenario 'plan', stream 'all', averted entries.*age 13 in 'supported'"):
        apply(scenario("plan", scale(-0.1)), p, "all", CENTRAL, CALENDAR)


def test_fifty_times_the_review_is_refused_in_words() -> None:
    review = cc.load_scenario("care-review").scaled(50)
    with pytest.raises(InputError, match=r"lever .*, year 20\d\d, age \d+, placement.*below zero") as caught:
        cc.run(cc.load_assumptions("england-2025"), review, years=5)
    assert "at (" not in str(caught.value)


# The clock

SPEND = {"items": ["foster"], "price_year": 2025}


@pytest.mark.parametrize(
    ("changes", "year"),
    [
        ([], None),
        ([scale(-0.1)], 2026),
        ([scale(-0.1, start=3, full=5, lag=1)], 2029),
        ([scale(-0.1, start=3, full=5, shape="step")], 2030),
        ([scale(0.0), scale(-0.1, start=2)], 2027),
        ([scale(-0.1, share=0.0), scale(-0.1, start=2)], 2027),
        ([scale(cc.Interval(0.0, -0.1, 0.1)), scale(-0.1, start=2)], 2026),
        ([put(0, start=2)], 2027),
        ([scale(-0.1, start=4), cc.Change("unit_cost", "add", 1.0, start=2, **SPEND)], 2027),
        ([scale(-0.1, start=4), cc.Change("unit_cost", "add", 1.0, start=1, year_one=2031, **SPEND)], 2029),
        ([scale(-0.1, start=9), cc.Change("unit_cost", "add", 1.0, start=2, year_one=2030, **SPEND)], 2031),
    ],
)
def test_the_clock_starts_in_the_first_year_in_which_any_change_acts(
    changes: list[cc.Change], year: int | None
) -> None:
    assert first_year(scenario("plan", *changes), CALENDAR) == year


def test_scenarios_stacked_have_the_earliest_clock_and_delay_moves_it() -> None:
    late, early = scenario("late", scale(-0.1, start=4)), scenario("early", scale(-0.1, start=2))
    assert first_year(late + early, CALENDAR) == first_year(early + late, CALENDAR) == 2027
    assert first_year(early.delayed(3), CALENDAR) == 2030


def care(p: cc.Parameters) -> np.ndarray:
    """Entries to care in each year, by age: (year, age) [children]."""
    entries = np.asarray(p.entry_rate) * p.population
    return np.asarray((entries[..., None] * p.entry_share)[0, ..., :2].sum(-1)) * np.ones((4, 2))


def test_those_averted_who_come_later_are_a_year_older_and_enter_in_the_mix_of_their_cell() -> None:
    made = apply(scenario("s", scale(-0.5, start=1, later_share=0.4)), entered(), "all", CENTRAL, CALENDAR)
    # 100 a year and age; 50 averted each, 20 of them come in the next year at age 13: there is no age 14.
    np.testing.assert_allclose(care(made), [[50, 50], [50, 70], [50, 70], [50, 70]])
    outside = (np.asarray(made.entry_rate) * made.population)[..., None] * made.entry_share
    np.testing.assert_allclose(
        outside[0, ..., 2] * np.ones((4, 2)), 50.0
    )  # support at home is for all who were averted
    np.testing.assert_allclose(outside[0, 1, 1, :2], [42.0, 28.0])


@pytest.mark.parametrize(("people", "come"), [(0.0, 0.0), (0.5, 20.25)])
def test_nobody_comes_later_at_an_age_that_nobody_has(people: float, come: float) -> None:
    p = entered(population=np.array([[[100.0, people]]]))
    made = apply(scenario("s", scale(-0.5, start=1, later_share=0.4)), p, "all", CENTRAL, CALENDAR)
    np.testing.assert_allclose(care(made), [[50, people / 2], *3 * [[50, come]]])


def test_those_averted_come_evenly_over_the_years_that_follow() -> None:
    ages = tuple(range(10, 14))
    base = entered()
    grid = cc.Grid(2025, 4, ages, base.grid.placements, ["home"], base.grid.items, averted_to="supported")
    p = cc.Parameters(grid, **{f: getattr(base, f) for f in ARRAYS}, initial_stock=np.zeros((1, 4, 4)))  # type: ignore[arg-type]
    once = scale(-0.3, start=1, end=1, ages=[10], later_share=0.5, later_years=2)
    made = apply(scenario("s", once), p, "all", CENTRAL, CALENDAR)
    entries = (np.asarray(made.entry_rate) * made.population)[..., None] * made.entry_share
    change = (entries[0, ..., :2].sum(-1) - 100.0) * np.ones((4, 4))
    expected = np.zeros((4, 4))
    expected[0, 0], expected[1, 1], expected[2, 2] = -30.0, 7.5, 7.5
    np.testing.assert_allclose(change, expected, atol=1e-12)


ARRAYS = ("population", "entry_rate", "entry_share", "entry_at_birthday", "exit_rate", "unit_cost")


@given(
    falls=st.lists(st.tuples(st.floats(0.0, 0.6), st.floats(0.0, 1.0), st.integers(1, 4)), min_size=1, max_size=3),
    out=st.floats(0.0, 0.5),
)
def test_of_those_averted_the_stated_share_comes_whatever_else_acts(
    falls: list[tuple[float, float, int]], out: float
) -> None:
    changes = [scale(-fall, later_share=share, later_years=years) for fall, share, years in falls]
    p = entered()
    away = divert(out, "foster", "shared care")
    with_later = care(apply(scenario("s", away, *changes), p, "all", CENTRAL, CALENDAR))
    without = care(apply(scenario("s", away, *(scale(-f) for f, _, _ in falls)), p, "all", CENTRAL, CALENDAR))
    left = 100.0 * (0.6 * (1.0 - out) + 0.4)
    expected = np.zeros((4, 2))
    for fall, share, years in falls:
        gone, left = left * fall, left * (1.0 - fall)
        expected[1:, 1] += gone * share / years  # of the two ages only the elder is reached, and only a year later
    np.testing.assert_allclose(with_later - without, expected, atol=1e-9)


def test_a_share_that_comes_later_is_refused_where_nobody_is_kept_from_entering() -> None:
    with pytest.raises(InputError, match=r"later_share is 0\.5.*entry_rate"):
        cc.Change("exit_rate", "scale", 0.1, later_share=0.5)
    with pytest.raises(InputError, match="later_share"):
        scale(-0.1, later_share=1.5)


# One luck of several levers

MANY = cc.Draws(256, seed=5)
#: Bounds of each amount: where a draw lies between them is its uniform number.
WIDE, OTHER = (0.1, 0.3), (-0.6, -0.2)


def within(bounds: tuple[float, float], **rest: object) -> cc.Interval:
    low, high = bounds
    return cc.Interval((low + high) / 2, low, high, level=1.0, distribution="uniform", **rest)


def places(first: str, second: str, draws: cc.Draws = MANY) -> tuple[np.ndarray, np.ndarray]:
    """Where the amounts of two levers lie within their bounds, 0 to 1, in every draw; each with a word for its luck."""
    out = cc.Change("exit_rate", "scale", within(WIDE))
    levers = [cc.Lever("out", [out], luck=first), cc.Lever("fewer", [scale(within(OTHER))], luck=second)]
    sampler = Sampler(draws, slice(0, draws.n))
    made = apply(cc.Scenario("s", levers), entered(averted_to=None), "all", sampler, CALENDAR)
    exits = np.asarray(made.exit_rate)[:, 0, 0, 0, 0] / 0.5 - 1.0
    entries = np.asarray(made.entry_rate)[:, 0, 0] - 1.0
    return (exits - WIDE[0]) / (WIDE[1] - WIDE[0]), (entries - OTHER[0]) / (OTHER[1] - OTHER[0])


@pytest.mark.parametrize("words", [("claims", "claims"), ("", ""), ("claims", "costs"), ("claims", "")])
def test_levers_with_one_word_have_one_luck_and_others_their_own(words: tuple[str, str]) -> None:
    pair = places(*words)
    for place in pair:  # its own margin: one draw in each of as many slices of its interval as there are draws
        assert sorted(np.floor(place * MANY.n).astype(int)) == list(range(MANY.n))
    ranks = [np.argsort(np.argsort(place)) for place in pair]
    if words == ("claims", "claims"):
        np.testing.assert_array_equal(*ranks)
        np.testing.assert_allclose(*pair, rtol=0, atol=1e-12)
    else:
        # Of 256 independent draws a rank correlation has a standard deviation of a sixteenth.
        assert abs(np.corrcoef(*ranks)[0, 1]) < 4 / 16


@given(seed=st.integers(0, 10**6), n=st.integers(2, 40), word=st.text(min_size=1, max_size=8))
def test_one_luck_is_one_whatever_the_word_and_the_draws(seed: int, n: int, word: str) -> None:
    one, two = places(word, word, cc.Draws(n, seed=seed))
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-12)


def test_luck_of_levers_hangs_on_its_word_and_not_on_their_names() -> None:
    first, second = (places("claims", word)[0] for word in ("claims", ""))
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, places("costs", "")[0])


def test_times_of_one_luck_are_at_the_same_end_as_the_amounts() -> None:
    n, items = MANY.n, [cc.Item("programme", "year", group="reform")]
    base = entered(averted_to=None)
    grid = cc.Grid(2025, 4, (12, 13), base.grid.placements, ["home"], items)
    p = cc.Parameters(grid, **{f: getattr(base, f) for f in ARRAYS}, initial_stock=np.zeros((1, 2, 4)))  # type: ignore[arg-type]
    p = p.changed(unit_cost=np.zeros((1, 1, 1)))

    def spent(luck: str) -> np.ndarray:
        cost = cc.Change("unit_cost", "add", within((1.0, 3.0)), times=within((10.0, 20.0)), times_of="homes",
                         unit="GBP per home", price_year=2025, items=["programme"])  # fmt: skip
        made = apply(
            cc.Scenario("s", [cc.Lever("cost", [cost], luck=luck)]), p, "all", Sampler(MANY, slice(0, n)), CALENDAR
        )
        return np.asarray(made.unit_cost)[:, 0, 0]

    u = (np.arange(n) + 0.5) / n
    # One number u gives both, so (1 + 2u)(10 + 10u), one in each slice of u; it rises by at most 70 for each u.
    product, slack = (1 + 2 * u) * (10 + 10 * u), 70 * 0.5 / n
    np.testing.assert_allclose(np.sort(spent("costs")), product, rtol=0, atol=slack)
    assert not np.allclose(np.sort(spent("")), product, rtol=0, atol=slack)


def test_what_is_wrong_with_one_luck_is_said_of_the_lever() -> None:
    below = cc.Change("exit_rate", "replace", cc.Interval(0.1, -0.5, 0.5))
    for luck in ("", "claims"):
        plan = cc.Scenario(
            "s", [cc.Lever("fewer", [scale(within(OTHER))], luck=luck), cc.Lever("out", [below], luck=luck)]
        )
        with pytest.raises(InputError, match=r"^lever out: replace exit_rate, from year 1.*low, high are -0\.5, 0\.5"):
            apply(plan, entered(), "all", Sampler(MANY, slice(0, MANY.n)), CALENDAR)
    worse = cc.Scenario("s", [cc.Lever("fewer", [put(-50.0)], luck="claims")])
    with pytest.raises(InputError, match=r"scenario 's', lever fewer: replace entry_rate.*below zero"):
        apply(worse, entered(), "all", CENTRAL, CALENDAR)
