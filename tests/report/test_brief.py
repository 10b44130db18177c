"""Is the brief whole, without scripts and addresses, and does it say what the answer says?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import carecost as cc
from carecost.report import brief
from carecost.report.story import Story, story

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def page(england: Story) -> str:
    return brief.page(england)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "path", "use", "rect", "image"):
            self.open.append(tag)
        self.ids += [value or "" for key, value in attrs if key == "id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for key, value in attrs if key == "id"]

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "use", "rect", "image"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_brief_is_whole_and_needs_nothing_from_elsewhere(page: str) -> None:
    reader = read(page)
    assert len(reader.ids) == len(set(reader.ids))
    assert "<script" not in page and not re.search(r"(?:src|href)=\"(?!#)", page)
    assert len(page) < 1_000_000


def test_brief_says_what_the_answer_says(england: Story, page: str) -> None:
    words = re.sub(r"\s+", " ", "".join(read(page).words))
    made = england.answer
    assert made.head in words and all(sentence in words for sentence in made.standfirst)
    for line in made.lines:
        assert line.label in words
        for cell in line.cells:
            assert cell.value in words and cell.below in words
    for text in made.mind:
        assert text in words


def test_each_picture_says_its_years_and_finding(page: str) -> None:
    labels = re.findall(r'<svg role="img" aria-label="([^"]*)"', page)
    assert len(labels) == 4 and all("to 2035" in label for label in labels)


@pytest.mark.parametrize("names", [(), ("edge",)])
def test_a_set_of_ones_own_has_a_brief(names: tuple[str, ...]) -> None:
    told = story(cc.run(SETS / "tiny", *(SETS / f"{name}.toml" for name in names)))
    text = brief.page(told)
    read(text)
    assert "What the Review said" not in text
