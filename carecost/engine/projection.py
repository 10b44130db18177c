"""Stock and flows of a run by pieces of the age axis, one age each or sums over ages; occupancy of capacity groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from carecost._frames import dataset
from carecost._shown import self_showing
from carecost._typing import Array, LockedAgain, lock, read_only
from carecost.engine.grid import Grid, coordinates
from carecost.engine.kernels import leaving_at
from carecost.engine.parameters import Parameters
from carecost.engine.piecewise import Stepped
from carecost.errors import InputError, Problem


@self_showing
@dataclass(frozen=True, eq=False)
class Capacity(LockedAgain):
    """How full the groups were, for all streams together.

    Parameters
    ----------
    places : ndarray of shape (draw, year, group)
        Children that can be there on average over the year [children].
    occupancy : ndarray of shape (draw, year, group)
        Time lived there in the year, which is the mean number of children [child-years].
    share : ndarray of shape (draw, year, group)
        Share of the year's arrivals that was sent on, those sent from other groups included [share].
    redirected : ndarray of shape (draw, year, group)
        Arrivals sent on [children].
    unmet : ndarray of shape (draw, year, group)
        Time that the arrivals sent to a placement of last resort would have lived in the group that sent them there;
        zero for a group that sends on to another [child-years].

    See Also
    --------
    Results.capacity : The same as a table.

    Examples
    --------
    >>> import carecost as cc
    >>> run = cc.run(cc.load_assumptions("england-2025-capacity"), years=2).projection("inaction")
    >>> run.capacity.occupancy.shape, bool((run.capacity.share <= 1).all())
    ((1, 2, 3), True)
    """

    places: Array
    occupancy: Array
    share: Array
    redirected: Array
    unmet: Array

    def arrays(self) -> dict[str, Array]:
        """Give the arrays by name.

        Returns
        -------
        dict of str to ndarray of shape (draw, year, group)
            As they are kept.

        See Also
        --------
        Projection.to_xarray : The same, labelled.

        Examples
        --------
        >>> list(Capacity(*np.zeros((5, 1, 1, 1))).arrays())
        ['places', 'occupancy', 'share', 'redirected', 'unmet']
        """
        return dict(vars(self))


def common_places(streams: Sequence[Parameters]) -> Array:
    """Give the places that streams share: (draw, year, group).

    Raises
    ------
    InputError
        If they have different places.
    """
    grid, places = streams[0].grid, np.asarray(streams[0].capacity)
    if any(not np.array_equal(places, np.asarray(p.capacity)) for p in streams[1:]):
        raise InputError(Problem("streams have different places", "capacity", "Give all the same: they share them"))
    return np.broadcast_to(places, (max(p.n_draws for p in streams), len(grid.years), len(grid.groups)))


class Rates(NamedTuple):
    """What exits and moves are made of: time lived times rate, for each stream and band of ages that share rates.

    Attributes
    ----------
    child_years : ndarray of shape (draw, year, band, placement)
        Time lived [child-years].
    exit_rate : Stepped of shape (draw, year, age, placement, reason)
        Hazard of leaving [per child-year].
    move_rate : Stepped of shape (draw, year, age, placement, to)
        Hazard of moving [per child-year].
    first, within : sequence of int
        The first age (by index) of each band, and the piece of the age axis that the band is in.
    """

    child_years: Array
    exit_rate: Stepped
    move_rate: Stepped
    first: Sequence[int]
    within: Sequence[int]


@self_showing
@dataclass(frozen=True, eq=False)
class Projection(LockedAgain):
    """Stock and flows of a run, by pieces of the age axis: every age where ages are kept, else sums over ages.

    Parameters
    ----------
    grid : Grid
        Labels.
    pieces : sequence of slice
        The ages (by index) of each piece; one age each where ages are kept, and then "piece" below is age.
    stock : ndarray of shape (draw, date, piece, placement)
        On 31 March [children].
    entries, aged_out, child_years : ndarray of shape (draw, year, piece, placement)
        Entries with the extra ones; those who leave on the birthday that ends an age [children]; time lived
        [child-years].
    parts : tuple of Rates
        What exits and moves are made of.
    capacity : Capacity, optional
        How full the groups were, all streams together; entries are then those after some were sent elsewhere.
    reached : ndarray of shape (draw, year, age, placement), optional
        Those who reach the birthday that ends an age, where ages are kept [children].
    extra_entries : dict of str to ndarray of shape (draw, year, age, placement)
        The extra entries by name, where ages are kept [children].

    See Also
    --------
    project : Makes it.
    Results.projection : That of a run.

    Notes
    -----
    Children are conserved for every age a and placement p, in each year::

        stock(a, p) = stock before + entries − exits + exits with ``to`` p + moves in − moves out
                      + birthdays(a) − birthdays(a + 1) − aged_out(a) + Σ aged_out(a − 1) with ``then`` p

    Exits are child-years times the exit rate, moves child-years times the move rate. The page "The engine" of the
    documentation has the integrals.

    Examples
    --------
    >>> import carecost as cc
    >>> run = cc.run(cc.load_assumptions("england-2025"), years=2).projection("inaction")
    >>> run.stock.shape == (1, 3, len(run.grid.ages), len(run.grid.placements))
    True
    """

    grid: Grid
    pieces: Sequence[slice] = field(repr=False)
    stock: Array
    entries: Array
    aged_out: Array
    child_years: Array
    parts: tuple[Rates, ...] = field(default=(), repr=False)
    capacity: Capacity | None = None
    reached: Array | None = field(default=None, repr=False)
    extra_entries: Mapping[str, Array] = field(default_factory=dict)
    _kept: dict[str, Array] = field(default_factory=dict, repr=False, init=False)

    @cached_property
    def birthdays(self) -> Array:
        """Those who turn this age and stay: (draw, year, age, placement) [children]."""
        reached = self._by_age("birthdays")
        out = np.zeros(reached.shape)
        out[:, :, 1:] = (reached * ~leaving_at(self.grid))[:, :, :-1]
        return read_only(out)

    @cached_property
    def exits(self) -> Array:
        """Exits by reason, those with ``to`` included: (draw, year, age, placement, reason) [children]."""
        self._by_age("exits")
        exits = sum(part.child_years[..., None] * np.asarray(part.exit_rate) for part in self.parts)
        return read_only(np.asarray(exits))

    @cached_property
    def moves(self) -> Array:
        """Moves by origin and destination: (draw, year, age, placement, to) [children]."""
        self._by_age("moves")
        apart = 1.0 - np.eye(len(self.grid.placements))
        moves = sum(part.child_years[..., None] * np.asarray(part.move_rate) * apart for part in self.parts)
        return read_only(np.asarray(moves))

    def _by_age(self, what: str) -> Array:
        """Give those who reach a birthday, which are there where ages are kept."""
        if self.reached is None:
            raise InputError(Problem("has no ages: sums over them were kept", what, "Project with ages instead"))
        return self.reached

    def to_xarray(self) -> Any:
        """Give stock and flows as a labelled Dataset; needs xarray (``pip install 'carecost[xarray]'``).

        Returns
        -------
        xarray.Dataset
            Variables stock, entries, aged_out, birthdays, exits, moves [children], child_years [child-years], and where
            there are any extra_entries [children] and what is told of capacity groups, on the axes draw, date, year,
            age, placement, reason, to, line and group. Each has its unit.

        Raises
        ------
        InputError
            If the ages are not kept.
        CareCostError
            If xarray is not installed.

        See Also
        --------
        carecost.Parameters.to_xarray : What it was made from.

        Examples
        --------
        >>> import carecost as cc
        >>> made = cc.run("england-2025", years=2).projection("inaction").to_xarray()
        >>> bool(made.stock.sel(date=2025, placement="secure").sum() < 200)
        True
        """
        self._by_age("to_xarray()")
        cells = ("draw", "year", "age", "placement")
        children = {"unit": "children"}
        labels: dict[str, Sequence[object]] = dict(coordinates(self.grid))
        arrays: dict[str, tuple[Sequence[str], Any, Mapping[str, object]]] = {
            "stock": (("draw", "date", "age", "placement"), self.stock, children | {"when": "31 March"}),
            **{name: (cells, getattr(self, name), children) for name in ("entries", "aged_out", "birthdays")},
            "child_years": (cells, self.child_years, {"unit": "child-years"}),
            "exits": ((*cells, "reason"), self.exits, children),
            "moves": ((*cells, "to"), self.moves, children),
        }
        if self.extra_entries:
            labels["line"] = list(self.extra_entries)
            arrays["extra_entries"] = (("line", *cells), np.stack(list(self.extra_entries.values())), children)
        if self.capacity is not None:
            arrays |= {name: (("draw", "year", "group"), a, {}) for name, a in self.capacity.arrays().items()}
        return dataset(arrays, labels, {"base_year": self.grid.base_year})

    @property
    def children(self) -> Array:
        """Children in care on each date: (draw, date) [children]."""
        return read_only(np.asarray(self.stock[..., list(self.grid.in_care)].sum((-2, -1))))

    def over_ages(self, name: str, ages: Sequence[int] = ()) -> Array:
        """Sum stock or a flow over some ages.

        Parameters
        ----------
        name : str
            Which: stock, entries, aged_out or child_years.
        ages : sequence of int
            Ages; all by default.

        Returns
        -------
        ndarray of shape (draw, date or year, placement)
            The sum [as the flow].

        Raises
        ------
        InputError
            If an age is asked for that is kept only together with others.

        See Also
        --------
        Projection.exits_for : The same of exits.

        Examples
        --------
        >>> import carecost as cc
        >>> run = cc.run(cc.load_assumptions("england-2025"), years=2).projection("inaction")
        >>> run.over_ages("stock", ages=[16, 17]).shape == (1, 3, len(run.grid.placements))
        True
        """
        if ages:
            return read_only(np.asarray(getattr(self, name)[:, :, self._chosen(ages)].sum(2)))
        if name not in self._kept:
            self._kept[name] = read_only(np.asarray(getattr(self, name).sum(2)))
        return self._kept[name]

    def exits_for(self, reasons: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum exits for some reasons over some ages.

        Parameters
        ----------
        reasons : sequence of int
            Places of the reasons on their axis.
        ages : sequence of int
            Ages; all by default.

        Returns
        -------
        ndarray of shape (draw, year, placement)
            Exits [children].

        See Also
        --------
        Projection.moves_to : The same of moves.
        Projection.over_ages : Of stock and other flows.

        Examples
        --------
        >>> import carecost as cc
        >>> run = cc.run(cc.load_assumptions("england-2025"), years=2).projection("inaction")
        >>> adopted = run.exits_for(run.grid.indices("reasons", ["adopted"]))
        >>> bool((adopted <= run.exits_for(range(len(run.grid.reasons)))).all())
        True
        """
        chosen = np.isin(np.arange(len(self.grid.reasons)), reasons).astype(float)
        return self._events([_each(p.exit_rate, chosen) for p in self.parts], ages)

    def moves_to(self, placements: Sequence[int], ages: Sequence[int] = ()) -> Array:
        """Sum moves by origin to some placements over some ages.

        Going on to the next phase of a placement is not a move to another.

        Parameters
        ----------
        placements : sequence of int
            Places of the destinations on their axis.
        ages : sequence of int
            Ages; all by default.

        Returns
        -------
        ndarray of shape (draw, year, placement)
            Moves [children].

        See Also
        --------
        Projection.exits_for : The same of exits.

        Examples
        --------
        >>> import carecost as cc
        >>> run = cc.run(cc.load_assumptions("england-2025"), years=2).projection("inaction")
        >>> home = run.grid.index("placements", "children's home")
        >>> float(run.moves_to([home])[..., home].sum())
        0.0
        """
        chosen = np.isin(np.arange(len(self.grid.placements)), placements).astype(float)
        return self._events([_each(p.move_rate, self.grid.apart * chosen) for p in self.parts], ages)

    def _events(self, rates: Sequence[Stepped], ages: Sequence[int]) -> Array:
        """Sum time times rate, band by band: in this order a band without time changes no digit."""
        wanted = set(self._chosen(ages) if ages else range(len(self.pieces)))
        total = np.zeros(self.child_years[:, :, 0].shape)
        for part, rate in zip(self.parts, rates, strict=True):
            each = len(rate.ages) > 1
            for band, (age, piece) in enumerate(zip(part.first, part.within, strict=True)):
                if piece in wanted:
                    hazard = rate.values[:, :, rate.ages[age] if each else 0]
                    total += part.child_years[:, :, band] * (hazard[:, rate.years] if len(rate.years) > 1 else hazard)
        return read_only(total)

    def _chosen(self, ages: Sequence[int]) -> list[int]:
        wanted = {self.grid.ages.index(age) for age in ages}
        inside = [{*range(piece.start, piece.stop)} & wanted for piece in self.pieces]
        whole = [len(found) == piece.stop - piece.start for found, piece in zip(inside, self.pieces, strict=True)]
        if sum(len(found) for found, all_in in zip(inside, whole, strict=True) if all_in) < len(wanted):
            raise InputError(Problem("an age is kept only with its neighbours", "ages", "Project with ages instead"))
        return [i for i, all_in in enumerate(whole) if all_in]


def _each(rates: Stepped, weights: Array) -> Stepped:
    """Sum rates over the last axis, with weights for each placement or for all: (draw, year, age, placement)."""
    values = rates.values @ weights if weights.ndim == 1 else np.einsum("dyapt,pt->dyap", rates.values, weights)
    return Stepped(np.asarray(values), rates.years, rates.ages)


def together(projections: Sequence[Projection]) -> Projection:
    """Sum the projections of several streams.

    Parameters
    ----------
    projections : sequence of Projection
        One a stream, on the same grid and with the same pieces.

    Returns
    -------
    Projection
        Their sum; exits and moves stay sums of the streams' own.
    """
    first = projections[0]
    if len(projections) == 1:
        return first

    def total(arrays: Iterable[Array]) -> Array:
        return np.asarray(sum(arrays))

    names = dict.fromkeys(name for p in projections for name in p.extra_entries)
    reached = [p.reached for p in projections if p.reached is not None]
    every = Projection(
        first.grid,
        first.pieces,
        stock=total(p.stock for p in projections),
        entries=total(p.entries for p in projections),
        aged_out=total(p.aged_out for p in projections),
        child_years=total(p.child_years for p in projections),
        parts=tuple(part for p in projections for part in p.parts),
        capacity=first.capacity,
        reached=total(reached) if len(reached) == len(projections) else None,
        extra_entries={n: total(p.extra_entries[n] for p in projections if n in p.extra_entries) for n in names},
    )
    lock(every)
    return every
