"""Page sections on what the numbers rest on: levers, assumptions, gaps, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from carecost import _labels
from carecost.engine.items import OUTCOMES
from carecost.inputs.belief import QUALITIES, Assumption
from carecost.money.discounting import TIMINGS
from carecost.report.html import Html, h, joined, section, table
from carecost.text import numbers, statements

if TYPE_CHECKING:
    from carecost.engine.items import Item
    from carecost.inputs.assumptions import Assumptions
    from carecost.inputs.belief import Belief
    from carecost.inputs.scenario import Lever, Scenario
    from carecost.report.story import Story


#: Tables of up to so many rows are open from the start.
SHORT = 12


_KINDS = {"growth": "Growth over time", "adjustment": "Multipliers common to many rows"}


def levers(told: Story) -> Html:
    """Write what each lever of each scenario changes, on whose word.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    counted = {item.name for item in told.grid.items if item.account == OUTCOMES}
    parts = [
        part for compared in told.against.values() for part in _scenario(compared.plan, told.programme_start, counted)
    ]
    return section("levers", "What each scenario does", *(parts or [h("p", "No reform alone: there is no programme.")]))


def _scenario(scenario: Scenario, begin: int, counted: set[str]) -> Iterator[Html]:
    yield h("h3", scenario.title or scenario.name)
    if scenario.claim:
        yield h("p", h("strong", f"{numbers.claim(lever.source for lever in scenario.levers)}."))
    if scenario.made_for:
        yield h("p", f"Made for {scenario.made_for}.")
    if scenario.note:
        yield h("p", scenario.note)
    # What acts is open; money alone is a line to be opened; what does neither is named.
    still = [lever for lever in scenario.levers if not lever.acts and not lever.spends]
    for lever in scenario.levers:
        if lever not in still:
            yield _lever(lever, begin, counted)
    if still:
        yield h(
            "details",
            h("summary", f"No effect stated, and no money: {', '.join(one.name for one in still)}"),
            *(_lever(lever, begin, counted) for lever in still),
        )


def _lever(lever: Lever, begin: int, counted: set[str]) -> Html:
    """Write what a part of a programme changes, on whose word."""
    heads = ("What changes", "At full effect", "Interval", "When")
    parts: list[Html] = [
        table(lever.name, heads, [statements.change_of(c, begin, counted) for c in lever.changes], (1,))
    ]
    basis = f" Effects {lever.basis}." if lever.acts else ""
    grade = (f" Grade {lever.quality}." if lever.quality else "") + basis
    parts.append(h("p", f"Source: {lever.source or 'not stated'}.{grade} {lever.note}", class_="note"))
    if lever.luck:
        how = "One luck" if lever.loading == 1.0 else f"Correlated (loading {lever.loading:g})"
        parts.append(h("p", f"{how} with every part that names it: {lever.luck}.", class_="note"))
    if lever.evidence:
        parts.append(h("ul", *(h("li", statements.evidence_line(known)) for known in lever.evidence), class_="note"))
    about = f"effects {lever.basis}" if lever.acts else "money alone" if lever.spends else "no effect stated"
    head = h("summary", f"{lever.name} ", h("span", about, class_="small"))
    return h("details", head, *parts, open=lever.acts)


def scope(told: Story) -> Html:
    """Write what inaction means, what is counted, and in which money.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    a, grid = told.assumptions, told.grid
    first, last = (_labels.financial_year(grid.years[i]) for i in (0, -1))
    steps = zip(a.discount.rates, a.discount.until, strict=True)
    rates = ", ".join(f"{statements.amount(r, 'share')} {_until(u)}" for r, u in steps)
    rows = {
        "No reform": a.inaction or "Not stated.",
        **({} if a.background is None else {"Behind every scenario": f"{a.background.title}. {a.background.note}"}),
        "What spending is counted": a.scope or "Not stated.",
        **({"Places that run out": f"{numbers.sentence(statements.order_of(a))}"} if a.groups else {}),
        "Years": f"{first} to {last}; stocks are those of 31 March. A financial year ends on 31 March.",
        "Programme year 1": _labels.financial_year(told.programme_start),
        "Prices": f"Constant prices of {_labels.financial_year(a.price_year)}. "
        f"Deflator: {a.deflator.vintage}; outturn to {_labels.financial_year(a.deflator.last_outturn)}, forecast to "
        f"{_labels.financial_year(a.deflator.last)}, then growing at its last rate. {a.deflator.source}",
        "Discounting": f"{a.discount.name}: {rates}, from {first} on. Each flow at the same point of its year, valued "
        f"at that point of {first}, whose factor is 1. {a.discount.source}",
    }
    return section("scope", "What no reform means and what is counted", _list(rows), *_rates(told))


def _rates(told: Story) -> Iterator[Html]:
    """Write the net present saving at each packaged discount schedule, and how it differs with the timing."""
    if not told.against:
        return
    # A row a scenario and schedule, a column a timing.
    amounts: dict[tuple[str, str], list[str]] = {}
    leads = "mean" if told.draws.n > 1 else "central"
    for compared in told.against.values():
        for timing in TIMINGS:
            for row in compared.present_values[timing].to_dict("records"):
                if row["quantile"] == leads:
                    amounts.setdefault((compared.plan.heading, row["discount"]), []).append(
                        numbers.pounds(row["value"])
                    )
    heads = ("Scenario", "Discount rates", *(numbers.sentence(t)[:-1] for t in TIMINGS))
    rows = [(*scenario_and_schedule, *cells) for scenario_and_schedule, cells in amounts.items()]
    of = "mean over draws" if told.draws.n > 1 else "central run"
    yield table(f"Net saving to the public purse, {of}, by discount rates", heads, rows, (2, 3, 4))
    words = "The health schedule is for effects on health alone and is shown as a test. Mid-year and year-end value at "
    yield h("p", f"{words}the start of the first year. An uncertain rate is no reason for a higher one.", class_="note")


def _until(year: float) -> str:
    return "after that" if year == float("inf") else f"to year {year:.0f}"


def _list(rows: dict[str, str], short: bool = False) -> Html:
    parts = (part for name, text in rows.items() for part in (h("dt", name), h("dd", text)))
    return h("dl", *parts, class_="short" if short else False)


def beliefs(told: Story) -> Html:
    """Write every assumption: value, interval, unit, source, grade and note; a part for each parameter.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    assumptions = told.assumptions
    groups: dict[str, list[Assumption]] = {}
    for row in assumptions.rows:
        groups.setdefault(row.parameter if row.kind == "value" else row.kind, []).append(row)
    grades = table("Grades", ("Grade", "Meaning"), QUALITIES.items())
    note = "An interval of none: the value is taken as known. Open the parts that should be printed before printing."
    parts = [_part(name, rows) for name, rows in groups.items()] + _tied(assumptions)
    return section("assumptions", "What is assumed", h("p", note, class_="note"), grades, *parts, _items(assumptions))


def _part(name: str, rows: list[Assumption]) -> Html:
    """Write the rows of one parameter, those of one source together where there are many."""
    counted = Counter(row.belief.quality for row in rows)
    grades = ", ".join(f"{counted[g]} {g}" if len(counted) > 1 else g for g in sorted(counted))
    unsure = sum(not row.belief.certain for row in rows)
    size = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}, grade{'s' if len(counted) > 1 else ''} {grades}"
    about = f"{size}; {f'{unsure:,} of them' if unsure else 'none'} with an interval"
    words = {**statements.PARAMETERS, **_KINDS}.get(name, name)
    sources: dict[tuple[str, ...], list[Assumption]] = {}
    for row in rows:
        sources.setdefault(_said_by(row.belief), []).append(row)
    tables = [_by_source(rows) for rows in sources.values()] if 3 * len(sources) <= len(rows) else [_one_by_one(rows)]
    head = h("summary", f"{words} ({name}) ", h("span", about, class_="small"))
    return h("details", head, *tables, open=len(rows) <= SHORT)


def _said_by(b: Belief) -> tuple[str, ...]:
    return b.source, b.quality, b.note, statements.unit_words(b.unit, b.price_year)


def _by_source(rows: list[Assumption]) -> Html:
    source, quality, note, unit = _said_by(rows[0].belief)
    grade = f"Grade {quality}, {QUALITIES[quality]}." if quality else "Not graded."
    heads = ("For", "Value", "Interval", "Year of source")
    cells = [(*statements.assumption(row), row.belief.source_year) for row in rows]
    said = h("p", f"Source: {source}. {grade} {numbers.sentence(note) if note else ''}", class_="note")
    return joined([said, table(f"Unit: {unit}", heads, cells, numbers=(1,))])


def _one_by_one(rows: list[Assumption]) -> Html:
    heads = ("For", "Value", "Interval", "Unit", "Source", "Grade", "Note")
    cells = []
    for row in rows:
        b = row.belief
        source = f"{b.source} ({b.source_year})" if b.source_year else b.source
        cells.append(
            (*statements.assumption(row), statements.unit_words(b.unit, b.price_year), source, b.quality, b.note)
        )
    return table("Each with its source", heads, cells, numbers=(1,))


def _tied(assumptions: Assumptions) -> list[Html]:
    """Write what moves together and what wanders, where anything does."""
    rows = list(statements.tied(assumptions))
    head = h(
        "summary",
        "What moves together, what wanders, and time in care ",
        h("span", f"{len(rows)} stated", class_="small"),
    )
    tables = table("Correlations, joint draws, paths and phases", ("Which", "What is stated", "On whose word"), rows)
    return [h("details", head, tables, open=True)] if rows else []


def _items(assumptions: Assumptions) -> Html:
    """Write what is paid for, by whom, and how much of a saving becomes cash."""
    heads = ("Item", "Paid", "Payer", "Gross or net", "Share of a saving that is cash", "Source", "Grade", "Note")
    rows = [
        (
            i.name,
            f"{i.unit.removeprefix('GBP ')}; {i.group}",
            i.payer,
            i.gross_net,
            _cash(i),
            i.source,
            i.quality,
            i.note,
        )
        for i in assumptions.items
    ]
    head = h("summary", "What is paid for (items) ", h("span", f"{len(rows)} items", class_="small"))
    return h("details", head, table("Cost items", heads, rows))


def _cash(item: Item) -> str:
    c = item.cashable
    if c.short == c.long or not c.years:
        return numbers.percent(c.long)
    return f"{numbers.percent(c.short)}, rising to {numbers.percent(c.long)} in {c.years} years"


def notes(told: Story) -> Html:
    """Write gaps and their rules, contradictions of the record, and what is left out.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    kinds = {
        kind: [n for n in told.assumptions.notes if n.kind == kind] for kind in ("gap", "contradiction", "left_out")
    }
    gaps = [(n.what, *_two(n.says)) for n in kinds["gap"]]
    against = [(n.what, "; ".join(n.says)) for n in kinds["contradiction"]]
    own = (
        []
        if told.draws.noise
        else ["The luck of small numbers: intervals hold parameter uncertainty only, as stated in the set."]
    )
    left = [*(n.what for n in kinds["left_out"]), *own]
    return section(
        "limits",
        "What is not in it",
        h("ul", *(h("li", text) for text in left)),
        table("Not published, and the rule used instead", ("Asked", "Published", "Rule"), gaps) if gaps else "",
        table("Where the record disagrees with itself", ("About", "What it says"), against) if against else "",
    )


def _two(says: Sequence[str]) -> tuple[str, str]:
    return (says[0] if says else "", says[1] if len(says) > 1 else "")


def provenance(told: Story) -> Html:
    """Write the provenance of the run: digest of its assumptions, draws, prices, version.

    Parameters
    ----------
    told : Story
        What a run has to say.

    Returns
    -------
    Html
        Markup.
    """
    names = {"assumptions": "Assumptions", "digest": "Digest of the assumptions", "version": "Version of carecost"}
    fields = told.provenance.as_dict()
    rows = {names.get(k, numbers.sentence(k.replace("_", " "))[:-1]): str(v) for k, v in fields.items()}
    return section("provenance", "Which run this is", _list(rows, short=True))
