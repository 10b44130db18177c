"""Describe a set or a scenario in plain text: values, intervals, sources, grades, gaps and contradictions."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable

from carecost._labels import financial_year
from carecost.engine.items import OUTCOMES
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import QUALITIES, Assumption
from carecost.inputs.change import Change
from carecost.inputs.scenario import Lever, Scenario
from carecost.text.statements import come_later, evidence_line, order_of, tied

WIDTH = 108


#: What the unit costs of outcomes are called.
LEVELS = "levels of outcomes, counted in no pounds"


def assumptions_text(assumptions: Assumptions, every_row: bool = False) -> str:
    """Describe a set.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    every_row : bool
        Print every row; otherwise long tables are summed up.

    Returns
    -------
    str
        Plain text, at most 108 columns wide.
    """
    a = assumptions
    parts = [
        f"{a.name}: {a.title}",
        f"from 31 March {a.base_year}, {a.years} years, prices of {financial_year(a.price_year)}, "
        f"programme year 1 is {financial_year(a.programme_start)}",
        f"deflator {a.deflator.vintage}, discount rates {a.discount.name}",
        _paragraph("Scope", a.scope),
        *(_paragraph(f'Scope "{s.name}"', s.note) for s in a.scopes),
        _paragraph("Inaction", a.inaction),
        "" if a.background is None else _paragraph("Behind every scenario", a.background.title),
        _paragraph("Indexation", indexation(a)),
        _paragraph("Placements", "; ".join(p.name for p in a.placements if p.in_care)),
        _paragraph("Outside care", "; ".join(p.name for p in a.placements if not p.in_care)),
        _paragraph("Places that run out", order_of(a)),
        "Streams: " + "; ".join(a.streams),
    ]
    inside = {p.name for p in a.placements if p.in_care}
    tables = _tables(a)
    parts += [_table(name, rows, every_row or name == LEVELS, inside) for name, rows in tables.items()]
    dependence = list(tied(a))
    if dependence:
        parts.append("\nWhat moves together, what wanders over the years, and time in care:")
        parts += [_wrapped(f"{what}: {how}" + (f"; {source}" if source else "")) for what, how, source in dependence]
    parts += _notes(a)
    return "\n".join(filter(None, parts))


def _tables(a: Assumptions) -> dict[str, list[Assumption]]:
    """Sort rows by what they are of: levels of outcomes are counted, and stand apart from unit costs."""
    counted = {item.name for item in a.items if item.account == OUTCOMES}
    tables: dict[str, list[Assumption]] = {}
    for row in a.rows:
        level = row.parameter == "unit_cost" and row.kind == "value" and set(row.where.items or ("",)) <= counted
        tables.setdefault(LEVELS if level else row.parameter if row.kind == "value" else row.kind, []).append(row)
    return tables


def indexation(assumptions: Assumptions) -> str:
    """Say which unit costs grow beyond general inflation, each by a line of the set, and which do not.

    Parameters
    ----------
    assumptions : Assumptions
        The set.

    Returns
    -------
    str
        A few sentences.
    """
    lines = [r for r in assumptions.rows if r.kind == "growth" and r.parameter == "unit_cost"]
    every = [i.name for i in assumptions.items if i.account != OUTCOMES]
    if not every:
        return ""
    grown = {name for r in lines for name in (every if r.where.items is None else r.where.items)}
    named = f"by the lines of growth {', '.join(repr(r.name) for r in lines)}" if lines else "none"
    constant = ", ".join(name for name in every if name not in grown) or "none"
    return (
        f"nothing is indexed by default. Unit costs that grow in real terms: {named}. Unit costs that stay as they "
        f"are, in prices of {financial_year(assumptions.price_year)}: {constant}. General inflation is in cash alone."
    )


def _table(name: str, rows: list[Assumption], every_row: bool, inside: set[str]) -> str:
    grades = ", ".join(f"{n} {g}" for g, n in sorted(Counter(r.belief.quality for r in rows).items()))
    lines = [textwrap.fill(f"{name} [{_units(rows)}]: {_rows(len(rows))} ({grades})", WIDTH, subsequent_indent="  ")]
    lines[0] = f"\n{lines[0]}"
    if every_row or len(rows) <= 20:
        several = len({r.belief.unit for r in rows}) > 1
        lines += [_row(r, f" {r.belief.unit}" if several else "") for r in rows]
    else:
        if rows[0].parameter in ("initial_stock", "extra_entries"):
            lines.append(_total(rows, inside))
        sources = Counter(r.belief.source for r in rows)
        lines += [_wrapped(f"{_rows(n)}: {source}") for source, n in sources.most_common()]
        lines.append("  (--all prints every row)")
    return "\n".join(lines)


def _rows(n: int) -> str:
    return f"{n} row" if n == 1 else f"{n} rows"


def _total(rows: list[Assumption], inside: set[str]) -> str:
    """Add children up, and say how many of them are in care where some are not."""
    total = sum(r.belief.value for r in rows)
    care = sum(r.belief.value for r in rows if set(r.where.placements or ()) <= inside)
    return f"  total {total:,.0f}" + (f", of whom {care:,.0f} in care" if care != total else "")


def _units(rows: Iterable[Assumption]) -> str:
    return ", ".join(dict.fromkeys(r.belief.unit for r in rows))


def _row(row: Assumption, unit: str) -> str:
    b = row.belief
    label = row.name or row.where.text() or "all"
    spread = "" if b.certain else f" ({b.low:,.6g} to {b.high:,.6g}, {b.level:.0%}, {b.shape})"
    held = f", held for {row.hold_years} years, then" if row.hold_years else ","
    fade = "" if row.fade_years is None else f"{held} fading to {row.long_run:g} over {row.fade_years} years"
    note = f" — {b.note}" if b.note else ""
    return _wrapped(f"{label}: {b.value:,.6g}{unit}{spread}{fade}; {b.quality}; {b.source}{note}")


def _notes(a: Assumptions) -> list[str]:
    out = ["", _paragraph("Grades", "; ".join(f"{k} {v}" for k, v in QUALITIES.items()))]
    gaps = [n for n in a.notes if n.kind == "gap"]
    if gaps:
        out.append("\nNot published, and the rule used:")
        out += [_wrapped(f"{n.what}. There is: {n.says[0]}. Rule: {n.says[1]}") for n in gaps]
    contradictions = [n for n in a.notes if n.kind == "contradiction"]
    if contradictions:
        out.append("\nWhere the record disagrees with itself, or can be read in two ways:")
        out += [_wrapped(f"{n.what}: " + " | ".join(n.says)) for n in contradictions]
    left_out = [n for n in a.notes if n.kind == "left_out"]
    if left_out:
        out.append("\nNot in it:")
        out += [_wrapped(n.what) for n in left_out]
    return out


def scenario_text(scenario: Scenario) -> str:
    """Describe a scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    str
        Plain text: each lever with source, grade and changes.
    """
    parts = [f"{scenario.name}: {scenario.title}"]
    if scenario.claim:
        parts.append("Effects as claimed, not evidenced.")
    parts.append(_paragraph("Made for", scenario.made_for))
    parts.append(_paragraph("Note", scenario.note))
    for lever in scenario.levers:
        head = f"{lever.name} ({lever.quality or 'no grade'}; {_basis(lever)}; {lever.source or 'no source'})"
        parts.append("\n" + textwrap.fill(head, WIDTH, subsequent_indent="  "))
        if lever.note:
            parts.append(_wrapped(lever.note))
        if lever.paid_by:
            parts.append(_wrapped(f"paid by: {', '.join(lever.paid_by)}"))
        if lever.line:
            parts.append(_wrapped(f"line of money, counted once where scenarios share it: {lever.line}"))
        if lever.luck:
            how = "one luck" if lever.loading == 1.0 else f"correlated (loading {lever.loading:g})"
            parts.append(_wrapped(f"{how} with every lever that names it: {lever.luck}"))
        if lever.evidence:
            parts.append("  What is known:")
            parts += [_wrapped(f"- {known}") for known in map(evidence_line, lever.evidence)]
        parts += [_wrapped(_change(c)) for c in lever.changes]
    if not scenario.levers:
        parts.append("No levers: this is inaction.")
    return "\n".join(filter(None, parts))


def _basis(lever: Lever) -> str:
    """Say what the effects of a lever rest on, or that it has none: it spends, or has a place for an effect."""
    if lever.acts:
        return f"effects {lever.basis}"
    return "spending only" if any(c.programme_spend for c in lever.changes) else "a place for an effect, at zero"


def _value(value: float) -> str:
    """Write a value with six figures; whole pounds from a million on."""
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6g}"


def _change(c: Change) -> str:
    ends = " to ".join(_value(end) for end in (c.amount.low, c.amount.high) if end is not None)
    spread = "" if c.amount.certain else f" ({ends}, {c.amount.level:.0%}, {c.amount.shape})"
    prices = "" if c.price_year is None else f", {financial_year(c.price_year)} prices"
    when = f"programme years {c.start} to {c.full}" if c.full > c.start else f"from programme year {c.start}"
    end = "" if c.end is None else f", until year {c.end}"
    which = f" [{c.where.text()}]" if c.where.text() else ""
    often = "" if c.times is None else f" x {_value(c.times.value)} {c.times_of}"
    fading = "" if c.half_life is None else f", then halving every {c.half_life:g} years"
    amount = f"{_value(c.amount.value)} {c.unit}{spread}{often}{prices}"
    later = f"; {text}" if (text := come_later(c)) else ""
    return f"{c.operation} {c.parameter}{which} by {amount}, {when}{end}{fading}{later}"


def _paragraph(head: str, text: str) -> str:
    return textwrap.fill(f"{head}: {text}", WIDTH, subsequent_indent="  ") if text else ""


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
