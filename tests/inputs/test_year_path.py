"""Is a path a random walk or reverting, and does each line have one of its own?"""

from __future__ import annotations

import pytest

from carecost.engine.grid import Selector
from carecost.errors import InputError
from carecost.inputs.year_path import YearPath


def path(**fields: object) -> YearPath:
    stated = {"kind": "random walk", "sd": 0.1, "where": Selector()} | fields
    return YearPath("p", "unit_cost", **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "axis"),
    [
        ({"items": ["a", "b"], "ages": [1, 2]}, "items"),  # the first that lists several
        ({"items": ["a"], "ages": [1, 2]}, "ages"),
        ({"items": ["a"], "ages": [1]}, "items"),  # none lists several: the first that lists any
        ({"reasons": ["x"], "streams": ["s", "t"]}, "streams"),
    ],
)
def test_lines_are_those_of_the_first_axis_that_lists_several(where: dict[str, list[object]], axis: str) -> None:
    by_line = path(where=Selector(**where), shocks="line")  # type: ignore[arg-type]
    assert by_line.axis == axis
    lines = by_line.lines()
    assert [getattr(line.where, axis) for line in lines] == [(label,) for label in where[axis]]
    assert [line.name for line in lines] == [f"p, {label}" for label in where[axis]]
    assert all(line.shocks == "common" and line.lines() == (line,) for line in lines)


def test_a_common_path_is_one() -> None:
    common = path(where=Selector(items=["a", "b"]))
    assert common.axis is None and common.lines() == (common,) and common.quantity == "path: p"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "walk"}, "unknown kind 'walk'"),
        ({"shocks": "lines"}, "unknown shocks 'lines'"),
        ({"sd": 0.0}, "sd is 0.0"),
        ({"half_life": 2.0}, "half_life is 2.0 in a random walk"),
        ({"kind": "mean reverting"}, "half_life is None in a mean reverting"),
        ({"kind": "mean reverting", "half_life": 0.0}, "half_life is 0.0.*above 0"),
        ({"shocks": "line"}, "shocks by line without a line"),
    ],
)
def test_a_path_that_cannot_be_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=f"path: p: .*{words}"):
        path(**fields)
