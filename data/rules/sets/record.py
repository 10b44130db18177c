"""The record of England: what the Review said in 2022, what came, and what moved between, as one table."""

from __future__ import annotations

from collections.abc import Iterator

from data.rules.costs import section_251
from data.rules.findings.solve_review import lever, review_figure
from data.rules.sources import published
from data.rules.sources.published import CLA, LAIT
from data.rules.sources.write import csv_text

NAME = "england"
_COLUMNS = ("part", "what", "year", "value", "unit", "words", "source", "quality")
#: Pounds of the money that the Review asked for: it states no price year.
POUNDS = "GBP of 2021-22, assumed"
REVIEW = "Independent Review of Children's Social Care, final report, May 2022"
#: Years between which it is told what moved.
BEFORE, AFTER = 2022, 2025
HOMES = ("Secure homes and children's homes", "Residential schools", "Other residential settings")
#: Groups of section 251 that are not in the scope nearest to the Review's.
APART = ("Sure Start and under fives", "Services for young people", "Youth justice")
WHOLE = "Total children and young people (excluding CERA)"

Row = dict[str, object]


def files() -> dict[str, str]:
    """Write the table."""
    return {f"{NAME}.csv": csv_text(_COLUMNS, [*_said(), _scope(), *_came(), *_moved()])}


def _row(part: str, what: str, year: int, value: float, unit: str, words: str, source: str, quality: str) -> Row:
    values = (part, what, year, value, unit, words, source, quality)
    return dict(zip(_COLUMNS, values, strict=True))


def _said() -> Iterator[Row]:
    """Give what the Review said, in its own words and as its numbers."""
    children, cost = "children in care", "cost GBP bn/yr"
    yield _row("said", children, 2022, review_figure(children, 2021), "children", "up from", REVIEW, "B")
    yield _row("said", children, 2032, review_figure(children, 2032), "children", "approaching", REVIEW, "B")
    yield _row("said", "public spend", 2022, review_figure(cost, 2021) * 1e9, "GBP", "up from", REVIEW, "B")
    yield _row("said", "public spend", 2032, review_figure(cost, 2032) * 1e9, "GBP", "over", REVIEW, "B")
    fewer = review_figure("children kept with families vs trajectory", 2032)
    yield _row("said", "fewer children in care", 2032, fewer, "children", "", REVIEW, "B")
    from data.rules.sets.scenarios import SPEND

    for year, amount in enumerate(SPEND, start=1):
        yield _row("said", "programme money", year, amount, POUNDS, "programme year", REVIEW, "B")
    later = lever("Family Help in the long run")
    source = "executive summary, May 2022, from a copy; Church Times, 23 May 2022"
    yield _row("said", "programme money after", len(SPEND) + 1, later, f"{POUNDS}, a year", "over", source, "E")


def _scope() -> Row:
    """Name the scope of a set that is nearest to the Review's, and say so."""
    words = (
        "The Review gave no scope for its £10bn and £15bn; here all but early years, young people and youth justice."
    )
    return _row("scope", "£10bn-like", AFTER, 0.0, "", words, REVIEW, "E")


def _came() -> Iterator[Row]:
    """Give what came: outturn by the department's statistics, and money that government announced."""
    for year in (BEFORE, AFTER):
        yield _row("came", "children in care", year, published.stock(year, "Total"), "children", "", CLA, "A")
        nearest = published.group(year, WHOLE) - sum(published.group(year, group) for group in APART)
        words = "cash, the scope nearest to the Review's"
        yield _row("came", "public spend", year, nearest, "GBP", words, f"section 251: {LAIT}", "B")
        whole = published.group(year, WHOLE)
        words = "cash, all children's services"
        yield _row("came", "public spend of all services", year, whole, "GBP", words, f"section 251: {LAIT}", "A")
        yield _row("came", "children in homes", year, _placed(year, *HOMES), "children", "", CLA, "A")
    peak = max(range(BEFORE, AFTER + 1), key=lambda year: published.stock(year, "Total"))
    yield _row("came", "children in care, peak", peak, published.stock(peak, "Total"), "children", "", CLA, "A")
    new = 3 * lever("Families First: Prevention Grant of a year") + lever("Families First: of the transformation fund")
    new += lever("Families First: further money")
    first = lever("Stable Homes Built on Love") + lever("Families First: Prevention Grant of a year")
    words = "new money announced for 2023 to 2029, cash"
    source = "Department for Education, Stable Homes, Built on Love, February 2023; written answer 106342"
    yield _row("came", "programme money", 2029, first + new, "GBP", words, source, "B")


def _moved() -> Iterator[Row]:
    """Give what moved in the years between the claim and the outturn."""
    week = "£ a week, cash"
    lines = {
        "Children starting in care in the year": (
            lambda y: published.figure("time_series", "started", year=y),
            "children",
        ),
        "Children leaving care in the year": (lambda y: published.figure("time_series", "ceased", year=y), "children"),
        "In homes and other residential": (lambda y: _placed(y, *HOMES), "children"),
        "In foster families": (lambda y: _placed(y, "Foster placements"), "children"),
        "An average week in care": (lambda y: published.per_week(y, "CLA all"), week),
        "… in a home": (lambda y: published.per_week(y, section_251.RESIDENTIAL), week),
        "… in a foster family": (lambda y: published.per_week(y, section_251.FOSTERING), week),
    }
    for what, (of, unit) in lines.items():
        for year in (BEFORE, AFTER):
            yield _row("moved", what, year, of(year), unit, "", LAIT if unit == week else CLA, "A")


def _placed(year: int, *placements: str) -> float:
    return sum(published.figure("stock_by_placement", "children", year=year, placement=p) for p in placements)
