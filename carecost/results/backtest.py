"""Backtests as rows: what rules would have said from past dates, what came, and their scores side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from carecost._guard import Refused, guarded, instance, one_of, opened, optional, take, text, whole, wholes
from carecost.analysis import backtest as scoring
from carecost.analysis.backtest import QUANTILES, SCORES, Backtested, possible
from carecost.analysis.forecast_rules import MODELS, Forecast, Luck, Rule, models_for
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.estimation.history import History
from carecost.files.readers.history import load_history, read_history
from carecost.inputs.assumptions import Assumptions
from carecost.maths.monte_carlo import Draws
from carecost.results.results import run

#: Horizons that are scored where none are named, and the rule that gains are counted from.
HORIZONS, AGAINST = (1, 2, 3, 5), "no change"
#: Most draws of a sample: more do not fit into memory for many areas.
MOST = 100_000


def _history(value: Any) -> History:
    """Take a history, a DataFrame laid out as its files are, or the name or path of one (a rule of the guard)."""
    if isinstance(value, History):
        return value
    if isinstance(value, str | Path):
        return load_history(value)
    if isinstance(value, pd.DataFrame):
        return read_history(value.to_csv(index=False), "the DataFrame", "history")
    raise Refused("", 'Give a history: "england", "authorities", a file, a DataFrame, or carecost.History(…)')


#: What stands for a model: the name of a rule, a rule of the user's, a set that the engine runs.
Model = str | Forecast | Assumptions


def _models(value: Any) -> dict[str, Model]:
    """Take models by name, functions and sets of the user's, or several of these (a rule of the guard)."""
    words = 'Give names of models, functions, sets, or several of these: ["held flows", mine] or {"mine": function}'
    if isinstance(value, str | Assumptions) or callable(value):
        value = [value]
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list | tuple):
        pairs = [
            (one if isinstance(one, str) else getattr(one, "name", getattr(one, "__name__", "?")), one) for one in value
        ]
    else:
        raise Refused("", words)
    for name, one in pairs:
        if not isinstance(name, str) or not (isinstance(one, str | Assumptions) or callable(one)):
            raise Refused("", words)
    twice = [name for i, (name, _) in enumerate(pairs) if name in [other for other, _ in pairs[:i]]]
    if twice or not pairs:
        raise Refused(f"holds {twice[0]!r} twice" if twice else "is empty", words)
    return dict(pairs)


def _rules(models: Mapping[str, Model], history: History) -> dict[str, Rule]:
    """Find the rule that each model is.

    Raises
    ------
    UnknownNameError
        If a name is that of no rule, or of one for another kind of history.
    """
    known = models_for(history)
    problems = []
    for one in models.values():
        if isinstance(one, str) and one not in known:
            problem = unknown("model", one, known, "backtest()")
            (elsewhere,) = [kind for kind, rules in MODELS.items() if rules is not known]
            what = f"model {one!r} is for {elsewhere}" if one in MODELS[elsewhere] else problem.what
            problems.append(Problem(what, f"backtest(), {history.name}", problem.remedy))
    refuse(problems, UnknownNameError)
    return {
        name: known[one] if isinstance(one, str) else _of_set(one) if isinstance(one, Assumptions) else Rule(one)
        for name, one in models.items()
    }


def _of_set(assumptions: Assumptions) -> Rule:
    """Make a rule of a set: children in care as the engine projects them from its base date, under inaction."""

    def forecast(history: History, horizons: tuple[int, ...], luck: Luck) -> ArrayLike:
        if len(history.areas) > 1:
            raise InputError(Problem("is a set of one area", assumptions.name, "Give a history of one area"))
        drawn = Draws(luck.draws, seed=luck.seed)
        frame = run(assumptions, years=max(horizons), draws=drawn).children(by_draw=True)
        by_draw = frame.pivot_table(index="date", columns="draw", values="value")
        sample = by_draw.loc[[assumptions.base_year + h for h in horizons]].to_numpy()
        # Without an interval in the set all draws are the same: what it says is a mean.
        return sample[:, :1].T if np.ptp(sample, axis=1).max() == 0 else sample[None]

    return Rule(forecast, origin=assumptions.base_year)


@guarded(
    history=_history,
    models=optional(_models),
    origins=optional(wholes),
    horizons=optional(wholes),
    draws=whole(2, MOST),
    seed=whole(0),
)
def backtest(
    history: History | pd.DataFrame | str | Path,
    models: Sequence[Model] | Mapping[str, Model] | Model | None = None,
    origins: Sequence[int] | int | str | None = None,
    horizons: Sequence[int] | int | str | None = None,
    draws: int = 500,
    seed: int = 0,
) -> Backtest:
    """Score rules of forecasting side by side: from each origin with what was known there, beside what came.

    Parameters
    ----------
    history : History, DataFrame, str or Path
        What was counted: ``"england"``, ``"authorities"``, a file (see :func:`load_history`), a table laid out like
        one, or a :class:`History`.
    models : str, callable, Assumptions, sequence or mapping of these, optional
        Names (see :func:`backtest_models`), functions of your own, sets that the engine runs from their base date, or
        several of these; a mapping names them. A function takes the history up to the origin, the horizons and luck
        (``luck.normals("what it is for", years)`` is an array of standard normal numbers of shape (years, draw)), and
        gives means (area, horizon) or a sample (area, horizon, draw); the axis of a single area may be left out. By
        default all rules for such a history that it has the series for.
    origins : sequence of int, optional
        Years whose 31 March is the last that is known. By default all from which every model can be made.
    horizons : sequence of int, optional
        Years ahead; 1, 2, 3 and 5 by default, as far as the history goes.
    draws : int
        Draws of a sample.
    seed : int
        Seed of their luck, which is a function of seed, model and origin alone.

    Returns
    -------
    Backtest
        Scores, forecasts, and a row a score of every forecast.

    Raises
    ------
    CareCostError
        With every fault: a model that is not known or cannot be made at an origin, an origin with nothing to be scored
        on, a forecast that is no number of children.

    See Also
    --------
    load_history : Reads a record or a panel of authorities.
    backtest_models : What the rules do and need.
    carecost.plots.plot_backtest : Draws it.

    Notes
    -----
    Nothing from after an origin reaches a rule: it is handed a copy that ends there. All models of a call are scored on
    the same windows. The latest vintages are used: what was published first differed, by 0.5% at most. Constants of
    some rules were fitted once on data to 2019; ``scores()`` counts the origins whose target came later (``unseen``).

    Examples
    --------
    >>> found = backtest("england", ["no change", "held flows"], origins=range(2000, 2025), horizons=[1, 3])
    >>> table = found.scores("mape")
    >>> table[table["horizon"] == 1].set_index("model")["value"].round(1).to_dict()
    {'no change': 1.8, 'held flows': 1.1}
    """
    assert isinstance(history, History)  # the guard has made it one
    if models is None:
        rules = {name: rule for name, rule in models_for(history).items() if not rule.lacks(history)}
    else:
        assert isinstance(models, Mapping)
        rules = _rules(models, history)
    reach = len(history.years) - 1
    ahead = wholes(horizons) if horizons is not None else tuple(h for h in HORIZONS if h <= reach)
    if not ahead or 0 in ahead:
        what = f"horizons are {', '.join(map(str, ahead)) or 'none'}"
        raise InputError(Problem(what, "backtest()", "Give years ahead, from 1 on, such as [1, 3, 5]"))
    at = wholes(origins) if origins is not None else tuple(possible(history, rules, ahead))
    return Backtest(scoring.backtest(history, rules, at, ahead, draws, seed), history)


@guarded()
def backtest_models() -> pd.DataFrame:
    """List the rules that :func:`backtest` knows.

    Returns
    -------
    DataFrame
        Columns history, of one area or of several; model; seen, the last year of the data that its constants were
        fitted on (blank where it has none); needs, the latest years of each series; what it does.

    See Also
    --------
    backtest : Scores them.

    Examples
    --------
    >>> models = backtest_models()
    >>> models[models["history"] == "one area"]["model"].tolist()[0]
    'no change'
    """
    return pd.DataFrame(
        {
            "history": kind,
            "model": name,
            "seen": rule.seen,
            "needs": ", ".join(f"{series} {years}" for series, years in rule.needs.items()),
            "what": rule.words,
        }
        for kind, rules in MODELS.items()
        for name, rule in rules.items()
    ).astype({"seen": "Int64"})


_MADE = "Use carecost.backtest(…), which gives it"


@opened
@dataclass(frozen=True, eq=False)
class Backtest:
    """What rules would have said, what came, and how they score.

    Parameters
    ----------
    found : Backtested
        Arrays (model, origin, horizon, area).
    history : History
        What was counted.

    See Also
    --------
    backtest : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> cc.backtest("england", "no change", origins=[2015, 2020], horizons=5)
    Backtest(england: 1 model, 1 area, 2 origins 2015 to 2020, horizons 5)
    """

    found: Backtested
    history: History

    def __post_init__(self) -> None:
        take(self, found=instance(Backtested, words=_MADE), history=instance(History, words=_MADE))

    def __repr__(self) -> str:
        f = self.found

        def count(n: int, what: str) -> str:
            return f"{n} {what}" + ("" if n == 1 else "s")

        span = f"{f.origins[0]} to {f.origins[-1]}" if len(f.origins) > 1 else str(f.origins[0])
        counts = [(len(f.models), "model"), (len(f.areas), "area"), (len(f.origins), "origin")]
        ahead = ", ".join(map(str, f.horizons))
        return f"Backtest({self.history.name}: {', '.join(count(n, w) for n, w in counts)} {span}, horizons {ahead})"

    def _repr_html_(self) -> str:
        """Show the scores that are read first as a table, as notebooks do."""
        short = self.summary()
        return f"<p>{self!r}</p>{short.to_html(index=False, float_format=lambda x: f'{x:.3g}')}"

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models."""
        return self.found.models

    def _model(self, name: str) -> int:
        if name not in self.models:
            raise UnknownNameError(unknown("model", name, self.models))
        return self.models.index(name)

    @guarded(score=optional(one_of(SCORES)))
    def scores(self, score: str | None = None) -> pd.DataFrame:
        """Give the scores of each model by horizon, over origins and areas.

        Parameters
        ----------
        score : str, optional
            One of bias, mae, mape, wape, mase, crps, coverage_50, coverage_80, coverage_95; all by default.

        Returns
        -------
        DataFrame
            Columns model; horizon [years]; score; value; unit; spread, the standard deviation of the score over
            origins; areas; origins; independent, the most of these whose years do not overlap; unseen, the origins
            whose target came after the years that the model's constants were fitted on. Bias, mape and wape are in per
            cent of what came (bias and wape of all areas together), mase over the mean absolute one-year change up to
            the origin; coverage is blank for a model that gives a mean, and its crps is its absolute error.

        See Also
        --------
        summary : The few that are read first.
        gain : Against one of the models.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.backtest("england", "no change", origins=range(2000, 2025), horizons=5)
        >>> found.scores("mape")[["value", "origins", "independent"]].round(1).to_numpy().tolist()
        [[7.5, 21.0, 5.0]]
        """
        f = self.found
        values, spread = f.scores(), f.spread()
        origins, apart = f.windows()
        unseen = f.unseen()
        names = list(SCORES) if score is None else [score]
        return pd.DataFrame(
            {
                "model": model,
                "horizon": horizon,
                "score": name,
                "value": values[name][m, h],
                "unit": SCORES[name],
                "spread": spread[name][m, h],
                "areas": len(f.areas),
                "origins": int(origins[h]),
                "independent": int(apart[h]),
                "unseen": int(unseen[m, h]),
            }
            for m, model in enumerate(f.models)
            for h, horizon in enumerate(f.horizons)
            for name in names
        )

    def summary(self) -> pd.DataFrame:
        """Give, for each model and horizon, the scores that are read first.

        Returns
        -------
        DataFrame
            Columns model, horizon, bias [%], mape [%], wape [%], mase, crps [children], coverage_80 [share], origins,
            independent.

        See Also
        --------
        scores : All of them, with their spread.

        Examples
        --------
        >>> import carecost as cc
        >>> cc.backtest("england", "no change", origins=2020, horizons=5).summary()["bias"].round(1).tolist()
        [-2.2]
        """
        kept = ["bias", "mape", "wape", "mase", "crps", "coverage_80"]
        rows = self.scores()
        wide = rows.pivot_table(index=["model", "horizon"], columns="score", values="value", sort=False, dropna=False)
        counts = rows.groupby(["model", "horizon"], sort=False)[["origins", "independent"]].first()
        return pd.DataFrame(wide.reindex(columns=kept).join(counts).rename_axis(columns=None).reset_index())

    @guarded(against=text)
    def gain(self, against: str = AGAINST) -> pd.DataFrame:
        """Give by how much the crps of each model is below that of one of them.

        Parameters
        ----------
        against : str
            The model that the others are held against.

        Returns
        -------
        DataFrame
            Columns model, horizon (``all`` for every window of every horizon together), gain [%].

        Raises
        ------
        UnknownNameError
            If the model is not in the backtest.

        See Also
        --------
        scores : The scores themselves.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.backtest("england", ["no change", "held flows"], origins=range(2000, 2025), horizons=1)
        >>> bool(found.gain().set_index(["model", "horizon"])["gain"]["held flows", 1] > 20)
        True
        """
        f, at = self.found, self._model(against)
        summed = np.nansum(f.crps, (1, 3))  # (model, horizon)
        every = np.concatenate([summed, summed.sum(1, keepdims=True)], 1)
        gains = 100 * (1 - every / every[at])
        return pd.DataFrame(
            {"model": model, "horizon": horizon, "gain": gains[m, h]}
            for m, model in enumerate(f.models)
            for h, horizon in enumerate([*f.horizons, "all"])
        )

    @guarded(year=whole())
    def since(self, year: int) -> Backtest:
        """Keep the windows that end in a year or later: those that a rule fitted before has not seen.

        Parameters
        ----------
        year : int
            The first year whose 31 March is scored on.

        Returns
        -------
        Backtest
            The same forecasts, fewer windows.

        Raises
        ------
        InputError
            If no window ends so late.

        See Also
        --------
        scores : Counts these windows as ``unseen``.

        Examples
        --------
        >>> import carecost as cc
        >>> found = cc.backtest("england", "damped drift", origins=range(2010, 2025), horizons=[1, 5])
        >>> found.since(2020).scores("wape")["origins"].tolist()
        [6, 6]
        """
        last = int(self.forecasts()["date"].max())
        if year > last:
            remedy = f"Give a year up to {last}"
            raise InputError(Problem(f"no window ends in {year} or later", repr(self), remedy))
        return Backtest(self.found.since(year), self.history)

    def forecasts(self) -> pd.DataFrame:
        """Give what each model would have said, and what came.

        Returns
        -------
        DataFrame
            A row a model, area, origin and horizon with something to be scored on: columns model, area, origin,
            horizon, date, central [children], the quantiles 0.025 to 0.975 (blank where a mean was given) and came.

        See Also
        --------
        table : The scores of each.

        Examples
        --------
        >>> import carecost as cc
        >>> row = cc.backtest("england", "no change", origins=2020, horizons=5).forecasts().iloc[0]
        >>> round(row["central"]), round(row["came"])
        (80000, 81770)
        """
        f = self.found
        frame = self._index()
        frame["date"] = frame["origin"] + frame["horizon"]
        frame["central"] = f.central.ravel()
        for i, q in enumerate(QUANTILES):
            frame[str(q)] = f.quantiles[..., i].ravel()
        frame["came"] = np.broadcast_to(f.came, f.central.shape).ravel()
        return frame[frame["came"].notna()].reset_index(drop=True)

    def table(self) -> pd.DataFrame:
        """Give a row a score of each forecast.

        Returns
        -------
        DataFrame
            Columns model, area, origin, horizon, score (error, absolute_error and crps [children], percentage_error
            [%], scaled_error, covered_50, covered_80 and covered_95 [1 or 0]), value. Scores that there are not (a
            band of a mean, a window whose end has not come) have no row.

        See Also
        --------
        scores : Over origins and areas.

        Examples
        --------
        >>> import carecost as cc
        >>> table = cc.backtest("england", "no change", origins=2020, horizons=5).table()
        >>> round(table.set_index("score")["value"]["error"])
        -1770
        """
        index = self._index()
        frames = [index.assign(score=name, value=values.ravel()) for name, values in self.found.each().items()]
        long = pd.concat(frames, ignore_index=True)
        return long[long["value"].notna()].reset_index(drop=True)

    def _index(self) -> pd.DataFrame:
        """Label the arrays, flat."""
        f = self.found
        axes = [f.models, f.origins, f.horizons, f.areas]
        index = pd.MultiIndex.from_product(axes, names=["model", "origin", "horizon", "area"])
        return index.to_frame(index=False)[["model", "area", "origin", "horizon"]]
