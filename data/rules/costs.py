"""What is paid for in 2024-25, and what does a unit cost? The section 251 lines over their drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules import population, published, stock
from rules.case import AT_HOME, weeks
from rules.published import LAIT, S251, figure, financial, group, line, per_week

YEAR = 2025
FOSTERING = "Fostering (gross s251 / foster placements)"
RESIDENTIAL = "Residential (gross s251 / 903 care days K1,K2,R1,S1)"
#: A kinship foster placement next to an in-house one with an unrelated carer: assumed.
KINSHIP_RATIO = 0.8
CARE = tuple(stock.FULL)
UNITS = {
    "child_weeks": "GBP per child-week",
    "exits": "GBP per exit",
    "aged_out": "GBP per leaver",
    "population": "GBP per child",
    "year": "GBP per year",
}
ASSUMED = "cashable shares are assumed"


@dataclass(frozen=True)
class Line:
    """An item with what was spent on it and the volume of its driver in 2024-25.

    Attributes
    ----------
    name, driver, group : str
        As in items.csv.
    spend, volume : float
        2024-25 [GBP, cash; units of the driver].
    select : dict
        Selectors of the driver: placements, ages, reasons, streams.
    cash : tuple of float
        Share that becomes cash in the first year, later, and after how many years.
    source, source_year, quality, note : str
        Whose word.
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
        return self.spend / self.volume if self.volume else self.spend


def lines() -> list[Line]:
    """List every item of england-2025; all but support at home and reform sum to the published total."""
    cared = [*_fostering(), *_residential(), _supported_accommodation(), *_services()]
    rest = group(YEAR, "Children looked after") - sum(x.spend for x in cared)
    return [*cared, *_balance(rest), *_wider(), at_home(YEAR), reform()]


def fostering_spend(year: int) -> float:
    """Undo the published pounds a week: they are spend over children on 31 March."""
    children = figure("stock_by_placement", "children", year=year, placement=stock.FOSTER)
    return per_week(year, FOSTERING) * children * 365 / 7


def residential_weeks(year: int) -> dict[str, float]:
    """Estimate the weeks behind the published residential pounds a week, by placement (K1, K2, R1, S1)."""
    found = weeks(year)
    names = ("children's home", "secure", "residential school", "other residential")
    homes = stock.shares(year).homes
    return {n: found[n] * (homes if n == "other residential" else 1.0) for n in names}


def _fostering() -> list[Line]:
    lived, spend = weeks(YEAR), fostering_spend(YEAR)
    own, agency = (
        figure("service_unit_costs", "value", item=item)
        for item in (
            "LA own fostering gross per child (incl. kinship foster, incl. service overhead)",
            "Independent fostering (private+voluntary) gross per child",
        )
    )
    kin, ours, theirs = (lived[p] for p in ("kinship foster", "foster in-house", "foster agency"))
    relative = agency / own * (kin * KINSHIP_RATIO + ours) / (kin + ours)
    unit = spend / (kin * KINSHIP_RATIO + ours + theirs * relative)
    note = (
        f"{per_week(YEAR, FOSTERING):.0f} a week times children on 31 March 2025 is the spend; agency to own is "
        f"{agency:.0f} to {own:.0f} (2023-24, gross, private and voluntary spend over children); kinship to other in-house "
        f"is assumed {KINSHIP_RATIO}; {ASSUMED}"
    )
    source = f"unit_costs_lait.csv, service_unit_costs.csv: {LAIT}; {S251}"
    each = (
        (kin, KINSHIP_RATIO, "kinship foster", (0.5, 0.9, 3)),
        (ours, 1.0, "foster in-house", (0.3, 0.8, 5)),
        (theirs, relative, "foster agency", (0.8, 1.0, 3)),
    )
    found = [
        Line(p, "child_weeks", "fostering", unit * ratio * n, n, source, "D", note, {"placements": p}, cash)
        for n, ratio, p, cash in each
    ]
    family = carried("3.1.7 Children placed with family and friends")
    return [
        *found,
        Line(
            "family and friends",
            "child_weeks",
            "fostering",
            family,
            kin,
            f"s251_lines.csv: {S251}",
            "D",
            f"line 3.1.7 of 2023-24, scaled as all lines without a figure for 2024-25; {ASSUMED}",
            {"placements": "kinship foster"},
            (0.5, 0.9, 3),
        ),
    ]


def _residential() -> list[Line]:
    price = per_week(YEAR, RESIDENTIAL)
    lived, paid = weeks(YEAR), residential_weeks(YEAR)
    notes = {
        "children's home": "",
        "secure": "the average of all residential care; secure homes cost more, no national figure",
        "other residential": "only residential care homes (the 2024 share) are in the published price; health, custody and "
        "family centres are paid for elsewhere",
        "residential school": "the average of all residential care",
    }
    cash = {"children's home": (0.6, 0.9, 5), "secure": (0.2, 0.5, 5)}
    return [
        Line(
            p,
            "child_weeks",
            "residential",
            price * paid[p],
            lived[p],
            f"unit_costs_lait.csv: {LAIT}",
            "B" if p == "children's home" else "D",
            "; ".join(filter(None, [notes[p], "spend is the price times estimated weeks", ASSUMED])),
            {"placements": p},
            cash.get(p, (0.4, 0.8, 5)),
        )
        for p in paid
    ]


def supported_price(year: int) -> float:
    """Give the one published price of supported accommodation in the prices of a year."""
    one = figure("service_unit_costs", "value", item="Supported accommodation average, one LA (Lincolnshire)")
    return one * published.deflator(year) / published.deflator(2024)


def _supported_accommodation() -> Line:
    price, lived = supported_price(YEAR), weeks(YEAR)["supported accommodation"]
    return Line(
        "supported accommodation",
        "child_weeks",
        "supported accommodation",
        price * lived,
        lived,
        "service_unit_costs.csv: Lincolnshire County Council, answer to an information request, November 2023",
        "E",
        f"one authority's average of 621 a week (single placements 260 to 6,776), raised by the GDP deflator; taken out of "
        f"lines 3.1.5 and 3.1.10, which mostly pay for it; the interval is assumed; {ASSUMED}",
        {"placements": "supported accommodation"},
        (0.7, 0.95, 3),
        source_year="2023",
        low=0.65,
        high=1.9,
    )


def _services() -> list[Line]:
    orders = figure("placement_orders", "children", year=2024)
    adoption = per_week(YEAR, "Adoption") * orders * 365 / 7
    guardianship = carried("3.1.4 Special guardianship support")
    leaving = group(YEAR, "Leaving care support (within children looked after)")
    count = {
        r: published.ceased(YEAR, "Reason episode ceased", name)
        for r, name in (("adopted", "Adopted"), ("guardianship", "Special guardianship order"))
    }
    at_18 = published.ceased(YEAR, "Age on ceasing", "18 years and over")
    return [
        Line(
            "adoption services",
            "exits",
            "adoption",
            adoption,
            count["adopted"],
            f"unit_costs_lait.csv, placement_orders.csv: {LAIT}",
            "D",
            f"1,450 a week per child with a placement order, times the {orders:.0f} such children of 2024 (2025 is not "
            f"published); all of it over adoptions of the year, support after the order too; {ASSUMED}",
            {"reasons": "adopted"},
            (0.0, 0.5, 5),
        ),
        Line(
            "special guardianship support",
            "exits",
            "special guardianship",
            guardianship,
            count["guardianship"],
            f"s251_lines.csv: {S251}",
            "D",
            f"line 3.1.4 of 2023-24, scaled; the number of supported guardians is not published, so all of it is over "
            f"the orders of the year: what an order costs over its life; {ASSUMED}",
            {"reasons": "guardianship"},
            (0.0, 0.8, 10),
        ),
        Line(
            "leaving care",
            "aged_out",
            "leaving care",
            leaving,
            at_18,
            f"s251_groups.csv, flows.csv: {LAIT}",
            "D",
            f"all support of care leavers to 25, over the young people who leave care at 18 in the year: what one costs "
            f"over the years that follow, booked when they leave; {ASSUMED}",
            {"placements": "; ".join(CARE)},
            (0.0, 0.8, 7),
        ),
    ]


_CARRIED = {
    "guardianship": "3.1.4 Special guardianship support",
    "other": "3.1.5 Other children looked after services",
    "breaks": "3.1.6 Short breaks (respite) for looked after disabled children",
    "family": "3.1.7 Children placed with family and friends",
    "education": "3.1.8 Education of looked after children",
    "asylum": "3.1.10 Asylum seeker services children",
}


def carried(name: str) -> float:
    """Carry a line of 2023-24 to 2024-25, in its share of what the known lines leave of looked-after spend."""
    return line(2024, name) * balance_ratio()


def balance_ratio() -> float:
    """Give what is left of 2024-25 looked-after spend over the same lines of 2023-24."""
    orders = figure("placement_orders", "children", year=2024)
    known = (
        fostering_spend(YEAR)
        + per_week(YEAR, RESIDENTIAL) * sum(residential_weeks(YEAR).values())
        + per_week(YEAR, "Adoption") * orders * 365 / 7
        + group(YEAR, "Leaving care support (within children looked after)")
    )
    return (group(YEAR, "Children looked after") - known) / sum(line(2024, x) for x in _CARRIED.values())


def _balance(rest: float) -> list[Line]:
    """Split what is left of looked-after spend: the asylum line less its supported accommodation, and all other."""
    theirs = weeks(YEAR, "uasc")
    asylum = carried(_CARRIED["asylum"]) - supported_price(YEAR) * theirs["supported accommodation"]
    source = f"s251_lines.csv, s251_groups.csv: {S251}; {LAIT}"
    return [
        Line(
            "asylum seeker services",
            "child_weeks",
            "other looked after",
            asylum,
            sum(theirs.values()),
            source,
            "D",
            f"line 3.1.10 of 2023-24, scaled, less the supported accommodation of unaccompanied children; {ASSUMED}",
            {"placements": "; ".join(CARE), "streams": "uasc"},
            (0.7, 0.95, 3),
        ),
        Line(
            "other looked-after services",
            "child_weeks",
            "other looked after",
            rest - asylum,
            sum(weeks(YEAR).values()),
            source,
            "D",
            f"the balancing line: 2024-25 looked-after spend of 8,955,421,269 less the items above, which is mostly lines "
            f"3.1.5, 3.1.6 and 3.1.8; over all children in care; {ASSUMED}",
            {"placements": "; ".join(CARE)},
            (0.1, 0.6, 5),
        ),
    ]


def _wider() -> list[Line]:
    people = population.mid_year(YEAR - 1)
    names = {
        "safeguarding": ("Safeguarding", 0, 17),
        "family support": ("Family support", 0, 17),
        "early years": ("Sure Start and under fives", 0, 4),
        "young people": ("Services for young people", 10, 17),
        "youth justice": ("Youth justice", 10, 17),
        "other children's services": ("Other children and families services", 0, 17),
    }
    note = "follows the number of children of the ages shown, so no scenario of care changes it"
    return [
        Line(
            name,
            "population",
            name,
            group(YEAR, published_name),
            float(people[first : last + 1].sum()),
            f"s251_groups.csv: {LAIT}; {S251}",
            "D",
            note,
            {"ages": f"{first}-{last}"},
        )
        for name, (published_name, first, last) in names.items()
    ]


def at_home(year: int) -> Line:
    """Give the price of a child supported at home: social work and family support of a child in need."""
    work, support = (
        figure("service_unit_costs", "value", year=financial(year), item=item)
        for item in (
            "Social work, safeguarding and commissioning per child in need at 31 March",
            "Family support services gross, per child in need at 31 March",
        )
    )
    weekly = work + support * 7 / 365
    return Line(
        AT_HOME,
        "child_weeks",
        "support at home",
        weekly,
        0.0,
        f"service_unit_costs.csv: {LAIT}; {S251}",
        "D",
        f"{work:.0f} a week of social work and {support:.0f} a year of family support per child in need; an average of all "
        f"children in need, a child at the edge of care may cost more; the interval is assumed",
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
