"""Results can be kept: nobody writes into them, they pickle and copy at any time, and numpy scalars are numbers."""

from __future__ import annotations

import copy
import csv
import io
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.inputs.change import replace_change
from carecost.report import write
from carecost.report.story import story

SETS = Path(__file__).parents[1] / "data" / "sets"


@pytest.fixture(scope="module")
def results() -> cc.Results:
    """A run of which much was asked: what was found is remembered in it."""
    made = cc.run(cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml"), draws=cc.Draws(8, 3))
    made.attribution("edge")
    made.summary()
    made.to_dict()
    write.run_files(story(made))
    return made


def things(results: cc.Results) -> dict[str, Any]:
    """Public objects, each asked something first."""
    saving, appraisal = results.compare("edge"), results.appraisal("edge")
    saving.npv(), saving.summary(), appraisal.table()
    options = results.options()
    options.table()
    projection = results.projection("edge")
    assert projection.exits.shape and projection.children.shape
    run, parameters = results.run, results.parameters("edge", "other")
    return {
        "Assumptions": run.assumptions,
        "Scenario": run.scenarios["edge"],
        "Results": results,
        "Run": run,
        "Saving": saving,
        "SavingAppraisal": appraisal,
        "Options": options,
        "Comparison": run.compare("edge"),
        "Projection": projection,
        "Parameters": parameters,
        "Costs": cc.cost(results.projection("edge", "other"), parameters),
        "Outcome": run.drawn["edge"],
        "Convergence": results.converged(),
        "Draws": run.draws,
        "Grid": run.grid,
        "Change": run.scenarios["edge"].levers[0].changes[0],
        "Item": run.grid.items[0],
        "Schedule": run.assumptions.discount,
        "Story": story(results),
        "Optimism": cc.optimism_bias("outsourcing"),
    }


def test_everything_public_pickles_and_copies_whatever_was_asked_of_it(results: cc.Results) -> None:
    for name, thing in things(results).items():
        for again in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):
            assert type(again) is type(thing), name
    for again in (pickle.loads(pickle.dumps(results)), copy.deepcopy(results)):
        assert again.run.assumptions == results.run.assumptions
        for name, table in results.tables().items():
            pd.testing.assert_frame_equal(again.tables()[name], table, check_exact=True)


def arrays(thing: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Arrays of an object and of its parts."""
    found = {}
    for name, value in vars(thing).items():
        if isinstance(value, np.ndarray):
            found[name] = value
        elif isinstance(value, cc.Costs | cc.Capacity):
            found |= {f"{name}.{inner}": array for inner, array in arrays(value).items()}
    return found


def test_arrays_of_results_cannot_be_written_into(results: cc.Results) -> None:
    saving = results.compare("edge")
    projection = results.projection("edge")
    for name in ("exits", "moves", "aged_out", "birthdays", "children"):
        getattr(projection, name)
    comparison = results.run.compare("edge")
    for name in ("averted", "averted_child_years", "price_effect", "volume_effect", "cashable_share", "factors"):
        assert not getattr(comparison, name).flags.writeable, name
        assert not getattr(saving, name).flags.writeable, name
    run = results.run
    again = pickle.loads(pickle.dumps(run))
    for owner in (run.drawn["inaction"], run.central["edge"], projection, comparison.scenario, again.drawn["edge"]):
        found = arrays(owner)
        assert len(found) > 1
        for name, array in found.items():
            with pytest.raises(ValueError, match="read-only"):
                array[:] = 0
            assert not array.flags.writeable, name


def test_capacity_of_a_run_cannot_be_written_into() -> None:
    made = cc.run(cc.load_assumptions("england-2025-capacity"), years=2)
    for capacity in (made.run.central["inaction"].capacity, made.projection("inaction").capacity):
        assert capacity is not None
        assert not any(array.flags.writeable for array in capacity.arrays().values())


def test_numpy_scalars_run_save_and_load(tmp_path: Path) -> None:
    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    half = edge.scaled(np.linspace(0, 1, 3)[1])
    made = cc.run(tiny, half, years=np.int64(4), draws=cc.Draws(np.int64(4), np.int32(2)), start=np.int64(2027))  # type: ignore[arg-type]
    again = cc.Results.load(made.save(tmp_path / "run"))
    assert again.run.scenarios == made.run.scenarios
    plain = cc.run(tiny, edge.scaled(0.5), years=4, draws=cc.Draws(4, 2), start=2027)
    np.testing.assert_array_equal(again.compare(half.name).npv(), plain.compare(half.name).npv())


def test_numpy_scalars_are_kept_as_numbers() -> None:
    number = cc.Interval(np.float64(0.1), np.float64(0.05), np.float32(0.5))
    assert repr(number) == repr(cc.Interval(0.1, 0.05, 0.5))
    place = cc.Placement("f", leave_age=np.int64(18))  # type: ignore[arg-type]
    assert repr(place) == repr(cc.Placement("f", leave_age=18))
    where = cc.Selector(ages=np.arange(3), years=[np.int64(2026)])  # type: ignore[arg-type]
    assert repr(where) == repr(cc.Selector(ages=(0, 1, 2), years=(2026,)))
    assert repr(cc.Draws(np.int64(5))) == repr(cc.Draws(5))  # type: ignore[arg-type]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def formulas(text: str) -> list[str]:
    """Cells that a spreadsheet would work out."""
    cells = (cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row)
    return [cell for cell in cells if cell[:1] in ("=", "+", "-", "@") and not is_number(cell)]


def dangerous(sign: str) -> tuple[cc.Assumptions, cc.Scenario]:
    """The tiny set and its scenario, with every name that begins with a sign."""

    def said(name: str) -> str:
        return f"{sign}{name}"

    tiny, edge = cc.load_assumptions(SETS / "tiny"), cc.load_scenario(SETS / "edge.toml")
    items = [replace(i, name=said(i.name), group=said(i.group), payer=said(i.payer)) for i in tiny.items]
    rows = [
        replace(
            row,
            where=replace(row.where, items=tuple(map(said, row.where.items)) if row.where.items else None),
            belief=replace(row.belief, source=said("source"), note=said("note")),
            name=said(row.name) if row.name else "",
        )
        for row in tiny.rows
    ]
    made = replace(tiny, name=said("set"), title=said("title"), items=tuple(items), rows=tuple(rows))
    levers = []
    for lever in edge.levers:
        changed = [
            replace_change(
                c, where=replace(c.where, items=tuple(map(said, c.where.items))) if c.where.items else c.where
            )
            for c in lever.changes
        ]
        levers.append(replace(lever, name=said(lever.name), source=said("word"), changes=tuple(changed)))
    return made, replace(edge, name=said("plan"), title=said("Plan"), levers=tuple(levers))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_text_of_a_saved_run_is_a_formula_and_numbers_keep_their_minus(sign: str, tmp_path: Path) -> None:
    made = cc.run(*dangerous(sign), draws=4, years=3)
    folder = made.save(tmp_path / "run")
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.csv")}
    assert len(written) > 15
    for name, text in written.items():
        assert formulas(text) == [], name
    assert all(f"'{sign}" in written[name] for name in ("costs.csv", "savings.csv", "assumptions.csv"))
    table = pd.read_csv(folder / "savings.csv")
    frame = made.savings()
    assert (frame["value"] < 0).any()
    np.testing.assert_array_equal(table["value"].to_numpy(), frame["value"].to_numpy())
    assert cc.Results.load(folder).run.scenarios == made.run.scenarios
