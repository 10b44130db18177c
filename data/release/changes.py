"""What a release changes in the transcribed tables: each figure before and after, and why; and the tables then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from carecost.files.readers.published_table import number_of
from data.release.tables import COLUMNS, SUPPORT, Cell, Key, before

NEW_YEAR, NEW_CATEGORY, REVISED, FILLED = "new year", "new category", "revised value", "filled"
WITHHELD, GONE, LEFT_OUT, CLASH, OLDER, EARLIER = (
    "withheld now: the figure before is kept",
    "category gone: no figure for the new year",
    "left out: a category that the table does not have",
    "two files differ: the first is taken",
    "an older release: nothing taken",
    "earlier years than the table has of it: not taken",
)
#: Changes that put a figure into a table.
TAKEN = (NEW_YEAR, NEW_CATEGORY, REVISED, FILLED)
FIELDS = ("table", "row", "column", "before", "after", "why", "file")


@dataclass(frozen=True)
class Change:
    """A figure that is other than it was, or one that a release leaves open.

    Parameters
    ----------
    table, column, why, file : str
        Where it is, why it changed, on whose word.
    key : tuple of str
        Of the row.
    before, after : str
        Figures as text, blank where there is none.
    source : str
        Source of the figure after, for the table.
    """

    table: str
    key: Key
    column: str
    before: str
    after: str
    why: str
    file: str
    source: str = ""

    @property
    def row(self) -> str:
        """Key of the row in words."""
        return "; ".join(f"{name}={value}" for name, value in zip(COLUMNS[self.table][0], self.key, strict=True))

    def cells(self) -> dict[str, str]:
        """Give the change as a row of changes.csv."""
        return {name: getattr(self, name) for name in FIELDS}


@dataclass(frozen=True)
class Compared:
    """What a release changes.

    Parameters
    ----------
    changes : tuple of Change
        In the order of the tables.
    said : tuple of str
        What was not taken, and why, a sentence each.
    tables : dict of str to list of dict
        Tables that change, whole, as they become.
    files : Counter of str
        Figures for tables by file.
    """

    changes: tuple[Change, ...]
    said: tuple[str, ...]
    tables: Mapping[str, list[dict[str, str]]]
    files: Counter[str]


@dataclass
class _Table:
    """A table on its way: rows by key as they stand, and what is said of it."""

    name: str
    rows: dict[Key, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = COLUMNS[self.name][0]
        self.rows = {tuple(row[k] for k in keys): row for row in before(self.name)}

    def years(self, rest: Key = ()) -> list[str]:
        """Years of the table, of a category or of all; years of equal form are in the order of their text."""
        return sorted({key[0] for key in self.rows if not rest or key[1:] == rest})


def compare(cells: Sequence[Cell]) -> Compared:
    """Compare the figures of a release with the tables as they stand.

    Parameters
    ----------
    cells : sequence of Cell
        What a release has, in the order in which its files are trusted.

    Returns
    -------
    Compared
        Changes, what was not taken, and the tables that change.
    """
    changes: list[Change] = []
    said: list[str] = []
    for name in COLUMNS:
        some = [cell for cell in cells if cell.table == name]
        if some:
            changes += _of_table(_Table(name), some, said)
    derived = list(_derived(changes))
    made = {(change.table, change.key) for change in derived}
    changes = [change for change in changes if (change.table, change.key) not in made] + derived
    tables = {name: _merged(name, [c for c in changes if c.table == name and c.why in TAKEN]) for name in COLUMNS}
    files = Counter(file for file, _, _ in {cell.origin for cell in cells})
    return Compared(tuple(changes), tuple(said), {name: rows for name, rows in tables.items() if rows}, files)


def _of_table(table: _Table, cells: Sequence[Cell], said: list[str]) -> Iterator[Change]:
    """Compare the figures of one table; what is not taken is said."""
    kinds = {cell.key[1:] for cell in cells}
    years = sorted({key[0] for key in table.rows if key[1:] in kinds}) or table.years()
    first, last = years[0], years[-1]
    for file in dict.fromkeys(cell.file for cell in cells):
        newest = max(cell.key[0] for cell in cells if cell.file == file)
        if newest < last:
            said.append(f"{table.name}: {file} ends in {newest}, the table in {last}: {OLDER}")
            cells = [cell for cell in cells if cell.file != file]
    if early := sorted({cell.key[0] for cell in cells if cell.key[0] < first}):
        said.append(f"{table.name}: {', '.join(early)}: {EARLIER}")
        cells = [cell for cell in cells if cell.key[0] >= first]
    found: dict[tuple[Key, str], Cell] = {}
    for cell in cells:
        other = found.setdefault((cell.key, cell.column), cell)
        if other.value is None and cell.value is not None:
            found[cell.key, cell.column] = cell
        elif cell.value is not None and other.value != cell.value:
            yield _change(cell, _text(other.value), CLASH)
    skipped, before_it = set[Key](), set[str]()
    in_old_years = {key[1:] for key, _ in found if key[0] <= last}
    for (key, column), cell in found.items():
        rest = key[1:]
        row, ever = table.rows.get(key), table.years(rest)
        held = row[column] if row else ""
        held = "" if number_of(held)[0] is None else held  # withheld before
        if not ever and rest in in_old_years:  # a category that was there before and was not transcribed
            skipped.add(rest)
        elif cell.value is None:
            if held:
                yield _change(cell, held, WITHHELD)
        elif held:
            if float(held) != cell.value:
                yield _change(cell, held, REVISED)
        elif key[0] > last:
            yield _change(cell, _latest(table, key, column), NEW_YEAR if ever else NEW_CATEGORY)
        elif key[0] >= ever[0]:
            yield _change(cell, "", FILLED)
        else:
            before_it.add("; ".join(key))
    if before_it:
        said.append(f"{table.name}: {', '.join(sorted(before_it))}: {EARLIER}")
    if skipped:
        named = "; ".join(sorted(", ".join(rest) for rest in skipped))
        said.append(f"{table.name}: {LEFT_OUT}: {named}")
    yield from _gone(table, found, last)


def _latest(table: _Table, key: Key, column: str) -> str:
    """Give the figure of the year before of the same category, for a reader to see how it moved."""
    years = [year for year in table.years(key[1:]) if year < key[0]]
    return table.rows[years[-1], *key[1:]][column] if years else ""


def _gone(table: _Table, found: Mapping[tuple[Key, str], Cell], last: str) -> Iterator[Change]:
    """Name categories of the last year that the release's new year has not."""
    new = {key for key, _ in found if key[0] > last}
    newest = max((key[0] for key in new), default="")
    kinds = {key[1:-1] for key in new}
    for key, row in table.rows.items():
        if newest and key[0] == last and key[1:-1] in kinds and (newest, *key[1:]) not in new and len(key) > 1:
            column = COLUMNS[table.name][1][0]
            yield Change(table.name, (newest, *key[1:]), column, row[column], "", GONE, "")


def _derived(changes: Sequence[Change]) -> Iterator[Change]:
    """Derive what the tables hold and nobody publishes: family support a child in need, spend over children in need."""
    spent = {c.key[0]: c for c in changes if c.table == "s251_groups" and c.key[1] == "Family support" and c.after}
    count = {row["year"]: row["children_at_31_march"] for row in before("children_in_need")}
    need = [c for c in changes if c.table == "children_in_need" and c.column == "children_at_31_march"]
    count |= {c.key[0]: c.after for c in need if c.why in TAKEN}
    known = {row["year"]: row["value"] for row in before("service_unit_costs") if row["item"] == SUPPORT}
    for year, change in spent.items():
        children = count.get(f"{year[:2]}{year[-2:]}")
        if children and change.why in TAKEN:
            value = _text(round(float(change.after) / float(children)))
            why = NEW_YEAR if year > max(known) else REVISED
            held = known.get(year, known[max(known)])
            if value != known.get(year):
                source = f"{change.source}; {need[-1].source}" if need else change.source
                yield Change("service_unit_costs", (year, SUPPORT), "value", held, value, why, change.file, source)


def _change(cell: Cell, held: str, why: str) -> Change:
    return Change(cell.table, cell.key, cell.column, held, _text(cell.value), why, cell.file, cell.source)


def _text(value: float | None) -> str:
    return "" if value is None else str(int(value)) if value == int(value) else repr(value)


def _merged(name: str, changes: Sequence[Change]) -> list[dict[str, str]]:
    """Give a table with its changes: revised figures in their rows, new rows at the end; nothing if there are none."""
    if not changes:
        return []
    keys = COLUMNS[name][0]
    rows = {tuple(row[k] for k in keys): dict(row) for row in before(name)}
    columns = list(before(name)[0])
    for change in changes:
        row = rows.setdefault(change.key, dict.fromkeys(columns, ""))
        row |= dict(zip(keys, change.key, strict=True)) | {change.column: change.after}
        row["source"] = change.source
        if "unit" in columns and not row["unit"]:
            row["unit"] = _like(name, change.key, "unit")
        if "price_year" in columns and not row["price_year"]:
            row["price_year"] = f"{change.key[0]} cash"
        if "how_seen" in columns:
            row["how_seen"] = "primary"
    return list(rows.values())


def _like(name: str, key: Key, column: str) -> str:
    """Give what the rows of the same category have in a column."""
    keys = COLUMNS[name][0]
    return next((row[column] for row in before(name) if tuple(row[k] for k in keys[1:]) == key[1:]), "")
