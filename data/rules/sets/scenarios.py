"""The packaged scenarios: their words, with the figures that are computed or solved put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from data.rules.costs import section_251
from data.rules.findings import solve_review
from data.rules.findings.solve_review import lever
from data.rules.rates.base_case import base_case
from data.rules.sets import after_care, outcomes
from data.rules.sources import published
from data.rules.sources.notes import WORDS

#: Programme spending by programme year [GBP], in prices taken as 2021-22.
SPEND = (46e6, 987e6, 1257e6, 233e6)
#: How far the interval of a claimed effect goes beyond the claim.
BEYOND = 1.2
#: Base year of the set whose entries the trial's children are set against.
ENTRIES = 2025

_TOKEN = re.compile(r"\{(\w+)\}")


def files() -> dict[str, str]:
    """Write every scenario."""
    found, used = figures(), set[str]()
    made = {}
    for path in sorted((WORDS / "scenarios").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        used.update(_TOKEN.findall(text))
        made[path.name] = _TOKEN.sub(lambda token: found[token[1]], text)
    if unused := sorted(set(found) - used):
        raise ValueError(f"no scenario has a place for {unused}")
    return made


@cache
def figures() -> Mapping[str, str]:
    """Give the figures that the words name."""
    numbers = {
        **_spending(),
        **_entries(),
        **_carers(),
        **_prices(),
        **_announced(),
        **_poverty(),
        **_after_care(),
        **_missions(),
    }
    found = {name: f"{value:.10g}" for name, value in numbers.items()}
    return found | {"carers_take": f"{solve_review.carers_places():,.0f}"}


def _spending() -> dict[str, float]:
    """Split each year of the programme by the shares of its parts in the whole that the text gives."""
    whole, targeted = lever("whole programme as the text says"), lever("children targeted by Family Help")
    family, framework = lever("Family Help") / whole, lever("early career framework") / whole
    hubs = lever("fostering recruitment hubs") / 2
    per_child = lever("Family Help") / targeted
    found = {"per_child": per_child, "hubs": hubs}
    for year, total in enumerate(SPEND, start=1):
        recruiting = hubs if year in (2, 3) else 0.0
        found[f"reached_{year}"] = round(total * family / per_child, 3)
        found[f"framework_{year}"] = round(total * framework, 2)
        spent = found[f"reached_{year}"] * per_child + found[f"framework_{year}"] + recruiting
        found[f"rest_{year}"] = round(total - spent, 2)
    return found


def _entries() -> dict[str, float]:
    """Give the solved changes of entries, and the trial's children over the entries of its ages."""
    family, networks = solve_review.effects()
    measured = lever("kept out of care per 100 reached by Troubled Families")
    most = lever("children targeted by Family Help") * measured / 100
    points = lever("in care a year after pre-proceedings with a conference")
    children = lever("children who would avoid care with a conference") / -points * 100
    other = base_case(ENTRIES).streams["other"]
    entries = float((other.entry_rate[0] * other.population[0])[:17].sum() + other.extra[0][:17].sum())
    scale = children / 100 / entries
    return {
        "family_claimed": family,
        "family_claimed_low": round(family * BEYOND, 6),
        "family_measured": solve_review.family(most / 2),
        "family_measured_low": solve_review.family(most),
        "networks_claimed": networks,
        "networks_claimed_low": round(networks * BEYOND, 6),
        "pre_proceedings": round(children),
        "conference": round(points * scale, 6),
        "conference_low": round(lever("the same: low") * scale, 6),
        "conference_high": round(lever("the same: high") * scale, 6),
    }


def _carers() -> dict[str, float]:
    shift, places = solve_review.carers_shift(), round(solve_review.carers_places(), 1)
    found = {"shift": shift, "shift_high": round(shift * BEYOND, 6)}
    return found | {"carers_places": places, "carers_places_high": round(places * BEYOND, 1)}


def _prices() -> dict[str, float]:
    """Give the most that a cap could take out of prices, a tenth of profit, and what fewer agency staff would save."""
    homes = _private("3.1.1 Residential care", ("own", "private", "other_public", "voluntary"))
    agencies = _private("3.1.2a Fostering excl. LA carer fees and allowances", ("private", "voluntary"))
    points = lever("agency share of social workers in 2025") - lever(
        "agency share of social workers in 2025, lowest region (Yorkshire and The Humber)"
    )
    dearer = lever("social workers in 2025") * points / 100 * lever("what an agency social worker costs more")
    spent = published.figure("s251_groups", "gbp", financial_year="2024-25", group="Safeguarding")
    return {
        "homes_bound": -round(lever("margin of the largest children's homes providers") / 100 * homes, 6),
        "agency_bound": -round(lever("margin of the largest fostering agencies") / 100 * agencies, 6),
        "levy": -lever("profit of the 20 largest providers") / 10,
        "agency_what_if": -round(dearer / spent, 6),
        "agency_what_if_low": -round(2 * dearer / spent, 6),
    }


def _private(line: str, columns: tuple[str, ...]) -> float:
    """Give the private share of the spending on a line in 2023-24, of the providers in some columns."""
    spent = {c: published.figure("s251_lines", c, financial_year="2023-24", line=line) for c in columns}
    return spent["private"] / sum(spent.values())


def _announced() -> dict[str, float]:
    return {
        "stable_homes": lever("Stable Homes Built on Love") / 2,
        "families_first": lever("Families First") / 3,
        "transformation": lever("transformation fund") / 3,
        "capital": lever("capital for homes and foster care") / 4,
    }


def _poverty() -> dict[str, float]:
    return {
        "poverty": lever("entries per 100000 under 16 for a point of child poverty") / 1e5,
        "poverty_low": lever("the same for child poverty: low") / 1e5,
        "poverty_high": lever("the same for child poverty: high") / 1e5,
    }


def _after_care() -> dict[str, float]:
    """Give the pounds of an allowance, of kin by a plan, and of a supported return home."""
    friends = next(x for x in section_251.lines() if x.name == "family and friends")
    return {
        "kinship_week": round(after_care.figure_of("kinship allowance pilot") * 7 / 365, 2),
        "network_week": round(friends.unit_cost, 2),
        "return_home": after_care.figure_of("supporting a return home, average of a family"),
    }


def _missions() -> dict[str, float]:
    """Give the missions that have a number, and the one effect that was measured."""
    doubled = outcomes.figure_of(
        "education: the share attending university, and particularly high tariff universities, by 2026, times", 2022
    )
    jobs = outcomes.figure_of(
        "work: new well paid jobs and apprenticeships for care leavers each year, by 2026, at least", 2022
    )
    links = outcomes.figure_of("Lifelong Links: risk of homelessness, care leavers aged 18 to 20, change", 2024)
    return {"missions_education": doubled - 1, "missions_jobs": jobs, "missions_links": links / 100}
