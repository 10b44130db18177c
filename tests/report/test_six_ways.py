"""Explorer, brief, printed table, CSV, workbook and Python say the same of the default run, to the last printed digit.

Each is read by itself, as a stranger would: pages as text, tables by their headers; none is asked of another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import carecost as cc
from carecost.cli import DEFAULT_DRAWS, DEFAULT_SCENARIOS, DEFAULT_SET, main
from carecost.report.answer import net
from carecost.text import numbers
from tests.report import browser
from tests.report.browser import Browser

#: The date that the Review spoke of, which every medium tells of.
DATE = 2032
#: What is said of a scenario: how many children with and without it, what it is worth, when it pays back.
Said = dict[str, str]
HEADS = {"care-review": "Reform, as claimed", "care-review-evidenced": "Reform, as measured"}
KEYS = ("without", "with", "worth", "back")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the command once, as anybody does: what it writes, and what it prints."""
    folder, printed = tmp_path_factory.mktemp("six"), io.StringIO()
    words = ["compare", "--quiet", "--out", str(folder / "out"), "--excel", str(folder / "book.xlsx")]
    with redirect_stdout(printed):
        assert main([*words, "--explorer", str(folder / "explorer.html")]) == 0
    return folder, printed.getvalue()


def worth(amount: float) -> str:
    return net(amount).replace(numbers.MINUS, "-")


def paid(year: float) -> str:
    return f"{int(year) - 1}-{int(year) % 100:02d}" if year == year else "never"


def in_python(folder: Path, printed: str) -> dict[str, Said]:
    results = cc.run(DEFAULT_SET, *DEFAULT_SCENARIOS, draws=DEFAULT_DRAWS)
    rows = results.children()
    mean = rows[(rows["quantile"] == "mean") & (rows["date"] == DATE)].set_index("scenario")["value"]
    summary = results.summary().set_index(["scenario", "what"])["mean"]
    return {
        name: {
            "without": numbers.children(mean["inaction"]),
            "with": numbers.children(mean[name]),
            "worth": worth(float(results.compare(name).npv().mean())),
            "back": paid(summary[name, "Payback year, discounted"]),
        }
        for name in DEFAULT_SCENARIOS
    }


def in_csv(folder: Path, printed: str) -> dict[str, Said]:
    def rows(name: str) -> list[dict[str, str]]:
        with (folder / "out" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    children: dict[str, float] = {}
    for row in rows("children.csv"):
        if row["date"] == str(DATE) and row["quantile"] == "mean" and row["in_care"] == "yes":
            children[row["scenario"]] = children.get(row["scenario"], 0.0) + float(row["value"])
    summary = {(row["scenario"], row["what"]): row["mean"] for row in rows("summary.csv")}
    found = {}
    for name in DEFAULT_SCENARIOS:
        billions = float(summary[name, "Net present saving to the public purse (cashable)"])
        back = summary[name, "Payback year, discounted"]
        found[name] = {
            "without": numbers.children(children["inaction"]),
            "with": numbers.children(children[name]),
            "worth": worth(billions * 1e9),
            "back": paid(float(back or "nan")),
        }
    return found


def of_table(rows: dict[str, dict[str, str]]) -> dict[str, Said]:
    """Read the table that brief, terminal and workbook have alike."""
    found = {}
    for name, head in HEADS.items():
        back = rows["Pays for itself"][head]
        found[name] = {
            "without": rows[f"Children in care, 31 March {DATE}"]["No reform"],
            "with": rows[f"Children in care, 31 March {DATE}"][head],
            "worth": rows["Net saving in 20 years"][head],
            "back": back.removeprefix("by ") if back.startswith("by ") else "never",
        }
    return found


def in_print(folder: Path, printed: str) -> dict[str, Said]:
    """Cut the lines of the terminal where the columns of its head begin; a cell goes on below where it is long."""
    lines = printed.splitlines()
    first = next(i for i, line in enumerate(lines) if line.lstrip().startswith("The Review"))
    starts = [m.start() for m in re.finditer(r"\S+(?: \S+)*", lines[first])]
    heads = ["The Review", "What came", "No reform", *HEADS.values()]
    rows: dict[str, dict[str, str]] = {}
    whole = ""
    for line in lines[first + 3 :]:
        label = line[: starts[0]].strip()
        if not label and not line.strip():
            break
        if label.startswith("… 2"):
            label = f"{whole[:-4]}{label[2:]}"
        elif re.match(r"Children in care, 31 March \d{4}", label):
            whole = label
        ends = [*starts[1:], None]
        rows.setdefault(label, {h: line[a:b].strip() for h, a, b in zip(heads, starts, ends, strict=True)})
    return of_table(rows)


class Tables(HTMLParser):
    """Reads the rows of every table of a page: first words of each cell, without what stands below in small letters."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._cell = self._small = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell, self._small = True, False
        elif self._cell and dict(attrs).get("class") == "below":
            self._small = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell and not self._small:
            self.rows[-1][-1] += data


def in_brief(folder: Path, printed: str) -> dict[str, Said]:
    found = Tables((folder / "out" / "brief.html").read_text(encoding="utf-8")).rows
    head = next(row for row in found if "No reform" in row and HEADS["care-review"] in row)
    rows: dict[str, dict[str, str]] = {}
    whole = ""
    for row in found[found.index(head) + 1 :]:
        label = row[0].strip()
        whole = label if not label.startswith("…") else whole
        label = f"{whole[:-4]}{label[2:]}" if re.fullmatch(r"… \d{4}", label) else label
        rows.setdefault(label, dict(zip(head, map(str.strip, row), strict=False)))
    return of_table(rows)


def in_workbook(folder: Path, printed: str) -> dict[str, Said]:
    """Read both the table as it is printed and the sheets of plain numbers, which must say the same."""
    calamine = pytest.importorskip("python_calamine")
    book = calamine.CalamineWorkbook.from_path(str(folder / "book.xlsx"))

    def rows(name: str) -> list[dict[str, Any]]:
        cells = book.get_sheet_by_name(name).to_python()
        return [dict(zip(cells[3], row, strict=True)) for row in cells[4:]]

    shown = of_table({str(row["What"]): {k: str(v) for k, v in row.items()} for row in rows("Answer")})
    at = next(row for row in rows("Children") if row["31 March"] == DATE)
    for name, head in HEADS.items():
        saving = [row for row in rows("Savings") if row["Scenario"] == head]
        assert shown[name]["without"] == numbers.children(at["No reform, mean [children]"])
        assert shown[name]["with"] == numbers.children(at[f"{head}, mean [children]"])
        assert shown[name]["worth"] == net(saving[-1]["Net present saving so far [GBP]"])
        total = [row["Net present saving so far [GBP]"] for row in saving]
        stays = next((i for i in range(len(total)) if min(total[i:]) > 0), None)
        assert shown[name]["back"] == ("never" if stays is None else saving[stays]["Year"])
    return shown


def in_explorer(folder: Path, printed: str) -> dict[str, Said]:
    """Open the page in Chromium, take each scenario by its link, and read the table that it shows."""
    found = {}
    with Browser(1280) as opened:
        opened.open(folder / "explorer.html")
        for name in DEFAULT_SCENARIOS:
            opened.run(f"location.hash = 'scenario={name}'")
            lines = opened.run("return document.getElementById('table').innerText").splitlines()
            rows = {line.split("\t")[0]: line.split("\t")[1] for line in lines if line.count("\t") >= 2}
            amount = rows["Net present saving"]
            back = rows["Pays back in"]
            found[name] = {
                "without": rows[f"Children in care, 31 March {DATE}, without it"],
                "with": rows[f"Children in care, 31 March {DATE}, with it"],
                "worth": amount.replace(numbers.MINUS, "cost ") if amount[0] == numbers.MINUS else amount,
                "back": back if re.fullmatch(r"\d{4}-\d{2}", back) else "never",
            }
    return found


WAYS: dict[str, Callable[[Path, str], dict[str, Said]]] = {
    "Python": in_python,
    "CSV": in_csv,
    "table": in_print,
    "brief": in_brief,
    "workbook": in_workbook,
    "explorer": in_explorer,
}


@pytest.mark.slow
def test_six_ways_say_the_same_to_the_last_printed_digit(made: tuple[Path, str]) -> None:
    if browser.missing():
        pytest.skip(f"not there: {browser.missing()}")
    said = {way: read(*made) for way, read in WAYS.items()}
    for name in DEFAULT_SCENARIOS:
        for key in KEYS:
            found = {way: of[name][key] for way, of in said.items()}
            assert len(set(found.values())) == 1, (name, key, found)
            assert found["Python"]
