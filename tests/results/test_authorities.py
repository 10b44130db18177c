"""All authorities at once: the same as each alone, whatever they run on; the gap to England; tables beside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import carecost as cc
from carecost.errors import InputError, UnknownNameError

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
