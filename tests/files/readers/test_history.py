"""Histories are told from their columns, whatever years they hold; what cannot be read is said with its row."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import FileError, InputError
from carecost.files.readers.history import read_history

ROOT = Path(cc.__file__).parents[1]
PANEL = """la_number,area,region,year,measure,value
1,Here,North,2021,stock 31 March,100.0
1,Here,North,2022,stock 31 March,104.0
1,Here,North,2022,of them unaccompanied,c
1,Here,North,2022,started in year,41.0
2,There,South,2021,stock 31 March,50.0
2,There,South,2022,stock 31 March,49.0
2,There,South,2022,of them unaccompanied,3.0
2,There,South,2021,"children 0-17, approximate",1000.5
2,There,South,2022,children 0-17,1010.0
"""
RECORD = """year,stock_31_march,started,ceased,uasc_31_march,adopted,stock_flow_residual,release,source
2021,80780.0,28480.0,28120.0,4150.0,2890,420.0,2024,first
2022,82090.0,31100.0,30230.0,,3010,440.0,2024,first
2021,80780.0,28470.0,28120.0,4150.0,2890,,2025,second
"""


def read(text: str) -> cc.History:
    return read_history(text, "x.csv", "x")


def test_panel_of_any_years_is_read_by_measure_area_and_year() -> None:
    found = read(PANEL)
    assert found.areas == ("Here", "There") and found.regions == ("North", "South") and found.years == (2021, 2022)
    assert np.asarray(found.stock).tolist() == [[100, 104], [50, 49]]
    np.testing.assert_equal(np.asarray(found.uasc), [[np.nan, np.nan], [np.nan, 3]])
    np.testing.assert_equal(np.asarray(found.started), [[np.nan, 41], [np.nan, np.nan]])
    np.testing.assert_equal(np.asarray(found.population), [[np.nan, np.nan], [1000.5, 1010]])


def test_record_keeps_the_latest_release_of_a_year() -> None:
    found = read(RECORD)
    assert found.areas == ("England",)
    assert np.asarray(found.started).tolist() == [[28470, 31100]]
    np.testing.assert_equal(np.asarray(found.uasc), [[4150, np.nan]])
    assert found.source == "first; second"


def test_a_table_of_ones_own_has_a_column_a_series() -> None:
    found = read("year,area,stock,started\n2024,A,10,\n2025,A,12,5\n2024,B,7,3\n2025,B,8,4\n")
    assert found.areas == ("A", "B") and np.asarray(found.stock).tolist() == [[10, 12], [7, 8]]
    np.testing.assert_equal(np.asarray(found.started), [[np.nan, 5], [3, 4]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,region,year,value\nA,N,2025,1\n", "The nearest is the panel of authorities, which has 'measure' too"),
        (
            "year,stock_31_march,uasc_31_march\n2025,1,1\n",
            "the nearest is the record of the department, which has 'started'",
        ),
        ("yaer,stock\n2025,1\n", "The nearest is the history, which has 'year' too"),
        ("year,stock,startd\n2025,1,1\n", "header: unknown column 'startd'. Did you mean 'started'"),
        ("year,stock,stock\n2025,1,1\n", "column 'stock' is there twice"),
        ("year,stock\n", "has a header and no rows"),
        ("year,stock\n2024,1\n2025,1,2\n", "row 3: has 3 cells under 2 columns"),
        ("year,stock\n2024-25,1\n", "row 2: year is '2024-25'. Give the year that ends on 31 March"),
        ('year,stock\n2025,"81,770"\n', "row 2: stock of England, 2025 is '81,770'. Give a count"),
        ("year,stock\n2025,-3\n", "stock of England, 2025 is '-3'"),
        ("year,stock\n2025,c\n", "row 2: stock of England, 2025 is 'c'. Give the count, or leave the area out"),
        ("year,stock\n2025,3\n2025,4\n", "row 3: stock of England, 2025 is there twice, first in row 2"),
        ("year,stock\n2023,3\n2025,4\n", "stock is nan or is not known: 1 cells, the first England, 2024"),
        ("year;stock\n2025;3\n", "semicolons"),
        (PANEL.replace("started in year", "starts in year"), "row 5: unknown measure 'starts in year'. Did you mean"),
        (PANEL.replace("1,Here,North,2022,stock", "1,Here,South,2022,stock"), "Here is in 'South' here and in 'North'"),
        (RECORD.replace(",2025,second", ",2024,second"), "row 4: year 2021 is there twice, first in row 2"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_row_and_remedy(text: str, said: str) -> None:
    with pytest.raises(FileError) as caught:
        read(text)
    assert said.casefold() in str(caught.value).casefold() and "x.csv" in str(caught.value)


def test_every_fault_of_a_file_is_said_at_once() -> None:
    with pytest.raises(FileError) as caught:
        read("year,stock,started\n2023,many,1\n2024,5,1\n2025,1,-1\n2024,5,\n")
    assert len(caught.value.problems) == 4


def test_names_and_paths_are_found_and_the_nearest_is_offered(tmp_path: Path) -> None:
    file = tmp_path / "authority_panel_2021_2022.csv"
    file.write_text(PANEL, encoding="utf-8")
    assert cc.load_history(file).name == file.name and cc.load_history("authorities").name == "authorities"
    with pytest.raises(FileError, match="Did you mean 'england'"):
        cc.load_history("Englnd")
    with pytest.raises(InputError, match="Give a name or a path"):
        cc.load_history(3)  # type: ignore[arg-type]


def published(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / "published" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_packaged_histories_are_the_published_figures() -> None:
    england, authorities = cc.load_history("england"), cc.load_history("authorities")
    rows = published("time_series")
    assert np.asarray(england.stock)[0].tolist() == [float(row["stock"]) for row in rows]
    assert np.asarray(england.started)[0].tolist() == [float(row["started"]) for row in rows]
    young = {int(row["mid_year"]): float(row["population_0_17"]) for row in published("population_totals")}
    wanted = [young.get(year - 1, np.nan) for year in england.years]
    np.testing.assert_equal(np.asarray(england.population)[0], wanted)
    assert len(authorities.areas) == 148 and authorities.years == tuple(range(2011, 2023))
    for row in published("authority_panel")[::97]:
        at = authorities.areas.index(row["area"]), int(row["year"]) - 2011
        for name in ("stock", "started", "uasc", "population"):
            np.testing.assert_equal(np.asarray(getattr(authorities, name))[at], float(row[name] or "nan"))


def test_authorities_add_up_to_the_country() -> None:
    """But for rounding, the City of London, Scilly, and revisions since: 0.2% at most."""
    england, total = cc.load_history("england"), cc.load_history("authorities").total()
    years = [england.years.index(year) for year in total.years]
    np.testing.assert_allclose(np.asarray(total.stock)[0], np.asarray(england.stock)[0, years], rtol=2e-3)
