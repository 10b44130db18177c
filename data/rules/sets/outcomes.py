"""Outcome items of care leavers: the Review's five missions, each with its published level or a zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.rules.costs.items import Line
from data.rules.sources.notes import read
from data.rules.sources.published import ceased, figure

OUTCOMES = "missions"
#: Ages of care leavers whose assessments as homeless are published together.
HOMELESS = range(18, 21)
#: An interval that ends at the value: a share of some young people, taken for all.
FROM_BELOW = {"level": 1.0, "distribution": "triangular"}
ASSESSED = "care leavers aged 18 to 20 assessed as homeless or threatened with homelessness in the year"


def figure_of(name: str, year: int) -> float:
    """Look up a figure of missions.csv."""
    return figure("missions", "value", figure=name, year=year)


def levels() -> dict[str, tuple[float, float | None]]:
    """Give the published levels, outcomes for each who leaves care at 18 or for each year lived; and their least."""
    people = sum(figure_of(f"care leavers aged {age}", 2024) for age in HOMELESS)
    into = "by 19, of children in care for 12 months at 31 March 2017"
    left = ceased(2021, "Age on ceasing", "18 years and over")

    def entering(place: str) -> tuple[float, float]:
        return figure_of(f"into {place} {into}", 2021) / 100, figure_of(
            f"young people into {place} {into}", 2021
        ) / left

    return {
        "education": entering("higher education"),
        "high tariff": entering("a high tariff university"),
        "homelessness": (figure_of(ASSESSED, 2024) / people, None),
    }


def lines(care: str, leavers: str) -> Iterator[Line]:
    """Give an item for each row of the words; one without a published level is a place at zero.

    Parameters
    ----------
    care, leavers : str
        Placements in care, and states of those aged 18 to 20, as cells.
    """
    found = levels()
    chosen: Mapping[str, Mapping[str, str]] = {
        "aged_out": {"placements": care},
        "child_years": {"placements": leavers, "ages": f"{HOMELESS[0]}-{HOMELESS[-1]}"},
        "year": {},
    }
    for row in read(OUTCOMES)["outcome"]:
        level, least = found.pop(row["group"], (0.0, None))
        ends = {} if least is None else {"low": least / level, "high": 1.0, "shape": FROM_BELOW}
        yield Line(
            row["item"], row["driver"], row["group"], level, 1.0, row["source"],
            row["quality"], row["note"], chosen[row["driver"]],
            account="outcomes", payer="outcomes", source_year=row["source_year"], kind=row["kind"], **ends,
        )  # fmt: skip
    if found:
        raise ValueError(f"{OUTCOMES}.toml has no outcome for {sorted(found)}")
