"""Sets made of parameter arrays: one stream or several, with draws kept as joint draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from carecost._guard import Refused, calendar_year, guarded, one_of, optional, price_year, text
from carecost._typing import Array
from carecost.engine.grid import AREA_WIDE, Grid, Parameter
from carecost.engine.parameters import Parameters
from carecost.errors import Problem, refuse
from carecost.files.load import a_set
from carecost.inputs.array_rows import SINGLE, joined, rows_of
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import QUALITIES, UNITS, Assumption, Belief
from carecost.inputs.dependence import Ties
from carecost.money.vintages import deflator, deflators, schedule


def _by_stream(value: Any) -> dict[str, Parameters]:
    """Take parameters, or those of each stream by name (a rule of the guard)."""
    if isinstance(value, Parameters):
        return {"all": value}
    if (
        isinstance(value, Mapping)
        and value
        and all(isinstance(name, str) and isinstance(p, Parameters) for name, p in value.items())
    ):
        return dict(value)
    raise Refused("", 'Give carecost.Parameters, or those of each stream: {"other": …, "uasc": …}')


@guarded(
    parameters=_by_stream,
    name=text,
    source=text,
    quality=one_of(QUALITIES),
    price_year=optional(price_year),
    programme_start=optional(calendar_year),
    template=optional(a_set),
)
def from_parameters(
    parameters: Parameters | Mapping[str, Parameters],
    name: str,
    source: str,
    quality: str = "E",
    price_year: int | None = None,
    programme_start: int | None = None,
    template: Assumptions | str | Path | None = None,
) -> Assumptions:
    """Make a set of arrays: what scenarios, luck, tables and charts need, with draws kept as joint draws.

    Parameters
    ----------
    parameters : Parameters or mapping of str to Parameters
        Arrays, or those of each stream by name. Their grid has the labels of the set.
    name : str
        Name of the set.
    source, quality : str
        Whose numbers they are, and how good (A to E); said in every row.
    price_year : int, optional
        Financial year of the unit costs; that of the template, or the base year, by default.
    programme_start : int, optional
        Calendar year of programme year 1; that of the template, or the first projected year, by default.
    template : Assumptions, str or Path, optional
        A set, or its name, that deflator, discount rates, scopes and notes are taken from; no row of it is. By default
        the newest packaged deflator and the standard discount rates.

    Returns
    -------
    Assumptions
        The set. The central value of a cell is the mean of its draws; draws are equally likely and go through together.

    Raises
    ------
    InputError
        If streams have other labels, other numbers of draws, or another population or unit costs.

    See Also
    --------
    Parameters : The arrays.
    Estimates.to_assumptions : Rates from counts put into a set.

    Examples
    --------
    >>> import numpy as np
    >>> import carecost as cc
    >>> grid = cc.Grid(2025, 3, range(18), ["foster"], ["home"], [cc.Item("foster", "child_weeks", ["foster"])])
    >>> p = cc.Parameters(
    ...     grid, initial_stock=np.full((1, 18, 1), 10.0), population=np.full((1, 1, 1), 900.0),
    ...     entry_rate=np.full((1, 1, 1), 0.004), entry_share=np.ones((1, 1, 1, 1)),
    ...     exit_rate=np.full((1, 1, 1, 1, 1), 0.3), unit_cost=np.full((1, 1, 1), 700.0),
    ... )
    >>> own = cc.from_parameters(p, "own", source="own model", price_year=2025)
    >>> round(cc.run(own).children()["value"].iloc[-1])
    180
    """
    assert template is None or isinstance(template, Assumptions)  # the guard has made it one
    streams = _by_stream(parameters)
    first = next(iter(streams.values()))
    grid = first.grid
    refuse(list(_unlike(streams)))
    prices = price_year or (template.price_year if template else grid.base_year)
    made: list[tuple[Assumption, Array | None]] = []
    for stream, p in streams.items():
        for parameter in get_args(Parameter):
            if parameter in AREA_WIDE and p is not first:
                continue
            lines = p.extra_entries if parameter == "extra_entries" else {"": getattr(p, parameter)}
            for line, array in lines.items():
                if array is None or not np.asarray(array).size:
                    continue
                values = np.asarray(array, dtype=float)
                drawn = values if len(values) > 1 else None
                say = Belief(0.0, unit=UNITS.get(parameter, ""), source=source, quality=quality)
                # Rows of one stream are of all, but where a row names one cell.
                own = None if parameter in AREA_WIDE or (len(streams) == 1 and parameter not in SINGLE) else (stream,)
                rows = rows_of(parameter, values.mean(0), drawn, grid, say, own, line)
                made += [(_priced(row, grid, prices), column) for row, column in rows]
    fields: dict[str, Any] = {
        "name": name,
        "base_year": grid.base_year,
        "years": grid.n_years,
        "price_year": prices,
        "programme_start": programme_start or (template.programme_start if template else grid.base_year + 1),
        "ages": grid.ages,
        "placements": grid.placements,
        "reasons": grid.reasons,
        "items": tuple(
            replace(item, source=item.source or source, quality=item.quality or quality) for item in grid.items
        ),
        "groups": grid.groups,
        "averted_to": grid.averted_to,
        "streams": tuple(streams),
        "rows": tuple(row for row, _ in made),
        "ties": Ties(joints=joined("arrays", made)),
    }
    if template is not None:
        kept = ("deflator", "discount", "scopes", "notes", "inaction", "scope", "title", "area", "portion", "record")
        return Assumptions(**fields, **{field: getattr(template, field) for field in kept})
    return Assumptions(**fields, deflator=deflator(deflators()[-1]), discount=schedule("standard"))


def _priced(row: Assumption, grid: Grid, prices: int) -> Assumption:
    """Give a price its unit and price year."""
    if row.parameter != "unit_cost":
        return row
    (item,) = (item for item in grid.items if item.name in (row.where.items or ()))
    return replace(row, belief=replace(row.belief, unit=item.unit, price_year=prices))


def _unlike(streams: Mapping[str, Parameters]) -> Iterator[Problem]:
    """Find streams that cannot be of one set."""
    (name, first), *rest = streams.items()
    draws = {p.n_draws for p in streams.values()} - {1}
    if len(draws) > 1:
        yield Problem(f"streams have {' and '.join(map(str, sorted(draws)))} draws", "from_parameters()", "Give one")
    for other, p in rest:
        where = f"stream {other!r}"
        if p.grid != first.grid:
            yield Problem(f"has another grid than {name!r}", where, "Give the same labels to every stream")
            continue
        for parameter in AREA_WIDE:
            one, two = getattr(first, parameter), getattr(p, parameter)
            if (one is None) != (two is None) or (one is not None and not np.array_equal(one, two)):
                yield Problem(f"has another {parameter} than {name!r}", where, "It belongs to the area: give the same")
