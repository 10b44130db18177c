"""Beliefs of a set as rows: what is stated, and what of it is uncertain, before any run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from carecost._frames import frame
from carecost.inputs.belief import Assumption
from carecost.inputs.dependence import Ties
from carecost.inputs.year_path import YearPath

if TYPE_CHECKING:
    from carecost._frames import DataFrame

#: Axes of cells.
AXES = ("streams", "years", "ages", "placements", "to", "reasons", "items", "groups")
#: Columns of a set in rows.
SET = (
    *("quantity", "parameter", "kind", *AXES, "value", "low", "high", "level", "distribution"),
    *("long_run", "fade_years", "hold_years", "unit", "price_year", "source", "source_year", "quality", "note"),
)
#: Columns of what is uncertain in a set.
UNCERTAIN = (
    "quantity",
    "drawn_from",
    "group",
    "value",
    "low",
    "high",
    "level",
    "distribution",
    "unit",
    "quality",
    "note",
)


def set_table(rows: Sequence[Assumption]) -> DataFrame:
    """Give every row of a set; see :meth:`carecost.Assumptions.table`."""
    return frame((_row(row) for row in rows), SET)


def _row(row: Assumption) -> dict[str, object]:
    b = row.belief
    told = {name: getattr(b, name) for name in ("value", "low", "high", "unit", "price_year", "source", "source_year")}
    cells = {axis: getattr(row.where, axis) for axis in AXES}
    return {
        "quantity": row.quantity,
        "parameter": row.parameter,
        "kind": row.kind,
        **cells,
        **told,
        "level": None if b.certain else b.level,
        "distribution": b.shape,
        "long_run": row.long_run,
        "fade_years": row.fade_years,
        "hold_years": row.hold_years if row.kind == "growth" else None,
        "quality": b.quality,
        "note": b.note,
    }


def uncertain_table(rows: Sequence[Assumption], ties: Ties, paths: Sequence[YearPath]) -> DataFrame:
    """Give what differs between draws; see :meth:`carecost.Assumptions.uncertain`."""
    return frame(_uncertain(rows, ties, paths), UNCERTAIN)


def _uncertain(rows: Sequence[Assumption], ties: Ties, paths: Sequence[YearPath]) -> Iterator[dict[str, object]]:
    group = {name: group for group, names in ties.groups.items() for name in names}
    seen = set()
    for row in rows:
        joint = ties.joint.get(row.quantity)
        if (row.belief.certain and joint is None) or row.quantity in seen:
            continue
        seen.add(row.quantity)
        told = _row(row)
        where = "interval" if joint is None else f"joint draws {joint.name}"
        yield {**{name: told[name] for name in UNCERTAIN if name in told}, "drawn_from": where} | {
            "group": group.get(row.quantity, "") if joint is None else joint.name
        }
    for path in paths:
        half = "" if path.half_life is None else f", half-life {path.half_life:g} years"
        yield {
            "quantity": f"path: {path.name}",
            "drawn_from": f"{path.kind} over years, sd {path.sd:g}{half}",
            "group": path.luck,
            "value": 1.0,
            "unit": "multiplier",
            "quality": path.quality,
            "note": path.note,
        }
