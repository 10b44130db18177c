"""What does carecost get for each published model? One function a kind of case: from its inputs to named results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

import carecost as cc
from carecost import vintages
from carecost.analysis.sobol_indices import indices
from carecost.analysis.value_of_information import regress
from carecost.maths.conversion import probabilities
from carecost.maths.expm import kernel
from carecost.maths.markov_cohort import occupancy, trace
from carecost.money.discounting import discount_factors

Case = dict[str, Any]
Results = dict[str, Any]
CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Printed:
    """Numbers as printed: they may be missed by half a unit of the last digit, unless the case says why by more.

    Their basis is "printed" in the source, "run" with the source's own code, or "recomputed" from its specification.
    """

    what: str
    text: tuple[str, ...]
    stated: tuple[float, ...] = ()
    basis: str = "printed"

    @property
    def values(self) -> np.ndarray:
        return np.array([float(t) for t in self.text])

    @property
    def digits(self) -> list[int]:
        """Digits after the point, as printed."""
        return [max(0, -int(Decimal(t).as_tuple().exponent)) for t in self.text]

    @property
    def tolerance(self) -> np.ndarray:
        if self.stated:
            return np.broadcast_to(np.array(self.stated), len(self.text))
        # The printed number itself is kept in binary: a few parts in 1e16 on top of half its last digit.
        return np.array([0.5 * 10.0**-d for d in self.digits]) + 1e-15 * np.abs(self.values)

    def said(self) -> str:
        return ", ".join(self.text)

    def got(self, values: Any) -> str:
        """Write our numbers with two digits more, as far as twelve carry."""
        out = []
        for value, digits in zip(np.atleast_1d(values), self.digits, strict=True):
            before = len(str(int(abs(value))))
            text = f"{value:.{max(digits, min(digits + 2, 12 - before))}f}"
            out.append(text.removeprefix("-") if not float(text) else text)
        return ", ".join(out)


def printed(entries: list[Case]) -> Iterator[Printed]:
    for entry in entries:
        text = tuple(entry.get("values") or [entry["value"]])
        yield Printed(entry["what"], text, tuple(entry.get("tolerance", ())), entry.get("basis", "printed"))


def hiv(case: Case) -> Results:
    """Two drugs against one, in 20 yearly cycles."""
    slip = case.get("wrong", {})
    right, priced = (
        _hiv(case, case["counts"][0], lamivudine) for lamivudine in (case["lamivudine"], slip["lamivudine"])
    )
    slipped = _hiv(case, case["counts"][case["states"].index(slip["row_total_of"])], slip["lamivudine"])
    out = {}
    for name in ("zidovudine", "both"):
        r = right[name]
        out[f"discounted cost, {name} [£]"] = r["cost"]
        out[f"life years, {name}"] = r["life years"]
        out[f"health cost, undiscounted, {name} [£]"] = r["health cost"]
        for t in (1, 2, 3, 20):
            out[f"people of 1,000 in each state after {t} cycle{'s' * (t > 1)}, {name}"] = 1000 * r["trace"][t]
    out["life years counted in the middle of cycles, zidovudine"] = right["zidovudine"]["life years, mid"]
    out["cost for each life year gained [£]"] = right["icer"]
    for word, result in (("with", slipped), ("without", priced)):
        out[f"life years, both, {word} the slip"] = result["both"]["life years"]
        out[f"discounted cost, both, {word} the slip [£]"] = result["both"]["cost"]
        out[f"cost for each life year gained, {word} the slip [£]"] = result["icer"]
    return out


def _hiv(case: Case, total_for_a_to_c: list[int], lamivudine: float) -> Results:
    counts, cycles, treated = np.array(case["counts"], dtype=float), case["cycles"], case["treated"]
    mono = counts / counts.sum(1, keepdims=True)
    both = mono * case["relative_risk"]
    both[0, 2] = case["relative_risk"] * counts[0, 2] / sum(total_for_a_to_c)
    np.fill_diagonal(both, 0.0)
    np.fill_diagonal(both, 1 - both.sum(1))
    alive = np.array([1.0, 1.0, 1.0, 0.0])
    health = np.array(case["health_cost"])
    when = np.arange(cycles + 1)
    factors = discount_factors(when, case["discount_costs"])
    out: Results = {}
    for name, moves in (("zidovudine", mono), ("both", np.array([both] * treated + [mono] * (cycles - treated)))):
        rows = trace([1, 0, 0, 0], moves, cycles)
        lived = occupancy(rows, case["counting"])
        given = (lamivudine * (when <= treated) * (name == "both"))[:, None]
        cost = lived @ health + (lived * (case["zidovudine"] + given)) @ alive
        out[name] = {
            "cost": cost @ factors,
            "life years": (lived @ alive).sum(),
            "life years, mid": (occupancy(rows, "mid") @ alive).sum(),
            "health cost": (lived @ health).sum(),
            "trace": rows,
        }
    table = cc.icer_table([(name, r["cost"], r["life years"]) for name, r in out.items()])
    out["icer"] = table.steps[1].icer
    assert table.steps[1].comparator == "zidovudine"
    return out


def hip(case: Case) -> Results:
    """Two prostheses, with risks that change with age and with time since the operation."""
    whole, vignette = (_hips(case, cycles) for cycles in (case["cycles"], 60))
    out = {}
    for result, suffix in ((whole, ""), (vignette, ", 60 cycles")):
        for name in ("standard", "NP1"):
            out[f"cost, {name}{suffix} [£]"] = result[name]["cost"].sum()
            out[f"QALYs, {name}{suffix}"] = result[name]["utility"].sum()
        out[f"difference in cost{suffix} [£]"] = out[f"cost, NP1{suffix} [£]"] - out[f"cost, standard{suffix} [£]"]
        out[f"difference in QALYs{suffix}"] = out[f"QALYs, NP1{suffix}"] - out[f"QALYs, standard{suffix}"]
        options = [(name, out[f"cost, {name}{suffix} [£]"], out[f"QALYs, {name}{suffix}"]) for name in result]
        out[f"cost for each QALY gained{suffix} [£]"] = cc.icer_table(options).steps[1].icer
    for name in ("standard", "NP1"):
        for t in range(1, 9):
            out[f"shares after {t} cycle{'s' * (t > 1)}, {name}"] = whole[name]["trace"][t, 1:]
    out["discounted cost of each cycle from 2 to 8, standard [£]"] = whole["standard"]["cost"][2:9]
    out["discounted utility of each cycle from 1 to 8, standard"] = whole["standard"]["utility"][1:9]
    return out


def _hips(case: Case, cycles: int) -> Results:
    when = np.arange(cycles + 1)
    out = {}
    for name, prosthesis, hazard in zip(
        ("standard", "NP1"), case["prosthesis"], (1.0, np.exp(case["np1"])), strict=True
    ):
        rows = trace([1, 0, 0, 0, 0], lambda t, k=hazard: _hip_moves(case, t, k), cycles)
        lived = occupancy(rows, case["counting"])
        cost = case["revision_cost"] * lived[:, 2] * discount_factors(when, case["discount_costs"])
        cost[0] += prosthesis
        utility = lived @ case["utility"] * discount_factors(when, case["discount_utility"])
        out[name] = {"trace": rows, "cost": cost, "utility": utility}
    return out


def _hip_moves(case: Case, t: int, hazard: float) -> list[list[float]]:
    scale = np.exp(case["constant"] + case["age_coefficient"] * case["age"])
    shape = np.exp(case["gamma"])
    revise = 1 - np.exp(scale * hazard * ((t - 1) ** shape - t**shape))
    die = next(rate for last, rate in case["mortality"] if case["age"] + t <= last)
    operation, again = case["operative_mortality"], case["rerevision"]
    return [
        [0, 1 - operation, 0, 0, operation],
        [0, 1 - revise - die, revise, 0, die],
        [0, 0, 0, 1 - operation - die, operation + die],
        [0, 0, again, 1 - again - die, die],
        [0, 0, 0, 0, 1],
    ]


def two_states(case: Case) -> Results:
    """Two strategies that share a trace."""
    x, y = np.array(case["x"]), np.array(case["y"])

    def rows(n: int) -> np.ndarray:
        return trace(case["initial"], lambda t: [case["first_row"], [1 - 1 / (t + 1), 1 / (t + 1)]], n)

    def ratio(counting: Any) -> float:
        totals = [occupancy(rows(1), counting).sum(0) @ rewards.T for rewards in (x, y)]
        return float(np.diff(totals[0])[0] / np.diff(totals[1])[0])

    ends = occupancy(rows(1), "end").sum(0) @ x.T
    ten, t = occupancy(rows(10), "end"), np.arange(11)
    # The first state of strategy II alone is discounted, x from the second cycle, y from the first.
    spent = (ten @ x[1]).sum() - (ten[1:, 0] * x[1, 0] * (1 - discount_factors(t[1:] - 1, 0.10))).sum()
    gained = (ten @ y[1]).sum() - (ten[:, 0] * y[1, 0] * (1 - discount_factors(t, 0.05))).sum()
    five = rows(5)
    middle = np.array([occupancy(five[c : c + 2], "mid").sum(0) for c in range(5)])
    over = "difference in x over difference in y"
    return {
        "x of strategies I and II, 1 cycle, counted at its end": ends,
        "difference in x a person, 1 cycle, counted at its end": (ends[1] - ends[0]) / sum(case["initial"]),
        f"{over}, 1 cycle, counted at its end": ratio("end"),
        f"{over}, 1 cycle, counted at its start": ratio("start"),
        f"{over}, 1 cycle, counted in its middle": ratio("mid"),
        "people in the first state in each of 5 cycles, counted in the middle": middle[:, 0],
        "people in the second state in each of 5 cycles, counted in the middle": middle[:, 1],
        f"{over}, 10 cycles, partly discounted": (spent - (ten @ x[0]).sum()) / (gained - (ten @ y[0]).sum()),
    }


def options(case: Case) -> Results:
    """Options on a frontier."""
    table = cc.icer_table([(name, cost, effect / case["units_a_year"]) for name, cost, effect in case["options"]])
    assert list(table.frontier) == case["frontier"]
    assert [s.name for s in table.steps if s.status == "dominated"] == case["dominated"]
    ratios = [s.icer for s in table.steps if s.icer is not None]
    return {"cost for each quality-adjusted life year gained, along the frontier [$]": ratios}


def appraisal(case: Case) -> Results:
    """Costs and benefits over years."""
    flows = {"costs": case["costs"], "benefits": case["benefits"], "discount": case["discounting"]}
    plain = cc.appraise(**flows)
    raised = cc.appraise(**flows, **{k: case[k] for k in ("optimism_bias", "mitigation", "cost_factor")})
    assert plain.payback == case["payback"]
    assert bool(np.isnan(plain.discounted_payback)) == (case["discounted_payback"] == "never")
    name = "equivalent annual value, years"
    burden = "with optimism bias of 51%, half of it mitigated, and 20% for the burden of tax"
    return {
        "net present value": plain.npv,
        "benefit-cost ratio": plain.bcr,
        "present value of costs": plain.pv_costs,
        "present value of benefits": plain.pv_benefits,
        f"net present value {burden}": raised.npv,
        "benefit-cost ratio with these": raised.bcr,
        "present value of costs with these": raised.pv_costs,
        f"{name} 1 to 9 (the package's)": cc.appraise(**flows, annuity=(1, 9)).eav,
        f"{name} 0 to 9 (the years of the flows)": plain.eav,
        f"{name} 1 to 10": cc.appraise(**flows, annuity=(1, 10)).eav,
        "cumulative net, undiscounted": plain.cumulative,
        "cumulative net, discounted": plain.cumulative_discounted,
        "lowest cumulative net": plain.peak_funding,
    }


def discount(case: Case) -> Results:
    """Factors of packaged schedules, and their sums."""
    out = {}
    for entry in case["published"]:
        schedule = vintages.schedule(entry["schedule"])
        years = entry.get("years") or range(entry["sum"][0], entry["sum"][1] + 1)
        factors = discount_factors(list(years), schedule)
        out[entry["what"]] = factors if "years" in entry else factors.sum()
    return out


def markov(case: Case) -> Results:
    """Continuous time, from rates; and what one exponential for each cause would give."""
    q = np.array(case["generator"])
    living = len(q) - 1
    off = q - np.diag(np.diag(q))
    # After so many years nobody is alive: the slowest of these rates has a mean below 13 years.
    until_death = kernel(q, 2000.0).stay[:living, :living]
    alone = [np.where(np.arange(len(q))[:, None] == i, q, 0.0) for i in range(living)]
    apart = 1 - np.exp(-off)
    np.fill_diagonal(apart, 1 - apart.sum(1))
    start = np.eye(len(q))[0]
    return {
        "mean stay in states 1 to 3 [years]": [kernel(a, 2000.0).stay[i, i] for i, a in enumerate(alone)],
        "time in states 1 to 3 until death, from state 1 [years]": until_death[0],
        "time to death from states 1, 2, 3 [years]": until_death.sum(1),
        "next state after 2: 1, 3, death": np.delete(probabilities(off * (np.arange(4) == 1)[:, None], 2000.0)[1], 1),
        "in states 1 to 4 after 10 years, from state 1, each cause apart": trace(start, apart, 10)[-1],
    }


def hiv_draws(case: Case) -> Results:
    """The two drugs with uncertain chances, effect and costs, all draws at once."""
    n, counts = case["draws"], np.array(case["counts"], dtype=float)
    luck = np.random.default_rng(case["seed"])
    # Quantiles of uniform numbers, which no version of numpy draws differently.
    people = gammaincinv(np.where(counts > 0, counts, 1.0), luck.random((n, 4, 4))) * (counts > 0)
    mono = people / people.sum(-1, keepdims=True)
    low, high = np.log(case["relative_risk_interval"])
    risk = np.exp(np.log(case["relative_risk"]) + (high - low) / 2 * ndtri(luck.random(n)) / ndtri(0.975))
    both = mono * risk[:, None, None] * (1 - np.eye(4))
    both += np.eye(4) * (1 - both.sum(-1))[..., None]
    # A gamma whose standard deviation is its mean is an exponential.
    health = (-np.log(luck.random((n, 2, 4))) * np.array([case["medical"], case["community"]])).sum(1)
    cycles, treated = case["cycles"], case["treated"]
    when, alive = np.arange(cycles + 1), np.array([1.0, 1.0, 1.0, 0.0])
    factors = discount_factors(when, case["discount_costs"])
    options = []
    for name, moves in (
        ("zidovudine", mono[:, None]),
        ("both", np.stack([both] * treated + [mono] * (cycles - treated), axis=1)),
    ):
        lived = occupancy(trace(np.eye(4)[0], moves, cycles), case["counting"])
        drugs = case["zidovudine"] + case["lamivudine"] * (when <= treated) * (name == "both")
        cost = ((lived @ health[..., None])[..., 0] + lived @ alive * drugs) @ factors
        options.append((name, cost, (lived @ alive).sum(-1)))
    cost, years = (options[1][i] - options[0][i] for i in (1, 2))
    chance = cc.net_benefit(options, [case["value"]]).chance_best
    assert chance is not None
    return {
        "more life years: mean, 95% interval": [years.mean(), *np.quantile(years, [0.025, 0.975])],
        "more cost: mean, 95% interval [£]": [cost.mean(), *np.quantile(cost, [0.025, 0.975])],
        "cost for each life year gained [£]": cc.icer_table(options).steps[1].icer,
        "chance that both is best at £10,000 a life year": chance[0, 1],
    }


def value_of_information(case: Case) -> Results:
    """What it is worth to know two normal quantities before one of two options is chosen."""
    slices = ndtri((np.arange(case["slices"]) + 0.5) / case["slices"])
    p1, p2 = (x.ravel() for x in np.meshgrid(*(mean + sd * slices for mean, sd in (case["p1"], case["p2"]))))
    made = cc.net_benefit([("nothing", 0 * p1, 0.0), ("something", p2, p1)], case["values"])
    found = cc.evppi(made, pd.DataFrame({"p1": p1, "p2": p2}), value=1.0).set_index("group")["evppi"]
    return {
        "value of perfect information, k of 1, 2 and 3": made.evpi,
        "value of knowing p1, of knowing p2, k of 1": found[["p1", "p2"]].to_numpy(),
    }


def sobol(case: Case) -> Results:
    """Sobol indices of a function whose variances are known."""

    def f(x: np.ndarray) -> np.ndarray:
        return np.sin(x[:, 0]) + case["a"] * np.sin(x[:, 1]) ** 2 + case["b"] * x[:, 2] ** 4 * np.sin(x[:, 0])

    a, b = (
        np.stack([np.pi * (2 * cc.Draws(case["draws"], seed).uniforms(f"x{j}") - 1) for j in range(3)], 1)
        for seed in case["seeds"]
    )
    mixed = [f(np.where(np.arange(3) == j, b, a)) for j in range(3)]
    return {
        "first-order indices of x1, x2 and x3": [regress(f(a)[:, None], a[:, [j]]).explained(0)[0] for j in range(3)],
        "total indices of x1, x2 and x3": indices(f(a), f(b), np.stack(mixed)).total,
    }


MODELS: dict[str, Callable[[Case], Results]] = {
    "hiv": hiv,
    "hiv draws": hiv_draws,
    "hip": hip,
    "two states": two_states,
    "options": options,
    "appraisal": appraisal,
    "discount": discount,
    "markov": markov,
    "value of information": value_of_information,
    "sobol": sobol,
}
