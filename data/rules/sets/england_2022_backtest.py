"""The set england-2022-backtest: the rates of 2021-22 held, as could be said on 31 March 2022."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from data.rules.costs import section_251
from data.rules.findings import reconcile, run_set, tables
from data.rules.findings.reconcile import ALL, CHILDREN, EXITS, SPEND, STARTED
from data.rules.rates.base_case import Case, base_case
from data.rules.sets import england
from data.rules.sets.england import GROUPS, GROWTH_KEYS
from data.rules.sets.england_2022 import SOURCE
from data.rules.sources import population, published
from data.rules.sources.notes import note, set_toml, signed
from data.rules.sources.write import beliefs, toml_text

NAME, YEAR, LAST, SEEN = "england-2022-backtest", 2022, 2032, 2025
HEAD = {
    **england.HEAD,
    "name": NAME,
    "title": "England from 31 March 2022, with the rates of 2021-22 held",
    "base_year": YEAR,
    "years": SEEN - YEAR,
    "price_year": YEAR,
    "programme_start": YEAR + 1,
}


@cache
def files() -> dict[str, str]:
    """Write every file of the set; single ages are fitted to no later year than the base year."""
    return {"set.toml": set_toml(HEAD, figures()), **_tables()}


@cache
def _tables() -> dict[str, str]:
    base, lines = _base(), section_251.lines(YEAR)
    years = range(YEAR + 1, LAST + 1)
    ahead = population.path(years)
    return {
        **tables.labels(base, GROUPS, lines),
        "initial_stock.csv": tables.initial_stock(base, SOURCE, note("stock_2022_full")),
        "population.csv": tables.population(lambda y: ahead[y], years, note("population_backtest")),
        **tables.entry({"": base}),
        "exit_rate.csv": tables.exits({"": base}),
        "move_rate.csv": tables.moves({"": base}),
        "unit_cost.csv": tables.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, england.prices(lines, YEAR), "long_run", "fade_years"),
    }


def _base() -> Case:
    return base_case(YEAR, last_known=YEAR)


@cache
def done(as_it_came: bool = False) -> run_set.CentralRun:
    """Run the set; with the child population as it came, if asked."""
    made = _tables() | {"set.toml": toml_text(HEAD)}
    if as_it_came:
        years = range(YEAR + 1, SEEN + 1)
        came = tables.population(lambda y: population.mid_year(y - 1), years, note("population_record"))
        made |= {"population.csv": came}
    return run_set.run(run_set.load(made), SEEN - YEAR)


def inflation() -> float:
    """Give pounds of 2024-25 over pounds of 2021-22, as it came."""
    return published.deflator(SEEN) / published.deflator(YEAR)


def lines() -> Iterator[reconcile.Line]:
    """Compare children, flows and spend; spend in cash by the deflator as it came."""
    run = done()
    found = list(reconcile.children(run))
    everyone = next(x for x in found if (x.measure, x.what) == (CHILDREN, "all"))
    came = dict(zip(run.years, map(float, done(as_it_came=True).stock.sum(1)), strict=True))
    yield everyone
    yield reconcile.Line(CHILDREN, "all, with the child population as it came", everyone.published, came)
    yield from found[1:]
    cash = {k: v * inflation() for k, v in run.by_group(SEEN).items()}
    yield from reconcile.spend(cash)
    wanted = {SEEN: published.group(SEEN, ALL) / 1e6}
    yield reconcile.Line(SPEND, "All, without real growth of prices", wanted, {SEEN: held() / 1e6})


def held() -> float:
    """Give cash spend of 2024-25 with the real prices of 2021-22."""
    at = done().years.index(SEEN)
    real = sum(x.unit_cost * float(done().volume[x.name][at]) for x in section_251.lines(YEAR))
    return real * inflation()


def figures() -> dict[str, str]:
    """Give the errors of 2025, for words."""
    error = {(x.measure, x.what): x.error(SEEN) for x in lines()}
    return {
        "total": signed(error[CHILDREN, "all"]),
        "came": signed(error[CHILDREN, "all, with the child population as it came"]),
        "spend": signed(error[SPEND, reconcile.WHOLE]),
        "held": signed(error[SPEND, "All, without real growth of prices"]),
        "starting": signed(error[STARTED, "all"]),
        "leaving": signed(error[EXITS, "16 and 17"]),
        "young": signed(error[CHILDREN, "1 to 4"]),
        "old": signed(error[CHILDREN, "16 and 17"]),
    }
