"""What might be done? Levers, their changes, and the scenarios that list them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from carecost.changes import Change, replace_change
from carecost.errors import InputError, Problem

INACTION = "inaction"


@dataclass(frozen=True)
class Lever:
    """Something that can be done.

    Parameters
    ----------
    name : str
        Name.
    changes : tuple of Change
        Its effects and its spending.
    source, quality, note : str
        Whose word, how good (A to E), what to know.
    """

    name: str
    changes: tuple[Change, ...]
    source: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", tuple(self.changes))

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names under which its changes are drawn; the same lever has the same luck in every scenario."""
        names = [f"lever {self.name}: {c.quantity}" for c in self.changes]
        return tuple(n if names.count(n) == 1 else f"{n}, #{names[: i + 1].count(n)}" for i, n in enumerate(names))


@dataclass(frozen=True)
class Scenario:
    """A named list of levers, applied in order. The empty list is inaction.

    Parameters
    ----------
    name : str
        Name.
    levers : tuple of Lever
        Levers in order.
    title, note : str
        Long name; what to know.
    claim : bool
        Whether its effects are claimed and not evidenced.

    Raises
    ------
    InputError
        If two levers have the same name.

    Examples
    --------
    >>> Scenario("both", [Lever("a", [])]).delayed(2).name
    'both, 2 years later'
    """

    name: str
    levers: tuple[Lever, ...] = ()
    title: str = ""
    note: str = ""
    claim: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "levers", tuple(self.levers))
        object.__setattr__(self, "title", self.title or self.name)
        names = [lever.name for lever in self.levers]
        for twice in sorted({n for n in names if names.count(n) > 1}):
            raise InputError(Problem(f"lever {twice!r} is there twice", f"scenario {self.name!r}", "Names are unique"))

    @property
    def changes(self) -> tuple[tuple[str, Change], ...]:
        """All changes in order, each with the name under which it is drawn."""
        return tuple(pair for lever in self.levers for pair in zip(lever.quantities, lever.changes, strict=True))

    def __add__(self, other: Scenario) -> Scenario:
        """Put the levers of two scenarios one after the other."""
        title = f"{self.title} + {other.title}"
        return Scenario(f"{self.name} + {other.name}", self.levers + other.levers, title, "", self.claim or other.claim)

    def delayed(self, years: int) -> Scenario:
        """Shift every change by some years, spending included.

        Raises
        ------
        InputError
            If that would put a change before programme year 1.
        """
        later = f"{self.name}, {years} year{'' if years == 1 else 's'} later"
        return self._changed(later, lambda c: replace_change(c, lag=c.lag + years))

    def scaled(self, share: float) -> Scenario:
        """Take a share of every effect; the programme's spending stays."""
        return self._changed(
            f"{self.name}, {share:g} of the effect",
            lambda c: c if c.programme_spend else replace_change(c, share=c.share * share),
        )

    def _changed(self, name: str, change: Any) -> Scenario:
        levers = tuple(replace(lever, changes=tuple(map(change, lever.changes))) for lever in self.levers)
        return replace(self, name=name, title=name, levers=levers)
