"""The Local Authority Interactive Tool: its long table of indicators by area and year."""

from __future__ import annotations

from collections.abc import Iterator

from carecost.files.readers.published_table import Figure, Layout, Table

_CODE = ("lait_code", "Short Desc", "Measure_short", "short_desc")
_AREA = ("area", "LA and Regions")
_YEAR = ("period", "Years", "year")
_VALUE = ("value", "Values", "values_num", "Values_num")
#: Names under which the tool has the whole country.
_ENGLAND = ("england", "england_all_schools", "england (all schools)", "national")
_REGIONS = (
    *("North East", "North West", "Yorkshire and The Humber", "East Midlands", "West Midlands", "East of England"),
    *("London", "Inner London", "Outer London", "South East", "South West"),
)


def _indicators(table: Table) -> Iterator[Figure]:
    """Read a row an indicator, area and year; a table without areas is of England."""
    code, area, year, value = (table.named(*names) for names in (_CODE, _AREA, _YEAR, _VALUE))
    regions = {name.casefold(): name for name in _REGIONS}
    for row, cells in table.rows:
        name = cells[area] if area else "England"
        key = name.casefold()
        if key in _ENGLAND:
            place = ("National", "England")
        elif key in regions:
            place = ("Regional", regions[key])
        else:
            place = ("Local authority", name)
        yield from table.figure(cells[code], row, cells[year], place, cells[value])


#: The layouts that are known.
LAYOUTS = (
    Layout("LAIT: indicators by area", (_CODE, _AREA, _YEAR, _VALUE), _indicators),
    Layout("LAIT: indicators of England", (_CODE, ("item",), _YEAR, _VALUE), _indicators),
)
