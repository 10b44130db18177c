"""The set england-2022: the record from 31 March 2022 to 2025, each year with its own published rates."""

from __future__ import annotations

from functools import cache

from data.rules.costs import section_251
from data.rules.costs.items import Line, over
from data.rules.findings import reconcile, run_set, tables
from data.rules.rates import chained_rates
from data.rules.sets import baselines, england
from data.rules.sets.england import ADJUST_KEYS, GROUPS, GROWTH_KEYS
from data.rules.sources import population
from data.rules.sources.notes import note, set_toml
from data.rules.sources.published import CLA
from data.rules.sources.write import beliefs, toml_text

NAME, YEAR, PRICES, LAST = "england-2022", chained_rates.BASE, chained_rates.LAST, chained_rates.END
#: Baselines whose levels it states for the years that are not published.
BELIEVED = ("entries-held",)
SOURCE = f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv, foster_by_provider.csv: {CLA}"
HEAD = {
    **england.HEAD,
    "name": NAME,
    "title": "England from 31 March 2022, with the published rates of 2022-23 to 2024-25",
    "base_year": YEAR,
    "years": PRICES - YEAR,
    "price_year": PRICES,
    "programme_start": YEAR + 1,
}


@cache
def files() -> dict[str, str]:
    """Write every file of the set: unit costs are spend of 2024-25 over the drivers of 2024-25 of its own run."""
    words = set_toml(HEAD, reconcile.figures(done()) | {"mix": _mix()})
    return {"set.toml": words, **_tables(), **_priced(over(section_251.lines(PRICES), volumes(), note("over_run")))}


@cache
def done() -> run_set.CentralRun:
    """Run the record with the unit costs of england-2025."""
    made = {"set.toml": toml_text(HEAD), **_tables(), **_priced(section_251.lines(PRICES))}
    return run_set.run(run_set.load(made), PRICES - YEAR)


def volumes() -> dict[str, float]:
    """Give the volume of each item's driver in 2024-25, as the run has it."""
    return {item: float(v[done().years.index(PRICES)]) for item, v in done().volume.items()}


@cache
def _tables() -> dict[str, str]:
    lines = section_251.lines(PRICES)
    cases, ahead = chained_rates.periods(), f"{PRICES + 1}-{LAST}"
    return {
        **tables.labels(next(iter(cases.values())), GROUPS, lines),
        "initial_stock.csv": tables.initial_stock(next(iter(cases.values())), SOURCE, note("stock_2022_full"), YEAR),
        "population.csv": tables.population(_people, range(YEAR + 1, LAST + 1), note("population_record")),
        **tables.entry(cases),
        "exit_rate.csv": tables.exits(cases),
        "move_rate.csv": tables.moves(chained_rates.moving(), carried=[str(y) for y in chained_rates.chain()]),
        "growth.csv": beliefs(
            GROWTH_KEYS, [*england.prices(lines, PRICES), england.people()], "long_run", "fade_years"
        ),
        "adjustments.csv": beliefs(ADJUST_KEYS, [*england.levels(BELIEVED, ahead), baselines.arrivals_once(ahead)]),
    }


def _mix() -> str:
    return f"{100 * chained_rates.worst():.2f} points"


def _priced(lines: list[Line]) -> dict[str, str]:
    return {"unit_cost.csv": tables.unit_costs(lines, PRICES)}


def _people(year: int) -> population.Array:
    if year <= PRICES:
        return population.mid_year(year - 1)
    return population.path(range(PRICES + 1, LAST + 1))[year]
