"""The packaged scenarios: their words, with the figures that are computed or solved put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from math import erf, log, sqrt

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
#: What a part of the programme may cost of what was stated, least and most (grade E; see the levers' notes).
COST = {"low": 0.9, "high": 1.4}
#: Share of entries averted by conferences that come a year later: midway between none and all (see its note).
LATER = 0.5
#: Standard errors from the value of a 95% interval to either end of it.
Z95 = 1.959964
#: Base year of the set whose entries the trial's children are set against.
ENTRIES = 2025

_TOKEN = re.compile(r"\{(\w+)\}")


def files() -> dict[str, str]:
    """Write every scenario."""
    found, used = figures(), set[str]()
    made = {}
    shared = {f"lever_{path.stem}": path.read_text(encoding="utf-8") for path in (WORDS / "levers").glob("*.toml")}
    for path in sorted((WORDS / "scenarios").glob("*.toml")):
        # A lever that several scenarios hold is written once, and put in whole before its figures are.
        text = _TOKEN.sub(lambda token: shared.get(token[1], token[0]), path.read_text(encoding="utf-8"))
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
        **_trials(),
        **_poverty(),
        **_after_care(),
        **_missions(),
    }
    found = {name: f"{value:.10g}" for name, value in numbers.items()}
    return found | _words()


def _words() -> dict[str, str]:
    """Give the figures of notes, as they are read."""
    liberty = lever("capital for placements of children deprived of liberty")
    child_years = lever("kinship zones: children") * lever("kinship zones: years")
    leans = {name: f"{100 * leaning(*bounds):.0f}%" for name, bounds in _intervals().items()}
    drawn = {name: f"{100 * drawn_above(*bounds):.0f}%" for name, bounds in _intervals().items()}
    return {
        "carers_take": f"{solve_review.carers_places():,.0f}",
        "foster_place": f"{_foster_place():,.0f}",
        "places_filled": f"{_places_filled():,.0f}",
        "liberty_places": f"{lever('placements of children deprived of liberty'):.0f}",
        "liberty_each": f"{liberty / lever('placements of children deprived of liberty'):,.0f}",
        "zones_child": f"{lever('kinship zones') / child_years:,.0f}",
        "zones_child_low": f"{lever('kinship zones: the other amount') / child_years:,.0f}",
        "conference_children": f"{lever('children referred to conferences'):,.0f}",
        "mst_leans": leans["mst"],
        "mst_drawn": drawn["mst"],
        "schools_lean": leans["schools"],
        "schools_drawn": drawn["schools"],
    }


def _spending() -> dict[str, float]:
    """Split each year of the programme by the shares of its parts in the whole that the text gives."""
    whole, targeted = lever("whole programme as the text says"), lever("children targeted by Family Help")
    family, framework = lever("Family Help") / whole, lever("early career framework") / whole
    carers = _foster_place() * solve_review.carers_places() * _real(2027)
    coming = SPEND[: solve_review.CARERS_FULL]
    per_child = lever("Family Help") / targeted
    found = {
        "per_child": per_child,
        "long_run": lever("Family Help in the long run"),
        "long_run_low": lever("the same for Family Help in the long run: low"),
        "long_run_high": lever("the same for Family Help in the long run: high"),
    }
    for year, total in enumerate(SPEND, start=1):
        recruiting = round(carers * total / sum(coming), 2) if year <= len(coming) else 0.0
        if recruiting:
            found[f"carers_{year}"] = recruiting
        found[f"reached_{year}"] = round(total * family / per_child, 3)
        found[f"framework_{year}"] = round(total * framework, 2)
        spent = found[f"reached_{year}"] * per_child + found[f"framework_{year}"] + recruiting
        found[f"rest_{year}"] = round(total - spent, 2)
    costs = {k: v for k, v in found.items() if k == "per_child" or k.startswith(("rest_", "framework_", "carers_"))}
    return found | {f"{k}_{end}": round(v * times, 2) for k, v in costs.items() for end, times in COST.items()}


def _foster_place() -> float:
    """Give what government pays for a foster place, recruitment, support and retention, in cash of 2026-27."""
    return lever("money for foster places") / lever("foster places wanted by 2029")


def _places_filled() -> float:
    """Give the children in 10,000 places, at the share of places filled in 2025."""
    filled, approved = (
        published.figure("capacity", "value", measure=f"{what} mainstream fostering places", year=2025)
        for what in ("filled", "approved")
    )
    return lever("foster places wanted by 2029") * filled / approved


def _real(year: int) -> float:
    """Give 2021-22 prices over cash of a year."""
    return published.deflator(solve_review.BASE) / published.deflator(year)


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
        "conference_later": LATER,
        "conference": round(points * scale, 6),
        "conference_low": round(lever("the same: low") * scale, 6),
        "conference_high": round(lever("the same: high") * scale, 6),
        "conference_saving": lever("net saving of a conference in the first year"),
        "conference_saved": round(
            lever("net saving of a conference in the first year") * lever("children referred to conferences") / 1e6
        ),
    }


def _carers() -> dict[str, float]:
    shift, places = solve_review.carers_shift(), round(solve_review.carers_places(), 1)
    found = {"shift": shift, "shift_high": round(shift * BEYOND, 6)}
    approved, left = (
        published.figure("capacity", "value", measure=f"mainstream fostering households {what} in the year", year=2024)
        for what in ("approved", "deregistered")
    )
    own = next(x for x in section_251.lines() if x.name == "foster in-house")
    found |= {"deregistered": round(left / approved, 2), "own_week": round(own.unit_cost, 2)}
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
    """Give the money announced, each line of it once and by year."""
    inside = lever("Families First: of the transformation fund")
    liberty = lever("capital for placements of children deprived of liberty")
    building, cooperatives = (
        lever(f"money for foster places: {what}") for what in ("capital", "regional care cooperatives")
    )
    zones, other = (
        lever(name) / lever("kinship zones: years") for name in ("kinship zones", "kinship zones: the other amount")
    )
    return {
        "stable_homes": lever("Stable Homes Built on Love") / 2,
        "prevention": lever("Families First: Prevention Grant of a year"),
        "families_first_further": round(lever("Families First: further money") / 3, 2),
        "transformation_in": inside / 2,
        "transformation_rest": (lever("transformation fund") - inside) / 3,
        "capital_rest": (lever("capital for homes and foster care") - liberty - building) / 4,
        "liberty": liberty / 4,
        "places_capital": building / 2,
        "cooperatives": cooperatives / 2,
        "places_support": (lever("money for foster places") - building - cooperatives) / 2,
        "places_wanted": lever("foster places wanted by 2029"),
        "places_taken": round(_places_filled(), 1),
        "zones": round(zones, 2),
        "zones_low": round(other, 2),
        "zones_total": lever("kinship zones"),
        "zones_total_low": lever("kinship zones: the other amount"),
    }


def _intervals() -> dict[str, tuple[float, float, float]]:
    """Give the published intervals of trials without an effect, as ratios to no effect: value, low, high."""
    therapy = "the same for multisystemic therapy: {}"
    schools = "the same for social workers in schools: {}"
    named = {
        "mst": ("out-of-home placement with multisystemic therapy", therapy.format("low"), therapy.format("high")),
        "schools": (
            "section 47 enquiries with social workers in schools", schools.format("low"), schools.format("high")
        ),
    }  # fmt: skip
    found = {name: tuple(lever(of) for of in names) for name, names in named.items()}
    return {"mst": found["mst"], "schools": tuple(1 + x / 100 for x in found["schools"])}  # type: ignore[dict-item]


def leaning(value: float, low: float, high: float) -> float:
    """Give the share of a ratio's interval (95%, normal in its logarithm) that is above no effect."""
    error = (log(high) - log(low)) / (2 * Z95)
    return 0.5 * (1 + erf(log(value) / error / sqrt(2)))


def drawn_above(value: float, low: float, high: float) -> float:
    """Give the share of draws above no effect: half normals on both sides of the value."""
    below = (value - low if value > 1 else high - value) / Z95
    return 0.5 * (1 + erf((value - 1) / below / sqrt(2)))


def _trials() -> dict[str, float]:
    """Give the changes that the intervals of trials are, as shares."""
    return {
        f"{name}{end}": round(bound - 1, 6)
        for name, bounds in _intervals().items()
        for end, bound in zip(("", "_low", "_high"), bounds, strict=True)
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
