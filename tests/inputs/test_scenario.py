"""When does a change act, and how much of it?"""

from __future__ import annotations

import numpy as np
import pytest

import carecost as cc


def weights(**years: object) -> list[float]:
    """Weights of programme years 1 to 6."""
    change = cc.Change("exit_rate", "scale", 0.1, **years)  # type: ignore[arg-type]
    return [round(change.weight(y), 6) for y in range(1, 7)]


def test_phases() -> None:
    assert weights() == [1, 1, 1, 1, 1, 1]
    assert weights(start=2, full=4) == [0, 0.333333, 0.666667, 1, 1, 1]
    assert weights(start=2, end=3) == [0, 1, 1, 0, 0, 0]
    assert weights(start=1, lag=2) == [0, 0, 1, 1, 1, 1]
    assert weights(start=1, half_life=1) == [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert weights(start=1, full=3, shape="step") == [0, 0, 1, 1, 1, 1]
    assert weights(start=1, full=2, shape="s-curve") == [0.5, 1, 1, 1, 1, 1]
    assert weights(start=1, full=4, shape="s-curve") == [0.15625, 0.5, 0.84375, 1, 1, 1]
    assert weights(start=1, full=4, shape="front") == [0.4375, 0.75, 0.9375, 1, 1, 1]
    assert weights(start=1, full=4, shape="back") == [0.0625, 0.25, 0.5625, 1, 1, 1]


def test_delay_shifts_everything_and_keeps_the_luck() -> None:
    lever = cc.Lever(
        "a", [cc.Change("exit_rate", "scale", 0.1, start=2, full=4), cc.Change("entry_rate", "scale", -0.1)]
    )
    plan = cc.Scenario("plan", [lever])
    late = plan.delayed(2)
    assert [c.weight(4) for _, c in late.changes] == [plan.changes[0][1].weight(2), 1.0]
    assert [name for name, _ in late.changes] == [name for name, _ in plan.changes]
    with pytest.raises(cc.CareCostError, match="Programme years start at 1"):
        plan.delayed(-1)


def test_scaling_takes_a_share_of_effects_and_keeps_the_spending() -> None:
    spend = cc.Change("unit_cost", "add", 5.0, price_year=2022)
    plan = cc.Scenario("plan", [cc.Lever("a", [cc.Change("exit_rate", "scale", 0.1), spend])])
    shares = [c.share for _, c in plan.scaled(0.5).changes]
    assert shares == [0.5, 1.0]


def test_scenarios_add_in_order() -> None:
    a, b = (cc.Scenario(n, [cc.Lever(n, [cc.Change("exit_rate", "scale", 0.1)])], claim=n == "b") for n in "ab")
    both = a + b
    assert [lever.name for lever in both.levers] == ["a", "b"] and both.claim
    with pytest.raises(cc.CareCostError, match="lever 'a' is there twice"):
        a + a


def test_two_changes_alike_in_a_lever_have_luck_of_their_own() -> None:
    change = cc.Change("exit_rate", "scale", 0.1)
    assert len(set(cc.Lever("a", [change, change]).quantities)) == 2


def test_divert_moves_shares_and_keeps_their_sum() -> None:
    from carecost.money.discounting import Deflator
    from carecost.simulation.effects import Calendar, apply
    from carecost.simulation.sampler import Sampler

    grid = cc.Grid(2025, 2, range(3), [cc.Placement(n, leave_age=3) for n in "abc"])
    one = np.ones((1, 1, 1))
    share = np.array([0.5, 0.3, 0.2]).reshape(1, 1, 1, 3)
    p = cc.Parameters(grid, np.ones((1, 3, 3)), one, one, share)
    plan = cc.Scenario(
        "x",
        [
            cc.Lever(
                "x", [cc.Change("entry_share", "divert", 0.5, from_placements=["a", "b"], to_placement="c", ages=[1])]
            )
        ],
    )
    got = apply(plan, p, "all", Sampler(cc.Draws()), Calendar(2026, 2025, Deflator("x", 2020, (1.0, 1.0), 2021)))
    np.testing.assert_allclose(got.entry_share[0, 0, 0], [0.5, 0.3, 0.2])
    np.testing.assert_allclose(got.entry_share[0, 0, 1], [0.25, 0.15, 0.6])
