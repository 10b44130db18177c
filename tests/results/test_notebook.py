"""Do notebooks show tables with numbers as people read them, and only once they are asked to?"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from carecost.results import notebook

interactive = pytest.importorskip("IPython.core.interactiveshell")

TABLE = pd.DataFrame(
    {
        "says": ["Net present saving with spending sustained for as long as its effects last", "payback year"],
        "value": [730_742_813.7, 2041.0],
        "error": [-0.613924, float("nan")],
    },
    index=pd.Index([50_000.0, 1 / 6], name="worth"),
)


@pytest.fixture
def shell() -> Iterator[interactive.InteractiveShell]:
    made = interactive.InteractiveShell()
    made.run_line_magic("load_ext", "carecost")
    yield made
    interactive.InteractiveShell.clear_instance()


def html(shell: interactive.InteractiveShell, thing: object) -> str:
    return str(shell.display_formatter.format(thing)[0].get("text/html", ""))


def test_numbers_have_few_figures_and_words_are_whole(shell: interactive.InteractiveShell) -> None:
    said = html(shell, TABLE)
    for cell in ("730,742,814", "2041", "−0.614", "NaN", "50,000", "0.167", TABLE["says"].iloc[0]):
        assert f">{cell}</" in said


def test_a_column_is_a_table_too(shell: interactive.InteractiveShell) -> None:
    assert ">730,742,814</" in html(shell, TABLE["value"]) and ">value</" in html(shell, TABLE["value"].rename(None))


def test_what_the_user_set_in_pandas_stays(shell: interactive.InteractiveShell) -> None:
    with pd.option_context("display.float_format", "{:.1f}".format, "display.max_colwidth", 20, "display.max_rows", 1):
        assert ">50000.0</" in html(shell, TABLE) and "2 rows" in html(shell, TABLE)
        assert TABLE["says"].iloc[0] not in html(shell, TABLE)
    assert pd.get_option("display.float_format") is None and pd.get_option("display.max_colwidth") == 50
    with pd.option_context("display.max_colwidth", None):
        assert "x" * 300 in html(shell, pd.DataFrame({"long": ["x" * 300]}))


def test_tables_are_those_of_pandas_before_and_after(shell: interactive.InteractiveShell) -> None:
    assert html(interactive.InteractiveShell(), TABLE) == TABLE._repr_html_()  # type: ignore[operator]
    shell.run_line_magic("unload_ext", "carecost")
    assert html(shell, TABLE) == TABLE._repr_html_()  # type: ignore[operator]
    assert html(shell, TABLE["value"]) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [(999.4, "999"), (999.6, "1000"), (9_999.4, "9999"), (9_999.6, "10,000"), (0.0, "0"), (-2030.0, "−2030")],
)
def test_what_may_be_a_year_has_no_comma(value: float, words: str) -> None:
    assert notebook.written(value) == words
