"""What worlds may be thrown at the engine? Hypothesis strategies for grids, parameters and scenarios."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis.extra import numpy as hnp

import carecost as cc

FIRST_AGE = 12


def floats(shape: tuple[int, ...], most: float) -> st.SearchStrategy[np.ndarray]:
    """Arrays of plain numbers from zero up."""
    return hnp.arrays(float, shape, elements=st.floats(0, most, allow_subnormal=False))


@st.composite
def grids(draw: st.DrawFn, items: bool = False) -> cc.Grid:
    """Grids with a placement in care, a state outside it and a later one, open at different ages."""
    n_ages = draw(st.integers(6, 9))
    last = FIRST_AGE + n_ages
    placements = [
        cc.Placement(
            "foster", leave_age=min(18, last), then=draw(st.sampled_from([None, "leaver"])) if last > 18 else None
        ),
        cc.Placement("home", leave_age=draw(st.integers(14, min(18, last))), from_age=draw(st.sampled_from([0, 13]))),
        cc.Placement("supported", in_care=False, leave_age=min(18, last)),
        cc.Placement("leaver", in_care=False, leave_age=last, from_age=draw(st.sampled_from([0, min(18, last - 1)]))),
    ]
    reasons = [cc.Reason("out"), cc.Reason("to support", to="supported")]
    bought = [
        cc.Item("foster", "child_weeks", placements=["foster"], cashable=0.5),
        cc.Item("home", "child_years", placements=["home"]),
        cc.Item("starts", "entries"),
        cc.Item("ends", "exits", reasons=["out"]),
        cc.Item("moves", "moves", to=["home"]),
        cc.Item("leavers", "aged_out"),
        cc.Item("people", "population"),
        cc.Item("programme", "year", group="reform", account="central government"),
    ]
    years = draw(st.integers(1, 4))
    ages = range(FIRST_AGE, last)
    return cc.Grid(2025, years, ages, placements, reasons, bought if items else [], averted_to="supported")


@st.composite
def parameter_sets(draw: st.DrawFn, items: bool = False, most_rate: float = 3.0) -> cc.Parameters:
    """Parameters with every rule in play: moves, ``to``, ``then``, birthday and extra entries, draw axes of 1 or D."""
    grid = draw(grids(items))
    y, a, p = grid.n_years, len(grid.ages), len(grid.placements)
    d = draw(st.integers(1, 3))
    opened = np.array([[grid.open(i, age) for i in range(p)] for age in grid.ages], dtype=float)
    share = draw(floats((a, p), 1.0)) * opened + 1e-3 * opened
    share /= share.sum(-1, keepdims=True)
    moves = draw(floats((1, a, p, p), most_rate)) * opened[None, :, None, :]
    exits = draw(floats((d, a, p, 2), most_rate))
    exits[..., 1] *= opened[None, :, [2]]
    exits[:, :, 2, 1] = 0.0
    return cc.Parameters(
        grid,
        initial_stock=draw(floats((d, a, p), 1000.0)) * opened,
        population=draw(floats((1, y, a), 1e5)),
        entry_rate=draw(floats((d, 1, a), 0.01)),
        entry_share=share[None, None],
        entry_at_birthday=draw(floats((1, 1, a), 1.0)),
        extra_entries={"extra": draw(floats((1, 1, a, p), 50.0)) * opened},
        exit_rate=exits[:, None],
        move_rate=moves[:, None],
        unit_cost=draw(floats((d, y, len(grid.items)), 1e5)) if items else None,
    )
