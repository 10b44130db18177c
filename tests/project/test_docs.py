"""Is what we say true? Examples run, commands exist, links lead somewhere, words have one meaning."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import pkgutil
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

import carecost
import go
from carecost import cli
from carecost.files import schema
from carecost.files.packaged import record
from carecost.plots._figure import png
from carecost.report.answer import Cell, answer
from carecost.text.numbers import pounds

ROOT = Path(__file__).resolve().parents[2]
BUILT = ("_build", "_generated")
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if not set(BUILT) & set(path.relative_to(ROOT).parts)
)
MODULES = ["carecost", *(m.name for m in pkgutil.walk_packages(carecost.__path__, "carecost."))]
FENCE = re.compile(r"^( *)(`{3,})(\S*)[^\n]*\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh", "bash", "shell", "console")
#: The words of the design, which the glossary must define.
WORDS = """year, date, age, placement, stock, entries, exits, moves, birthdays, aged out, entry rate, exit rate,
move rate, child-years, child-weeks, cost item, driver, unit cost, stream, lever, change, scenario, inaction, draw,
central, gross saving, cashable saving, reform spend, net saving"""


#: Width and height of the picture of the README [inches].
PICTURE = (8.0, 4.6)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> list[tuple[str, str]]:
    """Language and text of each fenced block, in order."""
    text = path.read_text(encoding="utf-8")
    return [(m[3], re.sub(f"^{m[1]}", "", m[4], flags=re.MULTILINE)) for m in FENCE.finditer(text)]


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


class Close(doctest.OutputChecker):
    """Takes what is the same but for the last digits of its numbers."""

    NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        if self.NUMBER.sub("#", want).split() != self.NUMBER.sub("#", got).split():
            return False
        a, b = ([float(x) for x in self.NUMBER.findall(text)] for text in (want, got))
        return len(a) == len(b) and bool(np.allclose(a, b, rtol=1e-9, atol=0))


# Examples


@pytest.mark.parametrize("name", MODULES)
def test_every_example_of_a_docstring_runs(name: str) -> None:
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(checker=Close(), optionflags=doctest.NORMALIZE_WHITESPACE)
    out = io.StringIO()
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(test, out=out.write)
        pyplot.close("all")  # a module of charts draws more figures than may be open at once
    assert not runner.failures, out.getvalue()


def runnable(path: Path) -> bool:
    return any(language == "python" for language, _ in blocks(path))


#: Pages to learn from run with every change, those that explain nightly.
RUN = [
    pytest.param(p, id=named(p), marks=[pytest.mark.slow] if p.parent.name in ("explanation", "decisions") else [])
    for p in PAGES
    if runnable(p)
]


@pytest.mark.parametrize("path", RUN)
def test_every_python_block_of_a_page_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """The blocks of a page are one program, run in an empty folder; a text block right after one is what it prints.

    A block whose first line is ``# NAME.toml`` is written there first, so that the page may use it. With
    ``--update-golden`` what is printed goes into the page.
    """
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    names: dict[str, object] = {"__name__": "page"}
    printed, update = "", pytestconfig.getoption("--update-golden")
    for language, text in blocks(path):
        if named_file := re.match(r"# (\S+\.(?:toml|csv))\n", text):
            Path(named_file[1]).write_text(text, encoding="utf-8")
        if language == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, named(path), "exec"), names)
            printed = out.getvalue()
        elif language == "text" and printed and update:
            page = path.read_text(encoding="utf-8")
            path.write_text(page.replace(f"```text\n{text}```", f"```text\n{printed}```"), encoding="utf-8")
        elif language == "text" and printed:
            assert text == printed
        if language != "python":
            printed = ""
    pyplot.close("all")


@pytest.mark.slow
def test_the_readme_gives_the_answer_of_the_command(pytestconfig: pytest.Config) -> None:
    """The three sentences are those of the first screen's table: 500 draws, seed 1."""
    plans = ["care-review", "care-review-evidenced"]
    results = carecost.run("england-2025", *plans, draws=500)
    made = answer(results.run, rivals=False)
    at = {column.key: i for i, column in enumerate(made.columns)}

    def cell(label: str, column: str) -> Cell:
        return next(line for line in made.lines if label in line.label).cells[at[column]]

    def ranged(label: str, column: str) -> str:
        return f"{cell(label, column).value} ({cell(label, column).below})"

    children, spend = cell("2032", "inaction"), cell("Spend in", "inaction")
    every = next(r for r in record("england") if r["what"] == "public spend of all services" and r["year"] == "2025")
    came = (
        f"{cell('2032', 'came').value} and {cell('Spend in', 'came').value} came in 2025"
        f" ({pounds(float(every['value']))} for all children's services)"
    )
    claimed, measured = (ranged("Net saving", plan) for plan in plans)
    wanted = (
        f"- without reform {children.value} children in care on 31 March 2032 ({children.below}), at {spend.value} a"
        f" year ({spend.below}) in the scope nearest to the Review's; {came};\n"
        f"- the Review's programme, its effects as claimed: net saving over twenty years {claimed}; it breaks even if"
        f" {cell('Breaks even', plans[0]).value} of the claimed effect comes true;\n"
        f"- the same programme with the effects that were measured: {measured}.\n"
    )
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if pytestconfig.getoption("--update-golden"):
        text = re.sub(r"^- without reform .*?\n(?=\n)", lambda _: wanted, text, flags=re.MULTILINE | re.DOTALL)
        readme.write_text(text, encoding="utf-8")
        picture = png(lambda ax: carecost.plots.plot_history(results, ax), PICTURE)
        (ROOT / "docs" / "images" / "history.png").write_bytes(picture)
    assert wanted in text


def test_the_readme_shows_python() -> None:
    readme = ROOT / "README.md"
    if len(readme.read_text(encoding="utf-8").splitlines()) > 40:
        assert runnable(readme)


# Commands


def commands(path: Path) -> Iterator[str]:
    """Each command of carecost or go.py that a page tells the reader to give, in a block or in a sentence."""
    starts = re.compile(r"(?:\$ )?((?:carecost|python3? go\.py)(?: .*)?)$")
    for language, text in blocks(path):
        lines = text.splitlines() if language in SHELL else []
        yield from (m[1] for line in lines if (m := starts.match(line.strip())))
    quoted = re.findall(r"`([^`\n]+)`", prose(path))
    yield from (m[1] for text in quoted if (m := starts.match(text)) and text != "carecost")


def words_of(command: str) -> list[str]:
    """Words of a command without comment, pipe or redirection; a word in capitals stands for any value."""
    words = shlex.split(command, comments=True)
    ends = [i for i, word in enumerate(words) if word in ("|", ">", ">>", "&&", "2>")]
    kept = [word.strip("[]").split("|")[0] for word in words[: min([len(words), *ends])]]
    return ["1" if re.fullmatch(r"[A-Z][A-Z_]*", word) else word for word in kept if word not in ("...", "…")]


@pytest.mark.parametrize("path", [p for p in PAGES if any(commands(p))], ids=named)
def test_every_command_of_a_page_is_one_that_exists(path: Path) -> None:
    for command in commands(path):
        words = words_of(command)
        if words[0] != "carecost":
            words = words[2:]
            assert not words or words[0] in go.EXTRAS, command
            if words[:1] != ["run"] or len(words) == 1:
                continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                cli._parser(words).parse_args(words[1:])
        except SystemExit as error:
            assert not error.code, f"{named(path)}: {command}"


# Words, links and places


def terms() -> Iterator[str]:
    for language, text in blocks(ROOT / "docs" / "reference" / "glossary.md"):
        if language == "{glossary}":
            yield from (line for line in text.splitlines() if line and not line.startswith(" "))


def test_every_word_has_one_meaning() -> None:
    counts = Counter(terms())
    assert not [word for word, n in counts.items() if n > 1]
    assert not [word for word in re.split(r",\s", WORDS) if word not in counts]
    assert list(counts) == [word.strip() for word in counts]


def anchors(path: Path) -> set[str]:
    """Names of the headings of a page, as GitHub and the documentation make them."""
    heads = re.findall(r"^#+ +(.+?) *$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_of_a_page_leads_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(<?([^)>\s]+)>?\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        to = path if not file else (path.parent / file)
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("path", [*PAGES, ROOT / "docs" / "conf.py"], ids=named)
def test_no_page_names_a_place_of_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w./:])(?:/(?:work|tmp|root|home|opt|usr|mnt|Users)/|[A-Z]:\\)\S*", text)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_formulas_read_without_a_script(path: Path) -> None:
    assert not re.search(r"\{math\}|\$\$|:math:", path.read_text(encoding="utf-8"))


# What the pages list


def test_architecture_page_lists_every_room_and_the_contract() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^\| `(\w+)` \| ", text, re.MULTILINE)
    there = {m.name.split(".")[1] for m in pkgutil.iter_modules(carecost.__path__, "carecost.")}
    ground = {"__main__", "errors", "_guard", "_frames", "_labels", "_shown", "_typing", "_version"}
    assert set(rooms) == there - ground
    contract = (ROOT / ".importlinter").read_text(encoding="utf-8").split("layers =")[1].split("\n\n")[0]
    layers = [line.strip().replace("(", "").replace(")", "") for line in contract.splitlines() if line.strip()]
    assert "\n".join(layers) in text


def test_architecture_page_names_every_registry() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name in ("simulation.effects.OPERATIONS", "engine.costs.DRIVERS", "maths.distributions.DISTRIBUTIONS"):
        module, _, registry = name.rpartition(".")
        assert name in text
        assert getattr(importlib.import_module(f"carecost.{module}"), registry)


SCHEMA = ROOT / "docs" / "reference" / "schema.md"


@pytest.mark.parametrize("name", schema.TABLES)
def test_the_schema_page_lists_exactly_the_columns_of_every_table(name: str) -> None:
    table = schema.TABLES[name]
    beliefs = list(schema.BeliefRow.model_fields) if issubclass(table.model, schema.BeliefRow) else []
    wanted = sorted(column for column in table.columns if column not in beliefs)
    lines = re.findall(rf"^\| `{name}\.csv` \| (.*?) \|", SCHEMA.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [sorted(re.findall(r"\w+", re.sub(r"\([^)]*\)", "", line))) for line in lines]
    assert listed == [wanted], f"write the row of {name}.csv in {named(SCHEMA)}: {', '.join(wanted)}"


def test_the_schema_page_lists_the_columns_of_a_belief_every_folder_and_every_key() -> None:
    text = SCHEMA.read_text(encoding="utf-8")
    columns = [name for name in schema.BeliefRow.model_fields if name not in schema.BeliefRow.seldom]
    assert f"then: `{', '.join(columns)}`" in text
    assert all(f"`{name}`" in text for name in schema.BeliefRow.seldom)
    assert all(f"| `{folder}/NAME.csv` |" in text for folder in schema.FOLDERS)
    rows = re.findall(r"^\| `(\w+)\.csv` \|", text, re.MULTILINE)
    assert sorted({*rows} - {*schema.TABLES}) == []
    block = next(text for language, text in blocks(SCHEMA) if language == "toml")
    keys = {name: schema.BLOCKS[name].model.model_fields for name in schema.SetFile.model_fields}
    sections = re.split(r"^\[+(\w+)\]+", block, flags=re.MULTILINE)
    written = dict(zip(sections[1::2], sections[2::2], strict=True))
    listed = {name: sorted(re.findall(r"^(?:# )?(\w+) = ", part, re.MULTILINE)) for name, part in written.items()}
    assert listed == {name: sorted(keys[name]) for name in keys}


def test_the_guide_to_scenarios_names_every_key() -> None:
    text = (ROOT / "docs" / "how-to" / "own-scenario.md").read_text(encoding="utf-8")
    of_scenarios = [table for name, table in schema.BLOCKS.items() if name not in schema.SetFile.model_fields]
    keys = {key for table in of_scenarios for key in table.model.model_fields}
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", text)) == []


def test_the_reference_lists_every_public_name() -> None:
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   (\w+)$", text, re.MULTILINE)
    assert sorted(listed) == sorted(set(carecost.__all__) - {"__version__"})
