"""Are results compared only where they differ in the scenario alone?"""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest

from carecost.errors import ComparisonError
from carecost.inputs.belief import Belief
from carecost.inputs.provenance import Provenance, digest, licence

MADE = Provenance("mine", "0f", 100, 1, False, 2025, 20, 2028, 2025, "hmt-2026-03", "flat 2%", "0.1.0", "a")
OTHER = Provenance("yours", "1f", 50, 2, True, 2024, 10, 2027, 2022, "hmt-2025-03", "flat 3%", "0.2.0", "b", "x")


def test_licence_is_given_to_results_made_alike() -> None:
    licence(MADE, replace(MADE))


@pytest.mark.parametrize("name", [field.name for field in fields(Provenance)])
def test_licence_is_refused_for_every_field_that_differs(name: str) -> None:
    with pytest.raises(ComparisonError, match=f"{name} is .* in one result and .* in the other"):
        licence(MADE, replace(MADE, **{name: getattr(OTHER, name)}))


def test_licence_names_every_difference_at_once() -> None:
    with pytest.raises(ComparisonError) as caught:
        licence(MADE, OTHER)
    assert len(caught.value.problems) == len(fields(Provenance))


def test_price_base_is_real_pounds_of_the_price_year() -> None:
    assert MADE.price_base.words == "prices of 2024-25, deflator hmt-2026-03"


def test_digest_is_that_of_the_text_of_equal_contents() -> None:
    assert digest(Belief(1.0, source="x")) == digest(Belief(1, source="x"))
    assert digest(Belief(1.0)) != digest(Belief(1.0 + 2**-52))
    # On any machine: the first 16 digits of the SHA-256 of its text. (hash() has a seed of its own in each process.)
    assert digest((1.0, "a")) == hashlib.sha256(b"(1.0, 'a')").hexdigest()[:16]
