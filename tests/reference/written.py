"""What may be written in a file? Hypothesis strategies for sets and scenarios as they are made in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st

import carecost as cc
from carecost.engine.grid import AXES
from carecost.inputs.belief import Note, Scope
from carecost.inputs.change import SHAPES

TINY = Path(__file__).parents[1] / "data" / "sets" / "tiny"

#: Words that need care in a table, and words that no table gives back.
CAREFUL = ["x", "a, b", 'say "so"', "=1+1", "-", "'=x", "£5 — ½", "\x7f", "A", "true", "1 to 4", "#", "0", "nan"]
LOST = [" x", "x ", "a; b", "one\ntwo", "\r", "\ud800", "\x00", "", ";"]
#: Labels of the axes of the tiny set, and of one more place and one more year than it has.
LABELS: dict[str, list[Any]] = {
    "streams": ["other", "uasc"],
    "years": [2026, 2028, 2031, 2040],
    "ages": [15, 16, 17],
    "placements": ["foster", "home", "at home"],
    "to": ["foster", "home", "at home"],
    "reasons": ["returned", "support ends"],
    "items": ["foster", "home", "support", "programme"],
    "groups": ["homes"],
}

words = st.sampled_from(CAREFUL)
any_words = st.sampled_from(CAREFUL + LOST)
values = st.floats(0.01, 0.9) | st.just(1 / 3)
grades = st.sampled_from("ABCDE")


@st.composite
def selectors(draw: st.DrawFn, axes: tuple[str, ...] = tuple(LABELS)) -> cc.Selector:
    """Selections of some axes, their labels in any order; seldom of no label at all."""
    chosen = draw(st.lists(st.sampled_from(axes), unique=True, max_size=2)) if axes else []
    few = {axis: draw(st.lists(st.sampled_from(LABELS[axis]), min_size=1, max_size=3)) for axis in chosen}
    return cc.Selector(**few)  # type: ignore[arg-type]


@st.composite
def intervals(draw: st.DrawFn, least: float = 0.01, most: float = 0.9) -> dict[str, Any]:
    """Value, interval, level and distribution that fit each other."""
    low, value, high = sorted(draw(st.lists(st.floats(least, most), min_size=3, max_size=3, unique=True)))
    shape = draw(st.sampled_from(["", "normal", "uniform", "triangular", "pert", "none"]))
    if shape == "none" or value - low < 1e-3 or high - value < 1e-3:
        return {"value": value}
    level = draw(st.sampled_from([0.5, 0.9, 0.95, 1.0]))
    if (level == 1.0) != (shape in ("uniform", "triangular", "pert")):
        level = 1.0 if shape in ("uniform", "triangular", "pert") else 0.9
    if shape == "uniform":
        value = (low + high) / 2
    return {"value": value, "low": low, "high": high, "level": level, "distribution": shape}


# Scenarios


@st.composite
def changes(draw: st.DrawFn, text: st.SearchStrategy[str] = words) -> cc.Change:
    """Changes of every parameter and operation, phased in every way; most options at once."""
    operation = draw(st.sampled_from(["scale", "add", "replace", "divert", "spend"]))
    more: dict[str, Any] = {}
    if operation == "divert":
        parameter = draw(st.sampled_from(["entry_share", "move_rate"]))
        more = {"from_placements": ["foster"], "to_placement": "home"}
    elif operation == "spend":
        operation, parameter = draw(st.sampled_from(["add", "replace"])), "unit_cost"
        more = {"price_year": draw(st.integers(1990, 2050)), "year_one": draw(st.none() | st.integers(2020, 2040))}
        if draw(st.booleans()):
            more |= {"times": cc.Interval(**draw(intervals())), "times_of": draw(text) or "x"}
    else:
        parameter = draw(st.sampled_from(["entry_rate", "entry_at_birthday", "exit_rate", "move_rate", "population"]))
    start = draw(st.integers(1, 9))
    full = draw(st.none() | st.integers(start, 12))
    axes = tuple(axis for axis in AXES[parameter] if axis != "years")
    return cc.Change(
        parameter,
        operation,
        cc.Interval(**draw(intervals())),
        start,
        full=full,
        end=draw(st.none() | st.integers(full or start, 15)),
        lag=draw(st.integers(0, 5)),
        half_life=draw(st.none() | values),
        shape=draw(st.sampled_from(list(SHAPES))),
        unit=draw(text),
        luck=draw(st.just("") | text),
        share=draw(values | st.just(1.0)),
        where=draw(selectors(axes)),
        **more,
    )


@st.composite
def scenarios(draw: st.DrawFn, text: st.SearchStrategy[str] = words) -> cc.Scenario:
    """Scenarios of levers with evidence, payment and lines of money; not every one can be made."""
    levers: list[cc.Lever] = []
    for i in range(draw(st.integers(0, 3))):
        one = cc.Evidence(
            *(draw(text), draw(values), draw(text), draw(st.sampled_from(["measured", "bound"])), draw(text)),
            source=draw(text),
            low=draw(st.none() | values),
            note=draw(text),
        )
        paying = [lever.name for lever in levers if any(c.programme_spend for c in lever.changes)]
        levers.append(
            cc.Lever(
                f"{draw(text)} {i}",
                draw(st.lists(changes(text), max_size=2, unique_by=lambda change: change.luck or change.quantity)),
                source=draw(text),
                quality=draw(grades | st.just("")),
                note=draw(text),
                basis=draw(st.sampled_from(["measured", "claimed", "bound", "assumed"])),
                evidence=draw(st.sampled_from([(), (one,), (one, one)])),
                paid_by=draw(st.sampled_from([(), ("none stated",), tuple(paying)])),
                line=draw(st.just("") | text.map(lambda word, i=i: f"{word}{i}")),  # type: ignore[misc]
            )
        )
    return cc.Scenario(
        draw(text), levers, title=draw(text), note=draw(text), claim=draw(st.booleans()), made_for=draw(text)
    )


# Sets


def _first(assumptions: cc.Assumptions, parameter: str) -> cc.Assumption:
    return next(row for row in assumptions.rows if row.parameter == parameter and row.kind == "value")


@st.composite
def believed(draw: st.DrawFn, unit: str, text: st.SearchStrategy[str] = words, **more: Any) -> cc.Belief:
    """Beliefs with every column filled."""
    about = {name: draw(text) for name in ("source", "source_year", "note")}
    return cc.Belief(**draw(intervals()), unit=unit, quality=draw(grades), **about, **more)


def _with(assumptions: cc.Assumptions, *rows: cc.Assumption, **more: Any) -> cc.Assumptions:
    return replace(assumptions, rows=(*rows, *assumptions.rows), **more)


@st.composite
def _said_otherwise(draw: st.DrawFn, made: cc.Assumptions, text: st.SearchStrategy[str]) -> cc.Assumptions:
    """Change the belief of one row."""
    place = draw(st.integers(0, len(made.rows) - 1))
    row = made.rows[place]
    if row.belief.unit == "share":
        belief = replace(row.belief, note=draw(text), source=draw(text))
    else:
        belief = draw(believed(row.belief.unit, text, price_year=row.belief.price_year))
    return replace(made, rows=(*made.rows[:place], replace(row, belief=belief), *made.rows[place + 1 :]))


@st.composite
def _multiplied(draw: st.DrawFn, made: cc.Assumptions, text: st.SearchStrategy[str]) -> cc.Assumptions:
    """Add an adjustment or a growth, to the front of the rows."""
    parameter = draw(st.sampled_from(["entry_rate", "exit_rate", "move_rate", "unit_cost"]))
    kind, name = draw(st.sampled_from(["adjustment", "growth"])), f"{draw(text)} {len(made.rows)}"
    axes = tuple(axis for axis in AXES[parameter] if axis not in ("years", "ages", "to"))
    of = "per year" if kind == "growth" else "multiplier"
    faded = {"from_year": 2025, "long_run": draw(st.none() | values), "fade_years": draw(st.none() | st.integers(1, 9))}
    row = cc.Assumption(
        parameter,
        draw(selectors(axes)),
        draw(believed(of, text)),
        name=name,
        kind=kind,
        **(faded if kind == "growth" else {}),  # type: ignore[arg-type]
    )
    return _with(made, row)


@st.composite
def _tied(draw: st.DrawFn, made: cc.Assumptions, text: st.SearchStrategy[str]) -> cc.Assumptions:
    """Tie two quantities: by loadings, a matrix or joint draws."""
    if made.ties != cc.Ties():
        return made
    how = draw(st.sampled_from(["loadings", "matrices", "joints"]))
    free = [r.quantity for r in made.rows if not r.belief.certain and r.belief.distribution != "fixed"]
    known = [r.quantity for r in made.rows if r.belief.certain and r.parameter == "population"]
    names = (free if how != "joints" else known)[:2]
    if len(names) < 2 or len(set(names)) < 2:
        return made
    name = draw(text)
    if how == "loadings":
        some = [cc.Loading(name, q, draw(values), draw(text), draw(grades), draw(text)) for q in names]
        return replace(made, ties=cc.Ties(some))
    if how == "matrices":
        r = draw(st.floats(-0.9, 0.9))
        return replace(made, ties=cc.Ties((), cc.CorrelationMatrix(name, names, ((1.0, r), (r, 1.0)))))
    drawn = draw(st.lists(st.tuples(values, values), min_size=2, max_size=4))
    named = enumerate(zip(("z", name), names, strict=True))
    both = [cc.JointDraws(n, [q], [row[i : i + 1] for row in drawn]) for i, (n, q) in named]
    return replace(made, ties=cc.Ties((), (), draw(st.permutations(both))))


@st.composite
def _about(draw: st.DrawFn, made: cc.Assumptions, text: st.SearchStrategy[str]) -> cc.Assumptions:
    """Change what set.toml holds: names, notes, scopes, area, money."""
    notes = [
        Note("left_out", draw(text)),
        Note("contradiction", draw(text), (draw(text), "y")),
        Note("gap", "q", ("a", "b")),
    ]
    scope = Scope(draw(text), ("foster", "residential"), draw(text))
    return replace(
        made,
        name=draw(text),
        title=draw(text),
        inaction=draw(text),
        scope=draw(text),
        area=draw(st.just("") | text),
        portion=draw(st.just(1.0) | values),
        notes=tuple(draw(st.permutations(notes))),
        scopes=draw(st.sampled_from([(), (scope,)])),
        uncounted=draw(st.sampled_from([(), ("elsewhere",)])),
        discount=cc.money.schedule(draw(st.sampled_from(["standard", "health", 0.02, 0.0, 1 / 3, -0.01]))),
        programme_start=draw(st.integers(2026, 2030)),
    )


@st.composite
def _more(draw: st.DrawFn, made: cc.Assumptions, text: st.SearchStrategy[str]) -> cc.Assumptions:
    """Add what few sets have: places, further entries, phases, paths, a background, words about items."""
    what = draw(st.sampled_from(["places", "entries", "phases", "paths", "spreads", "background", "words", "birthday"]))
    people = "children"
    if what == "places" and not made.groups:
        places = cc.Assumption("capacity", cc.Selector(groups=["homes"]), draw(believed("places", text)))
        return _with(made, places, groups=(cc.CapacityGroup("homes", ["home"], next="foster", note=draw(text)),))
    if what == "entries":
        years = draw(st.none() | st.just("2026 to 2031"))
        where = cc.Selector(streams="other", years=years, ages=15, placements="foster")
        name = f"{draw(text)} {len(made.rows)}"
        return _with(made, cc.Assumption("extra_entries", where, draw(believed(f"{people} per year", text)), name))
    if what == "phases" and not made.phases:
        about = {"source": draw(text), "quality": draw(grades), "note": draw(text), "source_year": draw(text)}
        rows = (cc.Phase("new", draw(values), draw(values), **about), cc.Phase(f"{draw(text)}2", 1.0, **about))
        share = draw(values)
        shares = [
            cc.PhaseShare("new", cc.Selector(), share, **about),
            cc.PhaseShare(rows[1].name, cc.Selector(), 1.0 - share, **about),
        ]
        return replace(made, phases=cc.Phases(rows, shares))
    if what == "paths":
        kind = draw(st.sampled_from(["random walk", "mean reverting"]))
        path = cc.YearPath(
            f"{draw(text)} {len(made.paths)}",
            "unit_cost",
            cc.Selector(items=draw(st.sampled_from([["home"], ["home", "foster"]]))),
            kind,
            draw(values),
            None if kind == "random walk" else draw(values),
            draw(st.sampled_from(["common", "line"])),  # type: ignore[arg-type]
            from_year=2025,
            **{"source": draw(text), "source_year": draw(text), "quality": draw(grades), "note": draw(text)},
        )
        return replace(made, paths=(*made.paths, path))
    if what == "spreads" and not made.spreads:
        about = {"source": draw(text), "quality": draw(grades), "note": draw(text), "source_year": draw(text)}
        return replace(made, spreads=[cc.PriceSpread(["home", "foster"], draw(values), **about)])
    if what == "background":
        return replace(made, background=draw(scenarios(text)))
    if what == "words":
        items = (replace(made.items[0], note=draw(text), payer=draw(text), source=draw(text)), *made.items[1:])
        reasons = (replace(made.reasons[0], note=draw(text)), *made.reasons[1:])
        placed = (replace(made.placements[0], note=draw(text), group=draw(text)), *made.placements[1:])
        return replace(made, items=items, reasons=reasons, placements=placed)
    return made


#: Edits of a set.
EDITS: list[Callable[..., Any]] = [_said_otherwise, _multiplied, _tied, _about, _more]


@st.composite
def sets(draw: st.DrawFn, text: st.SearchStrategy[str] = words) -> cc.Assumptions:
    """The tiny set after some edits; not every one can be made, or run."""
    made = cc.load_assumptions(TINY)
    for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=6)):
        made = draw(edit(made, text))
    return made


@st.composite
def odd_sets(draw: st.DrawFn) -> cc.Assumptions:
    """Sets as nobody would make them: any selector on any row, any price year, words that no file gives back."""
    made = draw(sets(any_words))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(made.rows) - 1))
        row = made.rows[place]
        axis = draw(st.sampled_from(list(LABELS)))
        odd: Any = draw(st.sampled_from([None, (), tuple(LABELS[axis][:1]), tuple(LABELS[axis])]))
        row = replace(row, where=replace(row.where, **{axis: odd}))
        if draw(st.booleans()):
            row = replace(row, belief=replace(row.belief, price_year=draw(st.none() | st.just(2024))))
        made = replace(made, rows=(*made.rows[:place], row, *made.rows[place + 1 :]))
    own = draw(st.sampled_from([None, "discount", "deflator", "phase", "tables"]))
    if own == "discount":
        made = replace(made, discount=replace(made.discount, rates=tuple(r / 2 for r in made.discount.rates)))
    elif own == "deflator":
        made = replace(made, deflator=replace(made.deflator, source="mine"))
    elif own == "tables" and made.ties.joints:
        made = replace(made, ties=cc.Ties((), (), (*made.ties.joints, made.ties.joints[0])))
    return made
