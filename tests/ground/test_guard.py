"""The guard of public doors: what is taken, in which form it arrives, and what is refused in which words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecost import _guard as g
from carecost.errors import InputError

ODD: list[Any] = [
    None, True, False, -1, 0, 1, 41, 2026.5, float("nan"), float("inf"), 10**30, "", "x", "1-4", "9-1", "01-Apr", b"x",
    [], [None], ["a", 1], {}, {"a": 1}, set(), object(), type, len, 1j, np.nan, np.array([1, 2]), np.array(3),
    np.array("x"), pd.Series([1.0, 2.0]), pd.Series(["a"]), Path("x"), range(3), iter([1]), "0-99999999", "a\0b",
]  # fmt: skip
RULES: dict[str, g.Rule] = {
    "whole": g.whole(1, 100),
    "number": g.number(-1, 1),
    "above": g.number(above=0),
    "share": g.share(),
    "flag": g.flag,
    "text": g.text,
    "path": g.path,
    "one_of": g.one_of(["real", "cash"]),
    "labels": g.labels,
    "wholes": g.wholes,
    "numbers": g.numbers,
    "instance": g.instance(Path, words="Give a path"),
    "several_of": g.several_of(Path, words="Give paths"),
    "called": g.called,
    "optional": g.optional(g.whole()),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("value", ODD, ids=lambda v: f"{type(v).__name__}-{str(v)[:12]}".replace("\0", "0"))
def test_rule_given_anything_takes_it_or_refuses_it_in_words(name: str, value: Any) -> None:
    try:
        RULES[name](value)
    except g.Refused as fault:
        assert fault.remedy.startswith(("Give", "Did you mean", "Known"))


@pytest.mark.parametrize(
    ("rule", "value", "plain"),
    [
        (g.whole(), np.int64(3), 3),
        (g.whole(), 3.0, 3),
        (g.whole(), np.array(3), 3),
        (g.number(), np.float32(0.5), 0.5),
        (g.flag, np.bool_(True), True),
        (g.labels, "foster", ("foster",)),
        (g.labels, pd.Index(["a", "b"]), ("a", "b")),
        (g.labels, np.array(["a"]), ("a",)),
        (g.wholes, 12, (12,)),
        (g.wholes, range(10, 13), (10, 11, 12)),
        (g.wholes, "10 to 12; 15", (10, 11, 12, 15)),
        (g.wholes, "10-12", (10, 11, 12)),
        (g.wholes, np.arange(2), (0, 1)),
        (g.wholes, pd.Series([1, 2]), (1, 2)),
        (g.path, "~/set", Path.home() / "set"),
    ],
)
def test_value_arrives_in_its_plain_form(rule: g.Rule, value: Any, plain: Any) -> None:
    got = rule(value)
    assert got == plain and type(got) is type(plain)


@given(st.one_of(st.floats(), st.integers(), st.text(), st.booleans(), st.none()))
def test_number_within_bounds_is_taken_as_it_is_and_no_other(value: Any) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and -1 <= value <= 1:
        assert g.number(-1, 1)(value) == value
    else:
        with pytest.raises(g.Refused):
            g.number(-1, 1)(value)


@g.guarded(years=g.whole(1, 100), scope=g.one_of(["real", "cash"]), many=g.labels)
def door(years: int, scope: str = "real", *, many: tuple[str, ...] = ()) -> tuple[int, str, tuple[str, ...]]:
    """A public door."""
    return years, scope, many


def test_guarded_function_keeps_its_name_doc_and_signature() -> None:
    assert door.__name__ == "door" and door.__doc__ == "A public door."
    assert door(np.int64(3), many="a") == (3, "real", ("a",))  # type: ignore[arg-type]


def test_guarded_function_says_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        door(0, "Cash", many=3)  # type: ignore[arg-type]
    assert [str(p) for p in caught.value.problems] == [
        "door(): years is 0. Give a whole number from 1 to 100",
        "door(): scope is 'Cash'. Did you mean 'cash'? Known: 'real', 'cash'",
        'door(): many is 3. Give one name, or several as in ["foster", "kinship"]',
    ]


def test_guarded_function_names_the_nearest_argument_and_what_it_takes() -> None:
    with pytest.raises(InputError, match=r"door\(\): has no argument 'yaers'. Did you mean 'years'"):
        door(yaers=3)  # type: ignore[call-arg]
    with pytest.raises(InputError, match=r"too many positional arguments. It takes years, scope, by name, many"):
        door(1, "real", "a")  # type: ignore[misc]
    with pytest.raises(InputError, match=r"missing a required argument: 'years'"):
        door()  # type: ignore[call-arg]


def test_guard_of_an_argument_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="has no arguments"):
        g.guarded(nothing=g.text)(lambda x: x)


@dataclass(frozen=True)
class Thing:
    """Something frozen."""

    names: tuple[str, ...]
    size: float = 1.0

    def __post_init__(self) -> None:
        g.take(self, names=g.labels, size=g.number(0))


def test_fields_of_a_frozen_class_are_taken_in_their_plain_form() -> None:
    assert Thing("foster").names == ("foster",)  # type: ignore[arg-type]
    assert type(Thing((), np.float64(2)).size) is float
    with pytest.raises(InputError) as caught:
        Thing(3, -1)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 2 and "Thing: size is -1" in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "value", "what"),
    [
        (g.array("year"), [1.0, float("nan")], "holds nan at 1"),
        (g.array("year"), pd.Series([1.0, None], index=["a", "b"]), "holds nan at b"),
        (g.array("...", "year"), pd.DataFrame({"x": [1, 2], "y": [1, np.inf]}, index=[2025, 2026]), "inf at 2026, y"),
        (g.array("draw", "year"), [1.0], r"has shape \(1,\)"),
        (g.array("year"), ["1", "2"], "holds .*'1'"),
        (g.array("year"), [True], "holds .*True"),
        (g.array("year", least=0), [0.0, -3.0], "holds -3 at 1"),
        (g.array("year", most=1), [2.0], "holds 2 at 0"),
        (g.array("year", above=0), [0.0], "holds 0 at 0"),
        (g.array("year", whole=True), [2026.5], "holds 2026.5 at 0"),
        (g.array(), "3", ""),
        (g.array(), object(), ""),
        (g.rate(), 3.5, ""),
        (g.price_year, 2060, ""),
        (g.price_year, 1066, ""),
        (g.calendar_year, 2026.5, ""),
        (g.amounts, [-1], "holds -1"),
        (g.listed(g.text, "Give names"), "ab", ""),
        (g.mapping_of(g.text, "Give a mapping"), {1: "a"}, ""),
        (g.frame, [1], ""),
    ],
)
def test_array_year_or_rate_that_cannot_be_is_refused_with_its_place(rule: g.Rule, value: Any, what: str) -> None:
    with pytest.raises(g.Refused) as caught:
        rule(value)
    assert re.search(what, caught.value.what)
    assert caught.value.remedy.startswith("Give")


def test_array_is_taken_from_lists_series_and_frames() -> None:
    frame = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    np.testing.assert_array_equal(g.array("row", "column")(frame), [[1.0, 3.0], [2.0, 4.0]])
    assert g.array(whole=True)(pd.Series([2025, 2026])).dtype.kind == "i"
    assert g.array()(3).shape == () and g.amounts(3) == (3.0,)
    assert g.several_by(g.rate())("standard") == ("standard",) and g.several_by(g.rate())([0.1]) == (0.1,)


@g.opened
@dataclass(frozen=True)
class Opened:
    """A class that users make and call."""

    size: float = 1.0

    def half(self) -> float:
        return self.size / 2

    def broken(self) -> float:
        return self.size + "a"  # type: ignore[operator, no-any-return]

    @classmethod
    def made(cls, size: float) -> Opened:
        return cls(size)


def test_call_of_an_opened_class_that_cannot_be_made_is_said_in_words() -> None:
    assert Opened(2.0).half() == 1.0 and Opened.made(3.0) == Opened(3.0)
    for call, words in (
        (lambda: Opened(sise=3), r"Opened\(\): has no argument 'sise'. Did you mean 'size'"),  # type: ignore[call-arg]
        (lambda: Opened().half(1), r"Opened.half\(\): too many positional arguments. It takes no arguments"),  # type: ignore[call-arg]
        (lambda: Opened.made(), r"Opened.made\(\): missing a required argument: 'size'"),  # type: ignore[call-arg]
    ):
        with pytest.raises(InputError, match=words):
            call()


def test_type_error_within_an_opened_class_stays_what_it_is() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        Opened().broken()
