"""Is the Monte Carlo error the one that repeated runs show?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.maths.monte_carlo import quantile_error

SETS = Path(__file__).parents[1] / "data" / "sets"


def test_few_draws_ask_for_more_and_the_number_asked_for_is_enough() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    few = cc.run(tiny, edge, draws=cc.Draws(40)).converged(0.03)
    assert not few.done and few.needed > 40
    more = cc.run(tiny, edge, draws=cc.Draws(2 * few.needed)).converged(0.03)
    assert more.done and more.needed == more.draws


def test_the_error_is_the_largest_as_a_share_of_the_80_per_cent_interval() -> None:
    results = cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"), draws=cc.Draws(40))
    found, run = results.converged(), results.run
    values = {"net present saving, edge": results.compare("edge").npv()}
    for name in ("inaction", "edge"):
        values[f"children in care at the end, {name}"] = run.side(name, run.shown[name]).children[:, -1]
        values[f"spend in the last year, {name}"] = run.shown[name].costs.public_spend[:, -1]
    shares = {}
    for name, drawn in values.items():
        low, high = np.quantile(drawn, (0.1, 0.9))
        errors = [drawn.std(ddof=1) / np.sqrt(40), *(quantile_error(drawn, q) for q in (0.1, 0.9))]
        shares[name] = max(errors) / (high - low)
    assert found.error == pytest.approx(max(shares.values()), rel=1e-12)
    assert shares[found.worst] == max(shares.values())


def test_tables_carry_the_error() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    results = cc.run(tiny, edge, draws=cc.Draws(50))
    rows = results.children()
    stock = results.run.drawn["edge"].stock[:, :, -1, list(results.run.grid.in_care)].sum((1, 2))
    got = rows.query("scenario == 'edge' and date == 2031 and quantile == 'mean'")["mean_error"].iloc[0]
    assert got == pytest.approx(stock.std(ddof=1) / np.sqrt(50))
    assert results.summary()["mean_error"].iloc[0] > 0


@pytest.mark.parametrize(("draws", "tolerance", "said"), [(0, 0.1, "0 draws"), (10, 0.0, r"tolerance is 0\.0")])
def test_what_cannot_be_said_is_refused(draws: int, tolerance: float, said: str) -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    with pytest.raises(cc.CareCostError, match=said):
        cc.run(tiny, draws=cc.Draws(draws)).converged(tolerance)
