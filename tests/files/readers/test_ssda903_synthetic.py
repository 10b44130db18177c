"""Is a return of no real child the same from one seed, of the size asked for, and as flawed?"""

from __future__ import annotations

from dataclasses import replace

import pytest

import carecost as cc


def test_one_seed_gives_one_return() -> None:
    a, b, c = (cc.synthetic_return(40, years=2, seed=seed) for seed in (1, 1, 2))
    assert all(a.tables[name].equals(b.tables[name]) for name in a.tables)
    assert not a.tables["2025/episodes"].equals(c.tables["2025/episodes"])


def test_it_is_about_as_large_as_asked() -> None:
    made = cc.synthetic_return(2_000, years=3, seed=1)
    children = {child for name, table in made.tables.items() if name.endswith("header") for child in table["CHILD"]}
    assert len(children) == pytest.approx(2_000, rel=0.1)  # a Poisson number about the expected, four standard errors


def test_flaws_are_there_where_asked_for() -> None:
    clean, flawed = (
        cc.synthetic_return(200, years=1, seed=1, flaws=flaws).tables["2025/episodes"] for flaws in (0, 0.5)
    )
    assert not (clean == "ZZ9").any(axis=None) and (flawed == "ZZ9").any(axis=None) and len(flawed) > len(clean)


def test_a_set_with_other_streams_is_refused() -> None:
    other = replace(cc.load_assumptions("england-2025"), streams=("all",))
    with pytest.raises(cc.CareCostError, match="has the streams all"):
        cc.synthetic_return(10, like=other)
