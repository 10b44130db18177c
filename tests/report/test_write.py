"""Can the page and the table be handed over? What they say, that they say it safely, and the same every time."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import matplotlib
import pytest
from matplotlib import pyplot

import carecost as cc
from carecost import _labels
from carecost.errors import FileError
from carecost.report import headline, html
from carecost.report import write as report
from carecost.results.results import Results
from carecost.text import numbers, statements

matplotlib.use("Agg")
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


def run(draws: int = 40, **scenario: object) -> Results:
    edge = dataclasses.replace(cc.load_scenario(SETS / "edge.toml"), **scenario)  # type: ignore[arg-type]
    return cc.run(cc.load_assumptions(SETS / "tiny"), edge, draws=cc.Draws(draws, seed=1))


@pytest.fixture(scope="module")
def results() -> Results:
    return run()


@pytest.fixture(scope="module")
def text(results: Results, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = report.write_summary(results, tmp_path_factory.mktemp("out") / "deep")
    assert path.name == "summary.html"
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed(read: Page) -> None:
    assert read.open == []


def test_the_page_needs_nothing_from_elsewhere(text: str, read: Page) -> None:
    assert "<script" not in text and "@import" not in text and "url(http" not in text
    for tag, attributes in read.tags:
        assert "src" not in attributes and tag not in ("link", "img", "iframe", "object")
        assert (attributes.get("href") or "#").startswith("#")
        assert not any("http" in (value or "") for value in attributes.values())


def test_the_page_can_be_read_by_all(read: Page) -> None:
    assert read.all("html")[0]["lang"] == "en-GB"
    assert [tag for tag, _ in read.tags].count("h1") == 1
    assert all(th.get("scope") in ("col", "row") for th in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table"))
    assert len(read.all("svg")) == len(read.all("figcaption")) == 4
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in read.all("svg"))


def test_ids_are_unique_and_links_lead_somewhere(read: Page) -> None:
    ids = [a["id"] for _, a in read.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = set(ids)
    assert all((a["href"] or "").removeprefix("#") in named for _, a in read.tags if "href" in a)


def test_every_assumption_is_there_with_its_source(results: Results, read: Page) -> None:
    for row in results.run.assumptions.rows:
        assert row.belief.source in read.words
        assert all(cell in read.words for cell in statements.assumption(row))
    for item in results.run.assumptions.items:
        assert item.name in read.words
    for meaning in ("official and direct", "recalled, assumed or claimed"):
        assert meaning in read.words


def test_what_the_set_says_of_itself_is_there(results: Results, read: Page) -> None:
    assumptions, provenance = results.run.assumptions, results.run.provenance
    for note in assumptions.notes:
        assert all(word in read.words for word in (note.what, *note.says))
    for word in (assumptions.inaction, assumptions.scope, provenance.digest, provenance.version, assumptions.title):
        assert word in read.words
    for word in ("2024-25 prices", "hmt-2026-03", "green-book-2026-02 standard", "3.5% to year 30"):
        assert word in read.words
    assert "intervals hold parameter uncertainty only" in read.words


def test_the_finding_opens_the_page(results: Results, read: Page) -> None:
    saving = results.compare("edge")
    assert saving.central is not None
    children = numbers.children(saving.central.scenario.children[0, -1])
    assert f"{children} under edge (90% interval" in read.words
    assert f"{numbers.pounds(saving.central.npv()[0]).removesuffix('.0m')}" in read.words
    assert "pays back in 2027-28" in read.words


def test_levers_are_written_out(read: Page) -> None:
    for word in ("Entries to care (stream other)", "−30%", "−50% to −10% (90%)", "from 2026-27, in full from 2028-29"):
        assert word in read.words
    for word in ("+£3m per year, 2021-22 prices", "from 2025-26, until 2027-28", "made up for tests. Grade E"):
        assert word in read.words


def test_no_number_is_raw(read: Page) -> None:
    cells = [word for word in read.words.split() if re.fullmatch(r"[-−]?\d+\.\d{5,}(e[-+]?\d+)?", word)]
    assert not cells
    assert "nan" not in read.words.split() and "None" not in read.words.split() and "inf" not in read.words.split()


def test_spend_by_group_adds_up(results: Results, read: Page) -> None:
    frame = results.costs()
    for scenario in results.scenarios:
        rows = frame[(frame["scenario"] == scenario) & (frame["quantile"] == "central")].set_index("year")["value"]
        for year in (2026, 2031):
            assert f"£{rows[year] / 1e6:.1f}m" in read.words


def test_the_warning_is_there_only_for_a_claim(tmp_path: Path, read: Page) -> None:
    boxes = [a for a in read.all("div") if a.get("class") == "claim"]
    assert len(boxes) == 1
    assert (
        "Effects as claimed, not evidenced." in read.words and "The net present saving falls to zero at" in read.words
    )
    plain = report.write_summary(run(claim=False), tmp_path).read_text(encoding="utf-8")
    assert not [a for a in Page(plain).all("div") if a.get("class") == "claim"]
    assert "as claimed" not in plain


def test_a_claim_of_the_review_names_it(results: Results, tmp_path: Path) -> None:
    edge = results.run.scenarios["edge"]
    levers = tuple(dataclasses.replace(lever, source="Independent Review") for lever in edge.levers)
    path = report.write_summary(run(levers=levers), tmp_path)
    assert "Effects as claimed by the Review, not evidenced" in path.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(text: str, tmp_path: Path) -> None:
    again = run()
    assert report.write_summary(again, tmp_path).read_text(encoding="utf-8") == text
    pictures = [p.read_bytes() for p in report.save_charts(again, tmp_path)]
    assert pictures == [p.read_bytes() for p in report.save_charts(again, tmp_path / "two")]


def test_text_is_escaped(tmp_path: Path) -> None:
    nasty = '<b>bold</b> & "quoted" $x_1^2$'
    results = run(draws=0, title=nasty, note="<script>alert(1)</script>", name="a <i>$x_2$</i>")
    path = report.write_summary(results, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "<b>" not in text and "<script" not in text and "<i>" not in text
    assert nasty in Page(text).words and "a <i>$x_2$</i>" in Page(text).words
    assert nasty in report.table_text(results)


def test_charts_are_pictures(results: Results, tmp_path: Path) -> None:
    before = pyplot.get_fignums()
    paths = report.save_charts(results, tmp_path / "out")
    assert [p.name for p in paths] == ["children.png", "net-saving.png", "attribution.png"]
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in paths)
    assert pyplot.get_fignums() == before


def test_several_scenarios_have_a_picture_and_a_table_each(tmp_path: Path) -> None:
    edge = cc.load_scenario(SETS / "edge.toml")
    results = cc.run(cc.load_assumptions(SETS / "tiny"), edge, edge.delayed(1))
    names = [p.name for p in report.save_charts(results, tmp_path)]
    per_scenario = [
        f"{kind}-{name}.png" for kind in ("net-saving", "attribution") for name in ("edge", "edge-1-year-later")
    ]
    assert names == ["children.png", *per_scenario]
    read = Page(report.write_summary(results, tmp_path).read_text(encoding="utf-8"))
    assert len(read.all("svg")) == 7
    assert read.words.count("no interval was drawn") >= 1 and "not drawn" in read.words


def test_inaction_alone_can_be_handed_over(tmp_path: Path) -> None:
    results = cc.run(cc.load_assumptions(SETS / "tiny"))
    read = Page(report.write_summary(results, tmp_path).read_text(encoding="utf-8"))
    assert len(read.all("svg")) == 1 and "there are no levers" in read.words
    assert "Children in care, 31 March 2031" in report.table_text(results)


def test_a_folder_that_cannot_be_made_is_said_in_words(results: Results, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="cannot be made"):
        report.write_summary(results, tmp_path / "file")


def test_the_table_is_narrow_and_complete(results: Results) -> None:
    text = report.table_text(results)
    assert max(map(len, text.splitlines())) <= 110
    flat = " ".join(text.split())
    rows = headline.summary(results.compare("edge"))
    for row in rows:
        if row.unit != headline.PER_CHILD:
            assert row.central.replace(numbers.MINUS, "-") in text
            assert row.what.split(",")[0] in flat or row.what.split()[0] in flat
    for word in ("A set small enough to follow by hand (tiny)", "edge: Edge of care", "Prices of 2024-25; 40 draws"):
        assert word in flat
    assert "Effects as claimed, not evidenced." in flat
    assert "and the Review's £30,400 (£517m for 17,000 children)" in flat
    assert numbers.INTERVAL[1:] in flat
    text.encode("cp1252")


@pytest.mark.parametrize(
    ("write", "value", "said"),
    [
        (numbers.children, 95_123.0, "95,100"),
        (numbers.children, 9_996.0, "10,000"),
        (numbers.children, 9_994.0, "9,990"),
        (numbers.children, 0.2, "0"),
        (numbers.children, -0.2, "0"),
        (numbers.pounds, 15.63e9, "£15.6bn"),
        (numbers.pounds, 1.257e9, "£1.26bn"),
        (numbers.pounds, 999.4e6, "£999m"),
        (numbers.pounds, 999.6e6, "£1.00bn"),
        (numbers.pounds, -46e6, "−£46.0m"),
        (numbers.pounds, 30_411.76, "£30,400"),
        (numbers.pounds, 0.0, "£0"),
        (numbers.percent, 0.1393, "14%"),
        (numbers.percent, 0.0999, "10%"),
        (numbers.percent, 0.004, "0.4%"),
        (numbers.percent, 1.0, "100%"),
        (numbers.number, 0.00001234, "0.0000123"),
        (numbers.number, 81_770.4, "81,770"),
        (numbers.number, -2.5, "−2.5"),
        (_labels.financial_year, 2000, "1999-00"),
        (numbers.plain, 2.0000000001, "2"),
    ],
)
def test_numbers_are_for_people(write: Callable[[float], str], value: float, said: str) -> None:
    assert write(value) == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((2.523, 2.523, 2.523, "£bn, 2024-25 prices"), ("£2.52bn", "fixed", "2024-25 prices")),
        ((0.0630, 0.0158, 0.147, "£bn, 2024-25 prices"), ("£63m", "£16m to £147m", "2024-25 prices")),
        ((-0.2, -1.5, 0.1, "£bn"), ("−£0.20bn", "−£1.50bn to £0.10bn", "")),
        ((2032.0, 2030.0, math.nan, "financial year ending"), ("2031-32", "2029-30 to not within the horizon", None)),
        ((math.nan, math.nan, math.nan, "financial year ending"), ("not within the horizon", "", "financial year")),
        ((2028.0, 2028.0, 2028.0, "financial year ending"), ("2027-28", "2027-28", "financial year")),
        ((0.139, None, None, "share of effect"), ("14%", "", "of the effect")),
        ((None, None, None, "share of effect"), ("none", "", "of the effect")),
        ((None, None, None, "share of draws"), ("not drawn", "", "of draws")),
        ((math.nan, None, None, "GBP per GBP"), ("none", "", "for each £1")),
        ((7.678, None, None, "GBP per GBP"), ("£7.68", "", "for each £1")),
        ((223.2, 9_400.0, 24_390.0, "children"), ("200", "9,400 to 24,400", "children")),
    ],
)
def test_rows_are_for_people(
    row: tuple[float | None, float | None, float | None, str], said: tuple[str, str, str | None]
) -> None:
    got = headline.said("what", *row)
    assert (got.central, got.interval) == said[:2]
    assert said[2] in (None, got.unit)


def test_changes_are_written_out() -> None:
    divert = cc.Change("entry_share", "divert", 0.1, from_placements=("home",), to_placement="foster", start=2, lag=1)
    what, amount, interval, when = statements.change_of(divert, 2026)
    assert what == "Placement on entry: share moved from home to foster"
    assert (amount, interval, when) == ("10%", "none", "from 2027-28")
    price = cc.Change("unit_cost", "replace", 650, unit="GBP per child-week", price_year=2025, end=1, items=["foster"])
    assert statements.change_of(price, 2026)[1:] == (
        "set to £650 per child-week, 2024-25 prices",
        "none",
        "in 2025-26 only",
    )
    fading = cc.Change("exit_rate", "scale", cc.Interval(0.2, 0, 0.4, 1, "uniform"), half_life=3, share=0.5)
    assert statements.change_of(fading, 2026)[1:3] == ("+20%, 50% of it taken", "0% to 40% (bounds)")
    assert statements.change_of(fading, 2026)[3].endswith("then halving every 3 years")


def test_elements_escape_all_but_markup() -> None:
    assert html.h("p", "<&>", html.h("b", "x"), title='"') == '<p title="&quot;">&lt;&amp;&gt;<b>x</b></p>'
    assert html.h("details", "x", open=True, class_=False) == "<details open>x</details>"


def test_extra_cost_that_is_taken_in_part_is_said_with_the_whole_of_it() -> None:
    """A cashable share of what is added flatters; of what is saved it is prudent, and nothing is said."""
    tiny = cc.load_assumptions(SETS / "tiny")
    for amount, said in ((0.2, True), (-0.2, False)):
        change = cc.Change("entry_rate", "scale", amount)
        results = cc.run(tiny, cc.Scenario("plan", [cc.Lever("plan", [change])]), years=3)
        saving, text = results.compare("plan"), " ".join(report.table_text(results).split())
        assert (float(saving.npv(gross=True)[0]) < float(saving.npv()[0])) is said
        assert ("with all of both as cash" in text) is said
