"""Are loadings, correlation matrices and joint draws what they say, and do ties come undone?"""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from carecost.errors import InputError
from carecost.inputs.dependence import CorrelationMatrix, JointDraws, Loading, Ties

LOADINGS = (Loading("pay", "home", 0.8), Loading("pay", "foster", -0.5), Loading("pay", "kin", 1))
MATRIX = CorrelationMatrix("rates", ("entry", "exit", "move"), ((1, 0.2, 0.3), (0.2, 1, 0.4), (0.3, 0.4, 1)))
JOINT = JointDraws("fitted", ("level", "trend"), ((1, 10), (2, 20), (3, 30)))
TIES = Ties(LOADINGS, (MATRIX,), (JOINT,))


def test_ties_are_found_by_group_and_by_quantity() -> None:
    assert TIES.groups == {"pay": ("home", "foster", "kin"), "rates": ("entry", "exit", "move")}
    assert TIES.loading["foster"].loading == -0.5
    assert TIES.matrix["exit"] is MATRIX and TIES.joint["trend"] is JOINT


def test_only_keeps_the_correlations_and_draws_of_what_is_kept() -> None:
    assert MATRIX.only(["move", "entry", "other"]).rows == ((1.0, 0.3), (0.3, 1.0))
    assert JOINT.only({"trend"}).rows == ((10.0,), (20.0,), (30.0,))


@given(st.sets(st.sampled_from(["home", "foster", "kin", "entry", "exit", "move", "level", "trend", "no such"])))
def test_without_leaves_no_quantity_out_that_was_not_named_but_the_last_of_a_group(names: set[str]) -> None:
    left = TIES.without(names)
    assert left.without(names) == left
    for group, members in TIES.groups.items():
        kept = tuple(m for m in members if m not in names)
        assert left.groups.get(group, ()) == (kept if len(kept) > 1 else ())
    assert set(left.joint) == {"level", "trend"} - names


def test_without_nothing_is_the_same_object() -> None:
    assert TIES.without(()) is TIES


def test_any_correlations_made_of_loadings_are_positive_definite() -> None:
    a = np.array([0.9, -0.5, 0.3])
    rows = np.outer(a, a) + np.diag(1 - a**2)
    assert CorrelationMatrix("made", ("x", "y", "z"), tuple(map(tuple, rows))).quantities == ("x", "y", "z")


@pytest.mark.parametrize("loading", [0.0, 1.1, -1.1])
def test_a_loading_that_cannot_be_is_refused(loading: float) -> None:
    with pytest.raises(InputError, match=r"home: loading is .*Give a number from -1 to 1"):
        Loading("pay", "home", loading)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (((1, 0.5),), "has 2 columns and 1 rows"),
        (((1, 0.5), (0.4, 1)), "'x' with 'y' is 0.5, the other way 0.4"),
        (((1, 0.5), (0.5, 0.9)), "'y' with itself is 0.9"),
        (((1, 1), (1, 1)), "not positive definite.*loadings of 1"),
        (((1, -1.5), (-1.5, 1)), "smallest eigenvalue is -0.5"),
    ],
)
def test_a_correlation_matrix_that_cannot_be_is_refused(rows: tuple[tuple[float, ...], ...], words: str) -> None:
    with pytest.raises(InputError, match=f"correlations of 'm': .*{words}"):
        CorrelationMatrix("m", ("x", "y"), rows)


def test_every_fault_of_joint_draws_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        JointDraws("j", ("x", "y"), ((1.0, float("inf"), 3.0),))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("name", ["", "a/b", "a\\b"])
def test_a_table_has_a_name_that_a_file_can_have(name: str) -> None:
    with pytest.raises(InputError, match="can be the name of a file"):
        JointDraws(name, ("x",), ((1.0,), (2.0,)))
