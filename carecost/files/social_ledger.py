"""The social ledger: values to society that a user may add to a set, beside any budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from carecost._guard import guarded, text
from carecost._labels import financial_year
from carecost.engine.grid import Selector
from carecost.engine.items import OUTCOMES, SOCIAL, Cashable, Item
from carecost.errors import ComparisonError, Problem, UnknownNameError, unknown
from carecost.files.load import a_set
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief, Note
from carecost.money import vintages
from carecost.simulation.checks import verify


@dataclass(frozen=True)
class SocialValue:
    """A published social value.

    Attributes
    ----------
    name : str
        What is valued.
    use : str
        ``item``: a line of the social ledger. ``outcome``: a line of it that follows an outcome. ``check``: a total to
        hold a ledger against, never a line. ``price``: what one unit of an effect of yours is worth.
    belief : Belief
        Value, interval if any, unit, price year, source, grade and note.
    is_not : str
        What it must not be taken for.
    of : str
        The outcome that it values, as the group of the set's outcome item is called.
    """

    name: str
    use: str
    belief: Belief
    is_not: str
    of: str = ""


@guarded()
def social_values() -> tuple[SocialValue, ...]:
    """Give the social values that ship, in the prices in which they were published.

    They are read from the package's own table; each says what it must not be taken for.

    Returns
    -------
    tuple of SocialValue
        Lines of the ledger, checks, and prices.

    See Also
    --------
    social_value : Give one of them by name.
    with_social_ledger : Put the lines beside the budgets of a set.

    Examples
    --------
    >>> [(v.use, v.belief.value, v.belief.unit) for v in social_values()][0]
    ('item', 14000.0, 'GBP per child-year')
    """
    return tuple(_value(row) for row in vintages.rows("social_values"))


@guarded(name=text)
def social_value(name: str) -> SocialValue:
    """Give one social value, such as the price of a WELLBY.

    It is in the prices in which it was published: convert it before it is put beside an amount of a set.

    Parameters
    ----------
    name : str
        As in :func:`social_values`.

    Returns
    -------
    SocialValue
        The value.

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    See Also
    --------
    social_values : Give all of them.

    Examples
    --------
    >>> social_value("WELLBY").belief.value
    13000.0
    """
    known = {value.name: value for value in social_values()}
    if name not in known:
        raise UnknownNameError(unknown("social value", name, known))
    return known[name]


@guarded(assumptions=a_set)
def with_social_ledger(assumptions: Assumptions | str | Path) -> Assumptions:
    """Make a set with the packaged social ledger beside its budgets; no budget changes.

    Its lines are cost items of the account ``social``: they count in ``npsv`` alone, and never in spend, ``npv`` or any
    total of the public purse. A line follows the time of children in care and in the place where averted children go,
    or an outcome, where the set counts it; its value is converted to the prices of the set.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        A set without a social ledger, or its name or folder.

    Returns
    -------
    Assumptions
        The set with the ledger, checked, and the name of both.

    Raises
    ------
    ComparisonError
        If the set has a social ledger: the same outcome would be counted twice.

    See Also
    --------
    social_values : Give the values that the lines are made of.

    Examples
    --------
    >>> import carecost as cc
    >>> england = with_social_ledger("england-2025")
    >>> [item.name for item in england.items if item.account == "social"]
    ['poor outcomes of children who need a social worker']
    """
    assumptions = a_set(assumptions)
    social = [item.name for item in assumptions.items if item.account == SOCIAL]
    if social:
        remedy = "Keep one ledger: a set with its own needs no other"
        raise ComparisonError(
            Problem(f"there is a social ledger already: {', '.join(social)}", assumptions.name, remedy)
        )
    counted = {item.group for item in assumptions.items if item.account == OUTCOMES}
    lines = [value for value in social_values() if value.use == "item" or value.of in counted]
    placements = tuple(p.name for p in assumptions.placements if p.in_care or p.name == assumptions.averted_to)
    made = replace(
        assumptions,
        name=f"{assumptions.name}, social ledger",
        items=assumptions.items + tuple(_item(line, placements) for line in lines),
        rows=_after_prices(assumptions.rows, tuple(_price(line, assumptions) for line in lines)),
        notes=assumptions.notes + tuple(Note("left_out", (f"Social ledger, {x.name}: {x.is_not}.")) for x in lines),
    )
    verify(made)
    return made


def _after_prices(rows: tuple[Assumption, ...], more: tuple[Assumption, ...]) -> tuple[Assumption, ...]:
    """Put unit costs where a set that is read keeps them, so that one read back is the same."""
    last = max(
        (i for i, r in enumerate(rows) if (r.kind, r.parameter) == ("value", "unit_cost")), default=len(rows) - 1
    )
    return rows[: last + 1] + more + rows[last + 1 :]


def _value(row: dict[str, str]) -> SocialValue:
    """Make a value of a row of the package's table."""
    belief = Belief(
        value=float(row["value"]),
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        price_year=int(row["price_year"]),
        unit=row["unit"],
        source=row["source"],
        source_year=row["source_year"],
        quality=row["quality"],
        note=row["note"],
    )
    return SocialValue(name=row["name"], use=row["use"], belief=belief, is_not=row["is_not"], of=row["of"])


def _item(value: SocialValue, placements: tuple[str, ...]) -> Item:
    """Make a line; no share of it is ever cash."""
    outcome = value.of != ""
    return Item(
        name=value.name,
        driver=OUTCOMES if outcome else "child_years",
        placements=() if outcome else placements,
        group=value.of if outcome else SOCIAL,
        account=SOCIAL,
        cashable=Cashable(0.0, 0.0),
        source=value.belief.source,
        quality=value.belief.quality,
        note=f"{value.belief.note}. It is {value.is_not}",
    )


def _price(value: SocialValue, to: Assumptions) -> Assumption:
    """Give the unit cost of a line in the prices of a set."""
    b, deflator = value.belief, to.deflator
    assert b.price_year is not None
    factor = float(deflator.factor(b.price_year, to.price_year)[0])
    said = f"{b.value:,.0f} in prices of {financial_year(b.price_year)}, by the deflator {deflator.vintage}; {b.note}"
    low, high = (None if end is None else end * factor for end in (b.low, b.high))
    converted = replace(b, value=b.value * factor, low=low, high=high, price_year=to.price_year, note=said)
    return Assumption("unit_cost", Selector(items=(value.name,)), converted)
