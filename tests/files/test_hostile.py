"""Folders, TOML and CSV that nobody would write: words at once, never another exception, a hang or a silent set.

The small cases were found by the fuzzer below, which the nightly profile runs for a bounded time.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import carecost as cc
from carecost.errors import CareCostError

SETS = Path(__file__).parents[1] / "data" / "sets"
#: Seconds that the fuzzer runs for, and the most that one input may take.
BUDGET, SLOWEST = 60.0, 5.0

TABLE = "exit_rate.csv"


def put(name: str, text: str | bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8") if isinstance(text, str) else text)

    return write


def instead(name: str, old: str, new: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return write


def made_folder(folder: Path) -> None:
    (folder / TABLE).unlink()
    (folder / TABLE).mkdir()


SMALL: dict[str, tuple[Callable[[Path], None], str]] = {
    "table that is a folder": (made_folder, "exit_rate.csv: is not a file"),
    "NUL in a table": (put(TABLE, b"streams,value\n\x00,1\n"), "exit_rate.csv"),
    "nothing but commas": (put(TABLE, ",,,\n,,,\n"), "exit_rate.csv: is empty"),
    "nothing but a quote": (put(TABLE, '"'), "exit_rate.csv, row 1: a quote is opened here"),
    "UTF-16": (put(TABLE, "streams,value\n".encode("utf-16")), "is not UTF-8"),
    "base with a character of no name": (instead("set.toml", "[set]", '[set]\nbase = "a\\u0000b"'), "unknown set"),
    "base with too long a name": (instead("set.toml", "[set]", f'[set]\nbase = "{"x" * 5000}"'), "unknown set"),
    "base that is itself": (instead("set.toml", "[set]", '[set]\nbase = "tiny"'), "unknown set 'tiny'"),
    "ages without end": (instead("set.toml", "last_age = 17", "last_age = 99999999"), "last_age"),
    "years without end": (instead("set.toml", "years = 6", "years = 99999999"), "Give at most 100"),
    "number of thousands of digits": (instead("set.toml", "years = 6", f"years = {'9' * 5000}"), "is not TOML"),
    "value that is infinite": (instead(TABLE, "0.2", "1e999"), "finite"),
    "set that is a list": (put("set.toml", "set = [1]\n"), "set.toml"),
    "set.toml of one word": (put("set.toml", "set"), "set.toml: is not TOML"),
    "background that is no scenario": (put("background.toml", "a = 1\n"), "background.toml"),
    "background that is part of itself": (
        put("background.toml", '[scenario]\nname = "b"\nparts = ["background.toml"]\n'),
        "is a part of itself",
    ),
}


@pytest.mark.parametrize("name", SMALL)
def test_hostile_folder_is_refused_in_words(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SETS / "tiny", tmp_path / "tiny"))
    spoil, words = SMALL[name]
    spoil(folder)
    with pytest.raises(CareCostError) as error:
        cc.load_assumptions(folder)
    assert words in str(error.value), str(error.value)


# The fuzzer

PIECES = (
    '"', '""', ",", ";", "\n", "\r", "\t", "\x00", "\x1b[2J", "\ufeff", "=1+1", "-", "'", "[[", "]]", "{", "}", "#",
    "0-99999999", "01-Apr", "1 to 4", "nan", "1e999", "-1", "c", "..", "true", "other", "foster", "\u202e", "٣", "=",
    "9" * 400, "x" * 3000, "[" * 300, "a." * 300 + "a = 1\n", "[set]\n", "[[lever]]\n", 'base = "england-2025"\n',
)  # fmt: skip


def mangled(data: bytes, luck: random.Random) -> bytes:
    """Change a file as slips, cuts and malice do: cut it, double, remove or swap a part, put a piece in."""
    for _ in range(luck.choice((1, 1, 1, 2, 5))):
        a, b = sorted(luck.randrange(len(data) + 1) for _ in range(2))
        kind = luck.randrange(7)
        if kind == 0:
            data = data[:a]
        elif kind == 1:
            data = data[:a] + data[min(b, a + 200) :]
        elif kind == 2:
            data = data[:b] + data[a:b] + data[b:]
        elif kind == 3:
            data = data[:a] + bytes([luck.randrange(256)]) + data[a + 1 :]
        elif kind == 4:
            lines = data.split(b"\n")
            i, j = luck.randrange(len(lines)), luck.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            data = b"\n".join(lines)
        else:
            data = data[:a] + luck.choice(PIECES).encode("utf-8") + data[a:]
        data = data[:200_000]
    return data


def tried(spoil: Callable[[], object], what: str) -> bool:
    """Say whether an input was refused; fail on any other exception, and on what takes long."""
    begun = time.perf_counter()
    try:
        spoil()
    except CareCostError as error:
        refused = True
        assert str(error), what
    except Exception as error:
        pytest.fail(f"{what}: {type(error).__name__}: {error}")
    else:
        refused = False
    assert time.perf_counter() - begun < SLOWEST, what
    return refused


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_mangled_sets_and_scenarios_are_read_or_refused_in_words(seed: int, tmp_path: Path) -> None:
    luck = random.Random(seed)
    source, refused, number = SETS / "tiny", 0, 0
    names = sorted(path.name for path in source.iterdir() if path.is_file())
    until = time.perf_counter() + BUDGET / 2
    while time.perf_counter() < until:
        number += 1
        if luck.random() < 0.3:
            path = tmp_path / "s.toml"
            path.write_bytes(mangled((SETS / "edge.toml").read_bytes(), luck))
            refused += tried(lambda: cc.load_scenario(tmp_path / "s.toml"), f"seed {seed}, input {number}")
            continue
        folder = tmp_path / "set"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        for name in luck.sample(names, luck.choice((1, 1, 2))):
            kind = luck.randrange(8)
            if kind == 0:
                (folder / name).rename(
                    folder / luck.choice((name.upper(), f"{name}.txt", f"._{name}", f"{name} (1).csv"))
                )
            elif kind == 1:
                (folder / name).unlink()
            else:
                (folder / name).write_bytes(mangled((folder / name).read_bytes(), luck))
        refused += tried(lambda: cc.load_assumptions(tmp_path / "set"), f"seed {seed}, input {number}")
    assert number > 50 and 0 < refused < number
