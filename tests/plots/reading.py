"""Read a chart back: what is written around its axes, and the heights of a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

SETS = Path(__file__).parents[1] / "data" / "sets"


def words(ax: Axes) -> str:
    """Everything written around an axes, with its line breaks taken out."""
    notes = [text.get_text() for text in ax.texts if isinstance(text, Annotation)]
    return " ".join(" ".join([ax.get_title(loc="left"), *notes]).split())


def line(ax: Axes, label: str) -> np.ndarray:
    """Heights of the one line with a label."""
    (only,) = [x for x in ax.get_lines() if x.get_label() == label]
    return np.asarray(only.get_ydata(), dtype=float)
