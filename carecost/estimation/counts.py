"""Counts of past events, with the child-years and population that they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from carecost._guard import Refused, array, guarded, instance, numeric, opened, take, text, wholes
from carecost._typing import LEFT_OUT, Array, LockedAgain, Mask, lock
from carecost.engine.grid import Grid
from carecost.errors import InputError, Problem, refuse

#: First ages of the bands of official tables, and of those who have left care.
BANDS = (0, 1, 5, 10, 16, 18, 21)
#: Axes of each array.
_AXES: dict[str, tuple[str, ...]] = {
    "population": ("years", "ages"),
    "entries": ("years", "ages", "placements"),
    "child_years": ("years", "ages", "placements"),
    "exits": ("years", "ages", "placements", "reasons"),
    "moves": ("years", "ages", "placements", "to"),
    "at_birthday": ("years", "ages"),
}


_by_year_and_age = array("...", "year", "age")


def _used(value: Any) -> Any:
    """Take True or False by age and placement, or none (a rule of the guard)."""
    if value is None or isinstance(value, bool):
        return value
    try:
        found = np.asarray(value)
    except Exception:  # what is given may fail in any way when asked for its values
        found = np.zeros(0)
    if found.dtype.kind != "b" and not (found.dtype.kind in "if" and np.isin(found, (0, 1)).all()):
        raise Refused("", "Give True or False for each age and placement")
    return found


@opened
@dataclass(frozen=True, eq=False)
class Counts(LockedAgain):
    """Occurrence and exposure of one stream of children: events, child-years and population, by year.

    Parameters
    ----------
    grid : Grid
        Labels; its years are those counted.
    population : array_like of shape (year, age)
        Children in the population, mid-year [children].
    entries : array_like of shape (year, age, placement)
        Entries, those on a birthday included [children].
    child_years : array_like of shape (year, age, placement)
        Time lived [child-years].
    exits : array_like of shape (year, age, placement, reason)
        Exits by reason; those aged out are none [children].
    moves : array_like of shape (year, age, placement, to)
        Moves by destination; the diagonal is ignored [children].
    at_birthday : array_like of shape (year, age), optional
        Entries on the birthday that begins the age; at birth for age 0 [children].
    bands : sequence of int
        First ages of bands that share exit and move rates and the placement on entry; those not in the grid are left
        out.
    used : array_like of bool, shape (age, placement), optional
        Ages at which a placement is used; by default, all at which the grid leaves it open.
    name : str
        Area and stream; begins the name of every quantity.

    Raises
    ------
    InputError
        With every fault found: shapes, values that are not finite or are negative, events without anybody to have them,
        anything in a placement that is not used at that age, a placement whose use changes within a band.

    See Also
    --------
    estimate : Rates from these counts.

    Examples
    --------
    >>> grid = Grid(2024, 1, range(16, 18), ["foster"], reasons=["left"])
    >>> entries, lived, exits, moves = [[[3], [2]]], [[[9.5], [8.0]]], [[[[1]], [[2]]]], [[[[0]], [[0]]]]
    >>> Counts(grid, [[1000, 1000]], entries, lived, exits, moves).band_names
    ('16-17',)
    """

    grid: Grid
    population: Array
    entries: Array
    child_years: Array
    exits: Array
    moves: Array
    at_birthday: Array = LEFT_OUT
    bands: Sequence[int] = BANDS
    used: Mask = LEFT_OUT
    name: str = ""

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            grid: Grid,
            population: ArrayLike,
            entries: ArrayLike,
            child_years: ArrayLike,
            exits: ArrayLike,
            moves: ArrayLike,
            at_birthday: ArrayLike | None = ...,
            bands: Sequence[int] = ...,
            used: ArrayLike | None = ...,
            name: str = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        put = object.__setattr__
        take(self, grid=instance(Grid, words="Give the labels of the axes: carecost.Grid"), bands=wholes, name=text)
        take(self, used=_used)
        at_birthday: Any = self.at_birthday
        if at_birthday is None:
            put(self, "at_birthday", np.zeros((len(self.grid.years), len(self.grid.ages))))
        ages = self.grid.ages
        put(self, "bands", tuple(sorted({ages[0], *(b for b in self.bands if ages[0] < b <= ages[-1])})))
        shape = (len(ages), len(self.grid.placements))
        if self.used is not None and np.shape(self.used) not in (shape, ()):
            what = f"has shape {np.shape(self.used)}"
            raise InputError(Problem(what, "used", f"Give shape {shape}: age, placement"))
        put(self, "used", self.grid.opened & np.asarray(True if self.used is None else self.used, dtype=bool))
        refuse([problem for name in _AXES for problem in self._take(name)])
        refuse([*self._faults()])
        lock(self)

    def _take(self, name: str) -> list[Problem]:
        """Take an array in, read-only, and find what is wrong with it alone."""
        shape = tuple(len(self.grid.labels(axis)) for axis in _AXES[name])
        try:
            array = np.array(numeric(getattr(self, name)))
        except Refused:
            return [Problem("is not an array of numbers", name, f"Give shape {shape}: {', '.join(_AXES[name])}")]
        if array.shape != shape:
            return [Problem(f"has shape {array.shape}", name, f"Give shape {shape}: {', '.join(_AXES[name])}")]
        if not np.isfinite(array).all() or array.min(initial=0.0) < 0:
            return [Problem("has values that are negative or not finite", name, "Give counts, and zeros where none")]
        if name == "moves":
            array[..., np.arange(shape[-1]), np.arange(shape[-1])] = 0.0
        array.flags.writeable = False
        object.__setattr__(self, name, array)
        return []

    def _faults(self) -> list[Problem]:
        """Find events without anybody to have them, and children where no placement is used."""
        entries, lived, used = np.asarray(self.entries), np.asarray(self.child_years), np.asarray(self.used)
        # (year, age, placement) each: exits and moves out, and moves in.
        events = np.asarray(self.exits).sum(-1) + np.asarray(self.moves).sum(-1)
        into = np.asarray(self.moves).sum(-2)
        checks = {
            "more children entered on a birthday than entered": np.asarray(self.at_birthday) > entries.sum(-1),
            "there are exits or moves without child-years": (events > 0) & (lived == 0),
            "there are entries without a population": (entries.sum(-1) > 0) & (np.asarray(self.population) == 0),
            "there is somebody in a placement that is not used at that age": (entries + lived + into > 0) & ~used,
        }
        return [
            *(Problem(f"{what}: {self._first(wrong)}", "Counts") for what, wrong in checks.items() if wrong.any()),
            *self._uneven(),
        ]

    def _uneven(self) -> list[Problem]:
        """Find bands within which the use of a placement changes: their rates would mix two things."""
        used = np.asarray(self.used)  # (age, placement)
        starts = [self.grid.index("ages", b) for b in self.bands]
        same = np.logical_and.reduceat(used, starts) == np.logical_or.reduceat(used, starts)
        remedy = "Start a band at the age at which the placement begins or ends to be used"
        return [
            Problem(f"the use of {self.grid.placements[p].name!r} changes in ages {self.band_names[b]}", "used", remedy)
            for b, p in np.argwhere(~same)
        ]

    def _first(self, wrong: NDArray[np.bool_]) -> str:
        """Locate the first fault in words: year, age and placement."""
        at = np.argwhere(wrong)[0]
        where = f"year {self.grid.years[at[0]]}, age {self.grid.ages[at[1]]}"
        return where + (f", {self.grid.placements[at[2]].name!r}" if len(at) > 2 else "")

    @property
    def band_of(self) -> NDArray[np.intp]:
        """Index of the band that each age belongs to: (age,)."""
        return np.searchsorted(self.bands, self.grid.ages, side="right") - 1

    @property
    def band_names(self) -> tuple[str, ...]:
        """Names of the bands: first and last age, such as 10-15."""
        lasts = [*(b - 1 for b in self.bands[1:]), self.grid.ages[-1]]
        return tuple(str(a) if a == b else f"{a}-{b}" for a, b in zip(self.bands, lasts, strict=True))

    @guarded(array=_by_year_and_age)
    def by_band(self, array: ArrayLike) -> Array:
        """Sum an array over years and the ages of each band.

        Parameters
        ----------
        array : array_like of shape (year, age, ...)
            Events or exposure.

        Returns
        -------
        ndarray of shape (band, ...)
            Sums.

        See Also
        --------
        Counts : Has the bands.

        Examples
        --------
        >>> grid = Grid(2024, 1, range(16, 18), ["foster"], reasons=["left"])
        >>> entries, lived, exits, moves = [[[3], [2]]], [[[9.5], [8.0]]], [[[[1]], [[2]]]], [[[[0]], [[0]]]]
        >>> counts = Counts(grid, [[1000, 1000]], entries, lived, exits, moves)
        >>> counts.by_band(counts.child_years)
        array([[17.5]])
        """
        n = (len(self.grid.years), len(self.grid.ages))
        if np.shape(array)[:2] != n:
            what = f"array has shape {np.shape(array)}"
            raise InputError(Problem(what, "Counts.by_band()", f"Give shape ({n[0]}, {n[1]}, ...): year, age, any"))
        total = np.asarray(array, dtype=float).sum(0)
        return np.asarray(np.add.reduceat(total, [self.grid.index("ages", b) for b in self.bands]))
