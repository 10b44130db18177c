"""In a real Chromium: can the pages be used by all, read on a phone, and printed on two sheets? By night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import carecost as cc
from carecost.report import brief, write
from carecost.report.story import Story, story
from tests.report import browser
from tests.report.browser import Browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(browser.missing()), reason=f"not there: {browser.missing()}"),
]

#: Cases whose brief has another shape: claim and measured, one, four, a region, the Review's own, a set of one's own.
CASES: dict[str, tuple[str, ...]] = {
    "default": ("england-2025", "care-review", "care-review-evidenced"),
    "one": ("england-2025", "families-first"),
    "four": ("england-2025", "care-review", "family-help", "foster-carers", "do-minimum"),
    "region": ("england-2025/North East", "care-review"),
    "2022": ("care-review-2022", "care-review"),
}


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    try:
        return browser.axe_source(tmp_path_factory.mktemp("axe"))
    except OSError as error:  # pragma: no cover - without a network
        pytest.skip(f"axe-core could not be fetched: {error}")


@pytest.fixture(scope="module", params=CASES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made: Path = tmp_path_factory.mktemp("pages")
    told: Story = story(cc.run(*CASES[request.param], draws=20))
    (made / "brief.html").write_text(brief.page(told), encoding="utf-8")
    (made / "annex.html").write_text(write.page(told), encoding="utf-8")
    yield made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["brief.html", "annex.html"])
def test_pages_can_be_used_by_all_and_read_on_a_phone(folder: Path, name: str, width: int, axe: str) -> None:
    with Browser(width) as window:
        window.open(folder / name)
        assert window.violations(axe) == []
        # No word of a chart is smaller than 11 pixels, and the page itself never scrolls sideways.
        assert min(window.letters()) >= 11.0
        assert window.run("return document.documentElement.scrollWidth") <= width
        # What scrolls says so, on a phone.
        unsaid = """
            return [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1
              && !(e.previousElementSibling?.classList.contains('scrolls')
                   && getComputedStyle(e.previousElementSibling).display != 'none')).length;
        """
        assert width > 760 or window.run(unsaid) == 0


def test_brief_is_two_printed_pages_at_most(folder: Path) -> None:
    with Browser(1280) as window:
        window.open(folder / "brief.html")
        assert window.pages()[0] <= 2
