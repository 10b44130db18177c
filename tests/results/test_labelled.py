"""Labelled arrays of a run: see tests/ground/test_frames.py, which holds them to the arrays; here their size."""

from __future__ import annotations

import pytest

import carecost as cc

pytest.importorskip("xarray")


def test_a_run_without_draws_gives_its_central_run() -> None:
    made = cc.run("england-2025", years=2).to_xarray()
    assert dict(made.sizes)["draw"] == 1 and made.attrs["run"] == "central"
    assert float(made.stock.sel(date=2025, scenario="inaction").where(made.in_care).sum()) == pytest.approx(81_770)
