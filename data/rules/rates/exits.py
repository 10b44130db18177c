"""Hazards of leaving care before 18 by band and reason: exits over the mean of two stocks, split by fitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.rules.rates.cohorts import bands, uasc_by_band
from data.rules.sources import published
from data.rules.sources.proportional_fitting import band_of, by_band, fit
from data.rules.sources.published import BANDS, figure

Array = NDArray[np.float64]

#: Reason in the package: reasons of the release; how it leans by band (other stream); and to unaccompanied children.
REASONS: dict[str, tuple[tuple[str, ...], tuple[float, ...], float]] = {
    "home": (
        (
            "Returned home to live with parents or other person with parental responsibility which was part of the "
            "care planning process",
            "Returned home to live with parents or other person with parental responsibility which was not part of "
            "the care planning process",
        ),
        (1, 1, 1, 1, 1),
        0.1,
    ),
    "relatives": (
        ("Left care to live with parents, relatives or other person with no parental responsibility",),
        (1, 1, 1, 1, 1),
        0.3,
    ),
    "guardianship": (("Special guardianship order",), (2, 2, 1.2, 0.4, 0.05), 0.0),
    "child arrangements": (("Residence order or child arrangement order granted",), (2, 2, 1.2, 0.4, 0.05), 0.0),
    "adopted": (("Adopted",), (0, 0, 0, 0, 0), 0.0),
    "other authority": (("Care taken by another local authority",), (1, 1, 1, 1, 1), 5.0),
    "age assessment": (("Age assessment determined child aged 18 or over",), (0, 0, 0, 0, 0), 1.0),
    "custody": (("Sentenced to custody",), (0, 0, 0, 0.2, 1), 0.2),
    "remand ended": (("Accommodation on remand ended",), (0, 0, 0, 0.2, 1), 0.1),
    "died": (("Died",), (4, 1, 1, 1, 1), 1.0),
    "moved abroad": (("Child moved abroad",), (1, 1, 1, 1, 1), 1.0),
    "other": ((), (0, 0, 0, 0, 1), 1.0),
}
_ASSESSED = (0, 0, 0, 0.2, 1.0)


@dataclass(frozen=True)
class Exits:
    """Hazards of leaving before 18 [per child-year].

    Attributes
    ----------
    rates : dict of str to ndarray of shape (band, reason)
        By stream; for every placement in care but placed for adoption.
    adopted : float
        From placed for adoption, the only way out of it before 18.
    table : dict of str to ndarray of shape (band, reason)
        The exits fitted.
    """

    rates: Mapping[str, Array]
    adopted: float
    table: Mapping[str, Array]

    def total(self, stream: str, adoption: int, placements: int) -> Array:
        """Give the hazard of all reasons together by single age and placement."""
        found = np.repeat(self.rates[stream].sum(1)[band_of][:, None], placements, axis=1)
        found[:, adoption] = self.adopted
        return found


def before_18(year: int) -> Array:
    """Give exits before 18 by band."""
    return np.array([published.ceased_before_18(year, b) for b in BANDS])


def counts(year: int) -> dict[str, float]:
    """Give exits before 18 by reason; "other" is what the named reasons leave of them."""
    found = {
        name: sum(published.ceased(year, "Reason episode ceased", r) for r in parts)
        for name, (parts, _, _) in REASONS.items()
    }
    found["other"] = before_18(year).sum() - sum(found.values())
    return found


def mean_stock(year: int) -> dict[str, Array]:
    """Give the mean of the two 31 March stocks by band."""
    uasc = (uasc_by_band(year - 1) + uasc_by_band(year)) / 2
    return {"other": (bands(year - 1) + bands(year)) / 2 - uasc, "uasc": uasc}


def exits(year: int, placed: Array) -> Exits:
    """Split each band's exits by stream and reason.

    Parameters
    ----------
    year : int
        Year of the flows.
    placed : ndarray of shape (age,)
        Children placed for adoption by age, for the split of adoptions by band.
    """
    stock = mean_stock(year)
    hazard = before_18(year) / sum(stock.values())
    waiting = np.mean(
        [figure("stock_by_placement", "children", year=y, placement="Placed for adoption") for y in (year - 1, year)]
    )
    reasons = counts(year)
    share = by_band(placed) / placed.sum()
    adopted = reasons["adopted"] * share
    rows = {s: hazard * stock[s] for s in stock}
    rows["other"] = rows["other"] - adopted
    names = [r for r in REASONS if r != "adopted"]
    seeds = {s: np.array([_lean(r, s) for r in names]).T * rows[s][:, None] for s in stock}
    table = fit(
        np.concatenate([seeds["other"], seeds["uasc"]]),
        np.concatenate([rows["other"], rows["uasc"]]),
        np.array([reasons[r] for r in names]),
    )
    # the streams' bands are rows above each other; adoption, fitted apart, goes back into its column
    n, at = len(BANDS), list(REASONS).index("adopted")
    split = {"other": np.insert(table[:n], at, 0, axis=1), "uasc": np.insert(table[n:], at, 0, axis=1)}
    exposed = {"other": stock["other"] - waiting * share, "uasc": stock["uasc"]}
    rates = {
        s: np.divide(split[s], exposed[s][:, None], out=np.zeros_like(split[s]), where=exposed[s][:, None] > 0)
        for s in split
    }
    return Exits(rates, float(reasons["adopted"] / waiting), split)


def _lean(reason: str, stream: str) -> tuple[float, ...]:
    _, bands_lean, uasc = REASONS[reason]
    if stream == "other":
        return bands_lean
    lean = _ASSESSED if reason == "age assessment" else bands_lean
    return tuple(uasc * x for x in lean)
