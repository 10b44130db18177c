"""Errors that say what is wrong, which value, where, and how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_KNOWN = "Known: "


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    what : str
        What is wrong, with the offending value.
    where : str
        File, row, cell or argument; empty when there is no such place.
    remedy : str
        How to mend it.
    """

    what: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what}" + (f". {self.remedy}" if self.remedy else "")


class CareCostError(ValueError):
    """Base of every error that a user of the package meets; holds all the problems found.

    Parameters
    ----------
    problems : str, Problem or iterable of Problem
        What was found, all at once.

    See Also
    --------
    carecost.errors : Its kinds.

    Examples
    --------
    >>> found = CareCostError([Problem("is negative", "exit_rate"), Problem("is not given", "population")])
    >>> len(found.problems)
    2
    """

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.problems: tuple[Problem, ...] = found
        head = "" if len(found) == 1 else f"{len(found)} problems:\n- "
        super().__init__(head + "\n- ".join(_said_once(map(str, found))))


def _said_once(texts: Iterable[str]) -> Iterator[str]:
    """Leave out a list of known names that stands in a problem before."""
    told: set[str] = set()
    for text in texts:
        before, known, names = text.partition(_KNOWN)
        yield f"{before}{known}as above" if known and names in told else text
        told.add(names)


class InputError(CareCostError):
    """An input that cannot be accepted: a wrong value, shape, unit or table."""


class UnknownNameError(CareCostError):
    """A name that is not among those known."""


class ComparisonError(CareCostError):
    """Two results that may not be compared."""


class FileError(CareCostError):
    """A file or folder that cannot be read or written, or was altered."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is nearest to one that is not known, whatever its capitals, spaces and hyphens.

    Examples
    --------
    >>> nearest("fostr", ["foster", "kinship"])
    "Did you mean 'foster'? Known: 'foster', 'kinship'"
    """
    names = [str(k) for k in known]
    plain = {re.sub(r"[\W_]+", "", n).casefold(): n for n in reversed(names)}
    close = difflib.get_close_matches(re.sub(r"[\W_]+", "", str(name)).casefold(), plain, n=1, cutoff=0.5)
    hint = f"Did you mean '{plain[close[0]]}'? " if close else ""
    shown = ", ".join(f"'{n}'" for n in names[:30]) + (", …" if len(names) > 30 else "")
    return f"{hint}{_KNOWN}{shown or 'none'}"


def unknown(kind: str, name: object, known: Iterable[str], where: str = "") -> Problem:
    """Describe a name that is not known, with the nearest one that is."""
    return Problem(f"unknown {kind} {str(name)!r}", where, nearest(str(name), known))


def refuse(problems: list[Problem], kind: type[CareCostError] = InputError) -> None:
    """Raise one error with all the problems, if there are any."""
    if problems:
        raise kind(problems)
