"""Is every claim of the articles answered once, with a place to look that is there?"""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from carecost.files.packaged import packaged_assumptions, packaged_scenarios

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = list(
    csv.DictReader((ROOT / "data" / "published" / "claims_register.csv").read_text(encoding="utf-8").splitlines())
)
ANSWERS = tomllib.loads((ROOT / "data/words/register.toml").read_text(encoding="utf-8"))["answer"]
SHARED = ROOT.parent / "shared/facts/claims_register.csv"


def test_register_answers_each_claim_once_in_order() -> None:
    assert len(CLAIMS) == 57
    assert [row["claim"] for row in ANSWERS] == [row["claim"] for row in CLAIMS]
    assert len({row["claim"] for row in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("row", ANSWERS, ids=[row["claim"][:40] for row in ANSWERS])
def test_register_says_where_to_look_or_that_it_is_out_of_reach(row: dict[str, str]) -> None:
    assert row["reach"] in ("yes", "part", "no") and row["answer"].endswith(".")
    assert row["where"] or row["answer"].startswith(("Out of reach", "Checked by arithmetic"))
    packaged = {*packaged_scenarios(), *packaged_assumptions()}
    assert set(re.findall(r"`([^`]+)`", row["where"])) <= packaged
    for page in re.findall(r"\]\(([^)]+)\)", row["where"]):
        assert (ROOT / "docs/explanation" / page).exists()


@pytest.mark.skipif(not SHARED.exists(), reason="the table from which it was transcribed is not here")
def test_register_is_transcribed_whole() -> None:
    with SHARED.open(encoding="utf-8", newline="") as lines:
        assert [{**row, "how_seen": "secondary"} for row in csv.DictReader(lines)] == CLAIMS
