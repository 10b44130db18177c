"""Is a belief a number with an interval that its distribution can have, and is it named by its cells?"""

from __future__ import annotations

from typing import Any

import pytest

from carecost.engine.grid import SELECTED, Selector
from carecost.errors import InputError
from carecost.inputs.belief import BELIEF, QUALITIES, ROW, Assumption, Belief


@pytest.mark.parametrize(
    ("belief", "shape", "certain"),
    [
        (Belief(1.0), "fixed", True),
        (Belief(1.0, 0.5, 2.0), "lognormal", False),
        (Belief(1.0, 0.0, 2.0), "normal", False),
        (Belief(1.0, -1.0, 2.0), "normal", False),
        (Belief(1.0, 0.5, 2.0, distribution="gamma"), "gamma", False),
        (Belief(1.0, 0.5, 2.0, distribution="fixed"), "fixed", True),
        (Belief(1.0, 1.0, 1.0), "lognormal", True),
    ],
)
def test_shape_and_certainty_follow_from_interval_and_distribution(belief: Belief, shape: str, certain: bool) -> None:
    assert (belief.shape, belief.certain) == (shape, certain)


def test_numbers_of_a_belief_are_floats_so_that_equal_ones_have_one_digest() -> None:
    assert repr(Belief(1, 0, 2, 1, "uniform")) == repr(Belief(1.0, 0.0, 2.0, 1.0, "uniform"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.0, 2.0, 3.0), "must rise"),
        ((1.0, 0.5), "both or neither"),
        ((1.0, 0.5, 2.0, 1.0), "1 only with uniform, triangular, pert"),
        ((1.0, 0.5, 2.0, 0.9, "lognorm"), "Did you mean 'lognormal'"),
        ((0.5, 0.4, 1.6, 0.9, "dirichlet"), "A beta is between 0 and 1"),
    ],
)
def test_a_belief_that_cannot_be_is_refused(arguments: tuple[float, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Belief(*arguments)  # type: ignore[arg-type]


def test_a_grade_is_one_of_five() -> None:
    for grade in ("", *QUALITIES):
        assert Belief(1.0, quality=grade).quality == grade
    with pytest.raises(InputError, match="unknown quality 'F'"):
        Belief(1.0, quality="F")


def test_an_assumption_is_drawn_under_the_name_of_its_cells_or_of_its_line() -> None:
    where, belief = Selector(ages=range(3, 6), placements=["foster"]), Belief(0.1)
    assert Assumption("exit_rate", where, belief).quantity == "exit_rate: ages=3-5, placements=foster"
    line = Assumption("extra_entries", where, belief, "war")
    assert line.quantity == "extra_entries: war, ages=3-5, placements=foster"
    assert Assumption("entry_rate", where, belief, "trend", "growth").quantity == "growth: trend"


@pytest.mark.parametrize(("kind", "rules"), [(Belief, BELIEF), (Assumption, ROW), (Selector, SELECTED)])
def test_what_is_left_out_is_in_its_plain_form_already(kind: type, rules: dict[str, Any]) -> None:
    """The guard does not look at a field that was left out."""
    for name, default in ((name, getattr(kind, name)) for name in rules if hasattr(kind, name)):
        plain = rules[name](default)
        assert plain == default and type(plain) is type(default), name
