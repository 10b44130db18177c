"""Tables in notebooks: numbers as people read them and words in full, once IPython is asked to show them so."""

from __future__ import annotations

from typing import Any

import pandas as pd

from carecost.text import numbers

#: Letters of a cell up to which words are shown: unless it is told otherwise by pandas, and here.
PANDAS, WORDS = 50, 160


def load(shell: Any) -> None:
    """Let a shell of IPython show tables and columns of pandas so, until :func:`unload`.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        What ``%load_ext`` gives.
    """
    formatter = shell.display_formatter.formatters["text/html"]
    for kind in (pd.DataFrame, pd.Series):
        formatter.for_type(kind, shown)


def unload(shell: Any) -> None:
    """Let a shell of IPython show tables as pandas does.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        What ``%unload_ext`` gives.
    """
    formatter = shell.display_formatter.formatters["text/html"]
    for kind in (pd.DataFrame, pd.Series):
        formatter.pop(kind, None)


def shown(table: pd.DataFrame | pd.Series[Any]) -> str:
    """Give the markup of a table or column; what the user set in pandas stays.

    Parameters
    ----------
    table : DataFrame or Series
        Any table; what it holds is untouched.

    Returns
    -------
    str
        HTML, as long and as wide as pandas is set to show.

    Examples
    --------
    >>> import pandas as pd
    >>> "730,742,814" in shown(pd.DataFrame({"evpi": [730742813.7]}))
    True
    """
    frame = table.to_frame("value" if table.name is None else table.name) if isinstance(table, pd.Series) else table
    width, number = pd.get_option("display.max_colwidth"), pd.get_option("display.float_format") or written
    with pd.option_context("display.max_colwidth", WORDS if width == PANDAS else width, "display.float_format", number):
        return str(frame._repr_html_())  # type: ignore[operator]


def written(value: float) -> str:
    """Write a number of a table: from 1,000 to 9,999 without a comma, since it may be a year.

    Parameters
    ----------
    value : float
        What to write.

    Returns
    -------
    str
        For people: whole from 100 on, else to three figures.

    Examples
    --------
    >>> written(2035.0), written(81770.4), written(0.826401), written(-2.5)
    ('2035', '81,770', '0.826', '−2.5')
    """
    return numbers.number(value).replace(",", "") if 999.5 <= abs(value) < 9999.5 else numbers.number(value)
