"""The page, the pictures and the table of the terminal: whole, safe, and the same every time."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot

import carecost as cc
from carecost.errors import FileError
from carecost.report import headline, write
from carecost.report.story import Story
from carecost.results.results import Results
from carecost.text import numbers
from tests.report.reading import SETS, Page, edge, inaction_alone, run, two_scenarios


def test_page_closes_every_element(read: Page) -> None:
    assert read.open == []


def test_page_needs_nothing_from_elsewhere(text: str, read: Page) -> None:
    assert "<script" not in text and "@import" not in text and "url(http" not in text
    for tag, attributes in read.tags:
        assert "src" not in attributes and tag not in ("link", "img", "iframe", "object")
        assert (attributes.get("href") or "#").startswith("#")
        assert not any("http" in (value or "") for value in attributes.values())


def test_page_can_be_read_by_all(read: Page) -> None:
    assert read.all("html")[0]["lang"] == "en-GB"
    assert [tag for tag, _ in read.tags].count("h1") == 1
    assert all(th.get("scope") in ("col", "row") for th in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table"))
    assert len(read.all("svg")) == len(read.all("figcaption")) == 4
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in read.all("svg"))


def test_page_ids_are_unique_and_links_lead_somewhere(read: Page) -> None:
    ids = [a["id"] for _, a in read.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = set(ids)
    assert all((a["href"] or "").removeprefix("#") in named for _, a in read.tags if "href" in a)


def test_page_has_no_raw_number(read: Page) -> None:
    cells = [word for word in read.words.split() if re.fullmatch(r"[-−]?\d+\.\d{5,}(e[-+]?\d+)?", word)]
    assert not cells
    assert "nan" not in read.words.split() and "None" not in read.words.split() and "inf" not in read.words.split()


def test_same_run_gives_the_same_bytes(text: str, tmp_path: Path) -> None:
    again = run()
    assert write.write_summary(again, tmp_path).read_text(encoding="utf-8") == text
    pictures = [p.read_bytes() for p in write.save_charts(again, tmp_path)]
    assert pictures == [p.read_bytes() for p in write.save_charts(again, tmp_path / "two")]


def test_text_of_a_scenario_is_escaped(tmp_path: Path) -> None:
    nasty = '<b>bold</b> & "quoted" $x_1^2$'
    results = run(draws=0, title=nasty, note="<script>alert(1)</script>", name="a <i>$x_2$</i>")
    path = write.write_summary(results, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "<b>" not in text and "<script" not in text and "<i>" not in text
    assert nasty in Page(text).words and "a <i>$x_2$</i>" in Page(text).words
    assert nasty in write.table_text(results)


def test_charts_are_pictures(results: Results, tmp_path: Path) -> None:
    before = pyplot.get_fignums()
    paths = write.save_charts(results, tmp_path / "out")
    assert [p.name for p in paths] == ["children.png", "net-saving.png", "attribution.png"]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in paths)
    assert pyplot.get_fignums() == before


def test_page_of_several_scenarios_has_a_picture_and_a_table_each(tmp_path: Path) -> None:
    results = two_scenarios()
    names = [p.name for p in write.save_charts(results, tmp_path)]
    per_scenario = [
        f"{kind}-{name}.png" for kind in ("net-saving", "attribution") for name in ("edge", "edge-1-year-later")
    ]
    assert names == ["children.png", *per_scenario]
    read = Page(write.write_summary(results, tmp_path).read_text(encoding="utf-8"))
    assert len(read.all("svg")) == 7
    assert read.words.count("no interval was drawn") >= 1 and "not drawn" in read.words


def test_inaction_alone_can_be_handed_over(tmp_path: Path) -> None:
    results = inaction_alone()
    read = Page(write.write_summary(results, tmp_path).read_text(encoding="utf-8"))
    assert len(read.all("svg")) == 1 and "there is no programme" in read.words
    assert "Children in care, 31 March 2031" in write.table_text(results)


def test_folder_that_cannot_be_made_is_said_in_words(results: Results, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="cannot be made"):
        write.write_summary(results, tmp_path / "file")


def test_table_is_narrow_and_complete(results: Results) -> None:
    text = write.table_text(results)
    assert max(map(len, text.splitlines())) <= 110
    flat = " ".join(text.split())
    rows = headline.summary(results.compare("edge"))
    for row in rows:
        if row.unit != headline.PER_CHILD:
            assert row.value.replace(numbers.MINUS, "-") in text
            assert row.what.split(",")[0] in flat or row.what.split()[0] in flat
    for word in ("A set small enough to follow by hand (tiny)", "edge: Edge of care", "Prices of 2024-25; 40 draws"):
        assert word in flat
    assert "Effects as claimed, not evidenced." in flat
    assert "and the Review's £30,400 (£517m / 17,000 children, prices of 2021-22 assumed)" in flat
    assert numbers.INTERVAL[1:] in flat and "mean 80% interval unit" in flat
    assert "central" not in text.partition("Effects as claimed")[0]
    text.encode("cp1252")


def test_table_without_draws_is_of_the_central_run() -> None:
    flat = " ".join(write.table_text(two_scenarios()).split())
    assert "central interval unit" in flat and "mean 80%" not in flat and "four chances in five" not in flat


def test_table_says_that_what_compares_has_no_luck_of_small_numbers_in_it() -> None:
    """Levels of inaction alone are shown with it where draws ask for it; a comparison is always without."""
    tiny, lucky = cc.load_assumptions(SETS / "tiny"), cc.Draws(8, seed=1, noise=True)
    of_both = " ".join(write.table_text(cc.run(tiny, edge(), years=3, draws=lucky)).split())
    alone = " ".join(write.table_text(cc.run(tiny, years=3, draws=lucky)).split())
    assert numbers.INTERVAL[1:] in of_both and numbers.INTERVAL_WITH_LUCK[1:] not in of_both
    assert numbers.INTERVAL_WITH_LUCK[1:] in alone and numbers.INTERVAL[1:] not in alone


def test_rates_are_a_line_a_scenario_and_rate(told: Story) -> None:
    lines = write.rates_text(told, ["standard", 0.02]).splitlines()
    assert len(lines) == 3 and all(line.startswith("edge, ") for line in lines[1:])
    assert "green-book-2026-02 standard" in lines[1] and " to " in lines[1]
    npv = told.against["edge"].saving.npv()
    mean, low, high = (
        numbers.pounds(x).replace(numbers.MINUS, "-") for x in (npv.mean(), *np.quantile(npv, (0.1, 0.9)))
    )
    assert lines[1].split("standard")[1].split() == [mean, low, "to", high]
    without_draws = write.rates_text(two_scenarios(), [0.02]).splitlines()[1:]
    assert len(without_draws) == 2 and not any(" to " in line for line in without_draws)


def test_files_and_table_are_the_same_from_results_and_from_their_story(
    results: Results, told: Story, text: str, tmp_path: Path
) -> None:
    assert write.page(told) == text
    assert write.write_summary(results, tmp_path).read_text(encoding="utf-8") == text
    assert write.table_text(results) == write.table_text(told)
    assert write.rates_text(results, [0.02]) == write.rates_text(told, [0.02])
