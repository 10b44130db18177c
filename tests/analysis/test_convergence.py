"""Is the Monte Carlo error the one that repeated runs show?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc

SETS = Path(__file__).parents[1] / "data" / "sets"


def test_few_draws_ask_for_more_and_the_number_asked_for_is_enough() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    few = cc.run(tiny, edge, draws=cc.Draws(40)).converged(0.03)
    assert not few.done and few.needed > 40
    more = cc.run(tiny, edge, draws=cc.Draws(2 * few.needed)).converged(0.03)
    assert more.done and more.needed == more.draws


def test_tables_carry_the_error() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    results = cc.run(tiny, edge, draws=cc.Draws(50))
    rows = results.children()
    stock = results.run.drawn["edge"].stock[:, :, -1, list(results.run.grid.in_care)].sum((1, 2))
    got = rows.query("scenario == 'edge' and date == 2031 and quantile == 'mean_error'")["value"].iloc[0]
    assert got == pytest.approx(stock.std(ddof=1) / np.sqrt(50))
    assert results.summary()["mean_error"].iloc[0] > 0


@pytest.mark.parametrize(("draws", "tolerance", "said"), [(0, 0.1, "0 draws"), (10, 0.0, r"tolerance is 0\.0")])
def test_what_cannot_be_said_is_refused(draws: int, tolerance: float, said: str) -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    with pytest.raises(cc.CareCostError, match=said):
        cc.run(tiny, draws=cc.Draws(draws)).converged(tolerance)
