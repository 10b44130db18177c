"""Errors hold every problem: what, where, remedy, nearest name; long lists of names are said once."""

from __future__ import annotations

import pickle

import pytest

from carecost import errors
from carecost.errors import CareCostError, InputError, Problem, nearest, refuse, unknown


def test_problem_is_written_with_place_and_remedy() -> None:
    assert str(Problem("is 5", "a.csv, row 2", "Give 4")) == "a.csv, row 2: is 5. Give 4"
    assert str(Problem("is 5")) == "is 5"


def test_error_of_several_problems_lists_all_and_names_known_ones_once() -> None:
    error = InputError([unknown("age", 40, ["1", "2"]), unknown("age", 41, ["1", "2"])])
    assert len(error.problems) == 2
    assert str(error).startswith("2 problems:\n- ") and str(error).count("Known: '1', '2'") == 1


@pytest.mark.parametrize("name", ["Foster-In House", "foster in-huose", "FOSTER"])
def test_nearest_name_is_found_whatever_capitals_spaces_and_hyphens(name: str) -> None:
    assert nearest(name, ["home", "foster in-house"]).startswith("Did you mean 'foster in-house'?")


def test_refuse_raises_only_where_there_is_a_problem() -> None:
    refuse([])
    with pytest.raises(InputError):
        refuse([Problem("is wrong")])


@pytest.mark.parametrize("kind", ["InputError", "UnknownNameError", "ComparisonError", "FileError"])
def test_every_error_is_a_care_cost_error_and_pickles(kind: str) -> None:
    error = getattr(errors, kind)([Problem("is 5", "here", "Give 4")])
    assert isinstance(error, CareCostError) and isinstance(error, ValueError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
