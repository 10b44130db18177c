"""What is england-2025? The set from the latest published data."""

from __future__ import annotations

from rules import costs, findings, money, population, rows, variation
from rules.case import AT_HOME, STREAMS, case
from rules.costs import Line
from rules.files import beliefs
from rules.published import CLA, LAIT, ONS
from rules.rows import common
from rules.words import set_toml

NAME, YEAR, LAST = "england-2025", 2025, 2055
GROUPS = {
    "kinship foster": "fostering",
    "foster in-house": "fostering",
    "foster agency": "fostering",
    "children's home": "residential",
    "secure": "residential",
    "other residential": "residential",
    "residential school": "residential",
}
HOMES = ("children's home", "secure", "other residential", "residential school")
GROWTH_KEYS = ("name", "parameter", "streams", "ages", "placements", "reasons", "items", "from_year")
ADJUST_KEYS = ("name", "parameter", "streams", "years", "ages", "placements", "to", "reasons", "items")
#: Long-run real growth of a unit cost, and years of the fade: assumed.
LONG_RUN, FADE = 0.01, 10


def files() -> dict[str, str]:
    """Write every file of the set."""
    base, lines = case(YEAR), costs.lines()
    stock_note = (
        "single age by placement fitted to both published margins from stated age profiles; unaccompanied children "
    )
    stock_note += "and the split of fostering and of homes carried from 2024"
    years = range(YEAR + 1, LAST + 1)
    ahead = population.path(years)
    return {
        "set.toml": set_toml(HEAD, findings.england()),
        **rows.labels(base, GROUPS, lines),
        "initial_stock.csv": rows.initial_stock(
            base, f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv, foster_by_provider.csv: {CLA}", stock_note
        ),
        "population.csv": rows.population(
            lambda y: ahead[y],
            years,
            f"population_mid2023.csv, population_totals.csv: {ONS}",
            "mid-2023 single ages scaled to revised totals and aged forward; births at the mid-2023 count of age 0; net "
            "migration of 40,000 children a year (assumed)",
        ),
        **rows.entry(base),
        "exit_rate.csv": rows.exits(base),
        "move_rate.csv": rows.moves(base),
        "unit_cost.csv": rows.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, _growth(lines), "long_run", "fade_years"),
        "adjustments.csv": beliefs(ADJUST_KEYS, adjustments(HOMES)),
    }


HEAD = {
    "name": NAME,
    "title": "England, from 31 March 2025",
    "base_year": YEAR,
    "years": 20,
    "price_year": YEAR,
    "programme_start": YEAR + 1,
    "first_age": 0,
    "last_age": 17,
    "streams": list(STREAMS),
    "averted_to": AT_HOME,
    "deflator": money.DEFLATOR,
    "discount": money.DISCOUNT,
    "schedule": "standard",
}


def _growth(lines: list[Line]) -> list[rows.Row]:
    unit = {"parameter": "unit_cost", "from_year": YEAR, "unit": "per year", "long_run": LONG_RUN, "fade_years": FADE}
    fade = f"fades over {FADE} years to {LONG_RUN:.0%}, assumed near the growth of real pay"
    homes, low, high = variation.real_growth(costs.RESIDENTIAL)
    foster, f_low, f_high = variation.real_growth(costs.FOSTERING)
    known = {*HOMES, *(x.name for x in lines if x.group == "fostering"), "reform programme"}
    others = [x.name for x in lines if x.name not in known and x.driver != "population"]
    wide = [x.name for x in lines if x.driver == "population"]
    measured = f"unit_costs_lait.csv: {LAIT}; gdp_deflator.csv: HM Treasury"
    mean = "mean real growth of the published pounds a week, 2016-17 to 2024-25; interval of that mean; "
    assumed = f"assumed near the growth of real pay; the groups outside looked-after children grew "
    assumed += f"{variation.wider_growth():.1%} a year real a child from 2016-17 to 2024-25"
    spread = population.spread(range(YEAR + 1, YEAR + 21))
    flat = {**unit, "long_run": LONG_RUN, "value": LONG_RUN, "low": 0.0, "high": 0.025, "distribution": "normal"}
    return [
        common(
            measured,
            "2016-17 to 2024-25",
            "D",
            mean + fade,
            **unit,
            name="growth of residential prices",
            items=HOMES,
            value=homes,
            low=low,
            high=high,
            distribution="normal",
        ),
        common(
            measured,
            "2016-17 to 2024-25",
            "D",
            mean + fade,
            **unit,
            name="growth of fostering prices",
            items=[x.name for x in lines if x.group == "fostering"],
            value=foster,
            low=f_low,
            high=f_high,
            distribution="normal",
        ),
        common("assumed", YEAR, "E", assumed, **flat, name="growth of other prices", items=others),
        common("assumed", YEAR, "E", assumed, **flat, name="growth of services for all children", items=wide),
        common(
            "derived from stated births and migration; " + ONS,
            YEAR,
            "E",
            f"the central path is in population.csv; low and high paths have births {population.BIRTHS['low']:g} and "
            f"{population.BIRTHS['high']:g} of the mid-2023 count and net migration of "
            f"{population.MIGRATION['low']:,.0f} and {population.MIGRATION['high']:,.0f} a year",
            name="growth of the child population",
            parameter="population",
            from_year=YEAR + 1,
            value=0.0,
            low=spread[0],
            high=spread[1],
            distribution="normal",
            unit="per year",
            long_run=0.0,
        ),
    ]


def adjustments(homes: tuple[str, ...]) -> list[rows.Row]:
    """State the uncertainty that all ages and placements share."""
    other, exits = variation.wandering(variation.entries_other()), variation.wandering(variation.exits_before_18())
    uasc, price = variation.around(variation.entries_uasc()), variation.home_price()
    source = f"flows.csv, time_series.csv: {CLA}"
    wander = (
        "90% interval of the 20-year mean of a random walk whose yearly changes vary as in 2021 to 2025; five calm "
    )
    wander += f"years: yearly changes of all starts since 1994 vary by {variation.past_entries():.1%}"

    def row(name: str, parameter: str, interval: tuple[float, float], note: str, **more: object) -> rows.Row:
        low, high = interval
        where = more.pop("source", source)
        return common(
            str(where),
            "2021 to 2025",
            "D",
            note,
            name=name,
            parameter=parameter,
            value=1.0,
            low=low,
            high=high,
            distribution="lognormal",
            unit="multiplier",
            **more,
        )

    return [
        row("level of entries", "entry_rate", other, wander, streams="other"),
        row(
            "level of unaccompanied entries",
            "entry_rate",
            uasc,
            "90% interval from the spread of yearly unaccompanied starts, 2,800 to 7,330, about their mean; arrivals follow "
            "events abroad and government policy",
            streams="uasc",
        ),
        row(
            "level of exits",
            "exit_rate",
            exits,
            "as for entries, from exits before 18 over the mean stock, those to another authority left out",
            reasons=[r for r in rows.REASONS],
        ),
        row(
            "price of residential care",
            "unit_cost",
            price,
            "90% interval from the spread of yearly real growth of the published price since 2020-21; covers the estimate of "
            "care days too",
            items=homes,
            source=f"unit_costs_lait.csv: {LAIT}",
        ),
    ]
