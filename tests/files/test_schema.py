"""The registry of tables: a column has one place, and reading and writing go by its name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

import carecost as cc
from carecost.files import schema
from carecost.files.packaged import packaged_assumptions, packaged_scenarios
from carecost.files.save import set_files
from carecost.files.schema import BLOCKS, PARTS, TABLES, EntryRow, Row, Table
from carecost.inputs.belief import Assumption, Belief

TINY = Path(__file__).parents[1] / "data" / "sets" / "tiny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny set, to be written in."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def add_column(path: Path, name: str, cell: str) -> None:
    """Add a column with the same cell in every row, before all others."""
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{name},{header}", *(f"{cell},{row}" for row in rows)]) + "\n")


def backwards(model: type[Row]) -> type[Row]:
    """The same columns in the opposite order."""
    fields: Any = {name: (about.annotation, about) for name, about in reversed(model.model_fields.items())}
    made = create_model(model.__name__, __base__=Row, **fields)
    made.seldom = model.seldom
    return made


@dataclass(frozen=True)
class LinkedReason(cc.Reason):
    """A reason with an attribute that no table has."""

    link: str = ""


class LinkedReasonRow(schema.ReasonRow):
    """Its row, with the one column more."""

    link: str = ""


@dataclass(frozen=True)
class CheckedBelief(Belief):
    """A belief with an attribute that no table has."""

    checked: int | None = None


class CheckedEntryRow(EntryRow):
    """Its row, with the one column more."""

    checked: int | None = None


# A column that is added


def test_column_added_to_a_model_is_read_kept_and_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "reasons", replace(TABLES["reasons"], model=LinkedReasonRow, makes=LinkedReason))
    add_column(folder / "reasons.csv", "link", "https://example.org")
    made = cc.load_assumptions(folder)
    assert [reason.link for reason in made.reasons] == ["https://example.org"] * 2  # type: ignore[attr-defined]
    saved = cc.save_assumptions(made, folder.parent / "again")
    assert sorted((saved / "reasons.csv").read_text().splitlines()[0].split(",")) == ["link", "note", "reason", "to"]
    assert cc.load_assumptions(saved) == made


def test_column_added_to_the_part_of_an_object_is_read_kept_and_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = TABLES["entry_rate"]
    kept = {**table.kept, "checked": "belief.checked"}
    monkeypatch.setitem(PARTS, "belief", CheckedBelief)
    monkeypatch.setitem(TABLES, "entry_rate", replace(table, model=CheckedEntryRow, kept=kept))
    add_column(folder / "entry_rate.csv", "checked", "2026")
    made = cc.load_assumptions(folder)
    rows = made.select("entry_rate")
    assert [row.belief.checked for row in rows] == [2026] * len(rows)  # type: ignore[attr-defined]
    saved = cc.save_assumptions(made, folder.parent / "again")
    assert "checked" in (saved / "entry_rate.csv").read_text().splitlines()[0].split(",")
    assert cc.load_assumptions(saved) == made


def test_column_that_is_not_in_the_model_is_refused(folder: Path) -> None:
    add_column(folder / "reasons.csv", "link", "https://example.org")
    with pytest.raises(cc.CareCostError, match=r"reasons.csv, header: unknown column 'link'"):
        cc.load_assumptions(folder)


# The order of columns


@pytest.mark.parametrize("name", packaged_assumptions())
def test_columns_in_the_opposite_order_change_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cc.load_assumptions(name)
    files = set_files(before)
    for table in TABLES:
        monkeypatch.setitem(TABLES, table, replace(TABLES[table], model=backwards(TABLES[table].model)))
    after = cc.load_assumptions(name)
    assert after == before and repr(after) == repr(before)
    turned = set_files(after)
    assert turned.keys() == files.keys()
    assert [file for file in files if sorted(files[file]) != sorted(turned[file])] == [], "the same cells"
    assert cc.load_assumptions(cc.save_assumptions(after, tmp_path)) == before


def test_text_columns_swapped_in_the_model_keep_their_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLES["correlations"]
    swapped = replace(table, model=backwards(table.model))
    cells = {"group": "homes", "quantity": "unit_cost: items=home", "loading": 0.5, "source": "a study", "quality": "C"}
    for each in (table, swapped):
        loading = each.to_object(each.model.model_validate(cells))
        assert (loading.group, loading.source, loading.quality) == ("homes", "a study", "C")
        assert each.to_row(loading) == cells | {"note": ""}


# Every object of what ships


def objects(name: str) -> Iterator[tuple[Table, Any]]:
    """Every object of a packaged set, with its table."""
    assumptions = cc.load_assumptions(name)
    yield from ((table, thing) for table in TABLES.values() for thing in table.objects(assumptions))
    blocks = [table for table in BLOCKS.values() if table.held_in]
    yield from ((table, thing) for table in blocks for thing in table.objects(assumptions))


@pytest.mark.parametrize("name", packaged_assumptions())
def test_row_of_every_object_fits_its_model_and_gives_the_object_back(name: str) -> None:
    for table, thing in objects(name):
        assert table.to_object(table.model.model_validate(table.to_row(thing))) == thing


@pytest.mark.parametrize("name", packaged_scenarios())
def test_row_of_every_change_and_evidence_fits_its_model_and_gives_it_back(name: str) -> None:
    for lever in cc.load_scenario(name).levers:
        for block, things in {"lever.change": lever.changes, "lever.evidence": lever.evidence}.items():
            table = BLOCKS[block]
            for thing in things:
                assert table.to_object(table.model.model_validate(table.to_row(thing))) == thing


@pytest.mark.parametrize("name", packaged_assumptions())
def test_every_row_of_a_set_is_in_exactly_one_table(name: str) -> None:
    assumptions = cc.load_assumptions(name)
    rows = [row for table in TABLES.values() if table.held_in == "rows" for row in table.objects(assumptions)]
    assert rows == list(assumptions.rows)


# What the registry says of itself


@pytest.mark.parametrize("table", [*TABLES.values(), *BLOCKS.values()], ids=[*TABLES, *BLOCKS])
def test_every_column_has_one_place_and_no_place_has_two(table: Table) -> None:
    places = [(part, name) for part, columns in table.keeping.items() for _, name, _ in columns]
    assert len(places) == len(set(places))
    assert {part for part, _ in places} - {"", *PARTS} == set()
    assert not set(table.fixed) & {name for part, name in places if part == ""}


def test_singular_columns_hold_one_label_and_plural_ones_a_list() -> None:
    table = TABLES["move_rate"]
    cells = {"placements": "a; b", "to": "c", "value": 0.1, "unit": "per child-year", "source": "x", "quality": "E"}
    row = table.to_object(table.model.model_validate(cells))
    assert (row.where.placements, row.where.to, row.where.ages) == (("a", "b"), ("c",), None)
    written = table.to_row(row)
    assert (written["placements"], written["to"], written["ages"]) == (("a", "b"), "c", None)


def test_unit_that_is_always_the_same_is_written_and_kept_nowhere() -> None:
    phase = cc.Phase("short", 2.0, 0.5, "x", "2025", "D")
    assert TABLES["phases"].constants == {"unit": "per child-year"}
    assert TABLES["phases"].to_row(phase)["unit"] == "per child-year"


def test_table_tells_its_objects_from_others_held_in_the_same_place() -> None:
    tiny = cc.load_assumptions(TINY)
    assert {row.parameter for row in TABLES["exit_rate"].objects(tiny)} == {"exit_rate"}
    assert {row.kind for row in TABLES["growth"].objects(tiny)} == {"growth"}
    assert all(isinstance(row, Assumption) for row in TABLES["growth"].objects(tiny))


# Cells


def test_numbers_reads_single_ones_bands_and_lists_of_them() -> None:
    assert schema.numbers("3") == (3,)
    assert schema.numbers("0; 5-7") == (0, 5, 6, 7)
    assert schema.numbers((1, 2)) == (1, 2)


@pytest.mark.parametrize(("cell", "words"), [("7-5", "does not rise"), ("1-2-3", "whole numbers"), ("x", "whole")])
def test_numbers_of_another_form_are_refused(cell: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        schema.numbers(cell)


def test_names_are_split_at_semicolons_and_blanks_left_out() -> None:
    assert schema.names("a; b c;; ") == ("a", "b c")


def test_times_with_an_interval_and_no_value_is_refused() -> None:
    table = BLOCKS["lever.change"]
    cells = {"parameter": "unit_cost", "operation": "add", "amount": 1, "unit": "GBP per year", "start": 1}
    row = table.model.model_validate(cells | {"price_year": 2025, "times_low": 1, "times_high": 2})
    with pytest.raises(cc.CareCostError, match="times_low or times_high without times"):
        table.to_object(row)
