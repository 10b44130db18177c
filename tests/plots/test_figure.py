"""What charts share: places of labels, names of years, piles of bars, axes, and files that do not vary."""

from __future__ import annotations

import inspect
import re

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

import carecost as cc
from carecost.plots import _figure
from carecost.results.results import Results
from tests.plots.reading import words


def test_looks_differ_in_colour_and_pattern_and_come_round_together() -> None:
    looks = [_figure.look(i) for i in range(6)]
    assert len({x.colour for x in looks}) == len({str(x.line) for x in looks}) == 6
    assert _figure.look(6) == looks[0]


def test_labels_are_spread_no_more_than_needed() -> None:
    assert _figure.spread([1.0, 9.0], [2.0, 2.0], 0, 10) == [1.0, 9.0]
    assert _figure.spread([9.0, 8.0], [2.0, 2.0], 0, 10) == [9.0, 7.0]
    placed = _figure.spread([5.0, 5.1, 4.9, 9.9], [2.0, 2.0, 2.0, 2.0], 0, 10)
    assert np.all(np.diff(np.sort(placed)) >= 2.0 - 1e-9) and max(placed) <= 9.0


def test_signed_stack_piles_up_above_zero_and_down_below_it() -> None:
    parts = [np.array(x) for x in ([3.0, -1.0], [-2.0, -4.0], [1.0, 5.0])]
    starts = _figure.signed_stack(parts)
    np.testing.assert_array_equal(starts, [[0.0, 0.0], [0.0, -1.0], [3.0, 0.0]])
    # Every end is the sum of the parts on its side of zero.
    above, below = (np.sum([clip(p, 0) for p in parts], axis=0) for clip in (np.maximum, np.minimum))
    ends = np.add(starts, parts)
    np.testing.assert_array_equal(ends.max(0), above)
    np.testing.assert_array_equal(ends.min(0), np.minimum(below, ends.min(0)))
    assert _figure.signed_stack([]) == []


@pytest.mark.parametrize(("n", "named"), [(5, 5), (10, 5), (20, 4), (50, 5)])
def test_years_are_named_as_there_is_room(ax: Axes, n: int, named: int) -> None:
    _figure.years(ax, range(2026, 2026 + n), str, most=6)
    (marks,) = (artist for artist in ax.get_children() if artist.get_label() == "_years")
    assert len(ax.get_xticks()) == named and list(marks.get_xdata()) == list(range(2026, 2026 + n))


def test_text_that_is_too_long_is_broken_or_cut(ax: Axes) -> None:
    long = "word " * 200
    _figure.settle(ax)
    assert _figure.wrap(ax, long, 10.0).replace("\n", " ").split() == long.split()
    cut = _figure.cut(ax, long, 10.0, 0.5)
    assert cut.endswith("…") and long.startswith(cut[:-2])
    assert _figure.cut(ax, "short", 10.0, 0.5) == "short"


def test_dollar_signs_are_written_and_not_set_as_mathematics(ax: Axes) -> None:
    _figure.settle(ax)
    _figure.head(ax, "from $1 to $2", "$ a year")
    assert "from $1 to $2" in words(ax)
    assert not any(text.get_parse_math() for text in ax.findobj(Text) if "$" in text.get_text())


def test_given_axes_leave_pyplot_alone(results: Results, ax: Axes) -> None:
    before = pyplot.get_fignums()
    cc.plots.plot_children(results, ax=ax)
    cc.plots.plot_net_saving(results.compare("edge"), ax=Figure().add_subplot())
    cc.plots.plot_costs(results, "edge", ax=Figure().add_axes((0.1, 0.2, 0.8, 0.6)))
    assert pyplot.get_fignums() == before


def test_without_axes_there_is_one_new_figure(results: Results) -> None:
    before = pyplot.get_fignums()
    made = cc.plots.plot_children(results)
    assert len(pyplot.get_fignums()) == len(before) + 1
    pyplot.close(made.figure)


def test_a_picture_does_not_depend_on_settings_or_runs(results: Results) -> None:
    def draw(ax: Axes) -> object:
        return cc.plots.plot_children(results, ax=ax)

    first = _figure.svg(draw, "one")
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "savefig.dpi": 20}):
        again = _figure.svg(draw, "one")
    assert first == again
    assert "http" not in first and "<script" not in first and "metadata" not in first
    assert all(i.startswith("one") for i in re.findall(r' id="([^"]*)"', first))
    assert _figure.png(draw) == _figure.png(draw)


DRAWN = {
    "children": lambda results, ax, title: cc.plots.plot_children(results, ax=ax, title=title),
    "costs": lambda results, ax, title: cc.plots.plot_costs(results, "edge", ax=ax, title=title),
    "history": lambda results, ax, title: cc.plots.plot_history(results, ax=ax, title=title),
    "mix": lambda results, ax, title: cc.plots.plot_mix(results, ax=ax, title=title),
    "net saving": lambda results, ax, title: cc.plots.plot_net_saving(results.compare("edge"), ax=ax, title=title),
    "attribution": lambda results, ax, title: cc.plots.plot_attribution(results, "edge", ax=ax, title=title),
    "payers": lambda results, ax, title: cc.plots.plot_payers(results.compare("edge").appraisal(), ax=ax, title=title),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_title_of_ones_own_stands_above_and_dark_grounds_have_light_ink(kind: str, results: cc.Results) -> None:
    figure = Figure(figsize=(16, 7), layout="constrained", facecolor="black")
    first, second = figure.subplots(1, 2)
    second.set_facecolor("black")
    DRAWN[kind](results, first, None)
    DRAWN[kind](results, second, "Mine")
    figure.draw_without_rendering()
    said = [text for text in second.findobj(Text) if text.get_text() == "Mine"]
    assert len(said) == 1
    # On black nothing is written in what is nearly black: a contrast of 4.5 at least.
    for text in second.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            light = np.dot(_linear(to_rgb(text.get_color())), (0.2126, 0.7152, 0.0722))
            assert (light + 0.05) / 0.05 >= 4.5, (text.get_text(), text.get_color())
    # The first keeps its finding, and its axes leave those of the second alone.
    assert first.get_title(loc="left") != "Mine"
    assert first.get_position().x1 <= second.get_position().x0


def _linear(colour: tuple[float, float, float]) -> list[float]:
    return [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]


def test_many_end_labels_have_a_line_each_that_keeps_its_number(ax: Axes) -> None:
    ax.set_xlim(0, 10)
    _figure.end_labels(ax, 7, [_figure.EndLabel(0.5, (f"a rather long name {i}", f"{i}00 (1 to 9)")) for i in range(9)])
    said = [text.get_text() for text in ax.texts]
    assert len(said) == 9 and all("\n" not in text and text.endswith(f"{i}00") for i, text in enumerate(said))


def test_every_chart_takes_axes_and_a_title() -> None:
    charts = [name for name in dir(cc.plots) if name.startswith("plot_")]
    assert len(charts) > 15
    for name in charts:
        assert {"ax", "title"} <= set(inspect.signature(getattr(cc.plots, name)).parameters), name
