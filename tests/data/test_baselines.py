"""Do the packaged baselines say what the record says, worked out apart from the rules of the build?"""

from __future__ import annotations

import numpy as np
import pytest

from carecost.files.baselines import baselines
from tests.data.published import FINDINGS, LOOKED_AFTER, published, rows, spent, table

KNOWN = baselines()
RESIDENTIAL = "Residential (gross s251 / 903 care days K1,K2,R1,S1)"
FOSTERING = "Fostering (gross s251 / foster placements)"
LEAVING = "Leaving care support (within children looked after)"
#: Names of the two categories that supported accommodation was counted in before it was registered.
HOUSED = ("Independent and semi-independent living arrangements/supported accommodation", "Other placements")


def financial(year: int) -> str:
    """Financial year as published."""
    return f"{year - 1}-{year % 100:02d}"


def growth(pounds: dict[int, float]) -> np.ndarray:
    """Yearly changes of the logarithm of pounds, in real terms."""
    prices = {year: published("gdp_deflator", "index_2024_25_100", financial_year=financial(year)) for year in pounds}
    return np.diff(np.log([gbp / prices[year] for year, gbp in pounds.items()]))


def per_week(item: str) -> dict[int, float]:
    return {y: published("unit_costs_lait", "value", financial_year=financial(y), item=item) for y in range(2017, 2026)}


def line(start: str, years: range) -> dict[int, float]:
    """A section 251 line by year [GBP]."""
    of = {r["financial_year"]: float(r["total"]) for r in rows(PUBLISHED_LINES) if r["line"].startswith(start)}
    return {year: of[financial(year)] for year in years}


PUBLISHED_LINES = FINDINGS.parent / "published" / "s251_lines.csv"


def mean_of_dates(column: str, year: int) -> float:
    return (published("time_series", column, year=year - 1) + published("time_series", column, year=year)) / 2


def leaving_care() -> dict[int, float]:
    return {
        y: spent(LEAVING, financial(y)) / published("care_leavers", "young_people", year=y) for y in range(2017, 2026)
    }


def guardianship() -> dict[int, float]:
    orders = "left care by special guardianship order"
    found = line("3.1.4 ", range(2017, 2025))
    return {y: gbp / published("after_care", "value", year=y, figure=orders) for y, gbp in found.items()}


def unaccompanied() -> dict[int, float]:
    return {y: gbp / mean_of_dates("uasc", y) for y, gbp in line("3.1.10 ", range(2019, 2025)).items()}


def housed(*lines: str) -> dict[int, float]:
    years = range(2021, 2025)
    return {
        y: sum(line(one, years)[y] for one in lines)
        / sum(published("stock_by_placement", "children", year=y, placement=name) for name in HOUSED)
        for y in years
    }


RECORDS = {
    "growth of residential prices": (lambda: per_week(RESIDENTIAL), 0.064, 0.078),
    "growth of fostering prices": (lambda: per_week(FOSTERING), 0.001, 0.012),
    "growth of leaving care prices": (leaving_care, 0.041, 0.021),
    "growth of guardianship prices": (guardianship, 0.063, 0.050),
    "growth of prices for unaccompanied children": (unaccompanied, None, 0.013),
    "growth of supported accommodation prices": (lambda: housed("3.1.5 ", "3.1.10 "), None, 0.026),
    "growth of other looked-after prices": (lambda: housed("3.1.5 "), None, 0.022),
}


@pytest.mark.parametrize("name", RECORDS)
def test_price_grows_as_its_own_record(name: str) -> None:
    of, whole, recent = RECORDS[name]
    changes = growth(of())
    if whole is not None:
        assert np.exp(changes.mean()) - 1 == pytest.approx(whole, abs=6e-4)  # as said, to three digits
    last = np.exp(changes[-3:].mean()) - 1
    assert last == pytest.approx(recent, abs=6e-4)
    for view, value in (("flat", 0.0), ("fading", last), ("growing", last)):
        (row,) = [row for row in KNOWN[f"prices-{view}"].rows if row.name == name]
        spread = changes.std(ddof=1) / (np.sqrt(3) if len(changes) == 3 else 1)
        ends = np.exp(np.log1p(value) + 1.645 * spread * np.array([-1, 1])) - 1
        found = row.belief
        assert (found.value, found.low, found.high) == pytest.approx((value, *ends), abs=1e-9)
        stated = (row.long_run, row.fade_years, row.hold_years)
        assert stated == {"flat": (0.0, 10, 3), "fading": (0.01, 10, 3), "growing": (None, None, 0)}[view]


def test_every_unit_cost_that_is_not_paid_by_the_year_grows_once() -> None:
    items = [row["item"] for row in table("england-2025", "items") if row["driver"] != "year"]
    for view in ("flat", "fading", "growing"):
        listed = [item for row in KNOWN[f"prices-{view}"].rows for item in row.where.items or ()]
        assert sorted(listed) == sorted(items)


def unaccompanied() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unaccompanied children: stocks from 2004; starts and ceased from 2005, before 2021 by a mean hazard."""
    alone = "Unaccompanied asylum-seeking children"
    stock = np.array([published("time_series", "uasc", year=y) for y in range(2004, 2026)])
    flows = {
        flow: np.array(
            [
                published("flows", "children", year=y, flow=flow, by=alone, characteristic=alone)
                for y in range(2021, 2026)
            ]
        )
        for flow in ("started", "ceased")
    }
    lived = (stock[1:] + stock[:-1]) / 2
    left = np.append((flows["ceased"] / lived[-5:]).mean() * lived[:-5], flows["ceased"])
    came = np.append(np.diff(stock)[:-5] + left[:-5], flows["started"])
    return stock, came, left


def test_walks_vary_and_go_together_as_the_record_of_all_but_unaccompanied() -> None:
    stock, came, left = unaccompanied()
    others = np.array([published("time_series", "stock", year=y) for y in range(2004, 2026)]) - stock
    started, ceased = (
        np.array([published("time_series", column, year=y) for y in range(2005, 2026)])
        for column in ("started", "ceased")
    )
    entries = np.diff(np.log(started - came))
    exits = np.diff(np.log((ceased - left) / (others[1:] + others[:-1])))
    together = np.corrcoef(entries, exits)[0, 1]
    assert (entries.std(ddof=1), exits.std(ddof=1), together) == pytest.approx((0.0474, 0.0416, 0.22), abs=5e-3)
    walks = KNOWN["entries-wandering"].paths
    for parameter, changes in (("entry_rate", entries), ("exit_rate", exits)):
        of = [path for path in walks if path.parameter == parameter]
        assert sum(path.sd**2 for path in of) == pytest.approx(changes.var(ddof=1), rel=1e-8)
    shared = [path for path in walks if path.luck]
    assert len(shared) == 2 and len({path.luck for path in shared}) == 1
    of_both = np.prod([path.sd for path in shared]) / (entries.std(ddof=1) * exits.std(ddof=1))
    assert of_both == pytest.approx(together, rel=1e-8)


def test_arrivals_wander_as_their_record_and_their_ends_are_its_interval() -> None:
    came = np.log(unaccompanied()[1])
    (path,) = KNOWN["unaccompanied-central"].paths
    assert (path.kind, path.where.streams) == ("mean reverting", ("uasc",))
    assert path.sd == pytest.approx(came.std(ddof=1), rel=1e-8)
    assert path.half_life is not None
    assert 0.5 ** (1 / path.half_life) == pytest.approx(np.corrcoef(came[1:], came[:-1])[0, 1], rel=1e-8)
    low, high = (KNOWN[f"unaccompanied-{end}"].rows[0].belief for end in ("low", "high"))
    assert low.certain and high.certain
    assert np.log([low.value, high.value]) == pytest.approx([-1.645 * path.sd, 1.645 * path.sd], rel=1e-8)


def test_entries_rise_as_children_in_care_did() -> None:
    (drift,) = KNOWN["entries-rising"].rows
    assert (1 + drift.belief.value) ** 31 == pytest.approx(81770 / 47590, rel=1e-8)
    assert drift.fade_years is None


# What others say of the first years


def check(what: str, unit: str) -> dict[str, str]:
    (found,) = [r for r in rows(FINDINGS / "outside_checks.csv") if (r["what"], r["unit"]) == (what, unit)]
    return found


@pytest.mark.parametrize(
    ("ages", "first", "last", "within"),
    # The path has births of mid-2023 for ever, above those of the official one to come, and less migration.
    [(range(4, 11), 4505330, 4205000, 1.0), (range(11, 16), 3231858, 3135086, 0.6)],
)
def test_population_ahead_is_near_the_pupils_projected(ages: range, first: int, last: int, within: float) -> None:
    row = check(f"change of children aged {ages[0]} to {ages[-1]}", "per cent")
    assert float(row["published"]) == round(100 * (last / first - 1), 1)
    ahead = {(int(r["year"]), int(r["age"])): float(r["value"]) for r in table("england-2025", "population")}
    # Mid-2024 aged ten years on from 2025: those who are a year older in the first projected year.
    assert abs(float(row["run"]) - float(row["published"])) <= within
    later = sum(ahead[2030, age] for age in ages)
    from_2026 = 100 * (later / sum(ahead[2026, age] for age in ages) - 1)
    assert float(row["run"]) < from_2026 < 0  # a year less of a fall that goes on


def test_first_projected_year_rises_less_than_budgets() -> None:
    row = check("rise of spend on children looked after", "per cent, real")
    assert (float(row["published"]), float(check("spend on children's services", "GBP m, cash")["published"])) == (
        9.5,
        15500,
    )
    gbp = float(check("rise of spend on children looked after", "GBP m")["run"])
    assert 100 * gbp * 1e6 / spent(LOOKED_AFTER) == pytest.approx(float(row["run"]), abs=0.06)  # one decimal, whole £m
    # Budgets rise on budgets, which outturn exceeds: the run, on outturn, rises by less, and rises.
    assert 0 < float(row["run"]) < float(row["published"])
