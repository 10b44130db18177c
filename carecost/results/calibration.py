"""Calibration as a result: the modes found, what each misses, what the targets do not hold, and the calibrated sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from carecost._guard import guarded, instance, opened, several_of, take, whole
from carecost._typing import LockedAgain
from carecost.analysis import calibration as fitting
from carecost.analysis.calibration import CLOSE, FREE, TARGETS, Free, Mode, Model, Target
from carecost.errors import InputError, Problem, refuse
from carecost.files.load import a_set
from carecost.inputs.assumptions import Assumptions
from carecost.maths.monte_carlo import LEVEL

_MADE = "Use carecost.calibrate(…), which gives it"
#: Most starts, and most joint draws.
MOST_STARTS, MOST_DRAWS = 200, 20_000


@guarded(
    assumptions=a_set,
    targets=TARGETS,
    free=FREE,
    attempts=whole(1, MOST_STARTS),
    draws=whole(2, MOST_DRAWS),
    seed=whole(0),
)
def calibrate(
    assumptions: Assumptions | str | Path,
    targets: Sequence[Target] | Target,
    free: Sequence[Free | str] | Free | str,
    attempts: int = 8,
    draws: int = 1000,
    seed: int = 0,
) -> Calibration:
    r"""Fit rates, growth or prices of a set to targets, by least squares from several starts; every mode is kept.

    Parameters
    ----------
    assumptions : Assumptions, str or Path
        The set, or its name.
    targets : Target or sequence of Target
        What it is to give: children on dates; flows and spend of years.
    free : str, Free, or sequence of these
        What may change: parameters (a multiplier on all their cells, or those named), growths, adjustments.
    attempts : int
        Where the search begins: at what the set has, and at this many less one points of a Latin hypercube over the
        bounds of the free parameters.
    draws : int
        Joint draws of what was fitted, that go with the calibrated set.
    seed : int
        Seed of starts and draws.

    Returns
    -------
    Calibration
        The calibrated set, the modes, residuals, and what the targets hold.

    Raises
    ------
    CareCostError
        With every fault: an unknown name, a target before the first projected year, nothing free; and with targets that
        cannot be reached, an exact one or one with a tolerance, and the nearest that is.

    See Also
    --------
    Target : What is to be met.
    Free : What may change, with bounds and prior.
    estimate : Rates from counted events, where there are some.

    Notes
    -----
    What the set gives is its central run under inaction, its background included. The misfit is
    :math:`\sum_i ((m_i(x) - t_i) / s_i)^2 + \sum_j ((x_j - x^0_j) / p_j)^2` for targets :math:`t` with standard
    errors :math:`s` and free parameters :math:`x`, the logarithms of multipliers, with priors :math:`p` where stated.
    An exact target has a standard error of a millionth of it in the search, and adds no uncertainty. The joint draws
    are of the Gaussian with the covariance :math:`(J'J)^{-1}` of the misses at the mode, within the bounds (Laplace's
    approximation). What else is uncertain in the set stays so, whatever the targets: draws spread about the targets by
    it.

    Examples
    --------
    >>> import carecost as cc
    >>> england = cc.load_assumptions("england-2025")
    >>> fit = cc.calibrate(england, cc.Target("children", 2027, 84_000), free="entry_rate", attempts=2)
    >>> round(cc.run(fit.assumptions, years=2).children()["value"].iloc[-1])
    84000
    """
    assert isinstance(assumptions, Assumptions)  # the guard has made it one
    model = Model(assumptions, TARGETS(targets), fitting.unknowns(assumptions, FREE(free)))
    found = fitting.search(model, attempts, seed)
    refuse(fitting.out_of_reach(model, found[0]))
    return Calibration(model, tuple(found), draws, seed)


@opened
@dataclass(frozen=True, eq=False)
class FittedMode(LockedAgain):
    """One mode of a calibration: a local optimum of the misfit.

    Parameters
    ----------
    model : Model
        Set, targets and free parameters.
    mode : Mode
        The optimum.
    draws, seed : int
        Joint draws of it, and their seed.

    See Also
    --------
    Calibration.modes : All of a calibration.

    Examples
    --------
    >>> import carecost as cc
    >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
    >>> fit.modes[0].met
    True
    """

    model: Model
    mode: Mode
    draws: int
    seed: int

    def __post_init__(self) -> None:
        rules = {"model": instance(Model, words=_MADE), "mode": instance(Mode, words=_MADE)}
        take(self, draws=whole(2), seed=whole(0), **rules)

    def _screen(self) -> list[tuple[str, str]]:
        fitted = self.parameters()
        told = [f"{row['free']} {row['value']:.6g}" for _, row in fitted.iterrows()]
        n, met = len(self.model.targets), int(fitting.met(self.model, self.mode).sum())
        return [
            ("fitted", "; ".join(told)),
            ("misfit", f"{self.misfit:.4g}; {met} of {n} targets met"),
            ("starts", f"{self.mode.starts} ended here"),
            ("flat", "; ".join(self.identifiability().flat) or "no direction: the targets hold what is free"),
        ]

    @property
    def misfit(self) -> float:
        """Sum of squared misses over their standard errors, priors included [ratio]."""
        return self.mode.misfit

    @property
    def met(self) -> bool:
        """Whether every target is met: exactly, within its tolerance, or within 1.96 standard errors."""
        return bool(fitting.met(self.model, self.mode).all())

    @cached_property
    def assumptions(self) -> Assumptions:
        """The set at this mode, its fitted rows with joint draws where anything stated leaves them uncertain.

        Raises
        ------
        InputError
            If the targets, and priors, do not hold what is free: no value of it is better than others.
        """
        free = fitting.loose(self.model, self.mode)
        refuse(
            [
                Problem(
                    fitting.in_words(self.model, direction),
                    "calibrated set",
                    "Free less, add a target that tells them apart, or state a prior: carecost.Free(…, prior=0.1)",
                )
                for direction in free
            ]
        )
        return fitting.calibrated(self.model, self.mode, self.draws, self.seed)

    def parameters(self) -> pd.DataFrame:
        """Give what was fitted.

        Returns
        -------
        DataFrame
            Columns free, kind (multiplier or growth), before, value, low and high (80% interval from the curvature;
            blank where it is certain or flat), search_low, search_high (bounds), prior, at_bound.

        See Also
        --------
        FittedMode.residuals : What it gives.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.parameters()["free"].tolist()
        ['entry_rate']
        """
        model, mode = self.model, self.mode
        sd = (
            np.sqrt(np.diag(fitting.covariance(model, mode)))
            if fitting.uncertain(model)
            else np.full(len(mode.x), np.nan)
        )
        values, ends = model.outside(mode.x), [model.outside(mode.x + z * sd) for z in (-UPPER, UPPER)]
        near = np.minimum(mode.x - model.bounds[0], model.bounds[1] - mode.x) < fitting.SAME * np.ptp(
            model.bounds, axis=0
        )
        return pd.DataFrame(
            {
                "free": one.words,
                "kind": "multiplier" if one.log else "growth",
                "before": one.row.belief.value,
                "value": values[i],
                "low": ends[0][i],
                "high": ends[1][i],
                "search_low": one.low,
                "search_high": one.high,
                "prior": np.nan if one.prior is None else one.prior,
                "at_bound": bool(near[i]),
            }
            for i, one in enumerate(model.free)
        )

    def residuals(self) -> pd.DataFrame:
        """Give what each target wants and what the set gives.

        Returns
        -------
        DataFrame
            Columns target, wanted, given, miss (given less wanted), miss_share, se (blank where the target is exact),
            z (miss over se), met.

        See Also
        --------
        FittedMode.parameters : What was fitted.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.residuals()["met"].all()
        np.True_
        """
        model, mode = self.model, self.mode
        miss = mode.given - model.wanted
        with np.errstate(divide="ignore", invalid="ignore"):
            share, z = miss / model.wanted, miss / model.sd
        return pd.DataFrame(
            {
                "target": [target.words for target in model.targets],
                "wanted": model.wanted,
                "given": mode.given,
                "miss": miss,
                "miss_share": np.where(model.wanted > 0, share, np.nan),
                "se": np.where(model.sd > 0, model.sd, np.nan),
                "z": np.where(model.sd > 0, z, np.nan),
                "met": fitting.met(model, mode),
            }
        )

    def identifiability(self) -> Identifiability:
        """Say what the targets hold of what is free.

        Returns
        -------
        Identifiability
            Rank and condition of the scaled Jacobian, flat directions in words, correlations.

        See Also
        --------
        FittedMode.assumptions : Refused where a direction is flat.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.identifiability().rank
        1
        """
        model, mode = self.model, self.mode
        words = [one.words for one in model.free]
        matrix = fitting.scaled(model, mode)
        found, vectors, rank = fitting.singular(matrix)
        sd = np.sqrt(np.diag(cov := fitting.covariance(model, mode)))
        return Identifiability(
            free=tuple(words),
            rank=rank,
            condition=float(found[0] / found[-1]) if rank == len(words) else float("inf"),
            flat=tuple(fitting.in_words(model, direction) for direction in vectors[rank:]),
            jacobian=pd.DataFrame(matrix, index=[target.words for target in model.targets], columns=words),
            correlation=pd.DataFrame(cov / np.outer(sd, sd), index=words, columns=words),
        )


#: Standard normal quantile of the upper end of the interval that is printed.
UPPER = float(ndtri(0.5 + LEVEL / 2))


@opened
@dataclass(frozen=True, eq=False)
class Identifiability:
    """What targets hold of what is free.

    Parameters
    ----------
    free : tuple of str
        What is free.
    rank : int
        Directions that the targets hold, priors apart; all where it is the number of free parameters.
    condition : float
        Largest over smallest singular value of the scaled Jacobian [ratio]; infinite where a direction is flat.
    flat : tuple of str
        Directions that no target holds, in words; a prior may hold them.
    jacobian : DataFrame
        The scaled Jacobian: % by which a target (row) changes for 1% of a free parameter (column), of a growth for one
        percentage point a year.
    correlation : DataFrame
        Correlation of the fitted parameters, priors included; blank where a direction is flat.

    See Also
    --------
    Calibration.identifiability : Gives it.

    Examples
    --------
    >>> import carecost as cc
    >>> both = ["entry_rate", "extra_entries"]
    >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free=both, attempts=1)
    >>> fit.identifiability().rank
    1
    """

    free: tuple[str, ...]
    rank: int
    condition: float
    flat: tuple[str, ...]
    jacobian: pd.DataFrame
    correlation: pd.DataFrame

    def __post_init__(self) -> None:
        table = instance(pd.DataFrame, words=_MADE)
        text = several_of(str, words=_MADE)
        take(self, free=text, flat=text, rank=whole(0), jacobian=table, correlation=table)

    def _screen(self) -> list[tuple[str, str]]:
        lines = [("rank", f"{self.rank} of {len(self.free)}"), ("condition", f"{self.condition:.4g}")]
        return lines + [("flat", words) for words in self.flat]


@opened
@dataclass(frozen=True, eq=False)
class Calibration(LockedAgain):
    """What :func:`calibrate` found.

    Parameters
    ----------
    model : Model
        Set, targets and free parameters.
    found : tuple of Mode
        Every mode, best first.
    draws, seed : int
        Joint draws of a mode, and their seed.

    See Also
    --------
    calibrate : Makes it.

    Examples
    --------
    >>> import carecost as cc
    >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
    >>> len(fit.modes)
    1
    """

    model: Model
    found: tuple[Mode, ...]
    draws: int
    seed: int

    def __post_init__(self) -> None:
        rules = {"model": instance(Model, words=_MADE), "found": several_of(Mode, words=_MADE)}
        take(self, draws=whole(2), seed=whole(0), **rules)

    def _screen(self) -> list[tuple[str, str]]:
        best = self.modes[0]
        n = len(self.modes)
        rivals = self._rivals()
        said = "one" if n == 1 else f"{n}, best first" + (f"; {len(rivals) + 1} fit alike" if rivals else "")
        lines = [("set", self.model.assumptions.name), ("modes", said), *best._screen()]
        rows = best.residuals()
        for _, row in rows.head(6).iterrows():
            lines.append((row["target"], f"wanted {row['wanted']:,.6g}, given {row['given']:,.6g}"))
        return lines

    @cached_property
    def modes(self) -> tuple[FittedMode, ...]:
        """Every mode that was found, best first; never their mean."""
        return tuple(FittedMode(self.model, mode, self.draws, self.seed) for mode in self.found)

    def _rivals(self) -> list[FittedMode]:
        return [mode for mode in self.modes[1:] if mode.misfit < self.modes[0].misfit + CLOSE]

    @property
    def assumptions(self) -> Assumptions:
        """The calibrated set: the best mode, its fitted rows graded and sourced, with joint draws.

        Raises
        ------
        InputError
            If another mode fits as well, within 3.84 of the misfit (choose one of ``modes``), or the targets do not
            hold what is free.
        """
        rivals = self._rivals()
        if rivals:
            several = [self.modes[0], *rivals]
            told = "; ".join(f"modes[{self.modes.index(one)}] has {one._screen()[0][1]}" for one in several)
            remedy = "Take one by its place, such as fit.modes[0].assumptions, or add a target that tells them apart"
            raise InputError(Problem(f"{len(several)} modes fit alike: {told}", "calibrated set", remedy))
        return self.modes[0].assumptions

    def parameters(self) -> pd.DataFrame:
        """Give what was fitted, in every mode.

        Returns
        -------
        DataFrame
            Columns mode (its place), misfit, starts, and those of :meth:`FittedMode.parameters`.

        See Also
        --------
        Calibration.residuals : What they give.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.parameters()[["mode", "free"]].values.tolist()
        [[0, 'entry_rate']]
        """
        return self._every("parameters")

    def residuals(self) -> pd.DataFrame:
        """Give what each target wants and what the set gives, in every mode.

        Returns
        -------
        DataFrame
            Columns mode (its place), misfit, starts, and those of :meth:`FittedMode.residuals`.

        See Also
        --------
        Calibration.parameters : What was fitted.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.residuals()["given"].round().tolist()
        [81000.0]
        """
        return self._every("residuals")

    def _every(self, table: str) -> pd.DataFrame:
        tables = []
        for i, mode in enumerate(self.modes):
            rows = getattr(mode, table)()
            for at, (name, value) in enumerate((("mode", i), ("misfit", mode.misfit), ("starts", mode.mode.starts))):
                rows.insert(at, name, value)
            tables.append(rows)
        joined: pd.DataFrame = pd.concat(tables, ignore_index=True)
        return joined

    def identifiability(self) -> Identifiability:
        """Say what the targets hold of what is free, at the best mode.

        Returns
        -------
        Identifiability
            Rank and condition of the scaled Jacobian, flat directions in words, correlations.

        See Also
        --------
        FittedMode.identifiability : The same at another mode.

        Examples
        --------
        >>> import carecost as cc
        >>> fit = cc.calibrate("england-2025", cc.Target("children", 2026, 81_000), free="entry_rate", attempts=1)
        >>> fit.identifiability().flat
        ()
        """
        return self.modes[0].identifiability()
