"""Do published models come back from their inputs, and does the page say what we get?"""

from __future__ import annotations

import numpy as np
import pytest

from tests.replication.models import MODELS, Case, Printed, printed
from tests.replication.page import PAGE, cases, page

MODELLED = {name: case for name, case in cases().items() if "published" in case}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in MODELLED.items()])
def test_a_published_model_comes_back_to_its_printed_precision(case: Case) -> None:
    got = MODELS[case["kind"]](case)
    entries = list(printed(case["published"] + case.get("wrong", {}).get("published", [])))
    assert entries
    for entry in entries:
        assert entry.basis in ("printed", "run", "recomputed")
        ours = np.atleast_1d(got[entry.what])
        assert (np.abs(ours - entry.values) <= entry.tolerance).all(), f"{entry.what}: {entry.said()}, ours {ours}"


def test_the_tolerance_is_half_of_the_last_printed_digit() -> None:
    entry = Printed("x", ("44663.4535637", "-.98", "37500"))
    np.testing.assert_allclose(entry.tolerance, [0.5e-7, 0.5e-2, 0.5], rtol=1e-3)
    assert entry.got([44663.45356369666, -0.98, 37500.0]) == "44663.4535637, -0.9800, 37500.00"


def test_the_page_is_made_from_the_cases() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.replication.page"
