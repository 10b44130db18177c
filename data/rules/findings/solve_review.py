"""The Review's headline solved: growth, prices and effects that one would have to believe (root finding)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from data.rules.rates import stock
from data.rules.rates.base_case import Case, base_case, scaled
from data.rules.sources import population, published
from data.rules.sources.published import figure, financial, per_week
from data.rules.sources.stream import Stream, run_stream

Array = NDArray[np.float64]
BASE, TARGET = 2022, 2032
YEARS = TARGET - BASE
CARE_REVIEW = "Care Review May 2022"
RESIDENTIAL = "Residential (gross s251 / 903 care days K1,K2,R1,S1)"
FOSTERING = "Fostering (gross s251 / foster placements)"
FOSTER = ("kinship foster", "foster in-house", "foster agency")
RESIDENCES = ("children's home", "secure", "other residential", "residential school")
OUTSIDE = "other children's services"
WEEKS = 365 / 7
#: Programme year 1 of the set, and the years in which the effects start and are full.
PROGRAMME, START, FULL = 2024, 2, 6
#: Where new foster carers take children from, and the programme year by which they are there.
FROM, INTO, CARERS_FULL = ("foster agency", "children's home"), "foster in-house", 3


def lever(name: str) -> float:
    """Look up a figure about a lever."""
    return figure("levers", "value", figure=name)


def review_figure(measure: str, year: int) -> float:
    """Look up a number of the Review."""
    return figure("published_projections", "value", publication=CARE_REVIEW, measure=measure, year=year)


@dataclass(frozen=True)
class Start:
    """Where a path starts: the Review's "80,000 today" leaves it open.

    Attributes
    ----------
    children : float
        Children in care.
    year : int
        On 31 March of this year: 2021 or 2022.
    """

    children: float
    year: int = BASE


def starts() -> dict[str, Start]:
    """Give the starting points: the Review's, and what was published for 2021 and 2022."""
    vintage = {"year": BASE - 1, "vintage": "2021 release (recalled)"}
    return {
        "review": Start(review_figure("children in care", 2021)),
        "2021": Start(figure("stock_vintages", "children", **vintage), BASE - 1),  # type: ignore[arg-type]
        "2022": Start(figure("time_series", "stock", year=BASE)),
    }


@cache
def base(start: Start | None = None) -> Case:
    """Give the 2022 case with its stock scaled to a number of children (the Review's 80,000), or that of 2021."""
    start = start or starts()["review"]
    found = base_case(BASE, held=True)
    if start.year != BASE:
        found = found.but(stock=stock.joint(start.year))
    return scaled(found, start.children / sum(s.stock.sum() for s in found.streams.values()))


@dataclass(frozen=True)
class Path:
    """Children in care by date, time lived by year and placement, and placements on the last date."""

    children: Array
    years_lived: Array
    placed: Array
    by_stream: Mapping[str, Array]


def path(
    growth: float,
    effect: Array | None = None,
    last: int = TARGET,
    start: Start | None = None,
    shift: Array | None = None,
) -> Path:
    """Run both streams with entry rates that grow from 2022.

    An effect scales the entries of the other stream; a shift moves that share of arrivals in agencies and children's
    homes to a council's own foster carers.
    """
    first = start.year if start else BASE
    years = last - first
    level = (1 + growth) ** np.maximum(np.arange(first + 1, last + 1) - BASE, 0)
    streams = {}
    for name, stream in base(start).streams.items():
        factor = level if effect is None or name == "uasc" else level * effect
        grown = stream.but(entry_rate=stream.entry_rate * factor[:, None])
        streams[name] = run_stream(grown if shift is None else shifted(grown, shift), years)
    lived = sum(p.child_years[0].sum(1) for p in streams.values())
    by_stream = {s: p.stock[0].sum((1, 2)) for s, p in streams.items()}
    placed = sum(p.stock[0, -1].sum(0) for p in streams.values())
    return Path(np.asarray(sum(by_stream.values())), np.asarray(lived), np.asarray(placed), by_stream)


@cache
def entry_growth(start: Start | None = None) -> float:
    """Solve the yearly growth of entry rates that gives 100,000 children on 31 March 2032."""
    wanted = review_figure("children in care", TARGET)
    return _root(lambda g: path(g, start=start).children[-1] - wanted, -0.05, 0.10)


@cache
def lines(start: Start | None = None) -> dict[str, tuple[float, Array]]:
    """Give unit costs in 2021-22 prices with which a child of the start costs 1,430 a week and everything 10bn.

    Each with its weight on the placements (child-weeks), or none for what follows the population.
    """
    children = sum(s.stock.sum(0) for s in base(start).streams.values())
    names = base().placements
    of = {p: np.array([q == p for q in names], dtype=float) for p in names}
    found = {p: (per_week(BASE, FOSTERING), of[p]) for p in FOSTER}
    homes = stock.shares(BASE).homes
    paid = {p: homes if p == "other residential" else 1.0 for p in RESIDENCES}
    found |= {p: (per_week(BASE, RESIDENTIAL) * paid[p], of[p]) for p in RESIDENCES}
    total = per_week(BASE, "CLA all") * children.sum()
    other = (total - sum(unit * children @ weight for unit, weight in found.values())) / children.sum()
    everything = review_figure("cost GBP bn/yr", 2021) * 1e9
    rest = everything - total * WEEKS
    protecting = figure("s251_groups", "gbp", financial_year=financial(BASE), group="Safeguarding")
    people, nothing = population.total(BASE - 1), np.zeros(len(names))
    return found | {
        "other looked-after services": (other, np.ones(len(names))),
        "safeguarding": (protecting / people, nothing),
        OUTSIDE: ((rest - protecting) / people, nothing),
    }


def spend(run: Path, start: Start | None = None) -> Array:
    """Give spend by year in 2021-22 prices, without price growth [GBP]."""
    found = np.zeros(len(run.years_lived))
    for unit, weight in lines(start).values():
        found += unit * (run.years_lived @ weight * WEEKS if weight.any() else population.total(BASE - 1))
    return found


def price_growth(cash: bool = False, start: Start | None = None) -> float:
    """Solve the yearly real growth of unit costs that gives 15bn in 2031-32, read as real or as cash."""
    wanted = review_figure("cost GBP bn/yr", TARGET) * 1e9 * (real(TARGET) if cash else 1.0)
    now = spend(path(entry_growth(start), start=start), start)[-1]
    return float((wanted / now) ** (1 / YEARS) - 1)


def real(year: int) -> float:
    """Give 2021-22 prices over the prices of a year; past the last published year at its rate."""
    last = 2031
    rate = published.deflator(last) / published.deflator(last - 1)
    index = published.deflator(min(year, last)) * rate ** max(year - last, 0)
    return published.deflator(BASE) / index


def phase(years: int = YEARS) -> Array:
    """Give the share of an effect in force in each projected year."""
    programme = np.arange(BASE + 1, BASE + years + 1) - PROGRAMME + 1
    return np.clip((programme - START + 1) / (FULL - START + 1), 0, 1)


def shifted(stream: Stream, share: Array) -> Stream:
    """Move a share (year,) of arrivals in agencies and children's homes to a council's own foster carers."""
    into = stream.placements.index(INTO)

    def moved(arrivals: Array) -> Array:
        part = share.reshape(-1, *[1] * (arrivals.ndim - 1))
        out = np.repeat(arrivals, len(share), axis=0)
        for name in FROM:
            source = stream.placements.index(name)
            out[..., into] += (part * arrivals)[..., source]
            out[..., source] *= 1 - part[..., 0]
        return out

    return stream.but(entry_share=moved(stream.entry_share), move_rate=moved(stream.move_rate))


def carers(years: int = YEARS) -> Array:
    """Give the share of the foster carers wanted that are there in each projected year: all by programme year 3."""
    programme = np.arange(BASE + 1, BASE + years + 1) - PROGRAMME + 1
    return np.clip(programme / CARERS_FULL, 0, 1)


def carers_places() -> float:
    """Give the children that the carers wanted take, at the children a carer of 2025."""
    filled, there = (
        lever(f"{what} in 2025") for what in ("filled mainstream fostering places", "approved mainstream foster carers")
    )
    return lever("foster carers wanted") * filled / there


@cache
def carers_shift() -> float:
    """Solve the share of arrivals with which a council's own carers have as many more children as those wanted take."""
    growth, more = entry_growth(), carers_places()

    def there_in_2032(share: float) -> float:
        return path(growth, shift=share * carers()).placed[base().placements.index(INTO)]

    without = there_in_2032(0.0)
    return round(_root(lambda s: there_in_2032(s) - without - more, 0.0, 0.9), 6)


@cache
def family(children: float) -> float:
    """Solve the proportional change of entries, alone, with which so many fewer children are in care in 2032."""
    growth = entry_growth()
    without = path(growth).children[-1]
    return round(_root(lambda x: without - path(growth, 1 + x * phase()).children[-1] - children, -0.9, 0.0), 6)


@cache
def effects() -> tuple[float, float]:
    """Solve the changes of entries by Family Help (17,000 alone) and by networks (30,000 with every other part)."""
    growth = entry_growth()
    without = path(growth).children[-1]
    helped = family(review_component())
    everyone = review_figure("children kept with families vs trajectory", TARGET)

    def fewer(networks: float) -> float:
        effect = (1 + helped * phase()) * (1 + networks * phase())
        return without - path(growth, effect, shift=carers_shift() * carers()).children[-1]

    return helped, round(_root(lambda x: fewer(x) - everyone, -0.9, 0.0), 6)


def reformed() -> Path:
    """Run the solved path with every part of the programme that has an effect."""
    helped, networks = effects()
    effect = (1 + helped * phase()) * (1 + networks * phase())
    return path(entry_growth(), effect, shift=carers_shift() * carers())


def review_component() -> float:
    """Give the Family Help part of the claim: 17,000."""
    return figure(
        "published_projections",
        "value",
        publication=f"{CARE_REVIEW} (Family Help component)",
        measure="children not in care by 2031/32",
        year=TARGET,
    )


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    # nine decimals: the root has the same digits on machines whose linear algebra rounds differently
    return round(float(brentq(function, low, high, xtol=1e-13)), 9)
