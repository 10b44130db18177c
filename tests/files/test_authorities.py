"""The set of one authority: its children, the forecaster's path, prices that fade, names that are found or refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.errors import FileError, InputError, UnknownNameError
from carecost.files.authorities import PLACEMENTS, WENT, authority, known_authorities
from carecost.simulation.checks import checked

ENGLAND = cc.load_assumptions("england-2025")
EVERY = known_authorities("england-2025")
#: Large with many transfers, ordinary, small, of an area that was divided, without published spend, with four children.
SOME = ("Kent", "Hartlepool", "Rutland", "Cumberland", "Wandsworth", "City of London")


def children(made: cc.Assumptions, **where: object) -> float:
    return sum(row.belief.value for row in made.select("initial_stock", **where) if row.kind == "value")


@pytest.fixture(scope="module")
def sets() -> dict[str, cc.Assumptions]:
    return {name: authority(ENGLAND, name) for name in SOME}


@pytest.mark.parametrize("name", SOME)
def test_a_set_starts_with_the_authority_s_children(sets: dict[str, cc.Assumptions], name: str) -> None:
    made, figures = sets[name], EVERY.find(name).figures
    assert children(made) == pytest.approx(figures["children"], rel=1e-6)
    for placement in set(PLACEMENTS.values()):
        names = [p for p, release in PLACEMENTS.items() if release == placement]
        assert children(made, placement=names) == pytest.approx(figures[f"in {placement}"], rel=1e-5, abs=1e-4)
    for ages, band in ((range(10, 16), "10 to 15"), (range(16, 18), "16 and over")):
        assert children(made, age=list(ages)) == pytest.approx(figures[f"aged {band}"], rel=1e-5, abs=1e-4)
    assert made.area == name and made.portion == pytest.approx(figures["children"] / 81770, rel=1e-6)


@pytest.mark.parametrize("name", ["Kent", "Rutland"])
def test_children_go_the_forecaster_s_way_in_the_central_run(sets: dict[str, cc.Assumptions], name: str) -> None:
    found = cc.run(sets[name], years=5).run
    path = found.side("inaction", found.central["inaction"]).children[0]
    wanted = [EVERY.find(name).factors[f"forecast: {year}"] for year in range(2026, 2031)]
    np.testing.assert_allclose(path[1:], wanted, rtol=1e-4)


def test_the_forecasts_of_all_sum_to_england_but_for_the_gap() -> None:
    found = cc.run(ENGLAND, years=5).run
    england = found.side("inaction", found.central["inaction"]).children[0]
    for n in range(1, 6):
        each = [one.factors[f"forecast: {2025 + n}"] for one in EVERY.all if one.figures["children"] > 4]
        assert sum(each) == pytest.approx(england[n], rel=1e-3)


def test_transfers_are_entries_and_exits_apart(sets: dict[str, cc.Assumptions]) -> None:
    kent = sets["Kent"]
    came = [row for row in kent.select("extra_entries") if row.name == "came from another authority"]
    assert sum(row.belief.value for row in came) == pytest.approx(
        EVERY.find("Kent").figures["came from another authority"]
    )
    assert {row.belief.quality for row in came} == {"D"}
    going = kent.select("exit_rate", stream="uasc", age=16, reason=WENT)[0].belief.value
    assert going > 20 * ENGLAND.select("exit_rate", stream="uasc", age=16, reason=WENT)[0].belief.value


def test_prices_fade_to_england_s_as_stated(sets: dict[str, cc.Assumptions]) -> None:
    one = EVERY.find("Kent").factors
    run = cc.run(sets["Kent"], years=2).run
    plain = cc.run(ENGLAND, years=2).run
    names = [item.name for item in run.grid.items]
    for item, own, share in (("children's home", "residential", 0.3), ("foster agency", "fostering", 0.1)):
        at = names.index(item)
        ratio = run.central["inaction"].costs.unit_cost[0, :, at] / plain.central["inaction"].costs.unit_cost[0, :, at]
        wanted = [one[f"price: {own}"] ** ((1 - share) ** h) * one["price: level"] ** (0.95**h) for h in (1, 2)]
        np.testing.assert_allclose(ratio, wanted, rtol=1e-9)


def test_an_authority_without_published_prices_has_england_s(sets: dict[str, cc.Assumptions]) -> None:
    factors = EVERY.find("Wandsworth").factors
    assert {v for k, v in factors.items() if k.startswith("price: ")} == {1.0}


def test_every_authority_makes_a_set_that_is_checked() -> None:
    for one in EVERY.all[::19]:
        if one.known:
            checked(authority(ENGLAND, one.name))


@pytest.mark.parametrize("name", ["886", "E10000016", "kent", " KENT "])
def test_names_codes_and_numbers_are_taken(name: str) -> None:
    assert EVERY.find(name).name == "Kent"


def test_a_set_is_loaded_by_its_name_and_saved(tmp_path: Path) -> None:
    made = cc.load_assumptions("england-2025/886")
    assert made == authority(ENGLAND, "Kent") and made.name == "england-2025, Kent"
    cc.save_assumptions(made, tmp_path / "kent")
    assert cc.load_assumptions(tmp_path / "kent") == made


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Cumbria", "Cumberland and Westmorland and Furness"),
        ("909", "Cumberland"),
        ("Kentt", "Did you mean 'Kent'"),
        ("North", "unknown region or authority 'North'"),
    ],
)
def test_former_and_unknown_names_are_said(name: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        cc.load_assumptions(f"england-2025/{name}")


def test_an_authority_without_children_is_refused() -> None:
    with pytest.raises(FileError, match="Isles of Scilly: has no child looked after"):
        cc.load_assumptions("england-2025/Isles of Scilly")


def test_a_set_without_authorities_is_refused() -> None:
    with pytest.raises(FileError, match="is not a set with authorities"):
        authority(cc.load_assumptions("england-2022"), "Kent")
    with pytest.raises(FileError):
        cc.load_assumptions("england-2022/Kent")


def test_an_edited_set_of_england_has_authorities_and_a_part_has_none() -> None:
    dearer = replace(ENGLAND.replace("unit_cost", item="secure", value=9000), name="england-2025, dearer")
    found = authority(dearer, "Kent").select("unit_cost", item="secure")
    assert 9000 in [row.belief.value for row in found]
    with pytest.raises(FileError, match="is the area 'Kent' already"):
        authority(authority(ENGLAND, "Kent"), "Leeds")


def test_a_row_of_several_cells_is_refused_in_words() -> None:
    rows = [row for row in ENGLAND.rows if row.kind == "value" and row.parameter == "initial_stock"]
    wide = replace(rows[0], where=replace(rows[0].where, ages=(0, 1)))
    with pytest.raises(InputError, match="one row for cells whose shares differ by authority"):
        authority(replace(ENGLAND, rows=(wide, *ENGLAND.rows[1:])), "Kent")


@pytest.mark.slow
def test_bands_are_as_wide_as_authorities_have_moved() -> None:
    """England's walks, luck and the authority's own walk give about the pooled law, over one to five years."""
    found = cc.run(authority(ENGLAND, "Hartlepool"), years=5, draws=cc.Draws(300, noise=True)).run
    path = np.log(found.side("inaction", found.shown["inaction"]).children)
    wanted = np.sqrt(np.arange(1, 6) * (0.057**2 + 1.01 / 332))
    # A standard deviation of 300 draws is known to 4%; the law is met on average over the years, each to a tenth.
    np.testing.assert_allclose(path[:, 1:].std(0), wanted, rtol=0.2)
