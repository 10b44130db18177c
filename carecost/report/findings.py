"""Page sections on what was found: opening, summary, spending by group, counted outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.engine.items import OUTCOMES, SOCIAL
from carecost.files.packaged import record
from carecost.report.answer import NEAR, PROGRAMME
from carecost.report.headline import SummaryRow
from carecost.report.html import Html, h, joined, section, table
from carecost.report.words import plain
from carecost.results.tables import interval
from carecost.simulation.comparison import REFORM
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.engine.items import Item
    from carecost.report.story import Against, Story


#: Title of the section of outcomes.
OUTCOMES_TITLE = "Outcomes that are counted"


#: Scenarios whose titles the page begins with; of more it has the names.
FEW = 2


def opening(told: Story) -> Html:
    """Write the title, the finding, and the warnings.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    findings = [plain(text) for text in (told.children, *(one.finding for one in told.against.values()))]
    named = [(one.plan.heading, plain(text)) for one in told.against.values() for text in one.warnings]
    # Where there are several scenarios, each warning says of which it is.
    alone = len(told.against) == 1
    warnings = [text if alone or text.startswith(name) else f"{name}: {text}" for name, text in named]
    what_intervals_hold = numbers.interval(told.draws.noise) if told.draws.n > 1 else numbers.no_interval(told.draws.n)
    return h(
        "header",
        h("h1", title(told)),
        *(h("p", sentence, class_="lede") for sentence in findings),
        *(h("div", h("p", text), class_="claim", role="note") for text in warnings),
        h("p", numbers.sentence(what_intervals_hold), class_="small"),
    )


def title(told: Story) -> str:
    """Say what the page is about: its scenarios, and the set of assumptions.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    str
        Plain text.
    """
    titles = [compared.plan.title for compared in told.against.values()]
    if len(titles) > FEW:
        titles = ["; ".join(compared.plan.heading for compared in told.against.values())]
    about = f"{'; '.join(titles)}, compared with no reform" if titles else "No reform"
    return f"{about}. {told.assumptions.title or told.assumptions.name}"


def summaries(told: Story) -> Html:
    """Write the table that people quote, for each scenario; for inaction where there is nothing else.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    heads = summary_heads(told.draws.n > 1)
    parts = [*_answered(told), *(part for compared in told.against.values() for part in _summary(compared, heads))]
    if not told.against:
        alone = told.spending[INACTION].plan
        parts.append(_summary_table(alone.title, told.inaction, heads))
    rounding = "Each number is rounded by itself, so differences may not add up in the last figure. "
    meaning = "Fixed means the same in every draw; none, that there is no such number. "
    meaning += "A row without an interval is of one run or one ratio." if told.draws.n > 1 else ""
    return section("summary", "Summary", *parts, h("p", rounding + meaning, class_="note"))


def _answered(told: Story) -> Iterator[Html]:
    """Write the table of the brief, and in what its spending differs from that of the tables below."""
    made = told.answer
    heads = ["", *(f"{column.title}, {column.under}" if column.under else column.title for column in made.columns)]
    cells = (
        [line.label, *(f"{cell.value} ({cell.below})" if cell.below else cell.value for cell in line.cells)]
        for line in made.lines
    )
    yield table(f"The table of the brief; money in {made.prices} unless said", heads, cells)
    known = record(told.assumptions.record) if told.assumptions.record else ()
    money = next((row for row in known if (row["part"], row["what"]) == ("came", PROGRAMME)), None)
    if money is not None:
        words = f"{numbers.pounds(float(money['value']))} is {money['words']} ({money['source']})."
        yield h("p", f"What came of the money that was asked for: {words}", class_="note")
    near = next((said for said in made.mind if said.startswith(NEAR)), "")
    if near:
        yield h("p", f"{near} The tables below are of all spending that is counted.", class_="note")


def summary_heads(drawn: bool) -> tuple[str, str, str, str]:
    """Name the columns of the summary: what leads is the mean over draws, or the central run where there are none.

    Parameters
    ----------
    drawn : bool
        Whether there are draws.

    Returns
    -------
    tuple of str
        Four heads.
    """
    return "What", "Mean" if drawn else "Central", numbers.LEVEL_WORDS if drawn else "Interval", "Unit"


def _summary(compared: Against, heads: Sequence[str]) -> Iterator[Html]:
    """Write the summary of one scenario, on whose word it is, and what it rests on."""
    yield _summary_table(f"{compared.plan.title}, against no reform", compared.rows, heads)
    if compared.plan.claim:
        yield h("p", f"{numbers.claim(lever.source for lever in compared.plan.levers)}.", class_="note")
    if compared.footing:
        yield h("p", plain(compared.footing), class_="note")


def _summary_table(caption: str, rows: Sequence[SummaryRow], heads: Sequence[str]) -> Html:
    cells = [(plain(row.what), row.value, row.interval, row.unit) for row in rows]
    return table(caption, heads, cells, numbers=(1, 2))


def spending(told: Story) -> Html:
    """Write the spend of each group of cost items in the first, the tenth and the last year.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    years = _shown_years(told)
    heads = ["Group", *(_labels.financial_year(told.grid.years[y]) for y in years)]
    prices = _labels.financial_year(told.assumptions.price_year)
    # One scale for every scenario, so that their tables can be read side by side.
    scale = _scale(max(float(spent.public.mean(0).max()) for spent in told.spending.values()))
    parts = []
    for spent in told.spending.values():
        cells = [
            [
                label,
                *(_money(spent.drawn[:, y, items].sum(-1), scale) for y in years),
            ]
            for label, items in _groups(told.grid.items)
        ]
        claim = f"; {numbers.CLAIM}" if spent.plan.claim else ""
        caption = f"{spent.plan.title}: £ a year, {prices} prices{claim}"
        none = [str(row[0]) for row in cells if set(row[1:]) == {"£0"}]
        some = [row for row in cells if str(row[0]) not in none]
        parts.append(table(caption, heads, some, numbers=range(1, len(heads)), total=True))
        if none:
            parts.append(h("p", f"Nothing in any of these years: {', '.join(none)}.", class_="note"))
    note = f"{_shown(told)} Intervals of groups do not add up to that of the total."
    parts.append(h("p", note, class_="note"))
    parts.append(h("p", plain(told.growth)))
    return section("spend", "Spend by group", *parts)


def outcomes(told: Story) -> Html:
    """Write how many have each outcome that the set counts, in the years in which spending is shown.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup; empty where the set counts none.
    """
    years, items = _shown_years(told), told.grid.items
    counted = [i for i, item in enumerate(items) if item.account == OUTCOMES]
    if not counted:
        return Html("")
    heads = ["Outcome", *(_labels.financial_year(told.grid.years[y]) for y in years)]
    parts = []
    for spent in told.spending.values():
        cells = [[items[i].name, *(_counted(spent.drawn[:, y, i]) for y in years)] for i in counted]
        claim = f"; {numbers.CLAIM}" if spent.plan.claim else ""
        caption = f"{spent.plan.title}: number a year{claim}"
        parts.append(table(caption, heads, cells, numbers=range(1, len(heads))))
    note = (
        f"{_shown(told)} Outcomes overlap and are never added: one young person may have several. "
        "No pounds, and in no budget. A nought is a level of zero: its note, under what is assumed, says whether "
        "nothing is published or nothing is there. Every year is in outcomes.csv."
    )
    return section(OUTCOMES, OUTCOMES_TITLE, *parts, h("p", note, class_="note"))


def _shown_years(told: Story) -> list[int]:
    """Choose the first, the tenth and the last year, by position; fewer where they are the same."""
    last = len(told.grid.years) - 1
    return list(dict.fromkeys([0, min(9, last), last]))


def _shown(told: Story) -> str:
    """Say what the cells of a table are."""
    return f"Mean; {numbers.LEVEL_WORDS} below it." if told.draws.n > 1 else "Central run."


def _counted(drawn: Array) -> Html:
    """Write a number of outcomes, (draw,), with its interval below it, rounded alike."""
    values = [float(drawn.mean()), *interval(drawn)]
    largest = max(map(abs, values))
    shown, low, high = (numbers.children(v, largest) if largest >= 10 else numbers.number(v) for v in values)
    return joined([shown] if low == high else [shown, h("span", f"{low} to {high}", class_="small")])


def _scale(largest: float) -> numbers.Scale:
    """Choose one unit for small groups and their total: two decimals of a billion, one of a million."""
    scale = numbers.money_scale(largest)
    return numbers.Scale(scale.divisor, scale.ending, {"bn": 2, "m": 1}.get(scale.ending, 0))


def _groups(items: Sequence[Item]) -> Iterator[tuple[str, list[int]]]:
    """Name each group and find its items; reform and the total last."""
    money = [i for i in items if i.account != OUTCOMES]
    # A group may have a budget and a social ledger: they are never added.
    keys = sorted(dict.fromkeys((i.group, i.account == SOCIAL) for i in money), key=lambda k: (k[0] == REFORM, k[1]))
    for group, social in keys:
        label = f"{group} (social, not in the total)" if social else group
        same = [(i.group, i.account == SOCIAL) == (group, social) and i.account != OUTCOMES for i in items]
        yield label, [n for n, chosen in enumerate(same) if chosen]
    yield "Total of the public purse", [n for n, i in enumerate(items) if i.public]


def _money(drawn: Array, scale: numbers.Scale) -> Html:
    """Write an amount, (draw,) [GBP], with its interval below it."""
    if not drawn.any():
        return joined(["£0"])
    shown = numbers.pounds(float(drawn.mean()), scale)
    low, high = (numbers.pounds(v, scale) for v in interval(drawn))
    return joined([shown] if low == high else [shown, h("span", f"{low} to {high}", class_="small")])
