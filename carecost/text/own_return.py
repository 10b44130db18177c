"""What was found in a council's own return, in words: cleaning, stock and flows, how much its numbers bear."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence

Row = Mapping[str, object]

#: Letters of a line.
WIDE = 118


def return_text(report: Sequence[Row], flows: Sequence[Row], bearing: Sequence[Row]) -> str:
    """Write the three tables of a return.

    Parameters
    ----------
    report : sequence of mapping
        Rule, done, rows and examples.
    flows : sequence of mapping
        Stream, year, stock, entries, exits, aged_out, moves.
    bearing : sequence of mapping
        Stream, kind, counted, ratio, own_level, own_pattern, trend, p and used.

    Returns
    -------
    str
        Lines.

    Examples
    --------
    >>> print(return_text([{"rule": "ends before it begins", "done": "left out", "rows": 2, "examples": ""}], [], []))
    What was found, and what was done
           2  ends before it begins: left out
    """
    return "\n".join([*_report(report), *_flows(flows), *_bearing(bearing)])


def _report(rows: Sequence[Row]) -> Iterator[str]:
    yield "What was found, and what was done"
    for row in rows:
        examples = f" ({row['examples']})" if row["examples"] else ""
        number = _number(row["rows"])
        text = f"{row['rule']}: {row['done']}{examples}"
        yield from textwrap.wrap(text, WIDE, initial_indent=f"{number:>8}  ", subsequent_indent=" " * 10)
    if not rows:
        yield "  nothing"


def _flows(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    names = ("stock", "entries", "exits", "aged_out", "moves")
    yield "\nChildren, by stream and year to 31 March"
    yield "  " + f"{'':14}" + "".join(f"{name.replace('_', ' '):>10}" for name in names)
    for row in rows:
        yield "  " + f"{row['stream']} {row['year']}".ljust(14) + "".join(f"{_number(row[name]):>10}" for name in names)


def _bearing(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield "\nHow much the return's own numbers bear, beside the public set"
    heads = (("counted", "times the", "own weight", "own weight"), ("", "public", "in level", "in parts"))
    for line, last in zip(heads, ("  years of the level, and the trend found", ""), strict=True):
        yield "".join([" " * 29, *(f"{h:>{n}}" for h, n in zip(line, (8, 11, 12, 12), strict=True)), last])
    for row in rows:
        level = row["kind"] in ("entries", "exits")
        ratio = _figure(row["ratio"], "{:.2f}") if level else ""
        trend = _trend(row) if level else ""
        yield (
            f"  {row['stream']}, {row['kind']}".ljust(29)
            + f"{_number(row['counted']):>8}{ratio:>11}"
            + f"{_figure(row['own_level'], '{:.0%}'):>12}{_figure(row['own_pattern'], '{:.0%}'):>12}  {trend}"
        )


def _trend(row: Row) -> str:
    """Say of which years a level is, and what trend was found; with fewer than three years none can be."""
    if row["p"] == 1.0 and row["trend"] == 0.0:
        return f"{row['used']}; no trend can be told"
    return f"{row['used']}; {_figure(row['trend'], '{:+.1%}')} a year (p {_figure(row['p'], '{:.2f}')})"


def _number(value: object) -> str:
    """Write a count; what is suppressed is c."""
    if isinstance(value, str):
        return value
    assert isinstance(value, int | float)
    return "c" if math.isnan(value) else f"{value:,.0f}"


def _figure(value: object, form: str) -> str:
    assert isinstance(value, int | float)
    return "c" if math.isnan(value) else form.format(value)
