"""Which rules of the public guidance for accessible spreadsheets does a workbook break? Read from its XML alone.

The rules are those of the Government Analysis Function (Releasing statistics in spreadsheets) and of GOV.UK that a
program can see: a cover with a linked list of sheets; one marked table a sheet, in the first column, below a title and
a note; headers that are there, unlike and with units; no merged, hidden or empty parts; a frozen header and set widths;
no meaning in colour alone; words for charts; letters that can be read; a title and a language.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Sheets that hold no table of their own.
NO_TABLE = ("Charts",)
#: Headers of numbers that say by themselves what they count, and of columns beside which a column of units stands.
PLAIN = re.compile(
    r"31 March|year|level|start|full|end|lag|age|draws|factor|share|cashable|loading|shape", re.IGNORECASE
)
Cells = dict[tuple[int, int], str]


class Area(NamedTuple):
    """A range of cells: first row and column, last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


def place(name: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", name)
    assert found is not None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def area(name: str) -> Area:
    first, _, last = name.partition(":")
    return Area(*place(first), *place(last or first))


def broken_rules(content: bytes) -> list[str]:
    """Give every rule that is broken, with its sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return [*_whole(parts), *(f"{name}: {rule}" for name, rule in _sheets(parts))]


def _tree(parts: dict[str, bytes], name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts[name])


def _strings(parts: dict[str, bytes]) -> list[str]:
    return ["".join(t.text or "" for t in one.iter(f"{MAIN}t")) for one in _tree(parts, "xl/sharedStrings.xml")]


def _targets(parts: dict[str, bytes], name: str) -> dict[str, str]:
    folder, _, file = name.rpartition("/")
    links = parts.get(f"{folder}/_rels/{file}.rels")
    if links is None:
        return {}
    found = {link.get("Id", ""): link.get("Target", "") for link in ElementTree.fromstring(links)}
    return {key: f"xl/{target.removeprefix('../').removeprefix('/xl/')}" for key, target in found.items()}


def _whole(parts: dict[str, bytes]) -> Iterator[str]:
    core = parts["docProps/core.xml"].decode()
    if not re.search(r"<dc:title>\s*[^<\s]", core):
        yield "the file has no title"
    if not re.search(r"<dc:language>en(-GB)?</dc:language>", core):
        yield "the file has no language"
    book = _tree(parts, "xl/workbook.xml")
    sheets = list(book.iter(f"{MAIN}sheet"))
    if sheets[0].get("name") != "Cover":
        yield "the first sheet is no cover"
    if any(sheet.get("state", "visible") != "visible" for sheet in sheets):
        yield "a sheet is hidden"
    if any(len(sheet.get("name", "")) > 31 or sheet.get("name") != sheet.get("name", "").strip() for sheet in sheets):
        yield "a name of a sheet is too long, or has spaces at its ends"
    if any(view.get("activeTab", "0") != "0" for view in book.iter(f"{MAIN}workbookView")):
        yield "it does not open on the cover"
    styles = _tree(parts, "xl/styles.xml")
    for font in styles.iter(f"{MAIN}font"):
        size, colour = font.find(f"{MAIN}sz"), font.find(f"{MAIN}color")
        if size is not None and float(size.get("val", "0")) < 10:
            yield "letters are smaller than 10 points"
        underlined = font.find(f"{MAIN}u") is not None
        if colour is not None and colour.get("theme") != "1" and not underlined:
            yield "text has a colour of its own"
        if font.find(f"{MAIN}i") is not None:
            yield "text is in italics"
    fills = [fill.find(f"{MAIN}patternFill") for fill in styles.iter(f"{MAIN}fill")]
    if any(fill is not None and fill.get("patternType") not in ("none", "gray125") for fill in fills):
        yield "cells have a colour of their own"
    if any("<conditionalFormatting" in text.decode() for name, text in parts.items() if "worksheets/sheet" in name):
        yield "colour hangs on a value"
    for name, text in parts.items():
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
            drawn = re.findall(r"<xdr:cNvPr[^>]*>", text.decode())
            if not drawn or not all(re.search(r'descr="[^"]{20,}"', one) for one in drawn):
                yield "a chart has no words"
        if re.fullmatch(r"xl/charts/chart\d+\.xml", name) and not re.search(r"<c:title>", text.decode()):
            yield "a chart has no title"


def _sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    strings = _strings(parts)
    targets = _targets(parts, "xl/workbook.xml")
    sheets = list(_tree(parts, "xl/workbook.xml").iter(f"{MAIN}sheet"))
    names = [sheet.get("name", "") for sheet in sheets]
    for sheet in sheets:
        name, path = sheet.get("name", ""), targets[sheet.get(LINK, "")]
        page = _tree(parts, path)
        for rule in _sheet(name, page, _cells(page, strings), _tables(parts, path), names):
            yield name, rule


def _cells(page: ElementTree.Element, strings: list[str]) -> Cells:
    found = {}
    for cell in page.iter(f"{MAIN}c"):
        value = cell.find(f"{MAIN}v")
        if value is not None and value.text is not None:
            said = strings[int(value.text)] if cell.get("t") == "s" else value.text
            found[place(cell.get("r", ""))] = f"#{said}" if cell.get("t") is None else said
    return found


def _tables(parts: dict[str, bytes], path: str) -> list[ElementTree.Element]:
    return [_tree(parts, target) for target in _targets(parts, path).values() if "tables/table" in target]


def _sheet(
    name: str, page: ElementTree.Element, cells: Cells, tables: list[ElementTree.Element], names: list[str]
) -> Iterator[str]:
    if page.find(f"{MAIN}mergeCells") is not None:
        yield "cells are merged"
    if any(part.get("hidden") == "1" for part in (*page.iter(f"{MAIN}row"), *page.iter(f"{MAIN}col"))):
        yield "a row or column is hidden"
    if page.find(f"{MAIN}autoFilter") is not None:
        yield "rows may be filtered away"
    if not cells.get((1, 1), "").strip("#"):
        yield "no title in A1"
    if name in NO_TABLE:
        return
    if len(tables) != 1:
        yield f"has {len(tables)} tables"
        return
    (table,) = tables
    where = area(table.get("ref", ""))
    if not re.fullmatch(r"[A-Za-z_]\w*", table.get("displayName", "")):
        yield "the table has no name"
    if table.find(f"{MAIN}autoFilter") is not None:
        yield "the table hides rows by a filter"
    if where.left != 1:
        yield "the table does not begin in column A"
    if not cells.get((2, 1), ""):
        yield "no note below the title"
    if any(row > where.bottom or (row >= where.top and column > where.right) for row, column in cells):
        yield "something stands beside or below the table"
    heads = [cells.get((where.top, column), "") for column in range(1, where.right + 1)]
    stated = [column.get("name", "") for column in table.iter(f"{MAIN}tableColumn")]
    if not all(heads) or len({head.casefold() for head in heads}) < len(heads) or heads != stated:
        yield "headers are missing, alike, or not those of the table"
    filled = {row for row, _ in cells if row > where.top}
    if filled and filled != set(range(where.top + 1, where.bottom + 1)):
        yield "a row of the table is empty"
    widths = [
        (int(c.get("min", "0")), int(c.get("max", "0")), float(c.get("width", "0"))) for c in page.iter(f"{MAIN}col")
    ]
    if not all(any(low <= i <= high and width >= 10 for low, high, width in widths) for i in range(1, where.right + 1)):
        yield "a column has no width"
    links = {link.get("location", "").split("!")[0].strip("'") for link in page.iter(f"{MAIN}hyperlink")}
    if name == "Cover":
        if links != set(names[1:]):
            yield "the list of sheets does not lead to each of them"
        return
    if links != {"Cover"}:
        yield "no way back to the cover"
    pane = next(page.iter(f"{MAIN}pane"), None)
    if pane is None or pane.get("ySplit") != str(where.top) or pane.get("state") != "frozen":
        yield "the header is not kept in sight"
    unit = any(head.casefold() == "unit" for head in heads) or heads == ["key", "value"]
    for i, head in enumerate(heads, start=1):
        numeric = any(cells.get((row, i), "").startswith("#") for row in range(where.top + 1, where.bottom + 1))
        if numeric and not (unit or re.search(r"\[[^\]]+\]", head) or PLAIN.search(head.replace("_", " "))):
            yield f"numbers of {head!r} have no unit"
