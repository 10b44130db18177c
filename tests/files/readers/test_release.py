"""Released files are told from their columns whatever they are called; nothing of them is dropped in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecost.errors import FileError
from carecost.files.readers import ees, lait, ons_population, section251
from carecost.files.readers.ees import plain_label
from carecost.files.readers.ons_population import projected_population
from carecost.files.readers.published_table import Figure, Reading, read_table
from carecost.files.readers.release import LAYOUTS, read_release

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,la_name,new_la_code"
)
ENGLAND = "Reporting year,National,E92000001,England,,,,,"
CAMDEN = "Reporting year,Local authority,E92000001,England,E13,Inner London,202,Camden,E09"
OLD = f"""{PLACE},population_count,population_estimate,number,rate_per_10000
2024,{ENGLAND},Children looked after at 31 March each year,"11,998,646",83630,70
2024,{CAMDEN},Children starting to be looked after each year,x,c,z
2024,{ENGLAND},Children seen on the moon,1,2,3
"""
NEW = f"""{PLACE},population_type,population_estimate,children_count,rate_per_10000
2025,{ENGLAND},Children looked after on 31 March each year,12183016,"81,770",67
2025,{ENGLAND},Children ceasing to be looked after each year,12183016,low,28
"""
GROUPS = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "cla_group,characteristic,number,percentage\n"
)
OUTTURN = (
    "time_period,geographic_level,country_name,category_of_expenditure,description_of_expenditure,own_provision,"
    "private_provision,other_public_sector_provision,voluntary_provision,total_expenditure,income,"
    "net_current_expenditure\n"
    '202324,National,England,Children looked after,3.1.1 Residential care,"1,000",2000,:,5,3005,5,3000\n'
)
BUDGET = (
    "time_period,geographic_level,country_name,main_category_planned_expenditure,category_of_planned_expenditure,"
    "gross_planned_expenditure,income,net_planned_expenditure\n"
    "202526,National,England,Children looked after,3.1.1 Residential care,3100,0,3100\n"
)
TOOL = """LA and Regions,Short Desc,Years,Values
England_all_schools,RescareFinance,2024-25 (OT),"7,385"
Camden,RescareFinance,2024-25 (OT),-
North East,RescareFinance,soon,7095
"""
SNPP = """AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP,2025,2026
E92000001,England,Population,persons,0,577000.5,575000
E92000001,England,Population,persons,1,580000,578000
E92000001,England,Population,persons,90 and over,1,1
E92000001,England,Population,persons,All ages,9,9
E12000001,North East,Population,males,0,10,11
E12000001,North East,Population,females,0,12,13
E12000001,North East,Population,males,1,14,15
E12000001,North East,Population,females,1,16,17
"""


def written(folder: Path, text: str | bytes, name: str = "any name.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder: Path, text: str | bytes) -> Reading:
    return read_table(written(folder, text), LAYOUTS)


def figure(found: Reading, what: str, **where: str) -> Figure:
    (one,) = [f for f in found.figures if f.what == what and all(f.labels[k] == v for k, v in where.items())]
    return one


@pytest.mark.parametrize(
    ("text", "year", "stock", "population"), [(OLD, 2024, 83630, 11998646), (NEW, 2025, 81770, 12183016)]
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte-order mark"])
def test_both_layouts_of_numbers_and_rates_are_read(
    tmp_path: Path, text: str, year: int, stock: int, population: int, mark: bytes
) -> None:
    found = read(tmp_path, mark + text.replace("\n", "\r\n").encode())
    assert found.layout == "children looked after: number and rate" and found.years == (year,)
    assert figure(found, "stock").value == stock and figure(found, "population").value == population
    assert (figure(found, "stock").level, figure(found, "stock").area) == ("National", "England")


def test_withheld_counts_are_figures_without_a_value_and_are_counted(tmp_path: Path) -> None:
    started = figure(read(tmp_path, OLD), "started")
    assert (started.value, started.mark, started.area) == (None, "c", "Camden")
    assert "figures withheld: 1 'low'" in read(tmp_path, NEW).remarks
    many = "".join(f"2024,Reporting year,National,E,England,Age group,{i},{mark},1\n" for i, mark in enumerate("czx:"))
    found = read(tmp_path, f"{GROUPS}{many}2024,Reporting year,National,E,England,Placement,Other,,\n")
    assert [f.value for f in found.figures] == [None] * 5
    assert found.remarks == ("figures withheld: 1 blank, 1 ':', 1 'c', 1 'x', 1 'z'",)


def test_what_is_not_read_is_said_with_its_row(tmp_path: Path) -> None:
    said = read(tmp_path, OLD).remarks
    assert any("row 4: population_count is 'Children seen on the moon'" in remark for remark in said)
    odd = f"{GROUPS}2024,y,National,E,England,Placement,Other,8 1770,1\n"
    assert read(tmp_path, odd).remarks == ("not read: row 2: stock is '8 1770'",)
    bad = f"{GROUPS}20242,y,National,E,England,Placement,Other,1,1\n"
    assert read(tmp_path, bad).remarks == ("not read: row 2: the year is '20242'",) and not read(tmp_path, bad).figures
    seven = "".join(f"2024,y,National,E,England,Placement,{i},?,1\n" for i in range(7))
    assert read(tmp_path, GROUPS + seven).remarks[0].endswith("and 2 more")


@pytest.mark.parametrize(
    ("group", "what"),
    [("Age on ceasing", "ceased"), ("Age on starting", "started"), ("Placements", "uasc"), ("Placement", "stock")],
)
def test_tables_of_the_same_columns_are_told_by_their_groups(tmp_path: Path, group: str, what: str) -> None:
    found = read(
        tmp_path, f"{GROUPS}2024,y,National,E,England,{group},Total,5,1\n2024,y,National,E,England,Gender,Male,3,1\n"
    )
    assert {f.what for f in found.figures} == {what} and figure(found, what, group="Gender").value == 3


def test_a_table_that_no_group_tells_is_said_not_guessed(tmp_path: Path) -> None:
    found = read(tmp_path, f"{GROUPS}2024,y,National,E,England,Shoe size,40,5,1\n")
    assert not found.figures and "Shoe size" in found.remarks[0]


def test_labels_are_the_same_across_releases_and_different_where_they_mean_another_thing() -> None:
    same = [
        ("1. Total foster placements", "Foster placements"),
        ("5. Total independent and semi-independent living arrangements/ supported accommodation",
         "Independent and semi-independent living arrangements/supported accommodation"),
        ("Other public provision (e.g., PCT)", "Other public provision (e.g. by a PCT etc)"),
        ("4. Total secure homes and children’s homes", "Secure homes and children's homes"),
    ]  # fmt: skip
    assert all(plain_label(a) == plain_label(b) for a, b in same)
    apart = [
        "16 years",
        "17 years",
        "18 years and over",
        "1 to 4 years",
        "Under 1 year",
        "Total",
        "Own provision (by the LA)",
    ]
    assert len({plain_label(text) for text in apart}) == len(apart)


def test_outturn_and_budgets_are_read_by_line_and_column(tmp_path: Path) -> None:
    found = read(tmp_path, OUTTURN)
    line = {"line": "3.1.1 Residential care"}
    values = {
        what: figure(found, what, **line).value for what in ("own", "private", "other_public", "voluntary", "total")
    }
    assert values == {"own": 1000, "private": 2000, "other_public": None, "voluntary": 5, "total": 3005}
    assert found.years == (2024,) and figure(found, "net", **line).value == 3000
    planned = read(tmp_path, BUDGET)
    assert planned.layout == "section 251 planned budgets" and planned.years == (2026,)
    assert figure(planned, "planned gross", **line).value == 3100


def test_a_column_that_an_outturn_lacks_is_said(tmp_path: Path) -> None:
    lines = [line.rsplit(",", 1)[0] for line in OUTTURN.splitlines()]
    assert "without net" in read(tmp_path, "\n".join(lines) + "\n").remarks


def test_indicators_of_the_tool_know_the_country_its_regions_and_its_authorities(tmp_path: Path) -> None:
    found = read(tmp_path, TOOL)
    assert [(f.level, f.area, f.value) for f in found.figures] == [
        ("National", "England", 7385.0),
        ("Local authority", "Camden", None),
    ]
    assert found.remarks == ("figures withheld: 1 '-'", "not read: row 4: the year is 'soon'")
    own = read(tmp_path, "lait_code,item,period,value,source\nLACFinance,All care,2024-25,2100,us\n")
    assert figure(own, "LACFinance").area == "England" and own.years == (2025,)


def test_projections_are_read_by_area_mid_year_and_age(tmp_path: Path) -> None:
    path = written(tmp_path, SNPP)
    assert projected_population(path, ages=range(2)) == {
        2025: {0: 577000.5, 1: 580000.0},
        2026: {0: 575000.0, 1: 578000.0},
    }
    assert projected_population(path, "north east", range(2)) == {2025: {0: 22, 1: 30}, 2026: {0: 24, 1: 32}}
    found = read_table(path, LAYOUTS)
    assert any("1 rows of other ages" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("England", "Wales"), "England"),
        (("persons,1,", "persons,2,"), "no age 1 of persons in 2025"),
        (("577000.5", "c"), "age 0 in 2025 is 'c'"),
        (("577000.5", "-4"), "age 0 in 2025 is -4.0"),
        (("persons,1,580000", "persons,0,580000"), "there twice"),
    ],
)
def test_projections_that_lack_something_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    with pytest.raises(FileError, match=said):
        projected_population(written(tmp_path, SNPP.replace(*change)), ages=range(2))


def test_a_renamed_column_names_the_nearest_layout_and_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read(tmp_path, OLD.replace("population_estimate", "population_estimated"))
    (problem,) = caught.value.problems
    assert "number and rate" in problem.remedy and "'population_estimate'" in problem.remedy
    assert "population_estimated" in problem.remedy


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
