"""Tables of a set from its case: labels, stock, population, entries, exits, moves, unit costs.

Tables of rates are written from cases by the years they hold in ("2023", "2025-2032"; "" for all).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.rules.costs.items import Line
from data.rules.rates.base_case import AT_HOME, STREAMS, Case
from data.rules.rates.exits import REASONS
from data.rules.rates.stock import FULL
from data.rules.sources import published
from data.rules.sources.notes import note, read
from data.rules.sources.published import BANDS, CLA, CLA24, ONS
from data.rules.sources.write import ages, beliefs, csv_text, exact

Array = NDArray[np.float64]
Row = dict[str, Any]
Cases = Mapping[str, Case]

ENDS = "support ends"
#: Years a child averted from care is supported at home, and the interval: assumed.
SUPPORT_YEARS, SUPPORT_LOW, SUPPORT_HIGH = 2.0, 1.0, 4.0
PLACEMENT_COLUMNS = ("placement", "in_care", "from_age", "leave_age", "then", "group", "note")
#: Ages from which children are in a placement, as the stock is fitted.
FROM_AGES = {"secure": 10, "supported accommodation": 16}
ITEM_COLUMNS = (
    *("item", "driver", "placements", "ages", "reasons", "to", "streams", "group", "account", "payer", "gross_net"),
    *("kind", "cashable_short", "cashable_long", "cashable_years", "source", "quality", "note"),
)
HAZARD = {"unit": "per child-year"}


def common(source: str, when: int | str, quality: str, about: str = "", /, **values: Any) -> Row:
    """Give the columns that every belief has, and its own."""
    return {"source": source, "source_year": str(when), "quality": quality, "note": about, **values}


def labels(case: Case, groups: Mapping[str, str], lines: Sequence[Line]) -> dict[str, str]:
    """Write placements.csv, reasons.csv and items.csv."""
    notes = read("notes")
    placements = [
        {
            "placement": p,
            "in_care": p != AT_HOME,
            "from_age": FROM_AGES.get(p, 0),
            "leave_age": 18,
            "group": groups[p],
            "note": notes["placements"].get(p, ""),
        }
        for p in (*case.placements, AT_HOME)
    ]
    reasons = [{"reason": r, "note": notes["reasons"][r]} for r in (*REASONS, ENDS)]
    return {
        "placements.csv": csv_text(PLACEMENT_COLUMNS, placements),
        "reasons.csv": csv_text(("reason", "to", "note"), reasons),
        "items.csv": csv_text(ITEM_COLUMNS, map(item_row, lines)),
    }


def item_row(line: Line) -> Row:
    short, long, years = line.cash
    counted = line.account == "outcomes"
    return {
        "item": line.name,
        "driver": line.driver,
        "group": line.group,
        "account": line.account,
        "payer": line.payer,
        "gross_net": "gross",
        "kind": line.kind,
        "cashable_short": short,
        "cashable_long": long,
        "cashable_years": years,
        "source": line.source,
        **({"quality": line.quality, "note": line.note} if counted else {"quality": "E", "note": note("cashable")}),
        **line.select,
    }


def unit_costs(lines: Sequence[Line], price_year: int) -> str:
    """Write unit_cost.csv."""

    def row(x: Line) -> Row:
        interval = {k: x.unit_cost * v for k, v in (("low", x.low), ("high", x.high)) if v is not None}
        belief = {"item": x.name, "value": x.unit_cost, "unit": x.unit, "price_year": price_year}
        return common(x.source, x.source_year, x.quality, x.note, **belief, **interval, **x.shape)

    return beliefs(("item",), map(row, lines), "price_year")


def initial_stock(case: Case, source: str, about: str, year: int | None = None) -> str:
    """Write initial_stock.csv: the cells above zero, rounded so that each placement and the total come out."""
    cells = {(s, age, p): value for s, x in case.streams.items() for age, p, value in _cells(x.stock, case.placements)}
    categories = {p: FULL.get(p, p) for p in case.placements}
    rounded = exact(cells, lambda key: categories[key[2]])
    rows = [
        common(source, year or case.year, "D", about, stream=s, age=age, placement=p, value=value, unit="children")
        for (s, age, p), value in rounded.items()
    ]
    return beliefs(("stream", "age", "placement"), rows)


def _cells(values: Array, placements: Sequence[str]) -> Iterable[tuple[int, str, float]]:
    for age, row in enumerate(values):
        for p, value in zip(placements, row, strict=True):
            if value > 0:
                yield age, p, float(value)


def population(paths: Callable[[int], Array], years: range, about: str) -> str:
    """Write population.csv."""
    source = f"population_mid2023.csv, population_totals.csv: {ONS}"
    rows = [
        common(source, f"mid-{year - 1}", "D", about, year=year, age=age, value=round(float(n), 3), unit="children")
        for year in years
        for age, n in enumerate(paths(year))
    ]
    return beliefs(("year", "age"), rows)


def _dated(keys: Sequence[str], cases: Cases, rows: Callable[[Case], Iterable[Row]]) -> str:
    """Write a table of rates, the rows of each case with their years."""
    return beliefs(keys, [row | {"years": years} for years, case in cases.items() for row in rows(case)])


def entry(cases: Cases) -> dict[str, str]:
    """Write the four tables of entries."""
    return {
        "entry_rate.csv": _dated(("streams", "years", "ages"), cases, _entry_rates),
        "entry_share.csv": _dated(("streams", "years", "ages", "placement"), cases, _entry_shares),
        "entry_at_birthday.csv": _dated(("streams", "years", "ages"), cases, _born),
        "extra_entries.csv": _dated(("name", "stream", "years", "age", "placement"), cases, _extra),
    }


def _born(case: Case) -> Iterable[Row]:
    born = {"streams": "other", "ages": 0, "value": case.born, "unit": "share"}
    yield common(f"stock_by_age.csv, flows.csv: {CLA}", case.year, "D", note("born"), **born)


def _entry_rates(case: Case) -> Iterable[Row]:
    source = f"flows.csv: {CLA}; population_mid2023.csv, population_totals.csv: {ONS}"
    unit = {"unit": "per child per year"}
    for s, x in case.streams.items():
        for age, value in enumerate(x.entry_rate[0].tolist()):
            if value > 0:
                key = {"streams": s, "ages": age, "value": value}
                yield common(source, case.year, "D", note(f"entry_{s}"), **key, **unit)


def _entry_shares(case: Case) -> Iterable[Row]:
    source = f"started_by_placement.csv: {CLA24}"
    for s, x in case.streams.items():
        for age, p, value in _cells(x.entry_share[0], case.placements):
            key = {"streams": s, "ages": age, "placement": p, "value": value, "unit": "share"}
            yield common(source, min(case.year, published.ENTERED), "D", note("entry_share"), **key)


def _extra(case: Case) -> Iterable[Row]:
    for s, x in case.streams.items():
        for age, p, value in _cells(x.extra[0], case.placements):
            key = {"name": "starts not counted", "stream": s, "age": age, "placement": p, "value": value}
            yield common(f"time_series.csv: {CLA}", case.year, "D", note("extra"), **key, unit="children per year")


def exits(cases: Cases) -> str:
    """Write exit_rate.csv; what is assumed of support at home holds in all years."""
    found = [row | {"years": years} for years, case in cases.items() for row in (*_exits_by_band(case), _adopted(case))]
    rows = [*found, _support_ends(list(cases.values())[-1])]
    return beliefs(("streams", "years", "ages", "placements", "reason"), rows)


def _exits_by_band(case: Case) -> Iterable[Row]:
    source = f"flows.csv, stock_by_age.csv: {CLA}"
    leaving = [p for p in case.placements if p != "placed for adoption"]
    for s in STREAMS:
        for band, by_reason in zip(BANDS.values(), case.exits.rates[s].tolist(), strict=True):
            for reason, value in zip(REASONS, by_reason, strict=True):
                if value > 0:
                    key = {"streams": s, "ages": ages(*band), "placements": leaving, "reason": reason, "value": value}
                    yield common(source, case.year, "D", note("exits"), **key, **HAZARD)


def _adopted(case: Case) -> Row:
    source = f"flows.csv, stock_by_placement.csv: {CLA}"
    key = {"streams": "other", "placements": "placed for adoption", "reason": "adopted", "value": case.exits.adopted}
    return common(source, case.year, "D", note("adopted"), **key, **HAZARD)


def _support_ends(case: Case) -> Row:
    about = note("ends", years=f"{SUPPORT_YEARS:g}", low=f"{SUPPORT_LOW:g}", high=f"{SUPPORT_HIGH:g}")
    source = "assumed; children_in_need.csv: DfE, Children in need, 2024-25 release"
    belief = {"value": 1 / SUPPORT_YEARS, "low": 1 / SUPPORT_HIGH, "high": 1 / SUPPORT_LOW}
    return common(source, case.year, "E", about, placements=AT_HOME, reason=ENDS, **belief, **HAZARD)


def moves(cases: Cases, carried: Collection[str] = ()) -> str:
    """Write move_rate.csv, a row a band, origin and destination; the years in which moves carry the mix are given."""
    keys = ("streams", "years", "ages", "placements", "to")
    parts = [
        row | {"years": years}
        for years, case in cases.items()
        for row in _moves(case, note("moves_carried" if years in carried else "moves"))
    ]
    return beliefs(keys, parts)


def _moves(case: Case, about: str) -> Iterable[Row]:
    source = f"solved; stock_by_placement.csv: {CLA}"
    for s, x in case.streams.items():
        for first, last in BANDS.values():
            rates = x.move_rate[0, first]
            for i, j in np.argwhere(rates > 0).tolist():
                key = {"streams": s, "ages": ages(first, last), "placements": case.placements[i]}
                way = {"to": case.placements[j], "value": float(rates[i, j])}
                yield common(source, case.year, "D", about, **key, **way, **HAZARD)
