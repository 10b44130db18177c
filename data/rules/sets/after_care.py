"""Stocks after care run up from past exits, and hazards of coming back fitted to published shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import fsolve

import carecost as cc
from data.rules.findings import run_set
from data.rules.rates.exits import REASONS
from data.rules.sets import england
from data.rules.sources import published
from data.rules.sources.published import figure

Array = NDArray[np.float64]
YEAR, FIRST = england.YEAR, 2008
AGES = range(25)
#: Years in which special guardianship grew from nothing to the first published number: assumed.
ORDERS_FROM, ORDERS_KNOWN = 2006, 2016
LATELY, HOME = "home, lately", "home"
GUARDIANSHIP, ADOPTED = "special guardianship", "adopted"
STAYING, SUPPORTED, ADVISER = "staying put", "care leaver", "adviser only"
CLOSE, ON, NETWORK, SHARED = "staying close", "staying on to 25", "family network", "shared care"
#: States that somebody is in on the base date: ages at which they end, and what comes then.
STATES = {
    LATELY: (18, None),
    HOME: (18, None),
    GUARDIANSHIP: (18, None),
    ADOPTED: (18, None),
    STAYING: (21, ADVISER),
    SUPPORTED: (21, ADVISER),
    ADVISER: (25, None),
}
#: States that only a scenario puts anybody in.
EMPTY = {CLOSE: (21, ADVISER), ON: (25, None), NETWORK: (18, None), SHARED: (18, None)}
#: Ages from which anybody is in a state, where not from birth.
FROM_AGES = {STAYING: 18, SUPPORTED: 18, CLOSE: 18, ADVISER: 21, ON: 21}
#: Placements whose young people may stay with their carers at 18.
FOSTER = ("kinship foster", "foster in-house", "foster agency")
#: Where a reason of leaving leads.
LEADS = {"home": LATELY, "guardianship": GUARDIANSHIP, "adopted": ADOPTED}


def figure_of(name: str) -> float:
    """Look up a figure of after_care.csv that has one year."""
    return figure("after_care", "value", figure=name)


@dataclass(frozen=True)
class Back:
    """Hazards of coming back to care [per child-year], and of settling at home."""

    lately: float
    settling: float
    home: float


@cache
def back() -> Back:
    """Fit two steps of being home to the three published shares of children who have come back."""
    times = np.array([0.25, 1.0, 6.0])
    back_by = (figure_of(f"returned home: back in care within {t}") for t in ("3 months", "1 year", "6 years"))
    wanted = np.array(list(back_by)) / 100

    def gone(x: Array) -> Array:
        # back from lately at a, settling at s, back from home at b: 1 - (share still lately) - (share settled at home)
        a, s, b = np.exp(x)
        lately = np.exp(-(a + s) * times)
        return np.asarray(1 - lately - s / (a + s - b) * (np.exp(-b * times) - lately))

    found = np.exp(fsolve(lambda x: gone(x) - wanted, np.log([0.6, 2.0, 0.04]), xtol=1e-13))
    return Back(*(round(float(x), 6) for x in found))


def hazard(share: float, years: float) -> float:
    """Give the constant hazard with which a share is gone after some years."""
    return round(float(-np.log1p(-share / 100) / years), 6)


@cache
def leaving_carers() -> float:
    """Give the hazard of leaving former carers with which the published share of those aged 19 and 20 stays."""
    wanted = figure_of("aged 19 and 20 who left foster care at 18 and live with the former carer") / 100
    # mean of exp(-h t) over t from 1 to 3 years: those aged 19 and 20 left on their 18th birthday
    (found,) = fsolve(lambda h: (np.exp(-h) - np.exp(-3 * h)) / (2 * h) - wanted, 0.6, xtol=1e-13)
    return round(float(found), 6)


def moves() -> dict[tuple[str, str], float]:
    """Give the moves between states outside care [per child-year]."""
    return {(LATELY, HOME): back().settling, (STAYING, SUPPORTED): leaving_carers()}


def returns() -> dict[str, float]:
    """Give the hazards of coming back to care."""
    return {
        LATELY: back().lately,
        HOME: back().home,
        GUARDIANSHIP: hazard(figure_of("guardianship: back in care within 5 years"), 5),
        ADOPTED: hazard(figure_of("adoption: disrupted within 12 years"), 12),
    }


@cache
def base_year() -> tuple[Mapping[str, Array], float]:
    """Give exits by age of each reason that leads on, and the share of leavers at 18 who were fostered."""
    # who leaves now leaves by the rates of the base year: what goes on from then is left out
    rates = {name: text for name, text in england.files().items() if name != "background.toml"}
    done = cc.run(run_set.load(rates), years=1).projection("inaction")
    reasons = [r.name for r in done.grid.reasons]
    exits = {r: done.exits[0, 0, ..., reasons.index(r)].sum(-1) for r in LEADS}
    out = {p.name: done.aged_out[0, 0, :, i].sum() for i, p in enumerate(done.grid.placements)}
    return exits, sum(out[p] for p in FOSTER) / sum(out.values())


def yearly(reason: str, year: int) -> float:
    """Give the children who left for a reason in a year: published, or carried back as the words of the set say."""
    if reason == "adopted":
        return figure("time_series", "adopted", year=year)
    if reason == "guardianship":
        if year >= 2021:  # as in after_care.csv, and in every release
            return published.ceased(year, "Reason episode ceased", "Special guardianship order")
        if year >= ORDERS_KNOWN:
            return figure("after_care", "value", year=year, figure="left care by special guardianship order")
        return yearly(reason, ORDERS_KNOWN) * (year - ORDERS_FROM) / (ORDERS_KNOWN - ORDERS_FROM)
    if year >= 2021:
        return sum(published.ceased(year, "Reason episode ceased", part) for part in REASONS["home"][0])
    return (
        yearly(reason, 2021) * figure("time_series", "ceased", year=year) / figure("time_series", "ceased", year=2021)
    )


def at_18(year: int) -> float:
    """Give the young people who left care on their 18th birthday; before 2021, as in 2021."""
    return published.ceased(max(year, 2021), "Age on ceasing", "18 years and over")


@cache
def run_up() -> cc.Projection:
    """Run up the stocks of children after care from the exits of every year since 2007-08."""
    years = range(FIRST, YEAR + 1)
    grid = cc.Grid(
        base_year=FIRST - 1,
        n_years=len(years),
        ages=AGES,
        placements=[
            cc.Placement(n, in_care=False, leave_age=a, then=t, from_age=FROM_AGES.get(n, 0))
            for n, (a, t) in STATES.items()
        ],
        reasons=["back in care"],
    )
    n, at = len(STATES), list(STATES).index
    coming, (profile, fostered) = np.zeros((1, len(years), len(AGES), n)), base_year()
    turning, share = np.zeros((1, len(years), len(AGES))), np.zeros((1, 1, 1, n))
    share[..., at(STAYING)], share[..., at(SUPPORTED)] = fostered, 1 - fostered
    for i, year in enumerate(years):
        for reason, state in LEADS.items():
            by_age = profile[reason]
            coming[0, i, : len(by_age), at(state)] = by_age / by_age.sum() * yearly(reason, year)
        turning[0, i, 18] = at_18(year)
    leave, move = np.zeros((1, 1, len(AGES), n, 1)), np.zeros((1, 1, len(AGES), n, n))
    for state, value in returns().items():
        leave[:, :, : STATES[state][0], at(state), 0] = value
    for (origin, to), value in moves().items():
        first = max(FROM_AGES.get(state, 0) for state in (origin, to))
        move[:, :, first : min(STATES[origin][0], STATES[to][0]), at(origin), at(to)] = value
    # Those who turn 18 come in on that birthday, as many as one unit of population times the rate.
    one = np.ones((1, 1, 1))
    return cc.project(
        cc.Parameters(
            grid=grid,
            initial_stock=np.zeros((1, len(AGES), n)),
            population=one,
            entry_rate=turning,
            entry_share=share,
            entry_at_birthday=one,
            extra_entries={"left care": coming},
            exit_rate=leave,
            move_rate=move,
        )
    )


def stock() -> dict[tuple[int, str], float]:
    """Give children and young people after care on the base date, by age and state."""
    found = run_up().stock[0, -1]
    return {(a, s): float(found[a, i]) for i, s in enumerate(STATES) for a in AGES if found[a, i] > 1e-6}


def weeks() -> dict[str, float]:
    """Give the weeks that were lived in each state in the base year."""
    lived = run_up().child_years[0, -1].sum(0) * 365 / 7
    return {s: float(lived[i]) for i, s in enumerate(STATES)}
