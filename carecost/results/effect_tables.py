"""Required effects in rows: what one per cent of an effect is worth, and the net present saving over its amount."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from carecost._labels import INACTION
from carecost.analysis.required_effect import Curve, Worth, curve, worths
from carecost.inputs.scenario import Evidence
from carecost.results.tables import CHILDREN, priced
from carecost.simulation.run import Run
from carecost.text import numbers, statements

_COLUMNS = (
    "scenario",
    "lever",
    "effect",
    "stated",
    "step",
    "effect_unit",
    "fewer_children",
    "gross_saving",
    "cashable_saving",
    "npv",
    "money",
    "needed",
)


def effect_of(worth: Worth) -> str:
    """Say in words what an effect is an effect on."""
    selection = statements.where_of(worth.change.where)
    return statements.PARAMETERS[worth.change.parameter] + (f" ({selection})" if selection else "")


def rows(run: Run, scenario: str, levers: Sequence[str] = ()) -> pd.DataFrame:
    """Give what a little of each effect is worth; see :meth:`carecost.Results.required_effects`."""
    made = [
        {
            "scenario": scenario,
            "lever": worth.lever,
            "effect": effect_of(worth),
            "stated": worth.change.amount.value,
            "step": worth.step,
            "effect_unit": worth.change.unit or "share",
            "fewer_children": worth.fewer,
            "gross_saving": worth.gross,
            "cashable_saving": worth.cashable,
            "npv": worth.npv,
            "money": worth.money,
            "needed": worth.needed,
        }
        for worth in worths(run, scenario, levers)
    ]
    frame = pd.DataFrame(made, columns=list(_COLUMNS))
    return priced(frame.assign(children_unit=CHILDREN, year=run.grid.years[-1]), run.provenance.price_base)


def curve_rows(
    run: Run, scenario: str, lever: str, place: int | None = None, most: float | None = None
) -> pd.DataFrame:
    """Give the net present saving over the amount of an effect; see :meth:`carecost.Results.effect_curve`."""
    made = curve(run, scenario, lever, place, most)
    frame = pd.DataFrame({"amount": made.amounts, "value": made.npv})
    frame = frame.assign(scenario=scenario, lever=lever, effect=effect_of(made.worth), year=run.grid.years[-1])
    frame = frame[["scenario", "lever", "effect", "amount", "value", "year"]]
    return priced(frame, run.provenance.price_base)


def studies(run: Run, scenario: str, made: Curve) -> list[Evidence]:
    """Give what is known of a lever's effect that can be put as an amount of it."""
    plan = run.scenarios[scenario]
    lever = next(one for one in plan.levers if one.name == made.worth.lever)
    return [known for known in lever.evidence if known.amount is not None]


def finding(worth: Worth) -> str:
    """Say what one per cent is worth, and what would be needed for its money.

    Parameters
    ----------
    worth : Worth
        An effect.

    Returns
    -------
    str
        A sentence without its full stop.
    """
    one = f"{abs(worth.step):.0%} {'less' if worth.step < 0 else 'more'}"
    each = f"{one} is worth {numbers.pounds(worth.npv)}"
    if worth.money is None:
        return f"{each}; nobody stated what it costs"
    if worth.needed is None:
        return f"{each}; no effect of this kind pays for {numbers.pounds(worth.money)}"
    return f"{each}; it pays for its money at {numbers.percent(abs(worth.needed))}"


def saved(run: Run) -> dict[str, pd.DataFrame]:
    """Give the table of places for an effect that a saved run holds; none where no scenario has such a place."""
    frames = [rows(run, name) for name in run.scenarios if name != INACTION]
    frames = [frame for frame in frames if not frame.empty]
    return {"required_effects": pd.concat(frames, ignore_index=True)} if frames else {}
