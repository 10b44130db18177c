"""The set england-2025-after-care, or that of a year's release: those who left care as stocks, and who come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from data.rules.costs import items as lines_of
from data.rules.costs import section_251
from data.rules.costs.items import Line
from data.rules.findings import run_set
from data.rules.findings.tables import ENDS, HAZARD, ITEM_COLUMNS, PLACEMENT_COLUMNS, Row, common, item_row, unit_costs
from data.rules.rates.base_case import base_case
from data.rules.sets import after_care, baselines, england, outcomes
from data.rules.sets.after_care import (
    ADOPTED,
    ADVISER,
    CLOSE,
    EMPTY,
    GUARDIANSHIP,
    LEADS,
    NETWORK,
    ON,
    SHARED,
    STATES,
    STAYING,
    SUPPORTED,
)
from data.rules.sources.notes import read
from data.rules.sources.published import BANDS, CLA, ONS, figure
from data.rules.sources.write import ages, beliefs, csv_text, toml_text

Array = NDArray[np.float64]
KIND = "after-care"
NAME, WORDS = f"{england.NAME}-{KIND}", f"england-2025-{KIND}"
SOURCE = "after_care.csv, flows.csv, time_series.csv"
#: What a week of an adviser costs beside one of full support: assumed.
ADVISING = 0.1
#: Rounds of taking children who come back out of the entries; each leaves a hundredth of the error.
ROUNDS = 6
MOVE_KEYS = ("streams", "years", "ages", "placements", "to")


def files() -> dict[str, str]:
    """Write the files that differ from those of the set without."""
    return {"set.toml": _words(), **_tables(came_back()), **baselines.background()}


def _tables(back: Array) -> dict[str, str]:
    """Write the tables, with children who come back taken out of the entries."""
    base, lines = england.files(), items()
    growth = england.growth(lines)
    lines = [*lines, *outcomes.lines(_care(base), "; ".join((STAYING, SUPPORTED, CLOSE)))]
    return {
        "placements.csv": csv_text(PLACEMENT_COLUMNS, _placements(base)),
        "reasons.csv": csv_text(("reason", "to", "note"), _reasons(base)),
        "items.csv": csv_text(ITEM_COLUMNS, map(item_row, lines)),
        "initial_stock.csv": base["initial_stock.csv"] + _body(beliefs(("stream", "age", "placement"), _stock())),
        "population.csv": base["population.csv"] + _body(beliefs(("year", "age"), _grown())),
        "entry_rate.csv": _entries(base, back),
        "exit_rate.csv": _exits(base),
        "move_rate.csv": base["move_rate.csv"] + _body(beliefs(MOVE_KEYS, [*_moves(), *_returns()])),
        "unit_cost.csv": unit_costs(lines, england.YEAR),
        "growth.csv": growth,
    }


def _care(base: Mapping[str, str]) -> str:
    """Name the placements in care, as a cell."""
    return "; ".join(row["placement"] for row in _rows(base, "placements") if row["in_care"] == "true")


def _words() -> str:
    return england.variant(KIND, _figures(), last_age=after_care.AGES[-1])


def _figures() -> dict[str, str]:
    back, stock = after_care.back(), after_care.stock()
    of_age = sum(n for (age, s), n in stock.items() if age in (19, 20, 21) and s in (STAYING, SUPPORTED, ADVISER))
    orders = sum(n for (_, s), n in stock.items() if s == GUARDIANSHIP)
    return {
        "lately": f"{back.lately:.2f}",
        "settling": f"{back.settling:.2f}",
        "home": f"{back.home:.3f}",
        "orders": f"{orders:,.0f}",
        "leavers": f"{of_age:,.0f}",
        "returns": f"{came_back().sum():,.0f}",
        "advising": f"{ADVISING:g}",
    }


def _rows(base: Mapping[str, str], table: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(base[f"{table}.csv"])))


def _reasons(base: Mapping[str, str]) -> Iterator[Row]:
    for row in _rows(base, "reasons"):
        yield row | {"to": LEADS.get(row["reason"])}


def _body(text: str) -> str:
    """Give the rows of a table without its head."""
    return text.split("\n", 1)[1]


def _placements(base: Mapping[str, str]) -> Iterator[Row]:
    for row in _rows(base, "placements"):
        care = row["in_care"] == "true"
        yield row | ({"then": STAYING if row["placement"] in after_care.FOSTER else SUPPORTED} if care else {})
    for name, (age, then) in {**STATES, **EMPTY}.items():
        opens = after_care.FROM_AGES.get(name, 0)
        about = {"in_care": False, "from_age": opens, "leave_age": age, "then": then, "group": england.OUTSIDE}
        yield {"placement": name, **about, "note": read(WORDS)["states"][name]}


def _stock() -> Iterator[Row]:
    for (age, state), value in after_care.stock().items():
        key = {"stream": "other", "age": age, "placement": state, "value": round(value, 4), "unit": "children"}
        yield common(f"run up from {SOURCE}: {CLA}", england.YEAR, "D", read(WORDS)["stock"], **key)


def _grown() -> Iterator[Row]:
    """Give people aged 18 to 24, whom nothing follows: nobody enters care at 18."""
    for year in range(england.YEAR + 1, england.LAST + 1):
        for age in after_care.AGES[18:]:
            key = {
                "year": year,
                "age": age,
                "value": figure("population_mid2023", "population", age=age),
                "unit": "children",
            }
            yield common(f"population_mid2023.csv: {ONS}", "mid-2023", "D", read(WORDS)["people"], **key)


def _entries(base: Mapping[str, str], back: Array) -> str:
    """Take children who come back out of the entry rates of the others."""
    people = base_case(england.YEAR).streams["other"].population[0]
    rows = _rows(base, "entry_rate")
    for row in rows:
        if row["streams"] == "other":
            age = int(row["ages"])
            row["value"] = repr(float(row["value"]) - float(back[age] / people[age]))
            row["note"] = f"{row['note']}; less those who come back"
    return csv_text(tuple(rows[0]), rows)


def _exits(base: Mapping[str, str]) -> str:
    rows = _rows(base, "exit_rate")
    for row in rows:
        row["ages"] = row["ages"] or "0-17"
    return csv_text(tuple(rows[0]), [*rows, _sharing_ends()])


def _sharing_ends() -> Row:
    """Give the hazard with which shared care ends: so many a year, midway between the shortest and the longest."""
    short, long = (12 / after_care.figure_of(f"support care: months, {end}") for end in ("low", "high"))
    belief = {"value": 24 / (12 / short + 12 / long), "low": long, "high": short}
    key = {"ages": "0-17", "placements": SHARED, "reason": ENDS}
    return common("after_care.csv", "2016", "E", read(WORDS)["sharing"], **key, **belief, **HAZARD)


def _moves() -> Iterator[Row]:
    for (origin, to), value in after_care.moves().items():
        first = max(after_care.FROM_AGES.get(state, 0) for state in (origin, to))
        last = min(STATES[origin][0], STATES[to][0]) - 1
        key = {"ages": f"{first}-{last}", "placements": origin, "to": to, "value": value}
        yield common(f"solved: {SOURCE}", str(england.YEAR), "D", read(WORDS)["moves"][origin], **key, **HAZARD)


def _returns() -> Iterator[Row]:
    """Give the hazards of coming back, to the placements in which children of the band start."""
    base = base_case(england.YEAR)
    stream = base.streams["other"]
    starts = (stream.entry_rate * stream.population)[0, :, None] * stream.entry_share[0]
    for state, rate in after_care.returns().items():
        for first, last in BANDS.values():
            share = starts[first : last + 1].sum(0)
            for i in np.flatnonzero(share > 0):
                key = {"streams": "other", "ages": ages(first, last), "placements": state, "to": base.placements[i]}
                value = float(rate * share[i] / share.sum())
                about = read(WORDS)["returns"][state]
                yield common(f"solved: {SOURCE}", "2022", "D", about, **key, value=value, **HAZARD)


@cache
def came_back() -> Array:
    """Find the children who come back in the first year, by age: as many leave the entries as come in by move."""
    base, back = {k: v for k, v in england.files().items() if k.endswith(".csv")}, np.zeros(18)
    head = {**england.HEAD, "last_age": after_care.AGES[-1], "scope": "", "inaction": ""}
    for _ in range(ROUNDS):
        made = base | {"set.toml": toml_text(head)} | _tables(back)
        p = cc.run(run_set.load(made), years=1).projection("inaction", stream="other")
        outside = [i for i, x in enumerate(p.grid.placements) if x.name in after_care.returns()]
        found = p.moves[0, 0][:, outside][:, :, list(p.grid.in_care)].sum((1, 2))[:18]
        if np.abs(found - back).max() < 1e-9:
            break
        back = found
    return back


def items() -> list[Line]:
    """List the items: what was booked when somebody left is spent while they are there."""
    weeks, found = after_care.weeks(), []
    for line in section_251.lines():
        if line.name == "special guardianship support":
            found.append(_over(line, "guardianship support", weeks[GUARDIANSHIP], GUARDIANSHIP))
        elif line.name == "leaving care":
            full = weeks[STAYING] + weeks[SUPPORTED]
            each = line.spend / (full + ADVISING * weeks[ADVISER])
            states = "; ".join((STAYING, SUPPORTED, CLOSE, ON))
            found.append(_over(replace(line, spend=each * full), "support of care leavers", full, states))
            advised = replace(line, spend=each * ADVISING * weeks[ADVISER], quality="E")
            found.append(_over(advised, "personal advisers", weeks[ADVISER], ADVISER))
        elif line.name == "adoption services":
            after = _adoption_support()
            found.append(replace(line, spend=line.spend - after, note=read(WORDS)["items"]["adoption services"]))
            found.append(_over(replace(line, spend=after), "adoption support", weeks[ADOPTED], ADOPTED))
        else:
            found.append(line)
    return [*found, *_unused(found), _shared(found)]


def _over(line: Line, name: str, weeks: float, states: str) -> Line:
    """Spend the money of a line over the weeks that are lived in states."""
    about = read(WORDS)["items"][name]
    source = f"{line.source}; {SOURCE}"
    select = {"placements": states}
    return replace(
        line, name=name, driver="child_weeks", volume=weeks, select=select, quality=max(line.quality, "D"), note=about,
        source=source,
    )  # fmt: skip


def _adoption_support() -> float:
    """Give the part of the support fund that goes to adopted children, by therapy applications."""
    every, orders = (
        after_care.figure_of(f"therapy applications approved{x}") for x in ("", " for special guardianship")
    )
    return after_care.figure_of("adoption and special guardianship support fund: budget") * (1 - orders / every)


def _unused(found: Sequence[Line]) -> Iterable[Line]:
    """Give items that cost nothing unless a scenario says so."""
    zero = next(line for line in found if line.name == "reform programme")
    mine = replace(zero, account="local authority", payer="local authority", group="support at home")
    home = "; ".join((after_care.LATELY, after_care.HOME))
    for name, driver, select in (
        ("family network support", "child_weeks", {"placements": NETWORK}),
        ("support at home after care", "child_weeks", {"placements": home}),
        ("support of returns home", "exits", {"reasons": "home"}),
    ):
        yield replace(mine, name=name, driver=driver, select=select, note=read(WORDS)["items"][name])


def _shared(found: Sequence[Line]) -> Line:
    """Price a week of shared care: a child supported at home, and some nights a year with a council's foster carer."""
    home, foster = lines_of.at_home(england.YEAR), next(x for x in found if x.name == "foster in-house")
    low, high = (12 * after_care.figure_of(f"support care: nights a month, {end}") / 365 for end in ("low", "high"))
    nights = (low + high) / 2
    price = home.unit_cost + nights * foster.unit_cost
    assert home.low is not None and home.high is not None
    ends = (home.low * home.unit_cost + low * foster.unit_cost, home.high * home.unit_cost + high * foster.unit_cost)
    about = read(WORDS)["items"][SHARED].format(
        nights=f"{nights * 365:.0f}", week=f"{foster.unit_cost:,.0f}", home=f"{home.unit_cost:,.0f}"
    )
    select = {"placements": SHARED}
    return replace(
        home, name=SHARED, spend=price, low=ends[0] / price, high=ends[1] / price, select=select, quality="E",
        note=about, source=f"{home.source}; {foster.source}; after_care.csv",
    )  # fmt: skip
