"""The authorities of England: what is published of each, what its set multiplies England's by, and its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from carecost.analysis.forecast_rules import LUCK, OWN_SHOCK, TWO_MISSING, WALK, of_areas, uasc_of_areas
from data.rules.costs import section_251
from data.rules.costs.items import Line
from data.rules.findings import run_set
from data.rules.rates import authority_rates as own
from data.rules.rates.base_case import STREAMS
from data.rules.rates.stock import FULL
from data.rules.sets import england
from data.rules.sources import authorities as tables
from data.rules.sources import population
from data.rules.sources.notes import filled, percent, read
from data.rules.sources.proportional_fitting import band_of
from data.rules.sources.published import figure, per_week, table, uasc_stock
from data.rules.sources.write import csv_text, number, toml_text

Array = NDArray[np.float64]
NAME, YEAR = england.NAME, england.YEAR
#: Years that the path of children is made for; what entries then are multiplied by is held.
AHEAD = 10
#: Years over which widths are met, those that forecasts are scored over; draws from which England's part is known.
SCORED, DRAWS = 5, 400
FOSTERING, HOMES = ("kinship foster", "foster in-house", "foster agency"), england.HOMES
#: Items that are paid for by section 251 groups of their own.
GROUPS = ("safeguarding", "family support", "early years", "young people", "youth justice", "other children's services")
#: Items of children looked after; leaving care has a published line of its own.
LOOKED_AFTER = "children looked after"
SPEND = (LOOKED_AFTER, *GROUPS)
PRICES = {"fostering": section_251.FOSTERING, "residential": section_251.RESIDENTIAL}
#: Share of the gap of a log price to England's that closes in a year: least wrong over 2017 to 2020, and to 2022.
FADING = {"residential": 0.3, "fostering": 0.1, "level": 0.05}
#: Without any child looked after.
NONE = ("Isles of Scilly",)
#: Without a history: too few children.
FEW = ("City of London", *NONE)


def files() -> dict[str, str]:
    """Write what is published, what England's set is multiplied by, and the words."""
    words: dict[str, list[Mapping[str, object]]] = {
        key: read("authorities")[key] for key in ("gap", "left_out", "former")
    }
    words["gap"] = filled(words["gap"], _figures())
    fading = {f"fading_{k}": v for k, v in FADING.items()}
    head = {"name": NAME, "title": "Authorities of England", "half_life": _half_life(), **fading, **_scores()}
    return {
        f"{NAME}.csv": _table(_facts()),
        f"{NAME}-factors.csv": _table(_factors()),
        f"{NAME}.toml": toml_text(head, **words),
    }


def _table(columns: Mapping[str, Array]) -> str:
    rows = tables.rows()
    about = [{"number": r["la_number"], "code": r["la_code"], "name": r["area"]} for r in rows]
    if "children" in columns:
        near, names = tables.neighbours(), tables.numbers()
        for i, row in enumerate(about):
            row |= {"region": tables.regions()[i], "neighbours": "; ".join(names[k] for k in near[i])}
    cells = [{k: _figure(x[i]) for k, x in columns.items()} for i in range(len(rows))]
    return csv_text([*about[0], *columns], [a | c for a, c in zip(about, cells, strict=True)])


def _figure(value: float) -> str:
    """Write eight figures; what rounds to none of a child is none."""
    return "" if np.isnan(value) else f"{value:.8g}" if abs(value) > 1e-9 else "0"


def _figures() -> dict[str, str]:
    kent = tables.numbers().index("886")
    rates = own.rates()
    return {
        "kent": number(tables.total("ceased to another authority")[kent]),
        "entry": percent(float(np.median(rates.own_entry)), 0),
        "leaving": percent(float(np.median(rates.own_leaving)), 0),
    }


# What is published of each


def _facts() -> dict[str, Array]:
    known, people = own.flows(), tables.total("population 0-17")
    rates = own.rates()
    return {
        "children": tables.total("stock total"),
        "unaccompanied": tables.unaccompanied("stock"),
        **_named("aged ", tables.AGES, tables.fitted("stock")),
        **_named("in ", tables.PLACEMENTS, tables.fitted("placement")),
        "started": tables.fitted("started").sum(1),
        "unaccompanied who started": tables.unaccompanied("started"),
        "came from another authority": known.came.sum((1, 2)),
        "ceased": tables.fitted("ceased").sum(1),
        "ceased at 18": tables.fitted("ceased")[:, 6],
        "went to another authority": known.went.sum((1, 2)),
        "children aged 0 to 17": people,
        **{f"{p}, GBP a week": tables.spend(f"{p}, GBP a week") for p in PRICES},
        "looked after, GBP a week": tables.spend("looked after, GBP a week"),
        "spend": tables.spend("all services"),
        **{f"spend, {g}": tables.spend(g) for g in SPEND},
        "spend, leaving care": tables.spend("leaving care"),
        "weight of own starts": rates.own_entry,
        "weight of own exits": rates.own_leaving,
    }


def _named(prefix: str, names: tuple[str, ...], table: Array) -> dict[str, Array]:
    return {f"{prefix}{name}": table[:, i] for i, name in enumerate(names)}


# What England's set is multiplied by


def _factors() -> dict[str, Array]:
    _, (by_stream, by_age, by_placement) = own.stock()
    rates, known = own.rates(), own.flows()
    ahead = _ahead()
    going = np.concatenate([rates.going[:, 0], rates.going[:, 1, 3:]], axis=1)
    uasc = tuple(f"unaccompanied {tables.AGES[b]}" for b in own.UASC_BANDS)
    return {
        **_named("stock: stream ", STREAMS, by_stream),
        **_named("stock: ", tables.AGES, by_age),
        **_named("stock: ", tables.PLACEMENTS, by_placement),
        **_named("entry: ", tables.AGES, rates.entry[:, own.OTHER]),
        **_named("entry: ", uasc, rates.entry[:, own.UASC][:, list(own.UASC_BANDS)]),
        **_named("leaving: ", tables.AGES, rates.leaving[:, own.OTHER]),
        **_named("leaving: ", uasc, rates.leaving[:, own.UASC][:, list(own.UASC_BANDS)]),
        **_named("going: ", (*tables.AGES, *uasc), going),
        **_named("came: ", STREAMS, known.came.sum(2)),
        "residual": _residual(),
        **_named("people: ", tuple(map(str, range(18))), own.people()),
        **_prices(),
        "portion": tables.total("stock total") / tables.total("stock total").sum(),
        **_named("path: other ", tuple(map(str, ahead.years)), ahead.multiples["other"]),
        **_named("path: uasc ", tuple(map(str, ahead.years)), ahead.multiples["uasc"]),
        "wander": ahead.wander,
        **_named("forecast: ", tuple(map(str, ahead.years)), ahead.children),
    }


def _residual() -> Array:
    """Share what starts and exits leave of England's change as starts after birth are shared."""
    started = own.flows().started[:, own.OTHER, 1:].sum(1)
    return np.asarray(started / started.sum())


# Prices


class _Money(NamedTuple):
    lines: tuple[Line, ...]
    volume: Mapping[str, Array]


@cache
def _money() -> _Money:
    """Give the lines of England, and the share of each authority in what each pays for: (authority,)."""
    stock, _ = own.stock()
    at = {p: i for i, p in enumerate(FULL)}
    lived = stock.sum(2)  # (authority, stream, placement)
    adopted, orders = (tables.total(f"ceased {x}") for x in ("adopted", "guardianship"))
    people = own.people()
    whole = population.mid_year(YEAR - 1)
    found = {}
    for line in section_251.lines():
        chosen = [at[p.strip()] for p in str(line.select.get("placements", "")).split(";") if p.strip() in at]
        if line.name == "adoption services":
            share = adopted
        elif line.name == "special guardianship support":
            share = orders
        elif line.name == "leaving care":
            share = tables.fitted("ceased")[:, 6]
        elif line.driver == "population":
            first, last = map(int, str(line.select["ages"]).split("-"))
            share = people[:, first : last + 1] @ whole[first : last + 1]
        else:
            streams = [1] if line.select.get("streams") == "uasc" else [0, 1]
            share = lived[:, streams][..., chosen].sum((1, 2)) if chosen else np.ones(len(stock))
        found[line.name] = share / share.sum()
    return _Money(tuple(section_251.lines()), found)


def _looked_after() -> list[Line]:
    """Give the items of children looked after that have no published line of each authority."""
    apart = ("leaving care", "supported at home", *GROUPS)
    return [x for x in _money().lines if x.spend and x.name not in apart]


@cache
def _prices() -> dict[str, Array]:
    """Give own prices over England's in the base year; ones where an authority has published none.

    Fostering and residential prices are published. The level of all prices of children looked after is what, with
    these, gives the published spend back.
    """
    money = _money()
    price = {k: tables.spend(f"{k}, GBP a week") / per_week(YEAR, of) for k, of in PRICES.items()}
    price = {k: np.where(np.isfinite(x) & (x > 0), x, 1.0) for k, x in price.items()}
    of_item = dict.fromkeys(FOSTERING, price["fostering"]) | dict.fromkeys(HOMES, price["residential"])
    at_own = sum(x.spend * money.volume[x.name] * of_item.get(x.name, 1.0) for x in _looked_after())
    leaving = tables.spend("leaving care")
    spend = {x.name: x.spend * money.volume[x.name] for x in money.lines}

    def over(published: Array, expected: Array) -> Array:
        known = np.isfinite(published) & (expected > 0) & (tables.total("stock total") > 0)
        return np.where(known, np.divide(published, expected, out=np.ones_like(expected), where=expected > 0), 1.0)

    return {
        **{f"price: {k}": x for k, x in price.items()},
        "price: level": over(tables.spend(LOOKED_AFTER) - leaving, np.asarray(at_own)),
        "price: leaving care": over(leaving, spend["leaving care"]),
        **{f"price: {g}": over(tables.spend(g), spend[g]) for g in GROUPS},
    }


# The path of children


class _Path(NamedTuple):
    years: tuple[int, ...]
    children: Array  # (authority, year)
    multiples: Mapping[str, Array]  # of each stream: (authority, year)
    wander: Array  # (authority,)
    widths: Array  # log standard deviation that is wanted, and that the set has: (2, authority, horizon)


@cache
def _run() -> cc.Results:
    return cc.run(run_set.load(england.files()), years=AHEAD)


@cache
def _common() -> Array:
    """Give the standard deviation of England's log children over one to five years, which all authorities share."""
    run = cc.run(run_set.load(england.files()), years=SCORED, draws=DRAWS).run
    return np.log(run.side("inaction", run.drawn["inaction"]).children[:, 1:]).std(0)


def history() -> cc.History:
    """Give what is known of authorities in 2020 to 2022 and 2024 to 2025, 2023 a line that no rule looks at.

    Those who went to another authority are neither starts nor exits here. What was one area of the panel has its rates.
    """
    n = len(tables.numbers())
    kept = np.array([r["area"] not in FEW for r in tables.rows()])
    now, gone = tables.total("stock total"), own.flows().went.sum((1, 2))
    started = tables.fitted("started").sum(1) - gone
    before = now - started + tables.fitted("ceased").sum(1) - gone
    left = before.sum() - figure("time_series", "stock", year=YEAR - 1)
    before = before - left * started / started.sum()
    years = (2020, 2021, 2022)
    part = _part(now)
    old = {s: np.stack([part * tables.panel(s, y) for y in years], axis=1) for s in ("stock", "started", "population")}
    lacking = np.full((n, 2), np.nan)
    stock = np.column_stack([old["stock"], old["stock"][:, -1], before, now])
    theirs = tables.unaccompanied("stock")
    # Of 2024 only the sum is looked at.
    uasc = np.column_stack([np.full((n, 4), np.nan), theirs * uasc_stock(YEAR - 1) / uasc_stock(YEAR), theirs])
    people = np.column_stack([old["population"], lacking, tables.total("population 0-17")])
    regions = {r["la_number"]: r["region"] for r in table("authority_spend")}
    return cc.History(
        range(2020, 2026),
        [r["area"] for r, k in zip(tables.rows(), kept, strict=True) if k],
        stock[kept],
        np.column_stack([old["started"], lacking, started])[kept],
        uasc[kept],
        people[kept],
        [regions[r["la_number"]] for r, k in zip(tables.rows(), kept, strict=True) if k],
    )


def _part(now: Array) -> Array:
    """Give the share of each authority in the area of the panel that it is a part of."""
    area = np.array(tables.panel_areas())
    return np.array([x / now[area == a].sum() if x else 0.0 for x, a in zip(now, area, strict=True)])


@cache
def _ahead() -> _Path:
    """Give the path of children of each authority, and what entries are multiplied by for its set to follow it.

    The forecaster of authorities is scaled to England's set, all children and unaccompanied ones. The stock of a date
    is a sum over the years in which children came in, so the multiples follow from one run of each.
    """
    known, names, now = history(), [r["area"] for r in tables.rows()], tables.total("stock total")
    years, horizons = tuple(range(YEAR + 1, YEAR + AHEAD + 1)), tuple(range(1, AHEAD + 1))
    whole = {s: p.stock[0].sum(1)[:, : len(FULL)].sum(1) for s, p in _run().run.projections("inaction").items()}
    together = whole["other"] + whole["uasc"]
    kept = [names.index(a) for a in known.areas]
    total = of_areas(known, horizons, together[1:] / together[0] * np.asarray(known.stock)[:, -1].sum(), TWO_MISSING)
    uasc = uasc_of_areas(known, horizons) * whole["uasc"][1:] / whole["uasc"][0]
    wanted = {"other": total - uasc, "uasc": uasc}
    multiples = {s: np.ones((len(names), AHEAD)) for s in STREAMS}
    children, wander = np.full((len(names), AHEAD), np.nan), np.zeros(len(names))
    widths = np.full((2, len(names), SCORED), np.nan)
    for row, i in enumerate(kept):
        parts = {s: _by_year(s, i) for s in STREAMS}  # (1 + year, date)
        for s, part in parts.items():
            multiples[s][i] = _followed(part, wanted[s][row])
        children[i] = total[row]
        wander[i], widths[:, i] = _wander(parts, {s: multiples[s][i] for s in STREAMS}, total[row], now[i])
    for i in set(range(len(names))) - set(kept):
        wander[i] = np.median(wander[kept])
        if now[i]:  # without a forecast it goes where its rates lead
            children[i] = np.sum([_by_year(s, i).sum(0) for s in STREAMS], axis=0)
    return _Path(years, children, multiples, wander, widths)


def _by_year(stream: str, i: int) -> Array:
    """Run one stream of an authority, central: children of the base date, then those of each year's entries.

    Returns
    -------
    ndarray of shape (1 + year, date)
        Children in care on 31 March of each date after the base date.
    """
    p, s = _run().run.parameters("inaction")[stream], STREAMS.index(stream)
    stock, _ = own.stock()
    rates, n = own.rates(), 1 + AHEAD
    care = len(FULL)
    initial = np.zeros_like(np.asarray(p.initial_stock))
    initial[0, :, :care] = stock[i, s]
    people = np.asarray(p.population) * _cohorts(own.people()[i], AHEAD)
    entry = np.repeat(np.asarray(p.entry_rate), AHEAD // np.asarray(p.entry_rate).shape[1], axis=1)
    entry = entry * rates.entry[i, s][band_of]
    alone = np.concatenate([np.zeros((1, AHEAD)), np.eye(AHEAD)])  # (draw, year): whose entries there are
    extra = {k: np.asarray(x) * _residual()[i] * alone[:, :, None, None] for k, x in p.extra_entries.items()}
    came = _arrivals(p, i, s)[None, None] * alone[:, :, None, None]
    exits = p.exit_rate
    first = np.searchsorted(exits.ages, np.arange(exits.values.shape[2]))  # the first age of each step
    values = np.array(exits.values)
    values[:, :, :, :care] *= _leaving_factors(p.grid, i, s)[first]
    made = replace(
        p,
        initial_stock=np.repeat(initial, n, 0) * (np.arange(n) == 0)[:, None, None],
        population=people,
        entry_rate=entry * alone[:, :, None],
        extra_entries={**extra, "came from another authority": came},
        exit_rate=replace(exits, values=values),
    )
    return np.asarray(cc.project(made).stock[:, 1:, :, :care].sum((2, 3)))


def _arrivals(p: cc.Parameters, i: int, s: int) -> Array:
    """Spread those who came from another authority as England's entries of their stream: (age, placement)."""
    entry = np.asarray(p.entry_rate)[0, 0] * np.asarray(p.population)[0, 0]
    cells = entry[:, None] * np.asarray(p.entry_share)[0, 0]
    return np.asarray(own.flows().came[i, s].sum() * cells / cells.sum())


def _leaving_factors(grid: cc.Grid, i: int, s: int) -> Array:
    """Give what exit rates are multiplied by: (age, 1, reason)."""
    rates = own.rates()
    gone = np.array([r.name == "other authority" for r in grid.reasons])
    return np.where(gone, rates.going[i, s][band_of, None, None], rates.leaving[i, s][band_of, None, None])


def _cohorts(share: Array, years: int) -> Array:
    """Follow shares of cohorts: those of an age in mid-2024, and of births after it those of age 0: (year, age)."""
    return np.stack([share[np.maximum(np.arange(18) - 1 - y, 0)] for y in range(years)])


def _followed(part: Array, wanted: Array) -> Array:
    """Solve what each year's entries are multiplied by, from the first year on: (year,)."""
    found = np.ones(len(wanted))
    for k, children in enumerate(wanted):
        rest = part[0, k] + found[:k] @ part[1 : k + 1, k]
        new = part[1 + k, k]
        found[k] = (children - rest) / new if new > 0 else 1.0
    return found


def _scores() -> dict[str, float]:
    """Score the forecaster on 2021 and 2022, over one to five years: gain over no change [%], and what bands held."""
    rule, plain, horizons = "ours, two years missing", "no change", range(1, 6)
    panel = cc.load_history("authorities")
    found = cc.backtest(panel, [plain, rule], origins=range(2016, 2022), horizons=horizons).since(2021)
    gain = found.gain().set_index(["model", "horizon"])["gain"]
    held = found.scores("coverage_80").set_index("model")["value"][rule]
    return {
        "gain": round(float(gain[rule, "all"]), 1),
        "gain_one": round(float(gain[rule, 1]), 1),
        "held_least": round(float(held.min()), 3),
        "held_most": round(float(held.max()), 3),
    }


def _half_life() -> float:
    """Years in which half of a shock of an authority's own is gone: what the forecaster leaves of one in a year."""
    return float(np.log(0.5) / np.log(OWN_SHOCK))


def _wander(
    parts: Mapping[str, Array], multiples: Mapping[str, Array], total: Array, now: float
) -> tuple[float, Array]:
    """Give the standard deviation of log entries that, with England's walk and luck, gives the pooled law's width.

    Returns
    -------
    float, ndarray of shape (2, horizon)
        The standard deviation in the long run; and that of log children as wanted, and as it comes out.
    """
    n = SCORED
    entered = np.sum([multiples[s][:n, None] * parts[s][1 : n + 1, :n] for s in STREAMS], axis=0)  # (year, date)
    response = entered / total[:n]  # of log children to log entries of a year
    # What is left of a shock in a later year: (year, shock).
    fading = np.tril(OWN_SHOCK ** np.maximum(np.subtract.outer(np.arange(n), np.arange(n)), 0))
    # A process that reverts to none from none in the base year: shocks of variance (1 - r^2) of the long run.
    own_part = np.square(response.T @ fading).sum(1) * (1 - OWN_SHOCK**2)  # (date,)
    # Whole children: those who came in are a Poisson number, those of the base date stay or leave by themselves.
    stayed = np.sum([parts[s][0, :n] for s in STREAMS], axis=0)
    luck = (total[:n] - stayed**2 / now) / total[:n] ** 2
    wanted = np.arange(1, n + 1) * (WALK + LUCK / now)
    left = wanted - np.square(_common()) - luck
    sd = float(np.sqrt(max((left * own_part).sum() / np.square(own_part).sum(), 0.0)))
    return sd, np.sqrt(np.stack([wanted, np.square(_common()) + luck + sd**2 * own_part]))
