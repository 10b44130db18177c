"""Read the folder of a set: tables row by row, keeping every place and every fault."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from carecost.engine.grid import AXES, CapacityGroup, Placement, Reason, Selector
from carecost.engine.items import Cashable, Item
from carecost.errors import CareCostError, FileError, Problem, refuse, unknown
from carecost.files import schema
from carecost.files.packaged import base_folder, money
from carecost.files.parsing import Numbers, faults, read_numbers, read_text, read_toml
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import Assumption, Belief, Note, Scope
from carecost.inputs.dependence import CorrelationMatrix, JointDraws, Loading, Ties
from carecost.inputs.phases import Phase, Phases, PhaseShare
from carecost.inputs.year_path import YearPath
from carecost.money.discounting import Deflator, Schedule
from carecost.simulation.checks import verify

Model = TypeVar("Model", bound=BaseModel)


_SINGULAR = {
    "stream": "streams",
    "year": "years",
    "age": "ages",
    "placement": "placements",
    "reason": "reasons",
    "item": "items",
    "group": "groups",
}


def validated(
    model: type[Model], data: dict[str, Any], where: str, problems: list[Problem], cell: str = ""
) -> Model | None:
    """Check data against a model; None, with the problems, when it does not fit."""
    if not data and problems:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(faults(error, model, where, cell))
        return None


class Reader:
    """Reads one folder, keeping the place of every row and every problem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base: Path | None = None
        self.problems: list[Problem] = []
        self.places: dict[int, str] = {}

    def read(self) -> Assumptions:
        """Read and check the whole folder.

        Raises
        ------
        CareCostError
            With every fault found.
        """
        head = self._head()
        self._strangers()
        labels = {name: list(self._table(name, model)) for name, model in schema.LABELS.items()}
        rows: list[Assumption] = []
        for table, model in schema.BELIEFS.items():
            for where, row in self._table(table, model):
                rows += self._belief(table, row, where)
        ties, paths, phases = self._ties(), tuple(self._paths()), self._phases()
        items = [self._built(where, _item, row) for where, row in labels["items"]]
        refuse(self.problems, FileError)
        assert head is not None
        priced = money(head.set, self.problems)
        refuse(self.problems, FileError)
        assert priced is not None
        made = self._assumptions(head, labels, [i for i in items if i is not None], rows, priced)
        made = replace(made, ties=ties, paths=paths, phases=phases)
        verify(made, lambda row: self.places.get(id(row), row.quantity))
        return made

    def _assumptions(
        self,
        head: schema.SetFile,
        labels: dict[str, list[tuple[str, Any]]],
        items: list[Item],
        rows: list[Assumption],
        priced: tuple[Deflator, Schedule],
    ) -> Assumptions:
        s = head.set
        return Assumptions(
            name=s.name,
            title=s.title,
            base_year=s.base_year,
            years=s.years,
            price_year=s.price_year,
            programme_start=s.programme_start,
            ages=tuple(range(s.first_age, s.last_age + 1)),
            placements=tuple(
                Placement(r.placement, r.in_care, r.leave_age, r.then, r.group, r.note, from_age=r.from_age)
                for _, r in labels["placements"]
            ),
            reasons=tuple(Reason(r.reason, r.to, r.note) for _, r in labels["reasons"]),
            items=tuple(items),
            groups=tuple(CapacityGroup(r.group, r.placements, r.next, r.note) for _, r in labels["capacity_groups"]),
            streams=s.streams,
            rows=tuple(rows),
            deflator=priced[0],
            discount=priced[1],
            averted_to=s.averted_to,
            uncounted=s.uncounted,
            inaction=s.inaction,
            area=s.area,
            portion=s.portion,
            scope=s.scope,
            notes=tuple(_notes(head)),
            scopes=tuple(Scope(s.name, s.groups, s.note) for s in head.scopes),
        )

    def _head(self) -> schema.SetFile | None:
        path = self.folder / "set.toml"
        if not path.exists():
            self.problems.append(
                Problem("is missing", "set.toml", "Every set has one: see the reference of the schema")
            )
            return None
        before = len(self.problems)
        text = read_toml(path, self.problems)
        if len(self.problems) > before:
            return None
        head = validated(schema.SetFile, text, "set.toml", self.problems)
        if head is not None and head.set.base is not None:
            self.base = base_folder(self.folder, head.set.base, self.problems)
        return head

    def _strangers(self) -> None:
        known = [f"{name}.csv" for name in (*schema.LABELS, *schema.BELIEFS, *schema.TIES, *schema.PHASES)]
        for path in sorted(self.folder.glob("*.csv")):
            if path.name not in known:
                self.problems.append(unknown("table", path.name, known, path.name))
        for path in sorted({path.parent for path in self.folder.glob("*/*.csv")}):
            # Other folders, such as one of results, are no business of the set; one that is misspelt is.
            if path.name not in schema.FOLDERS and difflib.get_close_matches(path.name.lower(), schema.FOLDERS):
                self.problems.append(unknown("folder", path.name, schema.FOLDERS, path.name))

    def _own_or_base(self, name: str) -> Path:
        """Find a file or folder of the set, or else that of its base."""
        own = self.folder / name
        return own if own.exists() or self.base is None else self.base / name

    def _table(self, table: str, model: type[Model]) -> Iterator[tuple[str, Model]]:
        path = self._own_or_base(f"{table}.csv")
        if not path.exists():
            if table in schema.REQUIRED:
                self.problems.append(Problem("is missing", path.name, "This table is required"))
            return
        try:
            text = read_text(path)
        except CareCostError as error:
            self.problems.extend(error.problems)
            return
        lines = list(csv.reader(io.StringIO(text), strict=False))
        header = [name.strip() for name in lines[0]]
        if not self._header(path.name, header, model):
            return
        for number, cells in enumerate(lines[1:], start=2):
            row = self._cells(f"{path.name}, row {number}", header, cells)
            checked = (
                None if row is None else validated(model, row, f"{path.name}, row {number}", self.problems, "column ")
            )
            if checked is not None:
                yield f"{path.name}, row {number}", checked
        if len(lines) == 1:
            self.problems.append(Problem("has a header and no rows", path.name, "Add rows, or remove the file"))

    def _header(self, file: str, header: list[str], model: type[BaseModel]) -> bool:
        before, known = len(self.problems), list(model.model_fields)
        self.problems += [unknown("column", name, known, f"{file}, header") for name in header if name not in known]
        for twice in sorted({name for name in header if header.count(name) > 1}):
            self.problems.append(Problem(f"column {twice!r} is there twice", f"{file}, header", "Keep one"))
        for name, field in model.model_fields.items():
            if field.is_required() and name not in header:
                self.problems.append(
                    Problem(f"column {name!r} is missing", f"{file}, header", "Add it, or restore its name")
                )
        return len(self.problems) == before

    def _cells(self, where: str, header: list[str], cells: list[str]) -> dict[str, str] | None:
        if not any(cell.strip() for cell in cells):
            return None  # spreadsheets leave blank rows at the end
        if any(cell.strip() for cell in cells[len(header) :]):
            extra = next(cell for cell in cells[len(header) :] if cell.strip())
            self.problems.append(
                Problem(f"has a cell {extra!r} beyond the last column", where, "Quote cells that hold commas")
            )
            return None
        return {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}

    def _belief(self, table: str, row: schema.BeliefRow, where: str) -> list[Assumption]:
        fields = row.model_dump()
        belief = {k: fields.pop(k) for k in Belief.__dataclass_fields__ if k in fields}
        more = {k: fields.pop(k) for k in ("name", "from_year", "long_run", "fade_years") if k in fields}
        kind = {"growth": "growth", "adjustments": "adjustment"}.get(table, "value")
        parameter = fields.pop("parameter", table)
        chosen = {_SINGULAR.get(k, k): (v,) if k in _SINGULAR or isinstance(v, str) else v for k, v in fields.items()}
        if parameter not in AXES:
            self.problems.append(unknown("parameter", parameter, AXES, f"{where}, column parameter"))
            return []
        made = self._built(
            where, lambda: Assumption(parameter, Selector(**chosen), Belief(**belief), kind=kind, **more)
        )
        return [] if made is None else [made]

    def _ties(self) -> Ties:
        rows = self._table("correlations", schema.LoadingRow)
        loadings = [self._built(where, Loading, *row.model_dump().values()) for where, row in rows]
        matrices = [self._built(where, CorrelationMatrix, *table) for where, table in self._squares("correlations")]
        joints = [self._built(where, JointDraws, *table) for where, table in self._squares("joint")]
        return Ties(*(tuple(x for x in found if x is not None) for found in (loadings, matrices, joints)))

    def _squares(self, folder: str) -> Iterator[tuple[str, tuple[str, tuple[str, ...], Numbers]]]:
        for path in sorted(self._own_or_base(folder).glob("*.csv")):
            where = f"{folder}/{path.name}"
            try:
                table = read_numbers(read_text(path), where, self.problems)
            except CareCostError as error:
                self.problems.extend(Problem(p.what, where, p.remedy) for p in error.problems)
                continue
            if table is not None:
                yield where, (path.stem, *table)

    def _paths(self) -> Iterator[YearPath]:
        for where, row in self._table("paths", schema.PathRow):
            fields = row.model_dump(exclude={"unit"})
            chosen = Selector(**{k: fields.pop(k) for k in Selector.__dataclass_fields__})
            made = self._built(where, YearPath, where=chosen, **fields)
            if made is not None:
                yield made

    def _phases(self) -> Phases:
        rows = [(where, row.model_dump(exclude={"unit"})) for where, row in self._table("phases", schema.PhaseRow)]
        shares = self._table("phase_shares", schema.PhaseShareRow)
        named = (self._built(where, Phase, row.pop("phase"), **row) for where, row in rows)
        split = (self._built(where, _phase_share, row) for where, row in shares)
        return Phases(tuple(named), tuple(split))

    def _built(self, place: str, make: Callable[..., Any], *args: object, **fields: object) -> Any:
        try:
            made = make(*args, **fields)
        except CareCostError as error:
            self.problems.extend(Problem(p.what, place, p.remedy) for p in error.problems)
            return None
        self.places[id(made)] = place
        return made


def _phase_share(row: schema.PhaseShareRow) -> PhaseShare:
    fields = row.model_dump(exclude={"unit"})
    chosen = {k: fields.pop(k) for k in ("streams", "ages", "placements")}
    return PhaseShare(where=Selector(**chosen), **fields)


def _item(row: schema.ItemRow) -> Item:
    fields = row.model_dump()
    name = fields.pop("item")
    share = Cashable(*(fields.pop(f"cashable_{k}") for k in ("short", "long", "years")))
    return Item(name, cashable=share, **fields)


def _notes(head: schema.SetFile) -> Iterator[Note]:
    for gap in head.gap:
        yield Note("gap", gap.asked, (gap.published, gap.rule))
    for contradiction in head.contradiction:
        yield Note("contradiction", contradiction.about, contradiction.says)
    for left_out in head.left_out:
        yield Note("left_out", left_out.what)
