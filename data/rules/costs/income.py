"""Income set against spending: shares of gross lines in section 251, and what the Home Office pays for a child."""

from __future__ import annotations

from collections.abc import Sequence

from data.rules.sources import published
from data.rules.sources.published import LINES, S251, financial
from data.rules.sources.write import csv_text

_COLUMNS = (
    "name",
    "groups",
    "items",
    "stream",
    "driver",
    "value",
    "unit",
    "kept",
    "price_year",
    "source",
    "source_year",
    "quality",
    "note",
)
HOME_OFFICE = "Home Office"
#: Group of cost items, and the lines of section 251 whose income over whose total is its share.
SHARES: dict[str, tuple[str, ...]] = {
    "residential": ("3.1.1 Residential care",),
    "fostering": ("3.1.2 Total fostering services", "3.1.7 Children placed with family and friends"),
    "adoption": ("3.1.3 Adoption services",),
    "special guardianship": ("3.1.4 Special guardianship support",),
    "supported accommodation": ("3.1.5 Other children looked after services",),
    "other looked after": (
        "3.1.5 Other children looked after services",
        "3.1.6 Short breaks (respite) for looked after disabled children",
        "3.1.8 Education of looked after children",
    ),
    "early years": ("3.0.5 Total Sure Start and under 5s",),
    "other children's services": ("3.2.1 Other children and families services",),
    "safeguarding": ("3.3.4 Total Safeguarding",),
    "family support": ("3.4.6 Total Family Support Services",),
    "young people": ("3.5.3 Total Services for young people",),
    "youth justice": ("3.6.1 Youth justice",),
}
#: Lines whose income may hold the grants of the Home Office, which are counted apart: none of it is taken.
APART = {
    "leaving care": ("groups", "leaving care", "3.1.9 Leaving care support services"),
    "asylum seeker services": ("items", "asylum seeker services", "3.1.10 Asylum seeker services children"),
}
#: Years for which a care leaver who came unaccompanied is paid for, from 18: assumed.
LEAVER_YEARS = 3


def files() -> dict[str, str]:
    """Write the table."""
    shares = [_share(group, lines) for group, lines in SHARES.items()]
    return {"income.csv": csv_text(_COLUMNS, [*shares, *_apart(), *_home_office()])}


def _sums(lines: Sequence[str]) -> tuple[float, float]:
    """Sum income and gross spend of some lines of the last year [GBP, cash]."""
    income, total = (
        sum(published.figure("s251_lines", c, financial_year=financial(LINES), line=line) for line in lines)
        for c in ("income", "total")
    )
    return income, total


def _of(income: float, total: float) -> str:
    return f"£{income / 1e6:,.1f}m of £{total / 1e6:,.1f}m gross"


def _share(group: str, lines: Sequence[str]) -> dict[str, object]:
    income, total = _sums(lines)
    named = ", ".join(line.split(" ")[0] for line in lines)
    return {
        "name": "section 251",
        "groups": group,
        "value": income / total,
        "unit": "share of spend",
        "source": f"s251_lines.csv: {S251.removesuffix(', gross')}",
        "source_year": financial(LINES),
        "quality": "D",
        "note": f"income {_of(income, total)}, line {named}, England; who paid it is not published, and an area's own "
        "share may differ",
    }


def _apart() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for kind, name, line in APART.values():
        income, total = _sums([line])
        rows.append(
            _share(name, [line])
            | {"groups": "", "items": ""}
            | {
                kind: name,
                "value": 0.0,
                "quality": "E",
                "note": f"income {_of(income, total)}, line {line.split(' ')[0]}: it may hold grants of the "
                "Home Office, which are counted apart, so none of it is taken here",
            }
        )
    return rows


def _home_office() -> list[dict[str, object]]:
    """Give what the Home Office pays: a night of an unaccompanied child, and the weeks of one who has left care."""

    def figure(item: str, year: str) -> float:
        return published.figure("service_unit_costs", "value", item=item, year=year)

    night, higher = (figure(f"UASC contribution, {rate} rate", "2023") for rate in ("standard", "higher"))
    before = figure("UASC contribution, annual at standard rate", "2019")
    week, week_before = (figure("Former UASC care leaver contribution", year) for year in ("2023-24", "2020-21"))
    return [
        {
            "name": f"{HOME_OFFICE}: unaccompanied children",
            "stream": "uasc",
            "driver": "child_years",
            "value": night * 365,
            "unit": "GBP per child-year",
            "kept": "cash",
            "price_year": 2024,
            "source": "service_unit_costs.csv: Home Office, answer HL5515, as shown by parallelparliament.co.uk",
            "source_year": "2023",
            "quality": "E",
            "note": f"£{night:.0f} a night, the standard rate, seen in a secondary source; £{higher:.0f} where an area "
            f"has many. Held in cash: £{before:,.0f} a year in 2019 is the same rate",
        },
        {
            "name": f"{HOME_OFFICE}: leavers who came unaccompanied",
            "stream": "uasc",
            "driver": "aged_out",
            "value": week * 365 / 7 * LEAVER_YEARS,
            "unit": "GBP per leaver",
            "kept": "real",
            "price_year": 2024,
            "source": "service_unit_costs.csv: Home Office, gov.uk, leaving care funding instructions 2023-24",
            "source_year": "2023-24",
            "quality": "E",
            "note": f"£{week:.0f} a week (seen; £{week_before:.0f} in 2020-21) for {LEAVER_YEARS} years from 18, which "
            "is assumed; counted when they turn 18, as what leaving care costs is. Those who had left before are not "
            "in it",
        },
    ]
