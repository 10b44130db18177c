"""The first years of england-2025 beside what others say of them: councils' budgets, and pupil projections."""

from __future__ import annotations

from collections.abc import Iterator

from data.rules.findings import run_set
from data.rules.findings.reconcile import ALL, CARED, WIDER
from data.rules.sets import england
from data.rules.sources import population, published
from data.rules.sources.notes import signed
from data.rules.sources.published import financial
from data.rules.sources.write import csv_text

#: Ages of the pupils that are projected, and the years from and to.
PUPILS = {
    "pupils in nursery and primary schools, aged 4 to 10": range(4, 11),
    "pupils in secondary schools, aged 11 to 15": range(11, 16),
}
FIRST, LAST = england.YEAR, 2030
COLUMNS = ("what", "when", "unit", "published", "run", "note")


def tables() -> dict[str, str]:
    """Write the checks."""
    return {"outside_checks.csv": csv_text(COLUMNS, [*_spending(), *_people()])}


def _spending() -> Iterator[dict[str, object]]:
    """Compare the first projected year with the budgets of councils; its growth is that on the outturn before it."""
    year = FIRST + 1
    groups = run_set.run(run_set.load(england.files()), 1).by_group(year)
    cared = sum(gbp for group, gbp in groups.items() if group not in WIDER.values())
    cash = published.deflator(year) / published.deflator(FIRST)
    before = {name: published.group(FIRST, name) for name in (ALL, CARED)}

    def row(what: str, unit: str, wanted: float, found: float, digits: int, note: str) -> dict[str, object]:
        about = {"what": what, "when": financial(year), "unit": unit, "note": note}
        return about | {"published": round(wanted, digits), "run": round(found, digits)}

    def budget(figure: str) -> float:
        return published.figure("outside_checks", "value", figure=figure, year=year)

    rise = "rise of budgets for {} on those of the year before"
    whole, looked_after = rise.format("children's services"), rise.format("children looked after")
    total = sum(groups.values())
    scope = "budgets are of another scope than section 251"
    on = "budget on budget; the run on the outturn of 2024-25"
    yield row("spend on children's services", "GBP m, cash", budget("budgets for children's services") / 1e6,
              total * cash / 1e6, 0, scope)  # fmt: skip
    yield row(
        "rise of spend on children's services",
        "GBP m, cash",
        budget(whole) / 1e6,
        (total * cash - before[ALL]) / 1e6,
        0,
        on,
    )
    yield row("rise of spend on children looked after", "GBP m", budget(looked_after) / 1e6,
              (cared - before[CARED]) / 1e6, 0, f"{on}, in prices of 2024-25")  # fmt: skip
    real = budget(f"{looked_after}, real")
    yield row(
        "rise of spend on children looked after", "per cent, real", real, 100 * (cared / before[CARED] - 1), 1, on
    )


def _people() -> Iterator[dict[str, object]]:
    """Compare the assumed path of children with the pupils projected: January of a year with the mid-year before."""
    ahead = population.path(range(FIRST + 1, LAST + 1))
    ends = population.mid_year(FIRST - 1), ahead[LAST]
    for what, ages in PUPILS.items():
        count = [published.figure("outside_checks", "value", figure=what, year=year) for year in (FIRST, LAST)]
        people = [float(end[list(ages)].sum()) for end in ends]
        yield {
            "what": f"change of children aged {ages[0]} to {ages[-1]}",
            "when": f"{FIRST} to {LAST}",
            "unit": "per cent",
            **{k: signed(v[1] / v[0] - 1).removesuffix("%") for k, v in (("published", count), ("run", people))},
            "note": "pupils of January beside children of the mid-year before, whatever school they go to",
        }
