"""How is the documentation built? Settings, and the pages that are written from the package itself.

Nothing is fetched: no formula needs a script, no font or style comes from elsewhere. What a set, a scenario or a
command says of itself is asked of the package at build time and kept in ``docs/_generated``, which is not committed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version as version_of
from pathlib import Path

import matplotlib
from sphinx.application import Sphinx

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small: threads would wait for each other
os.environ["COLUMNS"] = "100"  # the width at which argparse folds its help
os.environ["NO_COLOR"] = "1"  # newer Pythons colour it
matplotlib.use("agg")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for `import logs`
GENERATED = HERE / "_generated"

project = "carecost"
author = "carecost contributors"
copyright = "carecost contributors, MIT licence"
release = version = version_of("carecost")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["_build", "_templates", "_generated/register.md", "_generated/record.md"]  # parts of pages
templates_path = ["_templates"]
suppress_warnings = ["toc.empty_glob"]  # there may be no decision record yet

myst_heading_anchors = 3
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say types and shapes, more exactly
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_extra_path = ["_generated/results.schema.json"]  # at an address of its own, for programs
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
    """Leave out what named tuples say of their fields, and from a module what the package itself lists."""
    import carecost

    if name in carecost.__all__ and getattr(carecost, name) is thing:
        return True
    if name == "Bounds":  # an alias of a type, whose signature cannot be written
        return True
    return True if str(getattr(thing, "__doc__", "")).startswith("Alias for field number") else None


def generate() -> None:
    """Write every generated page; a file whose text is the same is left alone, so that builds stay quick."""
    import record

    made = dict(_pages())
    for path, text in made.items():
        file = GENERATED / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    _draw_history(GENERATED / "price-volume-mix.png")
    record.draw(GENERATED / "record-fan.png")
    for folder in ("sets", "scenarios", "quality", "lessons"):
        for file in (GENERATED / folder).glob("*.md"):
            if f"{folder}/{file.name}" not in made:
                file.unlink()


def _pages() -> Iterator[tuple[str, str]]:
    import record

    from carecost.files.load import load_assumptions, load_scenario
    from carecost.files.packaged import packaged_assumptions, packaged_scenarios
    from carecost.results.results import Results
    from carecost.text.describe import assumptions_text, scenario_text

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
    commands = ("", "compare", "what-if", "authority", "check", "describe", "from-903", "list", "new-scenario")
    for command in (*commands, "assumptions export", "assumptions import"):
        yield f"help{command and '-'}{command.replace(' ', '-')}.txt", _printed([*command.split(), "--help"])
    yield "results.schema.json", json.dumps(Results.json_schema(), ensure_ascii=False, indent=1) + "\n"
    yield "compare.txt", _compared()
    yield "parts.md", _parts("england-2025")
    yield "parts-after-care.md", _parts("england-2025-after-care")
    yield "delay.md", _delayed()
    yield "register.md", _register()
    yield "record.md", record.page()
    yield from _quality(sets)
    yield from _lessons()


#: What the logs show of each row, and the heading of each column.
_ASSUMPTIONS = {
    "number": "No.",
    "assumption": "Assumption",
    "stated": "Value",
    "interval": "Interval",
    "quality": "Grade",
    "ends": "Saving at its low, its high end",
    "less": "Saving if a tenth less",
    "why": "On whose word, of when, and why",
}
_DATA = {
    "table": "Table",
    "from": "Source, release and licence",
    "seen": "How seen",
    "last": "Last year",
    "used": "Used by",
    "changed": "Last changed",
}
_DECISIONS = {
    "number": "No.",
    "title": "What",
    "question": "Question",
    "decision": "Decision",
    "taken": "Taken",
    "changed": "Last changed",
}
_ASSURANCE = {
    "laws": {"law": "Law", "how": "Tried on"},
    "replications": {
        "title": "Published number",
        "citation": "Citation",
        "tolerance": "Tolerance",
        "result": "Result",
        "note": "Note",
    },
    "findings": {
        "measure": "Measure",
        "of": "Of",
        "errors": "Error, per cent (year)",
        "worst": "Greatest error of any part, per cent",
    },
    "coverage": {
        "children": "Children",
        "history": "Years of history",
        "entries_sd": "Years vary by",
        "year_luck": "Their luck",
        "interval": "Interval holds",
        "least": "Least coverage",
        "greatest": "Greatest",
        "councils": "Councils",
    },
    "checks": {"about": "What", "file": "File", "tests": "Tests"},
}


def _quality(sets) -> Iterator[tuple[str, str]]:  # type: ignore[no-untyped-def]
    """Write the four logs of quality, as tables and as CSV."""
    import logs

    for made in sets:
        yield from _assumptions(made)
    data, decisions = logs.data_log(), logs.decisions_log()
    shown = [row | _told(row) for row in data]
    yield "quality/data.txt", logs.markdown(shown, _DATA) + f"\n{logs.how_seen()}\n"
    yield "quality/data.csv", logs.csv_text(data)
    linked = [row | {"title": f"[{row['title']}](../decisions/{row['file']})"} for row in decisions]
    yield "quality/decisions.txt", logs.markdown(linked, _DECISIONS, raw=("title",))
    tables = {
        "laws": logs.laws(),
        "replications": logs.replications(),
        "coverage": logs.coverage(),
        "checks": logs.checks(),
    }
    for name, rows in tables.items():
        yield f"quality/{name}.txt", logs.markdown(rows, _ASSURANCE[name])
    for name in ("reconciliation", "backtest"):
        yield f"quality/{name}.txt", logs.markdown(logs.findings(name), _ASSURANCE["findings"])


def _told(row: dict[str, str]) -> dict[str, str]:
    """Put together what is said of a published table, for a page that is not as wide as the file."""
    used = {"sources of": "sets", "rules": "rules", "tests": "tests"}
    return {
        "table": f"{row['file']}: {row['what']}",
        "from": f"{row['release']}; {row['licence']}",
        "used": "; ".join(f"{what} {row[key]}" for what, key in used.items() if row[key]),
    }


def _assumptions(made) -> Iterator[tuple[str, str]]:  # type: ignore[no-untyped-def]
    """Write the log of a set's assumptions, by what each does to the saving of the Care Review."""
    import logs

    from carecost import _labels
    from carecost.files.load import load_scenario
    from carecost.plots import _figure, plot_sensitivity
    from carecost.plots.sensitivity import SIZE
    from carecost.results import assumptions_log
    from carecost.text import numbers

    log = assumptions_log.assumptions_log(made, load_scenario("care-review"))
    table, scale = log.table(), numbers.money_scale(log.npv)
    GENERATED.joinpath("quality").mkdir(parents=True, exist_ok=True)
    name = f"sensitivity-{made.name}.png"
    GENERATED.joinpath("quality", name).write_bytes(_figure.png(lambda ax: plot_sensitivity(log, ax), SIZE))

    def saving(*values: float) -> str:
        return ", ".join(numbers.pounds(v, scale) for v in values if v == v)

    rows = [
        {
            "number": str(i),
            "ends": saving(row.npv_low, row.npv_high),
            "less": saving(row.npv_tenth_less) or row.remark,
            "why": f"{row.source}{f' ({row.source_year})' if row.source_year else ''}. {numbers.sentence(row.note)}",
        }
        | {key: str(getattr(row, key)) for key in ("assumption", "stated", "interval", "quality")}
        for i, row in enumerate(table.itertuples(), start=1)
    ]
    dates = logs.changed(f"carecost/data/{made.name}")
    years = [_labels.financial_year(log.run.grid.years[i]) for i in (0, -1)]
    about = (
        f"{len(made.rows):,} rows of the set and the amounts of care-review, in {len(rows)} lines. Net present saving "
        f"with every row and effect as stated (the central run), {years[0]} to {years[1]}, prices of "
        f"{_labels.financial_year(made.price_year)}: {saving(log.npv)}. "
        f"Signed by the maintainers; the files of the set last changed on {dates[-1] if dates else 'a date not known'}."
    )
    picture = f"```{{image}} {name}\n:alt: net present saving from the low to the high end of each assumption\n```\n"
    sheet = f"assumptions-{made.name}.csv"
    yield f"quality/{sheet}", table.to_csv(index=False)
    text = f"# {made.name}\n\n{about} The same as a file: {{download}}`{sheet}`.\n\n{picture}\n"
    yield f"quality/assumptions-{made.name}.md", text + logs.markdown(rows, _ASSUMPTIONS)


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
    from carecost.plots._figure import png
    from carecost.results.price_tables import spending_history

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


def _lessons() -> Iterator[tuple[str, str]]:
    """Write each notebook as a page to read; it is not run."""
    for path in sorted((HERE.parent / "notebooks").glob("*.ipynb")):
        text = ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            said = "".join(cell["source"])
            code = cell["cell_type"] == "code"
            text += f"```python\n{said}\n```\n\n" if code else said.replace(".ipynb)", ".md)") + "\n\n"
        yield f"lessons/{path.stem}.md", text


def _register() -> str:
    """Write what the package says to each claim of the articles that began it, by theme."""
    import logs

    heads = {"claim": "Claim", "source": "Where it was made", "answer": "What carecost says", "where": "Where"}
    rows = logs.register()
    reach = {"yes": "answered", "part": "answered in part", "no": "out of reach or not checked"}
    counts = ", ".join(f"{sum(row['reach'] == key for row in rows)} {what}" for key, what in reach.items())
    text = f"{len(rows)} claims: {counts}.\n"
    for theme in dict.fromkeys(row["theme"] for row in rows):
        chosen = [row for row in rows if row["theme"] == theme]
        text += f"\n## {theme[0].upper()}{theme[1:]}\n\n" + logs.markdown(chosen, heads, raw=("where",))
    return text


def _parts(name: str) -> str:
    """Pull every part alone, and all of them together, on a set: the mean over draws leads, as everywhere."""
    from carecost.files.load import load_assumptions, load_scenario
    from carecost.files.packaged import packaged_scenarios
    from carecost.maths.monte_carlo import Draws
    from carecost.results.results import run
    from carecost.results.tables import interval

    dated = {"stable-homes"}  # over before the set begins
    every = {n: load_scenario(n) for n in packaged_scenarios() if n not in dated}
    wanted = "" if name == "england-2025" else name
    chosen = {n: s for n, s in every.items() if s.made_for == wanted}
    results = run(load_assumptions(name), *chosen.values(), draws=Draws(100, seed=1))
    heads = (
        "scenario",
        "effects",
        "fewer children in care, 31 March 2045",
        "reform spend, £m",
        "net present saving, £m",
        "80% interval, £m",
        "if every effect were as stated, £m",
    )
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|---|"]
    for n, scenario in chosen.items():
        saving = results.compare(n)
        basis = ", ".join(dict.fromkeys(lever.basis for lever in scenario.levers if lever.acts)) or "none"
        spend, npv = saving.reform_spend().sum(1).mean() / 1e6, saving.npv() / 1e6
        low, high = (f"{round(x):,}" for x in interval(npv))
        children = int(round(float(saving.averted[:, -1].mean()), -1))
        within = "fixed" if low == high else f"{low} to {high}"
        mean, as_stated = round(npv.mean()), round(saving.central.npv()[0] / 1e6)
        lines.append(f"| `{n}` | {basis} | {children:,} | {spend:,.0f} | {mean:,} | {within} | {as_stated:,} |")
    return "\n".join(lines) + "\n"


def _delayed() -> str:
    """Delay the Review's programme by two years on both sets, beside what others published; central run."""
    from carecost.files.load import load_assumptions, load_scenario
    from carecost.results.results import run

    review = load_scenario("care-review")
    late = review.delayed(2)
    rows: dict[str, list[str]] = {"four years after the programme was to start": ["+10,500"], "later": ["about 4,500"]}
    rows |= {"net cost by the tenth year, £bn": ["1.0"], "net cost by the twentieth year, £bn": ["2.6"]}
    for name, first in (("care-review-2022", 2024), ("england-2025", 2028)):
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
