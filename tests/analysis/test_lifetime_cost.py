"""What one child costs is what a run with one child more costs beyond the run without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import carecost as cc
from carecost.analysis.lifetime_cost import lifetime_cost
from carecost.simulation.run import run

SETS = Path(__file__).parents[1] / "data" / "sets"


def with_one_more(made: cc.Assumptions, stream: str, age: int, placement: str) -> cc.Assumptions:
    """The set with one entry more in the first year."""
    where = cc.Selector(streams=[stream], years=[made.base_year + 1], ages=[age], placements=[placement])
    belief = cc.Belief(1.0, unit="children per year", source="made up for tests", quality="E")
    row = cc.Assumption("extra_entries", where, belief, name="one more")
    return replace(made, rows=(*made.rows, row))


@pytest.mark.parametrize(
    ("name", "stream", "age", "placement", "years"),
    [
        (SETS / "tiny", "other", 15, "foster", 3),
        (SETS / "tiny", "uasc", 16, "at home", 3),
        ("england-2025", "other", 12, "children's home", 8),
        ("england-2025-phases", "other", 15, "foster in-house", 4),
        ("england-2025-after-care", "uasc", 16, "foster agency", 10),
    ],
)
def test_lifetime_cost_is_what_a_run_with_one_child_more_costs(
    name: str | Path, stream: str, age: int, placement: str, years: int
) -> None:
    base = cc.load_assumptions(name)
    made = lifetime_cost(run(base, years=1))  # the horizon of the run does not matter
    sets = base, with_one_more(base, stream, age, placement)
    before, after = (run(one, years=years).central["inaction"] for one in sets)
    cell = made.streams.index(stream), base.ages.index(age), made.grid.index("placements", placement)
    more, mine = (after.costs.spend - before.costs.spend)[0], made.spend[cell]
    n = min(years, len(made.grid.years))
    # The difference of two runs of some £bn has their rounding.
    np.testing.assert_allclose(mine[:n], more[:n], rtol=1e-9, atol=1e-13 * before.costs.spend.max())
    assert mine[:n].sum() > 0 and (years < len(made.grid.years) or mine[n:].sum() == 0)
    grid = run(base, years=years).grid
    more_time = (after.in_care(grid)[1] - before.in_care(grid)[1])[0]
    np.testing.assert_allclose(made.child_years[cell][:n], more_time[:n], atol=1e-10 * before.in_care(grid)[1].max())


def test_lifetime_cost_reaches_the_oldest_age_from_every_age() -> None:
    made = lifetime_cost(run(cc.load_assumptions("england-2025"), years=1))
    assert len(made.grid.years) == 18
    entered = np.nansum(made.child_years[0, 0], axis=-1)
    closed = made.spend[0, 0, made.grid.index("placements", "supported accommodation")]
    assert entered.max() > 0 and np.isnan(closed).all()


def test_lifetime_cost_is_refused_where_places_run_out() -> None:
    with pytest.raises(cc.CareCostError, match="places run out"):
        lifetime_cost(run(cc.load_assumptions("england-2025-capacity"), years=1))


def test_lifetime_cost_has_what_goes_on_behind_every_scenario() -> None:
    tiny = cc.load_assumptions(SETS / "tiny")
    dearer = cc.Change("unit_cost", "scale", 0.5, items=["foster"])
    behind = replace(tiny, background=cc.Scenario("behind", [cc.Lever("behind", [dearer])]))
    plain, more = (lifetime_cost(run(one)) for one in (tiny, behind))
    item = plain.grid.index("items", "foster")
    np.testing.assert_allclose(more.spend[..., item], 1.5 * plain.spend[..., item])
