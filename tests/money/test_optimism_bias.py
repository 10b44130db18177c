"""Is optimism bias a named uplift, seen even where there is none?"""

from __future__ import annotations

import csv

import hypothesis.strategies as st
import pytest
from hypothesis import given

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.money.optimism_bias import categories
from tests.data.published import PUBLISHED


def test_optimism_bias_is_named_data() -> None:
    with (PUBLISHED / "optimism_bias.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert cc.optimism_bias(row["category"]).uplift == float(row["capex_upper"])
    half = cc.optimism_bias("outsourcing", mitigated=0.5)
    assert half.words == "outsourcing (mott-macdonald-2002): 41%, 50% of it mitigated: +20.5% on reform spend"
    assert cc.optimism_bias().words == "none" and cc.optimism_bias(half) is half
    assert "none is published for social programmes" in half.note


@pytest.mark.parametrize(
    ("of", "mitigated", "kind", "said"),
    [
        ("outsorcing", 0.0, UnknownNameError, "Did you mean 'outsourcing'"),
        (-0.1, 0.0, InputError, r"of is -0.1. Give a number from 0 to 5: a share"),
        (float("nan"), 0.0, InputError, "of is nan"),
        (0.4, 1.2, InputError, r"mitigated is 1.2.*from 0 to 1"),
        (41, 0.0, InputError, r"of is 41.*so 0.41 for 41%"),
        (None, 0.5, InputError, "is 0.5 of no uplift"),
    ],
)
def test_optimism_that_cannot_be_is_refused(of: object, mitigated: float, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        cc.optimism_bias(of, mitigated)  # type: ignore[arg-type]


def test_categories_are_those_of_the_guidance() -> None:
    with (PUBLISHED / "optimism_bias.csv").open(encoding="utf-8", newline="") as file:
        assert categories() == tuple(row["category"] for row in csv.DictReader(file))


@given(st.floats(0, 5), st.floats(0, 1))
def test_uplift_is_what_is_left_of_the_share_after_mitigation(share: float, mitigated: float) -> None:
    bias = cc.optimism_bias(share, mitigated)
    assert bias.uplift == share * (1 - mitigated) and 0 <= bias.uplift <= share
    assert (bias.name, bias.source) == ("given", "given with the call")


def test_both_faults_of_an_optimism_bias_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        cc.Optimism("given", float("inf"), -0.5)
    assert len(caught.value.problems) == 2
