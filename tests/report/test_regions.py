"""Is the table of regions what each region's run gives, and does it sum?"""

from __future__ import annotations

import re

import pytest

import carecost as cc
from carecost.errors import InputError
from carecost.report.answer import net
from carecost.report.regions import files, table_text
from carecost.results.areas import AreaResults
from carecost.text import numbers


@pytest.fixture(scope="module")
def found() -> AreaResults:
    return cc.run_areas("england-2025", "family-help", years=5)


def test_each_row_is_what_the_run_of_its_region_gives(found: AreaResults) -> None:
    rows = {line.split("  ")[0]: line for line in table_text(found, at=(2030,)).splitlines()}
    for area, results in found.results.items():
        compared = results.run.compare("family-help")
        children = compared.baseline.children[0]
        shown = [numbers.children(value) for value in (children[0], children[5], compared.averted[0, 5])]
        assert re.sub(r" +", " ", rows[area]) == " ".join([area, *shown, net(compared.npv()[0])])
    whole = sum(results.run.compare("family-help").npv()[0] for results in found.results.values())
    assert rows["England"].endswith(net(whole))


def test_many_scenarios_have_their_net_saving_alone_and_lines_stay_short() -> None:
    plans = ["family-help", "do-minimum", "families-first", "foster-carers", "workforce", "child-protection"]
    text = table_text(cc.run_areas("england-2025", *plans, years=4))
    assert max(map(len, text.splitlines())) <= 110 and "Fewer" not in text


def test_dates_are_those_of_the_run_and_files_are_tables_by_area(found: AreaResults) -> None:
    with pytest.raises(InputError, match=r"no 31 March 2040 in the run.*2025 to 2030"):
        table_text(found, at=(2040,))
    made = files(found)
    assert set(made) == {f"{name}.csv" for name in ("regions", "regions_children", "regions_costs", "regions_places")}
    assert all(content.startswith(b"area,") for content in made.values())
