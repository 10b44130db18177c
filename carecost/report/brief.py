"""The brief: two printed pages that can be sent on, and nothing that a reader has to be told first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from carecost._labels import INACTION
from carecost.files.packaged import history as past
from carecost.report.answer import CAME, DASH, MONEY, RIVALS, SAID, Answer, Cell, Column, Line
from carecost.report.html import Html, document, h, joined, picture
from carecost.report.words import GLOSSARY
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.plots._figure import Draw
    from carecost.report.story import Story

#: Inches of the charts: as they are printed and on a desk, and on a phone.
WIDE, PHONE = (9.0, 3.7), (4.1, 4.4)
MIX_WIDE, MIX_PHONE = (9.0, 2.4), (4.1, 6.6)

#: Columns of a table beyond which it scrolls on a phone, and says so; and beyond which what was said and what came are
#: left to the first page, and letters are smaller in print.
FEW, MANY = 3, 5

#: What stands over the table.
SIDE = "What was said, what came, and what is projected"

STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.45 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; color: #111418; background: #fff;
  max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 2rem; font-variant-numeric: tabular-nums lining-nums; }
.page { border-top: .3rem solid #111418; padding-top: .5rem; margin-bottom: 2rem; }
.run { color: #4a5258; font-size: .82rem; margin: 0 0 .6rem; }
h1 { font-size: 1.85rem; line-height: 1.15; margin: .2rem 0 .4rem; max-width: 30ch; }
h2 { font-size: 1.1rem; margin: 1.1rem 0 .3rem; }
.standfirst { font-size: 1.12rem; margin: 0 0 .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; border-top: 1px solid #111418;
  border-bottom: 1px solid #111418; }
caption { text-align: left; color: #4a5258; font-size: .82rem; padding: .15rem 0; }
th, td { text-align: left; vertical-align: top; padding: .28rem .8rem .28rem 0; border-bottom: 1px solid #d5dbe0; }
tbody th { font-weight: 400; } td b { font-weight: 700; }
tr.part th, tr.part td { border-top: 1px solid #111418; }
.big { font-size: 1.45rem; font-weight: 700; display: block; }
.below { display: block; color: #4a5258; font-size: .8rem; }
.claimed { color: #801650; } .measured { color: #15706a; } .inaction { color: #12436d; }
.one { white-space: nowrap; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2.2rem; }
ol { padding-left: 1.2rem; margin: .2rem 0; } li { margin-bottom: .35rem; }
figure { margin: .4rem 0 .6rem; } figure svg { width: 100%; height: auto; }
figcaption { font-size: .8rem; color: #4a5258; }
.phone { display: none; }
.notes { font-size: .8rem; color: #4a5258; border-top: 1px solid #d5dbe0; padding-top: .4rem; margin-top: .8rem; }
.scrolls { display: none; font-size: .8rem; color: #4a5258; margin: 0; }
@media screen and (max-width: 700px) {
  body { padding: .5rem .8rem 1.5rem; } h1 { font-size: 1.45rem; }
  .big { font-size: 1.1rem; } .two { display: block; } .phone { display: block; } .desk { display: none; }
  .scroll { overflow-x: auto; } .scroll table { min-width: 40rem; } .scrolls { display: block; }
}
@media print {
  @page { size: A4; margin: 11mm 13mm 10mm; }
  html { font-size: 11px; } body { max-width: none; padding: 0; }
  .many { font-size: .76rem; } .many td, .many th { padding-right: .4rem; }
  .many .below { display: inline; font-size: .68rem; margin-left: .4em; } .many tbody th { min-width: 15em; }
  th, td { padding-top: .13rem; padding-bottom: .13rem; } li { margin-bottom: .15rem; }
  .page + .page { break-before: page; } .page { margin: 0; }
  table, figure, li, .two > div { break-inside: avoid; }
}
"""


def page(told: Story) -> str:
    """Lay the brief out: the answer and the chart with history on one page, the table and the rest on another.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    str
        A whole HTML page without scripts or addresses; printed on A4 it is two pages.
    """
    made = told.answer
    first = h(
        "section",
        _running(told, 1),
        h("h1", made.head),
        h("p", " ".join(made.standfirst), class_="standfirst") if made.standfirst else "",
        _three(told),
        _charts(told, "history"),
        h("div", h("div", *_why(made)), h("div", *_moved(made)), class_="two"),
        class_="page",
        aria_label="Page 1",
    )
    second = h(
        "section",
        _running(told, 2),
        h("h2", SIDE),
        _table(made),
        _charts(told, "mix"),
        h("div", h("div", *_changes(told)), h("div", *_mind(made)), class_="two"),
        _foot(told),
        class_="page",
        aria_label="Page 2",
    )
    return document(made.head, h("main", first, "\n", second), STYLE)


def _running(told: Story, number: int) -> Html:
    title = told.assumptions.title or told.assumptions.name
    return h("p", f"Children in care: {title}. Brief, page {number} of 2", class_="run")


def _kept(text: str) -> Html:
    """Keep each number with its sign and unit in one line."""
    return joined([h("span", word, class_="one") if any(c.isdigit() for c in word) else word for word in _words(text)])


def _words(text: str) -> Iterator[str]:
    parts = text.split(" ")
    for i, part in enumerate(parts):
        yield part
        if i < len(parts) - 1:
            yield " "


def _three(told: Story) -> Html:
    """Write the three columns: what was said, what came, what is projected now."""
    made = told.answer
    by_key = {column.key: i for i, column in enumerate(made.columns)}
    if SAID not in by_key and CAME not in by_key:
        return Html("")
    date = next((line for line in made.lines if line.label.endswith(str(made.main))), made.lines[0])
    chosen = {
        "Children in care": date,
        "Cost a year": _starting(made, "Spend in"),
        "Money for reform": _starting(made, MONEY),
        "Fewer children in care": _starting(made, "Fewer than"),
    }
    heads = {
        SAID: f"What the Review said, for {made.main}",
        CAME: "What came",
        "now": f"What is projected now, for {made.main}",
    }
    keys = [key for key in heads if key in by_key or key == "now"]
    rows = []
    for label, line in chosen.items():
        if line is None:
            continue
        # How many years its money is of is in the row's own name.
        cells = [h("th", line.label if line.label.startswith(MONEY) else label, scope="row")]
        for key in keys:
            cells.append(_now(made, line) if key == "now" else h("td", *_cell(line.cells[by_key[key]], big=True)))
        rows.append(h("tr", *cells))
    top = h("tr", h("td", ""), *(h("th", heads[key], scope="col") for key in keys))
    return h("table", h("caption", f"In {made.prices} unless said"), h("thead", top), h("tbody", *rows))


def _starting(made: Answer, words: str) -> Line | None:
    return next((line for line in made.lines if line.label.startswith(words)), None)


def _now(made: Answer, line: Line) -> Html:
    """Write what is projected now: inaction large, or each scenario where inaction has nothing to say."""
    parts: list[str] = []
    for column, cell in zip(made.columns, line.cells, strict=True):
        if column.kind in (SAID, CAME) or cell.value == DASH:
            continue
        if column.key == INACTION:
            below = f"without reform{f'; four chances in five, {cell.below}' if cell.below else ''}"
            return h("td", h("span", _kept(cell.value), class_="big"), h("span", below, class_="below"))
        parts.append(
            h("span", h("b", _kept(cell.value), class_=column.kind), f" {_lower(column.title)}", class_="below")
        )
    return h("td", *parts)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _cell(cell: Cell, big: bool = False) -> list[str]:
    shown = h("span", _kept(cell.value), class_="big") if big else h("b", _kept(cell.value))
    return [shown, *([h("span", cell.below, class_="below")] if cell.below else [])]


def _table(made: Answer) -> Html:
    """Write the whole table: dates, prices and scope side by side."""
    every, crowded = range(len(made.columns)), len(made.columns) > MANY
    shown = [i for i in every if not (crowded and made.columns[i].kind in (SAID, CAME))]
    top = h("tr", h("td", ""), *(_column(made.columns[i]) for i in shown))
    rows = []
    for line in made.lines:
        cells = (h("td", *_cell(line.cells[i])) for i in shown)
        rows.append(h("tr", h("th", line.label, scope="row"), *cells, class_="part" if line.part else False))
    caption = f"Money in {made.prices}; a dash: not stated, or without meaning there. Small: four chances in five"
    kind = "many" if crowded else False
    body = h("table", h("caption", caption), h("thead", top), h("tbody", *rows), class_=kind)
    wide = len(shown) > FEW
    words = h("p", "This table scrolls sideways.", class_="scrolls") if wide else ""
    holder = {
        "class_": "scroll",
        "tabindex": "0",
        "role": "region",
        "aria_label": SIDE,
    }
    return joined([words, h("div", body, **holder) if wide else body])


def _column(column: Column) -> Html:
    under = h("span", column.under, class_="below") if column.under else ""
    return h("th", h("span", column.title, class_=column.kind), under, scope="col")


def _charts(told: Story, which: str) -> Html:
    """Draw a chart twice, for the desk and for a phone, with a sentence that says its years and finding."""
    from carecost.plots import history, mix
    from carecost.plots._figure import svg

    results, grid = told.results, told.grid
    last = min(grid.base_year + history.AHEAD, grid.dates[-1])
    first = past(told.assumptions.record)[0][0] if which == "history" and told.assumptions.record else grid.base_year
    draws: tuple[Draw, Draw]
    if which == "history":
        draws, sizes = (partial(history.plot_history, results, bare=True),) * 2, (WIDE, PHONE)
        title, below = history.finding(results), f"{history.subtitle(results, first, last)}. {history.notes(results)}"
    else:
        draws = partial(mix.plot_mix, results, bare=True), partial(mix.plot_mix, results, stacked=True, bare=True)
        sizes, title = (MIX_WIDE, MIX_PHONE), mix.finding(results)
        below = f"Children by placement on 31 March, {first} to {last}. Each panel spans as many children."
    words = f"{title}. {below}"
    shown = []
    for i, kind in enumerate(("desk", "phone")):
        shown.append(h("div", picture(svg(draws[i], f"{which}-{kind}", sizes[i]), words, below), class_=kind))
    return joined([h("h2", title), *shown])


def _why(made: Answer) -> Iterator[Html]:
    if made.why:
        yield h("h2", "Why")
        yield h("ol", *(h("li", h("b", bold), " ", _kept(rest)) for bold, rest in made.why))


def _moved(made: Answer) -> Iterator[Html]:
    if made.moved:
        yield h("h2", f"What moved from {made.moved_years[0]} to {made.moved_years[-1]}; money in cash")
        top = h("tr", h("td", ""), *(h("th", t, scope="col") for t in (*made.moved_years, "change")))
        rows = (h("tr", h("th", row[0], scope="row"), *(h("td", text) for text in row[1:])) for row in made.moved)
        yield h("table", h("thead", top), h("tbody", *rows))


def _changes(told: Story) -> Iterator[Html]:
    """Write what would change the answer: other views of the same claim, and other baselines."""
    rows = list(_variants(told))
    if rows:
        compared = next(iter(told.against.values()))
        yield h("h2", "What would change the answer")
        top = h("tr", h("td", ""), h("th", "Net saving", scope="col"))
        body = (h("tr", h("th", what, scope="row"), h("td", h("b", _kept(value)))) for what, value in rows)
        yield h(
            "table", h("caption", f"{compared.plan.heading}, one thing changed"), h("thead", top), h("tbody", *body)
        )


#: Rows of a summary that are the same saving under something else, and what they are called here.
_ELSE = {
    "if every claim came true": "If every claim came true in full",
    "if half of the children averted": "If half of those kept out of care came within two years",
    "if a child-year averted": "If a child-year averted saved what the Review said",
    "if all of the gross saving": "If all that is no longer needed were cash",
    "with spending sustained": "If spending went on as long as its effects",
}


def _variants(told: Story) -> Iterator[tuple[str, str]]:
    if not told.against:
        return
    compared = next(iter(told.against.values()))
    made = told.answer
    column = next(i for i, c in enumerate(made.columns) if c.key == compared.plan.name)
    for row in compared.rows:
        for words, label in _ELSE.items():
            if words in row.what:
                yield label, row.value.replace(numbers.MINUS, "cost ")
    rivals = _starting(made, RIVALS)
    if rivals is not None and rivals.cells[column].value != DASH:
        under = f"under other baselines ({rivals.cells[column].below})"
        yield f"If effects were as stated, {under}", rivals.cells[column].value
    share = _starting(made, "Breaks even")
    if share is not None and share.cells[column].value != DASH:
        yield "Breaks even if this much comes true, for certain", share.cells[column].value


def _mind(made: Answer) -> Iterator[Html]:
    yield h("h2", f"{_count(len(made.mind))} things to know before quoting this")
    yield h("ol", *(h("li", text) for text in made.mind))


def _count(n: int) -> str:
    return {3: "Three", 4: "Four", 5: "Five"}.get(n, str(n))


def _foot(told: Story) -> Html:
    """Write the glossary, and the line that cites the run."""
    words = joined([joined([h("b", word), f": {meaning} "]) for word, meaning in GLOSSARY])
    p, draws = told.provenance, told.draws
    drawn = numbers.drawn(draws.n, draws.seed)
    cite = f"carecost {p.version}, {told.assumptions.name} ({p.digest}), {drawn}. Everything behind it: annex.html."
    source = "Figures: Department for Education, HM Treasury, ONS, Open Government Licence v3.0."
    return h("div", h("p", words), h("p", f"{cite} {source}"), class_="notes")
