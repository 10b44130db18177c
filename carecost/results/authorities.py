"""Local authorities side by side: what is published of each, and what scenarios would do in every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from carecost._guard import (
    calendar_year,
    called,
    flag,
    guarded,
    instance,
    labels,
    mapping_of,
    opened,
    optional,
    take,
    whole,
)
from carecost._labels import INACTION
from carecost._typing import Array, ReadOnly
from carecost.errors import InputError, Problem, refuse
from carecost.files.authorities import Authority, authorities_of, authority, known_authorities
from carecost.files.load import a_scenario, a_set
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import Scenario
from carecost.maths.monte_carlo import LEVEL, Draws
from carecost.results import tables
from carecost.results.results import HORIZON, luck, workers
from carecost.simulation.blocks import Progress, Workers
from carecost.simulation.run import run

#: The set whose authorities are meant where none is named, and the years that are run.
DEFAULT, YEARS = "england-2025", 10


@guarded()
def authorities() -> pd.DataFrame:
    """List the local authorities whose sets ship, with what is published of each.

    Returns
    -------
    DataFrame
        A row an authority: name, code, number, region; children looked after on 31 March and of them unaccompanied
        [children]; rate per 10,000 aged 0 to 17; homes, the share in children's homes (secure ones with them); started
        in the year, came and went, those from and to another authority [children]; fostering and residential, £ a week;
        spend on children looked after, £; own_starts and own_exits, the weight of its own numbers in its rates [share].
        Suppressed counts are fitted; what is not published is missing.

    See Also
    --------
    load_assumptions : Load the set of one: ``"england-2025/Kent"``.
    run_authorities : Run scenarios in every one.

    Examples
    --------
    >>> table = authorities()
    >>> len(table), table.columns[:4].tolist()
    (153, ['name', 'code', 'number', 'region'])
    """
    return pd.DataFrame([_row(one) for one in known_authorities(DEFAULT).all])


def _row(one: Authority) -> dict[str, object]:
    f = one.figures
    children = f["children"]
    return {
        "name": one.name,
        "code": one.code,
        "number": int(one.number),
        "region": one.region,
        "children": children,
        "unaccompanied": f["unaccompanied"],
        "rate": 1e4 * children / f["children aged 0 to 17"],
        "homes": f["in homes"] / children if children else np.nan,
        "started": f["started"],
        "came": f["came from another authority"],
        "went": f["went to another authority"],
        "fostering": f["fostering, GBP a week"],
        "residential": f["residential, GBP a week"],
        "spend": f["spend, children looked after"],
        "own_starts": f["weight of own starts"],
        "own_exits": f["weight of own exits"],
    }


@dataclass(frozen=True, eq=False)
class AuthorityRun(ReadOnly):
    """What a run of one authority gave, summed.

    Attributes
    ----------
    children : dict of str to ndarray of shape (draw, date)
        By scenario, children in care on 31 March [children].
    spend : dict of str to ndarray of shape (draw, year)
        By scenario, spend of the public purse [GBP of the price year].
    saving : dict of str to ndarray of shape (draw,)
        By scenario but inaction, net present saving to the public purse [GBP].
    central_children, central_spend, central_saving
        The same of the central run, the draw axis of length 1.
    """

    children: Mapping[str, Array]
    spend: Mapping[str, Array]
    saving: Mapping[str, Array]
    central_children: Mapping[str, Array]
    central_spend: Mapping[str, Array]
    central_saving: Mapping[str, Array]


def _one(
    england: Assumptions, plans: Sequence[Scenario], years: int, draws: Draws | None, start: int | None, name: str
) -> AuthorityRun:
    """Run one authority on one thread and keep its sums; where it runs is the executor's matter."""
    found = run(authority(england, name), plans, years, draws, start, threads=1, keep="costs")
    parts: dict[str, dict[str, Array]] = {}
    for prefix, outcomes in (("", found.shown), ("central_", found.central)):
        sides = {scenario: found.side(scenario, outcome) for scenario, outcome in outcomes.items()}
        parts[f"{prefix}children"] = {scenario: side.children for scenario, side in sides.items()}
        parts[f"{prefix}spend"] = {scenario: side.public_spend for scenario, side in sides.items()}
        parts[f"{prefix}saving"] = {
            scenario: found.compare(scenario, central=bool(prefix)).npv() for scenario in sides if scenario != INACTION
        }
    return AuthorityRun(**parts)


@guarded(
    assumptions=a_set,
    scenarios=a_scenario,
    draws=optional(luck),
    years=HORIZON,
    authorities=optional(labels),
    start=optional(calendar_year),
    threads=whole(1, 1024),
    progress=optional(called),
    executor=optional(workers),
)
def run_authorities(
    assumptions: Assumptions | str | Path = DEFAULT,
    *scenarios: Scenario | str | Path,
    draws: Draws | int | None = None,
    years: int | None = None,
    authorities: Sequence[str] | None = None,
    start: int | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    executor: Executor | Callable[[], Executor] | None = None,
) -> AuthorityResults:
    """Run inaction and some scenarios in every local authority of a set.

    England's set is read and its scenarios are checked once; authorities go side by side, each on one thread, and of
    each only sums are kept, so that memory grows with draws and dates alone.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        England's set, whose authorities are known.
    *scenarios : Scenario, str or Path
        What might be done; amounts for the whole country are split by children looked after.
    draws : Draws or int, optional
        Joint samples, or how many; the central run alone by default. Authorities share England's luck, so that draw i
        is the same country in all of them; an authority's own walk is its own.
    years : int, optional
        Projected years; 10 by default.
    authorities : sequence of str, optional
        Names, codes or numbers; all with a child looked after by default.
    start : int, optional
        Calendar year of programme year 1; the set's own by default.
    threads : int
        Authorities that go at once; no result depends on it.
    progress : callable, optional
        Called with (authorities done, authorities in all).
    executor : Executor or callable, optional
        What authorities are run on, or a factory of it, as in :func:`carecost.run`; threads by default. Processes are
        faster where there are several cores: ``executor=ProcessPoolExecutor``.

    Returns
    -------
    AuthorityResults
        Tables of all of them.

    Raises
    ------
    CareCostError
        If the set has no authorities, an authority is not known, or it cannot be run; with every fault.

    See Also
    --------
    authorities : What is published of each.
    run : One of them in full: ``run("england-2025/Kent", …)``.

    Examples
    --------
    >>> import carecost as cc
    >>> found = cc.run_authorities("england-2025", "family-help", years=3, authorities=["Kent"])
    >>> found.summary()["scenario"].tolist()
    ['inaction', 'family-help']
    """
    england, plans = a_set(assumptions), tuple(a_scenario(scenario) for scenario in scenarios)
    horizon = YEARS if years is None else years
    known = authorities_of(england)
    chosen = [one for one in known.all if one.known]
    if authorities is not None:
        wanted = [known.find(name, "run_authorities") for name in authorities]
        refuse([Problem("has no child looked after", one.name, "Leave it out") for one in wanted if not one.known])
        chosen = [one for one in known.all if one in wanted]
    whole_run = run(england, plans, horizon, None, start)
    work = partial(_one, england, plans, horizon, None if draws is None else luck(draws), start)
    runs = _each(work, [one.name for one in chosen], executor or partial(ThreadPoolExecutor, threads), progress)
    grid = whole_run.grid
    return AuthorityResults(
        {one.name: runs[one.name] for one in chosen},
        tuple(chosen),
        england,
        horizon,
        dict(zip(grid.dates, whole_run.central[INACTION].in_care(grid)[0][0].tolist(), strict=True)),
        len(chosen) == sum(one.known for one in known.all),
        {name: scenario.claim for name, scenario in whole_run.scenarios.items()},
    )


def _each(
    work: Callable[[str], AuthorityRun], names: Sequence[str], workers: Workers, progress: Progress | None
) -> dict[str, AuthorityRun]:
    """Do the work of every authority on workers; whatever stops it cancels what has not begun."""
    runs: dict[str, AuthorityRun] = {}
    with ExitStack() as stack:
        pool = workers if isinstance(workers, Executor) else stack.enter_context(workers())
        futures = {pool.submit(work, name): name for name in names}
        try:
            for future in as_completed(futures):
                runs[futures[future]] = future.result()
                if progress is not None:
                    progress(len(runs), len(names))
        finally:
            for future in futures:
                future.cancel()
    return runs


@opened
@dataclass(frozen=True, eq=False)
class AuthorityResults:
    """What a run of local authorities gave.

    Parameters
    ----------
    runs : mapping of str to AuthorityRun
        By name of the authority.
    known : sequence of Authority
        What is published of each, in the same order.
    england : Assumptions
        England's set.
    years : int
        Projected years.
    whole : mapping of int to float
        Children in care in England's own set under inaction by date, central [children].
    every : bool
        Whether all authorities with a child looked after are there.
    claims : mapping of str to bool
        By scenario, whether its effects are claimed.

    See Also
    --------
    run_authorities : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> list(cc.run_authorities("england-2025", years=1, authorities=["Kent"]).runs)
    ['Kent']
    """

    runs: Mapping[str, AuthorityRun]
    known: Sequence[Authority]
    england: Assumptions
    years: int
    whole: Mapping[int, float]
    every: bool
    claims: Mapping[str, bool]

    def __post_init__(self) -> None:
        made = "Use carecost.run_authorities(…), which gives them"
        take(self, runs=mapping_of(instance(AuthorityRun, words=made), made), england=a_set, years=whole(1), every=flag)

    @property
    def dates(self) -> tuple[int, ...]:
        """31 March of these years, the base date first."""
        return tuple(range(self.england.base_year, self.england.base_year + self.years + 1))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, inaction first."""
        return tuple(next(iter(self.runs.values())).children)

    def children(self) -> pd.DataFrame:
        """Give children in care on 31 March of each year, by authority.

        Returns
        -------
        DataFrame
            Columns authority, scenario, date, quantile, value, unit.

        See Also
        --------
        Results.children : Of one of them, by placement and more.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.run_authorities("england-2025", years=1, authorities=["Kent"])
        >>> float(found.children()["value"].iloc[0].round(0))
        1896.0
        """
        return self._rows("children", ("date", self.dates), "children")

    def costs(self) -> pd.DataFrame:
        """Give spend of the public purse in each year, by authority.

        Returns
        -------
        DataFrame
            Columns authority, scenario, year, quantile, value, unit, price_year.

        See Also
        --------
        Results.costs : Of one of them, by group and more.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.run_authorities("england-2025", years=1, authorities=["Kent"])
        >>> found.costs()["unit"].unique().tolist()
        ['GBP']
        """
        frame = self._rows("spend", ("year", self.dates[1:]), "GBP")
        return frame.assign(price_year=self.england.price_year)

    def _rows(self, what: str, time: tuple[str, Sequence[int]], unit: str) -> pd.DataFrame:
        frames = []
        for name, found in self.runs.items():
            for scenario, array in getattr(found, what).items():
                central = getattr(found, f"central_{what}")[scenario]
                frame = tables.tidy(array, central, dict([time]), LEVEL)
                frame.insert(0, "scenario", scenario)
                frame.insert(0, "authority", name)
                frames.append(frame)
        return pd.concat(frames, ignore_index=True).assign(unit=unit)

    def summary(self) -> pd.DataFrame:
        """Give a row an authority and scenario: where it is, where it goes, and what the scenario saves.

        Returns
        -------
        DataFrame
            Columns authority, code, region, scenario; children on the base date and rate per 10,000; children_ahead on
            the last date, with low and high (80%); spend in the last year [GBP]; saving, the net present saving to the
            public purse over the years that are run [GBP], with its low and high, for scenarios but inaction. Means
            over draws; central, without low and high, where there are none.

        See Also
        --------
        carecost.plots.plot_authorities : Draws it.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.run_authorities("england-2025", years=1, authorities=["Kent"])
        >>> found.summary()["scenario"].tolist()
        ['inaction']
        """
        return pd.DataFrame([row for one in self.known for row in self._summary(one, self.runs[one.name])])

    def _summary(self, one: Authority, found: AuthorityRun) -> Iterator[dict[str, Any]]:
        rate = 1e4 * one.figures["children"] / one.figures["children aged 0 to 17"]
        for scenario, children in found.children.items():
            row: dict[str, Any] = {
                "authority": one.name,
                "code": one.code,
                "region": one.region,
                "scenario": scenario,
                "children": one.figures["children"],
                "rate": rate,
                **_summed("children_ahead", children[:, -1]),
                **_summed("spend", found.spend[scenario][:, -1]),
            }
            if scenario != INACTION:
                row |= _summed("saving", found.saving[scenario])
            yield row

    def gap(self) -> pd.DataFrame:
        """Give what the authorities sum to under inaction, central, beside England's own set.

        Rates of their own do not sum to England's: this is by how much.

        Returns
        -------
        DataFrame
            Columns date; authorities, england and gap [children].

        Raises
        ------
        InputError
            If only some authorities were run.

        See Also
        --------
        children : Of each.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.run_authorities("england-2025", years=1, authorities=["Kent"]).every
        False
        """
        if not self.every:
            remedy = "Leave out authorities= in run_authorities, so that all are run"
            raise InputError(Problem(f"{len(self.runs)} authorities do not make England", "gap", remedy))
        summed = np.sum([found.central_children[INACTION][0] for found in self.runs.values()], axis=0)
        england = np.array([self.whole[date] for date in self.dates])
        return pd.DataFrame({"date": self.dates, "authorities": summed, "england": england, "gap": summed - england})


def _summed(name: str, values: Array) -> dict[str, float]:
    """Give the mean with its 80% interval; the value alone where there is one."""
    if len(values) == 1:
        return {name: float(values[0])}
    low, high = tables.interval(values)
    return {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}
