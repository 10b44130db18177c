"""The set england-2025, of the latest published data, with growth and intervals; or that of a year's release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from data.rules.costs import deflators, intervals, price_spread, section_251
from data.rules.costs.items import Line
from data.rules.findings import tables, text_figures
from data.rules.findings.tables import Row, common
from data.rules.rates.base_case import AT_HOME, STREAMS, base_case
from data.rules.sets import baselines
from data.rules.sets.baselines import ADJUST_KEYS, GROWTH_KEYS, GROWTH_MORE, HOMES
from data.rules.sources import population
from data.rules.sources.notes import filled, note, percent, read, set_toml
from data.rules.sources.published import (
    CHILDREN,
    CLA,
    ENTERED,
    LAIT,
    LINES,
    PRICED,
    RELEASED,
    SHARED,
    UNACCOMPANIED,
    financial,
    group,
)
from data.rules.sources.write import beliefs, csv_text, toml_text

YEAR = CHILDREN
NAME, LAST = f"england-{YEAR}", YEAR + 30
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
#: Programme year 1, the first that can still be decided on: 2027-28 for 31 March 2025, published in November.
PROGRAMME = YEAR + 3
HEAD = {
    "name": NAME,
    "title": f"England, from 31 March {YEAR}",
    "base_year": YEAR,
    "years": 20,
    "price_year": PRICED,
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
#: What the sets of 2025 state at their head: the baselines that their rows are, too. A set of a release states none,
#: because the packaged ones speak from 2025.
STATED = HEAD if RELEASED else {**HEAD, "baselines": list(baselines.DEFAULT)}
#: Long-run real growth of a unit cost, its interval, and years of the fade: assumed.
LONG_RUN, LONG_RUN_LOW, LONG_RUN_HIGH, FADE = 0.01, 0.0, 0.025, 10


#: The words of the set: those of a release name no figure of another year.
WORDS_OF = "england-release" if RELEASED else NAME
_LISTS = ("gap", "contradiction", "left_out")


@cache
def files() -> dict[str, str]:
    """Write every file of the set, once: other sets are built on it."""
    base, lines = base_case(YEAR), section_251.lines()
    source = f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv, foster_by_provider.csv: {CLA}"
    years = range(YEAR + 1, LAST + 1)
    ahead = population.path(years)
    return {
        "set.toml": set_toml(STATED, figures(), WORDS_OF),
        **tables.labels(base, GROUPS, lines),
        "initial_stock.csv": tables.initial_stock(base, source, note("stock", carried=SHARED)),
        "population.csv": tables.population(lambda y: ahead[y], years, note("population")),
        **tables.entry({"": base}),
        "exit_rate.csv": tables.exits({"": base}),
        "move_rate.csv": tables.moves({"": base}),
        "unit_cost.csv": tables.unit_costs(lines, PRICED),
        "growth.csv": growth(lines),
        "adjustments.csv": beliefs(ADJUST_KEYS, levels(baselines.DEFAULT)),
        **walks(),
        "price_spread.csv": price_spread.text(lines),
        **baselines.background(),
    }


def variant(kind: str, added: Mapping[str, str], **head: int) -> str:
    """Write set.toml of a set on top of this one (phases, after-care), which has what this one leaves out."""
    base, own = filled(read(WORDS_OF), figures()), read(f"england-2025-{kind}")
    own = {key: filled(own.get(key, []), {"base": str(YEAR), **added}) for key in (*_LISTS, "title", "instead_of")}
    kept = [x for x in base["left_out"] if not x["what"].startswith(tuple(own["instead_of"]))]
    if RELEASED:  # its words say in one sentence that all is left out that england-2025 leaves out
        kept.append({"what": "Of that, this set has: " + " ".join(own["instead_of"])})
    elif len(kept) != len(base["left_out"]) - len(own["instead_of"]):
        raise ValueError(f"{NAME}.toml does not leave out {own['instead_of']!r}")
    about = {**STATED, "name": f"{NAME}-{kind}", "title": own["title"], "base": NAME, **head}
    about |= {key: base[key] for key in ("scope", "inaction")}
    lists = {key: [*base.get(key, []), *own[key]] for key in _LISTS} | {"left_out": [*kept, *own["left_out"]]}
    return toml_text(about, scopes=base["scopes"], **lists)


def figures() -> dict[str, str]:
    """Give the figures that the words of the set name."""
    known = text_figures.england_2025()
    if not RELEASED:
        return known
    named = ("worst_total", "worst_band", "worst_18", "moves", "mix", "born", "balance", "cash_short", "cash_long")
    years = {"rates": YEAR, "priced": PRICED, "programme": PROGRAMME, "lines": LINES}
    carried = {"detail": SHARED, "uasc": UNACCOMPANIED, "started": ENTERED}
    return {
        **{key: known[key] for key in named},
        **{key: financial(year) for key, year in years.items()},
        **{key: str(year) for key, year in {"base": YEAR, **carried}.items()},
        "spend": f"{group(PRICED, 'Total children and young people (excluding CERA)'):,.0f}",
        "care": f"{group(PRICED, 'Children looked after'):,.0f}",
    }


def growth(lines: list[Line]) -> str:
    """Write growth.csv of a set with some items: that of its baselines."""
    return beliefs(GROWTH_KEYS, baselines.stated(lines), *GROWTH_MORE)


def walks() -> dict[str, str]:
    """Write paths.csv, where a baseline has walks."""
    rows = [row for name in baselines.DEFAULT for row in baselines.paths(name)]
    return {"paths.csv": csv_text(baselines.PATH_COLUMNS, rows)} if rows else {}


def prices(lines: list[Line], year: int) -> list[Row]:
    """Give the growth of unit costs from a price year, as all the years up to it show: that of the sets of 2022."""
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
    (row,) = baselines.growth("population-assumed", [])
    return row


def levels(names: Sequence[str], years: str = "") -> list[Row]:
    """State the uncertainty that all ages and placements share, in some years or in all: of baselines, and of homes."""
    low, high = intervals.home_price()
    homes = {"name": "price of residential care", "parameter": "unit_cost", "items": HOMES, "years": years}
    shape = {"value": 1.0, "low": low, "high": high, "distribution": "lognormal", "unit": "multiplier"}
    price = common(f"unit_costs_lait.csv: {LAIT}", f"2021 to {PRICED}", "D", note("home_price"), **homes, **shape)
    return [*(row for name in names for row in baselines.adjustments(name, years)), price]
