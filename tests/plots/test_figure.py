"""What charts share: places of labels, names of years, piles of bars, axes, and files that do not vary."""

from __future__ import annotations

import re

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
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
