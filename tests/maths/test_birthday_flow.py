"""Are the kernels of a year the integrals that they stand for? Against scipy and quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from carecost.maths.birthday_flow import YearKernel, layer_across, meet_new_rates, time_of_layers, year_kernel
from carecost.maths.expm import generator, phi_functions

NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
U, W = (NODES + 1.0) / 2.0, WEIGHTS / 2.0
P = [np.polynomial.legendre.legval(NODES, np.eye(3)[k]) for k in range(3)]


def some_rates(seed: int, scale: float, states: int = 4) -> np.ndarray:
    """A generator whose states can all be left, for one draw."""
    rng = np.random.default_rng(seed)
    return generator(rng.uniform(0.1, 1.0, (1, states)) * scale, rng.uniform(0.0, 1.0, (1, states, states)) * scale)


def phi(q: np.ndarray, t: float) -> np.ndarray:
    """The integral of the exponential from 0 to t."""
    return t * phi_functions(q * t, 1)[:, 1]


@pytest.mark.parametrize("scale", [0.0, 1e-3, 0.5, 3.0, 20.0, 1e4])
@pytest.mark.parametrize("order", [1, 2, 5])
def test_phi_functions_are_those_of_an_augmented_matrix(scale: float, order: int) -> None:
    q, n = some_rates(1, scale)[0], 4
    big = np.zeros((n * (order + 1), n * (order + 1)))
    big[:n, :n] = q
    for j in range(order):
        big[n * j : n * (j + 1), n * (j + 1) : n * (j + 2)] = np.eye(n)
    truth = expm(big)[:n].reshape(n, order + 1, n).swapaxes(0, 1)
    np.testing.assert_allclose(phi_functions(q, order), truth, rtol=1e-9, atol=1e-15)


def test_phi_functions_do_not_depend_on_their_neighbours() -> None:
    q = np.concatenate([some_rates(seed, scale) for seed, scale in enumerate([0.1, 9.0, 0.0, 300.0, 2.0] * 30)])
    every = phi_functions(q, 5)
    for i in (0, 1, 3, 77, 149):
        np.testing.assert_array_equal(phi_functions(q[i], 5), every[i])


@pytest.mark.parametrize(("scale", "within"), [(0.3, 1e-8), (4.0, 1e-5), (20.0, 1e-13)])
def test_layers_across_a_border_are_the_integral_less_three_coefficients(scale: float, within: float) -> None:
    before, after = year_kernel(some_rates(2, scale)), year_kernel(some_rates(3, scale))
    passes = np.eye(4)[[0, 1, 3, 3]]
    # What is left out is beyond P_3 between two states; above an outflow of 12 nothing is.
    np.testing.assert_allclose(
        layer_across(before, after, passes)[0], layer(before, after, passes), rtol=0, atol=within
    )


def layer(before: YearKernel, after: YearKernel, passes: np.ndarray) -> np.ndarray:
    """The layer of one draw by quadrature, less its three coefficients."""
    first = np.stack([phi(before.rates, u)[0] for u in U])
    second = np.stack([passes @ phi(after.rates, 1.0 - u)[0] for u in U])
    truth = np.einsum("u,uij,ujk->ik", W, first, second)
    for k in range(3):
        y, v = (np.einsum("u,uij->ij", W * P[k], rows) for rows in (first, second))
        truth -= (2 * k + 1) * y @ v
    return np.asarray(truth)


@pytest.mark.parametrize("outflow", [1.5, 4.0, 11.0])
def test_layers_across_a_border_of_equal_outflows_are_exact_state_by_state(outflow: float) -> None:
    kernel, passes = year_kernel(-outflow * np.eye(2)[None]), np.array([[0.0, 1.0], [1.0, 0.0]])
    np.testing.assert_allclose(
        layer_across(kernel, kernel, passes)[0], layer(kernel, kernel, passes), rtol=0, atol=1e-13
    )


def test_the_layer_of_a_draw_does_not_hang_on_the_others() -> None:
    scales = (20.0, 0.3, 40.0)
    before = year_kernel(np.concatenate([some_rates(seed, scale) for seed, scale in enumerate(scales)]))
    for after in (year_kernel(some_rates(5, 30.0)), before):
        found = layer_across(before, after, np.eye(4)[[0, 1, 3, 3]])
        for i in range(3):
            own, other = (YearKernel(*(a if len(a) == 1 else a[i : i + 1] for a in k)) for k in (before, after))
            alone = layer_across(own, other, np.eye(4)[[0, 1, 3, 3]])[0]
            np.testing.assert_allclose(found[i], alone, rtol=1e-12, atol=1e-16)


def test_time_of_layers_is_that_of_the_matrix_in_each_draw_whatever_its_rates() -> None:
    # Slow, fast on both sides, beyond WHOLE, and a draw whose rates are the same on both sides.
    scales, layers = (0.2, 3.0, 40.0, 1.0), np.random.default_rng(3).random((4, 2, 4))
    before = year_kernel(np.concatenate([some_rates(seed, scale) for seed, scale in enumerate(scales)]))
    rates = np.concatenate([some_rates(seed + 9, scale) for seed, scale in enumerate(scales)])
    rates[3] = before.rates[3]
    after, passes = year_kernel(rates), np.eye(4)
    found, matrix = time_of_layers(before, after, passes, layers), layer_across(before, after, passes)
    np.testing.assert_allclose(found, layers @ matrix, rtol=0, atol=1e-15)
    for draw in range(4):
        some = slice(draw, draw + 1)
        alone = time_of_layers(before.part(some), after.part(some), passes, layers[some])
        np.testing.assert_array_equal(alone[0], found[draw])


def test_layers_within_the_same_rates_are_exact() -> None:
    kernel = year_kernel(some_rates(4, 2.0))
    np.testing.assert_array_equal(layer_across(kernel, kernel, np.eye(4)), kernel.layer())
    rows = np.stack([phi(kernel.rates, u)[0] for u in U])
    truth = np.einsum("u,uij,ujk->ik", W, rows, rows[::-1])
    for k in range(3):
        y, v = np.einsum("u,uij->ij", W * P[k], rows), np.einsum("u,uij->ij", W * P[k], rows[::-1])
        truth -= (2 * k + 1) * y @ v
    np.testing.assert_allclose(kernel.layer()[0], truth, rtol=0, atol=1e-14)


@pytest.mark.parametrize("draws", [1, 3])
def test_rates_that_do_not_change_need_no_other_way(draws: int) -> None:
    rng = np.random.default_rng(5)
    kernel = year_kernel(np.concatenate([some_rates(seed, 3.0) for seed in range(draws)]))
    flow, even, later = rng.random((draws, 2, 3, 4)), rng.random((draws, 2, 4)), rng.random((draws, 2, 4))
    v = [kernel.phi[:, 2], kernel.after[:, :4], kernel.after[:, 4:8]]
    after = sum(flow[:, :, k] @ v[k] for k in range(3)) + even @ kernel.phi[:, 3]
    found = meet_new_rates(kernel, kernel, flow, (even, later), after)
    e = kernel.phi
    time = flow[:, :, 0] @ e[:, 1] + even @ e[:, 2] + (later - even) @ e[:, 3] - after
    np.testing.assert_allclose(found.time, time, rtol=1e-12, atol=1e-13)
    first = flow[:, :, 0] @ e[:, 0] + even @ e[:, 1] + (later - even) @ e[:, 2]
    np.testing.assert_allclose(found.flow[:, :, 0], first, rtol=1e-12)
    for k in (1, 2):
        tilted = flow[:, :, k] @ e[:, 0] + (later - even) @ kernel.onward[:, k - 1, 4:]
        np.testing.assert_allclose(found.flow[:, :, k], tilted, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.jump, later - even, rtol=1e-9, atol=1e-12)


def test_new_rates_are_met_as_by_quadrature() -> None:
    """A stock that is a parabola in the birthday is followed exactly: its moments say all of it."""
    old, new = year_kernel(np.zeros((1, 2, 2))), year_kernel(some_rates(6, 4.0, 2))
    flow = np.random.default_rng(7).random((1, 1, 3, 2))
    nobody = np.zeros((1, 1, 2))
    after = flow[:, :, 0] * 0.5 - flow[:, :, 1] / 6.0  # nobody leaves in the first year: time is int f (1 - u)
    found = meet_new_rates(old, new, flow, (nobody, nobody), after)
    density = sum(P[k][:, None] * flow[0, 0, k] for k in range(3))
    time = np.einsum("u,uj,ujk->k", W, density, np.stack([phi(new.rates, u)[0] for u in U]))
    np.testing.assert_allclose(found.time[0, 0], time, rtol=1e-12)
    there = np.einsum("u,uj,ujk->k", W, density, np.stack([phi_functions(new.rates * u, 1)[0, 0] for u in U]))
    np.testing.assert_allclose(found.flow[0, 0, 0], there, rtol=1e-12)
