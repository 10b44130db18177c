"""The budget table in words and files: a column a year, a row a step, with the range of the net and what to know."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from carecost._labels import INACTION, financial_year
from carecost.errors import Problem, refuse
from carecost.files.archive import csv_text
from carecost.results import tables
from carecost.results.budget import CLOSING, INCOME, NET, PROGRAMME, SAVED, STEPS, Budget
from carecost.results.results import Results
from carecost.text import numbers

#: Files of steps, and of chances to exceed a stated budget.
STEPS_FILE, CHANCES_FILE = "budget", "budget_chance"
#: Years that are shown, from the first; files hold every one.
SHOWN = 6
#: Letters of a line.
WIDTH = 110


def parsed(words: str | None) -> dict[int, float]:
    """Read budgets by year: ``"2027=52000000,2028=54e6"``.

    Raises
    ------
    InputError
        If they are no such pairs, or name a year twice.

    Examples
    --------
    >>> parsed("2027=52000000,2028=54e6")
    {2027: 52000000.0, 2028: 54000000.0}
    """
    found: dict[int, float] = {}
    problems = []
    for pair in [] if words is None else words.split(","):
        year, _, amount = pair.partition("=")
        try:
            if int(year) in found:
                problems.append(Problem(f"{pair!r} is a second budget of {year}", "--stated-budget", "Give one a year"))
            found[int(year)] = float(amount)
        except ValueError:
            remedy = "Give pounds of cash by calendar year of the end of the year, such as 2027=52000000,2028=54000000"
            problems.append(Problem(f"{pair!r} is no budget of a year", "--stated-budget", remedy))
    refuse(problems)
    return found


def budgets(results: Results, stated: Mapping[int, float]) -> list[Budget]:
    """Make the budget in cash of every scenario; of inaction where there is no other."""
    names = results.scenarios[1:] or (INACTION,)
    return [results.budget(scenario=name, basis="cash", budget=stated or None) for name in names]


def files(cash: Sequence[Budget]) -> dict[str, bytes]:
    """Write budgets in cash as CSV: their steps in real pounds too, their lines; nothing where there are none."""
    return {f"{name}.csv": csv_text(table).encode() for name, table in frames(cash).items()} if cash else {}


def made_again(results: Results, folder: Path, saved: Collection[str]) -> dict[str, pd.DataFrame]:
    """Make the budgets again that were saved with a run, where there are any.

    Parameters
    ----------
    results : Results
        The run, made again.
    folder : Path
        Where it was saved.
    saved : collection of str
        Names of the files that were.
    """
    if f"{STEPS_FILE}.csv" not in saved:
        return {}
    stated = {}
    if f"{CHANCES_FILE}.csv" in saved and (folder / f"{CHANCES_FILE}.csv").is_file():
        kept = pd.read_csv(folder / f"{CHANCES_FILE}.csv")
        stated = dict(zip(kept["year"].tolist(), kept["budget"].tolist(), strict=True))
    return frames(budgets(results, stated))


def frames(cash: Sequence[Budget]) -> dict[str, pd.DataFrame]:
    """Give budgets in cash as tables, by the name of the file of each; their steps in real pounds too."""
    real = [Budget(one.run, one.scenario, one.by, account=one.account) for one in cash]
    made = {
        STEPS_FILE: pd.concat([one.table() for one in real]),
        "budget_cash": pd.concat([one.table() for one in cash]),
        "budget_lines_cash": pd.concat([one.lines() for one in cash]),
    }
    if cash[0].stated and not cash[0].run.draws.central:
        chances = [one.chance() for one in cash]
        for one, table in zip(cash, chances, strict=True):
            table.insert(0, "scenario", one.scenario)
        made[CHANCES_FILE] = pd.concat(chances)
    return {name: table.reset_index(drop=True) for name, table in made.items()}


def leading(budget: Budget) -> pd.DataFrame:
    """Give the rows of a budget that lead: means over draws, or the central run where there are none."""
    table = budget.table()
    return table[table["quantile"] == ("central" if budget.run.draws.central else "mean")]


def budget_text(budget: Budget) -> str:
    """Write a budget for a terminal: the first years, means over draws, the range of the net, what to know."""
    run, shown = budget.run, budget.run.grid.years[:SHOWN]
    of_table = leading(budget)
    named = zip(of_table["step"].tolist(), of_table["year"].tolist(), of_table["value"].tolist(), strict=True)
    means: dict[tuple[str, int], float] = {(step, year): value for step, year, value in named}
    most = max(abs(v) for (step, year), v in means.items() if year in shown and step == CLOSING)
    scale = numbers.money_scale(most / 10)  # a step is a small part of what is spent
    heads = ["", *(financial_year(year) for year in shown)]
    rows = [[name, *(_cell(means, name, year, scale) for year in shown)] for name in _rows(means)]
    if not run.draws.central:
        below_net = [row[0] for row in rows].index(NET) + 1
        rows[below_net:below_net] = _range(budget, shown, scale)
    title = f"Budget, {run.scenarios[budget.scenario].heading}, {run.assumptions.title}: {budget.price_base.words}"
    said = budget.notes
    if budget.stated and run.draws.central:
        said = ("No chance to exceed a stated budget is given: the central run has no draws.", *said)
    notes = [line for note in said for line in textwrap.wrap(note, WIDTH)]
    return "\n".join([title, *_laid([heads, *rows]), *notes])


def _range(budget: Budget, shown: Sequence[int], scale: numbers.Scale) -> list[list[str]]:
    """Give the range of the net, and the chance that a stated budget is exceeded, in the years shown."""
    rows = budget.table(by_draw=True)
    nets = {year: of["value"].to_numpy() for year, of in rows[rows["step"] == NET].groupby("year")}
    ends = [tables.interval(nets[year]) for year in shown]
    found = [["  four chances in five, from", *(numbers.pounds(low, scale) for low, _ in ends)]]
    found.append(["  to", *(numbers.pounds(high, scale) for _, high in ends)])
    if budget.stated:
        chance = budget.chance().set_index("year")["chance"].to_dict()
        stated = {year: numbers.pounds(amount, scale) for year, amount in (budget.stated or {}).items()}
        found.append([f"stated budget, {budget.of}", *(stated.get(year, "") for year in shown)])
        likely = {year: numbers.chance(share) for year, share in chance.items()}
        found.append(["  chance that it is exceeded", *(likely.get(year, "") for year in shown)])
    return found


def _rows(means: Mapping[tuple[str, int], float]) -> list[str]:
    """Give the names of rows in order: steps, closing, each income, net, and the levels that steps change."""
    names = list(dict.fromkeys(step for step, _ in means))
    income = [name for name in names if name.startswith(INCOME)]
    return [*STEPS, CLOSING, *income, NET, SAVED, PROGRAMME]


def _cell(means: Mapping[tuple[str, int], float], name: str, year: int, scale: numbers.Scale) -> str:
    value = means.get((name, year))
    if value is None:
        return ""
    return numbers.pounds(-value if name.startswith(INCOME) else value, scale)


def _laid(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for first, *rest in rows:
        yield "  ".join([first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]).rstrip()
