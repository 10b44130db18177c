"""The answer in the asker's own numbers: what was said, what came, what is projected now, in one table.

Columns are a list: what a claim said, what came, inaction, and each scenario; a column or a row without anything in it
is dropped. Sentences are templates with conditions; every number in them is in a table beside them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np

from carecost import _labels
from carecost._labels import INACTION
from carecost._typing import Array
from carecost.analysis.sensitivity import switching_value
from carecost.analysis.sustained import outliving
from carecost.errors import InputError, Problem
from carecost.files.load import load_assumptions
from carecost.files.packaged import packaged_assumptions, record
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.scenario import GIVEN, Scenario, elsewhere
from carecost.results.baseline_tables import HOMES, npvs
from carecost.results.summary import mean_payback, variants
from carecost.results.tables import interval
from carecost.simulation.comparison import Comparison
from carecost.simulation.run import Run
from carecost.text import numbers

#: Dates that are told where none are asked for: the end of the Spending Review, and that of the Review's claim.
DATES = (2029, 2032)
#: Years of the programme that are told as one sum.
FIRST_YEARS = 4
#: What the row of its money begins with.
MONEY = "Money for reform"
#: What the row of other baselines is called: it is of the central run, and the saving above it a mean.
RIVALS = "… as stated, other baselines"
#: What the record calls money for reform.
PROGRAMME = "programme money"
#: What is said of what was said and what came beside what is projected.
NEAR = "Scope and prices are near, not the same."
#: The row of spending that goes on as long as its effects.
SUSTAINED = "… with spending kept up"
#: What stands where there is nothing to tell.
DASH = "–"

SAID, CAME, NOW = "said", "came", "now"


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Parameters
    ----------
    key : str
        ``said``, ``came``, or the name of a scenario.
    title, under : str
        What it is; when, or what it rests on.
    kind : str
        ``said``, ``came``, ``inaction``, ``claimed``, ``measured`` or ``other``: how it is drawn.
    """

    key: str
    title: str
    under: str
    kind: str


@dataclass(frozen=True)
class Cell:
    """A number of the table as it is shown, and what stands below it in small letters."""

    value: str = DASH
    below: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self.value == DASH and not self.below


@dataclass(frozen=True)
class Line:
    """A row: what it is, a cell a column, and whether it opens a part of the table."""

    label: str
    cells: tuple[Cell, ...]
    part: str = ""


@dataclass(frozen=True)
class Answer:
    """What is said first.

    Parameters
    ----------
    head : str
        The finding, in one or two short sentences.
    standfirst : tuple of str
        What reform would do as claimed and as measured.
    columns : tuple of Column
        Columns of the table.
    lines : tuple of Line
        Rows.
    why : tuple of tuple of str
        Sentences that explain the differences: what is said in bold, and the rest.
    moved : tuple of tuple of str
        What moved between the claim and the outturn: what, before, after, change.
    moved_years : tuple of str
        The two years of it; empty where there is no record.
    mind : tuple of str
        What to know before it is quoted, the weightiest first.
    prices : str
        Which prices the money is in.
    main : int
        The date that the asker's claim is about.
    """

    head: str
    standfirst: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    why: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, str, str, str], ...]
    moved_years: tuple[str, ...]
    mind: tuple[str, ...]
    prices: str
    main: int


def net(amount: float) -> str:
    """Write a net saving in words: a cost is said to be one.

    Examples
    --------
    >>> net(3.3e9), net(-10.8e9)
    ('£3.30bn', 'cost £10.8bn')
    """
    return numbers.pounds(amount) if amount >= 0 else f"cost {numbers.pounds(-amount)}"


def net_range(low: float, high: float) -> str:
    """Write an interval of a net saving in words; one amount where its ends are written alike.

    Examples
    --------
    >>> net_range(-4.8e9, 9.8e9), net_range(-12.9e9, -8.6e9), net_range(1e9, 2e9), net_range(0.0, 0.0)
    ('cost £4.80bn to saving £9.80bn', '£12.9bn to £8.6bn', '£1.00bn to £2.00bn', '£0')
    """
    scale = numbers.money_scale(low, high)
    ends = numbers.pounds(abs(low), scale), numbers.pounds(abs(high), scale)
    return f"cost {ends[0]} to saving {ends[1]}" if low < 0 <= high else numbers.span(*ends) or ends[0]


#: Letters of a line of the terminal, of a row's label, and of the columns of what was said and came.
WIDTH, LABEL, FIXED = 110, 34, 12


def screen(made: Answer, title: str) -> list[str]:
    """Lay the answer out for a terminal: at most 110 letters a line.

    Parameters
    ----------
    made : Answer
        The answer.
    title : str
        What it is about.

    Returns
    -------
    list of str
        Lines: the finding, the table, why, and what to know.
    """
    lines = [title, "", *textwrap.wrap(made.head, WIDTH)]
    lines += [line for sentence in made.standfirst for line in textwrap.wrap(sentence, WIDTH)]
    lines += ["", *_grid(made)]
    for label, sentences in (
        ("Why", [f"{bold} {rest}" for bold, rest in made.why]),
        ("Mind", list(made.mind[:MINDED])),
    ):
        if sentences:
            lines.append("")
            for i, sentence in enumerate(sentences):
                head = f"{label if i == 0 else '':<6}"
                lines += textwrap.wrap(sentence, WIDTH, initial_indent=head, subsequent_indent=" " * 6)
    return lines


#: Things to know that the terminal has room for.
MINDED = 3


def _grid(made: Answer) -> Iterator[str]:
    """Lay the table out; with many scenarios what was said and came is left to the brief, with more it is turned."""
    keep = [i for i, column in enumerate(made.columns) if column.kind not in (SAID, CAME) or len(made.columns) <= MOST]
    free = [i for i in keep if made.columns[i].kind not in (SAID, CAME)]
    wide = (WIDTH - LABEL - FIXED * (len(keep) - len(free))) // max(len(free), 1)
    if wide < NARROWEST:
        yield from _turned(made)
        return
    widths = [wide if i in free else FIXED for i in keep]

    def laid(label: str, cells: Sequence[str]) -> Iterator[str]:
        broken = [textwrap.wrap(label, LABEL - 1) or [""]]
        broken += [textwrap.wrap(cell, width - 1) or [""] for cell, width in zip(cells, widths, strict=True)]
        for parts in zip_longest(*broken, fillvalue=""):
            line = f"{parts[0]:<{LABEL}}" + "".join(f"{part:<{w}}" for part, w in zip(parts[1:], widths, strict=True))
            yield line.rstrip()

    yield from laid("", [made.columns[i].title for i in keep])
    yield from laid("", [made.columns[i].under for i in keep])
    for line in made.lines:
        if line.label == SUSTAINED:
            continue  # the brief has room for it
        if line.part:
            yield "-" * (LABEL + sum(widths))
        yield from laid(line.label, [line.cells[i].value for i in keep])
        below = [line.cells[i].below for i in keep]
        # Which baselines they are is told in the brief.
        if any(below) and not line.label.startswith(RIVALS):
            yield from laid("  four chances in five" if _ranged(line) else "", below)


#: Columns of the table up to which what was said and what came stand beside the scenarios; letters of a narrow column.
MOST, NARROWEST = 6, 14


def _ranged(line: Line) -> bool:
    return any(" to " in cell.below for cell in line.cells)


def _turned(made: Answer) -> Iterator[str]:
    """Lay many scenarios out as rows: children and spend at the main date, net saving, and when it pays."""
    wanted = ("Fewer than", "Spend in", "Net saving", "Pays for itself")
    lines = [next(line for line in made.lines if line.label.startswith(label)) for label in wanted]
    lines.insert(0, next(line for line in made.lines if line.label.endswith(str(made.main))))
    width = (WIDTH - LABEL) // len(lines)
    heads = [textwrap.wrap(line.label.replace("…", "Children,"), width - 1) for line in lines]
    for parts in zip_longest(*heads, fillvalue=""):
        yield (" " * LABEL + "".join(f"{part:<{width}}" for part in parts)).rstrip()
    yield "-" * WIDTH
    for i, column in enumerate(made.columns):
        if column.kind not in (SAID, CAME):
            broken = [textwrap.wrap(column.title, LABEL - 1)] + [
                textwrap.wrap(line.cells[i].value, width - 1) for line in lines
            ]
            for parts in zip_longest(*broken, fillvalue=""):
                yield (f"{parts[0]:<{LABEL}}" + "".join(f"{part:<{width}}" for part in parts[1:])).rstrip()


def answer(run: Run, at: Sequence[int] = (), rivals: bool = True) -> Answer:
    """Answer the question that a run asks.

    Parameters
    ----------
    run : Run
        A run.
    at : sequence of int
        Dates to tell of (31 March); by default the end of the Spending Review, 2032 and ten years ahead.
    rivals : bool
        Whether the net present saving is worked out under every other baseline too, where the set states its own.

    Returns
    -------
    Answer
        Sentences and the table.

    Raises
    ------
    InputError
        If a date is not one of the run.

    Examples
    --------
    >>> import carecost as cc
    >>> made = answer(cc.run("england-2025", "care-review", years=10).run, rivals=False)
    >>> [column.key for column in made.columns]
    ['said', 'came', 'inaction', 'care-review']
    """
    return _Asked(run, at, rivals).answer()


class _Asked:
    """Works the answer out: each number once."""

    def __init__(self, run: Run, at: Sequence[int], rivals: bool) -> None:
        self.run, self.rivals = run, rivals
        grid = run.grid
        wrong = [date for date in at if date not in grid.years]
        if wrong:
            remedy = f"Give dates from {grid.years[0]} to {grid.years[-1]}"
            raise InputError(Problem(f"no 31 March {', '.join(map(str, wrong))} in the run", "--at", remedy))
        ten = min(grid.base_year + 10, grid.dates[-1])
        chosen = at or [date for date in (*DATES, ten) if grid.dates[0] < date <= grid.dates[-1]]
        self.dates = tuple(sorted(set(chosen))) or grid.dates[-1:]
        self.record = record(run.assumptions.record) if run.assumptions.record else ()
        said = [int(row["year"]) for row in self._part(SAID) if row["what"] == "children in care"]
        claimed = max(said, default=0)
        later = self.dates[-2] if len(self.dates) > 1 else self.dates[-1]
        self.main = claimed if claimed in self.dates else later
        self.drawn = run.draws.n > 1
        self.scenarios = [name for name in run.scenarios if name != INACTION]

    # Numbers

    def _part(self, part: str) -> list[dict[str, str]]:
        return [row for row in self.record if row["part"] == part]

    def _figure(self, part: str, what: str, year: int | None = None) -> dict[str, str] | None:
        """Give a figure of the record: of a year, or the latest."""
        rows = [row for row in self._part(part) if row["what"] == what and year in (None, int(row["year"]))]
        return max(rows, key=lambda row: int(row["year"]), default=None)

    def _children(self, name: str, date: int) -> Array:
        """Children in care on a date: (draw,)."""
        return self._levels[name][0][:, self.run.grid.dates.index(date)]

    @cached_property
    def _compared(self) -> dict[str, Comparison]:
        """Each scenario against inaction, in the draws."""
        return {name: self.run.compare(name) for name in self.scenarios}

    @cached_property
    def _levels(self) -> dict[str, tuple[Array, Array]]:
        """Children in care and in homes, (draw, date), by scenario: with luck where the draws ask for it."""
        grid = self.run.grid
        homes = np.array([float(p.group == HOMES and p.in_care) for p in grid.placements])
        shown = self.run.shown
        return {name: (o.in_care(grid)[0], np.asarray((o.stock @ homes).sum(1))) for name, o in shown.items()}

    def _spend(self, name: str, year: int) -> Array:
        """Public spend of a year in the scope nearest to that of the record: (draw,)."""
        grid = self.run.grid
        scope = next((row["what"] for row in self._part("scope")), "")
        groups = next((s.groups for s in self.run.assumptions.scopes if s.name == scope), None)
        counted = [float(i.public and (groups is None or i.group in groups)) for i in grid.items]
        spend = self.run.shown[name].costs.spend[:, grid.years.index(year)]
        return np.asarray(spend @ np.array(counted))

    # Columns and rows

    def columns(self) -> Iterator[Column]:
        """Give what was said, what came, no reform, and a column for each scenario."""
        if self._part(SAID):
            yield Column(SAID, "The Review", "May 2022", SAID)
        came = self._figure(CAME, "children in care")
        if came is not None:
            yield Column(CAME, "What came", f"March {came['year']}", CAME)
        yield Column(INACTION, "No reform", "", INACTION)
        for name in self.scenarios:
            plan = self.run.scenarios[name]
            yield Column(name, plan.heading, "", _kind(plan))

    def answer(self) -> Answer:
        """Put the answer together: columns and lines that hold something, and what is said below them."""
        columns = tuple(self.columns())
        lines = [line for line in self._lines(columns) if not all(cell.empty for cell in line.cells)]
        full = [i for i in range(len(columns)) if any(not line.cells[i].empty for line in lines)]
        kept = tuple(Line(line.label, tuple(line.cells[i] for i in full), line.part) for line in lines)
        moved = tuple(self._moved())
        years = sorted({int(row["year"]) for row in self._part("moved")})
        return Answer(
            head=self._head(),
            standfirst=tuple(self._standfirst()),
            columns=tuple(columns[i] for i in full),
            lines=kept,
            why=tuple(self._why()),
            moved=moved,
            moved_years=tuple(_labels.financial_year(year) for year in years),
            mind=tuple(self._mind()),
            prices=f"prices of {_labels.financial_year(self.run.assumptions.price_year)}",
            main=self.main,
        )

    def _lines(self, columns: Sequence[Column]) -> Iterator[Line]:
        def line(label: str, cells: dict[str, Cell], part: str = "") -> Line:
            return Line(label, tuple(cells.get(column.key, Cell()) for column in columns), part)

        year = _labels.financial_year(self.main)
        first = True
        for date in self.dates:
            label = f"Children in care, 31 March {date}" if first else f"… {date}"
            yield line(label, self._children_cells(date), "children" if first else "")
            first = False
        yield line(f"Fewer than without reform, {self.main}", self._fewer())
        yield line(f"In homes, other residential, {self.main}", self._homes())
        scope = ", Review's scope" if self._part("scope") else ""
        yield line(f"Spend in {year}{scope}", self._spend_cells(self.main), "money")
        yield line(f"{MONEY}, {self._first_years}", self._programme())
        yield line("… and each year after", self._programme_after())
        yield line(f"Net saving in {self._years}", self._saving())
        yield line(SUSTAINED, self._sustained())
        yield line(RIVALS, self._rivals())
        yield line("Pays for itself", self._payback())
        yield line("Breaks even at this much of it", self._share())
        yield line("Rests on", self._rests())

    def _children_cells(self, date: int) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        said, came = self._figure(SAID, "children in care", date), self._figure(CAME, "children in care")
        if said is not None:
            cells[SAID] = Cell(_about(said))
        if came is not None and date == self.main:
            cells[CAME] = Cell(numbers.number(float(came["value"])))
        for name in self.run.scenarios:
            values = self._children(name, date)
            below = self._range(values) if name == INACTION else ""
            cells[name] = Cell(numbers.children(float(values.mean())), below)
        return cells

    def _range(self, values: Array) -> str:
        if not self.drawn:
            return ""
        low, high = interval(values)
        return numbers.span(numbers.children(low), numbers.children(high))

    def _fewer(self) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        said = self._figure(SAID, "fewer children in care", self.main)
        if said is not None:
            cells[SAID] = Cell(numbers.number(float(said["value"])))
        at = self.run.grid.dates.index(self.main)
        for name in self.scenarios:
            values = self._compared[name].averted[:, at]
            mean = float(values.mean())
            more = "" if mean >= 0 else " more"
            cells[name] = Cell(f"{numbers.children(abs(mean))}{more}", self._range(values))
        return cells

    def _homes(self) -> dict[str, Cell]:
        came = self._figure(CAME, "children in homes")
        cells = {} if came is None else {CAME: Cell(numbers.number(float(came["value"])))}
        at = self.run.grid.dates.index(self.main)
        for name in self.run.scenarios:
            cells[name] = Cell(numbers.children(float(self._levels[name][1][:, at].mean())))
        return cells

    def _spend_cells(self, year: int) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        said, came = self._figure(SAID, "public spend", year), self._figure(CAME, "public spend")
        if said is not None:
            cells[SAID] = Cell(f"{said['words']} {_plain_pounds(float(said['value']))}")
        if came is not None:
            cells[CAME] = Cell(numbers.pounds(float(came["value"])), "cash")
        for name in self.run.scenarios:
            values = self._spend(name, year)
            below = ""
            if name == INACTION and self.drawn:
                low, high = interval(values)
                below = numbers.span(numbers.pounds(low), numbers.pounds(high))
            cells[name] = Cell(numbers.pounds(float(values.mean())), below)
        return cells

    def _programme(self) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        said = [float(row["value"]) for row in self._part(SAID) if row["what"] == PROGRAMME]
        came = self._figure(CAME, PROGRAMME)
        if said:
            asked = next(row for row in self._part(SAID) if row["what"] == PROGRAMME)
            # What was said is a sum of its own years, of which the run may hold fewer.
            years = "" if self._first_years == self._named_years(len(said)) else f"{self._named_years(len(said))} "
            cells[SAID] = Cell(numbers.pounds(sum(said)), f"{years}{_pounds_of(asked)}")
        if came is not None:
            cells[CAME] = Cell(numbers.pounds(float(came["value"])), _spanned(came["words"]))
        for name in self.scenarios:
            spent = self._spent(name)[:FIRST_YEARS]
            if spent.any():
                cells[name] = Cell(numbers.pounds(float(spent.sum())))
        return cells

    def _programme_after(self) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        said = self._figure(SAID, "programme money after")
        if said is not None:
            cells[SAID] = Cell(f"{said['words']} {_plain_pounds(float(said['value']))}")
        for name in self.scenarios:
            after = self._spent(name)[FIRST_YEARS:]
            if after.any():
                cells[name] = Cell(numbers.pounds(float(after.mean())))
        return cells

    @property
    def _years(self) -> str:
        """Say how many years are run."""
        years = len(self.run.grid.years)
        return f"{years} year{'' if years == 1 else 's'}"

    @property
    def _first_years(self) -> str:
        """Name the years whose programme money is told as one sum: fewer than four where the run ends before."""
        held = max((len(self._spent(name)) for name in self.scenarios), default=FIRST_YEARS)
        return self._named_years(held if held else FIRST_YEARS)

    @staticmethod
    def _named_years(count: int) -> str:
        """Write a number of years, four at most, in words."""
        return ("one year", "two years", "three years", "four years")[min(count, FIRST_YEARS) - 1]

    def _spent(self, name: str) -> Array:
        """Give programme money by year from the first in which any is spent: mean over draws (year,)."""
        spent = self._compared[name].reform_spend().mean(0)
        begun = np.flatnonzero(spent)
        return np.asarray(spent[begun[0] :] if len(begun) else spent[:0])

    def _saving(self) -> dict[str, Cell]:
        return {name: self._net(self._compared[name].npv()) for name in self.scenarios}

    def _net(self, values: Array) -> Cell:
        below = net_range(*interval(values)) if self.drawn else ""
        return Cell(net(float(values.mean())), below if " to " in below else "")

    def _sustained(self) -> dict[str, Cell]:
        cells = {}
        for name in self.scenarios:
            kept = variants(self.run, name, INACTION).sustained
            if kept is not None and outliving(self.run, name):
                cells[name] = self._net(kept.drawn.npv())
        return cells

    def _rivals(self) -> dict[str, Cell]:
        if not (self.rivals and self.scenarios and self.run.assumptions.baselines):
            return {}
        cells = {}
        for name in self.scenarios:
            found = sorted((value, baseline) for baseline, value in npvs(self.run, name).items())
            (low, least), (high, most) = found[0], found[-1]
            # Other intervals stand under a mean that says whether it is a cost; this one stands alone.
            words = f"cost {net_range(low, high)}" if high < 0 else net_range(low, high)
            cells[name] = Cell(words, f"{least}; {most}".replace("-", " "))
        return cells

    def _payback(self) -> dict[str, Cell]:
        cells, last = {}, _labels.financial_year(self.run.grid.years[-1])
        for name in self.scenarios:
            year = mean_payback(self._compared[name], discounted=True)
            cells[name] = Cell(f"not by {last}" if year != year else f"by {_labels.financial_year(year)}")
        return cells

    def _share(self) -> dict[str, Cell]:
        cells = {}
        for name in self.scenarios:
            share = switching_value(self.run, name)
            if share is not None:
                cells[name] = Cell(numbers.percent(share))
        return cells

    def _rests(self) -> dict[str, Cell]:
        words = {"claimed": "claims", "measured": "studies", "bound": "upper bounds", "assumed": "assumptions"}
        cells = {}
        for name in self.scenarios:
            bases = dict.fromkeys(lever.basis for lever in self.run.scenarios[name].levers if lever.acts)
            cells[name] = Cell(", ".join(words[basis] for basis in bases) or "no effect stated")
        return cells

    # Sentences

    def _head(self) -> str:
        said, came = self._figure(SAID, "children in care"), self._figure(CAME, "children in care")
        date = self.main
        now = numbers.children(float(self._children(INACTION, date).mean()))
        if said is None or came is None:
            base = self.run.grid.base_year
            then = numbers.children(float(self._children(INACTION, base).mean()))
            return f"{then} children were in care on 31 March {base}; {now} are projected for {date} without reform."
        start = self._figure(
            SAID, "children in care", min(int(r["year"]) for r in self._part(SAID) if r["what"] == "children in care")
        )
        assert start is not None
        gap = float(came["value"]) / _path(start, said, int(came["year"])) - 1.0
        if gap < -0.02:
            children = "The number of children in care has not risen as the Review feared."
        elif gap <= 0.02:
            children = "The number of children in care is where the Review said."
        else:
            children = "The number of children in care has risen faster than the Review feared."
        cost_said, cost_came = self._figure(SAID, "public spend"), self._figure(CAME, "public spend")
        if cost_said is None or cost_came is None:
            return children
        reached = float(cost_came["value"]) / float(cost_said["value"])
        if reached >= 0.95:
            return f"{children} The cost {'has' if gap < -0.02 else 'has too'}."
        return children

    def _standfirst(self) -> Iterator[str]:
        years = self._years
        idle = {name: said for name in self.scenarios if (said := self.run.idle(name))}
        yield from (f"{self.run.scenarios[name].title}: {said}." for name, said in idle.items())
        claimed = [name for name in self.scenarios if self.run.scenarios[name].claim and name not in idle]
        acting = [name for name in self.scenarios if name not in idle]
        measured = [name for name in acting if _kind(self.run.scenarios[name]) == "measured"]
        for name in claimed[:1]:
            share = switching_value(self.run, name)
            # Where there are several reforms it is said which is meant.
            several = len([n for n in acting if n not in measured]) > 1
            reform = f"“{self.run.scenarios[name].heading}”" if several else "Reform"
            if share is None:
                unnamed = reform if several else "reform"
                yield f"Even if all that was claimed came true, {unnamed} would not pay for itself within {years}."
            elif share <= 1:
                much = numbers.percent(share)
                yield f"{reform} would pay for itself over {years} if {much} of the effect claimed came true."
            else:
                much = numbers.percent(share)
                yield f"{reform} would pay for itself over {years} only if {much} of what was claimed came true."
        for name in measured[:1]:
            amount = float(self._compared[name].npv().mean())
            ending = (
                f"costs {numbers.pounds(-amount)} more than it saves"
                if amount < 0
                else f"saves {numbers.pounds(amount)}"
            )
            yield f"With the effects measured so far alone, it {ending}."
        for name in [n for n in acting if n not in (*claimed[:1], *measured[:1])][:1]:
            amount = float(self._compared[name].npv().mean())
            title = self.run.scenarios[name].title
            kind = "saving" if amount >= 0 else "cost"
            yield f"{title}: net {kind} of {numbers.pounds(abs(amount))} over {years}."

    def _why(self) -> Iterator[tuple[str, str]]:
        asked = [float(row["value"]) for row in self._part(SAID) if row["what"] == PROGRAMME]
        after = self._figure(SAID, "programme money after")
        if asked:
            each = ", ".join(f"£{amount / 1e6:,.0f}m" for amount in asked[:-1])
            then = "" if after is None else f", then {after['words']} {_plain_pounds(float(after['value']))} a year"
            came = self._figure(CAME, PROGRAMME)
            less = came is not None and float(came["value"]) < sum(asked)
            got = "" if came is None else f"; {numbers.pounds(float(came['value']))} came"
            bold = "Less money came than was asked." if less else "The Review asked for money in four years."
            yield bold, f"{each} and £{asked[-1] / 1e6:,.0f}m{then}{got}."
        moved = {row[0]: row for row in self._moved_numbers()}
        starts, leavers = (
            moved.get("Children starting in care in the year"),
            moved.get("Children leaving care in the year"),
        )
        if starts and leavers:
            more = leavers[2] - leavers[1]
            bold = "More children left care." if more > 0 else "Fewer children left care."
            then = _labels.financial_year(min(int(row["year"]) for row in self._part("moved")))
            yield (
                bold,
                (
                    f"{leavers[2]:,.0f} left in a year, {abs(more):,.0f} {'more' if more > 0 else 'fewer'} than in "
                    f"{then}. "
                    f"{starts[2]:,.0f} started, {abs(starts[2] - starts[1]):,.0f} "
                    f"{'more' if starts[2] > starts[1] else 'fewer'}."
                ),
            )
        week = moved.get("An average week in care")
        if week:
            bold = "Each week of care cost more." if week[2] > week[1] else "Each week of care cost less."
            yield bold, f"An average week went from £{week[1]:,.0f} to £{week[2]:,.0f} in cash."
        said = self._figure(SAID, "fewer children in care")
        claimed = [name for name in self.scenarios if self.run.scenarios[name].claim]
        if said is not None and claimed and int(said["year"]) in self.run.grid.dates:
            at = self.run.grid.dates.index(int(said["year"]))
            fewer = float(self._compared[claimed[0]].averted[:, at].mean())
            wanted = float(said["value"])
            bold = "The claim shrinks on today's numbers." if fewer < 0.8 * wanted else "The claim holds in size."
            begin = _labels.financial_year(self.run.calendar.programme_start)
            without = numbers.children(float(self._children(INACTION, int(said["year"])).mean()))
            yield (
                bold,
                (
                    f"The Review's {wanted:,.0f} were to come off 100,000. {self._effects(claimed[0])}, begun in "
                    f"{begin}{' and each free to fail' if self.drawn else ''}, take {numbers.children(fewer)} off "
                    f"{without} by {said['year']}."
                ),
            )

    def _effects(self, name: str) -> str:
        """Name the effects of a claim: those of the Review, or some that the user gave."""
        given = any(lever.source == GIVEN for lever in self.run.scenarios[name].levers)
        return "Its effects, some of them yours" if given else "The same effects"

    def _come_true(self, name: str) -> str:
        """Say that claims may fail, and how much of one comes true in the mean of the draws."""
        last = self.run.grid.dates.index(self.dates[-1])
        stated = float(self.run.compare(name, central=True).averted[0, last])
        if not self.drawn or stated <= 0:
            return "a claim may fail altogether, or do a little better than stated."
        share = numbers.percent(float(self._compared[name].averted[:, last].mean()) / stated)
        return f"a claim may fail altogether; in the mean of draws {share} of it comes true."

    def _moved_numbers(self) -> Iterator[tuple[str, float, float, str]]:
        rows: dict[str, list[dict[str, str]]] = {}
        for row in self._part("moved"):
            rows.setdefault(row["what"], []).append(row)
        for what, pair in rows.items():
            before, after = sorted(pair, key=lambda row: int(row["year"]))
            yield what, float(before["value"]), float(after["value"]), before["unit"]

    def _moved(self) -> Iterator[tuple[str, str, str, str]]:
        for what, before, after, unit in self._moved_numbers():
            pound = "£" if unit.startswith("£") else ""
            change = after - before
            sign = "+" if change > 0 else numbers.MINUS
            yield what, f"{pound}{before:,.0f}", f"{pound}{after:,.0f}", f"{sign}{pound}{abs(change):,.0f}"

    def _mind(self) -> Iterator[str]:
        run = self.run
        if changed := _changed(run.assumptions):
            rows = "a row differs" if changed == 1 else f"{changed:,} rows differ"
            yield f"The assumptions are not those that ship as {run.assumptions.name}: {rows}."
        claimed = [name for name in self.scenarios if run.scenarios[name].claim]
        if claimed:
            yield f"“As claimed” is not evidence: {self._come_true(claimed[0])}"
        if self.drawn:
            held = "and the luck of small numbers" if run.draws.noise else "not the luck of small numbers"
            yield f"Ranges (four chances in five) hold what is stated as uncertain, {held}."
        yield "A saving is money councils could really stop spending: a stated share (grade E) of what falls away."
        if self.record:
            scope = next((row["words"] for row in self._part("scope")), "")
            yield f"{NEAR} {scope}".strip()
        for plan in (run.scenarios[name] for name in self.scenarios):
            if made_for := elsewhere(plan, run.assumptions.name):
                yield f"{made_for}."
        yield "What children gain, and whether they are safe at home, is not counted in pounds."


def _changed(assumptions: Assumptions) -> int:
    """Count the rows of a set that the packaged set of its name has not; none where there is no such set."""
    if assumptions.name not in packaged_assumptions():
        return 0
    known = set(load_assumptions(assumptions.name).rows)
    return sum(row not in known for row in assumptions.rows)


def _spanned(words: str) -> str:
    """Say of which years a sum of the record is: what follows "for", years joined, as no interval is."""
    return words.rpartition(" for ")[2].replace(" to ", "–")


def _pounds_of(row: dict[str, str]) -> str:
    """Say which pounds a figure of the record is in, where it says so: ``GBP of 2021-22, assumed``."""
    of = row["unit"].partition(" of ")[2].partition(",")[0]
    return f"of {of}" if of else ""


def _kind(plan: Scenario) -> str:
    acting = [lever for lever in plan.levers if lever.acts]
    if plan.claim:
        return "claimed"
    return "measured" if acting and all(lever.basis == "measured" for lever in acting) else "other"


def _about(row: dict[str, str]) -> str:
    value = numbers.number(float(row["value"]))
    return f"~{value}" if row["words"] == "approaching" else value


def _plain_pounds(amount: float) -> str:
    """Write pounds that somebody said in round numbers: no more figures than were said."""
    return f"£{amount / 1e9:g}bn" if amount >= 1e9 else f"£{amount / 1e6:g}m"


def _path(start: dict[str, str], end: dict[str, str], year: int) -> float:
    """Give a steady path between two figures of a claim, in a year."""
    share = (year - int(start["year"])) / (int(end["year"]) - int(start["year"]))
    first, last = float(start["value"]), float(end["value"])
    return float(first * (last / first) ** share)
