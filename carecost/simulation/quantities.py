"""Quantities that a run draws: which, under what name, what is tied to what, and their values in every draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from carecost._typing import Array
from carecost.errors import InputError, Problem, nearest, refuse
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief
from carecost.inputs.change import Interval
from carecost.inputs.scenario import Scenario
from carecost.inputs.year_path import YearPath
from carecost.maths.monte_carlo import Draws
from carecost.simulation.effects import factor_of
from carecost.simulation.evaluator import Evaluator
from carecost.simulation.prepare import Prepared
from carecost.simulation.sampler import Columns, Factor, Quantity, of_belief, of_year


@dataclass(frozen=True)
class Drawn:
    """A quantity that a run draws.

    Attributes
    ----------
    label : str
        What it is called: the name under which it is drawn, and where several numbers have that, which of them.
    group : str
        What it is tied to: quantities of one group move together, by a correlation, a table of joint draws, one luck,
        or as shares of one whole; the years of a path are one too. Its own label where it is tied to nothing.
    get : callable
        Takes the columns of some draws, gives its values: (draw,).
    """

    label: str
    group: str
    get: partial[Array]


class _Noted(Columns):
    """Columns that give central values and note what is asked of them."""

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(Draws(1), prepared.assumptions.ties)
        self.found: dict[Quantity, Drawn] = {}

    def value(
        self, name: str, belief: Belief | Interval, least: float, most: float, factor: Factor | None = None
    ) -> Array:
        """Note a quantity, and give its central value."""
        args = (name, belief, least, most, factor)
        self._note(of_belief(name, belief, factor), name, self._group(name, factor), partial(_value, args=args))
        return np.array([belief.value])

    def shares(self, rows: Sequence[Assumption]) -> Array:
        """Note shares of one whole, and give their central values."""
        tied = next((self._group(r.quantity, None) for r in rows if self._group(r.quantity, None) != r.quantity), "")
        group = tied or f"shares of {rows[0].quantity}{'' if len(rows) == 1 else f' and {len(rows) - 1} more'}"
        for i, row in enumerate(rows):
            self._note(of_belief(row.quantity, row.belief), row.quantity, group, partial(_share, rows=tuple(rows), i=i))
        return np.array([[row.belief.value for row in rows]])

    def path(self, path: YearPath, years: Sequence[int]) -> Array:
        """Note the years of a path, and give none."""
        for i, year in enumerate(years):
            if year > path.from_year:
                quantity = of_year(path, year)
                self._note(quantity, quantity.name, path.quantity, partial(_year, path=path, years=tuple(years), i=i))
        return np.zeros((1, len(years)))

    def _note(self, quantity: Quantity, label: str, group: str, get: partial[Array]) -> None:
        self.found.setdefault(quantity, Drawn(label, group, get))

    def _group(self, name: str, factor: Factor | None) -> str:
        ties = self.ties
        if factor is not None:
            return factor.name
        if name in ties.joint:
            return f"joint: {ties.joint[name].name}"
        if name in ties.loading:
            return f"correlation: {ties.loading[name].group}"
        if name in ties.matrix:
            return f"correlation: {ties.matrix[name].name}"
        return name


def _value(columns: Columns, args: tuple[str, Belief | Interval, float, float, Factor | None]) -> Array:
    return columns.value(*args)


def _share(columns: Columns, rows: tuple[Assumption, ...], i: int) -> Array:
    return np.asarray(columns.shares(rows)[:, i])


def _year(columns: Columns, path: YearPath, years: tuple[int, ...], i: int) -> Array:
    return np.asarray(columns.path(path, years)[:, i])


def quantities(prepared: Prepared) -> dict[Quantity, Drawn]:
    """Find every quantity that the draws of a run read, in the order in which they do, each with a label of its own.

    Parameters
    ----------
    prepared : Prepared
        A set and scenarios.

    Returns
    -------
    dict of Quantity to Drawn
        What a run of them draws, and nothing else: it is noted while the central run asks for it.
    """
    noted = _Noted(prepared)
    layouts = prepared.layouts.read_by(noted)
    evaluator = Evaluator(replace(prepared, layouts=layouts), noted.draws, slice(0, 1))
    for scenario in prepared.scenarios.values():
        evaluator.parameters(scenario)
    found = noted.found
    names = [quantity.name for quantity in found]
    several = {name for name in names if names.count(name) > 1}
    owners = _owners(prepared.assumptions, prepared.scenarios.values()) if several else {}
    out: dict[Quantity, Drawn] = {}
    seen: set[str] = set()
    for quantity, drawn in found.items():
        if quantity.name in several:
            told = [label for label in owners[quantity] if label not in seen]
            group = quantity.name if drawn.group == drawn.label else drawn.group
            drawn = replace(drawn, label=told[0], group=group)
        seen.add(drawn.label)
        out[quantity] = drawn
    return out


def _owners(assumptions: Assumptions, scenarios: Iterable[Scenario]) -> dict[Quantity, list[str]]:
    """Say whose each quantity is, in words of its own, then in more: of rows, paths and changes that share a name."""
    owners: dict[Quantity, list[str]] = {}
    for row in assumptions.rows:
        own = replace(row, drawn_as="").quantity
        owners.setdefault(of_belief(row.quantity, row.belief), []).extend([own, f"{row.quantity} [{own}]"])
    for path in (line for one in assumptions.paths for line in one.lines()):
        for year in range(path.from_year + 1, assumptions.labels["years"][-1] + 1):
            owners.setdefault(of_year(path, year), []).append(f"path: {path.name}, {year}")
    background = assumptions.background
    for scenario in [*([background] if background else []), *scenarios]:
        for quantity, label in _pulled(scenario):
            owners.setdefault(quantity, []).extend([label, f"{label} [{scenario.name}]"])
    return owners


def _pulled(scenario: Scenario) -> Iterator[tuple[Quantity, str]]:
    """Give the quantities of the changes of a scenario, with what they are called."""
    for lever in scenario.levers:
        for name, label, change in zip(lever.quantities, lever.labels, lever.changes, strict=True):
            yield of_belief(name, change.amount, factor_of(lever)), label
            if change.times is not None:
                often = name if lever.luck and lever.loading == 1.0 else f"{name}, times"
                yield of_belief(often, change.times, factor_of(lever)), f"{label}, times"


def labels_for(prepared: Prepared, draws: Draws) -> dict[Quantity, str]:
    """Find the column of each quantity of a run in a table of draws, and refuse a table that does not fit.

    Raises
    ------
    InputError
        With every column that is no quantity of the run, and every quantity without a column (where no seed draws it).
    """
    assert draws.table is not None
    labels = {quantity: drawn.label for quantity, drawn in quantities(prepared).items()}
    known, names = list(labels.values()), draws.table.names
    where = "draws given"
    problems = [
        Problem(f"column {name!r} is no quantity that this run draws", where, nearest(name, known))
        for name in names
        if name not in set(known)
    ]
    lost = [label for label in known if label not in names] if not draws.table.rest else []
    remedy = "Give a column of it; or a seed, Draws.given(…, seed=1), and what has no column is drawn as always"
    problems += [Problem(f"has no column of {label!r}", where, remedy) for label in lost[:MOST]]
    if len(lost) > MOST:
        problems.append(Problem(f"lacks {len(lost) - MOST} more quantities", where, "results.inputs() lists all"))
    refuse(problems)
    return labels


#: Quantities without a column that are named one by one.
MOST = 10


def bound(draws: Draws, assumptions: Assumptions) -> Draws:
    """Give draws that were made elsewhere as those of one set; no other set may have them.

    Raises
    ------
    InputError
        If they are those of another set.
    """
    table = draws.table
    if table is None or table.of == assumptions.digest:
        return draws
    if table.of:
        remedy = (
            "Give draws for this set, or take draws by seed: values that were given cannot follow a change of the set"
        )
        raise InputError(Problem(f"were given for another set than {assumptions.name!r}", "draws", remedy))
    return replace(draws, table=replace(table, of=assumptions.digest))
