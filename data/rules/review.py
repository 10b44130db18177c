"""What is care-review-2022? The Review's own case, with what one would have to believe solved."""

from __future__ import annotations

from rules import england, findings, population, rows, solve
from rules.england import GROWTH_KEYS
from rules.files import beliefs
from rules.items import Line, at_home, at_will
from rules.published import CLA, LAIT
from rules.rows import Row, common
from rules.words import note, read, set_toml

NAME, YEAR, LAST = "care-review-2022", solve.BASE, 2052
REVIEW = "published_projections.csv: Independent Review of Children's Social Care, May 2022"
HEAD = {
    **england.HEAD,
    "name": NAME,
    "title": "The Care Review's case, from 31 March 2022",
    "base_year": YEAR,
    "price_year": YEAR,
    "programme_start": solve.PROGRAMME,
}


def files() -> dict[str, str]:
    """Write every file of the set."""
    base, lines = solve.base(), items()
    people = population.mid_year(YEAR - 1)
    source = f"stock_by_age.csv, stock_by_placement.csv, uasc_stock.csv: {CLA}"
    return {
        "set.toml": set_toml(HEAD, findings.review()),
        **rows.labels(base, {}, lines),
        "initial_stock.csv": rows.initial_stock(base, source, note("stock_2022")),
        "population.csv": rows.population(lambda _: people, range(YEAR + 1, LAST + 1), note("population_2022")),
        **rows.entry({"": base}),
        "exit_rate.csv": rows.exits({"": base}),
        "move_rate.csv": rows.moves({"": base}),
        "unit_cost.csv": rows.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, _growth(lines), "long_run", "fade_years"),
    }


def items() -> list[Line]:
    """List the items, in 2021-22 prices."""
    words = {"LAIT": LAIT, "REVIEW": REVIEW, "CARE": "; ".join(solve.base().placements)}
    found = []
    for name, about in read("items-2022").items():
        select = {k: about[k].format(**words) for k in ("placements", "ages") if k in about}
        source = about["source"].format(**words)
        line = Line(name, about["driver"], about["group"], solve.lines()[name][0], 1.0, source, about["quality"],
                    about["note"], select, tuple(about.get("cash", (0.0, 0.0, 0))), source_year="2021-22")  # fmt: skip
        found.append(line)
    return [*found, at_home(YEAR), *at_will(YEAR)]


def _growth(lines: list[Line]) -> list[Row]:
    entries, price, cash = solve.entry_growth(), solve.price_growth(), solve.price_growth(cash=True)
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
