"""How is a case written as rows? The belief tables that both sets share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.case import AT_HOME, STREAMS, Case, placements_in_care
from rules.costs import UNITS, Line
from rules.exits import REASONS
from rules.files import ages, beliefs, csv_text
from rules.published import BANDS, CLA, ONS

Array = NDArray[np.float64]
Row = dict[str, Any]

ENDS = "support ends"
#: Years a child averted from care is supported at home, and the interval: assumed.
SUPPORT_YEARS, SUPPORT_LOW, SUPPORT_HIGH = 2.0, 1.0, 4.0
ITEM_COLUMNS = (
    "item",
    "driver",
    "placements",
    "ages",
    "reasons",
    "to",
    "streams",
    "group",
    "account",
    "payer",
    "gross_net",
    "kind",
    "cashable_short",
    "cashable_long",
    "cashable_years",
    "source",
    "quality",
    "note",
)
REASON_NOTES = {
    "home": "returned to parents, planned or not",
    "relatives": "left to live with parents or relatives without parental responsibility",
    "guardianship": "special guardianship order",
    "child arrangements": "child arrangements (residence) order",
    "adopted": "from placed for adoption only",
    "other authority": "care taken by another authority: 530 in 2021, 2,640 in 2025, a recording change that inflates "
    "starts and exits alike; never growth",
    "age assessment": "found to be 18 or over; unaccompanied children only",
    "custody": "sentenced to custody",
    "remand ended": "accommodation on remand ended",
    "died": "",
    "moved abroad": "",
    "other": "exits before 18 that the named reasons leave; counted at 16-17: independent living, any other reason",
    ENDS: f"from {AT_HOME}: the child is no longer a child in need",
}


def common(source: str, when: int | str, quality: str, note: str = "", /, **values: Any) -> Row:
    """Give the columns that every belief has."""
    return {"source": source, "source_year": str(when), "quality": quality, "note": note, **values}


def labels(case: Case, groups: dict[str, str], lines: Sequence[Line]) -> dict[str, str]:
    """Write placements.csv, reasons.csv and items.csv."""
    placements: list[Row] = [
        {"placement": p, "in_care": True, "leave_age": 18, "group": groups.get(p, p)} for p in case.placements
    ]
    note = "a state outside care: a child whose entry to care is averted; nobody is in it on the base date"
    placements.append({"placement": AT_HOME, "in_care": False, "leave_age": 18, "group": AT_HOME, "note": note})
    reasons = [{"reason": r, "note": REASON_NOTES[r]} for r in (*REASONS, ENDS)]
    return {
        "placements.csv": csv_text(("placement", "in_care", "leave_age", "then", "group", "note"), placements),
        "reasons.csv": csv_text(("reason", "to", "note"), reasons),
        "items.csv": csv_text(ITEM_COLUMNS, map(_item, lines)),
    }


def _item(line: Line) -> Row:
    short, long, years = line.cash
    return {
        "item": line.name,
        "driver": line.driver,
        "group": line.group,
        "account": line.account,
        "payer": line.payer,
        "gross_net": "gross",
        "kind": "resource",
        "cashable_short": short,
        "cashable_long": long,
        "cashable_years": years,
        "source": line.source,
        "quality": "E",
        "note": "cashable shares are assumed",
        **line.select,
    }


def unit_costs(lines: Sequence[Line], price_year: int) -> str:
    """Write unit_cost.csv."""
    rows = [
        common(
            x.source,
            x.source_year,
            x.quality,
            x.note,
            item=x.name,
            value=x.unit_cost,
            unit=UNITS[x.driver],
            price_year=price_year,
            low=None if x.low is None else x.unit_cost * x.low,
            high=None if x.high is None else x.unit_cost * x.high,
        )
        for x in lines
    ]
    return beliefs(("item",), rows, "price_year")


def initial_stock(case: Case, source: str, note: str) -> str:
    """Write initial_stock.csv: the cells above zero."""
    rows = [
        common(source, case.year, "D", note, stream=s, age=age, placement=p, value=value, unit="children")
        for s, x in case.streams.items()
        for (age, p, value) in _cells(x.stock, case.placements)
    ]
    return beliefs(("stream", "age", "placement"), rows)


def _cells(values: Array, placements: Sequence[str]) -> Iterable[tuple[int, str, float]]:
    for age, row in enumerate(values):
        for p, value in zip(placements, row, strict=True):
            if value > 0:
                yield age, p, float(value)


def population(paths: Callable[[int], Array], years: range, source: str, note: str) -> str:
    """Write population.csv."""
    rows = [
        common(source, f"mid-{year - 1}", "D", note, year=year, age=age, value=round(float(n), 3), unit="children")
        for year in years
        for age, n in enumerate(paths(year))
    ]
    return beliefs(("year", "age"), rows)


def entry(case: Case) -> dict[str, str]:
    """Write the four tables of entries."""
    starts = f"flows.csv: {CLA}; population_mid2023.csv, population_totals.csv: {ONS}"
    notes = {
        "other": "starts of the band, less unaccompanied ones, spread over single ages (log-linear rates, tilted so that "
        "four years of flows give the stocks back), over the mid-year population",
        "uasc": "unaccompanied starts are published without age: ages 12-17, fitted so that four years of flows give "
        "the unaccompanied stocks back",
    }
    rates, shares, extra = [], [], []
    on_entry = "started_by_placement.csv (2022 or 2024, the last published): " + CLA
    for s, x in case.streams.items():
        key = {"streams": s}
        for age in range(18):
            if x.entry_rate[0, age] > 0:
                value = float(x.entry_rate[0, age])
                rates.append(
                    common(starts, case.year, "D", notes[s], **key, ages=age, value=value, unit="per child per year")
                )
        for age, p, value in _cells(x.entry_share, case.placements):
            shares.append(
                common(
                    on_entry,
                    min(case.year, 2024),
                    "D",
                    "fitted to starts by age and by placement",
                    **key,
                    ages=age,
                    placement=p,
                    value=value,
                    unit="share",
                )
            )
        for age, p, value in _cells(x.extra, case.placements):
            note = "change of the stock that starts and ceased do not explain (only a child's first start in a year is "
            note += "counted), spread as starts after birth"
            extra.append(
                common(
                    f"time_series.csv: {CLA}",
                    case.year,
                    "D",
                    note,
                    name="starts not counted",
                    stream=s,
                    age=age,
                    placement=p,
                    value=value,
                    unit="children per year",
                )
            )
    born = common(
        f"stock_by_age.csv, flows.csv: {CLA}",
        case.year,
        "D",
        "fitted: the share of under-one starts at birth that gives the stock under one back from the flows of the year",
        streams="other",
        ages=0,
        value=case.born,
        unit="share",
    )
    return {
        "entry_rate.csv": beliefs(("streams", "years", "ages"), rates),
        "entry_share.csv": beliefs(("streams", "years", "ages", "placement"), shares),
        "entry_at_birthday.csv": beliefs(("streams", "years", "ages"), [born]),
        "extra_entries.csv": beliefs(("name", "stream", "years", "age", "placement"), extra),
    }


def exits(case: Case) -> str:
    """Write exit_rate.csv."""
    source = f"flows.csv, stock_by_age.csv: {CLA}"
    note = "exits before 18 of the band over the mean of the two 31 March stocks, split by reason to both margins with "
    note += "stated zeros; the same for every placement"
    rows = []
    leaving = placements_in_care(case.placements)
    for s in STREAMS:
        for (first, last), by_reason in zip(BANDS.values(), case.exits.rates[s], strict=True):
            for reason, value in zip(REASONS, by_reason, strict=True):
                if value > 0:
                    rows.append(
                        common(
                            source,
                            case.year,
                            "D",
                            note,
                            streams=s,
                            ages=ages(first, last),
                            placements=leaving,
                            reason=reason,
                            value=float(value),
                            unit="per child-year",
                        )
                    )
    adopted = "adoptions of the year over the mean of the two 31 March stocks placed for adoption"
    rows.append(
        common(
            f"flows.csv, stock_by_placement.csv: {CLA}",
            case.year,
            "D",
            adopted,
            streams="other",
            placements="placed for adoption",
            reason="adopted",
            value=case.exits.adopted,
            unit="per child-year",
        )
    )
    ends = f"assumed: a child averted from care is supported for {SUPPORT_YEARS:g} years ({SUPPORT_LOW:g} to "
    ends += f"{SUPPORT_HIGH:g}); a child in need on average for 1.1"
    rows.append(
        common(
            "assumed; children_in_need.csv: DfE, Children in need, 2024-25 release",
            case.year,
            "E",
            ends,
            placements=AT_HOME,
            reason=ENDS,
            value=1 / SUPPORT_YEARS,
            low=1 / SUPPORT_HIGH,
            high=1 / SUPPORT_LOW,
            unit="per child-year",
        )
    )
    return beliefs(("streams", "years", "ages", "placements", "reason"), rows)


def moves(case: Case) -> str:
    """Write move_rate.csv, a row a band, origin and destination."""
    note = "not published: the smallest moves (least squares) that hold the mix of placements of the band; the mix is "
    note += "held, not forecast"
    rows = []
    for s, x in case.streams.items():
        for first, last in BANDS.values():
            for i, j in np.argwhere(x.move_rate[first] > 0):
                rows.append(
                    common(
                        "solved; stock_by_placement.csv: " + CLA,
                        case.year,
                        "D",
                        note,
                        streams=s,
                        ages=ages(first, last),
                        placements=case.placements[i],
                        to=case.placements[j],
                        value=float(x.move_rate[first, i, j]),
                        unit="per child-year",
                    )
                )
    return beliefs(("streams", "years", "ages", "placements", "to"), rows)
