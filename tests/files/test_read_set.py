"""Does every fault name the offender, the place and the remedy? Broken folders, files and arguments, all at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError, nearest, unknown
from carecost.files import schema
from carecost.files.read_set import Places

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny set, to be broken."""
    return Path(shutil.copytree(SETS / "tiny", tmp_path / "tiny"))


def edit(old: str, new: str) -> Callable[[str], str]:
    """Replace one piece of text that must be there."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


PATH = {
    "name": "prices",
    "parameter": "unit_cost",
    "kind": "random walk",
    "sd": "0.02",
    "from_year": "2025",
    "unit": "multiplier",
    "source": "x",
    "quality": "E",
}


BROKEN = {
    "missing required table": ("population.csv", None, ["population.csv: is missing", "required"]),
    "wrong unit": (
        "unit_cost.csv",
        edit("foster,700,650,760,,,GBP per child-week", "foster,700,650,760,,,GBP per day"),
        ["unit_cost.csv, row 2", "'GBP per day'", "'GBP per child-week'"],
    ),
    "share 1.01": (
        "entry_share.csv",
        edit("foster,0.75", "foster,0.76"),
        ["entry_share", "shares sum to 1.01", "sum to one", "nothing is rescaled"],
    ),
    "share above one": ("entry_share.csv", edit("0.75", "1.75"), ["entry_share.csv, row 2", "1.75", "from 0 to 1"]),
    "negative rate": (
        "exit_rate.csv",
        edit("0.2,0.15", "-0.2,-0.25"),
        ["exit_rate.csv, row 2", "negative: -0.25", "zero or more"],
    ),
    "unknown placement": (
        "initial_stock.csv",
        edit("other,15,foster", "other,15,fostr"),
        ["initial_stock.csv, row 2", "unknown placement 'fostr'", "Did you mean 'foster'?"],
    ),
    "unknown reason": (
        "exit_rate.csv",
        edit("returned", "retuned"),
        ["exit_rate.csv, row 2", "'retuned'", "Did you mean 'returned'?"],
    ),
    "unknown stream": (
        "entry_rate.csv",
        edit("uasc", "uasx"),
        ["entry_rate.csv, row 3", "'uasx'", "Did you mean 'uasc'?"],
    ),
    "duplicate row": (
        "initial_stock.csv",
        lambda text: text + text.splitlines()[1] + "\n",
        ["initial_stock.csv, row 14", "initial_stock.csv, row 2", "Keep one"],
    ),
    "overlapping bands": (
        "entry_rate.csv",
        lambda text: text + "other,,17,0.1,,,,,per child per year,x,2025,E,\n",
        ["entry_rate.csv, row 4", "entry_rate.csv, row 2"],
    ),
    "blank cell": (
        "unit_cost.csv",
        edit("home,7000", "home,"),
        ["unit_cost.csv, row 3, column value", "'value' is missing or blank"],
    ),
    "text in a number": (
        "unit_cost.csv",
        edit("7000", "7k"),
        ["unit_cost.csv, row 3, column value", "'7k'", "plain number"],
    ),
    "comma in a number": (
        "unit_cost.csv",
        edit("7000", '"7,000"'),
        ["unit_cost.csv, row 3, column value", "'7,000'", "plain number"],
    ),
    "wrong year": ("population.csv", edit("2026,15", "26,15"), ["population.csv, row 2, column year", "'26'", "1990"]),
    "year missing": (
        "population.csv",
        lambda t: "\n".join(x for x in t.splitlines() if not x.startswith("2030")),
        ["population", "years 2030"],
    ),
    "placement without a price": (
        "unit_cost.csv",
        lambda t: "\n".join(x for x in t.splitlines() if not x.startswith("home")),
        ["item 'home' has no unit cost", "nothing is free"],
    ),
    "placement that no item pays for": (
        "items.csv",
        edit("home,child_weeks,home", "home,child_weeks,foster"),
        ["items.csv: no item pays for placement 'home'", "nothing is free"],
    ),
    "empty file": ("reasons.csv", lambda _: "", ["reasons.csv: is empty"]),
    "header alone": ("reasons.csv", lambda t: t.splitlines()[0], ["reasons.csv", "a header and no rows"]),
    "renamed column": (
        "placements.csv",
        edit("leave_age", "leaveage"),
        ["placements.csv, header", "unknown column 'leaveage'", "Did you mean 'leave_age'?"],
    ),
    "renamed required column": (
        "entry_rate.csv",
        edit("value", "valu"),
        ["column 'value' is missing", "unknown column 'valu'"],
    ),
    "two columns of a name": ("reasons.csv", edit("to,note", "note,note"), ["column 'note' is there twice"]),
    "cell beyond the last column": (
        "reasons.csv",
        edit("returned,,", "returned,,a,b"),
        ["reasons.csv, row 2", "'b'", "Quote"],
    ),
    "not UTF-8": (
        "reasons.csv",
        lambda _: b"reason,to,note\nreturned,,caf\xe9\n",
        ["reasons.csv: is not UTF-8", "Save it as CSV UTF-8"],
    ),
    "unknown table": ("exits_rate.csv", lambda _: "a,b\n1,2\n", ["unknown table 'exits_rate.csv'", "exit_rate.csv"]),
    "band that falls": (
        "exit_rate.csv",
        lambda t: t.replace(",,,foster", ",,17-16,foster", 1),
        ["exit_rate.csv, row 2, column ages", "17-16"],
    ),
    "age outside the grid": ("move_rate.csv", edit("16-17", "16-18"), ["move_rate.csv, row 2", "unknown age '18'"]),
    "low above high": (
        "unit_cost.csv",
        edit("700,650,760", "700,760,650"),
        ["unit_cost.csv, row 2", "760.0", "must rise"],
    ),
    "low without high": ("unit_cost.csv", edit("700,650,760", "700,650,"), ["unit_cost.csv, row 2", "both or neither"]),
    "no source": (
        "entry_rate.csv",
        edit("made up for tests", ""),
        ["entry_rate.csv, row 2, column source", "missing or blank"],
    ),
    "mixed price years": (
        "unit_cost.csv",
        edit("2025", "2024"),
        ["unit_cost.csv, row 2", "price_year is 2024", "prices of 2025"],
    ),
    "unknown driver": (
        "items.csv",
        edit("child_weeks", "child_week"),
        ["items.csv, row 2, column driver", "'child_week'", "Did you mean 'child_weeks'?"],
    ),
    "selector the driver lacks": (
        "items.csv",
        edit("programme,year,", "programme,year,foster"),
        ["items.csv", "no selector 'placements'"],
    ),
    "no account": ("items.csv", edit("local authority", ""), ["items.csv, row 2, column account", "missing or blank"]),
    "then closed": (
        "placements.csv",
        edit("foster,true,18,,", "foster,true,18,home,"),
        ["placement 'foster'", "'home'", "later leave_age"],
    ),
    "leave age over 18 in care": ("placements.csv", edit("home,true,18", "home,true,19"), ["leave_age is 19"]),
    "stock in a closed placement": (
        "placements.csv",
        edit("home,true,18", "home,true,17"),
        ["age 17 in 'home'", "closed from 17"],
    ),
    "adjustment of nothing": (
        "adjustments.csv",
        edit("entry_rate", "entry_rat"),
        ["adjustments.csv, row 2", "Did you mean 'entry_rate'?"],
    ),
    "set without a year": ("set.toml", edit("base_year = 2025\n", ""), ["set.toml, set.base_year", "missing"]),
    "unknown key": ("set.toml", edit("price_year", "priceyear"), ["'priceyear'", "Did you mean 'price_year'?"]),
    "not TOML": ("set.toml", edit('name = "tiny"', "name = tiny"), ["set.toml: is not TOML", "line 2"]),
    "unknown deflator": (
        "set.toml",
        edit("hmt-2026-03", "hmt-2026"),
        ["unknown deflator 'hmt-2026'", "Did you mean 'hmt-2026-03'?"],
    ),
    "averted to care": (
        "set.toml",
        edit('averted_to = "at home"', 'averted_to = "home"'),
        ["averted_to is 'home', which is care"],
    ),
    "programme in the past": (
        "set.toml",
        edit("programme_start = 2026", "programme_start = 2025"),
        ["programme_start is 2025", "2026"],
    ),
    "an interval on a share": (
        "entry_share.csv",
        edit("0.75,,", "0.75,0.7,0.8"),
        ["entry_share.csv, row 2", "would not sum to one"],
    ),
    "level of one": ("unit_cost.csv", edit("650,760,,", "650,760,1,"), ["unit_cost.csv, row 2", "level is 1.0"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_set_says_what_where_and_how_to_mend_it(folder: Path, case: str) -> None:
    name, change, words = BROKEN[case]

    path = folder / name
    if change is None:
        path.unlink()
    else:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = change(before)
        path.write_bytes(after if isinstance(after, bytes) else after.encode())
    with pytest.raises(CareCostError) as error:
        cc.load_assumptions(folder)
    for word in words:
        assert word in str(error.value)


def test_all_problems_come_at_once(folder: Path) -> None:
    for case in ("text in a number", "unknown driver", "renamed column", "no source"):
        name, change, _ = BROKEN[case]
        assert callable(change)
        path = folder / name
        path.write_text(change(path.read_text()))
    with pytest.raises(CareCostError) as error:
        cc.load_assumptions(folder)
    assert len(error.value.problems) >= 4
    for word in ("'7k'", "'child_week'", "'leaveage'", "column source"):
        assert word in str(error.value)


def test_equal_rows_keep_places_of_their_own() -> None:
    first, second = (schema.PathRow.model_validate(PATH) for _ in range(2))
    places = Places()
    for number, row in enumerate((first, second), start=2):
        places.keep(row, f"paths.csv, row {number}")
    assert (places.of(first), places.of(second)) == ("paths.csv, row 2", "paths.csv, row 3")
    assert places.of(schema.PathRow.model_validate(PATH)) == "paths.csv, row 2", "an equal one made elsewhere"


def test_object_that_was_not_read_is_named_by_its_quantity() -> None:
    assert Places().of(cc.Phase("short", 2.0)) == "phase: short"


def test_fault_of_a_growth_parameter_comes_with_the_other_faults_of_its_row(folder: Path) -> None:
    path = folder / "adjustments.csv"
    path.write_text(path.read_text().replace("entry_rate", "entry_rat").replace("multiplier", ""))
    with pytest.raises(CareCostError) as error:
        cc.load_assumptions(folder)
    assert "adjustments.csv, row 2, column parameter: unknown parameter 'entry_rat'" in str(error.value)
    assert "adjustments.csv, row 2, column unit: 'unit' is missing" in str(error.value)


@pytest.mark.parametrize(
    "change", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n"), lambda b: b + b",,,,\n\n"]
)
def test_marks_line_endings_and_blank_rows_of_spreadsheets_are_accepted(
    folder: Path, change: Callable[[bytes], bytes]
) -> None:
    before = cc.load_assumptions(folder)
    for path in folder.iterdir():
        if path.suffix == ".csv" or b",,," not in change(b""):
            path.write_bytes(change(path.read_bytes()))
    assert cc.load_assumptions(folder) == before


def lever(*changes: cc.Change) -> cc.Scenario:
    """One lever."""
    return cc.Scenario("x", [cc.Lever("x", changes)])


def test_a_scenario_that_does_not_fit_the_set_is_refused_whole() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    wrong = lever(
        cc.Change("exit_rate", "scale", 0.1, reasons=["adopted"]),
        cc.Change("entry_rate", "scale", -0.1, streams=["others"]),
        cc.Change("unit_cost", "add", 5.0, price_year=2022, unit="GBP per child-week", items=["programme"]),
        cc.Change("entry_share", "divert", 0.1, from_placements=["hom"], to_placement="foster"),
    )
    with pytest.raises(CareCostError) as error:
        cc.run(tiny, wrong)
    for word in ("'adopted'", "Did you mean 'other'?", "'GBP per year'", "Did you mean 'home'?"):
        assert word in str(error.value)
    with pytest.raises(CareCostError, match=r"acts in 2024, which is past.*2026"):
        cc.run(tiny, lever(cc.Change("entry_rate", "scale", -0.1)), start=2024)
    with pytest.raises(CareCostError, match=r"is there twice"):
        cc.run(tiny, lever(cc.Change("entry_rate", "scale", -0.1)), lever(cc.Change("exit_rate", "scale", 0.1)))
    with pytest.raises(CareCostError, match=r"no population for years 2032-2035"):
        cc.run(tiny, years=10)


def test_results_refuse_what_they_do_not_have() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    results = cc.run(tiny, edge)
    for call, words in {
        lambda: results.children(by=["placemnt"]): "Did you mean 'placement'?",
        lambda: results.costs(basis="nominal"): "'real', 'cash'",
        lambda: results.compare("edgy"): "Did you mean 'edge'?",
        lambda: results.flows("entry"): "Did you mean 'entries'?",
        lambda: results.parameters("edge"): "no stream is named",
        lambda: results.compare("edge").npsv(): "no social ledger",
        lambda: tiny.replace("unit_cost", item="hom", value=1): "Did you mean 'home'?",
        lambda: tiny.replace("unit_costs", item="home", value=1): "Did you mean 'unit_cost'?",
        lambda: cc.Draws(-1): "n is -1",
        lambda: cc.money.discount_factors([-1], 0.03): "years holds -1",
        lambda: tiny.deflator.factor(1950, [2020]): "has no year 1950",
    }.items():
        with pytest.raises(CareCostError) as error:
            call()
        assert words in str(error.value)


def test_results_of_different_runs_refuse_to_be_compared() -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    a, b = cc.run(tiny, edge).compare("edge"), cc.run(tiny, edge, start=2027).compare("edge")
    with pytest.raises(CareCostError, match=r"programme_start is 2026 in one result and 2027"):
        cc.Comparison(a.baseline, b.scenario, a.discount, a.programme_start)


def test_a_list_of_known_names_is_said_once_where_it_is_the_same() -> None:
    known = ["foster", "home"]
    error = CareCostError([unknown("item", "fostr", known), unknown("item", "hom", known), unknown("item", "x", ["y"])])
    text = str(error)
    assert text.count("Known: 'foster', 'home'") == 1 and "'hom'. Did you mean 'home'? Known: as above" in text
    assert text.endswith("Known: 'y'")
    assert error.problems[1].remedy.endswith("Known: 'foster', 'home'"), "each problem alone says all"


@pytest.mark.parametrize("word", ["Northeast", "north-east", "NORTH EAST", "Noth East"])
def test_the_nearest_name_does_not_hang_on_capitals_spaces_and_hyphens(word: str) -> None:
    assert nearest(word, ["North West", "North East", "South East"]).startswith("Did you mean 'North East'?")
