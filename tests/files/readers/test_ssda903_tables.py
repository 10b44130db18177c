"""Is what is no return refused in words, and is no file opened that would harm?"""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import carecost as cc

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
    return cc.synthetic_return(20, years=1, seed=8)


def folder(path: Path, **files: str | bytes) -> Path:
    """Write files, each under a name of its own."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (path / f"{name}.csv").write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "holds no CSV or XML"),
        ({"a": "CHILD,DECOM,DEC,LS,REC\n1,2,3,4,5\n"}, "nearest is episodes, which has PLACE too"),
        ({"a": "name,age\nx,1\n"}, "2 columns that are of no table of a return"),
        ({"a": ONE}, "has no table of episodes"),
        ({"a": ONE, "b": TWO.replace("RNE", "DEC")}, "has the column DEC twice"),
        ({"a": ONE, "b": EPISODES}, "has no episode with a date"),
        ({"a": b"\0" * 50}, "holds zero bytes"),
    ],
)
def test_what_is_no_return_is_refused_in_words(tmp_path: Path, files: dict[str, str], says: str) -> None:
    with pytest.raises(cc.CareCostError, match=says):
        cc.read_ssda903(folder(tmp_path, **files))


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(cc.CareCostError, match="is not there"):
        cc.read_ssda903("no such return")


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.csv", data)
    return path


def test_a_zip_that_grows_beyond_measure_is_refused_unopened(tmp_path: Path) -> None:
    with pytest.raises(cc.CareCostError, match="would grow to 30 MB"):
        cc.read_ssda903(zipped(tmp_path / "bomb.zip", a=b"0" * 30_000_000))


def test_a_zip_that_lies_or_is_damaged_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", a=ONE.encode(), b=TWO.encode()).read_bytes()
    for at in range(0, len(whole), 7):
        (tmp_path / "b.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(cc.CareCostError):
            cc.read_ssda903(tmp_path / "b.zip")
    inner = zipped(tmp_path / "c.zip", x=b"")
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("inner.zip", whole)
    with pytest.raises(cc.CareCostError, match="Unpack it first"):
        cc.read_ssda903(inner)


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><EXPSSDA903>&b;</EXPSSDA903>"""
FETCH = """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><EXPSSDA903><CHILD>&a;</CHILD></EXPSSDA903>"""


@pytest.mark.parametrize("text", [BOMB, FETCH, "<a>" * 50, f"<?xml version='1.0' encoding='utf-16'?>{BOMB[21:]}"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_entities_or_deep_nests_is_refused(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.xml").write_bytes(text.encode(encoding))
    with pytest.raises(cc.CareCostError, match=r"declares a document type|is not XML"):
        cc.read_ssda903(tmp_path / "a.xml")


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["csv", "xml", "zip"]))
@example(b'"', 60, "csv")
@example(b"\xff\xfe", 0, "csv")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path: Path, made: cc.SyntheticReturn, noise: bytes, at: int, form: str
) -> None:
    base = {"csv": (ONE + TWO).encode(), "xml": made._xml("2025")[:900].encode(), "zip": b"PK\x03\x04"}[form]
    path = tmp_path / f"x.{form}"
    path.write_bytes(base[:at] + noise + base[at:])
    try:
        cc.read_ssda903(path)
    except cc.CareCostError as error:
        assert str(error)
