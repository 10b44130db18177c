"""Which outcomes are counted? The five missions of the Review, each with its level or a place for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.items import Line
from rules.published import figure
from rules.words import read

WORDS = "missions"
#: Ages of care leavers whose assessments as homeless are published together.
HOMELESS = range(18, 21)
ASSESSED = "care leavers aged 18 to 20 assessed as homeless or threatened with homelessness in the year"


def known(name: str, year: int) -> float:
    """Look up a figure of missions.csv."""
    return figure("missions", "value", figure=name, year=year)


def levels() -> dict[str, float]:
    """Give the published levels: outcomes for each who leaves care at 18, or for each year lived."""
    people = sum(known(f"care leavers aged {age}", 2024) for age in HOMELESS)
    into = "by 19, of children in care for 12 months at 31 March 2017"
    return {
        "education": known(f"into higher education {into}", 2021) / 100,
        "high tariff": known(f"into a high tariff university {into}", 2021) / 100,
        "homelessness": known(ASSESSED, 2024) / people,
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
    for row in read(WORDS)["outcome"]:
        level = found.pop(row["group"], 0.0)
        yield Line(
            row["item"], row["driver"], row["group"], level, 1.0, row["source"],
            row["quality"], row["note"], chosen[row["driver"]],
            account="outcomes", payer="outcomes", source_year=row["source_year"],
        )  # fmt: skip
    if found:
        raise ValueError(f"{WORDS}.toml has no outcome for {sorted(found)}")
