"""Find the tables of an SSDA903 return, in a folder, a zip or XML; what a table is, is told from its columns.

Nothing that stands in a file is ever said: messages name tables by what they are and by their place among the files.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carecost.errors import FileError, Problem, refuse
from carecost.files.packaged import DATA

Ints = NDArray[Any]

#: Most files, bytes of all of them unpacked, and how much smaller a packed file may be: text packs about tenfold.
MOST_FILES, MOST_BYTES, MOST_PACKED = 250, 4_000_000_000, 200
#: Packed files up to this size may be packed as closely as they like [bytes].
SMALL = 10_000_000
#: Columns that are read, by the layout that has them; no others leave the file.
READ = {
    "episodes": ("CHILD", "DECOM", "DEC", "PLACE", "PLACE_PROVIDER", "LS", "REC", "RNE", "DOB"),
    "header": ("CHILD", "DOB", "UASC", "DUC"),
    "uasc": ("CHILD", "DUC", "DOB"),
}


class Column(NamedTuple):
    """A column of text, each different text once.

    Attributes
    ----------
    codes : ndarray of int, shape (row,)
        Which text.
    texts : list of str
        The texts.
    """

    codes: Ints
    texts: list[str]


@dataclass(frozen=True)
class Table:
    """A table of a return.

    Parameters
    ----------
    layout : str
        What it is.
    shown : str
        What it is called in messages: never by a name that somebody gave.
    columns : mapping of str to Column
        Columns that are read.
    rows : ndarray of int, shape (row,)
        Number of each row, as a spreadsheet counts.
    notes : list of tuple of str and int
        What was odd about the file, and in how many rows.
    """

    layout: str
    shown: str
    columns: Mapping[str, Column]
    rows: Ints
    notes: list[tuple[str, str, int]] = field(default_factory=list)


class _File(NamedTuple):
    """A file of the return: what to call it, where it lies in the order of files, and its bytes."""

    shown: str
    data: bytes


def tables(path: Path) -> list[Table]:
    """Read the tables of a return that say who was in care, when and where.

    Parameters
    ----------
    path : Path
        A folder, a zip, an XML file, or one CSV file.

    Returns
    -------
    list of Table
        In the order of their files.

    Raises
    ------
    FileError
        If a file cannot be read, or none is a table of a return: the nearest layout, and the columns that it has too.
    """
    problems: list[Problem] = []
    out: list[Table] = []
    strangers: list[Problem] = []
    n = 0
    for file in _files(path, problems):
        n += 1
        found = _xml(file, problems) if _is_xml(file.data) else _csv(file, problems, strangers)
        out += found
    if not n and not problems:
        what = "holds no CSV or XML file"
        problems.append(Problem(what, "the return", "Give the folder, zip, XML or CSV that the return was saved as"))
    if not any(table.layout == "episodes" for table in out):
        problems += strangers or [_lacking("episodes", "the return")]
    refuse(problems, FileError)
    for stranger in strangers:
        # Others beside a return (a letter, a list of schools) are no fault of it.
        out.append(Table("unknown", stranger.where, {}, np.zeros(0, int), [(stranger.what, stranger.remedy, 1)]))
    return out


def _lacking(layout: str, where: str) -> Problem:
    needed = ", ".join(layouts()[layout].needs)
    return Problem(f"has no table of {layout}", where, f"It has the columns {needed}")


def _files(path: Path, problems: list[Problem]) -> Iterator[_File]:
    """Give the CSV and XML files of a folder or zip, or the one file that was given."""
    try:
        if path.is_dir():
            yield from _in_folder(path, problems)
            return
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] == b"PK" and zipfile.is_zipfile(path):
            yield from _in_zip(path, problems)
        else:
            data = _whole(path, MOST_BYTES)
            if data is None:
                problems.append(_too_long("the return"))
            else:
                yield _File("file 1", data)
    except OSError as error:
        problems.append(
            Problem(f"cannot be read: {error.strerror}", "the return", "Check the path and its permissions")
        )


def _too_long(where: str) -> Problem:
    return Problem(f"has more than {MOST_BYTES // 10**9} GB", where, "Give the CSV files or XML of a return alone")


def _whole(path: Path, most: int) -> bytes | None:
    with path.open("rb") as file:
        data = file.read(most + 1)
    return None if len(data) > most else data


def _shown(name: str, number: int) -> str:
    """Call a file by its number and the year of its folder, where that is a year and nothing else."""
    year = next((part for part in Path(name).parts[:-1] if re.fullmatch(r"(19|20)\d\d([-_]\d\d(\d\d)?)?", part)), "")
    return f"file {number}{f' ({year})' if year else ''}"


def _in_folder(path: Path, problems: list[Problem]) -> Iterator[_File]:
    left = MOST_BYTES
    ours = (".csv", ".xml", ".txt")
    names = sorted(p for p in path.rglob("*") if p.suffix.lower() in ours and not p.name.startswith("."))
    names = [p for p in names if p.is_file()]
    if len(names) > MOST_FILES:
        what = f"holds {len(names):,} files"
        problems.append(
            Problem(what, "the return", f"Give a folder of at most {MOST_FILES}: those of the returns alone")
        )
        return
    if not names and any(p.suffix.lower() == ".zip" for p in path.iterdir()):
        problems.append(Problem("holds no CSV or XML, but a zip", "the return", "Give the zip itself"))
        return
    for number, name in enumerate(names, start=1):
        data = _whole(name, left)
        if data is None:
            problems.append(_too_long("the return"))
            return
        left -= len(data)
        yield _File(_shown(str(name.relative_to(path)), number), data)


def _in_zip(path: Path, problems: list[Problem]) -> Iterator[_File]:
    """Unpack a zip in memory; one that would grow beyond all measure is refused before it does."""
    where = "the zip"
    try:
        with zipfile.ZipFile(path) as archive:
            every = [i for i in archive.infolist() if not i.is_dir()]
            members = sorted(
                (i for i in every if Path(i.filename).suffix.lower() in (".csv", ".xml", ".txt")),
                key=lambda i: i.filename,
            )
            members = [i for i in members if not Path(i.filename).name.startswith((".", "_"))]
            if len(members) > MOST_FILES:
                what = f"holds {len(members):,} files"
                problems.append(Problem(what, where, f"Give a zip of at most {MOST_FILES}: those of the returns alone"))
                return
            if not members and any(i.filename.lower().endswith(".zip") for i in every):
                problems.append(Problem("holds a zip and no CSV or XML", where, "Unpack it first"))
                return
            total = sum(i.file_size for i in members)
            packed = max(1, sum(i.compress_size for i in members))
            if total > MOST_BYTES or (total > SMALL and total > MOST_PACKED * packed):
                what = f"would grow to {total / 1e6:,.0f} MB, {total / packed:,.0f} times its size"
                problems.append(Problem(what, where, "That is no return: pack the CSV files anew"))
                return
            if any(i.flag_bits & 1 for i in members):
                problems.append(Problem("is locked by a password", where, "Give it unlocked, or the folder"))
                return
            for number, member in enumerate(members, start=1):
                with archive.open(member) as file:
                    data = file.read(member.file_size + 1)  # no more than it says it has
                if len(data) > member.file_size:
                    problems.append(Problem("has a file that is longer than it says", where, "Pack it anew"))
                    return
                yield _File(_shown(member.filename, number), data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zipfile.zlib.error):  # type: ignore[attr-defined]
        problems.append(
            Problem("is damaged, or packed in a way that is not known", where, "Pack it anew as a plain zip")
        )


class Layout(NamedTuple):
    """Columns by which a table is known.

    Attributes
    ----------
    needs, may : tuple of str
        Columns that it must have, and may have.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...]


@cache
def layouts() -> dict[str, Layout]:
    """Give the layouts of a return's tables, by name.

    Examples
    --------
    >>> layouts()["uasc"].needs
    ('CHILD', 'DUC')
    """
    found: dict[str, tuple[list[str], list[str]]] = {}
    for row in _packaged("layouts"):
        found.setdefault(row["layout"], ([], []))[row["needed"] != "true"].append(row["column"])
    return {name: Layout(tuple(needs), tuple(may)) for name, (needs, may) in found.items()}


@cache
def _aliases() -> dict[str, str]:
    """Give the column that each name of one means."""
    rows = _packaged("layouts")
    also = {other.strip(): row["column"] for row in rows for other in row["also"].split(";") if other.strip()}
    return {row["column"]: row["column"] for row in rows} | also


@cache
def codes() -> tuple[dict[str, str], ...]:
    """Give the code lists: field, code, label, the years in which it is valid, and what it becomes here.

    Examples
    --------
    >>> next(row["becomes"] for row in codes() if row["code"] == "K2")
    "children's home"
    """
    return _packaged("codes")


def _packaged(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / "ssda903" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _column(name: str) -> str:
    """Give the column that a name means, or nothing."""
    plain = re.sub(r"[^A-Z0-9]+", "_", name.strip().upper()).strip("_")
    return _aliases().get(plain, "")


def _told(known: set[str]) -> str:
    """Tell a layout from the columns that are known; empty where none fits. The one that fits best, then the first."""
    fits = [name for name, layout in layouts().items() if set(layout.needs) <= known]
    special = [name for name in fits if name != "header"]
    # Every table may have a date of birth: a header is what has one and is nothing else.
    if "header" in fits and "uasc" in special and known & {"ETHNIC", "UPN", "MOTHER"}:
        return "header"
    return special[0] if special else fits[0] if fits else ""


def _nearest(known: set[str]) -> str:
    """Give the layout that lacks the smallest share of its columns."""
    every = layouts()
    return max(every, key=lambda name: len(known & set(every[name].needs)) / len(every[name].needs))


def _decoded(file: _File, problems: list[Problem], notes: list[tuple[str, str, int]]) -> str | bytes | None:
    """Give the text of a CSV file; its bytes where they are UTF-8, which need no copy."""
    data = file.data
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        problems.append(Problem("is no text: it holds zero bytes", file.shown, "Save it as CSV UTF-8"))
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        notes.append(("the file is not UTF-8", "read as Windows-1252", 1))
        return data.decode("cp1252", "replace")
    return data


def _csv(file: _File, problems: list[Problem], strangers: list[Problem]) -> list[Table]:
    """Read a CSV file; none where it is of another layout, which is then among the strangers."""
    notes: list[tuple[str, str, int]] = []
    text = _decoded(file, problems, notes)
    if text is None:
        return []
    head = text[:20_000] if isinstance(text, str) else text[:20_000].decode("utf-8", "ignore")
    line = head.lstrip("\r\n").splitlines()[0] if head.strip() else ""
    if not line:
        strangers.append(Problem("is empty", file.shown, "Leave it out"))
        return []
    mark = max(",;\t|", key=line.count)
    try:
        names = [_column(name) for name in next(csv.reader([line], delimiter=mark))]
    except (csv.Error, StopIteration):
        names = []
    known = {name for name in names if name}
    layout = _told(known)
    if not layout:
        near = _nearest(known)
        lacks = ", ".join(column for column in layouts()[near].needs if column not in known)
        what = f"has {len(names)} columns that are of no table of a return"
        strangers.append(Problem(what, file.shown, f"The nearest is {near}, which has {lacks} too"))
        return []
    shown = f"{file.shown}, {layout}"
    if layout not in READ:
        return [Table(layout, shown, {}, np.zeros(0, int))]
    twice = sorted({name for name in known if names.count(name) > 1})
    if twice:
        problems.append(Problem(f"has the column {', '.join(twice)} twice", shown, "Keep one"))
        return []
    frame = _frame(text, mark, names, [n for n in READ[layout] if n in known], shown, problems, notes)
    if frame is None:
        return []
    columns = {str(name): _texts(frame[name]) for name in frame}
    used = np.zeros(len(frame), bool)
    for column in columns.values():
        used |= column.codes != _blank(column)
    if not used.all():  # rows without anything, as at the end of a sheet
        columns = {name: Column(c.codes[used], c.texts) for name, c in columns.items()}
    rows = np.flatnonzero(used) + 2
    return [Table(layout, shown, columns, rows, notes)]


def _blank(column: Column) -> int:
    return column.texts.index("") if "" in column.texts else -1


def _frame(
    text: str | bytes,
    mark: str,
    names: list[str],
    wanted: list[str],
    shown: str,
    problems: list[Problem],
    notes: list[tuple[str, str, int]],
) -> pd.DataFrame | None:
    """Read the columns wanted, each text once."""
    numbered = [name if name in wanted else f"column {i}" for i, name in enumerate(names)]
    source = io.StringIO(text) if isinstance(text, str) else io.BytesIO(text)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        source.seek(0)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                frame = pd.read_csv(
                    source,
                    sep=mark,
                    header=0,
                    names=numbered,
                    usecols=wanted,
                    dtype="category",
                    keep_default_na=False,
                    na_filter=False,
                    skip_blank_lines=False,
                    index_col=False,
                    low_memory=False,
                    on_bad_lines="warn",
                    quoting=quoting,
                )
            except Exception:  # what pandas says of it may hold what stands in the file
                continue
        skipped = sum(len(re.findall(r"Skipping line", str(w.message))) for w in said)
        if skipped:
            notes.append(("a row with more cells than there are columns", "left out", skipped))
        if quoting == csv.QUOTE_NONE:
            notes.append(("a quote that is never closed", "quotes are read as text", 1))
        return frame
    problems.append(Problem("cannot be read as a table", shown, "Save it anew as CSV UTF-8"))
    return None


def _texts(series: pd.Series[Any]) -> Column:
    """Give a column of categories with each text trimmed and in capitals."""
    raw = [str(c) for c in series.cat.categories.tolist()]
    codes = np.asarray(series.cat.codes, dtype=np.int32)
    texts = [text if text.isdigit() else _trimmed(text) for text in raw]  # most are numbers of children
    index: dict[str, int] = {}
    if texts == raw:
        index = dict(zip(raw, range(len(raw)), strict=True))
    else:
        to = np.array([index.setdefault(text, len(index)) for text in texts], dtype=np.int32)
        codes = np.where(codes < 0, -1, to[codes]).astype(np.int32)
    if (codes < 0).any():
        codes = np.where(codes < 0, index.setdefault("", len(index)), codes).astype(np.int32)
    return Column(codes, list(index))


def _trimmed(text: str) -> str:
    """Write a cell as it was meant: without spaces around it, the quotes of a badly quoted file, or a lone fraction."""
    plain = text.strip().strip('"').strip().upper()
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdigit() else plain


def _is_xml(data: bytes) -> bool:
    start = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return start.startswith(b"<")


class _Refused(Exception):
    """XML that no return has."""


def _xml(file: _File, problems: list[Problem]) -> list[Table]:
    """Read an XML return: a CHILD with a HEADER and EPISODEs; nothing is expanded, and nothing fetched."""
    heads: list[dict[str, str]] = []
    episodes: list[dict[str, str]] = []
    path: list[str] = []
    state: dict[str, Any] = {"text": [], "child": {}, "episode": None, "id": ""}

    def start(name: str, _: object) -> None:
        path.append(name.upper())
        if len(path) > 12:
            raise _Refused
        state["text"] = []
        if path[-1] == "CHILD":
            state["child"] = {}
        elif path[-1] == "EPISODE":
            state["episode"] = {}

    def end(name: str) -> None:
        tag = path.pop()
        column = _column(tag)
        text = "".join(state["text"])
        state["text"] = []
        if tag == "EPISODE" and state["episode"] is not None:
            episodes.append(state["episode"] | {"CHILD": state["child"].get("CHILD", "")})
            state["episode"] = None
        elif tag == "CHILD" and "HEADER" not in path and (not text.strip() or state["child"].get("CHILD")):
            heads.append(state["child"])
        elif state["episode"] is not None and column in READ["episodes"]:
            state["episode"][column] = text
        elif path and path[-1] in ("HEADER", "UASC", "CHILD") and column in READ["header"]:
            state["child"].setdefault(column, text)

    def refused(*_: object) -> None:
        raise _Refused

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: state["text"].append(text)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refused  # type: ignore[assignment]
    shown = f"{file.shown}, XML"
    try:
        parser.Parse(file.data, True)
    except _Refused:
        remedy = "A return has none: save it anew from the system that made it"
        problems.append(Problem("declares a document type or entities, or is nested deeply", shown, remedy))
        return []
    except (expat.ExpatError, ValueError, LookupError):
        remedy = "Save it anew from the system that made it"
        problems.append(Problem(f"is not XML that can be read, from line {parser.ErrorLineNumber}", shown, remedy))
        return []
    if not episodes:
        what = "is XML without an EPISODE in a CHILD"
        problems.append(Problem(what, shown, "Give the XML of the return, with CHILD, HEADER and EPISODE"))
        return []
    numbers = np.arange(1, len(episodes) + 1), np.arange(1, len(heads) + 1)
    return [
        Table("episodes", f"{file.shown}, episodes", _columns(episodes, READ["episodes"]), numbers[0]),
        Table("header", f"{file.shown}, header", _columns(heads, READ["header"]), numbers[1]),
    ]


def _columns(rows: list[dict[str, str]], wanted: tuple[str, ...]) -> dict[str, Column]:
    """Lay rows out by column; one that no row has is none."""
    out = {}
    for name in wanted:
        if any(name in row for row in rows):
            index: dict[str, int] = {}
            codes = [index.setdefault(_trimmed(row.get(name, "")), len(index)) for row in rows]
            out[name] = Column(np.array(codes, dtype=np.int32), list(index))
    return out
