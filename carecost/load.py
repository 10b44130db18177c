"""Where does it come from? Assumption sets and scenarios read from files, every fault found at once."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from carecost import schema
from carecost.assumptions import Assumption, Assumptions, Belief, Note
from carecost.cost_items import Cashable, Item
from carecost.errors import CareCostError, FileError, Problem, refuse, unknown
from carecost.grid import AXES, Placement, Reason, Selector
from carecost.money import Deflator, Schedule
from carecost.scenarios import Change, Interval, Lever, Scenario
from carecost.verify import verify

Model = TypeVar("Model", bound=BaseModel)
DATA = Path(str(files("carecost") / "data"))
_SINGULAR = {"stream": "streams", "year": "years", "age": "ages", "placement": "placements", "reason": "reasons", "item": "items"}


def packaged_assumptions() -> list[str]:
    """Names of the packaged sets."""
    return sorted(path.parent.name for path in DATA.glob("*/set.toml"))


def packaged_scenarios() -> list[str]:
    """Names of the packaged scenarios."""
    return sorted(path.stem for path in (DATA / "scenarios").glob("*.toml"))


def load_assumptions(name: str | Path) -> Assumptions:
    """Load a set of assumptions.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a folder of yours (see the reference of the schema).

    Returns
    -------
    Assumptions
        The set, checked.

    Raises
    ------
    CareCostError
        With every fault found: file, row, value, remedy and nearest name.

    Examples
    --------
    >>> load_assumptions("england-2025").base_year
    2025
    """
    folder = _find(name, packaged_assumptions(), "assumption set", lambda n: DATA / n)
    if not folder.is_dir():
        raise FileError(Problem("is not a folder", str(name), "Give a packaged name or the folder of a set"))
    return _Reader(folder).read()


def load_scenario(name: str | Path) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name : str or Path
        A packaged name, or a TOML file of yours.

    Returns
    -------
    Scenario
        The scenario, checked on its own; names of placements and items are checked against a set when it is run.

    Raises
    ------
    CareCostError
        With every fault found.

    Examples
    --------
    >>> load_scenario("care-review").claim
    True
    """
    path = _find(name, packaged_scenarios(), "scenario", lambda n: DATA / "scenarios" / f"{n}.toml")
    problems: list[Problem] = []
    text = _toml(path, problems)
    model = _validated(schema.ScenarioFile, text, path.name, problems)
    refuse(problems)
    assert model is not None
    levers = [_lever(row, path.name, problems) for row in model.lever]
    refuse(problems)
    head = model.scenario
    try:
        return Scenario(head.name, tuple(levers), head.title, head.note, head.claim)
    except CareCostError as error:
        raise type(error)([Problem(p.what, f"{path.name}: {p.where}", p.remedy) for p in error.problems]) from None


def _find(name: str | Path, packaged: list[str], kind: str, place: Callable[[str], Path]) -> Path:
    path = Path(name)
    if path.exists():
        return path
    if str(name) in packaged:
        return place(str(name))
    problem = unknown(kind, str(name), packaged)
    remedy = f"{problem.remedy}. A path of yours must exist"
    raise FileError(Problem(problem.what, problem.where, remedy))


def _toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(f"is not TOML: {error}", path.name, "Mend the line"))
    except CareCostError as error:
        problems.extend(error.problems)
    return {}


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(Problem(f"cannot be read: {error.strerror}", path.name, "Check the path and its permissions")) from None
    except UnicodeDecodeError:
        raise FileError(Problem("is not UTF-8", path.name, "Save it as CSV UTF-8 (or plain text UTF-8)")) from None
    if not text.strip():
        raise FileError(Problem("is empty", path.name, "Fill it, or remove it if it is optional"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _validated(
    model: type[Model], data: dict[str, Any], where: str, problems: list[Problem], cell: str = ""
) -> Model | None:
    if not data and problems:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems.extend(schema.faults(error, model, where, cell))
        return None


def _lever(row: schema.LeverTable, file: str, problems: list[Problem]) -> Lever:
    changes = []
    for i, table in enumerate(row.change, start=1):
        fields = table.model_dump(exclude_none=True)
        interval = {k: fields.pop(k) for k in ("low", "high", "level", "distribution") if k in fields}
        try:
            amount = Interval(fields.pop("amount"), **interval)
            changes.append(Change(amount=amount, **fields))
        except CareCostError as error:
            where = f"{file}, lever {row.name!r}, change {i}"
            problems.extend(Problem(p.what, ": ".join(filter(None, (where, p.where))), p.remedy) for p in error.problems)
    return Lever(row.name, tuple(changes), row.source, row.quality, row.note)


class _Reader:
    """Reads one folder, keeping the place of every row and every problem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.places: dict[int, str] = {}

    def read(self) -> Assumptions:
        head = self._head()
        self._strangers()
        labels = {name: list(self._table(name, model)) for name, model in schema.LABELS.items()}
        rows: list[Assumption] = []
        for table, model in schema.BELIEFS.items():
            for where, row in self._table(table, model):
                rows += self._belief(table, row, where)
        items = [self._built(where, _item, row) for where, row in labels["items"]]
        refuse(self.problems, FileError)
        assert head is not None
        money = _money(head.set, self.problems)
        refuse(self.problems, FileError)
        assert money is not None
        made = self._assumptions(head, labels, [i for i in items if i is not None], rows, money)
        verify(made, lambda row: self.places.get(id(row), row.quantity))
        return made

    def _assumptions(
        self,
        head: schema.SetFile,
        labels: dict[str, list[tuple[str, Any]]],
        items: list[Item],
        rows: list[Assumption],
        money: tuple[Deflator, Schedule],
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
                Placement(r.placement, r.in_care, r.leave_age, r.then, r.group, r.note) for _, r in labels["placements"]
            ),
            reasons=tuple(Reason(r.reason, r.to, r.note) for _, r in labels["reasons"]),
            items=tuple(items),
            streams=s.streams,
            rows=tuple(rows),
            deflator=money[0],
            discount=money[1],
            averted_to=s.averted_to,
            inaction=s.inaction,
            scope=s.scope,
            notes=tuple(_notes(head)),
        )

    def _head(self) -> schema.SetFile | None:
        path = self.folder / "set.toml"
        if not path.exists():
            self.problems.append(Problem("is missing", "set.toml", "Every set has one: see the reference of the schema"))
            return None
        before = len(self.problems)
        text = _toml(path, self.problems)
        return None if len(self.problems) > before else _validated(schema.SetFile, text, "set.toml", self.problems)

    def _strangers(self) -> None:
        known = [f"{name}.csv" for name in (*schema.LABELS, *schema.BELIEFS)]
        for path in sorted(self.folder.glob("*.csv")):
            if path.name not in known:
                self.problems.append(unknown("table", path.name, known, path.name))

    def _table(self, table: str, model: type[Model]) -> Iterator[tuple[str, Model]]:
        path = self.folder / f"{table}.csv"
        if not path.exists():
            if table in schema.REQUIRED:
                self.problems.append(Problem("is missing", path.name, "This table is required"))
            return
        try:
            text = _text(path)
        except CareCostError as error:
            self.problems.extend(error.problems)
            return
        lines = list(csv.reader(io.StringIO(text), strict=False))
        header = [name.strip() for name in lines[0]]
        if not self._header(path.name, header, model):
            return
        for number, cells in enumerate(lines[1:], start=2):
            row = self._cells(f"{path.name}, row {number}", header, cells)
            checked = None if row is None else _validated(model, row, f"{path.name}, row {number}", self.problems, "column ")
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
                self.problems.append(Problem(f"column {name!r} is missing", f"{file}, header", "Add it, or restore its name"))
        return len(self.problems) == before

    def _cells(self, where: str, header: list[str], cells: list[str]) -> dict[str, str] | None:
        if not any(cell.strip() for cell in cells):
            return None  # spreadsheets leave blank rows at the end
        if any(cell.strip() for cell in cells[len(header) :]):
            extra = next(cell for cell in cells[len(header) :] if cell.strip())
            self.problems.append(Problem(f"has a cell {extra!r} beyond the last column", where, "Quote cells that hold commas"))
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
        made = self._built(where, lambda: Assumption(parameter, Selector(**chosen), Belief(**belief), kind=kind, **more))
        if made is None:
            return []
        self.places[id(made)] = where
        return [made]

    def _built(self, where: str, make: Callable[..., Any], *args: object) -> Any:
        try:
            return make(*args)
        except CareCostError as error:
            self.problems.extend(Problem(p.what, where, p.remedy) for p in error.problems)
            return None


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


def _money(head: schema.SetTable, problems: list[Problem]) -> tuple[Deflator, Schedule] | None:
    with (DATA / "money" / "deflators.csv").open(encoding="utf-8", newline="") as file:
        prices = list(csv.DictReader(file))
    with (DATA / "money" / "discount_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = list(csv.DictReader(file))
    mine = [r for r in prices if r["vintage"] == head.deflator]
    steps = [r for r in rates if r["vintage"] == head.discount and r["schedule"] == head.schedule]
    if not mine:
        problems.append(unknown("deflator", head.deflator, {r["vintage"] for r in prices}, "set.toml, set.deflator"))
    if not steps:
        known = sorted({f"{r['vintage']} / {r['schedule']}" for r in rates})
        problems.append(unknown("discount schedule", f"{head.discount} / {head.schedule}", known, "set.toml, set.discount"))
    if problems:
        return None
    outturn = max(int(r["year"]) for r in mine if r["status"] == "outturn")
    deflator = Deflator(
        head.deflator, int(mine[0]["year"]), tuple(float(r["index"]) for r in mine), outturn, mine[0]["source"]
    )
    schedule = Schedule(
        f"{head.discount} {head.schedule}",
        tuple(float(r["year_to"] or "inf") for r in steps),
        tuple(float(r["rate"]) for r in steps),
        steps[0]["source"],
    )
    return deflator, schedule
