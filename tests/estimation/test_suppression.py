"""Can a count from 1 to 4 be worked out from what is left?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecost.estimation.suppression import SMALL, safe_line, safe_table

counts = st.lists(st.integers(0, 30), min_size=1, max_size=8).map(lambda n: np.array(n, dtype=float))


@given(counts)
def test_no_cell_can_be_worked_out_from_the_others(values: np.ndarray) -> None:
    out = safe_line(values, np.ones_like(values))
    changed = out != values
    small = (values > 0) & (values < SMALL)
    assert out.sum() == pytest.approx(values.sum() if values.sum() >= SMALL or not small.any() else 0.0)
    if changed.any() and out.sum():
        pooled = small | changed
        assert pooled.sum() >= 2 or values[values > 0].size == 1
        assert values[pooled].sum() >= SMALL
    assert (out[values == 0] == 0).all()


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 12), min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
def test_a_table_keeps_its_sum_or_is_empty(rows: list[list[int]]) -> None:
    values = np.array(rows, dtype=float)
    out = safe_table(values, np.ones_like(values))
    sums = safe_line(values.sum(0), np.full(values.shape[1], float(len(values))))
    np.testing.assert_allclose(out.sum(0), np.where((sums > 0) & (sums < SMALL), out.sum(0), sums), atol=1e-9)
    assert (out >= 0).all()
