"""Results of the areas of a country, and the table of places, children and distance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from carecost._guard import (
    calendar_year,
    called,
    flag,
    guarded,
    instance,
    labels,
    mapping_of,
    one_of,
    opened,
    optional,
    take,
    text,
)
from carecost._guard import whole as whole_number
from carecost._labels import INACTION
from carecost.errors import InputError, Problem, UnknownNameError, unknown
from carecost.files.load import a_scenario, a_set, areas
from carecost.files.regions import ENTRIES, POPULATION, SHARE, Prices, Regions, known_regions
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import Draws
from carecost.money.prices import CASH, REAL
from carecost.results.results import HORIZON, Results, luck, run, workers
from carecost.simulation.areas import Part, Whole, faults
from carecost.simulation.blocks import Progress
from carecost.simulation.prepare import prepare
from carecost.simulation.run import THREADS

#: The whole country in tables, and measures of its regions.
WHOLE = "England"


# Measures, as the published figures of regions call them.
CHILDREN, YOUNG, HOME_PLACES = "children looked after", "children aged 0 to 17", "places in children's homes"
IN_HOMES, SECURE = "children in children's homes, estimated", "places in secure homes"
FOSTER = "mainstream fostering places, local authority agencies only"
FAR = "placed over 20 miles from home and outside the boundary of the authority"

PRICES = get_args(Prices)

#: Years after the base date that the table shows.
AHEAD = (10, 20)


@guarded(
    assumptions=a_set,
    scenarios=a_scenario,
    years=HORIZON,
    draws=optional(luck),
    start=optional(calendar_year),
    prices=one_of(PRICES),
    executor=optional(workers),
    threads=whole_number(1, 1024),
    progress=optional(called),
)
def run_areas(
    assumptions: Assumptions | str | Path,
    *scenarios: Scenario | str | Path,
    years: int | None = None,
    draws: Draws | int | None = None,
    start: int | None = None,
    prices: Prices = "own",
    executor: Executor | Callable[[], Executor] | None = None,
    threads: int = THREADS,
    progress: Progress | None = None,
) -> AreaResults:
    """Run inaction and some scenarios in every area of a set.

    Areas share the rates of leaving and moving, and children are linear in stock and entries: all areas are made of two
    runs of the whole, at their own prices, and are what runs of each give, to rounding. Where that does not hold
    (places that run out, the luck of small numbers, what is added to a rate of entry) each is run, and
    :attr:`AreaResults.why_run` says why.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The whole, or the name or folder of it; see :func:`carecost.area` for which sets have areas.
    *scenarios : Scenario, str or Path
        What might be done; amounts for the whole country are split by children looked after.
    years : int, optional
        Projected years; the set's own by default.
    draws : Draws or int, optional
        Joint samples, or how many; the central run alone by default. Areas share them, so draw i is the same country in
        all of them; the luck of small numbers is each area's own.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    prices : str
        Unit costs: each area's ``own``, or ``national``.
    executor : Executor or callable, optional
        What blocks of draws are done on, as in :func:`carecost.run`.
    threads : int
        Threads; no result depends on them.
    progress : callable, optional
        Called with (draws done, draws in all): those of the whole, or of one area after the other where each is run.

    Returns
    -------
    AreaResults
        One result an area.

    Raises
    ------
    CareCostError
        If the set has no areas, or it cannot be run; with every fault.

    See Also
    --------
    run : The whole in one run.
    area : The set of one area.

    Examples
    --------
    >>> import carecost as cc
    >>> by_area = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
    >>> len(by_area.results)
    9
    """
    whole = a_set(assumptions)
    if isinstance(draws, Draws) and draws.table is not None:
        remedy = "Give how many draws there are to be: areas have levels of their own, which one table cannot hold"
        raise InputError(Problem("draws were given as a table", "run_areas()", remedy))
    regions, parts = known_regions(whole), areas(whole, prices)
    plans, given = [a_scenario(plan) for plan in scenarios], Draws() if draws is None else luck(draws)
    why = faults(whole, plans, given)
    if not why:
        shared = Whole(prepare(whole, plans, years, start), given, threads, None, progress, executor)
        shares = {name: Part(*(regions.value(name, of) for of in (SHARE, ENTRIES, POPULATION))) for name in parts}
        made = {name: Results(shared.area(part, plans, shares[name])) for name, part in parts.items()}
        return AreaResults(made, regions)
    made = {}
    for i, (name, part) in enumerate(parts.items()):
        told = None if progress is None else _after(progress, i * given.n, len(parts) * given.n)
        made[name] = run(
            part, *plans, years=years, draws=given, start=start, threads=threads, progress=told, executor=executor
        )
    return AreaResults(made, regions, tuple(why))


def _after(progress: Progress, before: int, every: int) -> Progress:
    """Count on from what was done before."""
    return lambda done, _: progress(before + done, every)


@opened
@dataclass(frozen=True)
class AreaResults:
    """What a run of every area gave.

    Parameters
    ----------
    results : mapping of str to Results
        By name of the area.
    known : Regions
        Published measures of the areas.
    why_run : sequence of str
        Why each area was run by itself; empty where all were made of two runs of the whole.

    See Also
    --------
    run_areas : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> list(cc.run_areas(cc.load_assumptions("england-2025"), years=1).results)[:2]
    ['North East', 'North West']
    """

    results: Mapping[str, Results]
    known: Regions
    why_run: Sequence[str] = ()

    def __post_init__(self) -> None:
        made = "Use carecost.run_areas(…), which gives them"
        take(
            self,
            results=mapping_of(instance(Results, words=made), made),
            known=instance(Regions, words=made),
            why_run=labels,
        )

    @guarded(by=labels, by_draw=flag)
    def children(self, by: Sequence[str] = (), by_draw: bool = False) -> pd.DataFrame:
        """Give children in care on 31 March of each year, by area.

        Parameters
        ----------
        by : str or sequence of str
            Any of placement, phase, group, stream, in_care; and age (central run only).
        by_draw : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            Columns area, and those of :meth:`Results.children`.

        Raises
        ------
        UnknownNameError
            If a column is not known.

        See Also
        --------
        Results.children : Of one area.

        Examples
        --------
        >>> import carecost as cc
        >>> by_area = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
        >>> by_area.children()["area"].nunique()
        9
        """
        return self._each(lambda r: r.children(by, by_draw))

    @guarded(by=labels, basis=one_of([REAL, CASH]), by_draw=flag)
    def costs(
        self, by: Sequence[str] = (), basis: Literal["real", "cash"] = "real", by_draw: bool = False
    ) -> pd.DataFrame:
        """Give spend in each year, by area.

        Parameters
        ----------
        by : str or sequence of str
            Any of item, group, account, payer, gross_net, kind.
        basis : str
            Either ``real`` (pounds of the price year) or ``cash`` (for showing only).
        by_draw : bool
            One row a draw instead of one a quantile.

        Returns
        -------
        DataFrame
            Columns area, and those of :meth:`Results.costs`.

        Raises
        ------
        UnknownNameError
            If a column is not known.
        InputError
            If the basis is neither.

        See Also
        --------
        Results.costs : Of one area.

        Examples
        --------
        >>> import carecost as cc
        >>> by_area = cc.run_areas(cc.load_assumptions("england-2025"), years=1)
        >>> by_area.costs()["unit"].unique().tolist()
        ['GBP']
        """
        return self._each(lambda r: r.costs(by, basis, by_draw))

    def summary(self) -> pd.DataFrame:
        """Give the summary of every scenario against inaction, by area.

        Returns
        -------
        DataFrame
            Columns area, and those of :meth:`Results.summary`.

        See Also
        --------
        Results.summary : Of one area.

        Examples
        --------
        >>> import carecost as cc
        >>> england, plan = cc.load_assumptions("england-2025"), cc.load_scenario("family-help")
        >>> cc.run_areas(england, plan, years=3).summary()["scenario"].unique().tolist()
        ['family-help']
        """
        return self._each(Results.summary)

    def _each(self, table: Callable[[Results], pd.DataFrame]) -> pd.DataFrame:
        frames = {name: table(result) for name, result in self.results.items()}
        return pd.concat(frames, names=["area"]).reset_index("area").reset_index(drop=True)

    def regions(self) -> pd.DataFrame:
        """Give children, places and distance, a row a region and one of the whole country.

        Returns
        -------
        DataFrame
            Columns area; children on the base date and, central under inaction, 10 and 20 years later (where the run
            goes as far) [children]; per_10000 children aged 0 to 17; share of the country's children looked after
            [share]; home_places where the homes stand and estimated_in_homes, the children who would live in one if as
            many did as in the whole country [places, children; 2023]; home_places_per_100 children looked after of that
            year and its rank, 1 the most; secure_places [places]; foster_filled, the share of approved mainstream
            places of local authority agencies that is filled [share]; over_20_miles, placed so far and outside the
            boundary [share].

        See Also
        --------
        carecost.plots.plot_regions : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> table = cc.run_areas(cc.load_assumptions("england-2025"), years=1).regions()
        >>> table["area"].iloc[-1]
        'England'
        """
        frame = pd.DataFrame([self._row(name) for name in (*self.results, WHOLE)])
        # The last row is the whole country, which has no rank among its areas.
        rank = frame["home_places_per_100"].iloc[:-1].rank(ascending=False, method="min")
        column = list(frame.columns).index("home_places_per_100") + 1
        frame.insert(column, "home_places_rank", rank.astype("Int64"))
        return frame

    def _row(self, name: str) -> dict[str, object]:
        """Give one area's row of :meth:`regions`: projected children, then published measures."""

        def known(measure: str, year: int | None = None) -> float:
            return self.known.value(name, measure, year)

        base = next(iter(self.results.values())).run.grid.base_year
        place_year, children = self.year(HOME_PLACES), self._central(name)
        row: dict[str, object] = {"area": name, f"children_{base}": children[base]}
        row |= {f"children_{base + n}": children[base + n] for n in AHEAD if base + n in children}
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

    @guarded(measure=text)
    def year(self, measure: str) -> int:
        """Give the year of a measure of the regions.

        Parameters
        ----------
        measure : str
            Name, as the figures of regions call it.

        Returns
        -------
        int
            Calendar year.

        Raises
        ------
        UnknownNameError
            If there is no such measure.

        See Also
        --------
        regions : The measures.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.run_areas(cc.load_assumptions("england-2025"), years=1).year("places in children's homes")
        2023
        """
        years = {fact.measure: fact.year for fact in reversed(self.known.facts)}
        if measure not in years:
            raise UnknownNameError(unknown("measure", measure, years))
        return years[measure]

    def _central(self, name: str) -> dict[int, float]:
        """Children in care under inaction by date, central; of the whole country the sum of its areas."""
        counted = self.results.values() if name == WHOLE else [self.results[name]]
        by_date: dict[int, float] = {}
        for result in counted:
            side = result.run.side(INACTION, result.run.central[INACTION])
            for date, children in zip(result.run.grid.dates, side.children[0], strict=True):
                by_date[date] = by_date.get(date, 0.0) + float(children)
        return by_date
