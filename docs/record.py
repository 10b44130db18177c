"""What was said, what came, and did the bands hold? The page of the record, from the tables of data/findings.

Nothing is computed here but the layout: a row more in a table is a row more on the page.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from logs import ROOT, Row, markdown, rows_of

CHILDREN = "children in care"


def findings(name: str) -> list[Row]:
    """Rows of a table of the record."""
    return rows_of(ROOT / "data" / "findings" / f"record_{name}.csv")


def page() -> str:
    """Write the tables of the page, with their heads."""
    parts = {
        "What others projected": _projected(),
        "Price and volume apart": _split(),
        "Year by year": _years(),
        "What each baseline would have said": _baselines(),
        "How often the bands have held": _held(),
    }
    return "\n".join(f"## {head}\n\n" + "\n".join(lines) for head, lines in parts.items())


def _number(text: str, unit: str = "children") -> str:
    """Write children with commas and pounds with their sign; nothing where there is nothing."""
    if not text:
        return ""
    return f"{float(text):,.0f}" if unit == "children" else f"£{float(text):,.1f}bn"


def _percent(text: str) -> str:
    return f"{text.replace('-', '−')}%" if text else ""


def _ended(rows: list[Row]) -> tuple[Row, Row | None]:
    """Give the end of a projection, and its last year of which something came."""
    come = [row for row in rows if row["came"]]
    return rows[-1], come[-1] if come else None


def _projected() -> Iterator[str]:
    columns = {
        "who": "Who",
        "what": "Of what",
        "said": "Said",
        "path": "On that path by now",
        "came": "Came",
        "error": "Said over came",
    }
    found, notes = [], {}
    for (who, what, _), group in groupby(findings("projections"), lambda r: (r["who"], r["what"], r["source"])):
        rows = list(group)
        end, seen = _ended(rows)
        unit = end["unit"]
        row = {"who": f"{who} ({end['source']})", "what": what, "said": f"{_number(end['said'], unit)} in {end['for']}"}
        row |= dict.fromkeys(("path", "came", "error"), "")
        if seen:
            due = seen is end
            row["path"] = "" if due else f"{_number(seen['said'], unit)} in {seen['date']}"
            row["came"] = f"{_number(seen['came'], unit)} in {seen['date']}"
            row["error"] = _percent(seen["error_percent"])
        if end["note"]:
            notes[f"{who}, {what}"] = end["note"]
        found.append(row)
    yield (
        "Where its year has not come, the path is even growth from where the publication began to what it "
        "said: none gave a path. Spend is gross, in cash.\n"
    )
    yield markdown(found, columns)
    yield from (f"- {of}: {note}." for of, note in notes.items())
    yield ""


def _split() -> Iterator[str]:
    rows = findings("price_volume")
    columns = {
        "who": "Who",
        "year": "Year",
        "read": "Read as",
        "said": "Said",
        "came": "Came",
        "volume": "Children",
        "price": "Pounds a child",
        "each": "Pounds a child: said, came",
    }
    yield (
        "The error of each projected spend, split exactly: what came less what was said is the error of the "
        "number of children at the pounds a child that were said, and the error of the pounds a child for "
        "the children who came. *Real* takes what was said to be in pounds of the year that it began from, "
        "and adds inflation as it came.\n"
    )
    yield markdown(
        [
            {
                "who": row["who"],
                "year": row["year"],
                "read": row["read_as"],
                "said": f"£{float(row['said']):.2f}bn",
                "came": f"£{float(row['came']):.2f}bn",
                "volume": _signed(row["volume"]),
                "price": _signed(row["price"]),
                "each": f"£{float(row['said_a_child']):,.0f}, £{float(row['came_a_child']):,.0f}",
            }
            for row in rows
        ],
        columns,
    )


def _signed(text: str) -> str:
    value = float(text)
    return f"{'−' if value < 0 else '+'}£{abs(value):.2f}bn"


def _years() -> Iterator[str]:
    """Give a row a date: what came, what each publication has on its path, what ours said with its band."""
    said: dict[str, dict[str, str]] = {}
    came: dict[str, str] = {}
    for row in findings("projections"):
        if row["what"] == CHILDREN and row["came"]:
            said.setdefault(row["date"], {})[row["who"]] = row["said"]
            came[row["date"]] = row["came"]
    fan = {row["date"]: row for row in findings("fan") if row["came"] and row["date"] != row["origin"]}
    names = list(dict.fromkeys(who for by in said.values() for who in by))
    columns = {"date": "31 March", "came": "Came", **{n: n[0].upper() + n[1:] for n in names}}
    columns |= {"ours": "Ours from 2022", "band": "80% band", "in": "Held"}
    table = []
    for date in sorted(came):
        row = {"date": date, "came": _number(came[date])}
        row |= {name: _number(said[date].get(name, "")) for name in names} | {"ours": "", "band": "", "in": ""}
        if ours := fan.get(date):
            low, high = float(ours["low_80"]), float(ours["high_80"])
            row |= {"ours": _number(ours["said"]), "band": f"{low:,.0f} to {high:,.0f}"}
            row["in"] = "yes" if low <= float(ours["came"]) <= high else "no"
        table.append(row)
    yield (
        "Children in care: the paths of others, and ours as said on 31 March 2022, with the band of "
        "`entries-wandering` and `unaccompanied-central` (none of the population). A release adds a row.\n"
    )
    yield markdown(table, columns)
    yield _figure("../_generated/record-fan.png", "children in care as they came, on the bands said from 31 March 2022")


def _figure(file: str, words: str) -> str:
    return f"```{{image}} {file}\n:alt: {words}\n```\n"


def _baselines() -> Iterator[str]:
    rows = findings("baselines")
    last = max(row["date"] for row in rows if row["came"])
    columns = {
        "axis": "Axis",
        "baseline": "Baseline",
        "what": "What",
        "said": "Said",
        "band": "80% band",
        "came": "Came",
        "error": "Said over came",
    }
    table = []
    for row in (row for row in rows if row["date"] == last):
        unit, why = row["unit"], "" if row["said"] else row["how"]
        ends = [_number(row[end], unit) for end in ("low_80", "high_80")]
        table.append(
            row
            | {
                "said": _number(row["said"], unit) or why,
                "band": " to ".join(ends) if all(ends) else "",
                "came": _number(row["came"], unit),
                "error": _percent(row["error_percent"]),
            }
        )
    ways = sorted({row["how"] for row in rows if row["said"]})
    yield (
        f"From 31 March {findings('fan')[0]['origin']} to {last}, each by its rule with the numbers that were "
        "known at the start, on the set `england-2022-backtest` (the "
        f"{', or the '.join(ways)}), and not by one state of the engine, so that prices, placements and "
        "unaccompanied children are in it; the other axes by the rules of the defaults. Growth of prices fades "
        "from the fourth year on: until then `prices-growing` says what `prices-fading` says. The set itself lets "
        "prices grow as they had since 2016-17, so its spend in `backtest.csv` is another. Spend is in cash, by the "
        "deflator as it came; latest vintages. All dates are in `data/findings/record_baselines.csv`.\n"
    )
    yield markdown(table, columns)


def _held() -> Iterator[str]:
    columns = {"model": "Rule", "years_ahead": "Years ahead", "windows": "Origins", "independent": "Without overlap"}
    columns |= {f"within_{band}": f"Within {band}%" for band in (50, 80, 95)}
    yield (
        "Share of what came that lay within the band, children in care in England, a forecast from every 31 "
        "March since 2000 by one state of the engine: the record has no ages before 2021, and unaccompanied children "
        "are not apart. *Ours* is held flows whose rates walk as they had up to then, as in `entries-wandering`. "
        "Windows that overlap are not independent: the column says how many share no year.\n"
    )
    yield markdown(_shares(findings("coverage")), columns)


def _shares(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row | {key: f"{100 * float(value):.0f}%" for key, value in row.items() if key.startswith("within_")}


def draw(file: Path) -> None:
    """Draw what came on the bands that were said, with the paths of others."""
    from matplotlib.figure import Figure

    from carecost.plots import _figure as look

    rows = findings("fan")
    dates = [int(row["date"]) for row in rows]
    figure = Figure(figsize=(8, 4.6))
    ax = figure.subplots()
    for band, colour in ((95, "#e7edf2"), (80, "#d5dee7"), (50, "#b9c9d8")):
        low, high = ([float(row[f"{end}_{band}"]) for row in rows] for end in ("low", "high"))
        ax.fill_between(dates, low, high, color=colour, linewidth=0, label=f"{band}% band")
    ax.plot(dates, [float(row["said"]) for row in rows], color=look.BLUE, linestyle="--", label="said, mean")
    others = [row for row in findings("projections") if row["what"] == CHILDREN]
    ends: dict[tuple[int, float], list[str]] = {}
    for who, group in groupby(others, lambda r: r["who"]):
        path = [(int(row["date"]), float(row["said"])) for row in group]
        ax.plot(*zip(*path, strict=True), color=look.GREY, linewidth=1)
        ends.setdefault(path[-1], []).append(who)
    for end, names in ends.items():
        ax.annotate(", ".join(names), end, fontsize=8, color=look.GREY, ha="right", va="bottom")
    known = {int(row["date"]): float(row["came"]) for row in (*others, *rows) if row["came"]}
    ax.plot(*zip(*sorted(known.items()), strict=True), color=look.INK, linewidth=2.4, marker="o", label="came")
    title = f"Children in care on 31 March: what was said from {rows[0]['origin']}, and what came (axis not from zero)"
    ax.set_title(title, loc="left", fontsize=10)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.legend(loc="lower left", frameon=False, fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    out = io.BytesIO()
    figure.savefig(out, dpi=110, bbox_inches="tight", metadata={"Software": None})
    file.write_bytes(out.getvalue())
