"""Unit costs from the section 251 outturn: spend of each line over the volume of its driver.

Every line of 2021-22 is published; of 2024-25 the groups, leaving care and some pounds a week are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.rules.costs.items import Line, at_home, at_will
from data.rules.rates import stock
from data.rules.rates.base_case import weeks
from data.rules.sources import population, published
from data.rules.sources.notes import read
from data.rules.sources.published import LAIT, S251, figure, financial, group, line, per_week

YEAR = published.PRICED
FOSTERING = "Fostering (gross s251 / foster placements)"
RESIDENTIAL = "Residential (gross s251 / 903 care days K1,K2,R1,S1)"
LEAVING = "Leaving care support (within children looked after)"
LOOKED_AFTER = "Children looked after"
#: A kinship foster placement next to an in-house one with an unrelated carer: assumed.
KINSHIP_RATIO = 0.8
#: Columns of the section 251 lines and the providers of the release.
PROVIDERS = {
    "own": "Own provision (by the LA)",
    "private": "Private provision",
    "voluntary": "Voluntary/third sector provision",
}
#: The last year of which every line is published.
LINES = published.LINES
HOMES_LINE, FOSTERED, ADOPTION = "3.1.1 Residential care", "3.1.2 Total fostering services", "3.1.3 Adoption services"
#: Lines of 2023-24 that have no figure for 2024-25.
CARRIED = {
    "special guardianship support": "3.1.4 Special guardianship support",
    "other": "3.1.5 Other children looked after services",
    "breaks": "3.1.6 Short breaks (respite) for looked after disabled children",
    "family and friends": "3.1.7 Children placed with family and friends",
    "education": "3.1.8 Education of looked after children",
    "asylum": "3.1.10 Asylum seeker services children",
}


def lines(year: int = YEAR) -> list[Line]:
    """List every item of a year; all but support at home and reform sum to the published total.

    Parameters
    ----------
    year : int
        2025, or a year of which every line is published.
    """
    stated = read("items")
    if year != YEAR:
        stated = {name: {**about, **read(f"items-{financial(year)}").get(name, {})} for name, about in stated.items()}
    spend = {**_fostering(year), **_residential(year), **_services(year)}
    spend["asylum seeker services"] = _asylum(year)
    spend["other looked-after services"] = group(year, LOOKED_AFTER) - sum(spend.values())
    wider = {name: group(year, about["published"]) for name, about in stated.items() if "published" in about}
    volume = _volumes(stated, year)
    made = [_line(name, stated[name], gbp, volume[name], year) for name, gbp in (spend | wider).items()]
    return [*made, at_home(year), *at_will(year)]


def _line(name: str, about: Mapping[str, Any], spend: float, volume: float, year: int) -> Line:
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
        source_year=about.get("source_year", financial(year)),
        low=about.get("low"),
        high=about.get("high"),
    )


def _volumes(stated: Mapping[str, Mapping[str, Any]], year: int) -> dict[str, float]:
    """Give the volume of each item's driver in a year."""
    lived, theirs = weeks(year), weeks(year, "uasc")
    people = population.mid_year(year - 1)
    counts = {
        "adoption services": published.ceased(year, "Reason episode ceased", "Adopted"),
        "special guardianship support": published.ceased(year, "Reason episode ceased", "Special guardianship order"),
        "leaving care": published.ceased(year, "Age on ceasing", "18 years and over"),
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
    """Give the line, or undo the published pounds a week: they are spend over children on 31 March."""
    if year <= LINES:
        return line(year, FOSTERED)
    children = figure("stock_by_placement", "children", year=year, placement=stock.FOSTER)
    return per_week(year, FOSTERING) * children * 365 / 7


def _fostering(year: int) -> dict[str, float]:
    """Split the spend: agency to own by provider, kinship to other in-house as assumed."""
    lived = weeks(year)
    kin, ours, theirs = (lived[p] for p in ("kinship foster", "foster in-house", "foster agency"))
    relative = agency_to_own(year) * (kin * KINSHIP_RATIO + ours) / (kin + ours)
    weight = {"kinship foster": kin * KINSHIP_RATIO, "foster in-house": ours, "foster agency": theirs * relative}
    spend = fostering_spend(year)
    return {name: spend * w / sum(weight.values()) for name, w in weight.items()}


def agency_to_own(year: int) -> float:
    """Give spend a child with agency carers over own carers, from the line by provider; of 2023-24 for 2024-25."""
    if year > LINES:
        own, agency = (
            figure("service_unit_costs", "value", item=item)
            for item in (
                "LA own fostering gross per child (incl. kinship foster, incl. service overhead)",
                "Independent fostering (private+voluntary) gross per child",
            )
        )
        return agency / own
    paid = {k: figure("s251_lines", k, financial_year=financial(year), line=FOSTERED) for k in PROVIDERS}
    children = {k: stock.fostered_by(year, provider) for k, provider in PROVIDERS.items()}
    agency = (paid["private"] + paid["voluntary"]) / (children["private"] + children["voluntary"])
    return agency / (paid["own"] / children["own"])


def residential_weeks(year: int) -> dict[str, float]:
    """Estimate the weeks behind the published residential pounds a week, by placement (K1, K2, R1, S1)."""
    found = weeks(year)
    names = ("children's home", "secure", "residential school", "other residential")
    homes = stock.shares(year).homes
    return {n: found[n] * (homes if n == "other residential" else 1.0) for n in names}


def _residential(year: int) -> dict[str, float]:
    """Split the line by weeks, or give the published pounds a week times them."""
    lived = residential_weeks(year)
    price = line(year, HOMES_LINE) / sum(lived.values()) if year <= LINES else per_week(year, RESIDENTIAL)
    return {name: price * n for name, n in lived.items()}


def _adoption(year: int) -> float:
    """Give the line, or the published pounds a week times the last published children with a placement order."""
    if year <= LINES:
        return line(year, ADOPTION)
    return (
        per_week(year, "Adoption")
        * figure("placement_orders", "children", year=min(year, published.last("placement_orders")))
        * 365
        / 7
    )


def _services(year: int) -> dict[str, float]:
    return {
        "family and friends": carried("family and friends", year),
        "supported accommodation": supported_price(year) * weeks(year)["supported accommodation"],
        "adoption services": _adoption(year),
        "special guardianship support": carried("special guardianship support", year),
        "leaving care": group(year, LEAVING),
    }


def supported_price(year: int) -> float:
    """Give the one published price of supported accommodation in the prices of a year."""
    one = figure("service_unit_costs", "value", item="Supported accommodation average, one LA (Lincolnshire)")
    return one * published.deflator(year) / published.deflator(2024)


def balance_ratio() -> float:
    """Give what the known lines leave of looked-after spend of 2024-25, over the same lines of 2023-24."""
    known = fostering_spend(YEAR) + sum(_residential(YEAR).values()) + _adoption(YEAR) + group(YEAR, LEAVING)
    return (group(YEAR, LOOKED_AFTER) - known) / sum(line(LINES, x) for x in CARRIED.values())


def carried(name: str, year: int) -> float:
    """Give a line, that of 2023-24 carried to 2024-25."""
    return line(min(year, LINES), CARRIED[name]) * (balance_ratio() if year > LINES else 1.0)


def _asylum(year: int) -> float:
    """Give the asylum line less the supported accommodation of unaccompanied children."""
    return carried("asylum", year) - supported_price(year) * weeks(year, "uasc")["supported accommodation"]
