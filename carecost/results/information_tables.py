"""Decision analysis in rows: acceptability and expected loss, value of information, Sobol indices of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from carecost._guard import Refused, frame, guarded, instance, labels, number, optional
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.sobol_indices import OUTPUTS, UNITS, by_design
from carecost.analysis.value_of_information import evppi as regressed
from carecost.analysis.value_of_information import expected_loss, regress
from carecost.errors import InputError, Problem, UnknownNameError, refuse, unknown
from carecost.results.appraisal_tables import NetBenefit
from carecost.results.decision_tables import ScenarioOptions
from carecost.simulation.blocks import Progress
from carecost.simulation.run import Run

#: Groups of quantities: none (each that is tied apart), the names of one, or several by name.
Groups: TypeAlias = Sequence[str] | Mapping[str, Sequence[str]] | str | None

#: Values of a unit of effect at which acceptability is shown unless others are asked for.
GRID = tuple(float(x) for x in range(0, 100_001, 5_000))

#: What is said of quantities that no choice hangs on.
IDLE = "cannot change the choice: with any value drawn the same option is best"

#: What is said where an estimate is within two standard errors of nothing.
FAINT = "not told from nothing by these draws"

EVPPI = ("group", "quantities", "evppi", "error", "share_of_evpi", "chance_of_change", "says")


def some_groups(value: Any) -> Groups:
    """Take groups of quantities (a rule of the guard)."""
    if value is None:
        return None
    words = 'Give names of quantities, such as ["growth: *"], or several groups by name, {"prices": ["growth: *"]}'
    try:
        every = value if isinstance(value, Mapping) else {"": value}
        found = {str(name): labels(names) for name, names in every.items()}
    except Refused:
        raise Refused("", words) from None
    if not found or not all(found.values()):
        raise Refused("names no quantity", words)
    return found if isinstance(value, Mapping) else found[""]


def evpi_rows(options: ScenarioOptions) -> pd.DataFrame:
    """Give the value of perfect information; see :meth:`carecost.Results.evpi`."""
    benefit = options.net_benefit
    with_draws(len(benefit.net_benefit), "evpi()")
    loss, error = expected_loss(benefit.net_benefit)
    best = loss.argmin(-1)
    at = np.arange(len(best))
    told = {
        "value": benefit.values,
        "best": [benefit.names[i] for i in best],
        "evpi": loss[at, best],
        "error": error[at, best],
        "chance_wrong": 1.0 - _chance(benefit)[at, best],
    }
    return options.labelled(pd.DataFrame(told))


def _chance(benefit: NetBenefit) -> Array:
    chance = benefit.chance_best
    assert chance is not None
    return chance


def with_draws(draws: int, where: str) -> None:
    """Refuse what needs draws where there are none."""
    if draws < 2:
        raise InputError(Problem("the run has no draws", where, "Run with draws, such as draws=1000"))


@guarded(
    benefit=instance(NetBenefit, words="Give what carecost.net_benefit(…) gave"),
    inputs=frame,
    groups=some_groups,
    value=optional(number(least=0)),
)
def evppi(benefit: NetBenefit, inputs: pd.DataFrame, groups: Groups = None, value: float | None = None) -> pd.DataFrame:
    """Give what it would be worth to know some quantities before an option is chosen (EVPPI), by regression on draws.

    Parameters
    ----------
    benefit : NetBenefit
        Net benefit of options in draws, as :func:`net_benefit` gives it.
    inputs : DataFrame
        The same draws of the quantities, a column each, such as :meth:`Results.inputs`.
    groups : sequence of str, or mapping of str to sequence of str, optional
        Quantities that are known together: of one group, or of several by name; ``*`` stands for any letters. Each
        column apart by default.
    value : float, optional
        Value of a unit of effect, one of those of ``benefit``; its only one by default [GBP per unit].

    Returns
    -------
    DataFrame
        A row a group, the greatest worth first: group, quantities (how many), evppi and its standard error [unit of the
        net benefit], share_of_evpi, chance_of_change (share of draws in which, the group known, another option is
        best), and says: that they cannot change the choice, or cannot be told from nothing by these draws.

    Raises
    ------
    UnknownNameError
        If a quantity is not known.
    InputError
        If there are too few draws, or the draws of both differ in number.

    See Also
    --------
    Results.evppi : The same for the scenarios of a run.

    References
    ----------
    .. [1] Strong, M., Oakley, J. E., Brennan, A. (2014). Estimating multiparameter partial expected value of perfect
       information from a probabilistic sensitivity analysis sample. Medical Decision Making, 34(3), 311-326.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> import carecost as cc
    >>> rng = np.random.default_rng(1)
    >>> known = pd.DataFrame({"p1": rng.normal(1, 1, 500), "p2": rng.normal(0, 2, 500)})
    >>> made = cc.net_benefit([("wait", 0 * known["p1"], 0.0), ("act", known["p2"], known["p1"])], [1.0])
    >>> cc.evppi(made, known)["group"].tolist()
    ['p2', 'p1']
    """
    if value is None and len(benefit.values) > 1:
        raise InputError(Problem("there are several values", "evppi()", f"Give one of {benefit.values.tolist()}"))
    at = 0 if value is None else int(np.abs(benefit.values - value).argmin())
    if value is not None and benefit.values[at] != value:
        raise InputError(Problem(f"value is {value:g}", "evppi()", f"Give one of {benefit.values.tolist()}"))
    if len(inputs) != len(benefit.net_benefit):
        what = f"inputs have {len(inputs)} draws, the net benefit {len(benefit.net_benefit)}"
        raise InputError(Problem(what, "evppi()", "Give the same draws of both"))
    names = [str(name) for name in inputs.columns]
    every = named_groups(groups, {name: name for name in names})
    return evppi_rows(benefit.net_benefit[:, at], inputs.to_numpy(dtype=float), names, every)


def evppi_rows(
    benefit: Array, values: Array, names: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Give a row a group of quantities: what it is worth to know them, the greatest first."""
    with_draws(len(benefit), "evppi()")
    whole = float(expected_loss(benefit)[0].min())
    place = {name: i for i, name in enumerate(names)}
    rows = []
    for group, members in groups.items():
        found = regressed(benefit, values[:, [place[name] for name in members]])
        share = found.evppi / whole if whole > 0 else 0.0
        said = IDLE if found.chance == 0 else FAINT if found.evppi < 2.0 * found.error else ""
        rows.append((group, len(members), found.evppi, found.error, share, found.chance, said))
    made = pd.DataFrame(rows, columns=list(EVPPI))
    return made.sort_values("evppi", ascending=False, kind="stable", ignore_index=True)


def named_groups(groups: Groups, known: Mapping[str, str]) -> dict[str, list[str]]:
    """Find the quantities of groups that a user names.

    Parameters
    ----------
    groups : sequence, mapping or None
        As it was given.
    known : mapping of str to str
        Every quantity, with the group that it is tied in.

    Returns
    -------
    dict of str to list of str
        Quantities by group: each that is tied apart where none was named.

    Raises
    ------
    UnknownNameError
        If a name is neither a quantity nor a group, and a pattern of neither.
    """
    tied: dict[str, list[str]] = {}
    for name, group in known.items():
        tied.setdefault(group, []).append(name)
    if groups is None:
        return tied
    asked = dict(groups) if isinstance(groups, Mapping) else {_joined(groups): groups}
    strangers = [n for names in asked.values() for n in names if not _meant(n, known, tied)]
    refuse([unknown("quantity", name, [*tied, *known]) for name in strangers], UnknownNameError)
    return {
        group: list(dict.fromkeys(one for name in names for one in _meant(name, known, tied)))
        for group, names in asked.items()
    }


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"


def _meant(name: str, known: Mapping[str, str], tied: Mapping[str, Sequence[str]]) -> list[str]:
    """Find what a name means: a quantity, a group of them, or all that a pattern with ``*`` fits."""
    if name in known:
        return [name]
    if name in tied:
        return list(tied[name])
    if "*" not in name:
        return []
    return [one for one, group in known.items() if fnmatchcase(one, name) or fnmatchcase(group, name)]


def run_evppi(run: Run, options: ScenarioOptions, groups: Groups) -> pd.DataFrame:
    """Give the value of information of groups of a run's quantities; see :meth:`carecost.Results.evppi`."""
    benefit = options.net_benefit.net_benefit
    with_draws(len(benefit), "evppi()")
    found, values = run.inputs()
    names = [drawn.label for drawn in found]
    every = named_groups(groups, {drawn.label: drawn.group for drawn in found})
    rows = evppi_rows(benefit[:, 0], values, names, every)
    return options.labelled(rows.assign(value=options.values[0]))


def sobol_rows(
    run: Run,
    groups: Groups,
    of: str,
    scenario: str | None,
    baseline: str,
    totals: int | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """Give first-order and total indices of groups of a run's quantities; see :meth:`carecost.Results.sobol`."""
    with_draws(run.draws.n, "sobol()")
    if of not in OUTPUTS:
        raise UnknownNameError(unknown("result", of, OUTPUTS, "sobol()"))
    others = [name for name in run.scenarios if name != INACTION]
    named = scenario or (others[0] if others and of in ("npv", "averted") else INACTION)
    refuse(
        [unknown("scenario", n, run.scenarios) for n in (named, baseline) if n not in run.scenarios], UnknownNameError
    )
    found, values = run.inputs()
    place = {drawn.label: i for i, drawn in enumerate(found)}
    every = named_groups(groups, {drawn.label: drawn.group for drawn in found})
    result = OUTPUTS[of](run, named, baseline)[:, None]
    if np.ptp(result) == 0:
        what = f"{of} of {named!r} is the same in all draws"
        raise InputError(Problem(what, "sobol()", "Look at a result that varies, or name a scenario"))
    rows = []
    for group, members in every.items():
        first, error = regress(result, values[:, [place[name] for name in members]]).explained(0)
        rows.append({"group": group, "quantities": len(members), "first": first, "first_error": error})
    made = pd.DataFrame(rows)
    made = made.assign(total=np.nan, total_error=np.nan, runs=0)
    if totals is not None:
        _refuse_parts(every, {drawn.label: drawn.group for drawn in found})

        def output(one: Run) -> Array:
            return OUTPUTS[of](one, named, baseline)

        done = by_design(run, every, output, [named, baseline], totals, progress)
        made = made.assign(total=done.total, total_error=done.total_error, runs=done.runs)
    about = {"of": of, "scenario": named, "baseline": baseline if of in ("npv", "averted") else None}
    made = made.assign(**about, variance=float(result.var(ddof=1)), unit=f"{UNITS[of]} squared")
    return made.sort_values("total" if totals else "first", ascending=False, kind="stable", ignore_index=True)


def _refuse_parts(groups: Mapping[str, Sequence[str]], known: Mapping[str, str]) -> None:
    """Refuse a part of what is tied: total indices are of independent groups."""
    tied: dict[str, set[str]] = {}
    for name, group in known.items():
        tied.setdefault(group, set()).add(name)
    problems = []
    for group, members in groups.items():
        for of in dict.fromkeys(known[name] for name in members):
            if not tied[of] <= set(members):
                remedy = f"Name all of {of!r}: what is tied is one group"
                problems.append(Problem(f"group {group!r} has a part of what is tied", "sobol()", remedy))
    refuse(problems)
