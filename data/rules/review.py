"""What is care-review-2022? The Review's own case, with what one would have to believe solved."""

from __future__ import annotations

from rules import england, findings, population, rows, solve
from rules.costs import Line, at_home, reform
from rules.england import GROWTH_KEYS
from rules.files import beliefs
from rules.published import CLA, LAIT, ONS
from rules.rows import common
from rules.words import set_toml

NAME, YEAR, LAST = "care-review-2022", solve.BASE, 2052
REVIEW = "published_projections.csv: Independent Review of Children's Social Care, May 2022"


def files() -> dict[str, str]:
    """Write every file of the set."""
    base, lines = solve.base(), items()
    people = population.mid_year(YEAR - 1)
    stock_note = "80,000 as the Review says: the published 82,090 by age and placement (fitted to both margins), scaled"
    return {
        "set.toml": set_toml(HEAD, findings.review()),
        **rows.labels(base, {}, lines),
        "initial_stock.csv": rows.initial_stock(base, f"stock_by_age.csv, stock_by_placement.csv: {CLA}", stock_note),
        "population.csv": rows.population(
            lambda _: people,
            range(YEAR + 1, LAST + 1),
            f"population_mid2023.csv, population_totals.csv: {ONS}",
            "mid-2021, held: the Review states no path, so all growth of entries is in the growth row; mid-2023 cohorts taken "
            "back two years and scaled to the mid-2021 total",
        ),
        **rows.entry(base),
        "exit_rate.csv": rows.exits(base),
        "move_rate.csv": rows.moves(base),
        "unit_cost.csv": rows.unit_costs(lines, YEAR),
        "growth.csv": beliefs(GROWTH_KEYS, _growth(lines), "long_run", "fade_years"),
    }


def items() -> list[Line]:
    """List the items, in 2021-22 prices."""
    found = solve.lines()
    in_care = "; ".join(solve.base().placements)
    lait = f"unit_costs_lait.csv: {LAIT}"
    what = {
        "foster": ("fostering", "B", lait, (0.5, 0.9, 3), "foster", "published pounds a week"),
        "residential": (
            "residential",
            "D",
            lait,
            (0.6, 0.9, 5),
            "residential",
            "5,025 a week, for the share of the group that the published price covers (health, custody and family centres are "
            "not in it)",
        ),
        "other looked-after services": (
            "other looked after",
            "D",
            lait,
            (0.2, 0.7, 5),
            in_care,
            "what is left of 1,430 a week for every child in care: supported accommodation, leaving care, adoption, "
            "guardianship and all else",
        ),
    }
    care = [
        Line(
            name,
            "child_weeks",
            group,
            found[name][0],
            1.0,
            source,
            quality,
            f"{note}; cashable shares are assumed",
            {"placements": placements},
            cash,
            source_year="2021-22",
        )
        for name, (group, quality, source, cash, placements, note) in what.items()
    ]
    name = "children's services outside care"
    rest = Line(
        name,
        "population",
        "outside care",
        found[name][0],
        1.0,
        f"{REVIEW}; {lait}",
        "E",
        "the Review's 10bn less looked-after children at 1,430 a week, over the children of mid-2021: safeguarding, family "
        "support and others",
        source_year="2021-22",
    )
    return [*care, rest, at_home(YEAR), reform()]


def _growth(lines: list[Line]) -> list[rows.Row]:
    entries, price, cash = solve.entry_growth(), solve.price_growth(), solve.price_growth(cash=True)
    solved = f"solved: {REVIEW}"
    return [
        common(
            solved,
            YEAR,
            "E",
            "the constant growth of entry rates from 2022, other rates and the population held, with which 100,000 "
            "children are in care on 31 March 2032; interval from no growth to twice as much, assumed",
            name="entry growth",
            parameter="entry_rate",
            from_year=YEAR,
            value=entries,
            low=0.0,
            high=2 * entries,
            distribution="normal",
            unit="per year",
        ),
        common(
            solved,
            YEAR,
            "E",
            "the constant real growth of every unit cost but the reform programme with which spend of 2031-32 is 15bn in "
            "2021-22 prices; low is the growth if 15bn is read as cash, high is as far above, assumed",
            name="real price growth",
            parameter="unit_cost",
            from_year=YEAR,
            items=[x.name for x in lines if x.group != "reform"],
            value=price,
            low=cash,
            high=2 * price - cash,
            distribution="normal",
            unit="per year",
        ),
    ]


HEAD = {
    **england.HEAD,
    "name": NAME,
    "title": "The Care Review's case, from 31 March 2022",
    "base_year": YEAR,
    "price_year": YEAR,
    "programme_start": solve.PROGRAMME,
}
