"""Optimism bias: one named uplift on what a programme costs, printed even when none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from carecost._guard import guarded, number, opened, share, take, text
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.money import vintages

#: Largest uplift that is taken: the guidance goes up to 2 (200%), and what is far beyond is a percentage.
MOST = 5.0
UPLIFT = number(0, MOST, hint="a share of spending, so 0.41 for 41%")


def bias(value: Any) -> Any:
    """Take an optimism bias by name, as a share of spending, as an object, or none (a rule of the guard)."""
    return value if value is None or isinstance(value, str | Optimism) else UPLIFT(value)


@opened
@dataclass(frozen=True)
class Optimism:
    """Optimism bias: an uplift on the spending of a programme, put on once.

    Parameters
    ----------
    name : str
        Category, or ``given`` for a share of yours; ``none`` where nothing is put on.
    share : float
        Before mitigation [share of spending].
    mitigated : float
        Part of it that was found to be dealt with [share].
    vintage, source, note : str
        By whose word, and what it is for.

    Raises
    ------
    InputError
        If the share is not from 0 to 5 (a percentage is none), or the mitigated part is not from 0 to 1.

    See Also
    --------
    optimism_bias : The upper bounds of the Green Book's guidance, by name.

    Examples
    --------
    >>> Optimism("given", 0.4, 0.25).words
    'given: 40%, 25% of it mitigated: +30% on reform spend'
    """

    name: str = "none"
    share: float = 0.0
    mitigated: float = 0.0
    vintage: str = ""
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        take(self, share=UPLIFT, mitigated=share(), **dict.fromkeys(("name", "vintage", "source", "note"), text))

    @property
    def uplift(self) -> float:
        """What is put on spending [share]."""
        return self.share * (1.0 - self.mitigated)

    @property
    def words(self) -> str:
        """The uplift in words."""
        if not self.share:
            return "none"
        named = f"{self.name}{f' ({self.vintage})' if self.vintage else ''}: {100 * self.share:.3g}%"
        return f"{named}, {100 * self.mitigated:.3g}% of it mitigated: +{100 * self.uplift:.3g}% on reform spend"


def categories() -> tuple[str, ...]:
    """List the categories of the packaged upper bounds.

    Returns
    -------
    tuple of str
        Names that :func:`optimism_bias` takes.

    See Also
    --------
    optimism_bias : The uplift of one.

    Examples
    --------
    >>> "outsourcing" in categories()
    True
    """
    return tuple(row["category"] for row in vintages.rows("optimism_bias"))


@guarded(of=bias, mitigated=share())
def optimism_bias(of: str | float | Optimism | None = None, mitigated: float = 0.0) -> Optimism:
    """Find the optimism bias that a user names: a category of the guidance, a share, or none.

    Parameters
    ----------
    of : str, float or Optimism, optional
        A category of the Green Book's guidance [1]_ (its upper bound for the cost of works), a share of spending, or
        none. The guidance has none for social programmes paid from revenue: which one to borrow is for the user to say.
    mitigated : float
        Part of it that was found to be dealt with [share].

    Returns
    -------
    Optimism
        The uplift.

    Raises
    ------
    UnknownNameError
        If there is no such category.
    InputError
        If a share cannot be one, or something is mitigated of no uplift.

    See Also
    --------
    appraise : Costs and benefits, with such an uplift on costs.

    References
    ----------
    .. [1] HM Treasury. Green Book supplementary guidance: optimism bias (Mott MacDonald 2002).

    Examples
    --------
    >>> optimism_bias("outsourcing", mitigated=0.5).uplift
    0.205
    """
    if isinstance(of, Optimism):
        return of
    if of is None:
        if mitigated:
            remedy = "Say of what: optimism='outsourcing', or a share"
            raise InputError(Problem(f"is {mitigated} of no uplift", "mitigated", remedy))
        return Optimism()
    if not isinstance(of, str):
        return Optimism("given", float(of), mitigated, source="given with the call")
    # The upper bound of capital expenditure: what the guidance would have one start from.
    rows = {row["category"]: row for row in vintages.rows("optimism_bias")}
    if of not in rows:
        raise UnknownNameError(unknown("optimism bias", of, rows, "optimism"))
    row = rows[of]
    return Optimism(of, float(row["capex_upper"]), mitigated, row["vintage"], row["source"], row["note"])
