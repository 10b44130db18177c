"""One run, its story and its page, made once for all tests of the report."""

from __future__ import annotations

import json
from typing import Any

import matplotlib
import pytest

import carecost as cc
from carecost.report import write
from carecost.report.explorer_data import payload
from carecost.report.story import Story, story
from carecost.results.results import Results
from tests.report.reading import Page, run
from tests.report.settings import DRAWS, YEARS

matplotlib.use("Agg")


@pytest.fixture(scope="session")
def results() -> Results:
    return run()


@pytest.fixture(scope="session")
def told(results: Results) -> Story:
    return story(results)


@pytest.fixture(scope="session")
def text(told: Story, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write.write_summary(told, tmp_path_factory.mktemp("out") / "deep")
    assert path.name == "annex.html"
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def read(text: str) -> Page:
    return Page(text)


@pytest.fixture(scope="session")
def england() -> Story:
    """Give what the command says by default, with few draws and years."""
    return story(cc.run("england-2025", "care-review", "care-review-evidenced", draws=16, years=12))


@pytest.fixture(scope="session")
def explored() -> Results:
    return cc.run("england-2025", "foster-carers", "care-review-evidenced", years=YEARS, draws=DRAWS)


@pytest.fixture(scope="session")
def data(explored: Results) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(payload(explored.run, [2029], ["mix-held", "prices-flat"])))
    return found
