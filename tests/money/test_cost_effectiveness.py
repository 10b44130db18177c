"""Are dominance, the ICER frontier and net benefit those of the textbook, ties included?"""

from __future__ import annotations

from collections.abc import Callable

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import carecost as cc
from carecost.money.cost_effectiveness import Option, best_shares, means

settings.register_profile("carecost", deadline=None, max_examples=40)
settings.load_profile("carecost")


def test_steps_do_not_hang_on_the_order_of_the_list() -> None:
    listed = [("a", 10.0, 1.0), ("b", 30.0, 1.5), ("nothing", 0.0, 0.0), ("c", 40.0, 3.0), ("d", 50.0, 2.9)]
    one, other = cc.icer_table(listed), cc.icer_table(listed[::-1])
    assert one.steps == other.steps
    assert one.frontier == ("nothing", "a", "c")
    b = one.steps[2]
    assert (b.name, b.status, b.comparator, b.dominated_by) == ("b", "extendedly dominated", "a", ("a", "c"))
    assert all(step.comparator for step in one.steps[1:])


def test_options_that_cost_and_do_the_same_are_equal_not_dominated() -> None:
    made = cc.icer_table([("a", 10, 1), ("twin", 10, 1), ("worse", 10, 0.5), ("b", 20, 2)])
    assert [(s.name, s.status, s.comparator) for s in made.steps] == [
        ("a", "frontier", None),
        ("twin", "equal", "a"),
        ("worse", "dominated", "a"),
        ("b", "frontier", "a"),
    ]
    assert made.steps[3].icer == 10


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=6),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_the_frontier_is_what_is_best_at_some_value(points: list[tuple[int, int]], up: int, down: int) -> None:
    options = [(str(i), cost, effect) for i, (cost, effect) in enumerate(points)]
    made = cc.icer_table(options)
    frontier = [s for s in made.steps if s.status == "frontier"]
    ratios = [s.icer for s in frontier[1:]]
    assert ratios == sorted(ratios, key=float)
    assert {s.name for s in made.steps} == {name for name, _, _ in options}
    at = up / down
    benefit = {s.name: at * s.effect - s.cost for s in made.steps}
    top = max(benefit.values())
    assert any(benefit[s.name] == pytest.approx(top, abs=1e-9) for s in frontier)
    for step in frontier[1:]:
        # At its own ratio an option on the frontier ties with the one before it, and none is better.
        assert step.icer is not None
        assert step.comparator is not None
        tied = {s.name: step.icer * s.effect - s.cost for s in made.steps}
        assert tied[step.name] == pytest.approx(tied[step.comparator], abs=1e-7)
        assert tied[step.name] == pytest.approx(max(tied.values()), abs=1e-7)


@given(st.floats(1, 1e4), st.floats(0.01, 10.0))
def test_net_benefit_changes_sign_at_the_icer(cost: float, effect: float) -> None:
    options = [("nothing", 0.0, 0.0), ("something", cost, effect)]
    icer = cc.icer_table(options).steps[1].icer
    assert icer is not None
    made = cc.net_benefit(options, [icer * 0.999, icer * 1.001])
    assert made.best == ("nothing", "something")
    assert made.chance_best is None


def test_the_chance_to_be_best_shares_ties_and_has_its_error() -> None:
    options = [Option("nothing", 0, 0), Option("a", [10.0, 10.0, 30.0, 20.0], 1.0)]
    made = cc.net_benefit(options, [20.0])
    np.testing.assert_allclose(made.chance_best, [[1.5 / 4, 2.5 / 4]])
    table = made.table()
    assert list(table["chance_best"]) == [0.375, 0.625]
    assert table["chance_error"][0] == pytest.approx((0.375 * 0.625 / 4) ** 0.5)
    assert list(table["best"]) == [False, True]
    assert made.net_benefit.shape == (4, 1, 2)


def test_icer_of_draws_is_a_ratio_of_means() -> None:
    options = [("nothing", 0, 0), ("a", [10.0, 30.0], [1.0, 4.0])]
    assert cc.icer_table(options).steps[1].icer == pytest.approx(20 / 2.5)


# Who dominates, where effects or costs tie


@pytest.mark.parametrize(
    ("options", "by"),
    [
        ([("cheap", 10, 2), ("dear", 12, 2), ("worse", 15, 1)], "cheap"),  # the same effect: the cheaper one
        ([("dear", 12, 2), ("cheap", 10, 2), ("worse", 15, 1)], "cheap"),
        ([("cheap", 10, 2), ("best", 12, 3), ("worse", 15, 1)], "best"),  # the most effect, though dearer
        ([("first", 10, 2), ("second", 10, 2), ("worse", 15, 1)], "first"),  # twins: the one listed first
        ([("second", 10, 2), ("first", 10, 2), ("worse", 15, 1)], "second"),
    ],
)
def test_dominator_is_that_of_most_effect_then_least_cost_then_first_listed(
    options: list[tuple[str, float, float]], by: str
) -> None:
    worse = cc.icer_table(options).steps[-1]
    assert (worse.name, worse.status, worse.dominated_by) == ("worse", "dominated", (by,))


@pytest.mark.parametrize(
    ("other", "status"),
    [
        (("other", 10, 1), "dominated"),  # the same cost, less effect
        (("other", 11, 2), "dominated"),  # the same effect, more cost
        (("other", 10, 2), "equal"),
        (("other", 11, 3), "frontier"),
        (("other", 9, 1), "frontier"),
    ],
)
def test_status_where_one_of_cost_and_effect_ties(other: tuple[str, float, float], status: str) -> None:
    steps = {step.name: step for step in cc.icer_table([("one", 10, 2), other]).steps}
    assert steps["other"].status == status and steps["one"].status == "frontier"


def test_an_option_on_the_line_of_two_others_is_on_the_frontier() -> None:
    made = cc.icer_table([("nothing", 0, 0), ("half", 5, 1), ("whole", 10, 2)])
    assert made.frontier == ("nothing", "half", "whole")
    assert [step.icer for step in made.steps] == [None, 5.0, 5.0]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=7))
def test_an_option_is_dominated_exactly_where_another_is_no_worse_and_better_in_one(
    points: list[tuple[int, int]],
) -> None:
    for step in cc.icer_table([(str(i), cost, effect) for i, (cost, effect) in enumerate(points)]).steps:
        better = [
            (c, e) for c, e in points if c <= step.cost and e >= step.effect and (c, e) != (step.cost, step.effect)
        ]
        assert (step.status == "dominated") == bool(better)
        if better:
            most = max(e for _, e in better)
            by = points[int(step.dominated_by[0])]
            assert by == (min(c for c, e in better if e == most), most)
            assert (step.incremental_cost, step.incremental_effect) == (step.cost - by[0], step.effect - by[1])


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_best_shares_sum_to_one_and_go_to_the_best_alone(benefit: list[list[int]]) -> None:
    values = np.array(benefit, dtype=float)
    shares = best_shares(values)
    np.testing.assert_allclose(shares.sum(-1), 1.0)
    assert ((shares > 0) == (values == values.max(-1, keepdims=True))).all()


def test_means_are_in_the_order_of_cost_and_then_of_the_greater_effect() -> None:
    made = means([("c", [4.0, 6.0], 1.0), ("b", 5.0, 2.0), ("a", 1.0, 0.0)])
    assert made.names == ("a", "b", "c")
    np.testing.assert_array_equal(made.cost, [1, 5, 5])


FAULTS: dict[str, tuple[Callable[[], object], list[str]]] = {
    "one option": (lambda: cc.icer_table([("a", 1, 1)]), ["has 1 options", "doing the minimum is one"]),
    "one name twice": (
        lambda: cc.icer_table([("a", 1, 1), ("a", 2, 2)]),
        ["two options are called 'a'", "its own name"],
    ),
    "options of other draws": (
        lambda: cc.net_benefit([("a", [1, 2], 1), ("b", [1, 2, 3], 1)], [1]),
        ["options have 2, 3 draws"],
    ),
    "a cost that is none": (lambda: Option("a", np.inf, [[1.0]]), ["option 'a', cost: is inf", "effect: has shape"]),
    "a word for an effect": (lambda: Option("a", 1, "much"), ["option 'a', effect: is not a number"]),
    "a negative value": (lambda: cc.net_benefit([("a", 1, 1), ("b", 2, 2)], [-1.0]), ["values: are [-1.0]"]),
    "no value": (lambda: cc.net_benefit([("a", 1, 1), ("b", 2, 2)], []), ["values: is empty", "Give a number"]),
    "a value that is none": (lambda: cc.net_benefit([("a", 1, 1), ("b", 2, 2)], np.nan), ["values: is nan"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_an_option_names_the_offender_and_the_remedy(name: str) -> None:
    make, words = FAULTS[name]
    with pytest.raises(cc.CareCostError) as caught:
        make()
    for part in words:
        assert part in str(caught.value)
