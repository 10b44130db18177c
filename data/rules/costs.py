"""What is paid for in 2024-25, and what does a unit cost? The section 251 lines over their drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules import population, published, stock
from rules.case import AT_HOME, weeks
from rules.published import LAIT, S251, figure, financial, group, line, per_week
from rules.words import note, read

YEAR = 2025
FOSTERING = "Fostering (gross s251 / foster placements)"
RESIDENTIAL = "Residential (gross s251 / 903 care days K1,K2,R1,S1)"
LEAVING = "Leaving care support (within children looked after)"
LOOKED_AFTER = "Children looked after"
#: A kinship foster placement next to an in-house one with an unrelated carer: assumed.
KINSHIP_RATIO = 0.8
UNITS = {
    "child_weeks": "GBP per child-week",
    "exits": "GBP per exit",
    "aged_out": "GBP per leaver",
    "population": "GBP per child",
    "year": "GBP per year",
}
#: Lines of 2023-24 that have no figure for 2024-25.
CARRIED = {
    "special guardianship support": "3.1.4 Special guardianship support",
    "other": "3.1.5 Other children looked after services",
    "breaks": "3.1.6 Short breaks (respite) for looked after disabled children",
    "family and friends": "3.1.7 Children placed with family and friends",
    "education": "3.1.8 Education of looked after children",
    "asylum": "3.1.10 Asylum seeker services children",
}


@dataclass(frozen=True)
class Line:
    """An item with what was spent on it and the volume of its driver.

    Attributes
    ----------
    name, driver, group : str
        As in items.csv.
    spend, volume : float
        Of the year [GBP, cash; units of the driver].
    source, quality, note : str
        Whose word.
    select : dict
        Selectors of the driver: placements, ages, reasons, streams.
    cash : tuple of float
        Share that becomes cash in the first year, later, and after how many years.
    low, high : float, optional
        Interval, as ratios to the value.
    """

    name: str
    driver: str
    group: str
    spend: float
    volume: float
    source: str
    quality: str
    note: str
    select: Mapping[str, str] = field(default_factory=dict)
    cash: tuple[float, float, int] = (0.0, 0.0, 0)
    account: str = "local authority"
    payer: str = "local authority"
    source_year: str = "2024-25"
    low: float | None = None
    high: float | None = None

    @property
    def unit_cost(self) -> float:
        """Spend a unit of the driver."""
        return self.spend / self.volume


def lines() -> list[Line]:
    """List every item of england-2025; all but support at home and reform sum to the published total."""
    spend = {**_fostering(), **_residential(), **_services()}
    spend["asylum seeker services"] = _asylum()
    spend["other looked-after services"] = group(YEAR, LOOKED_AFTER) - sum(spend.values())
    stated = read("items")
    wider = {name: group(YEAR, about["published"]) for name, about in stated.items() if "published" in about}
    volume = _volumes(stated)
    made = [_line(name, stated[name], gbp, volume[name]) for name, gbp in (spend | wider).items()]
    return [*made, at_home(YEAR), reform()]


def _line(name: str, about: Mapping[str, Any], spend: float, volume: float) -> Line:
    words = {"LAIT": LAIT, "S251": S251, "CARE": "; ".join(stock.FULL)}
    selectors = ("placements", "ages", "reasons", "streams")
    return Line(
        name,
        about["driver"],
        about["group"],
        spend,
        volume,
        about.get("source", "s251_groups.csv, population_totals.csv: {LAIT}").format(**words),
        about.get("quality", "D"),
        about["note"],
        {k: about[k].format(**words) for k in selectors if k in about},
        tuple(about.get("cash", (0.0, 0.0, 0))),
        source_year=about.get("source_year", "2024-25"),
        low=about.get("low"),
        high=about.get("high"),
    )


def _volumes(stated: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Give the volume of each item's driver in 2024-25."""
    lived, theirs = weeks(YEAR), weeks(YEAR, "uasc")
    people = population.mid_year(YEAR - 1)
    counts = {
        "adoption services": published.ceased(YEAR, "Reason episode ceased", "Adopted"),
        "special guardianship support": published.ceased(YEAR, "Reason episode ceased", "Special guardianship order"),
        "leaving care": published.ceased(YEAR, "Age on ceasing", "18 years and over"),
        "asylum seeker services": sum(theirs.values()),
        "other looked-after services": sum(lived.values()),
    }
    for name, about in stated.items():
        if about["driver"] == "population":
            first, last = map(int, about["ages"].split("-"))
            counts[name] = float(people[first : last + 1].sum())
        elif name not in counts:
            counts[name] = lived[about["placements"]]
    return counts


def fostering_spend(year: int) -> float:
    """Undo the published pounds a week: they are spend over children on 31 March."""
    children = figure("stock_by_placement", "children", year=year, placement=stock.FOSTER)
    return per_week(year, FOSTERING) * children * 365 / 7


def _fostering() -> dict[str, float]:
    """Split the spend: agency to own as in 2023-24, kinship to other in-house as assumed."""
    lived = weeks(YEAR)
    own, agency = (
        figure("service_unit_costs", "value", item=item)
        for item in (
            "LA own fostering gross per child (incl. kinship foster, incl. service overhead)",
            "Independent fostering (private+voluntary) gross per child",
        )
    )
    kin, ours, theirs = (lived[p] for p in ("kinship foster", "foster in-house", "foster agency"))
    relative = agency / own * (kin * KINSHIP_RATIO + ours) / (kin + ours)
    weight = {"kinship foster": kin * KINSHIP_RATIO, "foster in-house": ours, "foster agency": theirs * relative}
    spend = fostering_spend(YEAR)
    return {name: spend * w / sum(weight.values()) for name, w in weight.items()}


def residential_weeks(year: int) -> dict[str, float]:
    """Estimate the weeks behind the published residential pounds a week, by placement (K1, K2, R1, S1)."""
    found = weeks(year)
    names = ("children's home", "secure", "residential school", "other residential")
    homes = stock.shares(year).homes
    return {n: found[n] * (homes if n == "other residential" else 1.0) for n in names}


def _residential() -> dict[str, float]:
    return {name: per_week(YEAR, RESIDENTIAL) * n for name, n in residential_weeks(YEAR).items()}


def _adoption() -> float:
    """Give the published pounds a week times the children with a placement order of 2024."""
    return per_week(YEAR, "Adoption") * figure("placement_orders", "children", year=2024) * 365 / 7


def _services() -> dict[str, float]:
    return {
        "family and friends": carried("family and friends"),
        "supported accommodation": supported_price(YEAR) * weeks(YEAR)["supported accommodation"],
        "adoption services": _adoption(),
        "special guardianship support": carried("special guardianship support"),
        "leaving care": group(YEAR, LEAVING),
    }


def supported_price(year: int) -> float:
    """Give the one published price of supported accommodation in the prices of a year."""
    one = figure("service_unit_costs", "value", item="Supported accommodation average, one LA (Lincolnshire)")
    return one * published.deflator(year) / published.deflator(2024)


def balance_ratio() -> float:
    """Give what the known lines leave of looked-after spend of 2024-25, over the same lines of 2023-24."""
    known = fostering_spend(YEAR) + sum(_residential().values()) + _adoption() + group(YEAR, LEAVING)
    return (group(YEAR, LOOKED_AFTER) - known) / sum(line(2024, x) for x in CARRIED.values())


def carried(name: str) -> float:
    """Carry a line of 2023-24 to 2024-25."""
    return line(2024, CARRIED[name]) * balance_ratio()


def _asylum() -> float:
    """Give the asylum line less the supported accommodation of unaccompanied children."""
    return carried("asylum") - supported_price(YEAR) * weeks(YEAR, "uasc")["supported accommodation"]


def at_home(year: int) -> Line:
    """Give the price of a child supported at home: social work and family support of a child in need."""
    work, support = (
        figure("service_unit_costs", "value", year=financial(year), item=item)
        for item in (
            "Social work, safeguarding and commissioning per child in need at 31 March",
            "Family support services gross, per child in need at 31 March",
        )
    )
    return Line(
        AT_HOME,
        "child_weeks",
        "support at home",
        work + support * 7 / 365,
        1.0,
        f"service_unit_costs.csv: {LAIT}; {S251}",
        "D",
        note("at_home", work=f"{work:.0f}", support=f"{support:,.0f}"),
        {"placements": AT_HOME},
        (1.0, 1.0, 0),
        source_year=financial(year),
        low=0.6,
        high=1.8,
    )


def reform() -> Line:
    """Give the item that a scenario's programme spending is added to."""
    return Line(
        "reform programme",
        "year",
        "reform",
        0.0,
        1.0,
        "nothing is spent unless a scenario says so",
        "E",
        "zero without a scenario, by definition",
        {},
        (1.0, 1.0, 0),
        "central government",
        "central government (DfE)",
    )
