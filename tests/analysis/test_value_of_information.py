"""Does the value of information come back where it is known in closed form, and obey its laws?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import ndtri

import carecost as cc
from carecost._typing import Array
from carecost.analysis.value_of_information import evppi, expected_loss, regress

#: First-order Sobol indices of the Ishigami function with a = 7, b = 0.1, in closed form.
ISHIGAMI = (0.31390519114781, 0.44241114479004, 0.0)


def normals(n: int) -> tuple[Array, Array]:
    """Draws of p1 ~ N(1, 1) and p2 ~ N(0, 2)."""
    draws = cc.Draws(n, seed=1)
    return 1.0 + ndtri(draws.uniforms("p1")), 2.0 * ndtri(draws.uniforms("p2"))


@given(arrays.arrays(float, (20, 3), elements=st.floats(-100, 100)))
def test_least_expected_loss_is_what_the_best_of_each_draw_adds(benefit: Array) -> None:
    loss, _ = expected_loss(benefit)
    assert (loss >= 0).all()
    assert loss.min() == pytest.approx(benefit.max(1).mean() - benefit.mean(0).max(), abs=1e-9)


@pytest.mark.parametrize(("which", "exact"), [("p1", 0.0833154706), ("p2", 0.3955931148), ("both", 0.4798107)])
def test_two_normal_quantities_are_worth_what_the_closed_form_says(which: str, exact: float) -> None:
    p1, p2 = normals(4000)
    inputs = {"p1": p1[:, None], "p2": p2[:, None], "both": np.stack([p1, p2], 1)}[which]
    found = evppi(np.stack([0 * p1, p1 - p2], 1), inputs)
    assert abs(found.evppi - exact) < 3 * found.error and found.error < 0.03


def test_error_is_that_of_repeated_samples() -> None:
    """What the estimate varies by over fifty samples is what each says of itself, to within a third."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(50):
        p1, p2 = rng.normal(1, 1, 600), rng.normal(0, 2, 600)
        found.append(evppi(np.stack([0 * p1, p1 - p2], 1), p2[:, None]))
    said = np.mean([one.error for one in found])
    assert np.std([one.evppi for one in found]) == pytest.approx(said, rel=1 / 3)


def test_knowing_all_is_knowing_everything_and_more_is_worth_no_less() -> None:
    p1, p2 = normals(1500)
    third = ndtri(cc.Draws(1500, seed=1).uniforms("p3"))
    benefit = np.stack([0 * p1, p1 - p2, 0.5 * p1 + third - 0.3], 1)
    columns = [p1, p2, third]
    worths = [evppi(benefit, np.stack(columns[:k], 1)) for k in (1, 2, 3)]
    evpi = expected_loss(benefit)[0].min()
    assert worths[-1].evppi == pytest.approx(evpi, rel=1e-6)
    for less, more in pairwise(worths):
        assert less.evppi <= more.evppi + 2 * (less.error + more.error)
    assert all(0 <= one.evppi <= evpi * (1 + 1e-9) for one in worths)


def test_what_is_in_no_result_is_worth_nothing_and_changes_no_choice() -> None:
    p1, p2 = normals(1000)
    other = ndtri(cc.Draws(1000, seed=1).uniforms("other"))[:, None]
    found = evppi(np.stack([0 * p1, p1 - p2], 1), other)
    assert found.evppi == 0.0 and found.chance == 0.0
    assert abs(found.explained) < 0.01


def test_what_moves_a_result_and_no_choice_is_worth_exactly_nothing() -> None:
    p1, p2 = normals(1000)
    found = evppi(np.stack([0 * p1, p1 - p2 + 50.0], 1), p2[:, None])  # the second is best whatever p2 is
    assert found.evppi == 0.0 and found.chance == 0.0 and found.explained > 0.7


def test_amounts_of_one_luck_are_one_quantity() -> None:
    p1, p2 = normals(1000)
    benefit = np.stack([0 * p1, p1 - p2], 1)
    twice = np.stack([p2, np.exp(p2), 3 * p2 + 1, 0 * p2], 1)  # the last is the same in all draws
    alone, together = evppi(benefit, p2[:, None]), evppi(benefit, twice)
    assert together.evppi == pytest.approx(alone.evppi, rel=1e-9)


def test_many_quantities_are_taken_by_their_principal_components() -> None:
    rng = np.random.default_rng(2)
    walk = np.cumsum(rng.normal(size=(800, 30)), axis=1)  # thirty years of a path
    gain = walk.mean(1) - 1.0
    found = evppi(np.stack([0 * gain, gain], 1), walk)
    assert found.explained > 0.97
    assert found.evppi == pytest.approx(np.maximum(gain, 0).mean(), rel=0.03)


@pytest.mark.parametrize(("i", "exact"), list(enumerate(ISHIGAMI)))
def test_first_order_indices_of_the_ishigami_function(i: int, exact: float) -> None:
    draws = cc.Draws(4096, seed=1)
    x = np.stack([np.pi * (2 * draws.uniforms(f"x{j}") - 1) for j in range(3)], 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    share, error = regress(y[:, None], x[:, [i]]).explained(0)
    assert share == pytest.approx(exact, abs=0.02) and error < 0.02


def test_few_draws_are_refused() -> None:
    with pytest.raises(cc.CareCostError, match="50 or more"):
        evppi(np.zeros((49, 2)), np.zeros((49, 1)))
