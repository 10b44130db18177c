"""Read a council's own SSDA903 return: who was in care, cleaned and counted, with a line for whatever was changed.

Rows of children are read, counted and dropped within :func:`read_ssda903`. What it gives holds counts alone: no number
of a child, no date, no text of a file.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from carecost._guard import (
    Refused,
    Rule,
    array,
    flag,
    guarded,
    instance,
    labels,
    number,
    opened,
    optional,
    several_of,
    take,
    text,
    whole,
    wholes,
)
from carecost._guard import path as a_path
from carecost._typing import LockedAgain, lock
from carecost.errors import CareCostError, FileError, Problem
from carecost.estimation.episodes import AS_BEFORE, OPEN, UNREADABLE, Finding, Rows, clean
from carecost.estimation.lexis import AGED_OUT, GOES_ON, STREAMS, Occurrence, first_day, occurrence_exposure
from carecost.estimation.suppression import SMALL
from carecost.files.packaged import own_path
from carecost.files.readers.ssda903_tables import Column, Table, codes, tables
from carecost.inputs.assumptions import Assumptions

if TYPE_CHECKING:
    import pandas as pd

    from carecost.files.own_rates import Bearing

Ints = NDArray[Any]

#: What a code becomes that is on no list, and the words of the code lists that are no placement and no reason.
OTHER, BEFORE, ON, AGED = "other", "as before", "goes on", "aged out"
#: Files of which examples are named in a line of the report.
FILES = 3
#: A year belongs to a return where so large a share of episodes ended in it as of its busiest year.
BUSY = 0.05


def _people(value: Any) -> Any:
    """Take children of an area: one number, or one for each age (a rule of the guard)."""
    if isinstance(value, int | float):
        return number(above=0)(value)
    return array(above=0)(value)


def _joint(value: Any) -> int:
    """Take a number of joint draws: none, or at least two (a rule of the guard)."""
    n: int = whole(0, 10_000)(value)
    if n == 1:
        raise Refused("", "Give at least 2, or 0 for means alone: one draw says nothing of uncertainty")
    return n


#: Rules of what is asked for beside a return.
_ASKED: dict[str, Rule] = {
    "authority": optional(text),
    "template": instance(Assumptions, str, words="Give a set of assumptions or the name of one"),
    "population": optional(_people),
    "draws": _joint,
    "seed": whole(0),
    "suppress": flag,
}


@dataclass(frozen=True)
class Line:
    """A line of the report on a return.

    Parameters
    ----------
    rule : str
        What was found.
    done : str
        What was done about it.
    rows : int
        In how many rows.
    examples : str
        Where, for some of them: file and number of the row.
    """

    rule: str
    done: str
    rows: int
    examples: str = ""


@opened
@dataclass(frozen=True, eq=False)
class SSDA903(LockedAgain):
    """An SSDA903 return, cleaned and counted; it holds no row of a child.

    Parameters
    ----------
    counts : Occurrence
        Stock, entries, exits, moves and time lived, by stream, year, age and placement.
    placements, reasons : tuple of str
        Labels of the counts.
    lines : tuple of Line
        What was found in the files, and what was done about it.
    missing_years : tuple of int
        Years between the first and the last of which there is no return.
    children, rows : int
        Children with an episode, and rows of episodes that were read.

    See Also
    --------
    read_ssda903 : Read one.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own = cc.read_ssda903(cc.synthetic_return(200, years=2, seed=1).save(folder))
    >>> own.years
    (2024, 2025)
    """

    counts: Occurrence
    placements: tuple[str, ...]
    reasons: tuple[str, ...]
    lines: tuple[Line, ...]
    missing_years: tuple[int, ...] = ()
    children: int = 0
    rows: int = 0

    def __post_init__(self) -> None:
        several = several_of(Line, words="Use carecost.read_ssda903(…), which makes them")
        counted = instance(Occurrence, words="Use carecost.read_ssda903(…), which counts")
        take(self, counts=counted, placements=labels, reasons=labels, lines=several, missing_years=wholes)
        take(self, children=whole(0), rows=whole(0))
        lock(self)

    @property
    def years(self) -> tuple[int, ...]:
        """Years covered: of each the year to 31 March."""
        return self.counts.years

    @property
    def base_year(self) -> int:
        """Year of the last 31 March, from which a set of it begins."""
        return self.years[-1]

    @guarded(suppress=flag)
    def report(self, suppress: bool = False) -> pd.DataFrame:
        """Tell what was found in the files, and what was done about it.

        Parameters
        ----------
        suppress : bool
            Whether counts from 1 to 4 are written ``under 5``, and examples left out.

        Returns
        -------
        DataFrame
            Columns rule, done, rows, examples.

        See Also
        --------
        SSDA903.flows : Stock and flows of each year.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(200, years=2, seed=1).save(folder))
        >>> list(own.report().columns)
        ['rule', 'done', 'rows', 'examples']
        """
        import pandas as pd

        rows = [
            {
                "rule": line.rule,
                "done": line.done,
                "rows": "under 5" if suppress and 0 < line.rows < SMALL else line.rows,
                "examples": "" if suppress else line.examples,
            }
            for line in self.lines
        ]
        return pd.DataFrame(rows, columns=["rule", "done", "rows", "examples"])

    @guarded(suppress=flag)
    def flows(self, suppress: bool = False) -> pd.DataFrame:
        """Give stock and flows of each year and stream.

        Parameters
        ----------
        suppress : bool
            Whether counts are rounded to the nearest 5, and those from 1 to 4 written as missing.

        Returns
        -------
        DataFrame
            Columns stream, year, stock, entries, exits, aged_out, moves, child_years.

        See Also
        --------
        SSDA903.report : What was found in the files.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(200, years=2, seed=1).save(folder))
        >>> len(own.flows())
        4
        """
        import pandas as pd

        c = self.counts
        summed = {
            "stock": c.stock.sum((2, 3)),
            "entries": c.entries.sum((2, 3)),
            "exits": c.exits.sum((2, 3, 4)),
            "aged_out": c.aged_out,
            "moves": c.moves.sum((2, 3, 4)),
            "child_years": c.child_years.sum((2, 3)),
        }
        if suppress:
            summed = {name: np.where(n < SMALL, np.nan, 5 * np.round(n / 5)) for name, n in summed.items()}
        return pd.DataFrame(
            {
                "stream": np.repeat(STREAMS, len(c.years)),
                "year": list(c.years) * len(STREAMS),
                **{name: n.ravel() for name, n in summed.items()},
            }
        )

    @guarded(**_ASKED)
    def to_assumptions(
        self,
        authority: str | None = None,
        template: Assumptions | str = "england-2025",
        population: float | Sequence[float] | None = None,
        draws: int = 200,
        seed: int = 1,
        suppress: bool = False,
    ) -> Assumptions:
        """Make a set of assumptions, as the packaged ones are, from the return and a public set.

        Parameters
        ----------
        authority : str, optional
            Name of the area in the public set, as in ``england-2025/Kent``. Without one the rates are pooled towards
            England's, and the population is taken to be England's in proportion to the children in care.
        template : Assumptions or str
            The public set: prices, items, population and what is not in a return come from it.
        population : float or sequence of float, optional
            Children of the area, all or by single age from 0 [children], in place of the public set's.
        draws : int
            Joint draws of the rates that the set holds.
        seed : int
            Their seed.
        suppress : bool
            Whether nothing that is written can be traced to fewer than five children.

        Returns
        -------
        Assumptions
            The set; it begins on the 31 March of the last return.

        Raises
        ------
        CareCostError
            If the public set has no such area, or lacks placements or reasons that children of the return have.

        See Also
        --------
        carecost.save_assumptions : Write it as a folder.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(200, years=2, seed=1).save(folder))
        >>> own.to_assumptions(draws=10).base_year
        2025
        """
        return self.estimate(authority, template, population, draws, seed, suppress).assumptions

    @guarded(**_ASKED)
    def estimate(
        self,
        authority: str | None = None,
        template: Assumptions | str = "england-2025",
        population: float | Sequence[float] | None = None,
        draws: int = 200,
        seed: int = 1,
        suppress: bool = False,
    ) -> OwnRates:
        """Estimate rates, and say how much the return's own numbers bear in each.

        Parameters
        ----------
        authority : str, optional
            Name of the area in the public set.
        template : Assumptions or str
            The public set.
        population : float or sequence of float, optional
            Children of the area, all or by single age from 0 [children].
        draws : int
            Joint draws of the rates that the set holds.
        seed : int
            Their seed.
        suppress : bool
            Whether nothing that is written can be traced to fewer than five children.

        Returns
        -------
        OwnRates
            The set, and a table of how much own numbers bear.

        Raises
        ------
        CareCostError
            As :meth:`to_assumptions`.

        See Also
        --------
        SSDA903.to_assumptions : The set alone.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(300, years=2, seed=1).save(folder))
        >>> rates = own.estimate(draws=10)
        >>> 0 < rates.bearings[0].own_level < 1
        True
        """
        from carecost.files.own_counts import OwnCounts
        from carecost.files.own_return import estimate_own

        counted = OwnCounts(self.counts, self.placements, self.reasons, self.missing_years)
        return OwnRates(*estimate_own(counted, authority, template, population, draws, seed, suppress))

    def _screen(self) -> list[tuple[str, str]]:
        """Say what was read, in one screen."""
        stock = self.counts.stock[:, -1].sum((1, 2))
        missing = f"; missing: {', '.join(map(str, self.missing_years))}" if self.missing_years else ""
        return [
            ("years", f"{self.years[0]} to {self.years[-1]}, each to 31 March{missing}"),
            ("children", f"{self.children:,}, in {self.rows:,} rows of episodes"),
            ("in care", f"{stock.sum():,.0f} on 31 March {self.base_year}, {stock[1]:,.0f} of them unaccompanied"),
            ("report", f"{len(self.lines)} lines: .report()"),
        ]

    def _repr_html_(self) -> str:
        """Show what was read, and the report, as two tables."""
        head = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in self._screen())
        body = "".join(
            f"<tr><td>{escape(i.rule)}</td><td>{escape(i.done)}</td><td>{i.rows:,}</td><td>{escape(i.examples)}</td></tr>"
            for i in self.lines
        )
        titles = "".join(f"<th>{title}</th>" for title in ("rule", "done", "rows", "examples"))
        report = f"<table><caption>Report</caption><tr>{titles}</tr>{body}</table>"
        return f"<table><caption>SSDA903</caption>{head}</table>{report}"


@opened
@dataclass(frozen=True, eq=False)
class OwnRates(LockedAgain):
    """Rates of a council's own return, and the set that is made of them.

    Parameters
    ----------
    assumptions : Assumptions
        The set.
    bearings : tuple of Bearing
        How much own numbers bear, a row a stream and kind of rate.

    See Also
    --------
    SSDA903.estimate : Makes it.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own = cc.read_ssda903(cc.synthetic_return(300, years=2, seed=1).save(folder))
    >>> own.estimate(draws=10).bearings[0].kind
    'entries'
    """

    assumptions: Assumptions
    bearings: tuple[Bearing, ...]

    def __post_init__(self) -> None:
        from carecost.files.own_rates import Bearing

        made = instance(Assumptions, words="Give a set of assumptions")
        take(self, assumptions=made, bearings=several_of(Bearing, words="Use SSDA903.estimate(…), which makes them"))

    @guarded(suppress=flag)
    def bearing(self, suppress: bool = False) -> pd.DataFrame:
        """Tell how much own numbers bear, as a table.

        Parameters
        ----------
        suppress : bool
            Whether counts are rounded to the nearest 5, and those from 1 to 4 written as missing.

        Returns
        -------
        DataFrame
            Columns of :class:`Bearing`.

        See Also
        --------
        SSDA903.estimate : Makes the rates.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     own = cc.read_ssda903(cc.synthetic_return(300, years=2, seed=1).save(folder))
        >>> len(own.estimate(draws=10).bearing())
        8
        """
        import pandas as pd

        frame = pd.DataFrame([vars(row) for row in self.bearings])
        if suppress:
            small = frame["counted"] < SMALL
            frame["counted"] = np.where(small, np.nan, 5 * np.round(frame["counted"] / 5))
            frame.loc[small, ["ratio", "trend", "p"]] = np.nan
        return frame

    def _screen(self) -> list[tuple[str, str]]:
        """Say how much own numbers bear."""
        return [
            (f"{b.stream}, {b.kind}", f"{b.ratio:.2f} times the public level, own weight {b.own_level:.0%}")
            for b in self.bearings
        ]


@guarded(path=a_path)
def read_ssda903(path: str | Path) -> SSDA903:
    """Read an SSDA903 return: a folder of CSV files, a zip of them, XML, or one CSV of episodes with dates of birth.

    What a file is, is told from its columns; each return's years from the ends of its episodes. Nothing that a real
    return can hold stops the reading: what cannot be used is left out and said, rule by rule, with the number of rows
    and some of them by file and row.

    Parameters
    ----------
    path : str or Path
        Folder (with a folder for each year, or not), zip or file.

    Returns
    -------
    SSDA903
        Counts and report. Rows of children are not kept.

    Raises
    ------
    FileError
        If it cannot be read, no file is a table of episodes, or nothing in it can be used. No message holds what stands
        in a file, its columns or its name.

    See Also
    --------
    SSDA903.to_assumptions : Make a set of it.
    synthetic_return : Make a return of no real child.

    Examples
    --------
    >>> import carecost as cc, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own = read_ssda903(cc.synthetic_return(200, years=2, seed=1).save(folder))
    >>> int(own.counts.stock[:, -1].sum()) > 0
    True
    """
    place = own_path(path)
    if not place.exists():
        raise FileError(Problem("is not there", str(path), "Give the folder, zip, XML or CSV of a return"))
    try:
        return _read(tables(place))
    except CareCostError:
        raise
    except MemoryError:
        raise FileError(Problem("does not fit into memory", "the return", "Give fewer years at once")) from None
    except Exception as error:  # a fault of ours, whose text may hold what stands in a file
        at = traceback.extract_tb(error.__traceback__)[-1]
        what = f"cannot be read: {type(error).__name__} in {Path(at.filename).stem}, line {at.lineno}"
        raise FileError(
            Problem(what, "the return", "A fault of carecost: report these words, not the return")
        ) from None


def _read(found: list[Table]) -> SSDA903:
    """Go from tables to counts."""
    lines = [Line(rule, done, rows, table.shown) for table in found for rule, done, rows in table.notes]
    episodes = [table for table in found if table.layout == "episodes" and len(table.rows)]
    numbers: dict[str, int] = {}
    child = {id(table): _children(table, numbers) for table in found if "CHILD" in table.columns}
    dates = _Dates()
    years = {
        id(table): _years_of(dates.read(table.columns["DEC"]), dates.read(table.columns["DECOM"])) for table in episodes
    }
    episodes = sorted((t for t in episodes if years[id(t)]), key=lambda table: years[id(table)][-1])
    if not episodes:
        what = "has no episode with a date that can be read"
        raise FileError(Problem(what, "the return", "Dates are written 31/03/2025 or 2025-03-31"))
    born = _born([*(t for t in found if t.layout != "episodes"), *episodes], child, dates, len(numbers), lines)
    stream = _unaccompanied(found, child, len(numbers))
    covered = _whole_years(episodes, years, dates, lines)
    rows, where = _rows(episodes, child, dates, lines)
    known = _Codes()
    other = (known.placements.index(OTHER), known.reasons.index(OTHER))
    del found, child
    lives, findings = clean(rows, born, stream, [_within(years[id(table)], covered) for table in episodes], other)
    if not len(lives.child):
        told = "; ".join(f"{f.rule}: {f.rows:,}" for f in findings)
        raise FileError(Problem(f"no episode can be used ({told})", "the return", "See which columns are filled"))
    counts = occurrence_exposure(lives, covered, (len(STREAMS), len(known.placements), len(known.reasons)))
    lines += [Line(f.rule, f.done, f.rows, where(f)) for f in findings]
    # What the returns cover: a year that is not whole is no year of theirs.
    missing = tuple(y for y in range(covered[0], covered[-1]) if y not in covered)
    for year in missing:
        lines.append(Line(f"no return of the year to 31 March {year}", "nothing of that year is counted", 0))
    n_children = len(np.unique(lives.child))
    return SSDA903(counts, known.placements, known.reasons, _summed(lines), missing, n_children, len(rows.child))


def _summed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Put the lines of one rule together; examples of the first files."""
    out: dict[tuple[str, str], Line] = {}
    for line in lines:
        key = (line.rule, line.done)
        before = out.get(key)
        if before is None:
            out[key] = line
        else:
            files = [before.examples, line.examples] if before.examples.count(";") < FILES - 1 else [before.examples]
            out[key] = Line(*key, before.rows + line.rows, "; ".join(filter(None, files)))
    return tuple(out.values())


def _children(table: Table, numbers: dict[str, int]) -> Ints:
    """Give each row the number of its child within this reading; below zero where there is none."""
    column = table.columns["CHILD"]
    to = np.array([numbers.setdefault(t, len(numbers)) if t else -1 for t in column.texts], dtype=np.int32)
    return np.asarray(to[column.codes]) if len(to) else np.zeros(0, np.int32)


class _Dates:
    """Days since 1970 of texts, each text read once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def read(self, column: Column) -> Ints:
        """Read a column: (row,)."""
        return self.of(column)[column.codes] if len(column.texts) else np.zeros(0, np.int64)

    def of(self, column: Column) -> Ints:
        """Read the texts of a column."""
        return np.array([self._day(text) for text in column.texts], dtype=np.int64)

    def _day(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = _day(text)
        return self._known[text]


_MONTHS = {
    m: i
    for i, m in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], start=1)
}
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
_WRITTEN = (
    re.compile(rf"(?P<d>\d{{1,2}})[/\-. ](?P<m>\d{{1,2}}|[A-Z]{{3}})[A-Z]*[/\-. ](?P<y>\d{{4}}){_TIME}"),
    re.compile(rf"(?P<y>\d{{4}})[/\-.](?P<m>\d{{1,2}})[/\-.](?P<d>\d{{1,2}}){_TIME}"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
)
#: Years that a date can be of.
YEARS = (1900, 2199)
#: Days of a spreadsheet that are dates from 1954 to 2064; they are counted from 30 December 1899.
_SERIAL = (20_000, 60_000, 25_569)


def _day(text: str) -> int:
    """Read a date as people and spreadsheets write it; day before month, never the other way.

    Examples
    --------
    >>> _day("02/01/1970"), _day("1970-01-02"), _day("2-JAN-1970"), _day("25570"), _day(""), _day("13/13/2020")
    (1, 1, 1, 1, 1000000, -1000000)
    """
    if not text:
        return OPEN
    for written in _WRITTEN:
        found = written.fullmatch(text)
        if found:
            month = _MONTHS.get(found["m"], 0) if found["m"].isalpha() else int(found["m"])
            if not YEARS[0] <= int(found["y"]) <= YEARS[1]:
                return UNREADABLE
            try:
                return int(np.datetime64(f"{int(found['y']):04d}-{month:02d}-{int(found['d']):02d}", "D").astype(int))
            except ValueError:
                return UNREADABLE
    if re.fullmatch(r"\d{5}", text) and _SERIAL[0] <= int(text) < _SERIAL[1]:
        return int(text) - _SERIAL[2]
    return UNREADABLE


def _financial(days: Ints) -> Ints:
    """Give the financial year of each day that is one: the year in which it ends."""
    real = days[(days != OPEN) & (days != UNREADABLE)]
    months = real.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray((months + 9) // 12 + 1970)


def _years_of(ends: Ints, starts: Ints) -> tuple[int, ...]:
    """Tell which years a return covers: those around the busiest one in which episodes ended.

    Of what ended before, a return has only children still in care when it begins, and a date far off is a slip: the
    years stop at one in which hardly anything ended.
    Where nothing ended, it is the last year in which many began.
    """
    year = _financial(ends)
    if not len(year):
        year = _financial(starts)
        if not len(year):
            return ()
        many, n = np.unique(year, return_counts=True)
        return (int(many[n >= max(1.0, BUSY * n.max())][-1]),)
    many, n = np.unique(year, return_counts=True)
    busy = {int(y) for y, k in zip(many, n, strict=True) if k >= max(1.0, BUSY * n.max())}
    first = last = int(many[n.argmax()])
    while first - 1 in busy:
        first -= 1
    while last + 1 in busy:
        last += 1
    return tuple(range(first, last + 1))


def _whole_years(
    episodes: Sequence[Table], years: Mapping[int, tuple[int, ...]], dates: _Dates, lines: list[Line]
) -> list[int]:
    """Give the years covered, without a last one that ends early: a return taken out before its 31 March.

    With n dates in the year, none in its last days is a chance of exp(-n x days / 365); ten is taken as no chance.
    """
    covered = sorted({year for table in episodes for year in years[id(table)]})
    last = covered[-1]
    days = np.concatenate([dates.read(table.columns[name]) for table in episodes for name in ("DECOM", "DEC")])
    there = days[(days >= first_day(last)) & (days < first_day(last + 1))]
    if len(covered) > 1 and first_day(last + 1) - there.max() > max(45, 10 * 365 / len(there)):
        rule = f"no date in the last weeks of the year to 31 March {last}"
        lines.append(Line(rule, "the year is not whole, and nothing of it is counted", 0))
        return covered[:-1]
    return covered


def _within(years: Sequence[int], covered: Sequence[int]) -> list[int]:
    """Keep years that are covered; a return of none of them is of the last."""
    return [year for year in years if year in covered] or [covered[-1]]


def _born(
    found: Sequence[Table], child: Mapping[int, Ints], dates: _Dates, n: int, lines: list[Line]
) -> tuple[Ints, Ints]:
    """Give month and day of birth of each child: the one of the last file that has it."""
    day = np.full(n, UNREADABLE, dtype=np.int64)
    other = np.zeros(n, bool)
    for table in found:
        if "DOB" not in table.columns:
            continue
        of = child[id(table)]
        says = dates.read(table.columns["DOB"])
        good = (of >= 0) & (says != OPEN) & (says != UNREADABLE)
        changed = good & (day[of] != UNREADABLE) & (day[of] != says)
        other[of[changed]] = True
        day[of[good]] = says[good]
        bad = int((says == UNREADABLE).sum())
        if bad:
            lines.append(Line("a date of birth that is no date", "left out", bad, table.shown))
        if len(says) and not good.any():
            lines.append(
                Line("the dates of birth are blank, or no dates, throughout", "none is used", len(says), table.shown)
            )
    if other.any():
        rule = "a child with two dates of birth"
        lines.append(Line(rule, "the one of the last file is used", int(other.sum())))
    real = day.astype("datetime64[D]").astype("datetime64[M]")
    month = np.where(day == UNREADABLE, UNREADABLE, real.astype(np.int64))
    in_month = day - real.astype("datetime64[D]").astype(np.int64)
    return month, np.where(day == UNREADABLE, 0, in_month)


_YES = ("1", "Y", "YES", "TRUE", "T")


def _unaccompanied(found: Sequence[Table], child: Mapping[int, Ints], n: int) -> Ints:
    """Give the stream of each child: unaccompanied where a table of them, or the header, says so."""
    stream = np.zeros(n, dtype=np.int64)
    for table in found:
        if table.layout not in ("uasc", "header"):
            continue
        of = child[id(table)]
        said = np.full(len(of), table.layout == "uasc")
        for name, yes in (("DUC", None), ("UASC", _YES)):
            if table.layout == "header" and name in table.columns:
                column = table.columns[name]
                is_so = np.array([bool(t) if yes is None else t in yes for t in column.texts], dtype=bool)
                said |= is_so[column.codes]
        stream[of[said & (of >= 0)]] = 1
    return stream


class _Codes:
    """Placements and reasons, and which code becomes which."""

    def __init__(self) -> None:
        self.placements, self.reasons = _labels()

    def place(self, place: str, provider: str) -> int | None:
        """Give the placement of a code and its provider; None where the code is on no list."""
        row = _listed().get(("PLACE", place))
        if row is None:
            return None
        by = dict(part.strip().split("=") for part in row["by_provider"].split(";") if part)
        name = by.get(provider, row["becomes"])
        return AS_BEFORE if name == BEFORE else self.placements.index(name)

    def reason(self, code: str) -> int | None:
        """Give the reason of a code; None where it is on no list."""
        row = _listed().get(("REC", code))
        if row is None:
            return None
        special = {ON: GOES_ON, AGED: AGED_OUT}
        return special.get(row["becomes"], self.reasons.index(row["becomes"]) if row["becomes"] in self.reasons else 0)


@cache
def _listed() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["field"], row["code"]): row for row in codes()}


@cache
def _labels() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the placements and reasons that codes become, other last."""
    by = {"PLACE": [], "REC": []}  # type: dict[str, list[str]]
    for row in codes():
        if row["field"] in by:
            also = [part.split("=")[1] for part in row["by_provider"].split(";") if part]
            by[row["field"]] += [row["becomes"], *also]
    none = (BEFORE, ON, AGED, OTHER)
    places, reasons = ([name for name in dict.fromkeys(by[f]) if name not in none] for f in ("PLACE", "REC"))
    return (*places, OTHER), (*reasons, OTHER)


def _rows(episodes: Sequence[Table], child: Mapping[int, Ints], dates: _Dates, lines: list[Line]) -> tuple[Rows, Any]:
    """Put the rows of all returns together, in numbers; and give what says where some of them stand."""
    known, parts = _Codes(), []
    texts: dict[str, int] = {}
    for order, table in enumerate(episodes):
        n = len(table.rows)
        blank = Column(np.zeros(n, np.int32), [""])
        place, provider = table.columns["PLACE"], table.columns.get("PLACE_PROVIDER", blank)
        pair = place.codes.astype(np.int64) * len(provider.texts) + provider.codes
        pairs, of_pair = np.unique(pair, return_inverse=True)
        named = [(place.texts[p // len(provider.texts)], provider.texts[p % len(provider.texts)]) for p in pairs]
        to = [known.place(*names) for names in named]
        other = known.placements.index(OTHER)
        places = np.array([other if p is None else p for p in to], dtype=np.int64)[of_pair]
        strange = np.array([p is None and bool(names[0]) for p, names in zip(to, named, strict=True)])[of_pair]
        _unlisted("PLACE", strange, table, "the placement other", lines)
        rec = table.columns["REC"]
        reasons = [known.reason(text) for text in rec.texts]
        unsaid = known.reasons.index(OTHER)
        ends = dates.read(table.columns["DEC"])
        reason = np.array([unsaid if r is None else r for r in reasons], dtype=np.int64)[rec.codes]
        strange = np.array([r is None and bool(t) for r, t in zip(reasons, rec.texts, strict=True)])[rec.codes]
        _unlisted("REC", strange, table, "the reason other", lines)
        status = table.columns["LS"]
        respite = np.array([_listed().get(("LS", t), {}).get("becomes") == "respite" for t in status.texts], dtype=bool)
        strange = np.array([bool(t) and ("LS", t) not in _listed() for t in status.texts])[status.codes]
        _unlisted("LS", strange, table, "care", lines)
        starts = dates.read(table.columns["DECOM"])
        _out_of_date(place, starts, table, lines)
        for name in ("PLACE", "PLACE_PROVIDER", "REC", "LS", "DEC"):
            column = table.columns.get(name)
            if column is None or set(np.unique(column.codes)) <= {column.texts.index("") if "" in column.texts else -1}:
                what = {"PLACE": "every placement is other", "REC": "every reason is other", "DEC": "all are open"}
                done = what.get(name, "nothing is told from it")
                lines.append(Line(f"the column {name} is blank throughout, or not there", done, n, table.shown))
        code = np.array([texts.setdefault(" ".join(names), len(texts)) for names in named], dtype=np.int64)[of_pair]
        said = np.array([texts.setdefault(f"LS {t}", len(texts)) for t in status.texts], dtype=np.int64)[status.codes]
        of_return = np.full(n, order, dtype=np.int64)
        parts.append(Rows(child[id(table)], starts, ends, places, reason, respite[status.codes], code, said, of_return))
    rows = Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    begins = np.cumsum([0, *(len(table.rows) for table in episodes)])

    def where(finding: Finding) -> str:
        """Name some rows by file and number."""
        at: dict[str, list[str]] = {}
        for i in finding.at.tolist():
            table = int(np.searchsorted(begins, i, side="right")) - 1
            at.setdefault(episodes[table].shown, []).append(f"{episodes[table].rows[i - begins[table]]}")
        return "; ".join(f"{shown}, row{'s' if len(n) > 1 else ''} {', '.join(n)}" for shown, n in at.items())

    return rows, where


def _unlisted(name: str, strange: Ints, table: Table, as_what: str, lines: list[Line]) -> None:
    """Say in how many rows a code is on no list, and never which: what stands there may be anything."""
    if strange.any():
        some = ", ".join(str(n) for n in table.rows[np.flatnonzero(strange)[:5]])
        rule = f"a code of {name} that is on no list"
        lines.append(Line(rule, f"counted as {as_what}", int(strange.sum()), f"{table.shown}, rows {some}"))


def _out_of_date(place: Column, starts: Ints, table: Table, lines: list[Line]) -> None:
    """Say where a code of placement was not in use in the year in which the episode began."""
    listed = [_listed().get(("PLACE", text), {}) for text in place.texts]
    until = np.array([int(row.get("valid_to") or 9999) for row in listed])
    real = (starts != OPEN) & (starts != UNREADABLE)
    # An episode that began when the code was in use keeps it.
    late = real & (until[place.codes] < 9999)
    if late.any():
        after = np.array([first_day(y + 1) if y < 9999 else OPEN for y in until])
        late &= starts >= after[place.codes]
    if late.any():
        some = ", ".join(str(n) for n in table.rows[np.flatnonzero(late)[:5]])
        rule = "a code of placement that was no longer in use when the episode began"
        lines.append(Line(rule, "counted as what it stood for", int(late.sum()), f"{table.shown}, rows {some}"))
