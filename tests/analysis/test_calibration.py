"""Calibration finds known modes and known truths, names what targets do not hold, and says what is out of reach."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

import carecost as cc
from carecost.analysis import calibration as fitting
from carecost.analysis.calibration import Model, Target, search, unknowns

RATE = {"unit": "per child-year", "source": "made up", "quality": "E"}
#: Rates of moving and of leaving. In the first year the engine gives the formula to rounding; from then on the flow of
#: birthdays costs about a millionth at these rates.
M, MU = 0.6, 3.0


def chain(move: float = M, leave: float = MU) -> cc.Assumptions:
    """A hundred children in one placement, who move to another and leave from there: Bateman's chain, nobody enters."""
    rows = [
        cc.Assumption(
            "initial_stock",
            cc.Selector(ages=5, placements="first"),
            cc.Belief(100.0, unit="children", source="made up", quality="E"),
        ),
        cc.Assumption("population", cc.Selector(), cc.Belief(1e6, unit="children", source="made up", quality="E")),
        cc.Assumption("move_rate", cc.Selector(placements="first", to="second"), cc.Belief(move, **RATE)),
        cc.Assumption("exit_rate", cc.Selector(placements="second", reasons="home"), cc.Belief(leave, **RATE)),
    ]
    return cc.Assumptions(
        name="chain",
        base_year=2025,
        years=4,
        price_year=2025,
        programme_start=2026,
        ages=range(18),
        placements=[cc.Placement("first"), cc.Placement("second")],
        reasons=[cc.Reason("home")],
        rows=rows,
        deflator=cc.money.deflator("hmt-2026-03"),
        discount=cc.money.schedule("standard"),
    )


def bateman(t: float, move: float = M, leave: float = MU, start: float = 100.0) -> float:
    """Children in the second placement after t years."""
    return start * move / (leave - move) * (math.exp(-move * t) - math.exp(-leave * t))


def second(year: int, value: float, **width: float) -> Target:
    return Target("children", year, value, placements="second", **width)


def fitted(
    assumptions: cc.Assumptions, targets: list[Target], free: list[cc.Free], starts: int = 8
) -> tuple[Model, list]:
    model = Model(assumptions, targets, unknowns(assumptions, free))
    return model, search(model, starts, seed=0)


def test_two_rates_that_give_one_stock_are_both_found_at_the_roots_of_the_formula() -> None:
    # Slow moves and fast ones leave as many in the second placement after a year: the stock rises with the rate, then
    # falls.
    best = max(np.linspace(0.513, 6, 600), key=lambda m: bateman(1, m))
    target = 0.9 * bateman(1, best)
    roots = [brentq(lambda m: bateman(1, m) - target, *ends) for ends in ((1e-3, best), (best, 20))]
    model, modes = fitted(chain(), [second(2026, target)], [cc.Free("move_rate", low=0.02, high=30)])
    found = sorted(M * float(model.outside(mode.x)[0]) for mode in modes)
    assert found == pytest.approx(roots, rel=1e-6)
    assert [float(mode.given[0]) for mode in modes] == pytest.approx([target, target], rel=1e-6)
    assert all(mode.starts > 0 for mode in modes)


def test_flip_flop_of_two_rates_and_a_size_has_its_two_modes() -> None:
    # Known of one-compartment absorption: rates swapped, and the size times their ratio, give the same curve.
    move, leave = 0.3, 0.7
    targets = [second(2025 + t, bateman(t, move, leave), se=0.1) for t in (1, 2, 3, 4)]
    free = [
        cc.Free("move_rate", low=0.2, high=8),
        cc.Free("exit_rate", low=0.1, high=4),
        cc.Free("initial_stock", low=0.1, high=4),
    ]
    model, modes = fitted(chain(0.4, 0.5), targets, free, starts=12)
    good = [mode for mode in modes if mode.misfit < 1e-6]
    found = sorted(tuple(np.array([0.4, 0.5, 100.0]) * model.outside(mode.x)) for mode in good)
    assert np.array(found) == pytest.approx(
        np.array([[move, leave, 100.0], [leave, move, 100.0 * move / leave]]), rel=1e-4
    )


@settings(max_examples=8)
@given(truth=st.floats(0.3, 3.0), size=st.floats(0.5, 2.0))
def test_any_truth_is_recovered_from_what_it_gives(truth: float, size: float) -> None:
    # Who is left in the first placement after one year and after two gives rate and size, by hand.
    targets = [Target("children", 2025 + t, 100 * size * math.exp(-M * truth * t), placements="first") for t in (1, 2)]
    model, modes = fitted(chain(), targets, [cc.Free("move_rate"), cc.Free("initial_stock")], starts=2)
    assert len(modes) == 1
    # From the second year on the flow of birthdays costs, at rates of 1.8 a year, 4e-4 of what is fitted (measured).
    assert model.outside(modes[0].x) == pytest.approx([truth, size], rel=5e-4)
    assert fitting.met(model, modes[0]).all()


def test_slopes_are_the_derivatives_of_the_formula() -> None:
    first = Target("children", 2026, 50.0, placements="first")
    model = Model(chain(), [second(2026, 20.0), first], unknowns(chain(), [cc.Free("move_rate")]))
    given, slopes = model.slopes(np.zeros(1))
    step = 1e-5
    by_hand = (bateman(1, M * math.exp(step)) - bateman(1, M * math.exp(-step))) / (2 * step)
    assert given == pytest.approx([bateman(1), 100 * math.exp(-M)], rel=1e-12)
    assert slopes[:, 0] == pytest.approx([by_hand, -M * 100 * math.exp(-M)], rel=1e-7)


def test_covariance_is_that_of_the_formula_and_draws_have_it() -> None:
    target = second(2026, bateman(1), se=0.5)
    model, modes = fitted(chain(), [target], [cc.Free("move_rate", low=0.5, high=2)], starts=1)
    step = 1e-5
    slope = (bateman(1, M * math.exp(step)) - bateman(1, M * math.exp(-step))) / (2 * step)
    sd = 0.5 / slope
    assert fitting.covariance(model, modes[0])[0, 0] == pytest.approx(sd**2, rel=1e-6)
    drawn = np.log(fitting.draws_of(model, modes[0], 4000, seed=1)[:, 0])
    assert drawn.std() == pytest.approx(sd, rel=0.01)  # a Latin hypercube: closer than 1 / sqrt(2 n) = 1.1%
    assert drawn.mean() == pytest.approx(modes[0].x[0], abs=0.01 * sd)


def test_prior_alone_gives_its_own_width_and_holds_what_targets_do_not() -> None:
    # Nobody enters, whatever the rate of moving.
    model, modes = fitted(chain(), [Target("entries", 2026, 0.0)], [cc.Free("move_rate", prior=0.2)], starts=1)
    assert len(fitting.loose(model, modes[0])) == 0
    assert fitting.covariance(model, modes[0])[0, 0] == pytest.approx(0.2**2, rel=1e-6)


def test_what_no_target_hangs_on_is_said() -> None:
    model, modes = fitted(chain(), [Target("entries", 2026, 0.0)], [cc.Free("move_rate")], starts=2)
    (direction,) = fitting.loose(model, modes[0])
    assert fitting.in_words(model, direction) == "move_rate: no target hangs on it"
    assert len(modes) == 1  # every value fits: one valley, and no mode for each start
    assert modes[0].valley
    assert modes[0].starts == 2


def test_pair_that_acts_as_one_is_a_valley_and_named() -> None:
    # Two reasons for which all leave at one rate: whatever the stock, it knows their sum alone.
    rest = [row for row in chain().rows if row.parameter != "exit_rate"]
    leaving = [
        cc.Assumption("exit_rate", cc.Selector(placements="second", reasons=name), cc.Belief(0.7, **RATE))
        for name in ("home", "adopted")
    ]
    own = replace(chain(), reasons=[cc.Reason("home"), cc.Reason("adopted")], rows=(*rest, *leaving))
    free = [cc.Free("exit_rate", reasons=name) for name in ("home", "adopted")]
    targets = [second(2026, bateman(1, M, 1.0), se=0.1)]
    model, modes = fitted(own, targets, free, starts=5)
    assert len([mode for mode in modes if mode.misfit < 1e-6]) == 1
    x = 0.7 * model.outside(modes[0].x)
    assert x.sum() == pytest.approx(1.0, rel=1e-6)
    (direction,) = fitting.loose(model, modes[0])
    # The sum stays: a change of one in proportion to it is minus that of the other.
    assert direction[0] * x[0] == pytest.approx(-direction[1] * x[1], rel=1e-4)
    assert all(f"reasons={name}" in fitting.in_words(model, direction) for name in ("home", "adopted"))
    assert np.isnan(fitting.covariance(model, modes[0])).all()


def test_target_out_of_reach_is_said_with_the_nearest_and_what_binds() -> None:
    most = max(bateman(1, M * math.exp(x)) for x in np.linspace(-2, 2, 4001))
    model, modes = fitted(chain(), [second(2026, 60.0)], [cc.Free("move_rate")], starts=3)
    (problem,) = fitting.out_of_reach(model, modes[0])
    assert f"nearest that is reached is {most:,.6g}" in problem.what
    model, modes = fitted(chain(), [second(2026, most)], [cc.Free("move_rate", low=0.5, high=1.1)], starts=2)
    (problem,) = fitting.out_of_reach(model, modes[0])
    assert "move_rate at its high, 1.1" in problem.what
    assert f"{bateman(1, 1.1 * M):,.6g}" in problem.what


def test_target_of_pounds_of_another_year_is_restated() -> None:
    england = cc.load_assumptions("england-2025")
    target = Target("spend", 2026, 1e9, price_year=2023)
    model = Model(england, [target], unknowns(england, [cc.Free("unit_cost")]))
    assert model.wanted[0] == pytest.approx(1e9 * england.deflator.factor(2023, [2025])[0])
