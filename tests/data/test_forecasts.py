"""The tables of forecasts agree with the published record and with each other."""

from __future__ import annotations

import numpy as np
import pytest

from tests.data.published import FINDINGS, PUBLISHED, published, rows

SAID, SCORES, OTHERS = (rows(FINDINGS / f"{name}.csv") for name in ("forecasts", "forecast_scores", "others_forecasts"))


def came(year: str) -> float:
    return published("time_series", "stock", year=int(year))


@pytest.mark.parametrize("row", SAID[::7], ids=lambda r: f"{r['model']}-{r['origin']}-{r['date']}")
def test_what_came_is_as_published_and_the_band_holds_what_was_said(row: dict[str, str]) -> None:
    assert float(row["came"]) == came(row["date"])
    assert float(row["low_80"]) < float(row["said"]) < float(row["high_80"])
    # What was said is written to ten children, its error to a tenth of a per cent.
    assert float(row["error_percent"]) == pytest.approx(100 * (float(row["said"]) / came(row["date"]) - 1), abs=0.07)
    if row["model"] == "no change":
        assert float(row["said"]) == came(row["origin"])


@pytest.mark.parametrize("row", SCORES, ids=lambda r: f"{r['model']}-{r['years_ahead']}")
def test_scores_are_those_of_the_forecasts(row: dict[str, str]) -> None:
    ahead = int(row["years_ahead"])
    found = [r for r in SAID if r["model"] == row["model"] and int(r["date"]) - int(r["origin"]) == ahead]
    assert len(found) == int(row["windows"]) == 26 - ahead
    errors = [float(r["said"]) / float(r["came"]) - 1 for r in found]
    assert float(row["error_percent"]) == pytest.approx(100 * np.mean(np.abs(errors)), abs=0.06)
    inside = np.mean([float(r["low_80"]) <= float(r["came"]) <= float(r["high_80"]) for r in found])
    # Ends are written to ten children: one window may lie so near to one that it changes sides.
    assert float(row["within_80"]) == pytest.approx(inside, abs=1 / len(found) + 0.005)


def test_others_are_as_published_and_known_to_the_date_that_is_said() -> None:
    projected = {
        (row["publication"], row["year"]): float(row["value"])
        for row in rows(PUBLISHED / "published_projections.csv")
        if row["measure"].startswith("children in care")
    }
    assert {row["publication"] for row in OTHERS} >= {
        "CCN/Newton Nov 2021",
        "Care Review May 2022",
        "CCN/IMPOWER Nov 2024",
    }
    for row in OTHERS:
        assert float(row["said"]) == projected[row["publication"], row["date"]]
        assert int(row["known"]) < int(row["date"])
        assert row["came"] == ("" if int(row["date"]) > 2025 else f"{came(row['date']):.0f}")
