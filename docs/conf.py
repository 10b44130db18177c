"""How is the documentation built? Settings, and the pages that are written from the package itself.

Nothing is fetched: no formula needs a script, no font or style comes from elsewhere. What a set, a scenario or a
command says of itself is asked of the package at build time and kept in ``docs/_generated``, which is not committed.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version as version_of
from pathlib import Path

import matplotlib
from sphinx.application import Sphinx

os.environ["COLUMNS"] = "100"  # the width at which argparse folds its help
os.environ["NO_COLOR"] = "1"  # newer Pythons colour it
matplotlib.use("agg")

HERE = Path(__file__).parent
GENERATED = HERE / "_generated"

project = "carecost"
author = "carecost contributors"
copyright = "carecost contributors, MIT licence"
release = version = version_of("carecost")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
suppress_warnings = ["toc.empty_glob"]  # there may be no decision record yet

myst_heading_anchors = 3
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say types and shapes, more exactly
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["carecost.css"]
html_title = "carecost"
html_show_sourcelink = html_copy_source = False
html_sidebars = {"index": [], "tutorial": []}
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


def setup(app: Sphinx) -> None:
    """Write what the package says of itself before the pages are read."""
    app.connect("config-inited", lambda *_: generate())
    app.connect("autodoc-skip-member", _skip)


def _skip(app: object, what: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """Leave out what named tuples say of their fields: the class documents them itself."""
    return True if str(getattr(thing, "__doc__", "")).startswith("Alias for field number") else None


def generate() -> None:
    """Write every generated page; a file whose text is the same is left alone, so that builds stay quick."""
    made = dict(_pages())
    for path, text in made.items():
        file = GENERATED / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    _draw_history(GENERATED / "price-volume-mix.png")
    for folder in ("sets", "scenarios"):
        for file in (GENERATED / folder).glob("*.md"):
            if f"{folder}/{file.name}" not in made:
                file.unlink()


def _pages() -> Iterator[tuple[str, str]]:
    from carecost.describe import assumptions_text, scenario_text
    from carecost.load import load_assumptions, load_scenario
    from carecost.packaged import packaged_assumptions, packaged_scenarios

    sets = [load_assumptions(name) for name in packaged_assumptions()]
    for made in sets:
        command = f"carecost describe {made.name}"
        parts = {
            "In short": (command, assumptions_text(made)),
            "Every row": (f"{command} --all", assumptions_text(made, True)),
        }
        yield f"sets/{made.name}.md", f"# {made.name}\n" + "".join(_part(head, *what) for head, what in parts.items())
    for name in packaged_scenarios():
        said = scenario_text(load_scenario(name))
        yield f"scenarios/{name}.md", f"# {name}\n" + _part("In full", f"carecost describe {name}", said)
    yield "contradictions.txt", "\n".join(line for made in sets for line in _contradictions(made))
    for command in ("", "compare", "check", "describe", "list"):
        yield f"help{command and '-'}{command}.txt", _printed([*command.split(), "--help"])
    yield "compare.txt", _compared()
    yield "parts.md", _parts()
    yield "delay.md", _delayed()


def _part(head: str, command: str, text: str) -> str:
    return f"\n## {head}\n\nWhat `{command}` prints.\n\n````text\n{text}\n````\n"


def _contradictions(assumptions) -> Iterable[str]:  # type: ignore[no-untyped-def]
    """List the contradictions that a set carries, as Markdown."""
    yield f"## In {assumptions.name}\n"
    for note in assumptions.notes:
        if note.kind == "contradiction":
            yield f"**{note.what}**\n"
            yield from (f"- {said}" for said in note.says)
            yield ""


def _printed(words: list[str]) -> str:
    """Run a command of carecost and give what it printed."""
    from carecost.cli import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(words)
    return out.getvalue()


def _draw_history(file: Path) -> None:
    """Draw why spending changed, from the figures that ship."""
    from carecost.plots import plot_price_volume_mix
    from carecost.plots.pictures import png
    from carecost.priced import spending_history

    history = spending_history("residential")
    file.write_bytes(png(lambda ax: plot_price_volume_mix(history, ax)))


def _compared() -> str:
    """Run the main command in an empty folder; keep what it printed and the charts it drew."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        text = _printed(["compare", "--quiet"])
        for picture in sorted(Path("carecost-out").glob("*.png")):
            GENERATED.mkdir(exist_ok=True)
            shutil.copy(picture, GENERATED / picture.name)
    return text


def _parts() -> str:
    """Pull every part of the Review alone on england-2025, and all of them together; central run."""
    from carecost.load import load_assumptions, load_scenario
    from carecost.packaged import packaged_scenarios
    from carecost.results import run

    names = [name for name in packaged_scenarios() if name != "stable-homes"]  # dated before the set begins
    results = run(load_assumptions("england-2025"), *map(load_scenario, names))
    heads = (
        "scenario",
        "effects",
        "fewer children in care, 31 March 2045",
        "reform spend, £m",
        "net present saving, £m",
    )
    lines = [f"| {' | '.join(heads)} |"]
    lines.append("|---|---|---|---|---|")
    for name in names:
        scenario, saving = results.run.scenarios[name], results.compare(name)
        basis = ", ".join(dict.fromkeys(lever.basis for lever in scenario.levers if lever.acts)) or "none"
        spend, npv = saving.reform_spend().sum() / 1e6, saving.npv()[0] / 1e6
        children = round(float(saving.averted[0, -1]), -1)
        lines.append(f"| `{name}` | {basis} | {children:,.0f} | {spend:,.0f} | {npv:,.0f} |".replace("-0 ", "0 "))
    return "\n".join(lines) + "\n"


def _delayed() -> str:
    """Delay the Review's programme by two years on both sets, beside what others published; central run."""
    from carecost.load import load_assumptions, load_scenario
    from carecost.results import run

    review = load_scenario("care-review")
    late = review.delayed(2)
    rows: dict[str, list[str]] = {"four years after the programme was to start": ["+10,500"], "later": ["about 4,500"]}
    rows |= {"net cost by the tenth year, £bn": ["1.0"], "net cost by the twentieth year, £bn": ["2.6"]}
    for name, first in (("care-review-2022", 2024), ("england-2025", 2026)):
        results = run(load_assumptions(name), review, late, years=first + 20 - load_assumptions(name).base_year)
        saving = results.compare(late.name, baseline=review.name)
        dates, years = results.run.grid.dates, results.run.grid.years
        more, cost = -saving.averted[0], -saving.net_saving()[0].cumsum() / 1e9
        for row, value in zip(
            rows.values(),
            (
                f"{round(more[dates.index(first + 4)], -2):+,.0f}",
                f"{round(more[-1], -2):+,.0f}".replace("+0", "none"),
                f"{cost[years.index(first + 10)]:.1f}",
                f"{cost[-1]:.1f}",
            ),
            strict=True,
        ):
            row.append(value)
    head = "| two years later | charities, 2023 | care-review-2022 | england-2025 |\n|---|---|---|---|\n"
    return head + "".join(f"| {what} | {' | '.join(values)} |\n" for what, values in rows.items())
