"""Which cells are meant? A choice of labels on some axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Selector:
    """Which cells of a parameter are meant; None means all.

    Parameters
    ----------
    ages, years : tuple of int, optional
        Ages; calendar years of flows.
    placements, to, reasons, items, groups, streams : tuple of str, optional
        Names.
    """

    streams: tuple[str, ...] | None = None
    years: tuple[int, ...] | None = None
    ages: tuple[int, ...] | None = None
    placements: tuple[str, ...] | None = None
    to: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, str):
                value = (value,)
            object.__setattr__(self, name, None if value is None else tuple(value))

    def covers(self, stream: str) -> bool:
        """Say whether a stream is meant."""
        return self.streams is None or stream in self.streams

    def text(self) -> str:
        """Write the selection in a line, the same for the same selection.

        Examples
        --------
        >>> Selector(ages=range(10, 18), placements=["foster"]).text()
        'ages=10-17, placements=foster'
        """
        parts = []
        for name in self.__dataclass_fields__:
            chosen = getattr(self, name)
            if chosen is not None:
                shown = spell(chosen) if name in ("ages", "years") else "; ".join(chosen)
                parts.append(f"{name}={shown}")
        return ", ".join(parts)


def spell(numbers: Sequence[int]) -> str:
    """Write whole numbers as bands.

    Examples
    --------
    >>> spell((0, 5, 6, 7))
    '0; 5-7'
    """
    bands: list[list[int]] = []
    for n in sorted(numbers):
        if bands and n == bands[-1][1] + 1:
            bands[-1][1] = n
        else:
            bands.append([n, n])
    return "; ".join(str(a) if a == b else f"{a}-{b}" for a, b in bands)
