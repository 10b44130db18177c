"""Section 251 returns as Explore Education Statistics has them: outturn by line and provider, and planned budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from carecost.files.readers.published_table import Figure, Layout, Table

_LINE = ("description_of_expenditure", "category_of_expenditure")
_PLANNED = ("category_of_planned_expenditure", "description_of_planned_expenditure")
#: Columns of an outturn by our names, each under the names that it has had; the first three must be there.
_OUTTURN = {
    "own": ("own_provision",),
    "private": ("private_provision",),
    "total": ("total_expenditure", "gross_expenditure"),
    "other_public": ("other_public_sector_provision", "other_public"),
    "voluntary": ("voluntary_provision", "voluntary"),
    "income": ("income",),
    "net": ("net_current_expenditure", "net_expenditure"),
}
_BUDGET = {
    "planned gross": ("gross_planned_expenditure",),
    "planned income": ("income",),
    "planned net": ("net_planned_expenditure",),
}


def _place(cells: Mapping[str, str]) -> tuple[str, str]:
    named = next((cells[c] for c in ("la_name", "region_name", "country_name") if cells.get(c)), "")
    return cells["geographic_level"], named


def _lines(table: Table, line: tuple[str, ...], columns: Mapping[str, tuple[str, ...]]) -> Iterator[Figure]:
    """Read a figure a line and column; a column that is not there is said."""
    there = {what: table.named(*names) for what, names in columns.items()}
    if missing := [what for what, column in there.items() if not column]:
        table.said.append(f"without {', '.join(missing)}")
    named = table.named(*line)
    for row, cells in table.rows:
        for what, column in there.items():
            if column:
                place = _place(cells)
                yield from table.figure(what, row, cells["time_period"], place, cells[column], line=cells[named])


def _outturn(table: Table) -> Iterator[Figure]:
    yield from _lines(table, _LINE, _OUTTURN)


def _budget(table: Table) -> Iterator[Figure]:
    yield from _lines(table, _PLANNED, _BUDGET)


#: The layouts that are known.
LAYOUTS = (
    Layout(
        "section 251 outturn",
        (("time_period",), ("geographic_level",), _LINE, *list(_OUTTURN.values())[:3]),
        _outturn,
    ),
    Layout(
        "section 251 planned budgets",
        (("time_period",), ("geographic_level",), _PLANNED, _BUDGET["planned gross"]),
        _budget,
    ),
)
