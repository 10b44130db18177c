"""Did a published number change? Digests and headline numbers of the packaged sets, kept in tests/data/golden."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import carecost as cc
from tests.conftest import CHANGED, changes
from tests.data.published import BUILT, ROOT, SETS


def digest(folder: Path) -> str:
    """Digest of the tables of a folder, whatever the line endings."""
    made = hashlib.sha256()
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.toml")]):
        if path.name != "set.toml":  # words, which may be put better
            made.update(path.name.encode() + b"\0" + path.read_text(encoding="utf-8").encode() + b"\0")
    return made.hexdigest()


def headline(name: str) -> dict[str, Any]:
    """Children and spend without reform, and what the Care Review's programme would save, central."""
    results = cc.run(cc.load_assumptions(name), cc.load_scenario("care-review"))
    tables = (t[t["quantile"] == "central"] for t in (results.children(), results.costs(basis="real")))
    children, costs = (t[t["scenario"] == "inaction"] for t in tables)
    first, last = costs.iloc[0], costs.iloc[-1]
    return {
        f"children in care on 31 March {children['date'].iloc[-1]}": _short(children["value"].iloc[-1]),
        f"spend in {first['year']} (GBP of {first['price_year']})": _short(first["value"]),
        f"spend in {last['year']} (GBP of {last['price_year']})": _short(last["value"]),
        "npv of care-review (GBP, central)": _short(float(results.compare("care-review").npv()[0])),
    }


def _short(value: float) -> float:
    return float(f"{value:.9g}")


def test_the_packaged_numbers_are_those_last_reviewed(golden: Callable[[str, Any], None]) -> None:
    made = {name: {"digest": digest(BUILT / name), **headline(name)} for name in SETS}
    golden("sets", made | {name: {"digest": digest(BUILT / name)} for name in ("money", "regions", "scenarios")})


def test_a_change_is_named_and_rounding_is_not_one() -> None:
    kept = {"set": {"digest": "ab", "children": 81_770.0}}
    assert changes(kept, {"set": {"digest": "ab", "children": 81_770.001}}) == []
    assert changes(kept, {"set": {"digest": "ac", "children": 81_780.0}}) == [
        "set/digest: was ab, is ac",
        "set/children: was 81770.0, is 81780.0",
    ]
    assert changes({}, kept)


def test_a_golden_file_that_differs_fails_with_what_to_do(
    golden: Callable[[str, Any], None], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        pytest.skip("golden files are being written")
    with pytest.raises(pytest.fail.Exception, match=CHANGED):
        golden("sets", {})


def test_one_transcribed_figure_changes_the_set_and_its_digest(tmp_path: Path) -> None:
    """The price of residential care of 2024-25, 7,385 a week, becomes 7,390."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__"))
    prices = tmp_path / "data" / "published" / "unit_costs_lait.csv"
    text = prices.read_text(encoding="utf-8")
    assert text.count(",7385,") == 1
    prices.write_text(text.replace(",7385,", ",7390,"), encoding="utf-8")
    build = [sys.executable, "-m", "data.build", "--only", "england-2025"]  # the copy's rules: it is the working folder
    subprocess.run(build, check=True, capture_output=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    made, kept = tmp_path / "carecost" / "data" / "england-2025", BUILT / "england-2025"
    assert digest(made) != digest(kept)
    assert "children's home,7390," in (made / "unit_cost.csv").read_text(encoding="utf-8")
    assert "children's home,7385," in (kept / "unit_cost.csv").read_text(encoding="utf-8")
