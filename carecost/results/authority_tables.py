"""A local authority beside its statistical neighbours and England: rate, mix, price, and why it spends what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from carecost.files.authorities import PLACEMENTS, Authority
from carecost.inputs.assumptions import Assumptions

#: Names of the rows that stand for several authorities.
NEAR, WHOLE = "its ten neighbours", "England"
SPEND = "spend, children looked after"


def together(some: Iterable[Authority]) -> dict[str, float]:
    """Sum the figures of authorities; £ a week are means over children in those placements, where published."""
    chosen = list(some)
    added = pd.DataFrame([one.figures for one in chosen])
    out = {str(name): float(value) for name, value in added.sum().items()}
    for price, placed in (("fostering", "in fostering"), ("residential", "in homes"), ("looked after", "children")):
        known = added[added[f"{price}, GBP a week"].notna()]
        out[f"{price}, GBP a week"] = float((known[f"{price}, GBP a week"] * known[placed]).sum() / known[placed].sum())
    return out


def beside(one: Authority, every: Sequence[Authority]) -> pd.DataFrame:
    """Lay an authority out beside its neighbours and England.

    Parameters
    ----------
    one : Authority
        The authority.
    every : sequence of Authority
        All of them.

    Returns
    -------
    DataFrame
        A row the authority, its ten neighbours together, England, and each neighbour; columns area; rate and started
        (those who went on to another authority are counted there) [children per 10,000 aged 0 to 17]; unaccompanied,
        fostering, homes, supported, family (with parents or adopters), the shares of children in care; fostering_price
        and residential_price [GBP a week]; spend on children looked after [GBP a child aged 0 to 17].

    Examples
    --------
    >>> from carecost.files.authorities import known_authorities
    >>> every = known_authorities("england-2025").all
    >>> kent = next(one for one in every if one.name == "Kent")
    >>> beside(kent, every)["area"].iloc[:3].tolist()
    ['Kent', 'its ten neighbours', 'England']
    """
    near = [next(x for x in every if x.name == name) for name in one.neighbours]
    rows: list[tuple[str, Mapping[str, float]]] = [
        (one.name, one.figures),
        (NEAR, together(near)),
        (WHOLE, together(every)),
        *((x.name, x.figures) for x in near),
    ]
    # Where some have published no spend, spend a child is that of the others.
    paying = {NEAR: _paying(near), WHOLE: _paying(every)}
    return pd.DataFrame([_beside(name, figures, paying.get(name, figures)) for name, figures in rows])


def _paying(some: Iterable[Authority]) -> dict[str, float]:
    return together(x for x in some if np.isfinite(x.figures[SPEND]))


def _beside(name: str, f: Mapping[str, float], paying: Mapping[str, float]) -> dict[str, object]:
    children, people = f["children"], f["children aged 0 to 17"]
    return {
        "area": name,
        "rate": 1e4 * children / people,
        "started": 1e4 * (f["started"] - f["went to another authority"]) / people,
        "unaccompanied": f["unaccompanied"] / children,
        "fostering": f["in fostering"] / children,
        "homes": f["in homes"] / children,
        "supported": f["in supported accommodation"] / children,
        "family": (f["in with parents"] + f["in placed for adoption"]) / children,
        "fostering_price": f["fostering, GBP a week"],
        "residential_price": f["residential, GBP a week"],
        "spend": paying[SPEND] / paying["children aged 0 to 17"],
    }


def difference(one: Authority, others: Iterable[Authority], england: Assumptions) -> dict[str, float]:
    """Split what an authority spends more on children looked after than others would for as many children: exactly.

    Parameters
    ----------
    one : Authority
        The authority.
    others : iterable of Authority
        Whom it is set beside; those without published spend are left out.
    england : Assumptions
        England's set, whose prices by placement weigh the mix.

    Returns
    -------
    dict of str to float
        spend, expected at the others' rate, mix and price; rate, mix and price, the parts of the difference, which sum
        to it [GBP, 2024-25]. NaN where the authority has published no spend.

    Examples
    --------
    >>> import carecost as cc
    >>> from carecost.files.authorities import known_authorities
    >>> every = known_authorities("england-2025").all
    >>> kent = next(one for one in every if one.name == "Kent")
    >>> parts = difference(kent, every, cc.load_assumptions("england-2025"))
    >>> round(sum(parts[k] for k in ("expected", "rate", "mix", "price")) - parts["spend"])
    0
    """
    f, o = one.figures, _paying(others)
    expected = o[SPEND] * f["children aged 0 to 17"] / o["children aged 0 to 17"]
    each = o[SPEND] / o["children"]  # what a child costs the others
    dear, theirs = (_weight(x, weekly_costs(england)) for x in (f, o))
    at_rate = f["children"] * each
    at_mix = at_rate * dear / theirs
    spend = f[SPEND]
    return {
        "spend": spend,
        "expected": expected,
        "rate": at_rate - expected,
        "mix": at_mix - at_rate,
        "price": spend - at_mix,
    }


def _weight(figures: Mapping[str, float], costs: Mapping[str, float]) -> float:
    """Give what a child costs a week at England's prices, on average over where children are."""
    return sum(figures[f"in {name}"] * cost for name, cost in costs.items()) / figures["children"]


def weekly_costs(england: Assumptions) -> dict[str, float]:
    """Give what a week in each placement of the release costs in England's set, what all children cost with it.

    Returns
    -------
    dict of str to float
        By placement [GBP per child-week].
    """
    price = {name: row.belief.value for row in england.select("unit_cost") for name in row.where.items or ()}
    stock: dict[str, float] = {}
    for row in england.select("initial_stock"):
        for name in row.where.placements or ():
            stock[name] = stock.get(name, 0.0) + row.belief.value
    cost, children = dict.fromkeys(PLACEMENTS.values(), 0.0), dict.fromkeys(PLACEMENTS.values(), 0.0)
    for placement, release in PLACEMENTS.items():
        week = sum(
            price[item.name]
            for item in england.items
            if item.driver == "child_weeks" and not item.streams and placement in (item.placements or ())
        )
        cost[release] += stock.get(placement, 0.0) * week
        children[release] += stock.get(placement, 0.0)
    return {name: cost[name] / children[name] for name in cost}
