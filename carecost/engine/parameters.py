"""Parameters: the checked arrays of one stream, with a draw axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._frames import dataset
from carecost._guard import Refused, instance, numeric, opened, take
from carecost._typing import LEFT_OUT, Array, LockedAgain, frozen
from carecost.engine.grid import AXES, SINGULAR, Grid, coordinates, item_labels
from carecost.engine.piecewise import Stepped, runs, stepped
from carecost.errors import Problem, UnknownNameError, refuse, unknown

REQUIRED = ("initial_stock", "population", "entry_rate", "entry_share")


#: Shares must sum to one this closely: the rounding of a sum of some twenty numbers.
SHARE_TOLERANCE = 1e-9


#: Axes that may have length 1; axes of names never may.
_COMMON = ("years", "ages")


#: Given exactly when the grid has such labels.
_LABELLED = {"unit_cost": "items", "capacity": "groups"}


#: Units of the arrays.
UNITS = {
    "initial_stock": "children",
    "population": "children",
    "entry_rate": "per child per year",
    "entry_share": "share",
    "entry_at_birthday": "share",
    "extra_entries": "children per year",
    "exit_rate": "per child-year",
    "move_rate": "per child-year",
    "unit_cost": "GBP per unit of driver",
    "capacity": "places",
}


_ENTRY = {"entry_rate", "entry_share", "entry_at_birthday"}


@opened
@dataclass(frozen=True, eq=False)
class Parameters(LockedAgain):
    """Everything the engine needs, for one stream of children, checked on creation.

    Every array has a draw axis first; draw, year and age axes may have length 1. Anything ``np.asarray`` takes is
    accepted; arrays are kept read-only.

    Parameters
    ----------
    grid : Grid
        Labels of the axes.
    initial_stock : array_like of shape (draw, age, placement)
        Children on the first date [children].
    population : array_like of shape (draw, year, age)
        Children in the population, mid-year before the end of the year [children].
    entry_rate : array_like of shape (draw, year, age)
        Entries per child in the population [per child per year].
    entry_share : array_like of shape (draw, year, age, placement)
        Placement on entry; sums to one over placement wherever ``entry_rate`` is above zero [share].
    entry_at_birthday : array_like of shape (draw, year, age), optional
        Share of entries on the birthday that begins the age; at birth for age 0 [share].
    extra_entries : mapping of str to array_like of shape (draw, year, age, placement), optional
        Named further entries, even over the year [children per year].
    exit_rate : array_like of shape (draw, year, age, placement, reason), optional
        Hazard of leaving [per child-year].
    move_rate : array_like of shape (draw, year, age, placement, to), optional
        Hazard of moving; the diagonal is ignored [per child-year].
    unit_cost : array_like of shape (draw, year, item), optional
        Price of a unit of each item's driver; given exactly when the grid has items [GBP per unit of driver].
    capacity : array_like of shape (draw, year, group), optional
        Children that can be in each capacity group on average over the year, all streams together; given exactly when
        the grid has groups [children].

    Raises
    ------
    InputError
        With every fault found: shapes, values that are not finite or are negative, shares that do not sum to one,
        anything in a placement that is closed at that age.

    See Also
    --------
    project : Projects them.
    Results.parameters : Those of a run.

    Examples
    --------
    >>> grid = Grid(base_year=2025, n_years=1, ages=range(18), placements=["foster"])
    >>> one = np.ones((1, 1, 1))
    >>> p = Parameters(grid, initial_stock=np.full((1, 18, 1), 100.0), population=1e5 * one, entry_rate=0.001 * one,
    ...     entry_share=np.ones((1, 1, 1, 1)))
    >>> p.n_draws
    1
    """

    grid: Grid
    initial_stock: Array
    population: Array
    entry_rate: Array
    entry_share: Array
    entry_at_birthday: Array = LEFT_OUT
    extra_entries: Mapping[str, Array] = field(default_factory=dict)
    exit_rate: Array = LEFT_OUT
    move_rate: Array = LEFT_OUT
    unit_cost: Array = LEFT_OUT
    capacity: Array = LEFT_OUT

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            grid: Grid,
            initial_stock: ArrayLike,
            population: ArrayLike,
            entry_rate: ArrayLike,
            entry_share: ArrayLike,
            entry_at_birthday: ArrayLike | None = ...,
            extra_entries: Mapping[str, ArrayLike] | None = ...,
            exit_rate: ArrayLike | None = ...,
            move_rate: ArrayLike | None = ...,
            unit_cost: ArrayLike | None = ...,
            capacity: ArrayLike | None = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        take(self, grid=instance(Grid, words="Give the labels of the axes: carecost.Grid"), extra_entries=_lines)
        self._check(tuple(AXES))

    def _check(self, names: tuple[str, ...]) -> None:
        """Take some arrays in, and refuse what does not fit."""
        problems: list[Problem] = []
        for name in names:
            value = getattr(self, name)
            if name == "extra_entries":
                value = _lines(value)
                extra = {key: self._array(name, v, AXES[name], problems, key) for key, v in value.items()}
                object.__setattr__(self, name, extra)
            else:
                object.__setattr__(self, name, self._array(name, value, AXES[name], problems))
        refuse(problems)
        problems += self._draw_axes()
        refuse(problems)
        if set(names) & _ENTRY:
            problems += self._shares()
        if set(names) - {"unit_cost", "population", "capacity"}:
            problems += self._closed(set(names))
        refuse(problems)

    def _array(
        self,
        name: str,
        value: ArrayLike | None,
        axes: tuple[str, ...],
        problems: list[Problem],
        key: str = "",
    ) -> Array | Stepped:
        where = f"{name}[{key!r}]" if key else name
        lengths = [len(self.grid.labels(axis)) for axis in axes]
        if value is None:
            if name in REQUIRED or (name in _LABELLED and getattr(self.grid, _LABELLED[name])):
                problems.append(Problem("is not given", where, f"Give an array of shape (draw, {_axes(axes)})"))
            shape = [1, *(1 if a in _COMMON else n for a, n in zip(axes, lengths, strict=True))]
            return frozen(np.zeros(shape))
        try:
            array = value.values if isinstance(value, Stepped) else numeric(value)
        except Refused:
            remedy = f"Give numbers of shape (draw, {_axes(axes)})"
            problems.append(Problem("is not an array of numbers", where, remedy))
            return frozen(np.zeros([1] * (len(axes) + 1)))
        problems += _shape_faults(where, np.shape(value), axes, lengths)
        if name in _LABELLED and array.size and not getattr(self.grid, _LABELLED[name]):
            what = f"is given, but the grid has no {_LABELLED[name]}"
            problems.append(Problem(what, where, f"Add {_LABELLED[name]}, or leave it out"))
        # Two reductions say both: a value that is not a number makes the least one none.
        least, most = float(array.min(initial=0.0)), float(array.max(initial=0.0))
        if not (np.isfinite(least) and np.isfinite(most)):
            wrong = ~np.isfinite(array)
            what = f"has {int(wrong.sum())} values that are not finite, the first {self._cell(wrong, axes)}"
            problems.append(Problem(what, where, "Give numbers"))
        elif name != "unit_cost" and least < 0:
            cell = self._cell(array == least, axes)
            problems.append(Problem(f"is negative: {least:g} {cell}", where, "Give zero or more"))
        return value.frozen() if isinstance(value, Stepped) else frozen(array)

    def _cell(self, wrong: NDArray[np.bool_], axes: tuple[str, ...]) -> str:
        """Locate the first fault in an array by the labels of the grid; by its place where the shape is another."""
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        lengths = [len(self.grid.labels(axis)) for axis in axes]
        if len(at) != len(axes) + 1 or any(n not in (1, m) for n, m in zip(wrong.shape[1:], lengths, strict=True)):
            return f"at {at}"
        draw = [f"draw {at[0]}"] if len(wrong) > 1 else []
        named = [
            f"{axis if axis == 'to' else axis.rstrip('s')} {self.grid.labels(axis)[i]}"
            for axis, i, n in zip(axes, at[1:], wrong.shape[1:], strict=True)
            if n > 1 or len(self.grid.labels(axis)) == 1
        ]
        return f"at {', '.join([*draw, *named]) or 'all cells'}"

    def _draw_axes(self) -> list[Problem]:
        return [
            Problem(
                f"has {len(a)} draws, others have {self.n_draws}",
                name,
                "Draw axes have length 1 or one common length",
            )
            for name, a in self._given().items()
            if len(a) not in (1, self.n_draws)
        ]

    def _shares(self) -> list[Problem]:
        found = []
        total = np.asarray(self.entry_share) @ np.ones(len(self.grid.placements))
        wrong = (np.abs(total - 1.0) > SHARE_TOLERANCE) & (np.asarray(self.entry_rate) > 0)
        if wrong.any():
            at = tuple(np.argwhere(wrong)[0])
            value = float(np.broadcast_to(total, wrong.shape)[at])
            where = f"entry_share, {self._place(at)}"
            found.append(
                Problem(
                    f"shares sum to {value:.6g}",
                    where,
                    "Shares over placements sum to one; nothing is rescaled",
                )
            )
        beta = np.asarray(self.entry_at_birthday)
        if beta.max(initial=0) > 1:
            found.append(Problem(f"is {beta.max():g}", "entry_at_birthday", "Give a share from 0 to 1"))
        return found

    def _place(self, at: tuple[int, ...]) -> str:
        year = f"year {self.grid.years[at[1]]}" if len(self.grid.years) > at[1] else ""
        return f"{year}, age {self.grid.ages[at[2]] if at[2] < len(self.grid.ages) else 'all'}"

    def _closed(self, names: set[str]) -> list[Problem]:
        """Find anything of some arrays in, or on its way into, a placement that is closed at that age."""
        ages, placements = np.nonzero(~self.open)
        if not len(ages):
            return []

        def shut(array: Array) -> Array:
            """Take the cells that are closed from an array of shape (..., age, placement)."""
            return np.broadcast_to(array, (*array.shape[:-2], *self.open.shape))[..., ages, placements]

        checks: dict[str, Array] = {}
        if "initial_stock" in names:
            checks["initial_stock"] = shut(np.asarray(self.initial_stock))
        if names & {"entry_rate", "entry_share"}:
            rate = np.asarray(self.entry_rate)
            checks["entry_share"] = shut(np.asarray(self.entry_share)) * (shut(rate[..., None]) > 0)
        if "move_rate" in names:
            checks["move_rate"] = shut(_most(self.move_rate))
        if "extra_entries" in names:
            checks |= {f"extra_entries[{k!r}]": shut(np.asarray(v)) for k, v in self.extra_entries.items()}
        if "exit_rate" in names:
            towards, most = np.zeros(self.open.shape), _most(self.exit_rate)
            for r, reason in enumerate(self.grid.reasons):
                if reason.to is not None:
                    towards[:, self.grid.index("placements", reason.to)] += most[:, r]
            checks["exit_rate into it"] = shut(towards)
        found = []
        for name, cells in checks.items():
            bad = np.flatnonzero((cells > 0).reshape(-1, len(ages)).any(0))
            if len(bad):
                placement = self.grid.placements[placements[bad[0]]]
                age = self.grid.ages[ages[bad[0]]]
                early = age < placement.from_age
                opens = f"opens at {placement.from_age}" if early else f"is closed from {placement.leave_age}"
                remedy = f"Give zero there, or {'an earlier from_age' if early else 'a later leave_age'}"
                found.append(Problem(f"age {age} in {placement.name!r}, which {opens}", name, remedy))
        return found

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """Which ages may be in which placement: (age, placement)."""
        return self.grid.opened

    def arrays(self) -> dict[str, Array]:
        """Give all arrays by name; extra entries as ``extra_entries[name]``.

        Returns
        -------
        dict of str to ndarray
            Arrays, each with its axis of draws first.

        See Also
        --------
        Parameters.to_xarray : The same, labelled.

        Examples
        --------
        >>> grid, one = Grid(2025, 1, range(18), ["foster"]), np.ones((1, 1, 1))
        >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
        >>> p.arrays()["population"].shape
        (1, 1, 1)
        """
        return {name: np.asarray(array) for name, array in self._given().items()}

    def _given(self) -> dict[str, Any]:
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("grid", "extra_entries")}
        return plain | {f"extra_entries[{k}]": v for k, v in self.extra_entries.items()}

    @cached_property
    def n_draws(self) -> int:
        """Number of draws."""
        return max(map(len, self._given().values()))

    def spread(self) -> Parameters:
        """Give the same parameters with plain arrays only, as they are shown.

        Returns
        -------
        carecost.Parameters
            With rates of exits and moves for every year and age.

        See Also
        --------
        Parameters.arrays : Every array by name.

        Examples
        --------
        >>> grid, one = Grid(2025, 1, range(18), ["foster"]), np.ones((1, 1, 1))
        >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
        >>> type(p.spread().exit_rate).__name__
        'ndarray'
        """
        return self.changed(exit_rate=np.asarray(self.exit_rate), move_rate=np.asarray(self.move_rate))

    def to_xarray(self) -> Any:
        """Give every array in one labelled Dataset; needs xarray (``pip install 'carecost[xarray]'``).

        Returns
        -------
        xarray.Dataset
            A variable for each parameter, spread over every draw, year and age, with its unit; lines of extra entries
            on an axis ``line``.

        Raises
        ------
        CareCostError
            If xarray is not installed.

        See Also
        --------
        Projection.to_xarray : What comes of them.

        Examples
        --------
        >>> grid, one = Grid(2025, 2, range(18), ["foster"]), np.ones((1, 1, 1))
        >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
        >>> p.to_xarray().entry_rate.sel(year=2027, age=12).values.tolist()
        [0.001]
        """
        labels: dict[str, Sequence[object]] = dict(coordinates(self.grid))
        arrays: dict[str, tuple[Sequence[str], Any, Mapping[str, object]]] = {}
        for name, axes in AXES.items():
            if name == "extra_entries" or (name in _LABELLED and not getattr(self.grid, _LABELLED[name])):
                continue
            along = ("draw", *(SINGULAR[axis] for axis in axes))
            arrays[name] = (along, np.asarray(getattr(self, name)), {"unit": UNITS[name]})
        if self.extra_entries:
            along = ("line", "draw", *(SINGULAR[axis] for axis in AXES["extra_entries"]))
            lines = np.broadcast_arrays(*map(np.asarray, self.extra_entries.values()))
            labels["line"] = list(self.extra_entries)
            arrays["extra_entries"] = (along, np.stack(lines), {"unit": UNITS["extra_entries"]})
        return dataset(arrays, labels, {"base_year": self.grid.base_year}, item_labels(self.grid))

    def entries(self) -> Array:
        """Give entries by rate, without the extra ones.

        Returns
        -------
        ndarray of shape (draw, year, age, placement)
            Entries [children per year]; year and age axes may have length 1 only if all their factors have.

        See Also
        --------
        Projection : Has entries with the extra ones.

        Examples
        --------
        >>> grid, one = Grid(2025, 1, range(18), ["foster"]), np.ones((1, 1, 1))
        >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
        >>> p.entries().tolist()
        [[[[100.0]]]]
        """
        starts = np.asarray(self.population) * np.asarray(self.entry_rate)
        return np.asarray(starts[..., None] * np.asarray(self.entry_share))

    def changed(self, **arrays: ArrayLike | Mapping[str, ArrayLike] | None) -> Parameters:
        """Make a copy with some arrays replaced; only those are checked again.

        Parameters
        ----------
        **arrays : array_like, or mapping of str to array_like for extra entries
            New arrays by the name of the parameter.

        Returns
        -------
        carecost.Parameters
            The copy.

        Raises
        ------
        UnknownNameError
            If there is no parameter of that name.
        InputError
            If the new arrays do not fit.

        See Also
        --------
        Assumptions.replace : The same for a set.

        Examples
        --------
        >>> grid, one = Grid(2025, 1, range(18), ["foster"]), np.ones((1, 1, 1))
        >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
        >>> p.changed(entry_rate=0.002 * one).entries().tolist()
        [[[[200.0]]]]
        """
        refuse([unknown("parameter", name, AXES) for name in arrays if name not in AXES], UnknownNameError)
        new = object.__new__(Parameters)
        for f in fields(self):
            object.__setattr__(new, f.name, arrays.get(f.name, getattr(self, f.name)))
        new._check(tuple(arrays))
        return new


def side_by_side(many: Sequence[Parameters]) -> Parameters:
    """Put parameters with the same labels side by side, as draws of one: those of the first, then of the next.

    Parameters
    ----------
    many : sequence of Parameters
        With one grid.

    Returns
    -------
    every : Parameters
        All of them. What is the same in all keeps a draw axis of length 1 where it has one.

    Examples
    --------
    >>> grid, one = Grid(2025, 1, range(18), ["foster"]), np.ones((1, 1, 1))
    >>> p = Parameters(grid, np.zeros((1, 18, 1)), 1e5 * one, 0.001 * one, np.ones((1, 1, 1, 1)))
    >>> np.asarray(side_by_side([p, p.changed(entry_rate=0.002 * one)]).entry_rate)[:, 0, 0].tolist()
    [0.001, 0.002]
    """
    lines = dict.fromkeys(name for p in many for name in p.extra_entries)
    none = np.zeros((1, 1, 1, 1))
    extra = {name: _joined([p.extra_entries.get(name, none) for p in many]) for name in lines}
    plain = {name: _joined([getattr(p, name) for p in many]) for name in AXES if name != "extra_entries"}
    return many[0].changed(**plain, extra_entries=extra)


def _joined(arrays: Sequence[Any]) -> Array | Stepped:
    """Join arrays along the draws: in steps where they are, none wider than it needs to be."""
    if any(isinstance(array, Stepped) for array in arrays):
        every = [stepped(array) for array in arrays]
        years, ages = (runs(*np.broadcast_arrays(*(getattr(s, axis) for s in every))) for axis in ("years", "ages"))
        parts = [s.split(len(s), years, ages) for s in every]
        return Stepped(np.concatenate([part.values for part in parts]), parts[0].years, parts[0].ages)
    plain = [np.asarray(array) for array in arrays]
    if all(len(array) == 1 and np.array_equal(array, plain[0]) for array in plain):
        return plain[0]
    shape = np.broadcast_shapes(*(array.shape[1:] for array in plain))
    return np.concatenate([np.broadcast_to(array, (len(array), *shape)) for array in plain])


def _lines(value: Any) -> Mapping[str, ArrayLike]:
    """Take named lines of further entries, or none (a rule of the guard)."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise Refused("", "Give a mapping of names to arrays")
    return value


def _axes(axes: tuple[str, ...]) -> str:
    return ", ".join(a if a == "to" else a.rstrip("s") for a in axes)


def _most(rates: ArrayLike | None) -> Array:
    """Give the largest rate of each age and destination or reason: (age or 1, destination)."""
    if isinstance(rates, Stepped):
        return np.asarray(rates.values.max((0, 1)).max(1)[rates.ages])
    return np.asarray(np.asarray(rates).max((0, 1)).max(1))


def _shape_faults(where: str, shape: tuple[int, ...], axes: tuple[str, ...], lengths: list[int]) -> list[Problem]:
    want = f"Give shape (draw, {_axes(axes)}) = (1 or D, {', '.join(map(str, lengths))})"
    if len(shape) != len(axes) + 1:
        return [Problem(f"has shape {shape}", where, want)]
    return [
        Problem(f"has {got} on the {axis} axis, the grid has {n}", where, want)
        for axis, n, got in zip(axes, lengths, shape[1:], strict=True)
        if got != n and not (got == 1 and axis in _COMMON)
    ]
