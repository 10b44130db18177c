"""What ships is listed by the name that loads it."""

from __future__ import annotations

import carecost as cc


def test_every_listed_set_loads_and_says_the_same() -> None:
    listed = cc.sets()
    assert listed.columns[0] == "name" and listed["name"].is_unique
    for row in listed.to_dict("records"):
        made = cc.load_assumptions(row["name"])
        assert (made.title, made.base_year, made.years) == (row["title"], row["base_year"], row["years"])
        assert ", ".join(made.streams) == row["streams"]
        assert row["areas"] == (row["name"] == "england-2025")


def test_every_listed_scenario_loads_and_says_the_same() -> None:
    listed = cc.scenarios()
    assert listed.columns[0] == "name" and listed["name"].is_unique and "care-review" in set(listed["name"])
    for row in listed.to_dict("records"):
        made = cc.load_scenario(row["name"])
        assert (made.title, made.made_for) == (row["title"], row["made_for"])
        assert len(made.levers) >= row["levers"] and (row["parts"] or len(made.levers) == row["levers"])
