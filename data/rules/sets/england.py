"""The set england-2025: the latest published data, with growth and intervals."""

from __future__ import annotations

from functools import cache

from data.rules.costs import deflators, intervals, section_251
from data.rules.costs.items import Line
from data.rules.findings import tables, text_figures
from data.rules.findings.tables import Row, common
from data.rules.rates.base_case import AT_HOME, STREAMS, base_case
from data.rules.rates.exits import REASONS
from data.rules.sources import population
from data.rules.sources.notes import note, percent, set_toml
from data.rules.sources.published import CLA, LAIT, ONS, financial
from data.rules.sources.write import beliefs

NAME, YEAR, LAST = "england-2025", 2025, 2055
#: Groups of placements, the same in every set.
FOSTERING, KINSHIP, RESIDENTIAL = "fostering", "kinship", "residential"
SEMI_INDEPENDENT, FAMILY, OUTSIDE = "semi-independent", "with parents or adopters", "outside care"
GROUPS = {
    "kinship foster": KINSHIP,
    "foster in-house": FOSTERING,
    "foster agency": FOSTERING,
    "children's home": RESIDENTIAL,
    "secure": RESIDENTIAL,
    "other residential": RESIDENTIAL,
    "residential school": RESIDENTIAL,
    "supported accommodation": SEMI_INDEPENDENT,
    "with parents": FAMILY,
    "placed for adoption": FAMILY,
    "other": "other",
    AT_HOME: OUTSIDE,
}
#: Calendar year of programme year 1: 2027-28, the first that can still be decided on.
PROGRAMME = 2028
HEAD = {
    "name": NAME,
    "title": "England, from 31 March 2025",
    "base_year": YEAR,
    "years": 20,
    "price_year": YEAR,
    "programme_start": PROGRAMME,
    "first_age": 0,
    "last_age": 17,
    "streams": list(STREAMS),
    "averted_to": AT_HOME,
    "deflator": deflators.DEFLATOR,
    "discount": deflators.DISCOUNT,
    "schedule": "standard",
    "record": "england",
}
HOMES = ("children's home", "secure", "other residential", "residential school")
GROWTH_KEYS = ("name", "parameter", "streams", "ages", "placements", "reasons", "items", "from_year")
ADJUST_KEYS = ("name", "parameter", "streams", "years", "ages", "placements", "to", "reasons", "items")
#: Long-run real growth of a unit cost, its interval, and years of the fade: assumed.
LONG_RUN, LONG_RUN_LOW, LONG_RUN_HIGH, FADE = 0.01, 0.0, 0.025, 10


@cache
def files() -> dict[str, str]:
    """Write every file of the set, once: other sets are built on it."""
    base, lines = base_case(YEAR), section_251.lines()
    source = f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv, foster_by_provider.csv: {CLA}"
    years = range(YEAR + 1, LAST + 1)
    ahead = population.path(years)
    return {
        "set.toml": set_toml(HEAD, text_figures.england_2025()),
        **tables.labels(base, GROUPS, lines),
        "initial_stock.csv": tables.initial_stock(base, source, note("stock")),
        "population.csv": tables.population(lambda y: ahead[y], years, note("population")),
        **tables.entry({"": base}),
        "exit_rate.csv": tables.exits({"": base}),
        "move_rate.csv": tables.moves({"": base}),
        "unit_cost.csv": tables.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, [*prices(lines, YEAR), people()], "long_run", "fade_years"),
        "adjustments.csv": beliefs(ADJUST_KEYS, levels()),
    }


def prices(lines: list[Line], year: int) -> list[Row]:
    """Give the growth of unit costs from a price year, as the years up to it show."""
    fostering = [x.name for x in lines if x.group == "fostering"]
    known = {*HOMES, *fostering, *(x.name for x in lines if x.driver == "year")}
    path = {"parameter": "unit_cost", "from_year": year, "long_run": LONG_RUN, "fade_years": FADE}
    rest = {
        "growth of other prices": [x.name for x in lines if x.name not in known and x.driver != "population"],
        "growth of services for all children": [x.name for x in lines if x.driver == "population"],
    }
    measured = {
        "growth of residential prices": (HOMES, section_251.RESIDENTIAL),
        "growth of fostering prices": (fostering, section_251.FOSTERING),
    }
    seen = f"2016-17 to {financial(year)}"
    about = note("growth_measured", years=seen, fade=FADE, long_run=percent(LONG_RUN, 0))
    source = f"unit_costs_lait.csv: {LAIT}; gdp_deflator.csv: HM Treasury"
    found = [
        common(source, seen, "D", about, name=n, items=items, **path, **_growth(*intervals.growth(of, year)))
        for n, (items, of) in measured.items()
    ]
    flat = _growth(LONG_RUN, LONG_RUN_LOW, LONG_RUN_HIGH)
    assumed = note("growth_assumed", years=seen, wider=percent(intervals.wider_growth(year)))
    return found + [common("assumed", year, "E", assumed, name=n, items=i, **path, **flat) for n, i in rest.items()]


def _growth(value: float, low: float, high: float) -> Row:
    return {"value": value, "low": low, "high": high, "distribution": "normal", "unit": "per year"}


def people() -> Row:
    """Give the uncertainty of the child population after the last mid-year estimate."""
    low, high = population.spread(range(YEAR + 1, YEAR + 21))
    path = {"parameter": "population", "from_year": YEAR + 1, "long_run": 0.0}
    source = f"derived from stated births and migration; {ONS}"
    name = "growth of the child population"
    return common(source, YEAR, "E", note("growth_population"), name=name, **path, **_growth(0.0, low, high))


def levels(years: str = "") -> list[Row]:
    """State the uncertainty that all ages and placements share, in some years or in all."""
    flows, prices = f"flows.csv, time_series.csv: {CLA}", f"unit_costs_lait.csv: {LAIT}"
    low, high = intervals.past_interval()
    past = {"past": percent(intervals.past_entries()), "past_low": f"{low:.2f}", "past_high": f"{high:.2f}"}
    wander = note("wander", **past)
    named = {"reasons": list(REASONS)}
    uasc, homes = intervals.arrivals_level(), intervals.home_price()
    stated = [
        ("level of entries", "entry_rate", intervals.entries_level(), flows, wander, {"streams": "other"}),
        ("level of unaccompanied entries", "entry_rate", uasc, flows, note("arrivals"), {"streams": "uasc"}),
        ("level of exits", "exit_rate", intervals.exits_level(), flows, note("exits_wander"), named),
        ("price of residential care", "unit_cost", homes, prices, note("home_price"), {"items": HOMES}),
    ]
    shape = {"value": 1.0, "distribution": "lognormal", "unit": "multiplier", "years": years}
    return [
        common(source, "2021 to 2025", "D", about, name=name, parameter=of, low=i[0], high=i[1], **shape, **where)
        for name, of, i, source, about, where in stated
    ]
