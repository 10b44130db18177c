"""Occurrence-exposure rates and shares from counts, with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict, get_args

import numpy as np
import scipy

from carecost._guard import guarded, instance, number, one_of, opened, optional, several_of, take, text, whole, wholes
from carecost._typing import Array, LockedAgain, Mask, lock
from carecost.engine.grid import Parameter
from carecost.errors import InputError, Problem, refuse, unknown
from carecost.estimation.counts import Counts
from carecost.estimation.risk_sets import (
    entry_ages,
    entry_cells,
    entry_tree,
    exit_cells,
    exit_tree,
    move_cells,
    move_tree,
    prefix,
    share_tree,
    yearly,
)
from carecost.inputs.array_rows import joined, rows_of
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import QUALITIES, UNITS, Assumption, Belief
from carecost.inputs.edits import split
from carecost.maths.monte_carlo import Draws
from carecost.maths.partial_pooling import JEFFREYS, Chance, Level, pooled_rates, spread

#: Every draw.
ALL = slice(None)


class Arrays(TypedDict):
    """Rates and shares as arrays of :class:`carecost.Parameters`, by its names.

    Attributes
    ----------
    entry_rate : ndarray of shape (draw, 1 or year, age)
        With a year axis where entries are overdispersed [per child per year].
    entry_share : ndarray of shape (draw, 1, age, placement)
        Placement on entry [share].
    entry_at_birthday : ndarray of shape (draw, 1, age)
        Share of entries on the birthday that begins the age [share].
    exit_rate : ndarray of shape (draw, 1, age, placement, reason)
        Hazard of leaving [per child-year].
    move_rate : ndarray of shape (draw, 1, age, placement, to)
        Hazard of moving [per child-year].

    See Also
    --------
    Estimates.central : The means, as such arrays.

    Examples
    --------
    >>> sorted(Arrays.__annotations__)
    ['entry_at_birthday', 'entry_rate', 'entry_share', 'exit_rate', 'move_rate']
    """

    entry_rate: Array
    entry_share: Array
    entry_at_birthday: Array
    exit_rate: Array
    move_rate: Array


def _listed(labels: Sequence[object]) -> str:
    return ", ".join(map(str, labels))


#: Rule of counts.
COUNTED = instance(Counts, words="Give what was counted: carecost.Counts")


def a_sample(value: Any) -> Draws:
    """Take draws, or how many (a rule of the guard)."""
    return value if isinstance(value, Draws) else Draws(whole(0)(value))


@opened
@dataclass(frozen=True, eq=False)
class Estimates(LockedAgain):
    """Posterior of the rates of a stream, given its counts: means and draws.

    Parameters
    ----------
    counts : Counts
        What was counted.
    overdispersion : float
        Variance of yearly entries beyond that of Poisson numbers, over the square of their mean.
    entries, exits, moves, shares : tuple of Level
        Trees of rates, from the whole down to the cells; shares are of placements on entry.

    See Also
    --------
    estimate : Make it from counts.

    Examples
    --------
    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]])
    >>> estimate(counts).exits[0].events
    array([12.])
    """

    counts: Counts
    overdispersion: float
    entries: tuple[Level, ...]
    exits: tuple[Level, ...]
    moves: tuple[Level, ...]
    shares: tuple[Level, ...]

    def __post_init__(self) -> None:
        trees = several_of(Level, words="Use carecost.estimate(…), which makes them")
        every = dict.fromkeys(("entries", "exits", "moves", "shares"), trees)
        take(self, counts=COUNTED, overdispersion=number(0), **every)
        lock(self)

    def central(self) -> Arrays:
        """Work out the posterior means.

        Returns
        -------
        Arrays
            What :class:`carecost.Parameters` takes beside stock and population; draw and year axes have length 1.

        See Also
        --------
        Estimates.draw : Draws in place of means.

        Examples
        --------
        >>> from carecost.engine.grid import Grid, Placement
        >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
        >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]])
        >>> estimate(counts).central()["entry_rate"].item()  # 30 and a half entries, of 10,000 children
        0.00305
        """
        return self._arrays(None, ())

    @guarded(draws=a_sample, years=wholes, block=instance(slice, words="Give a slice of the draws"))
    def draw(self, draws: Draws | int, years: Sequence[int], block: slice = ALL) -> Arrays:
        """Draw rates and shares from the posterior.

        Parameters
        ----------
        draws : Draws or int
            All draws, or how many.
        years : sequence of int
            Years that are projected; each has luck of its own where entries are overdispersed.
        block : slice
            Which draws to give; the numbers of a draw do not depend on it.

        Returns
        -------
        Arrays
            What :class:`carecost.Parameters` takes beside stock and population.

        See Also
        --------
        Estimates.central : Means in place of draws.

        Examples
        --------
        >>> from carecost.engine.grid import Grid, Placement
        >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
        >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]])
        >>> drawn = estimate(counts).draw(Draws(200), years=[2025])["exit_rate"]
        >>> drawn.shape, round(float(drawn.mean()), 2)
        ((200, 1, 1, 1, 1), 0.31)
        """
        luck = a_sample(draws)
        return self._arrays(lambda name: luck.uniforms(name)[block], years)

    @guarded(
        template=instance(Assumptions, words="Give the set that they go into: carecost.Assumptions"),
        stream=optional(text),
        draws=a_sample,
        source=text,
        quality=one_of(QUALITIES),
    )
    def to_assumptions(
        self,
        template: Assumptions,
        stream: str | None = None,
        draws: Draws | int = 1000,
        source: str = "own counts",
        quality: str = "B",
    ) -> Assumptions:
        """Put the rates into a set: means as central values, joint draws kept, all else as in the set.

        Parameters
        ----------
        template : Assumptions
            A set with the ages, placements and reasons that were counted. Its rates of entry, placement on entry, exits
            and moves of the stream are replaced; its growth, adjustments, paths and background go on over the new ones.
        stream : str, optional
            Stream that was counted; may be left out where the set has one.
        draws : Draws or int
            Joint draws that are kept, or how many.
        source, quality : str
            Whose counts, and how good (A to E).

        Returns
        -------
        Assumptions
            The new set.

        Raises
        ------
        InputError
            If the set has other labels, or the stream is none of it.

        See Also
        --------
        Estimates.draw : The draws, as arrays.
        from_parameters : A set of arrays alone.

        Examples
        --------
        >>> import numpy as np
        >>> import carecost as cc
        >>> grid = cc.Grid(2025, 1, range(18), ["foster"], ["home"])
        >>> p = cc.Parameters(grid, np.full((1, 18, 1), 20.0), np.full((1, 1, 1), 900.0), np.full((1, 1, 1), 0.004),
        ...     np.ones((1, 1, 1, 1)), exit_rate=np.full((1, 1, 1, 1, 1), 0.3))
        >>> here = cc.from_parameters(p, "here", source="own model")
        >>> many = np.full((1, 18, 1), 6)
        >>> counts = Counts(grid, np.full((1, 18), 900), many, 20 * many / 6, many[..., None], 0 * many[..., None])
        >>> own = estimate(counts).to_assumptions(here, draws=50)
        >>> own.select("exit_rate")[0].belief.source, len(own.ties.joints)
        ('own counts', 1)
        """
        c = self.counts
        where = "to_assumptions()"
        problems = [
            Problem(f"{axis} counted are not those of {template.name!r}", where, f"Count {_listed(there)}")
            for axis in ("ages", "placements", "reasons")
            if tuple(c.grid.labels(axis)) != (there := tuple(template.grid(1).labels(axis)))
        ]
        named = template.streams[0] if stream is None and len(template.streams) == 1 else stream
        if named is None:
            problems.append(Problem("stream is not named", where, f"Give one of {', '.join(template.streams)}"))
        elif named not in template.streams:
            problems.append(unknown("stream", named, template.streams, where))
        refuse(problems)
        assert named is not None
        luck = a_sample(draws)
        years = range(template.base_year + 1, template.labels["years"][-1] + 1)
        grid = template.grid(len(years))
        central = self.central()
        drawn = self.draw(luck, years) if luck.n > 1 else None
        made: list[tuple[Assumption, Array | None]] = []
        for parameter in get_args(Parameter):
            if parameter not in Arrays.__annotations__:
                continue
            mean = np.asarray(central[parameter])[0]  # type: ignore[literal-required]
            sample = None if drawn is None else np.asarray(drawn[parameter])  # type: ignore[literal-required]
            counted = f"counted {c.grid.years[0]} to {c.grid.years[-1]}"
            say = Belief(0.0, unit=UNITS[parameter], source=source, quality=quality, note=counted)
            own = (named,) if len(template.streams) > 1 else None
            made += rows_of(parameter, mean, sample, grid, say, own)
        kept: list[Assumption] = []
        for row in template.rows:
            if row.kind != "value" or row.parameter not in Arrays.__annotations__ or not row.where.covers(named):
                kept.append(row)
            else:
                kept += split(row, {"streams": (named,)}, template.labels)[1]
        there_now = {row.quantity for row in kept}
        gone = {row.quantity for row in template.rows} - there_now
        ties = template.ties.without(gone)
        taken = {table.name for table in ties.joints}
        name = next(
            name for i in range(len(taken) + 1) if (name := f"rates of {named}{f' {i + 1}' if i else ''}") not in taken
        )
        ties = replace(ties, joints=(*ties.joints, *joined(name, made)))
        return replace(template, rows=(*kept, *(row for row, _ in made)), ties=ties)

    def _arrays(self, chance: Chance, years: Sequence[int]) -> Arrays:
        """Rates and shares: means without a chance, else one draw for each uniform number."""
        c = self.counts
        band = c.band_of  # (age,): rates of a band are those of its ages
        exits = _placed(pooled_rates(self.exits, chance), exit_cells(c))
        moves = _placed(pooled_rates(self.moves, chance), move_cells(c))
        return {
            "entry_rate": self._entry_rate(chance, years),
            "entry_share": self._entry_share(chance),
            "entry_at_birthday": self._at_birthday(chance)[:, None],
            "exit_rate": exits[:, None, band],
            "move_rate": moves[:, None, band],
        }

    def _entry_rate(self, chance: Chance, years: Sequence[int]) -> Array:
        """Rate of each age, times the luck of each year where entries have any: (draw, year, age)."""
        c = self.counts
        drawn = pooled_rates(self.entries, chance, self._dispersion())  # (draw, cell)
        rate = _placed(drawn, entry_ages(c))[:, None]
        if chance is None or self.overdispersion == 0:
            return rate
        # The factor of a year is a gamma of mean one and variance `overdispersion`.
        shape = 1.0 / self.overdispersion
        luck = [scipy.special.gammaincinv(shape, chance(f"{prefix(c)}entries, year {y}")) / shape for y in years]
        return np.asarray(rate * np.stack(luck, axis=1)[..., None])

    def _dispersion(self) -> float:
        """Variance of the number of all entries counted, over that of a Poisson number."""
        expected = yearly(self.counts)[1]  # m_y: (year,)
        # The sum over years has variance sum m_y + v sum m_y^2, with v the overdispersion, and mean sum m_y.
        return 1.0 + self.overdispersion * float((expected**2).sum() / max(expected.sum(), JEFFREYS))

    def _entry_share(self, chance: Chance) -> Array:
        """Placement on entry: (draw, year, age, placement)."""
        c = self.counts
        drawn = _placed(pooled_rates(self.shares, chance, dispersion=0.0), entry_cells(c))
        total = drawn.sum(-1, keepdims=True)  # of a band
        share = np.divide(drawn, total, out=np.zeros_like(drawn), where=total > 0)
        return np.asarray(share[:, None, c.band_of])

    def _at_birthday(self, chance: Chance) -> Array:
        """Share of entries on the birthday, zero at ages where there were none: (draw, age)."""
        on_birthday, n = np.asarray(self.counts.at_birthday).sum(0), np.asarray(self.counts.entries).sum((0, 2))
        # Jeffreys' posterior of a share: beta(a, b), for each age.
        a, b = on_birthday + JEFFREYS, n - on_birthday + JEFFREYS
        by_age = [np.array([a[i] / (a[i] + b[i])]) if on_birthday[i] > 0 else np.zeros(1) for i in range(len(n))]
        if chance is not None:
            for i in np.flatnonzero(on_birthday):
                u = chance(f"{prefix(self.counts)}entries, age {self.counts.grid.ages[i]}, on the birthday")
                by_age[i] = scipy.special.betaincinv(a[i], b[i], u)
        return np.stack(np.broadcast_arrays(*by_age), axis=-1)


@guarded(counts=COUNTED, overdispersion=optional(number(0)))
def estimate(counts: Counts, overdispersion: float | None = None) -> Estimates:
    """Estimate occurrence-exposure rates and shares, partially pooled, with their uncertainty.

    Parameters
    ----------
    counts : Counts
        What was counted.
    overdispersion : float, optional
        Variance of yearly entries beyond that of Poisson numbers, over the square of their mean; estimated where not
        given. One year says nothing of it: it is then taken as zero.

    Returns
    -------
    Estimates
        Their means and draws.

    Raises
    ------
    InputError
        If nobody was there to have an event, or ``overdispersion`` is negative.

    See Also
    --------
    Counts : Events and exposure.
    carecost.maths.partial_pooling.pooled_rates : Rates of a tree of groups.

    Notes
    -----
    A rate is a gamma with shape events + 1/2 (Jeffreys' prior) over child-years. This prior is put once on all exits,
    once on all moves and once on all entries; on each of a hundred cells it would add fifty events that never
    happened. The whole is then split: exits by reason, band and placement; moves by origin and destination, then band;
    entries by band, then single age. Parts are pulled towards the rate of their group, as much as parts are seen to be
    alike (:func:`carecost.maths.partial_pooling.tree`), and sum to its draw. Placement on entry is split in the
    same way, by placement, then band, and made to sum to one: gammas over their sum, which is a Dirichlet. The
    share of entries on a birthday is a beta(yes + 1/2, no + 1/2).

    Years vary by more than chance where entries do: the variance of yearly entries beyond Poisson is found by the
    method of moments, not below zero. It widens the rate of all entries, and gives every projected year a factor of its
    own, a gamma of mean one. Years are taken as independent of each other.

    In a history in which nobody entered, entries are half an event of all ages together, and each placement in care
    that is used at an age is as likely as any other.

    What was never seen is rare between placements in care, and impossible into, out of and between states outside
    care.

    Examples
    --------
    Twelve children left in 40 child-years: the mean is 12 and a half event over 40.

    >>> from carecost.engine.grid import Grid, Placement
    >>> grid = Grid(2024, 1, [0], [Placement("foster", leave_age=1)], reasons=["home"])
    >>> counts = Counts(grid, [[10_000]], [[[30]]], [[[40.0]]], [[[[12]]]], [[[[0]]]])
    >>> estimate(counts).central()["exit_rate"].item()
    0.3125
    """
    c = counts
    if overdispersion is not None and overdispersion < 0:
        raise InputError(Problem(f"is {overdispersion}", "overdispersion", "Give a variance, or None to estimate it"))
    if overdispersion is None:
        # Entries of years are groups of one parent; what they differ beyond chance is the overdispersion.
        events, expected = yearly(c)
        overdispersion = max(0.0, spread(events, expected, np.zeros(len(events), dtype=np.intp)).variance)
    # One tree of pooled rates for each kind of event.
    trees = (entry_tree(c), exit_tree(c), move_tree(c), share_tree(c))
    refuse([p for levels in trees for p in _nobody(levels)])
    return Estimates(c, float(overdispersion), *trees)


def _nobody(levels: Sequence[Level]) -> list[Problem]:
    """Find a tree without exposure: there is no rate, and none is guessed."""
    if not levels[-1].names or levels[0].exposure[0] > 0:
        return []
    return [Problem("nobody was there to have any", levels[0].names[0], "Give population and child-years")]


def _placed(values: Array, cells: Mask) -> Array:
    """Put the rates of cells where they belong, zero elsewhere."""
    out = np.zeros((len(values), *cells.shape))
    out[:, cells] = values
    return out
