"""Is a return read whatever its form, is all of it that cannot be used said, and is nothing of a child ever?"""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import carecost as cc
from carecost.cli import main
from carecost.files.readers.ssda903 import SSDA903, _day, _years_of
from carecost.simulation.layout import Layouts

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE\n"
ONE = HEADER + "101,1,01/01/2010,WBRI,,,\n102,2,15/03/2008,WBRI,,,\n"
TWO = (
    EPISODES
    + "101,01/06/2023,S,C2,N1,U4,PR1,01/09/2023,X1,\n"
    + "101,01/09/2023,P,C2,N1,K2,PR4,01/02/2024,E4A,\n"
    + "102,01/07/2023,S,C2,N1,U1,PR1,,,\n"
)


@pytest.fixture(scope="module")
def made() -> cc.SyntheticReturn:
    return cc.synthetic_return(150, years=3, seed=8)


@pytest.fixture(scope="module")
def own(made: cc.SyntheticReturn, tmp_path_factory: pytest.TempPathFactory) -> SSDA903:
    return cc.read_ssda903(made.save(tmp_path_factory.mktemp("return")))


@pytest.fixture(scope="module")
def england() -> cc.Assumptions:
    return cc.load_assumptions("england-2025")


def folder(path: Path, **files: str | bytes) -> Path:
    """Write files, each under a name of its own."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (path / f"{name}.csv").write_bytes(data)
    return path


def rules(own: SSDA903) -> dict[str, int]:
    return {line.rule: line.rows for line in own.lines}


def same(a: SSDA903, b: SSDA903) -> bool:
    return all(
        np.array_equal(getattr(a.counts, n), getattr(b.counts, n)) for n in ("stock", "entries", "exits", "moves")
    )


# Forms


def test_a_folder_of_two_files_is_a_return(tmp_path: Path) -> None:
    own = cc.read_ssda903(folder(tmp_path, a=ONE, b=TWO))
    assert own.years == (2024,) and own.children == 2 and not own.lines
    c = own.counts
    place, reason = own.placements.index, own.reasons.index
    assert c.stock[0, 0, 16, place("kinship foster")] == 1 and c.stock.sum() == 1
    assert c.moves[0, 0, 13, place("foster in-house"), place("children's home")] == 1
    assert c.exits[0, 0, 14, place("children's home"), reason("home")] == 1 and c.entries.sum() == 2


def test_folder_zip_and_xml_say_the_same(made: cc.SyntheticReturn, own: SSDA903, tmp_path: Path) -> None:
    assert same(own, cc.read_ssda903(made.save_zip(tmp_path / "r.zip")))
    xml = made.save_xml(tmp_path / "xml")
    assert same(own, cc.read_ssda903(xml))
    assert cc.read_ssda903(xml / "2024.xml").years == (2024,)


def test_one_file_of_all_years_covers_them(made: cc.SyntheticReturn, tmp_path: Path) -> None:
    every = pd.concat([made.tables[f"{year}/episodes"] for year in (2023, 2024, 2025)])
    last = every.assign(done=every["DEC"] != "").sort_values("done").drop_duplicates(["CHILD", "DECOM"], keep="last")
    heads = pd.concat([made.tables[f"{year}/header"] for year in (2023, 2024, 2025)]).drop_duplicates("CHILD")
    folder(tmp_path, e=last.drop(columns="done").to_csv(index=False), h=heads.to_csv(index=False))
    assert cc.read_ssda903(tmp_path).years == (2023, 2024, 2025)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.lower().encode(),
        lambda text: "\n".join(f'"{line}"'.replace(",", '","') for line in text.splitlines()).encode(),
        lambda text: (text + "," * 9 + "\n").encode(),
        lambda text: text.replace("WBRI", "na\xefve").encode("cp1252"),
        lambda text: text.replace("PLACE,", "PL,").replace("CHILD,", "CHILDID,").encode(),
        lambda text: text.replace("101", "101.0").replace("102", " 102 ").encode(),
    ],
)
def test_as_it_may_be_saved(tmp_path: Path, change: object) -> None:
    assert callable(change)
    own = cc.read_ssda903(folder(tmp_path, a=change(ONE), b=change(TWO)))
    assert own.children == 2 and own.counts.entries.sum() == 2 and own.counts.moves.sum() == 1


def test_dates_are_read_as_people_and_spreadsheets_write_them() -> None:
    same_day = (
        "31/03/2025",
        "2025-03-31",
        "31-Mar-2025".upper(),
        "31.3.2025",
        "20250331",
        "45747",
        "31/03/2025 00:00:00",
    )
    assert {_day(text) for text in same_day} == {int(np.datetime64("2025-03-31").astype(int))}
    assert {
        _day(text) for text in ("03/31/2025", "31/02/2025", "SOON", "1", "31/03/25", "01/01/0001", "01/01/9999")
    } == {-(10**6)}


def test_years_of_a_return_are_those_in_which_episodes_ended() -> None:
    def days(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([_day(t) for t in texts])

    ends = days(*["01/06/2023"] * 30, *["01/06/2024"] * 25, "01/01/2071", "01/01/1999", "")
    assert _years_of(ends, ends) == (2024, 2025)
    assert _years_of(days("", ""), days("01/06/2020", "01/06/2023")) == (2024,)
    assert _years_of(days(""), days("")) == ()


def test_a_last_year_that_is_not_whole_is_left_out_and_said(made: cc.SyntheticReturn, tmp_path: Path) -> None:
    for year in (2023, 2024, 2025):
        table = made.tables[f"{year}/episodes"].copy()
        if year == 2025:  # taken out on 1 December: nothing later is known
            start, end = (pd.to_datetime(table[name], format="%d/%m/%Y", errors="coerce") for name in ("DECOM", "DEC"))
            table.loc[end >= "2024-12-01", ["DEC", "REC"]] = ""
            table = table[start < "2024-12-01"]
        folder(tmp_path, **{f"e{year}": table.to_csv(index=False)})
        folder(tmp_path, **{f"h{year}": made.tables[f"{year}/header"].to_csv(index=False)})
    own = cc.read_ssda903(tmp_path)
    whole = cc.read_ssda903(made.save(tmp_path / "whole"))
    assert own.years == (2023, 2024) and "no date in the last weeks of the year to 31 March 2025" in rules(own)
    np.testing.assert_array_equal(own.counts.stock.sum(0), whole.counts.stock[:, :2].sum(0))


# What is found


def test_unknown_codes_are_other_and_counted(tmp_path: Path) -> None:
    text = TWO.replace("K2,PR4", "QQ9,PR4").replace("E4A", "E999").replace("U1,PR1", "h5,PR1")
    own = cc.read_ssda903(folder(tmp_path, a=ONE, b=text))
    assert rules(own) == {"a code of PLACE that is on no list": 1, "a code of REC that is on no list": 1}
    assert own.counts.exits[0, 0, 14, -1, -1] == 1


def test_a_code_added_this_year_is_known_and_one_dropped_is_said(tmp_path: Path) -> None:
    late, young = TWO.replace("2023", "2025").replace("2024", "2026"), ONE.replace("2008", "2009")
    own = cc.read_ssda903(folder(tmp_path, a=young, b=late.replace("U1,PR1", "K3,PR1").replace("U4,PR1", "Z11,PR1")))
    assert own.counts.stock[..., own.placements.index("supported accommodation")].sum() == 1 and not own.lines
    (tmp_path / "b.csv").write_text(late.replace("U1,PR1", "H5,PR1"))
    said = rules(cc.read_ssda903(tmp_path))
    assert said == {"a code of placement that was no longer in use when the episode began": 1}


@pytest.mark.parametrize("column", ["PLACE", "LS", "REC", "DEC", "PLACE_PROVIDER", "RNE"])
def test_a_column_that_is_blank_throughout_stops_nothing(tmp_path: Path, column: str) -> None:
    frame = pd.read_csv(io.StringIO(TWO), dtype=str, keep_default_na=False)
    frame[column] = ""
    own = cc.read_ssda903(folder(tmp_path, a=ONE, b=frame.to_csv(index=False)))
    assert own.children == 2
    said = f"the column {column} is blank throughout, or not there"
    assert (said in rules(own)) == (column != "RNE")


def test_dates_of_birth_blank_throughout_are_said(tmp_path: Path) -> None:
    blank = ONE.replace("01/01/2010", "").replace("15/03/2008", "")
    with pytest.raises(cc.CareCostError, match=r"no episode can be used .*no date of birth that can be read: 3"):
        cc.read_ssda903(folder(tmp_path, a=blank, b=TWO))


def test_unaccompanied_children_are_a_stream_and_missing_years_are_said(
    made: cc.SyntheticReturn, tmp_path: Path
) -> None:
    for name, table in made.tables.items():
        if not name.startswith("2024"):
            folder(tmp_path, **{name.replace("/", ""): table.to_csv(index=False)})
    own = cc.read_ssda903(tmp_path)
    assert own.years == (2023, 2025) and own.missing_years == (2024,)
    assert own.counts.entries[1].sum() > 0 and "no return of the year to 31 March 2024" in rules(own)


def test_other_tables_of_a_return_and_strangers_beside_it_are_passed_over(tmp_path: Path) -> None:
    more = {"c": "CHILD,DOB,REVIEW,REVIEW_CODE\n1,2,3,PN1\n", "d": "school,places\nHill,3\n", "e": ""}
    own = cc.read_ssda903(folder(tmp_path, a=ONE, b=TWO, **more))
    assert own.children == 2
    assert {line.rule for line in own.lines} == {"has 2 columns that are of no table of a return", "is empty"}


# Random small returns


@pytest.mark.parametrize("seed", range(40))
def test_random_small_returns_with_flaws_run_or_are_told_why(
    seed: int, tmp_path: Path, england: cc.Assumptions
) -> None:
    _one_random(seed, tmp_path, england)


@pytest.mark.slow
def test_five_hundred_random_small_returns_run_or_are_told_why(tmp_path: Path, england: cc.Assumptions) -> None:
    for seed in range(40, 500):
        _one_random(seed, tmp_path / str(seed), england)


def _one_random(seed: int, path: Path, england: cc.Assumptions) -> None:
    rng = np.random.default_rng(seed)
    years, last, flaws = (
        int(rng.integers(1, 5)),
        int(rng.integers(2016, 2028)),
        float(rng.choice([0.02, 0.1, 0.5, 1.0])),
    )
    made = cc.synthetic_return(int(rng.integers(1, 120)), years, last, seed, flaws, like=england)
    where = (made.save, made.save_xml)[seed % 2](path)
    try:
        own = cc.read_ssda903(where)
    except cc.CareCostError as error:
        assert "no episode" in str(error) or "no table" in str(error) or "without an EPISODE" in str(error)
        return
    a = own.to_assumptions(template=england, draws=2 * (seed % 3), suppress=bool(seed % 2))
    if seed % 4 and seed < 40:
        Layouts(a, a.grid(1))  # every cell once, and none that needs a row without
        return
    children = cc.run(a, years=2, draws=0).projection("inaction").stock.sum((0, 2, 3))
    start = own.counts.stock[:, -1].sum()
    assert np.isfinite(children).all() and (seed % 2 or children[0] == pytest.approx(start))


# Privacy

SECRET = "7654321"


def planted(tmp_path: Path) -> Path:
    """A return with something that nobody may see in every place where it can stand."""
    here = tmp_path / "return" / f"child{SECRET}"
    here.mkdir(parents=True)
    head = ONE.replace("101", SECRET).replace("MC_DOB", f"NOTE{SECRET}") + f"{SECRET}9,1,{SECRET},{SECRET},{SECRET},,\n"
    rows = TWO.replace("101", SECRET).replace("K2", f"K{SECRET}").replace("E4A", SECRET).replace("N1", SECRET)
    rows += f"{SECRET}9,{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},{SECRET},{SECRET}\n"
    rows += f"102,01/05/2023,S,{SECRET},N1,U1,PR1,,,,too many,cells,{SECRET}\n"
    folder(
        here, **{f"header {SECRET}": head, f"episodes {SECRET}": rows, f"other {SECRET}": f"{SECRET},b\n{SECRET},1\n"}
    )
    return tmp_path / "return"


def test_nothing_of_a_child_is_in_any_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, out = planted(tmp_path), tmp_path / "out"
    own = cc.read_ssda903(where)
    assert own.children == 2 and len(own.lines) > 4
    shown = f"{own!r} {own._repr_html_()} {own.report().to_csv()} {own.flows().to_csv()} {own.lines}"
    rates = own.estimate(draws=2)
    shown += f"{rates!r} {rates.bearing().to_csv()} {rates.assumptions!r}"
    monkeypatch.chdir(tmp_path)
    assert main(["from-903", "return", "--out", "out", "--draws", "2"]) == 0
    captured = capfd.readouterr()
    shown += captured.out + captured.err
    shown += "".join(f"{p} {p.read_text()}" for p in out.rglob("*") if p.is_file())
    assert SECRET not in shown


@pytest.mark.parametrize("broken", ["header", "episodes", "quote", "bytes", "xml", "zip", "twice", "dates"])
def test_nothing_of_a_child_is_in_any_error(tmp_path: Path, broken: str) -> None:
    where = planted(tmp_path)
    episodes = next(where.rglob("episodes*"))
    text = episodes.read_text()
    if broken == "header":
        next(where.rglob("header*")).unlink()
    elif broken == "episodes":
        episodes.write_text(text.replace("DECOM", f"DECOM{SECRET}"))
    elif broken == "quote":
        episodes.write_text(text.replace("PR4", f'"{SECRET}'))
    elif broken == "bytes":
        episodes.write_bytes(text.encode() + SECRET.encode() + b"\0")
    elif broken == "xml":
        (where / "a.xml").write_text(f"<EXPSSDA903><CHILD><CHILDID>{SECRET}</CHILDID></CHILDREN>")
    elif broken == "zip":
        (where / "a.xml").write_text(f"<!DOCTYPE a [<!ENTITY x '{SECRET}'>]><a>&x;</a>")
    elif broken == "twice":
        episodes.write_text(text.replace("RNE", "DEC"))
    else:
        episodes.write_text(text.replace("/", SECRET))
    try:
        told = repr(cc.read_ssda903(where).lines)
    except cc.CareCostError as error:
        told = f"{error} {error.problems} {error.__cause__} {error.__context__}"
    assert SECRET not in told


def test_a_return_keeps_no_row(own: SSDA903) -> None:
    """What is pickled is all that it holds: no array is as long as the rows or the children."""
    sizes = [np.asarray(v).shape for v in vars(own.counts).values() if isinstance(v, np.ndarray)]
    assert all(own.rows not in shape and own.children not in shape for shape in sizes)
    assert len(pickle.dumps(own)) < 40 * sum(int(np.prod(shape)) for shape in sizes)


def test_suppressed_tables_show_no_count_from_1_to_4(own: SSDA903) -> None:
    report, flows = own.report(suppress=True), own.flows(suppress=True)
    assert all(n == "under 5" or int(n) >= 5 or int(n) == 0 for n in report["rows"]) and set(report["examples"]) == {""}
    numbers = flows[["stock", "entries", "exits", "aged_out", "moves"]].to_numpy()
    assert (np.isnan(numbers) | (numbers % 5 == 0)).all() and np.isnan(numbers).any()


def test_the_report_is_a_table_and_html(own: SSDA903) -> None:
    assert list(own.report()["rows"]) == [line.rows for line in own.lines]
    assert own._repr_html_().count("<tr>") == len(own.lines) + 1 + len(own._screen())
