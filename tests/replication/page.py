"""How do published numbers and ours read side by side? The page docs/explanation/replications.md, from the cases."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.replication.models import CASES, MODELS, Case, Printed, Results, printed

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "replications.md"
HEAD = """# Published models, reproduced

<!-- Written by `python -m tests.replication.page` from tests/replication/cases; a test keeps it so. -->

What others published, and what carecost gets from the same inputs. Inputs, results and citations are data files in
`tests/replication/cases`, one a model. Each number is tested to half a unit of its last printed digit, or to what the
file says and why; ours are shown with two digits more. Tolerances wider than the print have hidden real errors in this
field: see the first model.

Reference numbers are *printed* in the source, *run* with the source's own code, or *recomputed* from its specification
independently of carecost.
"""
LEFT = """## Not reproduced

- **Hip replacement in ten subgroups with uncertainty** (hesim, 500 draws): its ratios carry the luck of few draws.
- **The value of a sample** (EVSI of the normal example): carecost does not compute it.
- **The likelihood of the heart-transplant data**: rates are taken from msm, not fitted to its data.

Identities of algebra (weights sum to the number of cycles, Little's law, halved cycles, split states, real and nominal
money) are tested on random cases in `tests/properties` and `tests/money/test_appraisal.py`.
"""
ORDER = (
    "hiv_combination",
    "hiv_draws",
    "hip_replacement",
    "heemod_engine",
    "hiv_screening",
    "msm_cav",
    "voi_normal",
    "ishigami",
    "green_book_factors",
)


def cases() -> dict[str, Case]:
    """All cases by name, models of health economics first."""
    found = {p.stem: tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(CASES.glob("*.toml"))}
    return {name: found[name] for name in (*ORDER, *(n for n in found if n not in ORDER))}


def page() -> str:
    """The page as Markdown."""
    every = cases()
    parts = [HEAD, *(_part(c) for c in every.values() if "published" in c), _others(every), LEFT]
    return "\n".join(parts)


def _part(case: Case) -> str:
    got = MODELS[case["kind"]](case)
    lines = [f"## {case['title']}", "", f"{case['citation'].rstrip('.')}.", "", *_table(case["published"], got)]
    if "note" in case:
        lines += ["", case["note"]]
    if "wrong" in case:
        wrong = case["wrong"]
        head = f"Where a published number was wrong:** {wrong['by']}." if "by" in wrong else "A common error:**"
        lines += ["", f"**{head} {wrong['why']}", ""]
        lines += _table(wrong["published"], got)
    return "\n".join([*lines, ""])


def _table(entries: list[Case], got: Results) -> Iterator[str]:
    yield "| what | reference | basis | carecost |"
    yield "|---|---|---|---|"
    for entry in printed(entries):
        yield _row(entry, got)


def _row(entry: Printed, got: Results) -> str:
    stated = f" (tested to {', '.join(f'{x:g}' for x in entry.stated)})" if entry.stated else ""
    return f"| {entry.what}{stated} | {entry.said()} | {entry.basis} | {entry.got(got[entry.what])} |"


def _others(every: dict[str, Case]) -> str:
    lines = ["## Official figures", "", "Tested in the same way, from files beside these.", ""]
    lines += ["| what | source | tested to |", "|---|---|---|"]
    for case in every.values():
        if "published" not in case:
            note = f" {' '.join(case['note'].split())}" if case["kind"] == "pounds a week" else ""
            lines.append(f"| {case['title']}.{note} | {case['citation']} | {case['tolerance']:g} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
