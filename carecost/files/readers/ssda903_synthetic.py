"""Make an SSDA903 return of no real child: lives at known hazards, of any size, with the flaws of real returns.

It is public because a council tries a tool before it gives it a return, and because whoever writes a reader needs one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carecost._guard import array, frame, guarded, instance, mapping_of, number, opened, take, whole
from carecost._guard import path as a_path
from carecost._typing import Array, LockedAgain, lock
from carecost.engine.parameters import Parameters
from carecost.errors import InputError, Problem
from carecost.estimation.episodes import OPEN
from carecost.estimation.lexis import ADULT, AGED_OUT, GOES_ON, STREAMS, birthday, first_day
from carecost.files.load import load_assumptions
from carecost.files.own_rates import earlier
from carecost.files.readers.ssda903 import _financial
from carecost.files.readers.ssda903_tables import codes
from carecost.files.save import made_folder, write
from carecost.inputs.assumptions import Assumptions
from carecost.maths.monte_carlo import Draws
from carecost.simulation.layout import Layouts
from carecost.simulation.sampler import Sampler

Ints = NDArray[Any]

#: Days of a year, and years that are lived before the first return so that its stock is what hazards give.
YEAR, BEFORE = 365.25, 18
#: Columns of the tables, as in the returns to 2024-25.
HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODES = (
    *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE"),
    *("HOME_POST", "PL_POST", "URN"),
)
UASC = ("CHILD", "SEX", "DOB", "DUC")


@opened
@dataclass(frozen=True, eq=False)
class SyntheticReturn(LockedAgain):
    """A return of children who never were.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables by ``year/name``, such as ``2025/episodes``.
    truth : mapping of str to Parameters
        Rates by stream from which the lives were drawn.
    population : ndarray of shape (age,)
        Children of the area in the first year of the set; before that they were fewer or more as England's were, each
        age alike [children].

    See Also
    --------
    synthetic_return : Make one.

    Examples
    --------
    >>> import carecost as cc
    >>> sorted(cc.synthetic_return(50, years=1, seed=2).tables)
    ['2025/episodes', '2025/header', '2025/uasc']
    """

    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, Parameters]
    population: Array

    def __post_init__(self) -> None:
        tables = mapping_of(frame, words="Give tables by year and name, such as 2025/episodes")
        truth = mapping_of(instance(Parameters, words="Give parameters"), words="Give parameters by stream")
        take(self, tables=tables, truth=truth, population=array("age", least=0))
        lock(self)

    def _screen(self) -> list[tuple[str, str]]:
        """Say how large it is."""
        rows = sum(len(table) for name, table in self.tables.items() if name.endswith("episodes"))
        years = sorted({name.split("/")[0] for name in self.tables})
        return [("years", ", ".join(years)), ("rows of episodes", f"{rows:,}"), ("children", "none of them real")]

    @guarded(folder=a_path)
    def save(self, folder: str | Path) -> Path:
        """Write it as a folder of CSV files, a folder for each year.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.

        Returns
        -------
        Path
            The folder.

        See Also
        --------
        read_ssda903 : Read it.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     where = cc.synthetic_return(50, years=1, seed=2).save(folder)
        ...     print(sorted(p.name for p in where.rglob("*.csv")))
        ['episodes.csv', 'header.csv', 'uasc.csv']
        """
        for name, table in self.tables.items():
            year, file = name.split("/")
            write(made_folder(Path(folder) / year) / f"{file}.csv", table.to_csv(index=False))
        return Path(folder)

    @guarded(path=a_path)
    def save_zip(self, path: str | Path) -> Path:
        """Write it as one zip of CSV files.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file.

        See Also
        --------
        read_ssda903 : Read it.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     where = cc.synthetic_return(50, years=1, seed=2).save_zip(f"{folder}/return.zip")
        ...     print(cc.read_ssda903(where).years)
        (2025,)
        """
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, table in self.tables.items():
                archive.writestr(f"{name}.csv", table.to_csv(index=False))
        return write(Path(path), packed.getvalue())

    @guarded(folder=a_path)
    def save_xml(self, folder: str | Path) -> Path:
        """Write it as XML, a file a year.

        Parameters
        ----------
        folder : str or Path
            Where; made if it is not there.

        Returns
        -------
        Path
            The folder.

        See Also
        --------
        read_ssda903 : Read it.

        Examples
        --------
        >>> import carecost as cc, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     print(cc.read_ssda903(cc.synthetic_return(50, years=1, seed=2).save_xml(folder)).years)
        (2025,)
        """
        for year in sorted({name.split("/")[0] for name in self.tables}):
            write(made_folder(folder) / f"{year}.xml", self._xml(year))
        return Path(folder)

    def _xml(self, year: str) -> str:
        """Write a year as the collection's XML, in which PL stands for PLACE."""
        header, episodes, uasc = (self.tables[f"{year}/{name}"] for name in ("header", "episodes", "uasc"))
        left = dict(zip(uasc["CHILD"], uasc["DUC"], strict=True))
        of: dict[str, list[str]] = {}
        for row in episodes.to_dict("records"):
            said = [("PL" if k == "PLACE" else k, v) for k, v in row.items() if k != "CHILD"]
            of.setdefault(str(row["CHILD"]), []).append(_element("EPISODE", said))
        out = ["<?xml version='1.0' encoding='utf-8'?>\n<EXPSSDA903>"]
        for row in header.to_dict("records"):
            child = str(row["CHILD"])
            cells: list[Any] = [("CHILDID" if k == "CHILD" else k, v) for k, v in row.items()]
            cells.append(("UASC", "1" if child in left else ""))
            if child in left:
                cells.append(("DUC", left[child]))
            out.append(f"<CHILD>{_element('HEADER', cells)}{''.join(of.get(child, []))}</CHILD>")
        return "\n".join([*out, "</EXPSSDA903>\n"])


def _element(name: str, cells: Any) -> str:
    return f"<{name}>{''.join(f'<{k}>{escape(str(v))}</{k}>' for k, v in cells)}</{name}>"


@guarded(
    children=whole(1, 1_000_000),
    years=whole(1, 15),
    last=whole(2000, 2100),
    seed=whole(0),
    flaws=number(0, 1, hint="a share, so 0.02 for one row in fifty"),
    status_changes=number(0, 20),
    like=instance(Assumptions, str, words="Give a set of assumptions or the name of one"),
)
def synthetic_return(
    children: int = 1_000,
    years: int = 5,
    last: int = 2025,
    seed: int = 1,
    flaws: float = 0.0,
    status_changes: float = 0.7,
    like: Assumptions | str = "england-2025",
) -> SyntheticReturn:
    """Make an SSDA903 return of no real child, from known hazards.

    Parameters
    ----------
    children : int
        About how many children are in it [children].
    years : int
        Returns [years].
    last : int
        Year of the last one, to 31 March.
    seed : int
        Seed.
    flaws : float
        Share of rows that get a flaw of real returns: rows twice, overlaps, same-day episodes, respite, codes and dates
        that are none, births after episodes, ends before beginnings, blanks.
    status_changes : float
        Changes of legal status alone, each of which begins an episode [per child-year]; made up.
    like : Assumptions or str
        The set whose rates are the truth: those of its first year, in every year.

    Returns
    -------
    SyntheticReturn
        Tables to look at or to save, and the truth.

    Raises
    ------
    CareCostError
        If the set is not known, or has other streams or placements than a return has.

    See Also
    --------
    read_ssda903 : Read one.

    Notes
    -----
    Children enter, move and leave at constant hazards of their age, placement and stream, in continuous time; they were
    followed for 18 years before the first return, so that its stock is what the hazards give. The population moves as
    England's, each age alike. Dates are rounded down to days.

    Examples
    --------
    >>> import carecost as cc
    >>> made = cc.synthetic_return(100, years=1, seed=4)
    >>> list(made.tables["2025/uasc"].columns)
    ['CHILD', 'SEX', 'DOB', 'DUC']
    """
    public = load_assumptions(like) if isinstance(like, str) else like
    if public.streams != STREAMS:
        what = f"{public.name} has the streams {', '.join(public.streams)}"
        raise InputError(Problem(what, "synthetic_return()", f"Give a set with {' and '.join(STREAMS)}"))
    layouts = Layouts(public, public.grid())
    sampler = Sampler(Draws(0))
    truth = {s: layouts.parameters(s, sampler) for s in public.streams}
    rng = np.random.default_rng(seed)
    people = np.asarray(next(iter(truth.values())).population)[0, 0]
    share = children / _expected(truth, people, years)
    there = {y: _there(public, y) for y in range(last - years - BEFORE, last + 1)}
    lives = [_lives(truth[s], people * share, there, i, last, years, rng) for i, s in enumerate(public.streams)]
    tables = _tables(lives, public, last, years, status_changes, rng)
    if flaws:
        tables = {
            name: _flawed(table, flaws, rng) if name.endswith("episodes") else table for name, table in tables.items()
        }
    return SyntheticReturn(tables, truth, people * share)


def _there(public: Assumptions, year: int) -> float:
    """Give the children of a year over those of the set's first year."""
    return earlier(public, year) if year <= public.base_year else 1.0


def _expected(truth: Mapping[str, Parameters], people: Array, years: int) -> float:
    """About how many children are in returns of so many years at full size: the stock, and those who come."""
    total = 0.0
    for p in truth.values():
        entered = float((np.asarray(p.entry_rate)[0, 0] * people).sum())
        total += float(np.asarray(p.initial_stock).sum()) + entered * years
    return total


def _lives(
    p: Parameters, people: Array, children_in: Mapping[int, float], stream: int, last: int, years: int, rng: Any
) -> dict[str, Ints]:
    """Follow children from entry: one row an episode, in days since 1970."""
    # Of children who enter, as many are left out as there were fewer children in England that year.
    rate, share, at_birth = (np.asarray(a)[0, 0] for a in (p.entry_rate, p.entry_share, p.entry_at_birthday))
    hazard = np.concatenate([np.asarray(p.exit_rate)[0, 0], np.asarray(p.move_rate)[0, 0]], axis=-1)
    n_reasons = np.asarray(p.exit_rate).shape[-1]
    total = hazard.sum(-1)  # (age, placement)
    chosen = np.cumsum(hazard, axis=-1) / np.where(total > 0, total, 1.0)[..., None]
    end = first_day(last + 1)
    begin = first_day(last - years + 1) - BEFORE * YEAR
    span = (end - begin) / YEAR
    n = rng.poisson(rate * people * span * max(children_in.values()))
    age = np.repeat(np.arange(len(rate)), n)
    time = rng.uniform(begin, end, len(age))
    wanted = np.array([children_in[y] for y in _financial(np.floor(time).astype(np.int64)).tolist()])
    kept = rng.random(len(age)) * max(children_in.values()) < wanted
    age, time = age[kept], time[kept]
    born_to = rng.random(len(age)) < at_birth[age]
    exact = age + np.where(born_to, 0.0, rng.random(len(age)))
    born = np.floor(time - exact * YEAR).astype(np.int64)
    on = born_to & (age == 0)
    time = np.where(on, born, np.maximum(time, born + 0.5))
    cumulative = np.cumsum(share, axis=-1)
    place = (rng.random(len(age))[:, None] > cumulative[age]).sum(-1)
    place = np.minimum(place, share.shape[1] - 1)
    months = born.astype("datetime64[D]").astype("datetime64[M]")
    month, day = months.astype(np.int64), born - months.astype("datetime64[D]").astype(np.int64)
    rows: dict[str, list[Ints]] = {name: [] for name in ("child", "start", "end", "place", "reason", "new")}
    at = np.arange(len(age))
    since = time.copy()  # when the present placement began
    new = np.ones(len(age), bool)  # the episode is the first of its period
    while len(at):
        turns = birthday(month[at], day[at], age[at] + 1).astype(float)
        waits = rng.exponential(size=len(at)) * YEAR / np.maximum(total[age[at], place[at]], 1e-12)
        happens = time[at] + waits
        event = happens < turns
        time[at] = np.where(event, happens, turns)
        older = at[~event]
        age[older] += 1
        pick = (rng.random(len(at))[:, None] > chosen[np.minimum(age[at], ADULT - 1), place[at]]).sum(-1)
        left = event & (pick < n_reasons)
        adult = age[at] >= ADULT
        ends = left | adult | event
        who = at[ends]
        rows["child"].append(who)
        rows["start"].append(np.floor(since[who]).astype(np.int64))
        rows["end"].append(np.floor(time[who]).astype(np.int64))
        rows["place"].append(place[who])
        rows["reason"].append(np.where(adult[ends], AGED_OUT, np.where(left[ends], pick[ends], GOES_ON)))
        rows["new"].append(new[who])
        moves = event & ~left & ~adult
        movers = at[moves]
        place[movers] = np.minimum(pick[moves] - n_reasons, total.shape[1] - 1)
        since[movers], new[movers] = time[movers], False
        at = at[~(left | adult)]
        at = at[time[at] < end]
    out = {name: np.concatenate([np.zeros(0, np.int64), *column]).astype(np.int64) for name, column in rows.items()}
    # Those who are still there when the last return ends.
    there = np.setdiff1d(np.arange(len(month)), out["child"][(out["reason"] != GOES_ON)])
    more = {
        "child": there,
        "start": np.floor(since[there]).astype(np.int64),
        "end": np.full(len(there), OPEN),
        "place": place[there],
        "reason": np.full(len(there), GOES_ON),
        "new": new[there].astype(np.int64),
    }
    out = {name: np.concatenate([out[name], more[name]]) for name in out}
    seen = (out["end"] >= first_day(last - years + 1)) & (out["start"] < end)
    out = {name: column[seen] for name, column in out.items()}
    out["month"], out["day"] = month[out["child"]], day[out["child"]]
    out["stream"] = np.full(len(out["child"]), stream)
    return out


def _written(days: Ints) -> Ints:
    """Write days as 31/03/2025, each different day once; blank where an episode is open."""
    unique, at = np.unique(days, return_inverse=True)
    real = np.where(unique >= OPEN, 0, unique).astype("datetime64[D]").astype(str)
    texts = np.array(
        ["" if d >= OPEN else f"{t[8:10]}/{t[5:7]}/{t[:4]}" for d, t in zip(unique, real, strict=True)], dtype=object
    )
    return np.asarray(texts[at])


def _tables(
    lives: list[dict[str, Ints]], public: Assumptions, last: int, years: int, changes: float, rng: Any
) -> dict[str, pd.DataFrame]:
    """Write a header, episodes and unaccompanied children for each year."""
    offset = 0
    for one in lives:
        one["child"] = one["child"] + offset
        offset = int(one["child"].max(initial=offset)) + 1
    life = {name: np.concatenate([one[name] for one in lives]) for name in lives[0]}
    life = _status(life, first_day(last + 1), changes, rng)
    order = np.lexsort((life["end"], life["start"], life["child"]))
    life = {name: column[order] for name, column in life.items()}
    who, number = np.unique(life["child"], return_inverse=True)
    ids = np.array([str(100_000 + i) for i in rng.permutation(len(who) * 3)[: len(who)]], dtype=object)
    sex = np.array(["1", "2"], dtype=object)[rng.integers(0, 2, len(who))]
    first = np.unique(life["child"], return_index=True)[1]
    born = life["month"][first].astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + life["day"][first]
    dob = _written(born)
    leaves = _written(birthday(life["month"][first], life["day"][first], ADULT))
    place, provider, reason = _code_of(public)
    out = {}
    for year in range(last - years + 1, last + 1):
        after = first_day(year + 1)
        at = np.flatnonzero((life["start"] < after) & (life["end"] >= first_day(year)))
        is_open = life["end"][at] >= after
        end = np.where(is_open, OPEN, life["end"][at])
        went = life["reason"][at]
        out[f"{year}/header"] = _frame(HEADER, np.unique(number[at]), CHILD=ids, SEX=sex, DOB=dob, ETHNIC="WBRI")
        episodes = pd.DataFrame({name: "" for name in EPISODES}, index=range(len(at)))
        episodes["CHILD"] = ids[number[at]]
        episodes["DECOM"], episodes["DEC"] = _written(life["start"][at]), _written(end)
        episodes["RNE"] = np.where(life["new"][at] == 1, "S", np.where(life["step"][at] == 1, "L", "P"))
        episodes["LS"] = np.array(["C2", "C1"], dtype=object)[life["legal"][at]]
        episodes["CIN"] = np.where(life["stream"][at] == 1, "N8", "N1")
        # K3 took the place of H5 in the returns from 2023-24.
        placed = place[life["place"][at]]
        late = (placed == "H5") & (life["start"][at] >= first_day(2025))
        episodes["PLACE"] = np.where(late, "K3", placed)
        episodes["PLACE_PROVIDER"] = provider[life["place"][at]]
        episodes["REC"] = np.where(is_open, "", reason[went])
        out[f"{year}/episodes"] = episodes
        alone = np.unique(number[at][life["stream"][at] == 1])
        out[f"{year}/uasc"] = _frame(UASC, alone, CHILD=ids, SEX=sex, DOB=dob, DUC=leaves)
    return out


def _frame(columns: tuple[str, ...], rows: Ints, **of: Any) -> pd.DataFrame:
    """Make a table of some children; columns that are not given are blank."""
    return pd.DataFrame(
        {c: (of[c] if isinstance(of.get(c, ""), str) else of[c][rows]) if c in of else "" for c in columns},
        index=range(len(rows)),
    )


def _status(life: dict[str, Ints], end: int, changes: float, rng: Any) -> dict[str, Ints]:
    """Split episodes where the legal status changes and nothing else does."""
    until = np.minimum(life["end"], end)
    length = np.maximum(until - life["start"], 0)
    n = rng.poisson(changes * length / YEAR)
    n = np.minimum(n, np.maximum(length // 10, 0))
    owner = np.repeat(np.arange(len(n)), n)
    cut = (
        life["start"][owner] + 1 + np.floor(rng.random(len(owner)) * np.maximum(length[owner] - 2, 1)).astype(np.int64)
    )
    key = np.unique(owner * 2**20 + (cut + 2**19))
    owner, cut = key >> 20, (key & (2**20 - 1)) - 2**19
    last = np.r_[owner[1:] != owner[:-1], True] if len(owner) else np.zeros(0, bool)
    ends = np.where(last, life["end"][owner], np.r_[cut[1:], 0][: len(cut)]) if len(owner) else cut
    more = {name: column[owner] for name, column in life.items()}
    more |= {"start": cut, "end": ends, "new": np.zeros(len(owner), np.int64)}
    more["reason"] = np.where(last, life["reason"][owner], GOES_ON)
    first_cut = np.full(len(n), OPEN)
    first = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, bool)
    first_cut[owner[first]] = cut[first]
    was = {name: column.copy() for name, column in life.items()}
    split = first_cut < OPEN
    was["end"] = np.where(split, first_cut, was["end"])
    was["reason"] = np.where(split, GOES_ON, was["reason"])
    step = np.r_[np.zeros(len(n), np.int64), np.ones(len(owner), np.int64)]
    # Which piece of its episode it is: the legal status alternates.
    place = (
        np.arange(len(owner)) - np.maximum.accumulate(np.where(first, np.arange(len(owner)), 0))
        if len(owner)
        else owner
    )
    legal = np.r_[np.zeros(len(n), np.int64), (place + 1) % 2]
    return {name: np.concatenate([was[name], more[name]]) for name in life} | {"step": step, "legal": legal}


def _code_of(public: Assumptions) -> tuple[Ints, Ints, Ints]:
    """Give a code and a provider for each placement, and a code for each reason; GOES_ON, AGED_OUT are the last two."""
    place, provider = [], []
    for placement in public.placements:
        found = [row for row in codes() if row["field"] == "PLACE" and row["becomes"] == placement.name]
        by = [
            (row["code"], part.split("=")[0].strip())
            for row in codes()
            for part in row["by_provider"].split(";")
            if part.strip().endswith(f"={placement.name}")
        ]
        place.append(found[-1]["code"] if found and not by else by[0][0] if by else "Z1")
        provider.append(by[0][1] if by else "PR1")
    place = [{"P2": "H5", "K3": "H5", "Q1": "U3", "Q2": "U6", "Z14": "Z1"}.get(code, code) for code in place]
    reason = []
    for r in public.reasons:
        matched = [row["code"] for row in codes() if row["field"] == "REC" and row["becomes"] == r.name]
        reason.append(matched[0] if matched else "E8")
    # Index -1 is GOES_ON, -2 AGED_OUT.
    return (
        np.array(place, dtype=object),
        np.array(provider, dtype=object),
        np.array([*reason, "E17", "X1"], dtype=object),
    )


def _flawed(table: pd.DataFrame, share: float, rng: Any) -> pd.DataFrame:
    """Give some rows a flaw each."""
    out = table.copy()
    hit = np.flatnonzero(rng.random(len(out)) < share)
    kind = rng.integers(0, len(_FLAWS), len(hit))
    again = []
    for i, k in zip(hit.tolist(), kind.tolist(), strict=True):
        name = list(_FLAWS)[k]
        if name == "twice":
            again.append(out.iloc[i].copy())
        elif name == "overlap":
            row = out.iloc[i].copy()
            row["PLACE"], row["DEC"] = "K2", ""
            again.append(row)
        elif name == "same day":
            row = out.iloc[i].copy()
            row["DEC"], row["REC"] = row["DECOM"], "X1"
            again.append(row)
        elif name == "ends before":
            out.loc[i, "DEC"] = "01/01/1999"
        else:
            column, text = _FLAWS[name]
            out.loc[i, column] = text
    if again:
        out = pd.concat([out, pd.DataFrame(again)], ignore_index=True)
    return out


#: Flaws that a row can have: the column that is written over, and with what; or blank where more is done.
_FLAWS: dict[str, tuple[str, str]] = {
    "twice": ("", ""),
    "overlap": ("", ""),
    "same day": ("", ""),
    "ends before": ("", ""),
    "respite": ("LS", "V3"),
    "unknown placement": ("PLACE", "ZZ9"),
    "unknown reason": ("REC", "E99"),
    "unknown status": ("LS", "?"),
    "no date": ("DECOM", "31/02/2021"),
    "no end date": ("DEC", "tomorrow"),
    "far off": ("DECOM", "01/01/2071"),
    "before birth": ("DECOM", "01/01/1900"),
    "blank child": ("CHILD", ""),
    "blank placement": ("PLACE", ""),
    "blank reason": ("REC", ""),
    "stranger": ("CHILD", "999999999"),
    "temporary": ("PLACE", "T3"),
    "goes on": ("REC", "X1"),
}
