"""The explorer: a page with sliders that works out any setting of a run by itself, from means that are put into it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecost.errors import InputError, Problem
from carecost.files.archive import add_files
from carecost.files.parsing import with_ending
from carecost.report.explorer_data import payload
from carecost.report.html import Html, document, h
from carecost.text import numbers

if TYPE_CHECKING:
    from carecost.results.results import Results

#: The file beside the brief.
EXPLORER = "explorer.html"
#: A page that is larger is refused [bytes].
LARGEST = 1_000_000
#: Nothing is fetched, and nothing sent.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def write_explorer(
    results: Results,
    path: str | Path,
    starts: Sequence[int] | None = None,
    backgrounds: Sequence[str] | None = None,
) -> Path:
    """Write the explorer of a run.

    Parameters
    ----------
    results : Results
        What a run gave.
    path : str or Path
        The file, ending in ``.html``.
    starts : sequence of int, optional
        Calendar years in which programme year 1 may be; that of the run and the two after it by default.
    backgrounds : sequence of str, optional
        Baselines that can be chosen; by default every packaged one, where the page has room for them.

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
    data = payload(results.run, starts, backgrounds)
    made = page(data).encode()
    if len(made) > LARGEST and backgrounds is None:
        made = page(without_baselines(data)).encode()
    if len(made) > LARGEST:
        what = f"the explorer would have {len(made):,} bytes, more than {LARGEST:,}"
        raise InputError(Problem(what, "explorer()", "Give fewer scenarios, years of start or backgrounds"))
    return add_files(path.parent, {path.name: made})[0]


def named(path: str | Path) -> Path:
    """Take the name of the file, before anything is run.

    Raises
    ------
    FileError
        If it does not end in ``.html``.
    """
    return with_ending(path, ".html")


# The page


def without_baselines(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what can be chosen as a baseline, for a page that would be too large."""
    cases = [case for case in data["cases"] if not case["background"]]
    used = sorted({case["inaction"] for case in cases})
    places = {place: i for i, place in enumerate(used)}
    return {
        **data,
        "baselines": [],
        "cases": [{**case, "inaction": places[case["inaction"]]} for case in cases],
        "inaction": [data["inaction"][place] for place in used],
        "left_out": True,
    }


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
    drawn = f"a run of {data['draws']:,} draws, seed {data['seed']}" if data["draws"] else "the central run"
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
    """Say what is exact, what is chosen, what is interpolated, and what is drawn how often."""
    own = [case for case in data["cases"] if not case["later"] and not case["background"]]
    why = {axis["name"]: axis["why"] for case in own for axis in case["axes"] if axis["why"]}
    few, many = data["few"], data["draws"]
    lines = [
        "Exact, but for rounding to seven figures: shares of claims that act on entries or prices, level of entries, "
        "prices, growth of prices, cashable share, spending sustained. Children are linear in entries, and money in "
        "prices, in every draw.",
        *(f"Interpolated from runs at {_nodes(name, data)}: {name} ({reason})." for name, reason in why.items()),
        "Chosen, each a run of its own: scenario, year of start or delay, and each baseline, one at a time. Under "
        "another start or baseline, shares of claims on children and the level of entries move the result as they move "
        "the published case: nothing and the whole are exact, what is between is near.",
        "A growth of prices that you move is taken as known; until then it is drawn as the set has it.",
    ]
    if few < many:
        lines.append(
            f"Means of the published case, and what prices, growth, cashable share and sustained spending make of it, "
            f"are over all {many:,} draws. What claims, entries and choices change is worked out from {few} draws."
        )
    if many:
        lines.append(
            f"Ranges are four chances in five, from {few} draws: exact for claims, entries and prices; with all else "
            "each item's draws move with its mean. At the published case they are those of all draws, and elsewhere in "
            "proportion to that."
        )
        lines.append("Where it breaks even is a share of the claims in the mean over draws; the brief's is of one run.")
    else:
        lines.append("This is a central run: it has no range.")
    if data["left_out"]:
        lines.append("Left out, to keep the page under a megabyte: other baselines. One of fewer scenarios has them.")
    cite = h("p", f"{data['cite']}; {many:,} draws, seed {data['seed']}.", class_="cite")
    items = (h("li", numbers.sentence(line)) for line in lines)
    return h("section", h("h2", "What is exact", id="exact"), h("ul", *items), cite, aria_labelledby="exact")


def _nodes(name: str, data: dict[str, Any]) -> str:
    nodes = next(axis["nodes"] for case in data["cases"] for axis in case["axes"] if axis["name"] == name)
    return ", ".join(f"{node:.0%}" for node in nodes)
