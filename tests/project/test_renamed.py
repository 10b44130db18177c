"""Old public names work for as long as is said, and say what is meant now."""

from __future__ import annotations

import re

import pytest

import carecost as cc


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:3]))


@pytest.mark.parametrize("new", ["Lever", "money", "run"])
def test_old_name_works_and_says_the_new_one_and_when_it_goes(new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cc._RENAMED, "Old", (new, "9.0.0"))
    words = rf"carecost.Old is now carecost.{new}: the old name goes in carecost 9.0.0"
    with pytest.warns(FutureWarning, match=words) as caught:
        assert cc.Old is getattr(cc, new)  # type: ignore[attr-defined]
    assert caught[0].filename == __file__  # it points at the line that has the old name
    assert "Old" not in cc.__all__ and "Old" not in dir(cc)


def test_new_names_warn_of_nothing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Older'"):
        cc.Older  # type: ignore[attr-defined]  # noqa: B018
    for name in cc.__all__:
        getattr(cc, name)  # a warning is an error in tests


def test_every_old_name_has_a_new_one_and_goes_in_a_version_to_come() -> None:
    for old, (new, goes) in cc._RENAMED.items():
        assert old not in cc.__all__ and new in cc.__all__
        assert version(goes) > version(cc.__version__), f"{old} should be gone"
