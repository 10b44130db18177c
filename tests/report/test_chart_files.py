"""Charts for slides and papers: right sizes, letters that can be read, nothing cut off; words and numbers beside."""

from __future__ import annotations

import datetime
import io
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import carecost as cc
from carecost.cli import main
from carecost.plots import _figure
from carecost.report.chart_files import MEDIA, Medium, chart_files
from carecost.report.charts import Chart
from carecost.report.story import Story
from tests.report.reading import SETS

DAY = datetime.date(2026, 11, 30)
#: Least size of letters where a chart is shown [points].
LEAST = {"slide": 12.0, "column": 6.0}


@pytest.fixture(scope="module")
def files(told: Story) -> dict[str, bytes]:
    return chart_files(told, DAY)


def test_each_chart_has_pictures_words_and_numbers(told: Story, files: dict[str, bytes]) -> None:
    ends = ("-slide.png", "-slide.svg", "-column.png", "-column.svg", ".txt", ".csv")
    names = [chart.name for chart in (*told.charts, *told.lever_charts.values())]
    assert {f"{name}{end}" for name in names for end in ends} <= set(files)
    for chart in told.charts:
        said = files[f"{chart.name}.txt"].decode()
        assert said.startswith(chart.words) and "30 November 2026" in said
        shown, known = pd.read_csv(io.BytesIO(files[f"{chart.name}.csv"])), chart.data()
        assert list(shown.columns) == list(known.columns)
        assert shown["value"].to_numpy() == pytest.approx(known["value"].to_numpy(float), rel=1e-12)


def test_pictures_are_of_a_slide_and_of_a_column(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".png"):
            wide, tall = struct.unpack(">II", content[16:24])
            assert (wide, tall) == (1920, 1080) if "slide" in name else wide == 2008
        elif name.endswith(".svg"):
            svg = ElementTree.fromstring(content)
            width, height = (float(svg.get(side, "").removesuffix("mm")) for side in ("width", "height"))
            assert width == (338.67 if "slide" in name else 85.0)
            assert height == pytest.approx(width * 9 / 16, rel=1e-3) if "slide" in name else height <= 165
            title = svg.find("{http://www.w3.org/2000/svg}title")
            assert title is not None and title.text and svg.get("role") == "img"
            assert not re.search(rb"(href|src)=\"http|<text|dc:date", content)


@pytest.mark.slow
def test_same_run_and_date_give_the_same_bytes(told: Story, files: dict[str, bytes]) -> None:
    assert chart_files(told, DAY) == files
    other = chart_files(told, datetime.date(2027, 1, 1))
    assert other["children.csv"] == files["children.csv"] and other["children.txt"] != files["children.txt"]


def drawn(chart: Chart, medium: Medium) -> Figure:
    return _figure.drawn(
        chart.draw, medium.size(chart), "carecost: set (digest 0123456789ab), one, another. 1 May 2026."
    )


def letters(figure: Figure) -> list[Text]:
    """Give every text that is seen: names of marks beyond the ends of their axis are not drawn."""
    hidden = []
    for axes in figure.axes:
        for labels, ends, along in (
            (axes.get_xticklabels(), axes.get_xlim(), 0),
            (axes.get_yticklabels(), axes.get_ylim(), 1),
        ):
            hidden += [t for t in labels if not min(ends) <= t.get_position()[along] <= max(ends)]
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text not in hidden]
    return [text for text in texts if text.get_text().strip() and text.get_visible()]


@pytest.mark.slow
@pytest.mark.parametrize("medium", MEDIA, ids=lambda medium: medium.name)
def test_letters_can_be_read_and_none_is_cut_off(england: Story, medium: Medium) -> None:
    curves = [chart for compared in england.against.values() for chart in compared.curves.values()]
    for chart in (*england.charts, *england.lever_charts.values(), *curves):
        figure = drawn(chart, medium)
        scale = medium.shown / 25.4 / medium.drawn
        for text in letters(figure):
            assert text.get_fontsize() * scale >= LEAST[medium.name], (chart.name, text.get_text())
            box = text.get_window_extent()
            inside = figure.bbox.x0 - 1 <= box.x0 and box.x1 <= figure.bbox.x1 + 1
            inside = inside and figure.bbox.y0 - 1 <= box.y0 and box.y1 <= figure.bbox.y1 + 1
            assert inside, (chart.name, medium.name, text.get_text(), box, figure.bbox)


@pytest.mark.slow
@pytest.mark.parametrize("medium", MEDIA, ids=lambda medium: medium.name)
def test_names_of_marks_are_not_over_each_other(england: Story, medium: Medium) -> None:
    for chart in (*england.charts, *england.lever_charts.values()):
        figure = drawn(chart, medium)
        for axes in figure.axes:
            for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
                boxes = [t.get_window_extent() for t in labels if t.get_text() and t in letters(figure)]
                for i, box in enumerate(boxes):
                    assert not any(box.overlaps(other) for other in boxes[i + 1 :]), (chart.name, medium.name)


def test_door_takes_a_date_and_refuses_what_is_none(tmp_path: Path) -> None:
    results = cc.run(SETS / "tiny", years=2)
    written = results.charts(tmp_path / "charts", "2026-11-30")
    assert [path.read_bytes() for path in written] == [
        path.read_bytes() for path in results.charts(tmp_path / "again", DAY)
    ]
    with pytest.raises(cc.CareCostError, match=r'dated.*Give a date, such as "2026-11-30"'):
        results.charts(tmp_path / "charts", "30 November")


@pytest.mark.slow
def test_command_writes_them(tmp_path: Path) -> None:
    words = ["compare", str(SETS / "tiny"), "--draws", "0", "--years", "3", "--no-charts", "--quiet"]
    words += ["--out", str(tmp_path / "out"), "--charts", str(tmp_path / "charts"), "--dated", "2026-11-30"]
    assert main([*words[:2], str(SETS / "edge.toml"), *words[2:]]) == 0
    assert (tmp_path / "charts" / "children-column.svg").exists()


def test_command_asks_for_the_date_before_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", str(SETS / "tiny"), str(SETS / "edge.toml"), "--draws", "0", "--years", "3", "--no-charts"]
    words += ["--quiet", "--out", str(tmp_path / "out"), "--charts", str(tmp_path / "charts")]
    assert main(words) == 2
    assert "--dated: is missing, which --charts needs" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit):
        main([*words, "--dated", "today"])
    assert "'today' is not a date, such as 2026-11-30" in capsys.readouterr().err
