"""What the tests of the report share: a reader of pages, and runs of a set small enough to follow by hand."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import carecost as cc
from carecost.results.results import Results

SETS = Path(__file__).parents[1] / "data" / "sets"
VOID = {"meta", "path", "use", "rect"}


class Page(HTMLParser):
    """Reads a page: its words, its elements, and whether each that opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID or tag == "path":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.texts).split())


def edge(**scenario: object) -> cc.Scenario:
    """The scenario of two levers, edge of care, with some of its fields changed."""
    return dataclasses.replace(cc.load_scenario(SETS / "edge.toml"), **scenario)  # type: ignore[arg-type]


def run(draws: int = 40, **scenario: object) -> Results:
    """Run edge of care on the small set."""
    return cc.run(cc.load_assumptions(SETS / "tiny"), edge(**scenario), draws=cc.Draws(draws, seed=1))


def two_scenarios() -> Results:
    """Run edge of care and the same a year later, without draws."""
    return cc.run(cc.load_assumptions(SETS / "tiny"), edge(), edge().delayed(1))


def inaction_alone() -> Results:
    return cc.run(cc.load_assumptions(SETS / "tiny"))
