"""The command ``carecost``: compare scenarios, check and describe sets, list what ships, replay a kept run."""

from __future__ import annotations

import argparse
import datetime
import difflib
import errno
import io
import json
import math
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from carecost._version import __version__
from carecost.errors import CareCostError, FileError, InputError, Problem, UnknownNameError, refuse, unknown

if TYPE_CHECKING:
    from carecost.files.archive import Kept
    from carecost.inputs.assumptions import Assumptions
    from carecost.inputs.scenario import Scenario
    from carecost.maths.monte_carlo import Draws
    from carecost.money.discounting import Schedule
    from carecost.report.story import Story
    from carecost.results.budget import Budget
    from carecost.results.results import Results


DEFAULT_SET, DEFAULT_DRAWS, DEFAULT_OUT = "england-2025", 500, "carecost-out"
#: The Review's programme as it was claimed, and with what was measured.
DEFAULT_SCENARIOS = ("care-review", "care-review-evidenced")


#: What stands below the help of compare.
EXAMPLES = """examples:
  carecost compare
      the Care Review's programme, as claimed and with measured effects, in England
  carecost compare families-first do-minimum --at 2029,2032,2035
      two others, told of on dates of your own
  carecost compare "england-2025/North East" care-review --out north-east
      one region; --regions gives all of them in one run
  carecost compare --background mix-trend+prices-flat
      another view of what happens without reform (carecost list names them)
  carecost compare my-set reform.toml --draws 2000 --seed 7
      a set and a scenario of your own"""


#: Joint samples of an authority: each also follows whole children.
AUTHORITY_DRAWS = 200
#: Draws from which several processes are worth starting, and how many at most.
MANY_DRAWS, MOST_PROCESSES = 128, 8

#: Problems that a command prints; check prints all.
MOST_PROBLEMS = 40


#: Exit codes: fine; the input has faults; stopped by the user.
FINE, FAULTY, STOPPED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``carecost``; those of the shell by default.

    Returns
    -------
    int
        0 when all is well, 2 when the input has faults (printed in words), 130 when stopped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that its encoding lacks is written as its code
            stream.reconfigure(errors="backslashreplace")
    # Else pydantic looks through all that is installed for plugins, which takes longer than reading a set.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(words).parse_args(words)
    # Of a program that calls this function each process would run the first lines again.
    options.alone = arguments is not None or not _is_command()
    try:
        done = int(options.do(options))
        if sys.stdout is not None:
            sys.stdout.flush()  # what cannot be written is said below, and not when Python ends
        return done
    except CareCostError as error:
        _say(f"carecost: {_shown(error, options.do is _check)}", file=sys.stderr)
        return FAULTY
    except (KeyboardInterrupt, EOFError):
        _say("carecost: stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.stdout = None  # else Python tries once more when it ends
        _say(
            f"carecost: what is printed cannot be written: {error.strerror}. Make room, or print elsewhere",
            file=sys.stderr,
        )
        return FAULTY


def _is_command() -> bool:
    """Say whether the program that runs is the command, and not one that calls it."""
    about = getattr(sys.modules.get("__main__"), "__spec__", None)
    return getattr(about, "name", "") == "carecost.__main__" or Path(sys.argv[0]).stem in (
        "carecost",
        "carecost-script",
    )


def _shown(error: CareCostError, every: bool) -> str:
    """Give the text of an error; of very many problems the first ones, unless every one is wanted."""
    more = len(error.problems) - MOST_PROBLEMS
    if every or more <= 0:
        return str(error)
    first = type(error)(error.problems[:MOST_PROBLEMS])
    return f"{first}\n… and {more} more: carecost check shows every one"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words of a command as everything else is said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Amounts below zero with a unit or a range too, such as -5% and -0.05,-0.1,0: else they are taken for options.
        self._negative_number_matcher = re.compile(r"-[\d.]")

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and exit."""
        super().error(_plain(message))


def _parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    parser = _Parser(prog="carecost", description="Children in care in England: scenarios and their cost.")
    parser.add_argument("--version", action="version", version=f"carecost {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_compare(
        commands.add_parser(
            "compare",
            help="compare scenarios with inaction; write a brief, an annex, charts and tables",
            epilog=EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
    )
    _add_authority(commands.add_parser("authority", help="say what is known of a local authority, and run its set"))
    _add_what_if(commands.add_parser("what-if", help="one scenario at other amounts, prices, entries and dates"))
    again = commands.add_parser("replay", help="make a saved run again, and say whether the numbers are the same")
    again.add_argument("folder", help="a folder that compare wrote")
    again.set_defaults(do=_replay)
    check = commands.add_parser("check", help="find every fault in a set or scenario file")
    check.add_argument("path", help="packaged name, folder of a set, or scenario file")
    check.add_argument(
        "assumptions", nargs="?", help=f"set that a scenario is checked with (its own, or else {DEFAULT_SET})"
    )
    check.set_defaults(do=_check)
    describe = commands.add_parser("describe", help="say what is in a set or scenario: values, sources, gaps")
    describe.add_argument("name", help="packaged name, folder of a set, or scenario file")
    describe.add_argument("--all", action="store_true", help="print every row")
    describe.add_argument("--log", metavar="SCENARIO", help="print what a scenario's saving rests on in a set, as CSV")
    describe.set_defaults(do=_describe)
    _add_from_903(commands.add_parser("from-903", help="make a set of a council's own SSDA903 return"))
    _add_assumptions(commands.add_parser("assumptions", help="a set or a scenario as one workbook, and back"))
    new = commands.add_parser("new-scenario", help="write a scenario by answering questions, without TOML")
    if "new-scenario" in words:  # its options are its questions, for which much is loaded
        _add_new_scenario(new)
    listed = commands.add_parser("list", help="name what is packaged, and what runs where: sets, scenarios, baselines")
    listed.set_defaults(do=_list)
    return parser


def _add_assumptions(both: argparse.ArgumentParser) -> None:
    """Say what assumptions takes."""
    ways = both.add_subparsers(required=True, metavar="WAY")
    out = ways.add_parser("export", help="write a set or a scenario as a workbook")
    out.add_argument("name", help="packaged name, folder of a set, or scenario file")
    out.add_argument("book", help="the workbook, such as book.xlsx")
    out.set_defaults(do=_export)
    back = ways.add_parser("import", help="write the files of a set or a scenario from a workbook, every fault found")
    back.add_argument("book", help="the workbook, such as book.xlsx")
    back.add_argument("to", help="folder of a set, or TOML file of a scenario")
    back.set_defaults(do=_import)


def _add_new_scenario(new: argparse.ArgumentParser) -> None:
    """Say what new-scenario takes: an option a question."""
    from carecost.files.new_scenario import QUESTIONS

    new.add_argument("file", help="what to write, such as edge.toml; a workbook where it ends in .xlsx")
    new.add_argument("--set", default=DEFAULT_SET, help=f"set whose names are meant (default {DEFAULT_SET})")
    for question in QUESTIONS:
        new.add_argument(f"--{question.name}", metavar="ANSWER", help=question.help.replace("%", "%%"))
    new.set_defaults(do=_new_scenario)


def _add_from_903(own: argparse.ArgumentParser) -> None:
    """Say what from-903 takes."""
    own.add_argument("path", help="the return: a folder of CSV files (of one year or several), a zip, or XML")
    own.add_argument("--authority", help="area of the public set whose population, prices and rates it is set beside")
    own.add_argument("--template", default=DEFAULT_SET, help=f"public set (default {DEFAULT_SET})")
    own.add_argument("--population", type=float, help="children aged 0 to 17 of the area, in place of the public set's")
    own.add_argument("--draws", type=int, default=200, help="joint draws of the rates in the set (default 200)")
    own.add_argument("--seed", type=int, default=1, help="seed of the draws (default 1)")
    own.add_argument("--suppress", action="store_true", help="show and write nothing of fewer than five children")
    own.add_argument("--out", required=True, help="folder to write the set to")
    own.set_defaults(do=_from_903)


def _add_compare(compare: argparse.ArgumentParser) -> None:
    """Say what compare takes."""
    compare.add_argument(
        "assumptions",
        nargs="?",
        default=DEFAULT_SET,
        help=f"packaged set, area of one, or folder (default {DEFAULT_SET}; where a scenario is named, its own set)",
    )
    compare.add_argument(
        "scenarios",
        nargs="*",
        help="packaged scenarios or TOML files; a+b stacks two (default "
        f"{' '.join(DEFAULT_SCENARIOS)}; carecost list names all)",
    )
    _add_variants(compare)
    compare.add_argument(
        "--draws",
        type=int,
        default=DEFAULT_DRAWS,
        help=f"joint samples (default {DEFAULT_DRAWS}; 0: central only)",
    )
    compare.add_argument("--seed", type=int, default=1, help="seed of the draws (default 1)")
    compare.add_argument("--noise", action="store_true", help="put the luck of small numbers into levels (slower)")
    compare.add_argument("--years", type=int, help="projected years (default: the set's own)")
    compare.add_argument("--start", type=int, help="calendar year of programme year 1, such as 2026 for 2025-26")
    compare.add_argument(
        "--discount", help="also print the net present saving at these rates, such as standard,health,0.02"
    )
    compare.add_argument(
        "--at", type=_dates, default=(), metavar="DATES", help="31 March of which years to tell of, such as 2029,2032"
    )
    compare.add_argument("--regions", action="store_true", help="every region of the set: a table, and CSV files")
    compare.add_argument("--scope", default="all", help="spending counted: a scope of the set (default all)")
    compare.add_argument("--social", action="store_true", help="put the social ledger beside the budgets (npsv)")
    compare.add_argument("--out", default=DEFAULT_OUT, help=f"folder to write (default {DEFAULT_OUT})")
    compare.add_argument("--format", choices=("table", "csv", "json"), default="table", help="what to print")
    compare.add_argument("--no-charts", action="store_true", help="write tables alone: no brief, annex or pictures")
    compare.add_argument("--excel", metavar="FILE", help="also write a workbook, such as book.xlsx")
    compare.add_argument("--charts", metavar="FOLDER", help="also write each chart for slides and papers")
    compare.add_argument(
        "--dated", type=_date, metavar="DATE", help="date on these charts, which --charts needs, such as 2026-11-30"
    )
    compare.add_argument("--explorer", metavar="FILE", help="also write a page with sliders, such as explorer.html")
    _add_budget(compare)
    compare.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help=f"processes that draws go through on (default: one a core, at most {MOST_PROCESSES}, where there are "
        f"{MANY_DRAWS} draws or more); no number depends on it",
    )
    compare.add_argument("--quiet", action="store_true", help="no progress")
    compare.set_defaults(do=_compare)


def _add_budget(command: argparse.ArgumentParser) -> None:
    command.add_argument("--budget", action="store_true", help="also print the budget table in cash, and write it")
    command.add_argument(
        "--stated-budget",
        metavar="YEAR=GBP,…",
        help="net budgets in cash, such as 2027=52000000 for 2026-27: also the chance that each is exceeded",
    )


def _add_variants(compare: argparse.ArgumentParser) -> None:
    compare.add_argument("--delay", type=int, metavar="YEARS", help="also each scenario so many years later")
    compare.add_argument("--scale", type=float, metavar="SHARE", help="also each with that share of its effects")
    compare.add_argument("--roll-out", metavar="SHARE", help="also each in that share of England: 0.25, or 12/153")
    compare.add_argument(
        "--effect",
        action="append",
        default=[],
        metavar="LEVER=AMOUNT",
        help='an effect of yours, such as "child protection=-0.05" or "child protection=-0.05,-0.1,0"',
    )
    compare.add_argument(
        "--background",
        help='what goes on under every scenario, inaction too: baselines and scenarios joined by "+", '
        'such as "mix-trend+child-poverty"',
    )


def _add_authority(one: argparse.ArgumentParser) -> None:
    """Say what authority takes."""
    one.add_argument("name", help='name, code or number of a local authority, such as "Kent"')
    one.add_argument(
        "scenarios",
        nargs="*",
        default=[],  # else a name that is missing is said to be two
        help=f"packaged scenarios or TOML files (default {' '.join(DEFAULT_SCENARIOS)})",
    )
    one.add_argument("--draws", type=int, default=AUTHORITY_DRAWS, help=f"joint samples (default {AUTHORITY_DRAWS})")
    one.add_argument("--seed", type=int, default=1, help="seed of the draws (default 1)")
    one.add_argument("--years", type=int, default=10, help="projected years (default 10)")
    one.add_argument("--no-noise", action="store_true", help="leave the luck of small numbers out of levels (faster)")
    _add_budget(one)
    one.add_argument("--out", default=DEFAULT_OUT, help=f"folder to write (default {DEFAULT_OUT})")
    one.add_argument("--quiet", action="store_true", help="no progress")
    one.set_defaults(do=_authority)


def _add_what_if(one: argparse.ArgumentParser) -> None:
    """Say what what-if takes: what a setting of the explorer can be."""
    one.add_argument("assumptions", help="packaged set, area of one, or folder")
    one.add_argument("scenario", help="packaged scenario or TOML file; a+b stacks two")
    several = (
        ("--claim", "LEVER=TIMES", 'what the effects of a lever are multiplied with, such as "family help=0.5"'),
        ("--price", "ITEM=TIMES", 'what a unit cost is multiplied with, such as "children\'s home=1.1"'),
        (
            "--growth",
            "NAME=RATE",
            'real growth of a line of prices: "growth of residential prices=0.02", or =flat',
        ),
    )
    for option, named, words in several:
        taken = partial(_named_number, flat=option == "--growth")
        one.add_argument(option, metavar=named, action="append", type=taken, default=[], help=words)
    one.add_argument("--entries", type=float, metavar="TIMES", help="what rates of entry are multiplied with")
    one.add_argument("--cashable", type=float, metavar="LEVEL", help="what becomes cash: 0 nothing, 1 as it is, 2 all")
    one.add_argument("--sustained", type=float, default=0.0, metavar="SHARE", help="spending that goes on with effects")
    one.add_argument("--delay", type=int, default=0, metavar="YEARS", help="every change so many years later")
    one.add_argument("--start", type=int, help="calendar year of programme year 1")
    one.add_argument("--background", help='other baselines, joined by "+"')
    one.add_argument("--years", type=int, help="projected years (default: the set's own)")
    one.add_argument("--draws", type=int, default=DEFAULT_DRAWS, help=f"joint samples (default {DEFAULT_DRAWS})")
    one.add_argument("--seed", type=int, default=1, help="seed of the draws (default 1)")
    one.add_argument("--format", choices=("table", "csv", "json"), default="table", help="what to print")
    one.set_defaults(do=_what_if)


def _named_number(text: str, flat: bool = False) -> tuple[str, float]:
    """Take a name and a number; nan for "flat", where that can be."""
    name, _, value = text.rpartition("=")
    if flat and name and value == "flat":
        return name, math.nan
    try:
        number = float(value)
    except ValueError:
        name = ""
    if not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as 'family help=0.5'")
    return name, number


def _what_if(options: argparse.Namespace) -> int:
    from carecost.files.archive import csv_text
    from carecost.files.baselines import under
    from carecost.files.load import load_assumptions
    from carecost.maths.monte_carlo import Draws
    from carecost.report.write import summary_text
    from carecost.results.results import run

    made = load_assumptions(options.assumptions)
    if options.background is not None:
        made = under(made, options.background)
    for name, rate in options.growth:
        made = made.replace(name, 0.0, long_run=0.0) if math.isnan(rate) else made.replace(name, rate)
    if options.cashable is not None:
        made = made.cashable(options.cashable)
    draws = Draws(options.draws, options.seed)
    results = run(made, options.scenario, years=options.years, draws=draws)
    response = results.what_if(results.scenarios[-1])
    setting = response.at(
        dict(options.claim),
        dict(options.price),
        options.entries,
        options.start,
        options.delay,
        options.sustained,
    )
    rows = setting.summary()
    if options.format == "json":
        _say(rows.to_json(orient="records", indent=1, force_ascii=False))
    elif options.format == "csv":
        _say(csv_text(rows), end="")
    else:
        _say(summary_text(rows))
    return FINE


def _authority(options: argparse.Namespace) -> int:
    from carecost.files.archive import add_files
    from carecost.files.authorities import authority
    from carecost.files.load import load_assumptions
    from carecost.maths.monte_carlo import Draws
    from carecost.report.authority import PAGE, AuthorityStory
    from carecost.results.results import run

    if options.years < 1:
        raise InputError(Problem(f"--years is {options.years}", remedy="Give at least 1"))
    out, stated = _writable(options.out), _stated(options)
    england = load_assumptions(DEFAULT_SET)
    draws = Draws(options.draws, options.seed, not options.no_noise and options.draws > 0)
    progress = _Progress(options.quiet)
    results = run(
        authority(england, options.name),
        *(options.scenarios or DEFAULT_SCENARIOS),
        years=options.years,
        draws=draws,
        progress=progress.step,
    )
    progress.close()
    story = AuthorityStory(results, england)
    budgets = _budgets(results, stated)
    page, *_ = add_files(out, {PAGE: story.page().encode(), **_budget_files(budgets)})
    _say(story.screen())
    _say_budgets(budgets)
    _say(f"\nWritten to {page}")
    return FINE


def _processes(options: argparse.Namespace) -> dict[str, Any]:
    """Give what a run's draws go through on: processes where there are many draws, and several cores."""
    count = options.processes
    if count is None:
        # Those that this process may use, where the system says so.
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        count = 1 if options.alone or options.draws < MANY_DRAWS else min(cores, MOST_PROCESSES)
    if count == 1:
        return {}
    from carecost.simulation.processes import MOST, SHARE, processes

    if not 1 <= count <= MOST:
        raise InputError(Problem(f"--processes is {count}", remedy=f"Give 1 to {MOST}"))
    count = min(count, max(1, options.draws // SHARE))
    return {} if count == 1 else {"threads": count, "executor": partial(processes, count)}


def _stated(options: argparse.Namespace) -> dict[int, float] | None:
    """Give what budgets were stated, by year; None where no budget is asked for."""
    from carecost.report.budget import parsed

    return parsed(options.stated_budget) if options.budget or options.stated_budget else None


def _budgets(results: Results, stated: Mapping[int, float] | None) -> list[Budget]:
    """Make the budget of each scenario, where it is asked for."""
    from carecost.report.budget import budgets

    return [] if stated is None else budgets(results, stated)


def _budget_files(made: Sequence[Budget]) -> dict[str, bytes]:
    from carecost.report.budget import files

    return files(made)


def _say_budgets(made: Sequence[Budget]) -> None:
    from carecost.report.budget import budget_text

    for one in made:
        _say(f"\n{budget_text(one)}")


def _refuse_early(options: argparse.Namespace) -> None:
    """Refuse, before anything is run, names of files that cannot be written and what is lacking."""
    if options.excel:
        from carecost.files.excel import named

        named(options.excel)
    if options.explorer:
        from carecost.report import explorer

        explorer.named(options.explorer)
    if options.charts:
        _writable(options.charts, "--charts")
        if options.dated is None:
            remedy = "Give the date that stands on the charts, such as --dated 2026-11-30"
            raise InputError(Problem("is missing, which --charts needs", "--dated", remedy))
    if options.years is not None and options.years < 1:
        raise InputError(Problem(f"--years is {options.years}", remedy="Give at least 1"))


def _write_beside(options: argparse.Namespace, results: Results, told: Story) -> None:
    """Write what is asked for beside the folder: workbook, charts, explorer."""
    if options.excel:
        from carecost.report.workbook import write_workbook

        write_workbook(told, options.excel)
    if options.charts:
        from carecost.report.chart_files import write_charts

        write_charts(told, options.charts, options.dated)
    if options.explorer:
        from carecost.report import explorer

        explorer.write_explorer(results, options.explorer)


def _compare(options: argparse.Namespace) -> int:
    from carecost.files.baselines import under
    from carecost.files.load import load_assumptions
    from carecost.files.social_ledger import with_social_ledger
    from carecost.files.variants import pulled
    from carecost.maths.monte_carlo import Draws
    from carecost.money import vintages
    from carecost.report import write
    from carecost.report.story import story
    from carecost.results import summary
    from carecost.results.results import Results
    from carecost.simulation.run import run

    _refuse_early(options)
    out, stated = _writable(options.out), _stated(options)
    name, names = _asked(options.assumptions, options.scenarios)
    assumptions = load_assumptions(name).scoped(options.scope)
    if options.social:
        assumptions = with_social_ledger(assumptions)
    if options.background is not None:
        assumptions = under(assumptions, options.background)
    scenarios = pulled(names, options.effect, options.delay, options.scale, options.roll_out)
    _refuse_late(options, assumptions)
    rates = [vintages.schedule(word.strip()) for word in options.discount.split(",")] if options.discount else []
    progress = _Progress(quiet=options.quiet or options.format != "table")
    draws, on = Draws(options.draws, options.seed, options.noise), _processes(options)
    if options.regions:
        given = {f"--{word}": getattr(options, word) for word in ("excel", "explorer", "charts", "discount")}
        wanted = [option for option, value in (given | {"--budget": stated is not None}).items() if value]
        remedy = f'Give one area instead, such as carecost compare "{name}/London"'
        refuse([Problem("is of one run, and --regions are several", option, remedy) for option in wanted])
        return _regions(options, assumptions, scenarios, draws, on, out)
    done = run(
        assumptions, scenarios, options.years, draws, options.start, progress=progress.step, beside=summary.beside, **on
    )
    results = Results(done)
    progress.close()
    told = story(results, options.at)
    budgets = _budgets(results, stated)
    also = _budget_files(budgets)
    if options.no_charts:
        folder = results.save(out, also)
    else:
        _attribute(results, _Progress(progress.quiet, "subsets of levers"))
        folder = results.save(out, write.run_files(told) | also)
    _write_beside(options, results, told)
    _print(results, told, options.format, folder / write.PAGE, rates, options.no_charts)
    if options.format == "table":
        _say_budgets(budgets)
    return FINE


def _asked(name: str, scenarios: Sequence[str]) -> tuple[str, list[str]]:
    """Say which set and scenarios are meant: where a scenario stands in the place of the set, its own set is."""
    from carecost.files.input_books import is_book, kind_of
    from carecost.files.packaged import made_for, own_path, packaged_assumptions, packaged_scenarios

    known, path = packaged_scenarios(), own_path(name)
    own_file = path.suffix == ".toml" and path.name != "set.toml" and path.is_file()
    own_file = own_file or (is_book(path) and kind_of(path) == "scenario")
    sets = packaged_assumptions()
    plain = name not in (*sets, *known) and not path.exists() and not path.suffix and not set(name) & set("/\\+")
    if plain and difflib.get_close_matches(name, known):
        (meant,) = difflib.get_close_matches(name, [*sets, *known], 1)
        remedy = f"Did you mean {meant!r}? carecost list names what there is; a path of yours must exist"
        raise UnknownNameError(Problem(f"unknown assumption set or scenario {name!r}", remedy=remedy))
    if path.is_dir() or name in sets or not (own_file or set(name.split("+")) <= set(known)):
        return name, list(scenarios) or list(DEFAULT_SCENARIOS)
    every = [name, *scenarios]
    homes = [home for one in every for part in one.split("+") if (home := made_for().get(part))]
    return homes[0] if homes else DEFAULT_SET, every


def _refuse_late(options: argparse.Namespace, assumptions: Assumptions) -> None:
    """Refuse a delay beyond the years that are run."""
    begins = (options.start or assumptions.programme_start) + (options.delay or 0)
    last = assumptions.base_year + (options.years or assumptions.years)
    if options.delay and begins > last:
        what = f"--delay is {options.delay}: the programme would begin in {begins}, after the last year that is run"
        raise InputError(Problem(what, remedy=f"Give fewer years: the last is {last}"))


def _regions(
    options: argparse.Namespace,
    assumptions: Assumptions,
    scenarios: Sequence[Scenario],
    draws: Draws,
    on: dict[str, Any],
    out: Path,
) -> int:
    """Run every region, print a row each and write their tables."""
    from carecost.files.archive import add_files
    from carecost.report import regions
    from carecost.results.areas import run_areas

    found = run_areas(assumptions, *scenarios, years=options.years, draws=draws, start=options.start, **on)
    text, files = regions.table_text(found, options.at), regions.files(found)
    if not options.no_charts:
        from carecost.plots import _figure
        from carecost.plots import regions as drawing

        files["regions.png"] = _figure.png(partial(drawing.plot_region_children, found), drawing.SMALL)
    folder = add_files(out, files)[0].parent
    if options.format == "json":
        _say(found.children().to_json(orient="records", indent=1))
    elif options.format == "csv":
        _say(files["regions.csv" if scenarios else "regions_children.csv"].decode(), end="")
    else:
        _say(
            f"{assumptions.title or assumptions.name}, by region\n\n{text}\n\nWritten to {folder}/: {', '.join(files)}"
        )
    return FINE


def _dates(text: str) -> tuple[int, ...]:
    """Take dates joined by commas."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not years joined by commas, such as 2029,2032") from None


def _date(text: str) -> datetime.date:
    """Take a date."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date, such as 2026-11-30") from None


def _writable(name: str, option: str = "--out") -> Path:
    """Give the folder to write to; refuse, before anything is run, what can be none."""
    from carecost.files.packaged import own_path

    if not name.strip():
        raise FileError(Problem("names no folder", option, f"Name a folder, such as {DEFAULT_OUT}"))
    path = own_path(name)
    for part in (path, *path.parents):
        if part.exists() and not part.is_dir():
            raise FileError(Problem("is a file, and no folder to write to", f"{option} {part}", "Name a folder"))
    # What is written is filled beside its folder, and then takes its place.
    try:
        beside = next(part for part in Path(os.path.realpath(path)).parents if part.exists())
        with tempfile.TemporaryDirectory(prefix=".", dir=beside):
            return path
    except (OSError, ValueError) as error:
        what = f"cannot be written: {getattr(error, 'strerror', None) or error}"
        raise FileError(Problem(what, f"{option} {path}", "Name a folder that can be written")) from None


def _attribute(results: Results, progress: _Progress) -> None:
    """Attribute effects to levers, central run, with progress: tables, page and pictures share what is found."""
    from carecost.results.attribution_tables import worth_saying

    for name in worth_saying(results.run):
        results.attribution(name, draws=0, progress=progress.step)
    progress.close()


def _print(results: Results, told: Story, form: str, page: Path, rates: Sequence[Schedule], bare: bool) -> None:
    """Print the table that people quote, or the same numbers as CSV or JSON and nothing else."""
    from carecost.files.archive import csv_text
    from carecost.report import write

    if form == "json":
        _say(json.dumps(results.to_dict(), ensure_ascii=False, indent=1, allow_nan=False))
    elif form == "csv":
        _say(csv_text(results.summary()), end="")
    else:
        _say(write.screen_text(told))
        if rates:
            _say(f"\n{write.rates_text(told, rates)}")
        pages = "" if bare else "brief.html (two pages, to be sent on), annex.html, charts and "
        _say(f"\nWritten to {page.parent}/: {pages}tables")


class _Progress:
    """Shows progress on stderr once a run has taken two seconds."""

    def __init__(self, quiet: bool, what: str = "draws") -> None:
        from tqdm import tqdm

        self.quiet = quiet or sys.stderr is None
        self._bar = tqdm(total=0, desc=what, unit="", delay=2, leave=False, disable=self.quiet, file=sys.stderr)

    def step(self, done: int, total: int) -> None:
        """Say how many are done, of how many."""
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _replay(options: argparse.Namespace) -> int:
    """Say of each file whether it is what was saved, and of each table whether the run gives it again."""
    from carecost.files.archive import differences, looked_at, made_again, moved
    from carecost.report import budget
    from carecost.results.results import Results

    folder = options.folder
    kept = looked_at(folder)
    for line in moved(kept.manifest):
        _say(f"version: {line}")
    for name in kept.altered:
        _say(f"altered: {name} was altered since it was saved")
    for name in kept.missing:
        _say(f"missing: {name}")
    if kept.others:
        _say(f"not of this run, and not looked at: {_few(kept.others)}")
    if not kept.inputs_are_whole:
        _say(f"{folder}: its inputs are not those that were saved, so the run cannot be made again")
        return FAULTY
    results = Results(made_again(folder, kept.manifest))
    found = differences(folder, results.tables() | budget.made_again(results, Path(folder), kept.manifest["files"]))
    for difference in found:
        if difference.by_rounding:
            _say(
                f"differs by rounding: {difference.name}, "
                f"largest relative difference {difference.largest:.1e} ({difference.where})"
            )
        else:
            size = f"largest relative difference {difference.largest:.2g}: " if difference.largest < math.inf else ""
            _say(f"differs: {difference.name}, {size}{difference.where}")
    differ = [d for d in found if not d.by_rounding]
    _say(f"{folder}: {_verdict(len(differ), len(found) - len(differ), kept)}")
    return FAULTY if differ or kept.altered or kept.missing else FINE


def _verdict(differ: int, rounded: int, kept: Kept) -> str:
    """Say what is vouched for, and nothing more."""
    if differ:
        first = f"{differ} tables differ" if differ > 1 else "1 table differs"
    elif rounded:
        first = f"the same numbers but for rounding in {rounded} table{'s' if rounded > 1 else ''}"
    else:
        first = "the same numbers, to the last bit"
    if kept.altered or kept.missing:
        counts = f"{len(kept.altered)} altered, {len(kept.missing)} missing"
        return f"of the files that are as they were saved: {first}; {counts}, of which nothing is said"
    rest = [name for name in kept.manifest["files"] if "/" not in name and not name.endswith((".csv", ".parquet"))]
    if not rest:
        return f"{first}; the manifest names no page and no charts"
    return f"{first}; page and charts are those that were saved"


def _few(names: Sequence[str], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name if name.isprintable() else repr(name) for name in names[:most]) + more


def _check(options: argparse.Namespace) -> int:
    from carecost.files.input_books import is_book
    from carecost.files.packaged import DATA, SET, find, own_path, packaged_assumptions
    from carecost.files.read_set import tables
    from carecost.inputs.assumptions import Assumptions
    from carecost.simulation.checks import remarks

    found = _load(options.path)
    if not isinstance(found, Assumptions):
        return _check_scenario(found, options.assumptions)
    if options.assumptions is not None:
        remedy = f"Name the scenario first: carecost check {options.assumptions} {options.path}"
        raise InputError(Problem(f"{options.path!r} is a set, and so needs no other", remedy=remedy))
    _say(f"{found.name}: no faults found in {len(found.rows)} rows")
    for remark in remarks(found):
        _say(f"remark: {remark}")
    packaged = packaged_assumptions()
    if options.path in packaged or own_path(options.path).exists():
        folder = find(options.path, packaged, SET, lambda name: DATA / name)
        if is_book(folder):
            return FINE
        own, base, inherited = tables(folder.parent if folder.is_file() else folder)
        if base:
            _say(f"its own tables: {', '.join(own) or 'none'}")
            _say(f"those of its base {base}: {', '.join(inherited) or 'none'}")
    return FINE


def _check_scenario(scenario: Scenario, name: str | None) -> int:
    """Find all that a comparison would refuse of a scenario, with a set given, its own or the default one."""
    from carecost.files.load import load_assumptions
    from carecost.files.packaged import packaged_assumptions
    from carecost.maths.monte_carlo import Draws
    from carecost.simulation.run import run

    own = scenario.made_for if scenario.made_for in packaged_assumptions() else DEFAULT_SET
    assumptions = load_assumptions(name or own)
    run(assumptions, [scenario], draws=Draws(0))
    _say(f"{scenario.name}: no faults found in {len(scenario.levers)} levers, with {assumptions.name}")
    return FINE


def _say(text: str, end: str = "\n", file: TextIO | None = None) -> None:
    """Print text without the characters that command a terminal: the one place that prints what a command says."""
    print(_plain(text), end=end, file=file)


def _plain(text: str) -> str:
    r"""Write control characters but line ends and tabs as their code, so that no title commands a terminal.

    Examples
    --------
    >>> _plain("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    control = (*range(9), 11, 12, *range(13, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    return text.translate({code: f"\\x{code:02x}" for code in control})


def _describe(options: argparse.Namespace) -> int:
    from carecost.files.load import load_assumptions, load_scenario
    from carecost.inputs.assumptions import Assumptions
    from carecost.simulation.checks import remarks
    from carecost.text import describe

    if options.log:
        from carecost.files.archive import csv_text
        from carecost.results.assumptions_log import assumptions_log

        log = assumptions_log(load_assumptions(options.name), load_scenario(options.log))
        _say(csv_text(log.table()), end="")
        return FINE
    found = _load(options.name)
    text = (
        describe.assumptions_text(found, options.all)
        if isinstance(found, Assumptions)
        else describe.scenario_text(found)
    )
    _say(text)
    if isinstance(found, Assumptions):
        for remark in remarks(found):
            _say(f"\nRemark: {remark}")
    return FINE


def _from_903(options: argparse.Namespace) -> int:
    from carecost.files.readers.ssda903 import read_ssda903
    from carecost.files.save import save_assumptions
    from carecost.text.own_return import return_text

    out = _writable(options.out)
    own = read_ssda903(options.path)
    rates = own.estimate(
        options.authority, options.template, options.population, options.draws, options.seed, options.suppress
    )
    save_assumptions(rates.assumptions, out)
    hidden = options.suppress
    tables = (own.report(hidden), own.flows(hidden), rates.bearing(hidden))
    _say(return_text(*([{str(k): v for k, v in row.items()} for row in t.to_dict("records")] for t in tables)))
    for note in rates.assumptions.notes:
        if note.kind == "gap" and note.what.startswith("whose return"):
            _say(f"\nNo authority was named: {note.says[1]}. Name it: --authority")
    _say(f"\n{rates.assumptions.title}: written to {out}/, {len(rates.assumptions.rows):,} rows, no row of a child")
    _say(f"Programme year 1 is {rates.assumptions.programme_start}. Next: carecost compare {out} care-review")
    return FINE


def _export(options: argparse.Namespace) -> int:
    from carecost.files.excel import named
    from carecost.files.save import save_assumptions, save_scenario
    from carecost.inputs.assumptions import Assumptions

    book, found = named(options.book), _load(options.name)
    written = save_assumptions(found, book) if isinstance(found, Assumptions) else save_scenario(found, book)
    _say(f"{found.name}: written to {written}\nRead it back: carecost check {written}")
    return FINE


def _import(options: argparse.Namespace) -> int:
    from carecost.files.excel import named
    from carecost.files.parsing import with_ending
    from carecost.files.save import save_assumptions, save_scenario
    from carecost.inputs.assumptions import Assumptions

    found, to = _load(str(named(options.book))), Path(options.to)
    if isinstance(found, Assumptions):
        if to.suffix == ".toml":
            raise FileError(Problem("is a file, and a set is a folder", options.to, "Name a folder"))
        save_assumptions(found, _writable(options.to))
        _say(f"{found.name}: {len(found.rows):,} rows, written to {to}/")
    else:
        written = save_scenario(found, with_ending(to, ".toml"))
        _say(f"{found.name}: {len(found.levers)} levers, written to {written}")
    return FINE


def _new_scenario(options: argparse.Namespace) -> int:
    """Ask for what is not given, where there is somebody to answer; write the scenario once a comparison takes it."""
    from carecost.files import new_scenario
    from carecost.files.excel import ENDING, named
    from carecost.files.load import load_assumptions
    from carecost.files.parsing import with_ending
    from carecost.files.save import save_scenario
    from carecost.inputs.scenario import NONE_STATED
    from carecost.maths.monte_carlo import Draws
    from carecost.simulation.run import run

    path = with_ending(options.file, ".toml", ENDING)
    if path.suffix.lower() == ENDING:
        named(path)
    if path.exists():
        raise FileError(Problem("is there already", options.file, "Give another name, or move it away"))
    assumptions = load_assumptions(options.set)
    given = {question.name: getattr(options, question.name.replace("-", "_")) for question in new_scenario.QUESTIONS}
    if sys.stdin.isatty():
        answers = _answers(given, assumptions)
    else:
        answers = new_scenario.taken({name: text or "" for name, text in given.items()}, assumptions)
    scenario = new_scenario.made(answers, assumptions)
    run(assumptions, [scenario], draws=Draws(0))
    save_scenario(scenario, path)
    _say(f"{scenario.name}: written to {path}, no faults found with {assumptions.name}")
    if scenario.levers[-1].paid_by == (NONE_STATED,):
        _say("It says that nobody stated what it costs: there is no ratio of its saving to its cost.")
    _say(f"Compare it: {shlex.join(['carecost', 'compare', options.set, str(path)])}")
    return FINE


def _answers(given: Mapping[str, str | None], assumptions: Assumptions) -> dict[str, Any]:
    """Ask every question that is not answered, again where the answer cannot be used."""
    from carecost.files.new_scenario import QUESTIONS

    answers: dict[str, Any] = {}
    for question in QUESTIONS:
        if not question.when(answers):
            continue
        text = given[question.name]
        while question.name not in answers:
            if text is None:
                _say(f"{question.asks}: ", end="")
                text = input()
            try:
                if text.strip():
                    answers[question.name] = question.take(text.strip(), assumptions, answers)
                elif question.blank:
                    break
                else:
                    _say("  That is needed.")
            except CareCostError as error:
                for problem in error.problems:
                    _say(f"  {problem}")
            text = None
    return answers


def _list(_: argparse.Namespace) -> int:
    from carecost.files.authorities import known_authorities
    from carecost.files.baselines import baselines
    from carecost.files.packaged import (
        made_for,
        packaged_assumptions,
        packaged_authorities,
        packaged_regions,
        past_sets,
        regions_file,
        titles,
    )
    from carecost.files.regions import SHARE

    sets, every, homes = packaged_assumptions(), titles(), made_for()
    views = {name: one.title for name, one in baselines().items()}
    past, wide = past_sets(), max(map(len, [*every, *views]))

    def part(head: str, named: Mapping[str, str]) -> None:
        _say("\n".join([head, *(f"  {name:<{wide}}  {title}" for name, title in named.items())]))

    part("Sets, the first word of compare:", {name: every[name] for name in sets})
    for name in packaged_regions():
        areas = [row["area"] for row in regions_file(name)[0] if row["measure"] == SHARE]
        _say(f"Areas, such as {name}/London: {', '.join(areas)}")
    for name in packaged_authorities():
        n = sum(one.known for one in known_authorities(name).all)
        _say(f"Local authorities, such as {name}/Kent, by name, code or number: {n}; carecost authority Kent")
    for home in ("", *sorted(set(homes.values()))):
        names = [name for name in every if name not in sets and homes.get(name, "") == home]
        over = ", and over before the current sets begin" if home in past else ""
        head = f"made for {home}{over}:" if home else "that run on any current set:"
        part(f"\nScenarios {head}", {name: every[name] for name in names})
    part("\nBaselines, one of each kind goes on in a run (compare --background NAME+NAME):", views)
    return FINE


def _load(name: str) -> Assumptions | Scenario:
    """Load a set or a scenario, whichever the name or path is of."""
    from carecost.files.input_books import is_book, kind_of
    from carecost.files.load import load_assumptions, load_scenario
    from carecost.files.packaged import own_path, packaged_assumptions, packaged_scenarios

    sets, scenarios, path = packaged_assumptions(), packaged_scenarios(), own_path(name)
    if is_book(path):
        return load_scenario(name) if kind_of(path) == "scenario" else load_assumptions(name)
    if path.name == "set.toml" or path.is_dir():
        return load_assumptions(name)
    if name.endswith(".toml") or name in scenarios or ("+" in name and not path.exists()):
        return load_scenario(name)
    if name not in sets and "/" not in name and not path.exists():
        problem = unknown("set or scenario", name, [*sets, *scenarios])
        raise FileError(Problem(problem.what, remedy=f"{problem.remedy}. A path of yours must exist"))
    return load_assumptions(name)


if __name__ == "__main__":
    raise SystemExit(main())
