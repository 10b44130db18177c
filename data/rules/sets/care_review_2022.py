"""The set care-review-2022: the Review's own case, with what one would have to believe solved."""

from __future__ import annotations

from data.rules.costs.items import Line, at_home, at_will
from data.rules.findings import solve_review, tables, text_figures
from data.rules.findings.tables import Row, common
from data.rules.sets import england
from data.rules.sets.england import GROUPS, GROWTH_KEYS
from data.rules.sources import population
from data.rules.sources.notes import note, read, set_toml
from data.rules.sources.published import CLA, LAIT
from data.rules.sources.write import beliefs

NAME, YEAR, LAST = "care-review-2022", solve_review.BASE, 2052
REVIEW = "published_projections.csv: Independent Review of Children's Social Care, May 2022"
HEAD = {
    **england.HEAD,
    "name": NAME,
    "title": "The Care Review's case, from 31 March 2022",
    "base_year": YEAR,
    # The Review looked ten years ahead, and its claim ends there; more years are run when they are asked for.
    "years": 10,
    "price_year": YEAR,
    "programme_start": solve_review.PROGRAMME,
}


def files() -> dict[str, str]:
    """Write every file of the set."""
    base, lines = solve_review.base(), items()
    people = population.mid_year(YEAR - 1)
    source = f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv: {CLA}"
    return {
        "set.toml": set_toml(HEAD, text_figures.care_review_2022()),
        **tables.labels(base, GROUPS, lines),
        "initial_stock.csv": tables.initial_stock(base, source, note("stock_2022")),
        "population.csv": tables.population(lambda _: people, range(YEAR + 1, LAST + 1), note("population_2022")),
        **tables.entry({"": base}),
        "exit_rate.csv": tables.exits({"": base}),
        "move_rate.csv": tables.moves({"": base}),
        "unit_cost.csv": tables.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, _growth(lines), "long_run", "fade_years"),
    }


def items() -> list[Line]:
    """List the items, in 2021-22 prices."""
    words = {"LAIT": LAIT, "REVIEW": REVIEW, "CARE": "; ".join(solve_review.base().placements)}
    found = []
    for name, about in read("items-2022").items():
        select = {k: about[k].format(**words) for k in ("placements", "ages") if k in about}
        source = about["source"].format(**words)
        line = Line(name, about["driver"], about["group"], solve_review.lines()[name][0], 1.0, source, about["quality"],
                    about["note"], select, tuple(about.get("cash", (0.0, 0.0, 0))), source_year="2021-22")  # fmt: skip
        found.append(line)
    return [*found, at_home(YEAR), *at_will(YEAR)]


def _growth(lines: list[Line]) -> list[Row]:
    entries, price = solve_review.entry_growth(), solve_review.price_growth()
    cash = solve_review.price_growth(cash=True)
    shape = {"distribution": "normal", "unit": "per year", "from_year": YEAR}
    volume = {"name": "entry growth", "parameter": "entry_rate", "value": entries, "low": 0.0, "high": 2 * entries}
    money = {
        "name": "real price growth",
        "parameter": "unit_cost",
        "items": [x.name for x in lines if x.group not in ("reform", "levies")],
    }
    interval = {"value": price, "low": cash, "high": 2 * price - cash}
    solved = f"solved: {REVIEW}"
    return [
        common(solved, YEAR, "E", note("entry_growth"), **volume, **shape),
        common(solved, YEAR, "E", note("price_growth"), **money, **interval, **shape),
    ]
