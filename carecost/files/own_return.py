"""Make a set of assumptions of a council's own return: its rates, and all else from a public set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from carecost.engine.grid import Selector
from carecost.engine.parameters import Parameters
from carecost.errors import InputError, Problem
from carecost.estimation.pooled import FOUND
from carecost.files.load import load_assumptions
from carecost.files.own_counts import FALLBACK, OwnCounts, folded, suppressed
from carecost.files.own_rates import Bearing, People, StreamRates
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Note
from carecost.inputs.dependence import JointDraws, Ties
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

#: Parameters that have growth and paths from the base date, and those whose values are the return's own.
RATES = ("entry_rate", "exit_rate", "move_rate")
REPLACED = ("initial_stock", "entry_share", "entry_at_birthday", *RATES)
#: What an area is called that nobody named.
UNNAMED = "own area"


def estimate_own(
    own: OwnCounts,
    authority: str | None,
    template: Assumptions | str,
    population: float | Sequence[float] | None,
    draws: int,
    seed: int,
    suppress: bool,
) -> tuple[Assumptions, tuple[Bearing, ...]]:
    """Estimate the rates of a return, and make a set of it: see :meth:`SSDA903.estimate`.

    Returns
    -------
    assumptions : Assumptions
        The set.
    bearings : tuple of Bearing
        How much own numbers bear.
    """
    public = _public(template, authority)
    grid = public.grid(len(public.labels["years"]))  # as far as the population goes
    layouts = Layouts(public, grid)
    sampler = Sampler(Draws(0))
    rates = {s: layouts.parameters(s, sampler) for s in public.streams}
    _refuse_returners(public, rates)
    counts = folded(own, public, grid)
    if suppress:
        counts = suppressed(counts)
    share = _part(own, public, rates, population, authority)
    people = People(public, rates[public.streams[0]], share, population, own.base_year)
    luck = Draws(draws, seed)
    rows: list[Assumption] = []
    joints: list[JointDraws] = []
    bearings: list[Bearing] = []
    for i, stream in enumerate(public.streams):
        of = StreamRates(stream, i, counts, rates[stream], people, grid, public, own.years)
        made = of.rows(luck)
        rows += made[0]
        joints += made[1]
        bearings += of.bearings
    return _set(own, public, authority, rows, joints, people, share, bearings, suppress, counts.moved_over), tuple(
        bearings
    )


def _public(template: Assumptions | str, authority: str | None) -> Assumptions:
    """Load the public set, or its part for an area."""
    if isinstance(template, Assumptions):
        if authority is not None and authority not in (template.area, template.name):
            what = f"authority is {authority!r} beside a set that was given"
            raise InputError(
                Problem(what, "to_assumptions()", "Give the name of the set as template, or its area alone")
            )
        return template
    return load_assumptions(template if authority is None else f"{template}/{authority}")


def _refuse_returners(public: Assumptions, rates: dict[str, Parameters]) -> None:
    """Refuse a public set in which children come back to care: a return has them among those who enter.

    Raises
    ------
    InputError
        If some do.
    """
    care = np.array([p.in_care for p in public.placements])
    names = [p.name for p in public.placements]
    into = np.array([r.to is not None and care[names.index(r.to)] for r in public.reasons], dtype=bool)
    for p in rates.values():
        moves, exits = np.asarray(p.move_rate)[0], np.asarray(p.exit_rate)[0]
        if moves[:, :, ~care][..., care].any() or exits[:, :, ~care][..., into].any():
            what = "children come back to care in it, whom a return has among those who enter"
            raise InputError(Problem(what, public.name, "Give a set without states after care, such as england-2025"))


def _part(
    own: OwnCounts,
    public: Assumptions,
    rates: dict[str, Parameters],
    population: float | Sequence[float] | None,
    authority: str | None,
) -> float:
    """Give the area's part of the public set: all of it for an authority, else by children in care."""
    if authority is not None or public.area:
        return 1.0
    there = sum(float(np.asarray(p.initial_stock).sum()) for p in rates.values())
    here = float(own.counts.stock[:, -1].sum()) or float(own.counts.child_years.sum()) / len(own.years)
    return here / there


def _set(
    own: OwnCounts,
    public: Assumptions,
    authority: str | None,
    rows: list[Assumption],
    joints: list[JointDraws],
    people: People,
    share: float,
    bearings: Sequence[Bearing],
    suppress: bool,
    elsewhere: float,
) -> Assumptions:
    """Put the set together: own rows in place of the public set's, all else as there."""
    base = own.base_year
    outside = {p.name for p in public.placements if not p.in_care}

    def kept(row: Assumption) -> bool:
        if row.parameter == "extra_entries" or (row.parameter == "population" and row.kind == "value"):
            return False
        if row.kind == "value" and row.parameter in REPLACED:
            return row.where.placements is not None and set(row.where.placements) <= outside
        return True

    left = [_from(row, base) for row in public.rows if kept(row)]
    if share != 1.0:  # in parts: what is paid once a year for the whole, children outside care, places
        yearly = {item.name for item in public.items if item.driver == "year"}
        left = [_times(row, share) if row.parameter in ("initial_stock", "capacity") else row for row in left]
        left = [
            _times(row, share)
            if set(row.where.items or ()) <= yearly and row.where.items and row.kind == "value"
            else row
            for row in left
        ]
    where = authority or public.area or UNNAMED
    names = {row.quantity for row in [*rows, *left]}
    ties = public.ties.without([n for n in _tied(public.ties) if n not in names])
    ties = Ties(ties.loadings, ties.matrices, (*ties.joints, *joints))
    people_rows, years = _population(public, people)
    own_years = f"{own.years[0]} to {base}" if len(own.years) > 1 else f"{base}"
    told = f"Children come in, move and leave at the rates of the own return, {own_years}, pooled towards those of"
    return replace(
        public,
        name=f"{where}, own return",
        title=f"{where}, from its own return to 31 March {base}",
        base_year=base,
        years=min(public.years, years),
        # In the year in which a return is made, and in the next, nothing more can be decided.
        programme_start=max(public.programme_start, base + 2),
        rows=(*rows, *people_rows, *left),
        ties=ties,
        paths=tuple(replace(path, from_year=base) if path.parameter in RATES else path for path in public.paths),
        background=None if public.background is None else _later(public.background, base),
        notes=(
            *_notes(own, public, people, bearings, suppress, where, elsewhere),
            *(n for n in public.notes if n.kind == "left_out"),
        ),
        scope=f"{where}'s part of: {public.scope}",
        inaction=f"{told} {public.title or public.name}. There: {public.inaction}",
        area=where,
        portion=public.portion * share,
        record="",
    )


def _tied(ties: Ties) -> set[str]:
    return {name for names in ties.groups.values() for name in names} | set(ties.joint)


def _from(row: Assumption, base: int) -> Assumption:
    """Let the growth of a rate begin where the set does."""
    if row.kind == "growth" and row.parameter in RATES:
        return replace(row, from_year=base)
    return row


def _times(row: Assumption, share: float) -> Assumption:
    b = row.belief
    low, high = (None if end is None else end * share for end in (b.low, b.high))
    note = "; ".join(filter(None, (b.note, f"times {share:.6g} for the area")))
    return replace(row, belief=replace(b, value=b.value * share, low=low, high=high, note=note))


def _later(background: Scenario, base: int) -> Scenario:
    """Let what goes on under every scenario, and was to begin before the set does, begin with it."""
    first = base + 1
    levers = tuple(
        replace(
            lever,
            changes=tuple(
                replace(c, year_one=first) if c.year_one is not None and c.year_one < first else c
                for c in lever.changes
            ),
        )
        for lever in background.levers
    )
    return replace(background, levers=levers)


def _population(public: Assumptions, people: People) -> tuple[list[Assumption], int]:
    """Write the children of every projected year, and how many years that is."""
    like = next(row for row in public.rows if row.parameter == "population" and row.kind == "value")
    if not people.years:
        what = f"the return ends in {people.base_year}, and the public set's population before"
        raise InputError(Problem(what, public.name, "Take a public set with a later population"))
    rows = []
    for year in people.years:
        back = "; the first year of the public set, moved back as England's children" if year < people.first else ""
        for age, n in zip(public.ages, people.of(year), strict=True):
            belief = replace(
                like.belief,
                value=float(f"{n:.10g}"),
                low=None,
                high=None,
                quality="E" if back else max(like.belief.quality, "D"),
                note=f"{like.belief.note}{back}",
            )
            rows.append(Assumption("population", Selector(years=(year,), ages=(age,)), belief))
    return rows, len(people.years)


def _notes(
    own: OwnCounts,
    public: Assumptions,
    people: People,
    bearings: Sequence[Bearing],
    suppress: bool,
    where: str,
    elsewhere: float,
) -> Iterator[Note]:
    """Say what the set rests on."""
    named = public.title or public.name
    for b in bearings:
        if b.kind in ("entries", "exits"):
            found = f"a trend of {b.trend:+.1%} a year" if b.p < FOUND else "no trend was found"
            rule = (
                f"{b.ratio:.2f} times the public level, from {b.used}: {b.own_level:.0%} own; "
                f"how parts compare {b.own_pattern:.0%} own. Over the years {found} (p {b.p:.2f})"
            )
            yield Note("gap", f"{b.kind}, {b.stream}", ("the own return, and the rates of the public set", rule))
    yield Note("gap", "moves between placements", ("not published", "counted in the own return alone"))
    prices = "as there; prices are those of its price year, whatever the year of the return"
    yield Note("gap", "prices, items and spending, what averted children do: in no return", (f"in {named}", prices))
    if where == UNNAMED:
        rule = f"rates are pooled towards those of {named}; {people.told}"
        yield Note("gap", "whose return it is", ("no authority was named", rule))
    if elsewhere and not suppress:
        rule = f"counted as {FALLBACK}: {elsewhere:,.0f} on the base date, and their time and events"
        yield Note("gap", "placements at ages at which they are not used", (f"not in {named}", rule))
    if people.carried_back:
        rule = "those of its first year, moved back as all children of England; each age alike"
        yield Note("gap", f"children aged 0 to 17 before mid-{people.first - 1}", (f"not in {named}", rule))
    if own.missing_years:
        rule = "left out of events and exposure alike"
        yield Note("gap", f"years {', '.join(map(str, own.missing_years))}", ("no return", rule))
    if suppress:
        rule = "summed with the next smallest of their group to five or more, and spread evenly over both"
        yield Note("gap", "counts from 1 to 4", ("not shown", rule))
