"""The explorer: a page with sliders that works out any setting of a run by itself, from means that are put into it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.surface import (
    ENTRIES,
    Block,
    Spending,
    Surface,
    first_years,
    growths,
    priced_by_factor,
    surface,
)
from carecost.errors import CareCostError, InputError, Problem
from carecost.files.archive import add_files
from carecost.files.load import load_assumptions, load_scenario
from carecost.files.parsing import with_ending
from carecost.money.discounting import discount_factors, growth_path
from carecost.report.html import Html, document, h
from carecost.simulation.comparison import REFORM, follows_care
from carecost.simulation.run import Run
from carecost.simulation.run import run as run_simulation
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results

#: The file beside the brief.
EXPLORER = "explorer.html"
#: Years after the one of the run in which the programme may start, unless others are asked for.
LATER = (0, 1, 2)
#: Sliders: least, most and step. Claims are no more than whole; the rest is wider than anything that was published.
CLAIM, LEVEL, PRICE, CASH, SUSTAINED = (
    (0.0, 1.0, 0.01),
    (0.8, 1.2, 0.005),
    (0.5, 1.5, 0.01),
    (0.0, 2.0, 0.02),
    (0.0, 1.0, 0.01),
)
GROWTH_STEP = 0.001
#: A page that is larger is refused [bytes].
LARGEST = 1_000_000
#: Nothing is fetched, and nothing sent.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def write_explorer(results: Results, path: str | Path, starts: Sequence[int] | None = None) -> Path:
    """Write the explorer of a run.

    Parameters
    ----------
    results : Results
        What a run gave.
    path : str or Path
        The file, ending in ``.html``.
    starts : sequence of int, optional
        Calendar years in which programme year 1 may be; that of the run and the two after it by default.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    FileError
        If it cannot be written, or does not end in ``.html``.
    InputError
        If there is no scenario but inaction, or the page would be larger than a megabyte.
    """
    path = named(path)
    made = page(payload(results.run, starts)).encode()
    if len(made) > LARGEST:
        what = f"the explorer would have {len(made):,} bytes, more than {LARGEST:,}"
        raise InputError(Problem(what, "explorer()", "Give fewer scenarios, or fewer years of start"))
    return add_files(path.parent, {path.name: made})[0]


def named(path: str | Path) -> Path:
    """Take the name of the file, before anything is run.

    Raises
    ------
    FileError
        If it does not end in ``.html``.
    """
    return with_ending(path, ".html")


# What is put into the page


def payload(run: Run, starts: Sequence[int] | None = None) -> dict[str, Any]:
    """Work out what the page is made of.

    Parameters
    ----------
    run : Run
        A run with at least one scenario beside inaction.
    starts : sequence of int, optional
        Years of start.

    Returns
    -------
    dict
        Plain numbers and words; arrays as base64 of little-endian floats.
    """
    plans = [plan for name, plan in run.scenarios.items() if name != INACTION]
    if not plans:
        raise InputError(Problem("the run has no scenario beside inaction", "explorer()", "Run it with one"))
    own, assumptions, grid = run.calendar.programme_start, run.assumptions, run.grid
    if starts is None:
        latest = max((run.first_year(plan) or own for plan in plans), default=own)
        starts = [own + later for later in LATER if latest + later <= grid.years[-1]]
    starts = sorted({own, *starts})
    cases = []
    for start in starts:
        draws = replace(run.draws, noise=False)
        made = run if start == own else run_simulation(assumptions, plans, grid.n_years, draws, start)
        cases += [_case(made, surface(made, plan.name), start) for plan in plans]
    p, rows = run.provenance, growths(run)
    by_factor = priced_by_factor(run)
    chosen = {item: i for i, row in enumerate(rows) for item in row.where.items or ()}
    return {
        "title": assumptions.title or assumptions.name,
        "set": assumptions.name,
        "cite": f"carecost {p.version}, {assumptions.name} ({p.digest})",
        "draws": run.draws.n if not run.draws.central else 0,
        "seed": run.draws.seed,
        "given": run.draws.table is not None,
        "prices": f"prices of {_labels.financial_year(assumptions.price_year)}",
        "years": list(grid.years),
        "dates": list(grid.dates),
        "factors": discount_factors(grid.n_years, assumptions.discount).tolist(),
        "own": own,
        "starts": starts,
        "own_start": f", start={own}" if own != assumptions.programme_start else "",
        "load": _load_words(run),
        "scenarios": {plan.name: _plan(run, plan.name) for plan in plans},
        "items": [
            {
                "name": item.name,
                "group": item.group,
                "cashable": asdict(item.cashable),
                "reform": item.group == REFORM,
                "growth": chosen.get(item.name, -1),
                "priced": item.name in by_factor and follows_care(item, grid),
            }
            for item in grid.items
            if item.public
        ],
        "growths": [_growth(run, i) for i in range(len(rows))],
        "sliders": {"claim": CLAIM, "entries": LEVEL, "price": PRICE, "cash": CASH, "sustained": SUSTAINED},
        "largest": _largest(run, by_factor),
        "cases": cases,
    }


def _plan(run: Run, name: str) -> dict[str, Any]:
    plan = run.scenarios[name]
    try:
        packaged = load_scenario(name) == plan
    except CareCostError:
        packaged = False
    return {"title": plan.title or name, "claim": plan.claim, "packaged": packaged}


def _load_words(run: Run) -> str:
    """Say in Python how the set is had; empty where it is none that is packaged."""
    try:
        same = load_assumptions(run.assumptions.name).digest == run.assumptions.digest
    except CareCostError:
        same = False
    return f"cc.load_assumptions({run.assumptions.name!r})" if same else ""


def _growth(run: Run, i: int) -> dict[str, Any]:
    row = growths(run)[i]
    start = run.grid.base_year if row.from_year is None else row.from_year
    elapsed = [max(year - start, 0) for year in run.grid.years]
    belief = row.belief
    low, high = belief.low, belief.high
    span = max(abs(belief.value), 0.02 if low is None or high is None else max(high - belief.value, belief.value - low))
    return {
        "name": row.name,
        "items": list(row.where.items or ()),
        "value": belief.value,
        "elapsed": elapsed,
        "long_run": row.long_run,
        "fade": row.fade_years,
        "hold": row.hold_years,
        "path": growth_path(
            belief.value,
            belief.value if row.long_run is None else row.long_run,
            row.fade_years,
            np.array(elapsed),
            row.hold_years,
        )[0].tolist(),
        "least": round(min(belief.value - 1.5 * span, 0.0), 2),
        "most": round(belief.value + 1.5 * span, 2),
    }


def _largest(run: Run, by_factor: frozenset[str]) -> str:
    """Name the item of care on which inaction spends most: its price has a slider of its own."""
    spend = run.drawn[INACTION].costs.spend.sum((0, 1))
    found = {
        item.name: spend[i]
        for i, item in enumerate(run.grid.items)
        if item.public and item.name in by_factor and follows_care(item, run.grid)
    }
    return max(found, key=lambda name: float(found[name]), default="")


def _case(run: Run, made: Surface, start: int) -> dict[str, Any]:
    plan = made.scenario
    return {
        "scenario": plan.name,
        "start": start,
        "axes": [{"name": a.name, "nodes": list(a.nodes), "why": a.why} for a in made.axes],
        "first": first_years(run, plan),
        "children": [_whole(made.children[0]), _beyond(*made.children)],
        "items": [
            {
                "drawn": _spending(item.drawn),
                "known": item.growth_known and _spending(item.growth_known),
                "carried": item.carried and _single(item.carried),
            }
            for item in made.items
        ],
        "carried": list(made.carried),
    }


def _spending(of: Spending) -> dict[str, Any]:
    """Write inaction whole, and beside it what the scenario spends more, and what its prices make of that."""
    prices = _minus(of.after, of.held)
    return {
        "before": _whole(of.before),
        "more": _beyond(of.before, of.held),
        "dearer": None if not prices.values.any() else _single(prices),
    }


def _whole(block: Block) -> dict[str, Any]:
    return {"axes": list(block.axes), "f64": _text(block.values, "<f8")}


def _single(block: Block) -> dict[str, Any]:
    return {"axes": list(block.axes), "f32": _text(block.values, "<f4")}


def _beyond(before: Block, after: Block) -> dict[str, Any] | None:
    """Write a difference, which single precision holds to 1e-7 of itself; None where there is none."""
    more = _minus(after, before)
    return _single(more) if more.values.any() else None


def _minus(a: Block, b: Block) -> Block:
    """Take one block from another, over the axes of both; entries stand first in each."""
    axes = tuple(dict.fromkeys((*(x for x in (ENTRIES,) if x in (*a.axes, *b.axes)), *a.axes, *b.axes)))
    return Block(axes, _over(a, axes) - _over(b, axes))


def _over(block: Block, axes: Sequence[str]) -> Array:
    """Give an axis of length 1 to a block for each that it lacks."""
    missing = tuple(i for i, name in enumerate(axes) if name not in block.axes)
    assert [name for name in axes if name in block.axes] == list(block.axes)
    return np.expand_dims(block.values, missing)


def _text(values: Array, kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


# The page


def page(data: dict[str, Any]) -> str:
    """Lay the page out; what is in it moves by its own script.

    Parameters
    ----------
    data : dict
        As :func:`payload` gives it.

    Returns
    -------
    str
        A whole HTML page that fetches nothing.
    """
    here = files("carecost.report")
    script = here.joinpath("explorer.js").read_text(encoding="utf-8")
    style = here.joinpath("explorer.css").read_text(encoding="utf-8")
    title = f"Explore: {data['title']}"
    whole = document(title, _body(data, title), style)
    # A closing tag within a name would end the script.
    kept = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    scripts = f'<script type="application/json" id="data">{kept}</script>\n<script>\n{script}</script>\n</body>'
    policy = h("meta", http_equiv="Content-Security-Policy", content=_POLICY)
    return whole.replace("</body>", scripts).replace("<title>", f"{policy}<title>", 1)


def _body(data: dict[str, Any], title: str) -> Html:
    drawn = f"means over {data['draws']:,} draws, seed {data['seed']}" if data["draws"] else "the central run"
    lead = (
        f"Move a slider: every number on this page is worked out again, from {drawn}. Nothing is fetched or sent. "
        f"Money is in {data['prices']}."
    )
    return h(
        "main",
        h("h1", title),
        h("p", lead, class_="lead"),
        h("noscript", h("p", "This page works its numbers out with JavaScript, which is switched off here.")),
        h(
            "div",
            h("form", id="controls", aria_label="Settings"),
            h(
                "div",
                h("p", "", id="problem", role="alert", hidden=True),
                h("div", "", id="sentences", role="status", aria_live="polite"),
                h("div", "", id="table"),
                h("figure", h("div", "", id="chart-children"), h("figcaption", "", id="words-children")),
                h("figure", h("div", "", id="chart-net"), h("figcaption", "", id="words-net")),
                _copies(),
                _notes(data),
                class_="results",
            ),
            class_="sides",
        ),
        h("p", "", id="brief", aria_hidden="true"),
    )


def _copies() -> Html:
    buttons = (
        h("button", words, type="button", id=name)
        for name, words in (("copy-link", "Copy the link"), ("copy-python", "Copy as Python"))
    )
    command = h("div", h("h3", "As a command"), h("pre", "", id="command", tabindex="0", aria_label="Command"))
    python = h("div", h("h3", "As Python"), h("pre", "", id="python", tabindex="0", aria_label="Python"))
    heading = h("h2", "Keep this setting", id="keep")
    said = h("span", "", id="copied", role="status")
    return h("section", heading, h("p", *buttons, said), command, python, aria_labelledby="keep", class_="keep")


def _notes(data: dict[str, Any]) -> Html:
    """Say what is exact, what is interpolated and what is not here."""
    why = {axis["name"]: axis["why"] for case in data["cases"] for axis in case["axes"] if axis["why"]}
    interval = "No interval is worked out for a setting; that of the published case is in the brief."
    lines = [
        "Exact, but for rounding to seven figures: shares of claims that act on entries or prices, level of entries, "
        "prices, growth of prices, cashable share, spending sustained. Children are linear in entries, and money in "
        "prices, in every draw.",
        *(f"Interpolated from runs at {_nodes(name, data)}: {name} ({reason})." for name, reason in why.items()),
        "Chosen, each a run of its own: scenario and year of start.",
        "A growth of prices that you move is taken as known; until then it is drawn as the set has it.",
        *(
            ["The share at which it breaks even is that of the mean; the brief gives that of the central run."]
            if data["draws"]
            else []
        ),
        interval if data["draws"] else "This is a central run: it has no interval.",
        "Not here: delay of a scenario, baselines (a run under another one has an explorer of its own), placement mix.",
    ]
    cite = h("p", f"{data['cite']}; {data['draws']:,} draws, seed {data['seed']}.", class_="cite")
    items = (h("li", numbers.sentence(line)) for line in lines)
    return h("section", h("h2", "What is exact", id="exact"), h("ul", *items), cite, aria_labelledby="exact")


def _nodes(name: str, data: dict[str, Any]) -> str:
    nodes = next(axis["nodes"] for case in data["cases"] for axis in case["axes"] if axis["name"] == name)
    return ", ".join(f"{node:.0%}" for node in nodes)
