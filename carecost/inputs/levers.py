"""What can be pulled? Levers: their changes, what these rest on, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carecost.errors import Problem, refuse, unknown
from carecost.inputs.change import Change

#: What an effect rests on.
BASES = {
    "measured": "a study with a comparison",
    "claimed": "the word of those who propose it",
    "bound": "an upper bound on what could be had, not a forecast",
    "assumed": "the assumption of whoever wrote it",
}


@dataclass(frozen=True)
class Evidence:
    """What somebody found or claimed that a lever does.

    Parameters
    ----------
    measure : str
        What was measured, of whom, and when.
    value, low, high : float
        The figure and its interval.
    unit : str
        Its unit.
    basis : str
        measured, claimed, bound or assumed.
    design, source, note : str
        How it was found, by whom, what to know.
    """

    measure: str
    value: float
    unit: str
    basis: str
    design: str
    source: str
    low: float | None = None
    high: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        _known_basis(self.basis, f"evidence {self.measure!r}")


def _known_basis(basis: str, where: str) -> None:
    refuse([] if basis in BASES else [unknown("basis", basis, BASES, where)])


@dataclass(frozen=True)
class Lever:
    """Something that can be done.

    Parameters
    ----------
    name : str
        Name.
    changes : iterable of Change
        Its effects and its spending.
    source, quality, note : str
        Whose word, how good (A to E), what to know.
    basis : str
        What its effects rest on: measured, claimed, bound or assumed.
    evidence : iterable of Evidence
        What is known of it, to be read beside its amounts.

    Raises
    ------
    UnknownNameError
        If the basis is none of these.
    """

    name: str
    changes: tuple[Change, ...]
    source: str = ""
    quality: str = ""
    note: str = ""
    basis: str = "assumed"
    evidence: tuple[Evidence, ...] = ()

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(
            self,
            name: str,
            changes: Iterable[Change],
            source: str = ...,
            quality: str = ...,
            note: str = ...,
            basis: str = ...,
            evidence: Iterable[Evidence] = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", tuple(self.changes))
        object.__setattr__(self, "evidence", tuple(self.evidence))
        _known_basis(self.basis, f"lever {self.name!r}")
        refuse(_torn(self))

    @property
    def effects(self) -> tuple[Change, ...]:
        """Its changes that are not spending."""
        return tuple(c for c in self.changes if not c.programme_spend)

    @property
    def acts(self) -> bool:
        """Whether it does more than spend: an effect that is not known to change nothing."""
        return any(not c.idle for c in self.effects)

    @property
    def drawn_as(self) -> tuple[str, ...]:
        """What its changes are drawn as, within the lever; changes with the same luck are one quantity."""
        names = [c.luck or c.quantity for c in self.changes]
        return tuple(
            n if c.luck or names.count(n) == 1 else f"{n}, #{names[: i + 1].count(n)}"
            for i, (n, c) in enumerate(zip(names, self.changes, strict=True))
        )

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names under which its changes are drawn; the same lever has the same luck in every scenario."""
        return tuple(f"lever {self.name}: {name}" for name in self.drawn_as)


def _torn(lever: Lever) -> list[Problem]:
    """Find changes that are drawn together and have different amounts."""
    remedy = "What is drawn together has one amount with one interval"
    words = dict.fromkeys(c.luck for c in lever.changes if c.luck)
    return [
        Problem(f"changes with luck {word!r} have different amounts", f"lever {lever.name!r}", remedy)
        for word in words
        if len({c.amount for c in lever.changes if c.luck == word}) > 1
    ]
