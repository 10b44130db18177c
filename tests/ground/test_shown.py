"""Does every object show itself in one screen, as text and as HTML, and is what is frozen written out exactly?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import carecost as cc
from carecost._shown import LINE, brief, exact, figures, html_of, self_showing, text_of

interactive = pytest.importorskip("IPython.core.interactiveshell")
completer = pytest.importorskip("IPython.core.completer")

SETS = Path(__file__).parents[1] / "data" / "sets"
ENGLAND = cc.load_assumptions("england-2025")
REVIEW = cc.load_scenario("care-review")


@pytest.fixture(scope="module")
def objects() -> dict[str, object]:
    results = cc.run(ENGLAND, REVIEW, years=3, draws=4)
    saving = results.compare("care-review")
    log = cc.quality.assumptions_log(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"))
    made = [
        ENGLAND,
        REVIEW,
        results,
        saving,
        results.run,
        results.run.grid,
        saving.drawn,
        log,
        cc.load_history("england"),
    ]
    made += [results.parameters("inaction", stream="other"), results.projection("inaction"), ENGLAND.deflator]
    made += [
        results.appraisal("care-review"),
        results.options(),
        results.provenance,
        *ENGLAND.rows[:3],
        *REVIEW.levers[:3],
        ENGLAND.discount,
    ]
    made += [cc.run_areas(ENGLAND, years=1), saving.baseline.costs, ENGLAND.ties, ENGLAND.phases, results.converged()]
    return {f"{type(one).__name__} {i}": one for i, one in enumerate(made)}


def test_every_object_is_one_screen(objects: dict[str, object]) -> None:
    for name, one in objects.items():
        text = repr(one)
        assert 0 < len(text) < 3000, name
        assert all(len(line) <= 2 * LINE for line in text.splitlines()) or "\n" not in text, name
        if hasattr(one, "_repr_html_"):
            assert one._repr_html_().startswith("<") and len(one._repr_html_()) < 8000, name


def completed(thing: object, words: str) -> list[str]:
    """Give what a notebook offers after ``one.``."""
    shell = interactive.InteractiveShell(user_ns={"one": thing})
    with completer.provisionalcompleter():
        return [found.text for found in shell.Completer.completions(f"one.{words}", len(words) + 4)]


def test_names_of_every_object_are_completed(objects: dict[str, object]) -> None:
    assert "npv" in completed(objects["Saving 3"], "np")
    for one in (ENGLAND.rows[0].belief, cc.Interval(0.1)):
        assert "shape" in completed(one, "sh")
    for one in objects.values():
        assert completed(one, ""), type(one).__name__


def test_numbers_and_lines_of_a_scenario_can_be_read() -> None:
    amounts = [lever.changes[0].amount for lever in REVIEW.levers if not lever.changes[0].amount.certain]
    for amount in amounts:
        assert f": {figures(amount.value)} ({figures(amount.low)} to {figures(amount.high)})" in html_of(REVIEW)
    assert max(len(figures(amount.value)) for amount in amounts) > 9 and "e+" not in html_of(REVIEW) + repr(REVIEW)
    cells, lines = (
        "with parents or adopters" in one and "semi-independent" in one for one in (html_of(ENGLAND), repr(ENGLAND))
    )
    assert cells and not lines


def test_provenance_is_a_table_in_notebooks_and_the_same_words_as_text(objects: dict[str, object]) -> None:
    (told,) = (one for name, one in objects.items() if name.startswith("Provenance"))
    assert ">&#x27;england-2025&#x27;</td>" in html_of(told) and repr(told).startswith(
        "Provenance(assumptions='england-2025'"
    )
    assert hasattr(told, "_repr_html_")


def test_a_set_says_who_when_and_how_sure() -> None:
    text = repr(ENGLAND)
    for words in ("england-2025", "81,770", "31 March 2025", "with an interval", "grades", "baselines", ENGLAND.digest):
        assert words in text
    assert "effects as claimed" in repr(REVIEW) and "family help" in repr(REVIEW)


@dataclass(frozen=True)
class Plain:
    a: float
    b: tuple[object, ...] = ()
    c: object = None
    hidden: int = field(default=0, repr=False)


values = st.recursive(
    st.one_of(st.floats(allow_nan=False), st.text(), st.integers(), st.none()),
    lambda inner: st.one_of(
        st.tuples(inner),
        st.tuples(inner, inner),
        st.lists(inner),
        st.dictionaries(st.text(), inner),
        st.builds(Plain, st.floats(), st.tuples(inner)),
    ),
    max_leaves=12,
)


@given(values)
def test_frozen_data_is_written_as_a_dataclass_writes_itself(value: object) -> None:
    assert exact(value) == repr(value)


def test_what_is_short_is_shown_in_full_and_what_is_long_in_lines() -> None:
    shown = self_showing(dataclass(frozen=True)(type("Shown", (), {"__annotations__": {"x": object, "y": object}})))
    assert repr(shown(1, "a")) == "Shown(x=1, y='a')"
    long = repr(shown(tuple(range(1000)), np.zeros((3, 4))))
    assert long.splitlines()[0] == "Shown" and "1,000: 0, 1, 2, 3, …" in long and "array (3, 4), 0 to 0" in long


def test_markup_of_names_is_escaped() -> None:
    plan = cc.Scenario("<b>", [], title="<script>")
    assert "<script>" not in html_of(plan) and "&lt;script&gt;" in html_of(plan) and "<b>" in text_of(plan)


def test_brief_counts_what_it_does_not_name() -> None:
    assert brief(()) == "none" and brief({"a": 1}) == "'a'" and brief([1.5, 2.5]) == "2: 1.5, 2.5"
