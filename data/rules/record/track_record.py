"""The track record: what others projected and what came, each baseline from a past date, how often bands held.

Every table gains its rows from the years that are published: a year's release adds them, and no code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import carecost as cc
from carecost.analysis.forecast_rules import walks
from data.rules.costs import intervals, line_growth, section_251
from data.rules.findings import run_set
from data.rules.findings.reconcile import ALL, CARED
from data.rules.findings.tables import Row, common
from data.rules.rates import stock
from data.rules.record import forecasts
from data.rules.sets import baselines, england_2022_backtest, record
from data.rules.sources.notes import WORDS, read, signed
from data.rules.sources.published import deflator, figure, financial, newest, newest_figure
from data.rules.sources.write import beliefs, csv_text

Array = NDArray[np.float64]
CHILDREN, HOMES, FOSTERED = "children in care", "children in homes", "children in foster care"
NEAREST, CARE = "spend, nearest scope", "spend on children looked after"
ALL_SERVICES = "spend on children's services"
#: Rules whose bands are counted.
SCORED = ("held flows", "ours")
#: The date from which every baseline speaks: the one whose set is built from nothing later.
ORIGIN, AHEAD = england_2022_backtest.YEAR, england_2022_backtest.LAST - england_2022_backtest.YEAR
DRAWS = 1000
#: Ends of the bands of 50, 80 and 95%.
BANDS = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}

PROJECTED = ("who", "what", "unit", "from", "for", "date", "said", "came", "error_percent", "note", "source")
SPLIT = ("who", "year", "read_as", "said", "came", "volume", "price", "said_a_child", "came_a_child")
BY_BASELINE = ("axis", "baseline", "what", "unit", "date", "said", "low_80", "high_80", "came", "error_percent", "how")
HELD = ("model", "years_ahead", "windows", "independent", "within_50", "within_80", "within_95")
FAN = ("origin", "date", "said", *(f"{end}_{band}" for band in BANDS for end in ("low", "high")), "came")


def tables() -> dict[str, str]:
    """Write what others projected, price and volume apart, baselines from the origin, the fan, and how bands held."""
    return {
        "record_projections.csv": csv_text(PROJECTED, _projected()),
        "record_price_volume.csv": csv_text(SPLIT, _split()),
        "record_baselines.csv": csv_text(BY_BASELINE, _baselines()),
        "record_fan.csv": csv_text(FAN, _fan()),
        "record_coverage.csv": csv_text(HELD, _held()),
    }


# What others projected


@dataclass(frozen=True)
class Series:
    """A figure of the record by year, with its unit and how it is written."""

    of: Callable[[int], float]
    unit: str
    step: float = 1.0


def _spent(year: int, group: str) -> float:
    return newest_figure("s251_groups", "gbp", financial_year=financial(year), group=group)


def _nearest(year: int) -> float:
    return _spent(year, ALL) - sum(_spent(year, group) for group in record.APART)


def _placed(*names: str) -> Callable[[int], float]:
    return lambda year: sum(newest_figure("stock_by_placement", "children", year=year, placement=p) for p in names)


#: What came, by series. Spend is in cash, £bn.
SERIES = {
    CHILDREN: Series(lambda y: newest_figure("time_series", "stock", year=y), "children"),
    HOMES: Series(_placed(*record.HOMES), "children"),
    FOSTERED: Series(_placed("Foster placements"), "children"),
    NEAREST: Series(lambda y: _nearest(y) / 1e9, "GBP bn, cash", 0.01),
    CARE: Series(lambda y: _spent(y, CARED) / 1e9, "GBP bn, cash", 0.01),
    ALL_SERVICES: Series(lambda y: _spent(y, ALL) / 1e9, "GBP bn, cash", 0.01),
}


@cache
def last() -> int:
    """Give the last year of the record."""
    return max(int(row["year"]) for row in newest("time_series"))


def _came(series: str, year: int) -> float | None:
    try:
        return SERIES[series].of(year)
    except LookupError:  # not published for this year
        return None


@dataclass(frozen=True)
class Projection:
    """What a publication projected, as a line from where it began to where it ended."""

    about: Mapping[str, object]
    first: int
    end: int
    start: float
    said: float

    def at(self, year: int) -> float:
        """Give the value of a year between: even growth, because none gave a path."""
        return float(self.start * (self.said / self.start) ** ((year - self.first) / (self.end - self.first)))


def projections() -> list[Projection]:
    """Read what others projected, each with its start."""
    found = []
    for about in read("projections")["projection"]:
        where = {"publication": about["publication"], "measure": about["measure"], "year": about["for"]}
        said = figure("published_projections", "value", **where)
        begun = about.get("start") or SERIES[about["series"]].of(about["from"])
        found.append(Projection(about, about["from"], about["for"], float(begun), said))
    return found


def _projected() -> Iterator[Row]:
    """Give every projection at each year since its start, and at its end."""
    for one in projections():
        series = SERIES[str(one.about["series"])]
        for year in sorted({*range(one.first + 1, min(one.end, last()) + 1), one.end}):
            came, said = _came(str(one.about["series"]), year), one.at(year)
            yield {
                "who": one.about["who"],
                "what": one.about["series"],
                "unit": series.unit,
                "from": one.first,
                "for": one.end,
                "date": year,
                "said": _to(said, series.step * 10),
                "came": _blank(came, series.step),
                "error_percent": "" if came is None else _error(said / came - 1),
                "note": one.about.get("note", ""),
                "source": one.about["publication"],
            }


def _split() -> Iterator[Row]:
    """Split the error of each projected spend into children and pounds a child: volume and price, nothing left over.

    With said p N and come p' N': volume p (N' - N), price (p' - p) N'. Read as cash, and as real pounds of the start.
    """
    by_who = {(str(p.about["who"]), str(p.about["series"])): p for p in projections()}
    for (who, series), spend in by_who.items():
        children = by_who.get((who, CHILDREN))
        known = [year for year in range(spend.first + 1, min(spend.end, last()) + 1) if _came(series, year) is not None]
        if SERIES[series].unit == "children" or children is None or not known:
            continue
        year = known[-1]
        came, lived = SERIES[series].of(year), SERIES[CHILDREN].of(year)
        for words, inflation in (("cash", 1.0), ("real", deflator(year) / deflator(spend.first))):
            said, count = spend.at(year) * inflation, children.at(year)
            each, paid = said / count, came / lived
            yield {
                "who": who,
                "year": year,
                "read_as": words,
                "said": _to(said, 0.01),
                "came": _to(came, 0.01),
                "volume": _to(each * (lived - count), 0.01),
                "price": _to((paid - each) * lived, 0.01),
                "said_a_child": _to(each * 1e9, 100),
                "came_a_child": _to(paid * 1e9, 100),
            }


# What each baseline would have said


@cache
def _files() -> dict[str, str]:
    return england_2022_backtest.files()


def _walking(*names: str) -> dict[str, str]:
    """Give the paths of some baselines from the origin, and the lasting drift of entries, by the record up to it."""
    rows = [row for name in names for row in baselines.paths(name, ORIGIN)]
    found = {"paths.csv": csv_text(baselines.PATH_COLUMNS, rows)}
    if not set(names) & set(WANDERING):
        return found
    known = cc.load_history("england").until(ORIGIN)
    stock = np.asarray(known.stock)[0]
    rising = "entries-rising" in names
    value = float((stock[-1] / stock[0]) ** (1 / (len(stock) - 1)) - 1) if rising else 0.0
    # what the record up to the origin cannot tell from no drift; 1% to 2025
    width = intervals.NINETY * walks(known).drift_sd
    drift = {"name": "drift of entries", "parameter": "entry_rate", "streams": "other", "from_year": ORIGIN}
    ends = {"value": value, "low": value - width, "high": value + width, "distribution": "normal", "unit": "per year"}
    row = common(baselines.SERIES, ORIGIN, "E", "as known then", **drift, **ends)
    return found | {"growth.csv": _growth([*_prices("prices-fading"), row])}


def _growth(rows: list[Row]) -> str:
    return beliefs(baselines.GROWTH_KEYS, rows, *baselines.GROWTH_MORE)


def _prices(name: str) -> list[Row]:
    """Give the growth of prices by the rule of a baseline, from records that end at the origin."""
    lines = section_251.lines(ORIGIN)
    items = baselines.items_of(lines)
    found = []
    for key, whole in line_growth.records().items():
        known = replace(whole, last=min(whole.last, ORIGIN))
        value = 0.0 if name == "prices-flat" or known.last <= known.first else known.recent
        row = {"name": baselines.PRICES[key], "parameter": "unit_cost", "items": items[key], "from_year": ORIGIN}
        about = f"the last {min(3, len(known.changes))} yearly changes to {ORIGIN}"
        found.append(common(known.source, known.seen, "D", about, **row, **_even(value), **baselines.fading(name)))
    value = 0.0 if name == "prices-flat" else baselines.LONG_RUN
    for title, key in (("growth of other prices", "other"), ("growth of services for all children", "all")):
        row = {"name": title, "parameter": "unit_cost", "items": items[key], "from_year": ORIGIN}
        found.append(common("assumed", ORIGIN, "E", "assumed", **row, **_even(value), **baselines.fading(name)))
    return found


def _even(value: float) -> Row:
    return {"value": value, "unit": "per year"}


WITH_AGES, DRAWN = "engine with ages, central", f"engine with ages, mean of {DRAWS:,} draws"
#: What each axis moves.
MOVES = {
    "entries": (CHILDREN, ALL_SERVICES),
    "population": (CHILDREN, ALL_SERVICES),
    "mix": (HOMES, ALL_SERVICES),
    "prices": (ALL_SERVICES,),
    "unaccompanied": (CHILDREN, ALL_SERVICES),
    "policy": (CHILDREN, ALL_SERVICES),
}
#: Baselines with paths, which are drawn.
WANDERING, ARRIVING = ("entries-wandering", "entries-rising"), "unaccompanied-central"
#: Baselines that nobody could have stated at the origin, and why.
UNSAID = {
    "population-official": "not said: no projection published by then is transcribed",
    "mix-fading": "not said: needs three yearly changes of the share, and one was on record",
    "mix-trend": "not said: needs three yearly changes of the share, and one was on record",
    "policy-enacted": "not said: nothing enacted by then for later years is transcribed",
}


def _cases() -> Iterator[tuple[str, cc.Assumptions]]:
    """Give each baseline that could be stated, with the set that says what it would have said."""
    held = run_set.load(_files() | {"growth.csv": _growth(_prices("prices-fading"))})
    for name in ("entries-held", "population-assumed", "mix-held", "policy-2024-25"):
        yield name, held
    for name in WANDERING:
        yield name, run_set.load(_files() | _walking(name))
    fading = {"growth.csv": _growth(_prices("prices-fading"))}
    yield ARRIVING, run_set.load(_files() | fading | _walking(ARRIVING))
    yield "population-flat", _flat(held)
    for name in ("prices-flat", "prices-fading", "prices-growing"):
        yield name, run_set.load(_files() | {"growth.csv": _growth(_prices(name))})
    ends = intervals.arrivals_ends(ORIGIN)
    for name, times in zip(("unaccompanied-low", "unaccompanied-high"), ends, strict=True):
        yield name, held.scale("entry_rate", times, streams="uasc")


def _flat(assumptions: cc.Assumptions) -> cc.Assumptions:
    """Give every year the population of the first projected one."""
    people = [row for row in assumptions.rows if row.parameter == "population" and row.kind == "value"]
    first = {row.where.ages: row.belief for row in people if row.where.years == (ORIGIN + 1,)}
    rows = tuple(replace(row, belief=first[row.where.ages]) if row in people else row for row in assumptions.rows)
    return replace(assumptions, rows=rows)


def _baselines() -> Iterator[Row]:
    """Give what each baseline moves at each date since the origin."""
    stated = dict(_cases())
    for name in packaged():
        axis = name.partition("-")[0]
        drawn = name in (*WANDERING, ARRIVING)
        samples = (
            _samples(cc.run(stated[name], years=last() - ORIGIN, draws=DRAWS if drawn else None))
            if name in stated
            else {}
        )
        for what in MOVES[axis]:
            for year in range(ORIGIN + 1, last() + 1):
                row = {"axis": axis, "baseline": name, "what": what, "unit": SERIES[what].unit, "date": year}
                came = _came(what, year)
                row |= {"came": _blank(came, SERIES[what].step), "how": UNSAID.get(name, DRAWN if drawn else WITH_AGES)}
                yield row | (_said(samples[what][year], what, came, drawn) if samples else {})


def packaged() -> list[str]:
    """Give the names of the packaged baselines, axis by axis."""
    names = sorted(path.stem for path in (WORDS / "baselines").glob("*.toml"))
    return sorted(names, key=lambda name: list(MOVES).index(name.partition("-")[0]))


def _said(sample: Array, what: str, came: float | None, drawn: bool) -> Row:
    """Write what a baseline said of one date: its mean, its band where it has one, its error."""
    step = SERIES[what].step * (10 if SERIES[what].unit == "children" else 1)
    low, high = np.quantile(sample, BANDS[80]).tolist() if drawn else (None, None)
    error = "" if came is None else _error(float(sample.mean()) / came - 1)
    ends = {"low_80": _blank(low, step), "high_80": _blank(high, step)}
    return {"said": _to(float(sample.mean()), step), **ends, "error_percent": error}


def _samples(results: cc.Results) -> dict[str, dict[int, Array]]:
    """Give children, children in homes and spend [GBP bn, cash by the deflator as it came] by date, over draws."""

    def of(frame: pd.DataFrame, date: str, times: Callable[[int], float] = lambda _: 1.0) -> dict[int, Array]:
        summed = frame.groupby([date, "draw"])["value"].sum()
        return {year: summed[year].to_numpy() * times(year) for year in summed.index.unique(0) if year <= last()}

    by_placement = results.children(by=["placement"], by_draw=True)
    homes = by_placement[
        by_placement["placement"].isin([p for p, category in stock.FULL.items() if category in record.HOMES])
    ]
    return {
        CHILDREN: of(by_placement, "date"),
        HOMES: of(homes, "date"),
        ALL_SERVICES: of(results.costs(by_draw=True), "year", lambda year: deflator(year) / deflator(ORIGIN) / 1e9),
    }


# How often bands held


def _fan() -> Iterator[Row]:
    """Give the bands of entries-wandering and unaccompanied-central from the origin, ten years on, and what came."""
    assumptions = run_set.load(_files() | _walking(WANDERING[0], ARRIVING))
    sample = (
        cc.run(assumptions, years=AHEAD, draws=DRAWS).children(by_draw=True).groupby(["date", "draw"])["value"].sum()
    )
    for year in sample.index.unique(0):
        said, came = sample[year].to_numpy(), _came(CHILDREN, year) if year <= last() else None
        ends = {
            f"{end}_{band}": _to(float(np.quantile(said, at)), 10)
            for band, both in BANDS.items()
            for end, at in zip(("low", "high"), both, strict=True)
        }
        row = {"origin": ORIGIN, "date": year, "said": _to(float(said.mean()), 10), **ends}
        yield row | {"came": _blank(came, 1)}


def _held() -> Iterator[Row]:
    """Give how often the bands of two rules held what came, by years ahead."""
    rows = forecasts.found().scores()
    for (model, horizon), some in rows.groupby(["model", "horizon"], sort=False):
        if model in SCORED:
            share = some.set_index("score")["value"]
            yield {
                "model": model,
                "years_ahead": horizon,
                "windows": int(some["origins"].iloc[0]),
                "independent": int(some["independent"].iloc[0]),
                **{f"within_{band}": f"{share[f'coverage_{band}']:.2f}" for band in BANDS},
            }


def _to(value: float, step: float) -> float:
    """Round to a step, without the dust of floating point."""
    return round(round(value / step) * step, 6)


def _blank(value: float | None, step: float) -> float | None:
    return None if value is None else _to(value, step)


def _error(share: float) -> str:
    return signed(share).removesuffix("%")
