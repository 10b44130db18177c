"""Results of the areas of a country, and the table of places, children and distance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from carecost._labels import INACTION
from carecost.files.regions import SHARE, Prices, Regions, areas, known_regions
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.results.results import Results, run

#: The whole country in tables, and measures of its regions.
WHOLE = "England"


CHILDREN, YOUNG, HOME_PLACES = "children looked after", "children aged 0 to 17", "places in children's homes"


IN_HOMES, SECURE = "children in children's homes, estimated", "places in secure homes"


FOSTER = "mainstream fostering places, local authority agencies only"


FAR = "placed over 20 miles from home and outside the boundary of the authority"


#: Years after the base date that the table shows.
AHEAD = (10, 20)


def run_areas(
    assumptions: Assumptions,
    *scenarios: Scenario,
    years: int | None = None,
    draws: Draws | None = None,
    start: int | None = None,
    prices: Prices = "own",
) -> AreaResults:
    """Run inaction and some scenarios in every area of a set.

    Parameters
    ----------
    assumptions : Assumptions
        The whole; see :func:`carecost.area` for which sets have areas.
    *scenarios : Scenario
        What might be done; amounts for the whole country are split by children looked after.
    years, draws, start
        As in :func:`carecost.run`; areas share the draws, so draw i is the same country in all of them. The luck of
        small numbers is each area's own.
    prices : str
        ``own`` or ``national``.

    Returns
    -------
    AreaResults
        One result an area.

    Raises
    ------
    CareCostError
        If the set has no areas, or it cannot be run; with every fault.

    Examples
    --------
    >>> import carecost as cc
    >>> found = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
    >>> len(found.results)
    9
    """
    known = known_regions(assumptions)
    results = {
        name: run(part, *scenarios, years=years, draws=draws, start=start)
        for name, part in areas(assumptions, prices).items()
    }
    return AreaResults(results, known)


@dataclass(frozen=True)
class AreaResults:
    """What a run of every area gave.

    Parameters
    ----------
    results : mapping of str to Results
        By name of the area.
    known : Regions
        What is known of the areas.
    """

    results: Mapping[str, Results]
    known: Regions

    def children(self, by: Sequence[str] = (), draws: bool = False) -> pd.DataFrame:
        """Children in care on 31 March of each year, by area; as :meth:`Results.children` with a column ``area``."""
        return self._each(lambda r: r.children(by, draws))

    def costs(
        self, by: Sequence[str] = (), basis: Literal["real", "cash"] = "real", draws: bool = False
    ) -> pd.DataFrame:
        """Spend in each year, by area; as :meth:`Results.costs` with a column ``area``."""
        return self._each(lambda r: r.costs(by, basis, draws))

    def summary(self) -> pd.DataFrame:
        """Every scenario against inaction, by area; as :meth:`Results.summary` with a column ``area``."""
        return self._each(Results.summary)

    def _each(self, table: Callable[[Results], pd.DataFrame]) -> pd.DataFrame:
        frames = {name: table(result) for name, result in self.results.items()}
        found = pd.concat(frames, names=["area"]).reset_index("area")
        return found.reset_index(drop=True)

    def regions(self) -> pd.DataFrame:
        """Give children, places and distance, a row a region and one of the whole country.

        Returns
        -------
        DataFrame
            area; children on the base date and, central under inaction, 10 and 20 years later (where the run goes as
            far) [children]; per_10000 children aged 0 to 17; share of the country's children looked after [share];
            home_places where the homes stand and estimated_in_homes, the children who would live in one if as many
            did as in the whole country [places, children; 2023]; home_places_per_100 children looked after of that year
            and its rank, 1 the most; secure_places [places]; foster_filled, the share of approved mainstream places of
            local authority agencies that is filled [share]; over_20_miles, placed so far and outside the boundary
            [share].
        """
        rows = [self._row(name) for name in (*self.results, WHOLE)]
        found = pd.DataFrame(rows)
        per_100 = found["home_places_per_100"].iloc[:-1].rank(ascending=False, method="min")
        place = list(found.columns).index("home_places_per_100") + 1
        found.insert(place, "home_places_rank", per_100.astype("Int64"))
        return found

    def _row(self, name: str) -> dict[str, object]:
        def known(measure: str, year: int | None = None) -> float:
            return self.known.value(name, measure, year)

        any_run = next(iter(self.results.values())).run
        base, place_year = any_run.grid.base_year, self.year(HOME_PLACES)
        stock = self._central(name)
        row: dict[str, object] = {"area": name, f"children_{base}": stock[base]}
        row |= {f"children_{base + n}": stock[base + n] for n in AHEAD if base + n in stock}
        return row | {
            "per_10000": 1e4 * known(CHILDREN, base) / known(YOUNG),
            "share": 1.0 if name == WHOLE else known(SHARE),
            "home_places": known(HOME_PLACES),
            "estimated_in_homes": known(IN_HOMES),
            "home_places_per_100": 100 * known(HOME_PLACES) / known(CHILDREN, place_year),
            "secure_places": known(SECURE),
            "foster_filled": known(f"filled {FOSTER}") / known(f"approved {FOSTER}"),
            "over_20_miles": known(FAR) / 100,
        }

    def year(self, measure: str) -> int:
        """Give the year of a measure of the regions."""
        return next(f.year for f in self.known.facts if f.measure == measure)

    def _central(self, name: str) -> dict[int, float]:
        """Children in care under inaction by date, central; of the whole country the sum of its areas."""
        chosen = self.results.values() if name == WHOLE else [self.results[name]]
        found: dict[int, float] = {}
        for result in chosen:
            side = result.run.side(INACTION, result.run.central[INACTION])
            for date, children in zip(result.run.grid.dates, side.children[0], strict=True):
                found[date] = found.get(date, 0.0) + float(children)
        return found
