"""Two-way tables: what a scenario saves over two settings at once, and where it breaks even."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import scipy

from carecost._guard import Refused, amounts
from carecost.errors import InputError, Problem
from carecost.maths.monte_carlo import LEVEL
from carecost.results.tables import priced, tidy
from carecost.results.what_if import Response
from carecost.simulation.run import Run

#: What can be set, as :meth:`carecost.Response.at` calls it, and in words.
KINDS = {"scale": "{name}, of its effect", "prices": "price of {name}", "entries": "entries to care"}


@dataclass(frozen=True)
class Axis:
    """A setting that is varied.

    Parameters
    ----------
    kind : str
        One of scale, prices, entries.
    name : str
        Lever or item; empty for entries.
    values : tuple of float
        What it is multiplied with, rising [ratio].
    """

    kind: str
    name: str
    values: tuple[float, ...]

    @property
    def words(self) -> str:
        """What it is."""
        return KINDS[self.kind].format(name=self.name)


def multipliers(value: Any) -> tuple[float, ...]:
    """Take what something is multiplied with, in rising order (a rule of the guard)."""
    found = tuple(sorted(set(amounts(value))))
    if not found:
        raise Refused("", "Give multipliers, such as [0.5, 1, 1.5]")
    return found


def multipliers_by_name(value: Any) -> dict[str, tuple[float, ...]]:
    """Take multipliers by name (a rule of the guard)."""
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise Refused("", "Give a mapping of names to multipliers, such as {'family help': [0.5, 1, 1.5]}")
    return {name: multipliers(one) for name, one in value.items()}


def axes_of(
    scale: Mapping[str, Sequence[float]] | None,
    prices: Mapping[str, Sequence[float]] | None,
    entries: Sequence[float] | None,
) -> tuple[Axis, Axis]:
    """Find the two settings that are varied.

    Raises
    ------
    InputError
        If there are not two.
    """
    named = [("scale", scale or {}), ("prices", prices or {}), ("entries", {} if entries is None else {"": entries})]
    found = [Axis(kind, name, tuple(values)) for kind, of in named for name, values in of.items()]
    if len(found) != 2:
        what = f"{len(found)} settings are varied: {', '.join(one.words for one in found) or 'none'}"
        remedy = "Give two, such as scale={'family help': [0.5, 1, 1.5]}, entries=[0.9, 1, 1.1]"
        raise InputError(Problem(what, "two_way()", remedy))
    return found[0], found[1]


def response_of(run: Run, scenario: str) -> Response:
    """Give the response of a scenario, made once a run."""
    return run.once(("what if", scenario), lambda: Response(run, scenario))


@dataclass(frozen=True)
class _Table:
    """A scenario over two settings."""

    response: Response
    first: Axis
    second: Axis

    def npv(self, a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
        """Give the net present saving at two settings: of all draws, and central."""
        given: dict[str, Any] = {}
        for axis, value in ((self.first, a), (self.second, b)):
            given[axis.kind] = value if axis.kind == "entries" else {**given.get(axis.kind, {}), axis.name: value}
        setting = self.response.at(**given)
        return setting.npv(), setting.central.npv()

    def threshold(self, a: float, means: Sequence[float]) -> float | None:
        """Find where the mean is zero along the second setting: the first crossing between neighbouring values."""
        values = self.second.values
        if not any(means):
            return None
        for (low, high), (left, right) in zip(pairwise(values), pairwise(means), strict=True):
            if left == 0:
                return low
            if (left < 0) != (right < 0):
                return float(scipy.optimize.brentq(lambda b: float(self.npv(a, b)[0].mean()), low, high, xtol=1e-9))
        return values[-1] if means[-1] == 0 else None


def rows(run: Run, scenario: str, first: Axis, second: Axis, level: float = LEVEL) -> pd.DataFrame:
    """Give what a scenario saves over two settings; see :meth:`carecost.Results.two_way`."""
    table = _Table(response_of(run, scenario), first, second)
    made = [[table.npv(a, b) for b in second.values] for a in first.values]
    npv, central = (np.moveaxis(np.array([[one[i] for one in row] for row in made]), -1, 0) for i in (0, 1))
    frame = tidy(npv, central, {"first_value": first.values, "second_value": second.values}, level)
    layers = len(frame) // (len(first.values) * len(second.values))
    means = npv.mean(0)  # (first, second)
    found = [table.threshold(a, of.tolist()) for a, of in zip(first.values, means, strict=True)]
    frame["chance"] = np.repeat((npv > 0).mean(0).ravel() if len(npv) > 1 else np.full(means.size, np.nan), layers)
    frame["threshold"] = np.repeat(np.array(found, dtype=float), layers * len(second.values))
    for at, (name, value) in enumerate((("scenario", scenario), ("first", first.words), ("second", second.words))):
        frame.insert(at, name, value)
    return priced(frame, run.provenance.price_base)
