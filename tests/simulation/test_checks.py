"""One check of a set at every door: however a set was made, a broken row in it is refused, at the latest by a run."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import carecost as cc
from carecost.inputs.belief import Assumption, Scope
from carecost.simulation import checks

SETS = Path(__file__).parents[1] / "data" / "sets"
TINY = cc.load_assumptions(SETS / "tiny")
DRIVER = cc.Scenario("driver", [cc.Lever("driver", [cc.Change("entry_rate", "scale", 0.1)])])


def with_row(made: cc.Assumptions, parameter: str, **fields: object) -> cc.Assumptions:
    """The set with other fields in the belief of the first row of a parameter."""
    at = next(i for i, row in enumerate(made.rows) if row.parameter == parameter and row.kind == "value")
    row = replace(made.rows[at], belief=replace(made.rows[at].belief, **fields))  # type: ignore[arg-type]
    return replace(made, rows=(*made.rows[:at], row, *made.rows[at + 1 :]))


def in_year(made: cc.Assumptions, parameter: str, year: int) -> Assumption:
    """The first row of a parameter, for one year."""
    row = next(row for row in made.rows if row.parameter == parameter and row.kind == "value")
    return replace(row, where=replace(row.where, years=(year,)))


def counting(made: cc.Assumptions, level: float) -> cc.Assumptions:
    """The set with an outcome: the share of those who grow up in care."""
    item = cc.Item("study", "aged_out", account="outcomes", kind="share", source="made up for tests", quality="E")
    belief = cc.Belief(level, unit=item.unit, price_year=2025, source="made up for tests", quality="E")
    row = Assumption("unit_cost", cc.Selector(items=("study",)), belief)
    return replace(made, items=(*made.items, item), rows=(*made.rows, row))


#: What can be broken in a row, and what the refusal says.
BROKEN: dict[str, tuple[Callable[[cc.Assumptions], cc.Assumptions], str]] = {
    "unit of a price": (lambda a: with_row(a, "unit_cost", unit="GBP per child-year"), "needs 'GBP per child-week'"),
    "price year": (lambda a: with_row(a, "unit_cost", price_year=2022), "The set is in prices of 2025"),
    "unit of a rate": (lambda a: with_row(a, "entry_rate", unit="percent"), "unit is 'percent'"),
    "source": (lambda a: with_row(a, "exit_rate", source=""), "source is blank"),
    "grade": (lambda a: with_row(a, "population", quality=""), "quality is blank"),
    "level of an outcome": (lambda a: counting(a, 1.5), "is 1.5 (share of leavers)"),
    "negative rate": (lambda a: with_row(a, "exit_rate", value=-0.2, low=None, high=None), "is negative: -0.2"),
    "entries above one": (
        lambda a: with_row(a, "entry_rate", value=8.7, low=None, high=None),
        "is 8.7: more children enter than there are",
    ),
    "growth of 100%": (
        lambda a: replace(a, rows=tuple(replace(r, long_run=1.0) if r.kind == "growth" else r for r in a.rows)),
        "grows by 1 a year",
    ),
    "share above one": (lambda a: with_row(a, "entry_share", value=1.25), "is 1.25, more than the whole"),
    "shares that do not sum to one": (lambda a: with_row(a, "entry_share", value=0.5), "sum to 0.75"),
    "unknown label": (
        lambda a: replace(a, rows=(*a.rows, replace(a.rows[0], where=cc.Selector(placements=("fostr",))))),
        "fostr",
    ),
    "row there twice": (
        lambda a: replace(a, rows=(*a.rows, next(r for r in a.rows if r.parameter == "move_rate"))),
        "covers too",
    ),
    "row there twice in a later year": (
        lambda a: replace(a, rows=(*a.rows, *2 * [in_year(a, "exit_rate", 2060)])),
        "covers too, in years after 2031",
    ),
    "stream there twice": (lambda a: replace(a, streams=(*a.streams, "uasc")), "stream 'uasc' is there twice"),
    "programme before the base date": (lambda a: replace(a, programme_start=2020), "programme_start is 2020"),
    "item without a price": (
        lambda a: replace(a, rows=tuple(r for r in a.rows if r.where.items != ("home",))),
        "item 'home' has no unit cost",
    ),
}
#: Ways to make a set of another, without touching what is broken.
WAYS: dict[str, Callable[[cc.Assumptions], cc.Assumptions]] = {
    "as it is": lambda a: a,
    "dataclasses.replace": lambda a: replace(a, title="another"),
    "replace": lambda a: a.replace("initial_stock", age=17, placement="home", stream="other", value=90.0),
    "against": lambda a: a.against(DRIVER),
    "scoped": lambda a: replace(a, scopes=(whole_scope(a),)).scoped("all of it"),
    "by hand": lambda a: cc.Assumptions(**{f.name: getattr(a, f.name) for f in dataclasses.fields(a)}),
    "pickle": lambda a: pickle.loads(pickle.dumps(a)),
    "deepcopy": copy.deepcopy,
    "area": lambda a: replace(a, area="North", portion=0.1),
}


def whole_scope(made: cc.Assumptions) -> Scope:
    """A scope that leaves nothing out."""
    return Scope("all of it", tuple(dict.fromkeys(item.group for item in made.items)), "")


@pytest.mark.parametrize("way", WAYS)
def test_sound_set_made_in_any_way_runs(way: str) -> None:
    assert cc.run(WAYS[way](TINY)).run.central["inaction"].stock.sum() > 0


@given(st.sampled_from(sorted(BROKEN)), st.lists(st.sampled_from(sorted(WAYS)), max_size=3))
def test_broken_row_made_in_any_way_is_refused_by_run(broken: str, ways: list[str]) -> None:
    break_it, words = BROKEN[broken]
    made = break_it(TINY)
    for way in ways:
        made = WAYS[way](made)
    with pytest.raises(cc.CareCostError, match=re.escape(words)):
        cc.run(made)


@pytest.mark.parametrize("broken", sorted(BROKEN))
def test_broken_row_is_refused_with_a_social_ledger(broken: str) -> None:
    break_it, words = BROKEN[broken]
    made = break_it(TINY)
    with pytest.raises(cc.CareCostError, match=re.escape(words)):
        cc.run(cc.with_social_ledger(made))


def test_all_faults_of_a_set_are_said_at_once() -> None:
    made = with_row(with_row(TINY, "unit_cost", price_year=2022), "exit_rate", source="")
    with pytest.raises(cc.CareCostError) as caught:
        cc.run(made)
    assert len(caught.value.problems) == 2


def test_price_of_another_year_is_converted_by_replace_and_refused_by_hand() -> None:
    dearer = TINY.replace("unit_cost", item="home", value=8000, price_year=2022)
    factor = float(TINY.deflator.factor(2022, [2025])[0])
    assert dearer.select("unit_cost", item="home")[0].belief.value == pytest.approx(8000 * factor)
    cc.run(dearer)
    with pytest.raises(cc.CareCostError, match="The set is in prices of 2025"):
        cc.run(with_row(TINY, "unit_cost", value=8000, low=None, high=None, price_year=2022))


def test_set_is_checked_once_and_a_set_made_of_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = checks.verify
    monkeypatch.setattr(checks, "verify", lambda a, *rest: (asked.append(a.title), real(a, *rest))[1])
    cc.run(TINY)
    assert asked == []  # checked when it was read
    made = replace(TINY, title="made")
    cc.run(made)
    cc.run(made, DRIVER)
    assert asked == ["made"]


@pytest.mark.parametrize("name", BROKEN)
def test_set_made_of_another_is_refused_for_what_it_would_be_alone(name: str) -> None:
    edit, _ = BROKEN[name]
    checks.checked(TINY)
    with pytest.raises(cc.CareCostError) as alone:
        checks.verify(edit(TINY))
    with pytest.raises(cc.CareCostError) as like:
        checks.verify(edit(TINY), like=TINY)
    assert {str(p) for p in like.value.problems} == {str(p) for p in alone.value.problems}


@pytest.mark.parametrize("name", ["prices-flat", "mix-trend", "population-flat", "entries-rising"])
def test_set_made_of_another_is_laid_out_as_alone(name: str) -> None:
    england = cc.load_assumptions("england-2025")
    shared, alone = checks.checked(cc.under(england, name), england), checks.checked(cc.under(england, name))
    for stream in england.streams:
        for one, other in zip(shared.layouts(stream), alone.layouts(stream), strict=True):
            assert (one.parameter, one.shape, one.rows, one.growths) == (
                other.parameter,
                other.shape,
                other.rows,
                other.growths,
            )
            assert (one.cells == other.cells).all() and (one.owner == other.owner).all()


def test_check_leaves_equality_digest_and_pickle_as_they_were() -> None:
    made = replace(TINY)
    before = pickle.dumps(made)
    checks.checked(made)
    assert made == pickle.loads(before) and made.digest == pickle.loads(before).digest


def twice(attribute: str) -> Callable[[cc.Assumptions], cc.Assumptions]:
    """Put the first of some things there a second time, with another note."""

    def edit(made: cc.Assumptions) -> cc.Assumptions:
        things = getattr(made, attribute)
        return replace(made, **{attribute: (*things, replace(things[0], note="again"))})

    return edit


def with_ties(**ties: object) -> Callable[[cc.Assumptions], cc.Assumptions]:
    return lambda made: replace(made, ties=cc.Ties(**ties))  # type: ignore[arg-type]


SCOPE = Scope("care", ("foster", "residential"))
PATH = cc.YearPath("prices", "unit_cost", cc.Selector(items="home"), "random walk", 0.02, source="x", quality="E")
PHASES = (cc.Phase("new", 1.0, 1.0, "x", "", "E"), cc.Phase("new", 1.0, 0.0, "x", "", "E"))
OUTCOME = cc.Item("homeless", "aged_out", account="outcomes", group="homeless")
HOMES = cc.CapacityGroup("homes", ["home"], next="foster")

#: What can have one name twice in a set: the set, and what the refusal says.
TWICE: dict[str, tuple[Callable[[cc.Assumptions], cc.Assumptions], str]] = {
    "scopes": (lambda a: replace(a, scopes=(SCOPE, replace(SCOPE, note="b"))), "set.toml, scopes: scope 'care' is"),
    "scope of all": (lambda a: replace(a, scopes=(replace(SCOPE, name="all"),)), "a scope is called 'all'"),
    "streams": (lambda a: replace(a, streams=(*a.streams, "uasc")), "stream 'uasc' is there twice"),
    "uncounted": (lambda a: replace(a, uncounted=("x", "x")), "item left out 'x' is there twice"),
    "placements": (twice("placements"), "placement 'foster' is there twice"),
    "reasons": (twice("reasons"), "reason 'returned' is there twice"),
    "items": (twice("items"), "item 'foster' is there twice"),
    "outcomes": (lambda a: replace(a, items=(*a.items, OUTCOME, OUTCOME)), "item 'homeless' is there twice"),
    "groups": (lambda a: replace(a, groups=(HOMES, replace(HOMES, placements=("at home",)))), "group 'homes' is there"),
    "phases": (lambda a: replace(a, phases=cc.Phases(PHASES)), "phase 'new' is there twice"),
    "paths": (lambda a: replace(a, paths=(PATH, replace(PATH, sd=0.1))), "path 'prices' is there twice"),
    "growths": (
        lambda a: replace(a, rows=(*a.rows, *(r for r in a.rows if r.kind == "growth"))),
        "'homes growth' is there twice",
    ),
    "matrices": (
        with_ties(matrices=[cc.CorrelationMatrix("m", (q,), ((1.0,),)) for q in ("a", "b")]),
        "correlation matrix 'm' is there twice",
    ),
    "joint draws": (
        with_ties(joints=[cc.JointDraws("j", (q,), ((1.0,), (2.0,))) for q in ("a", "b")]),
        "table of joint draws 'j' is there twice",
    ),
}


@pytest.mark.parametrize("what", TWICE)
def test_name_that_is_there_twice_is_refused(what: str) -> None:
    edit, words = TWICE[what]
    with pytest.raises(cc.CareCostError, match=words) as caught:
        checks.verify(edit(TINY))
    assert all(problem.remedy for problem in caught.value.problems if "is there twice" in problem.what)


def test_scope_that_is_there_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    folder = cc.save_assumptions(replace(TINY, scopes=(SCOPE,)), tmp_path / "set")
    head = folder / "set.toml"
    head.write_text(head.read_text() + '\n[[scopes]]\nname = "care"\ngroups = ["support"]\n')
    with pytest.raises(cc.CareCostError, match=r"set.toml, scopes: scope 'care' is there twice. Names are unique"):
        cc.load_assumptions(folder)


def test_lever_that_is_there_twice_is_refused() -> None:
    with pytest.raises(cc.CareCostError, match="lever 'a' is there twice"):
        cc.Scenario("plan", [cc.Lever("a", []), cc.Lever("a", [], note="other")])


def valued(made: cc.Assumptions, value: float, parameter: str, **where: object) -> cc.Assumptions:
    """The set with another value in the rows of a parameter that select this."""

    def fits(row: cc.Assumption) -> bool:
        return row.parameter == parameter and all(getattr(row.where, k) == v for k, v in where.items())

    rows = [replace(row, belief=replace(row.belief, value=value)) if fits(row) else row for row in made.rows]
    return replace(made, rows=tuple(rows))


def test_remarks_say_who_is_there_and_who_comes_where_no_rate_lets_anybody_leave() -> None:
    kept = replace(TINY.select("exit_rate")[0], where=cc.Selector(placements=("home",), reasons=("returned",)))
    rows = tuple(kept if row is TINY.select("exit_rate")[0] else row for row in TINY.rows)
    stuck = replace(TINY, rows=rows)
    end = "leave only by growing up: no row of exit_rate is above zero there"
    other = f"900 children and those who enter of stream 'other' in 'foster' at ages 15-17 {end}"
    assert checks.remarks(stuck) == (
        other,
        f"90 children and those who enter of stream 'uasc' in 'foster' at ages 15-17 {end}",
    )
    # At 15 nobody enters the stream uasc: without a child there, the age is not named.
    without = valued(stuck, 0.0, "initial_stock", streams=("uasc",), ages=(15,), placements=("foster",))
    assert checks.remarks(without) == (
        other,
        f"60 children and those who enter of stream 'uasc' in 'foster' at ages 16-17 {end}",
    )
    # Nobody enters a placement that has no share of entries.
    closed = valued(valued(stuck, 0.0, "entry_share", placements=("foster",)), 1.0, "entry_share", placements=("home",))
    assert checks.remarks(closed) == (
        f"900 children of stream 'other' in 'foster' at ages 15-17 {end}",
        f"90 children of stream 'uasc' in 'foster' at ages 15-17 {end}",
    )
    assert checks.remarks(TINY) == ()


def faults(made: cc.Assumptions, like: cc.Assumptions | None) -> list[str]:
    """What is wrong with a set that nobody has checked, one that is known beside it or not."""
    try:
        checks.checked(replace(made), like)
    except cc.CareCostError as error:
        return sorted(map(str, error.problems))
    return []


#: What may befall a row.
BEFALLS: dict[str, Callable[[cc.Assumption], list[cc.Assumption]]] = {
    "left out": lambda row: [],
    "twice": lambda row: [row, row],
    "twice, made anew": lambda row: [row, replace(row)],
    "doubled": lambda row: [replace(row, belief=replace(row.belief, value=2 * row.belief.value, low=None, high=None))],
    "below nothing": lambda row: [replace(row, belief=replace(row.belief, value=-1.0, low=None, high=None))],
    "of another age": lambda row: [replace(row, where=replace(row.where, ages=(16,)))],
    "of years": lambda row: [replace(row, where=replace(row.where, years=(2026, 2040)))],
    "of nobody": lambda row: [replace(row, where=replace(row.where, streams=("moon",)))],
    "without a source": lambda row: [replace(row, belief=replace(row.belief, source=""))],
    "of another unit": lambda row: [replace(row, belief=replace(row.belief, unit="moons"))],
}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, len(TINY.rows) - 1), st.sampled_from(sorted(BEFALLS))), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_same_faults_are_found_beside_a_set_that_was_checked(befallen: list[tuple[int, str]], luck: Random) -> None:
    """What two sets share is checked once: no fault may hide between what they share and what they do not."""
    rows = {i: [row] for i, row in enumerate(TINY.rows)}
    rows |= {i: BEFALLS[what](TINY.rows[i]) for i, what in befallen}
    made = [row for found in rows.values() for row in found]
    luck.shuffle(made)
    known = replace(TINY)
    checks.checked(known)
    changed = replace(TINY, rows=tuple(made))
    assert faults(changed, known) == faults(changed, None)
