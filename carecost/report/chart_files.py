"""Charts for slides and papers: each as PNG and SVG in two sizes, what it shows in words, and its numbers as CSV.

A slide is 16:9; a column is 85 mm wide, as that of a journal. Each carries a line that says what it is from, so that
it can be cited, and made again, wherever it goes.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from carecost.files.archive import add_files, csv_text
from carecost.report.charts import Chart
from carecost.report.story import Story, story

if TYPE_CHECKING:
    from carecost.results.results import Results


@dataclass(frozen=True)
class Medium:
    """Where a chart is to stand.

    Attributes
    ----------
    name : str
        Its name, in that of the file.
    drawn : float
        Width in which it is drawn [inches]; shown larger or smaller, its letters are too.
    shown : float
        Width in which it is shown [mm].
    dots : int
        Dots across of the PNG file.
    ratio : float
        Width over height; as high as the chart needs where zero.
    """

    name: str
    drawn: float
    shown: float
    dots: int
    ratio: float = 0.0

    def size(self, chart: Chart) -> tuple[float, float]:
        """Give the width and height in which a chart is drawn [inches]."""
        return self.drawn, self.drawn / self.ratio if self.ratio else min(chart.size[1] + _MORE, _HIGHEST)


#: Inches that a chart in a column is higher for its broken lines, and the most that it may be: 163 mm as it is shown.
_MORE, _HIGHEST = 0.8, 9.6
#: A slide of 13.33 by 7.5 inches, letters of 12 points and more; a column, letters of 6 and more, 600 dots an inch.
MEDIA = (Medium("slide", 9.6, 338.67, 1920, 16 / 9), Medium("column", 5.0, 85.0, 2008))


def write_charts(results: Results | Story, folder: str | Path, dated: datetime.date) -> list[Path]:
    """Write every chart of a run for slides and papers.

    Parameters
    ----------
    results : Results or Story
        What a run gave, or what it has to say where that is known.
    folder : str or Path
        Where; made if it is not there.
    dated : date
        Date in the line that says what a chart is from.

    Returns
    -------
    list of Path
        For each chart, ``NAME-slide.png``, ``NAME-slide.svg``, ``NAME-column.png``, ``NAME-column.svg``, ``NAME.txt``
        (what it shows, in words) and ``NAME.csv`` (its numbers). The same run and date give the same bytes.

    Raises
    ------
    FileError
        If one cannot be written.
    """
    return add_files(folder, chart_files(story(results), dated))


def chart_files(told: Story, dated: datetime.date) -> dict[str, bytes]:
    """Make the files of every chart.

    Parameters
    ----------
    told : Story
        What a run has to say.
    dated : date
        Date in the line that says what a chart is from.

    Returns
    -------
    dict of str to bytes
        Content by name of the file.
    """
    from carecost.plots import _figure

    citation = f"{told.citation}. {dated.day} {dated:%B %Y}."
    curves = (chart for compared in told.against.values() for chart in compared.curves.values())
    files = {}
    for chart in (*told.charts, *told.lever_charts.values(), *curves):
        for medium in MEDIA:
            figure, name = _figure.drawn(chart.draw, medium.size(chart), citation), f"{chart.name}-{medium.name}"
            files[f"{name}.png"] = _figure.png(figure, dpi=medium.dots / medium.drawn)
            files[f"{name}.svg"] = _figure.svg_file(figure, name, medium.shown, chart.words)
        files[f"{chart.name}.txt"] = f"{chart.words}\n\n{citation}\n".encode()
        files[f"{chart.name}.csv"] = csv_text(chart.data()).encode()
    return files
