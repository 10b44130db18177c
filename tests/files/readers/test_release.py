"""A folder of a release is read whole, each file told from its columns; what is not read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecost.errors import FileError
from carecost.files.readers import ees, lait, ons_population, section251
from carecost.files.readers.release import LAYOUTS, read_release
from tests.files.readers.published_files import OLD, TOOL, written


def test_a_folder_is_read_whole_and_what_is_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    written(tmp_path / "data", OLD, "numbers.csv")
    written(tmp_path, TOOL, "lait.csv")
    written(tmp_path, "a,b\n1,2\n", "mine.csv")
    written(tmp_path, b"PK\x03\x04", "all.zip")
    written(tmp_path, b"time_period,\xa3\n2024,1\n", "old.csv")
    found = read_release(tmp_path)
    assert [one.file for one in found.readings] == ["numbers.csv", "lait.csv"]
    refused = dict(found.refused)
    assert set(refused) == {"mine.csv", "all.zip", "old.csv"} and "unpack" in refused["all.zip"]


@pytest.mark.parametrize("kind", ["none", "file", "empty", "strange"])
def test_a_folder_without_anything_to_read_is_refused(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "release"
    if kind == "file":
        folder.write_text("x")
    elif kind != "none":
        folder.mkdir()
    if kind == "strange":
        written(folder, "a,b\n1,2\n", "mine.csv")
    with pytest.raises(FileError) as caught:
        read_release(folder)
    words = {"none": "does not exist", "file": "is a file", "empty": "it is empty", "strange": "mine.csv"}
    assert words[kind] in str(caught.value)


def test_no_layout_stands_before_another_that_is_more_particular() -> None:
    assert {*ees.LAYOUTS, *lait.LAYOUTS, *ons_population.LAYOUTS, *section251.LAYOUTS} == set(LAYOUTS)
    for i, layout in enumerate(LAYOUTS):
        newest = [names[0] for names in layout.needs]
        told = next(one for one in LAYOUTS if not one.lacks(newest))
        assert told is layout, f"{layout.name} ({i}) is hidden by {told.name}"
