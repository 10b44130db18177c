"""A scenario from a few answers, for those who write no TOML: what, on whom, how much, from when, on whose word.

A question takes an answer as text, and gives what it means or says what is wrong with the nearest name; whoever asks
(the command) asks again, or, where nobody can answer, says all that is wrong at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from carecost._labels import INACTION
from carecost.engine.grid import Parameter
from carecost.errors import CareCostError, InputError, Problem, unknown
from carecost.files import schema
from carecost.inputs.assumptions import Assumptions
from carecost.inputs.belief import QUALITIES
from carecost.inputs.change import Change, Interval, Operation
from carecost.inputs.scenario import BASES, NONE_STATED, Lever, Scenario

#: Whom nobody is named: all.
ALL = ("all", "everybody", "everyone", "everything")
#: What amounts of money may end in.
_MONEY = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9, "billion": 1e9}
#: A number with what it ends in. A comma stands between thousands alone: "1,5m" is no 15m.
_AMOUNT = re.compile(
    r"([+\-−]?)\s*£?\s*([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+\.?[0-9]*|\.[0-9]+)(?![,.]?[0-9])(?:e([0-9]{1,3}))?"
    r"\s*(%|per cent|thousand|million|billion|bn|[kmb])?(?![\w.])"
)

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """Something that a scenario may change.

    Attributes
    ----------
    words : str
        What it is, as it is asked.
    parameter, operation : str
        The change that it becomes.
    axes : tuple of str
        Whom or what it may be limited to.
    """

    words: str
    parameter: Parameter
    operation: Operation
    axes: tuple[str, ...]


#: What may be changed.
KINDS = {
    "entries": Kind("children who come into care", "entry_rate", "scale", ("ages", "streams")),
    "leaving": Kind(
        "children who leave care, or a placement for good",
        "exit_rate",
        "scale",
        ("ages", "streams", "placements", "reasons"),
    ),
    "moves": Kind(
        "children who move between placements", "move_rate", "scale", ("ages", "streams", "placements", "to")
    ),
    "price": Kind("the price of a placement or service", "unit_cost", "scale", ("items",)),
    "mix": Kind("where children are placed when they come in", "entry_share", "divert", ("ages", "streams")),
    "spending": Kind("money for a programme, alone", "unit_cost", "add", ("items",)),
}


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    name : str
        Name of the answer, and of the option that gives it.
    asks : str
        The question.
    help : str
        The option, in a line.
    take : callable
        Gives what an answer means, from the text, the set and the answers before; raises what is wrong with it.
    blank : bool
        Whether it may be left blank.
    when : callable
        Says from the answers before whether it is asked.
    """

    name: str
    asks: str
    help: str
    take: Callable[[str, Assumptions, Answers], Any]
    blank: bool = False
    when: Callable[[Answers], bool] = lambda answers: True


def _wrong(what: str, remedy: str) -> InputError:
    return InputError(Problem(what, "", remedy))


def _one_of(text: str, kind: str, known: Mapping[str, object]) -> str:
    """Find a name whatever its capitals; say the nearest where there is none."""
    found = next((name for name in known if name.casefold() == text.casefold()), None)
    if found is None:
        raise InputError(unknown(kind, text, known))
    return found


def _words(text: str, assumptions: Assumptions, answers: Answers) -> str:
    if not text.isprintable():
        raise _wrong(f"{text!r} holds signs of no text", "Write it on one line")
    return text


def _name(text: str, assumptions: Assumptions, answers: Answers) -> str:
    if text.casefold() == INACTION:
        raise _wrong(f"{text!r} is what every run has already", "Give it a name of its own")
    return _words(text, assumptions, answers)


def _what(text: str, assumptions: Assumptions, answers: Answers) -> str:
    by_parameter = {str(kind.parameter): name for name, kind in KINDS.items() if kind.operation == "scale"}
    return by_parameter.get(text) or _one_of(text, "change", KINDS)


def _labels(assumptions: Assumptions) -> dict[str, tuple[str, ...]]:
    """Give what there is on each axis that is chosen by name."""
    a = assumptions
    places = tuple(p.name for p in a.placements)
    return {
        "streams": a.streams,
        "placements": places,
        "to": places,
        "reasons": tuple(r.name for r in a.reasons),
        "items": tuple(i.name for i in a.items),
    }


def _on(text: str, assumptions: Assumptions, answers: Answers) -> dict[str, tuple[Any, ...]]:
    """Read whom: ``ages 10 to 17, streams other``; names of one axis apart by semicolons, axes by commas."""
    kind = KINDS[answers["what"]]
    if text.casefold() in ALL:
        if kind.parameter == "unit_cost" and kind.operation == "scale":
            remedy = f"Name them: items {'; '.join(_labels(assumptions)['items'][:2])}"
            raise _wrong("no item is named", remedy)
        return {}
    problems: list[Problem] = []
    where: dict[str, tuple[Any, ...]] = {}
    words = "|".join(axis[:-1] if axis.endswith("s") else axis for axis in kind.axes)
    for part in re.split(rf",\s*(?=(?:{words})s?\b)", text):
        word, _, rest = part.strip().partition(" ")
        singular = {single: axis for single, axis in schema.SINGULAR.items() if axis in kind.axes}
        axis = singular.get(word.rstrip(":="), word.rstrip(":="))
        if axis not in kind.axes:
            problem = unknown("choice", word, kind.axes)
            problems.append(
                Problem(problem.what, "", f'{problem.remedy}. Such as "{_such(kind, assumptions)}", or all')
            )
        elif axis in where:
            such = "ages 3; 10 to 17" if axis == "ages" else f"{axis} {'; '.join(_labels(assumptions)[axis][:2])}"
            problems.append(Problem(f"{axis} are named twice", "", f'Name all of them at once: "{such}"'))
        elif axis == "ages":
            try:
                ages = schema.numbers(rest)
                outside = [age for age in ages if age not in assumptions.ages]  # type: ignore[attr-defined]
                if outside:
                    first, last = assumptions.ages[0], assumptions.ages[-1]
                    problems.append(Problem(f"the set has no age {outside[0]}", "", f"Give ages of {first} to {last}"))
                where[axis] = tuple(ages)  # type: ignore[arg-type]
            except ValueError as error:
                problems.append(Problem(f"{rest!r} are no ages", "", str(error).capitalize()))
        else:
            known = _labels(assumptions)[axis]
            names = [name.strip() for name in rest.split(";") if name.strip()]
            problems += [unknown(axis.rstrip("s"), name, known) for name in names if name not in known]
            where[axis] = tuple(names)
            if not names:
                problems.append(Problem(f"{word!r} names none", "", f"Known: {'; '.join(known)}"))
    if problems:
        raise InputError(problems)
    return where


def _such(kind: Kind, assumptions: Assumptions) -> str:
    labels = _labels(assumptions)
    return ", ".join(
        "ages 10 to 17" if a == "ages" else f"{a} {labels[a][0]}" for a in kind.axes[:2] if a == "ages" or labels[a]
    )


def _amounts(text: str) -> list[tuple[float, str]]:
    """Find numbers with what they end in; none where something else stands between them, or one is too large."""
    rest = re.sub(r"\b(to|a year)\b|[(),;]", " ", _AMOUNT.sub(" ", text))
    if rest.strip():
        return []
    found = []
    for sign, digits, power, unit in _AMOUNT.findall(text):
        number = float(f"{digits.replace(',', '')}e{power or 0}")
        if not math.isfinite(number):
            return []
        found.append((-number if sign in ("-", "−") else number, unit.strip()))
    return found


def _interval(found: list[tuple[float, float | str]] | list[float], example: str) -> Interval:
    numbers = [float(x) for x in found]  # type: ignore[arg-type]
    if len(numbers) not in (1, 3):
        raise _wrong(f"gives {len(numbers)} numbers", f"Give one, or one with its interval, such as {example}")
    low, high = sorted(numbers[1:]) if len(numbers) == 3 else (None, None)
    return Interval(numbers[0], low, high)


def _amount(text: str, assumptions: Assumptions, answers: Answers) -> Interval:
    kind = KINDS[answers["what"]]
    if kind.operation == "add":
        return _money(text, assumptions, answers)
    example = '"10%" or "10% (5% to 15%)"' if kind.operation == "divert" else '"-5%" or "-5% (-9% to -1%)"'
    found = _amounts(text)
    wrong = [(x, unit) for x, unit in found if unit not in ("%", "per cent", "")]
    plain = [x for x, unit in found if not unit and abs(x) >= 1]
    if not found or wrong or plain:
        raise _wrong(f"{text!r} is no share", f"Write per cent, such as {example}")
    amount = _interval([x / 100 if unit else x for x, unit in found], example)
    least = 0.0 if kind.operation == "divert" else -1.0
    if amount.value < least or (kind.operation == "divert" and amount.value > 1):
        raise _wrong(f"{text!r} is no share that can be taken", f"Write {example}")
    return amount


def _money(text: str, assumptions: Assumptions, answers: Answers) -> Interval:
    example = '"60m" or "60m (40m to 90m)" pounds a year'
    found = _amounts(text)
    if not found or any(unit in ("%", "per cent") for _, unit in found):
        raise _wrong(f"{text!r} is no amount of money", f"Write {example}")
    return _interval([x * _MONEY[unit] for x, unit in found], example)


def _year(text: str, assumptions: Assumptions, answers: Answers) -> int:
    """Read a financial year by the year in which it ends, or a programme year: gives the programme year."""
    a = assumptions
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    first = a.programme_start
    such = f"{first} for {first - 1}-{first % 100:02d}"
    remedy = f"Give the year in which it ends, such as {such}, or 1 for the programme's first"
    if match is not None and (int(match[1]) + 1) % 100 == int(match[2]):
        number = int(match[1]) + 1
    elif text.isdecimal() and text.isascii():
        number = int(text)
    else:
        raise _wrong(f"{text!r} is no year", remedy)
    year = number if number < 1000 else number - first + 1
    if year < 1:
        raise _wrong(f"{text!r} is before the programme's first year, {first} in this set", remedy)
    last = a.base_year + a.years
    if number < 1000 and first + number - 1 > last:
        what = f"{text!r} would be the programme's year {number}, {first + number - 1}: the set ends in {last}"
        raise _wrong(what, remedy)
    if number >= 1000 and number > schema.LAST_YEAR:
        raise _wrong(f"{text!r} is past {schema.LAST_YEAR}", remedy)
    return year


def _later(text: str, assumptions: Assumptions, answers: Answers) -> int:
    year = _year(text, assumptions, answers)
    start = max(answers.get("from", year), answers.get("full") or 0)
    if year < start:
        raise _wrong(f"{text!r} is before the year from which it acts", "Give that year or a later one")
    return year


def _prices(text: str, assumptions: Assumptions, answers: Answers) -> int:
    vintage = assumptions.deflator
    try:
        year = int(text)
        vintage.factor(year, assumptions.price_year)
    except (ValueError, CareCostError):
        own = assumptions.price_year
        raise _wrong(f"{text!r} is no year of prices", f"Give the year in which it ends, such as {own}") from None
    return year


def _place(text: str, assumptions: Assumptions, answers: Answers) -> str:
    return _one_of(text, "placement", dict.fromkeys(p.name for p in assumptions.placements if p.in_care))


def _into(text: str, assumptions: Assumptions, answers: Answers) -> str:
    found = _place(text, assumptions, answers)
    if found == answers.get("out-of"):
        raise _wrong(f"{found!r} is the placement that they are taken out of", "Name another")
    return found


def _grade(text: str, assumptions: Assumptions, answers: Answers) -> str:
    return _one_of(text, "grade", QUALITIES)


def _basis(text: str, assumptions: Assumptions, answers: Answers) -> str:
    return _one_of(text, "basis", BASES)


def reform_items(assumptions: Assumptions) -> list[str]:
    """Name the items that money of a programme is added to."""
    return [item.name for item in assumptions.items if item.group == "reform"]


def _effect(answers: Answers) -> bool:
    return answers.get("what") not in (None, "spending")


def _paid(answers: Answers) -> bool:
    return answers.get("what") == "spending" or "cost" in answers


_KINDS = "; ".join(f"{name} ({kind.words})" for name, kind in KINDS.items())
_BASES = "; ".join(f"{name} ({words})" for name, words in BASES.items())
#: The questions, in the order in which they are asked.
QUESTIONS = (
    Question("name", "What is it called", "what it is called", _name),
    Question("what", f"What does it change? One of {_KINDS}", f"what it changes: {', '.join(KINDS)}", _what),
    Question(
        "out-of",
        "Out of which placement are children placed elsewhere",
        "with --what mix: the placement that fewer go to",
        _place,
        when=lambda a: a.get("what") == "mix",
    ),
    Question(
        "into",
        "Into which placement do they go",
        "with --what mix: the placement that more go to",
        _into,
        when=lambda a: a.get("what") == "mix",
    ),
    Question(
        "on",
        'On whom, such as "ages 10 to 17, streams other" or "items secure"; or all',
        'on whom: "all", "ages 10 to 17, streams other", "items secure"',
        _on,
        when=_effect,
    ),
    Question(
        "amount",
        "By how much, such as -5%, or with an interval of nine chances in ten: -5% (-9% to -1%); money a year: 60m",
        'by how much: "-5%", "-5% (-9% to -1%)", or money a year: "60m"',
        _amount,
    ),
    Question(
        "from",
        "From which year: the one in which the financial year ends, such as 2029; or 1 for the programme's first",
        "first year with any effect, such as 2029 for 2028-29",
        _year,
    ),
    Question(
        "full", "In which year is it in full; blank for the same", "first year with all of it", _later, blank=True
    ),
    Question("to", "Until which year; blank where it goes on", "last year with any effect", _later, blank=True),
    Question(
        "cost",
        "What does it cost a year, from its first year on, such as 60m; blank where nobody said",
        'what it costs a year from its first year on, such as "60m"; left out where nobody said',
        _money,
        blank=True,
        when=_effect,
    ),
    Question(
        "prices",
        "In prices of which financial year, by the year in which it ends",
        "financial year of the pounds, such as 2025",
        _prices,
        when=_paid,
    ),
    Question("source", "On whose word: who said so, where and when", "whose word it is: who, where and when", _words),
    Question(
        "grade",
        "How good is that, from A (official and direct) to E (recalled or assumed)",
        "how good that is: A (official and direct) to E (recalled or assumed)",
        _grade,
    ),
    Question("basis", f"What does it rest on? One of {_BASES}", f"what it rests on: {', '.join(BASES)}", _basis),
    Question("note", "What else should a reader know; blank for nothing", "what to know", _words, blank=True),
)


def asked(answers: Answers) -> list[Question]:
    """Give the questions that are to be asked after some answers."""
    return [question for question in QUESTIONS if question.when(answers)]


def taken(texts: Mapping[str, str], assumptions: Assumptions) -> dict[str, Any]:
    """Take all answers at once.

    Parameters
    ----------
    texts : mapping of str to str
        Answers by name of the question; one that is not there is blank.
    assumptions : Assumptions
        The set whose names are meant.

    Returns
    -------
    dict
        What they mean, for :func:`made`.

    Raises
    ------
    InputError
        With all that is wrong: each answer with its option, what is missing, and what is not asked here.
    """
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for question in QUESTIONS:
        text = (texts.get(question.name) or "").strip()
        option = f"--{question.name}"
        if not question.when(answers):
            undecided = question.name != "what" and "what" not in answers
            if text and not undecided:
                problems.append(
                    Problem(f"is given, and is not asked with --what {answers['what']}", option, "Leave it out")
                )
            continue
        if question.name in ("on", "amount") and "what" not in answers:
            continue  # what is meant by it hangs on what is changed
        if not text:
            if not question.blank:
                problems.append(Problem("is missing", option, f"Give {question.help}"))
            continue
        try:
            answers[question.name] = question.take(text, assumptions, answers)
        except CareCostError as error:
            problems += [Problem(p.what, option, p.remedy) for p in error.problems]
            if question.name == "cost":
                answers["cost"] = None  # said, and so its prices are asked for
    if problems:
        raise InputError(problems)
    return answers


def made(answers: Answers, assumptions: Assumptions) -> Scenario:
    """Make the scenario of some answers.

    Parameters
    ----------
    answers : mapping
        What :func:`taken` gave.
    assumptions : Assumptions
        The set whose names are meant.

    Returns
    -------
    Scenario
        A lever that does what is said; one of spending before it, where it costs anything.

    Raises
    ------
    CareCostError
        If it cannot be made, or the set has no item for its money.
    """
    kind, name = KINDS[answers["what"]], answers["name"]
    source, note = answers["source"], answers.get("note", "")
    word = {"source": source, "quality": answers["grade"], "basis": answers["basis"], "note": note}
    when = {"start": answers["from"], "full": answers.get("full"), "end": answers.get("to")}
    levers = []
    cost = answers["amount"] if answers["what"] == "spending" else answers.get("cost")
    paying = name if answers["what"] == "spending" else f"{name}, spending"
    if cost is not None:
        items = reform_items(assumptions)
        if not items:
            what = f"the set {assumptions.name!r} has no item of group reform for money to go to"
            raise InputError(Problem(what, "--cost", "Add one to the set, or leave the cost out"))
        row = assumptions.select("unit_cost", item=items[0])[0]
        # What pays for an effect is spent from the first year on, whenever the effect is whole.
        when_paid = when if answers["what"] == "spending" else when | {"full": None}
        paid = Change(
            "unit_cost", "add", cost, **when_paid, unit=row.belief.unit, price_year=answers["prices"], items=items[:1]
        )
        levers.append(Lever(paying, [paid], **word))
    if answers["what"] != "spending":
        more: dict[str, Any] = dict(answers["on"])
        if kind.operation == "divert":
            more |= {"from_placements": (answers["out-of"],), "to_placement": answers["into"]}
        effect = Change(kind.parameter, kind.operation, answers["amount"], **when, unit="share", **more)
        levers.append(Lever(name, [effect], **word, paid_by=(paying,) if levers else (NONE_STATED,)))
    return Scenario(name, levers, title=name)
