"""All authorities at once: the same as each alone, whatever they run on; the gap to England; tables beside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError
from carecost.files.authorities import known_authorities
from carecost.results.authority_tables import NEAR, beside, difference, together

EVERY = known_authorities("england-2025").all
NAMES = ("Leeds", "Rutland")


@pytest.fixture(scope="module")
def found() -> cc.AuthorityResults:
    return cc.run_authorities("england-2025", "family-help", draws=12, years=4, authorities=NAMES)


def test_the_table_has_every_authority_name_first() -> None:
    table = cc.authorities()
    assert table.columns[:4].tolist() == ["name", "code", "number", "region"]
    assert len(table) == 153 and table["name"].is_unique and table["code"].is_unique and table["number"].is_unique
    assert table["children"].sum() == pytest.approx(81770, abs=5)


def test_each_is_what_it_is_alone(found: cc.AuthorityResults) -> None:
    alone = cc.run("england-2025/Rutland", "family-help", draws=12, years=4)
    here = found.runs["Rutland"]
    for name in ("inaction", "family-help"):
        side = alone.run.side(name, alone.run.drawn[name])
        np.testing.assert_allclose(here.children[name], side.children, rtol=1e-12)
        np.testing.assert_allclose(here.spend[name], side.costs.public_spend, rtol=1e-12)
    np.testing.assert_allclose(here.saving["family-help"], alone.compare("family-help").npv(), rtol=1e-9)


def test_nothing_depends_on_what_they_run_on(found: cc.AuthorityResults) -> None:
    with ThreadPoolExecutor(1) as pool:
        again = cc.run_authorities("england-2025", "family-help", draws=12, years=4, authorities=NAMES, executor=pool)
    assert again.summary().equals(found.summary())


def test_england_s_luck_is_shared_and_own_luck_is_not(found: cc.AuthorityResults) -> None:
    ahead = [np.log(run.children["inaction"][:, -1]) for run in found.runs.values()]
    assert not np.allclose(ahead[0] - ahead[0].mean(), ahead[1] - ahead[1].mean())


def test_tables_say_their_units(found: cc.AuthorityResults) -> None:
    children, costs, summary = found.children(), found.costs(), found.summary()
    assert set(children["unit"]) == {"children"} and set(costs["price_year"]) == {2025}
    assert children["authority"].unique().tolist() == ["Leeds", "Rutland"]
    base = children.query("authority == 'Leeds' and date == 2025 and quantile == 'central' and scenario == 'inaction'")
    assert base["value"].item() == pytest.approx(1498, rel=1e-6)
    plan = summary.query("scenario == 'family-help'")
    assert (plan["saving_low"] <= plan["saving"]).all() and (plan["saving"] <= plan["saving_high"]).all()
    assert summary.query("scenario == 'inaction'")["saving"].isna().all()


def test_progress_counts_authorities() -> None:
    seen: list[tuple[int, int]] = []
    cc.run_authorities("england-2025", years=1, authorities=NAMES, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]


def test_the_gap_to_england_is_given_where_all_are_run(found: cc.AuthorityResults) -> None:
    with pytest.raises(InputError, match="2 authorities do not make England"):
        found.gap()


def test_the_gap_is_what_authorities_sum_to_beyond_england(found: cc.AuthorityResults) -> None:
    gap = replace(found, every=True).gap()
    summed = sum(run.central_children["inaction"][0] for run in found.runs.values())
    np.testing.assert_allclose(gap["authorities"], summed)
    assert gap["england"].iloc[0] == pytest.approx(81770, abs=1) and gap["date"].tolist() == list(range(2025, 2030))
    np.testing.assert_allclose(gap["gap"], summed - gap["england"])


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"authorities": ["Kentt"]}, UnknownNameError, "Did you mean 'Kent'"),
        ({"authorities": ["Isles of Scilly"]}, InputError, "has no child looked after"),
        ({"draws": -1}, InputError, "draws"),
    ],
)
def test_faults_are_said(given: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        cc.run_authorities("england-2025", years=1, **given)  # type: ignore[arg-type]


def test_an_authority_stands_beside_its_neighbours_and_england() -> None:
    kent = next(one for one in EVERY if one.name == "Kent")
    frame = beside(kent, EVERY)
    assert frame["area"].tolist() == ["Kent", NEAR, "England", *kent.neighbours]
    near = [one for one in EVERY if one.name in kent.neighbours]
    wanted = (
        1e4 * sum(one.figures["children"] for one in near) / sum(one.figures["children aged 0 to 17"] for one in near)
    )
    assert frame["rate"].iloc[1] == pytest.approx(wanted)
    assert frame["rate"].iloc[2] == pytest.approx(1e4 * 81770 / 12183016, rel=1e-4)
    # England's published prices, 765 and 7,385, are of its whole spend; these are means over authorities.
    assert frame["fostering_price"].iloc[2] == pytest.approx(765, rel=0.02)
    assert frame["residential_price"].iloc[2] == pytest.approx(7385, rel=0.03)


@pytest.mark.parametrize("name", ["Kent", "Blackpool", "Rutland"])
def test_rate_mix_and_price_sum_to_the_difference(name: str) -> None:
    one = next(x for x in EVERY if x.name == name)
    parts = difference(one, EVERY, cc.load_assumptions("england-2025"))
    assert parts["expected"] + parts["rate"] + parts["mix"] + parts["price"] == pytest.approx(parts["spend"], rel=1e-12)
    more = one.figures["children"] / one.figures["children aged 0 to 17"] > 81770 / 12183016
    assert (parts["rate"] > 0) == more


def test_england_differs_from_itself_in_nothing() -> None:
    whole = together(one for one in EVERY if np.isfinite(one.figures["spend, children looked after"]))
    one = EVERY[0]
    england = type(one)("England", "", "", "", (), whole, {})
    parts = difference(england, EVERY, cc.load_assumptions("england-2025"))
    for part in ("rate", "mix", "price"):
        assert parts[part] == pytest.approx(0, abs=1e-6 * parts["spend"])
