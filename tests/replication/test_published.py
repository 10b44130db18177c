"""Do published numbers come back, to their printed precision? One data file a case, with its citation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from carecost import stockflow, vintages
from carecost.money.discounting import discount_factors, growth_path

CASES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parent / "cases").glob("*.toml")
}


def of_kind(kind: str) -> list[Any]:
    """Cases of one kind, named."""
    return [pytest.param(case, id=name) for name, case in CASES.items() if case["kind"] == kind]


def test_every_case_cites_its_source() -> None:
    assert CASES
    assert all(len(case["citation"]) > 40 and case["title"] for case in CASES.values())


@pytest.mark.parametrize("case", of_kind("markov"))
def test_markov_model_in_continuous_time(case: dict[str, Any]) -> None:
    q = np.array(case["generator"])
    for move in case["move"]:
        got = stockflow.kernel(q, move["years"]).move[: len(move["p"])]
        np.testing.assert_allclose(got, move["p"], atol=case["tolerance"], rtol=0)
    time = case["time"]
    np.testing.assert_allclose(
        stockflow.kernel(q, time["years"]).stay[0], time["from_first"], atol=time["tolerance"], rtol=0
    )


@pytest.mark.parametrize("name", ["standard", "health", "sensitivity"])
@pytest.mark.parametrize("case", of_kind("discount"))
def test_discount_factors(case: dict[str, Any], name: str) -> None:
    table = case[name]
    got = discount_factors(table["years"], vintages.schedule(name))
    np.testing.assert_allclose(got, table["factors"], atol=case["tolerance"], rtol=0)


@pytest.mark.parametrize("case", of_kind("discount sums"))
def test_discount_factors_and_their_sums(case: dict[str, Any]) -> None:
    rates = vintages.schedule(case["schedule"])
    np.testing.assert_allclose(discount_factors(case["years"], rates), case["factors"], atol=case["tolerance"], rtol=0)
    for part in case["sum"]:
        got = discount_factors(np.arange(part["from"], part["to"] + 1), rates).sum()
        assert got == pytest.approx(part["sum"], abs=5e-13)


@pytest.mark.parametrize("case", of_kind("present value"))
def test_present_value_of_the_programme(case: dict[str, Any]) -> None:
    amounts, factors = np.array(case["amounts"]), discount_factors(5, case["rate"])
    assert amounts @ factors[:4] == pytest.approx(case["first_year_at_0"], abs=case["tolerance"])
    assert amounts @ factors[1:] == pytest.approx(case["first_year_at_1"], abs=case["tolerance"])


@pytest.mark.parametrize("case", of_kind("growth"))
def test_constant_growth(case: dict[str, Any]) -> None:
    level = case["start"] * growth_path([case["rate"]], 0.0, None, [case["years"]])[0, 0]
    assert level == pytest.approx(case["result"], abs=case["tolerance"])
