"""Are the tables of a return written in lines that can be read, suppressed or not?"""

from __future__ import annotations

import math

from carecost.text.own_return import return_text


def test_suppressed_counts_are_c_and_lines_are_short() -> None:
    report = [{"rule": "ends before it begins " * 9, "done": "left out", "rows": "under 5", "examples": ""}]
    who = {
        "stream": "uasc",
        "year": 2025,
        "kind": "exits",
        "used": "2021 to 2025",
        "own_level": 0.4,
        "own_pattern": 0.1,
    }
    flows = [who | {"stock": math.nan, "entries": 25.0, "exits": 0.0, "aged_out": 5.0, "moves": 10.0}]
    bearing = [who | dict.fromkeys(("counted", "ratio", "trend", "p"), math.nan)]
    text = return_text(report, flows, bearing)
    assert "under 5" in text and "uasc 2025" in text and all(len(line) <= 120 for line in text.splitlines())
    assert " ".join(text.splitlines()[-1].split()) == "uasc, exits c c 40% 10% 2021 to 2025; c a year (p c)"


def test_a_return_without_faults_says_nothing_was_found() -> None:
    assert return_text([], [], []).splitlines()[1].strip() == "nothing"
