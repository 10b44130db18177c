"""Guard of public doors: arguments are taken in the forms that users write, and refused in words where they cannot be.

A rule says what an argument may be. It gives the argument back in one plain form (an int, a float, a tuple of names),
or the fault that it has. Nothing is guessed, clipped or rescaled: ``2026.5`` is no year, ``True`` no number, ``41`` no
share. All faults of a call are raised at once, as one :class:`carecost.errors.InputError`.
"""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property, wraps
from pathlib import Path
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from carecost._shown import self_showing
from carecost.errors import InputError, Problem, nearest, refuse

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")

#: Longest text of a value that is shown in a message.
SHOWN = 60
#: Most ages or years in one selection: what is longer is a slip, or meant to fill the memory.
LONGEST = 1000
#: Financial years whose prices an amount can be in: no index is older, and no prices are known far ahead.
PRICES = (1948, 2050)


class Refused(Exception):
    """A value that a rule does not take: what is wrong, and how to mend it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


#: A rule: gives a value back in its plain form, or raises :class:`Refused`.
Rule = Callable[[Any], Any]


def shown(value: object) -> str:
    """Write a value for a message, short, whatever it is; its ``repr`` may fail or be long."""
    if value is None or isinstance(value, str | int | float | bool):
        text = repr(value)
    elif isinstance(value, type) or callable(value):
        text = f"the {'class' if isinstance(value, type) else 'function'} {getattr(value, '__name__', '?')}"
    elif isinstance(value, list | tuple | set | frozenset | dict | range) and len(value) <= 12:
        try:
            text = repr(value)
        except Exception:
            text = f"a {type(value).__name__}"
    else:
        text = f"a {type(value).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least:.12g} to {most:.12g}"
    return f" of {least:.12g} or more" if least is not None else f" of {most:.12g} or less" if most is not None else ""


def whole(least: int | None = None, most: int | None = None, example: str = "") -> Rule:
    """Make the rule for a whole number: an int, of numpy too, or a float without a fraction; never True or False."""
    remedy = f"Give a whole number{_bounds(least, most)}{example and f', such as {example}'}"

    def rule(value: Any) -> int:
        plain = _scalar(value)
        if (
            isinstance(plain, bool)
            or not isinstance(plain, int | float)
            or not math.isfinite(plain)
            or plain != int(plain)
        ):
            raise Refused("", remedy)
        if (least is not None and plain < least) or (most is not None and plain > most):
            raise Refused("", remedy)
        return int(plain)

    return rule


def number(least: float | None = None, most: float | None = None, above: float | None = None, hint: str = "") -> Rule:
    """Make the rule for a finite number, of numpy too; never True or False, and never text."""
    bounds = _bounds(least, most) if above is None else f" above {above:g}" + (f", up to {most:g}" if most else "")
    remedy = f"Give a number{bounds}{hint and f': {hint}'}"

    def rule(value: Any) -> float:
        plain = _scalar(value)
        if isinstance(plain, bool) or not isinstance(plain, int | float) or not math.isfinite(plain):
            raise Refused("", remedy)
        if (least is not None and plain < least) or (most is not None and plain > most):
            raise Refused("", remedy)
        if above is not None and plain <= above:
            raise Refused("", remedy)
        return float(plain)

    return rule


def share(most: float = 1.0) -> Rule:
    """Make the rule for a share: a number from 0 to 1 (or to another bound), with a word on percentages."""
    return number(0.0, most, hint="a share, so 0.4 for 40%")


#: The rules for a financial year whose prices an amount can be in, and for a calendar year.
price_year: Rule = whole(*PRICES, example="2025 for 2024-25")
calendar_year: Rule = whole(1900, 2200, example="2026")


def rate(*kinds: type, named: bool = True) -> Rule:
    """Make the rule for a discount rate: a share a year, an object of some classes, or (``named``) the name of one.

    What may stand in text (``"0.035"``) and which names there are is for the function behind to say.
    """
    flat = number(above=-1, most=1, hint="a share a year, so 0.035 for 3.5%")

    def rule(value: Any) -> Any:
        return value if isinstance(value, (*kinds, str) if named else kinds) else flat(value)

    return rule


def flag(value: Any) -> bool:
    """Take True or False, of numpy too, and nothing that stands for them."""
    plain = _scalar(value)
    if not isinstance(plain, bool):
        raise Refused("", "Give True or False, by its name")
    return plain


def text(value: Any) -> str:
    """Take text, and nothing else."""
    if not isinstance(value, str):
        raise Refused("", "Give text")
    return str(value)


def source_year(value: Any) -> str:
    """Take the year of a source: text such as 2024-25, or a whole number."""
    if isinstance(value, str):
        return str(value)
    try:
        return str(whole()(value))
    except Refused:
        raise Refused("", "Give a year, as text such as 2024-25 or as a whole number") from None


def path(value: Any) -> Path:
    """Take a path: text or an object that is a path; ``~`` is the home folder."""
    if not isinstance(value, str | os.PathLike) or isinstance(value, bytes):
        raise Refused("", "Give a path, as text or pathlib.Path")
    if isinstance(value, str) and not value:
        raise Refused("", "Give a path")
    if "\0" in str(value):
        raise Refused("has a zero byte", "Give a path")
    return Path(value).expanduser()


def one_of(names: Iterable[str]) -> Rule:
    """Make the rule for one of some names."""
    known = list(names)

    def rule(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise Refused("", nearest(str(value) if isinstance(value, str) else "", known))
        return value

    return rule


def labels(value: Any) -> tuple[str, ...]:
    """Take one label or several: a bare text is one label, and never its letters."""
    if isinstance(value, str):
        return (value,)
    several = _several(value)
    if several is None or not all([isinstance(label, str) for label in several]):
        raise Refused("", 'Give one name, or several as in ["foster", "kinship"]')
    return tuple(map(str, several))


def band(text_of: str) -> tuple[int, ...]:
    """Read whole numbers and rising bands: ``"0; 5 to 7"`` and ``"0; 5-7"`` are (0, 5, 6, 7).

    Raises
    ------
    Refused
        If a part is not a whole number or a rising band.
    """
    remedy = "Give whole numbers and rising bands, such as 3 or 1 to 4 or 0; 5 to 9"
    out: list[int] = []
    for part in text_of.replace(",", ";").split(";"):
        ends = [end.strip() for end in part.replace(" to ", "-").replace("–", "-").split("-")]
        if len(ends) > 2 or not all(end.isascii() and end.isdigit() and len(end) <= 4 for end in ends):
            raise Refused("", remedy)
        low, high = int(ends[0]), int(ends[-1])
        if high < low:
            raise Refused(f"has a band {part.strip()!r} that does not rise", remedy)
        out += range(low, high + 1)
        if len(out) > LONGEST:
            raise Refused("", f"Give at most {LONGEST} of them")
    return tuple(out)


_COUNT = whole(0)


def wholes(value: Any) -> tuple[int, ...]:
    """Take ages or years: one, several, a range, or bands as text (``"10 to 17"``)."""
    if isinstance(value, str):
        return band(value)
    if type(value) is tuple and all([type(one) is int and one >= 0 for one in value]) and len(value) <= LONGEST:
        return value  # plain already, as nearly always
    remedy = 'Give whole numbers: 12, [12, 13], range(10, 18) or "10 to 17"'
    several = (value,) if isinstance(_scalar(value), int | float) else _several(value)
    if several is None or len(several) > LONGEST:
        raise Refused("", remedy)
    try:
        return tuple(map(_COUNT, several))
    except Refused:
        raise Refused("", remedy) from None


def selected(value: Any) -> tuple[int, ...]:
    """Take ages or years that are selected, in rising order and each once: the same selection is written one way."""
    return tuple(sorted(set(wholes(value))))


def numbers(value: Any) -> tuple[float, ...]:
    """Take several finite numbers."""
    several = _several(value)
    if several is None or isinstance(value, str):
        raise Refused("", "Give numbers, such as [0, 0.5, 1]")
    try:
        return tuple(map(number(), several))
    except Refused:
        raise Refused("", "Give finite numbers, such as [0, 0.5, 1]") from None


def array(
    *axes: str, least: float | None = None, most: float | None = None, above: float | None = None, whole: bool = False
) -> Rule:
    """Make the rule for an array of finite numbers: of numpy, a list, a Series or a DataFrame; never of text.

    Parameters
    ----------
    *axes : str
        Names of its axes, for messages; ``"..."`` first for any axes before them. Any number of axes without names.
    least, most, above : float, optional
        Bounds of its values.
    whole : bool
        Whether its values are whole numbers; it is then given back as integers.
    """
    shape = f" of shape ({', '.join(axes)}{',' if len(axes) == 1 else ''})" if axes else ""
    kind = "whole numbers" if whole else "numbers"
    limits = f" above {above:g}" + (f", up to {most:g}" if most is not None else "") if above is not None else ""
    remedy = f"Give {kind}{shape}{limits or _bounds(least, most)}"

    def rule(value: Any) -> Any:
        found = numeric(value, remedy)
        n = len([axis for axis in axes if axis != "..."])
        if axes and (found.ndim < n if axes[0] == "..." else found.ndim != n):
            raise Refused(f"has shape {found.shape}", remedy)
        for wrong in (
            ~np.isfinite(found),
            found < least if least is not None else None,
            found > most if most is not None else None,
            found <= above if above is not None else None,
            (found != np.floor(found)) | (np.abs(found) > 2.0**53) if whole else None,
        ):
            if wrong is not None and wrong.any():
                raise Refused(f"holds {found[wrong][0]:g}{_place(wrong, value)}", remedy)
        return found.astype(int) if whole else found

    return rule


def numeric(value: Any, remedy: str = "Give numbers") -> Any:
    """Read an array of floats from what holds numbers; text, True and False, and what is missing hold none.

    Raises
    ------
    Refused
        If it cannot be read as numbers.
    """
    if value is None or isinstance(value, str | bytes | Mapping | set | frozenset | type):
        raise Refused("", remedy)
    try:
        plain = np.asarray(value)
        if plain.dtype.kind == "O" and not any(isinstance(x, str | bytes | bool) for x in plain.flat):
            plain = plain.astype(float)
    except Exception:  # what is given may fail in any way when asked for its numbers
        raise Refused("", remedy) from None
    if plain.dtype.kind not in "iuf":
        raise Refused(f"holds {plain.flat[0]!r}" if plain.dtype.kind in "Ub" and plain.size else "", remedy)
    return plain.astype(float, copy=False)


def _place(wrong: Any, value: Any) -> str:
    """Locate the first fault: by the labels of a Series or DataFrame, else by its place on each axis."""
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    if not at:
        return ""
    labels = [getattr(value, name, None) for name in ("index", "columns")]
    try:
        named = [axis[i] for axis, i in zip(labels, at, strict=False)]  # type: ignore[index]
    except TypeError:
        named = list(at)
    return f" at {', '.join(str(x) for x in named)}"


def amounts(value: Any) -> tuple[float, ...]:
    """Take one amount or several, of zero or more."""
    return tuple(np.atleast_1d(array(least=0)(value)).ravel().tolist())


def texts(*names: str) -> dict[str, Rule]:
    """Give the rule for text to several fields."""
    return dict.fromkeys(names, text)


def several_by(rule: Rule) -> Rule:
    """Make the rule for one thing or several, each by a rule of its own: given back as a tuple."""

    def every(value: Any) -> tuple[Any, ...]:
        several = None if isinstance(value, str) else _several(value)
        return (rule(value),) if several is None else tuple(map(rule, several))

    return every


def listed(rule: Rule, words: str) -> Rule:
    """Make the rule for a sequence of things, each by a rule of its own; ``words`` says what to give instead."""

    def every(value: Any) -> tuple[Any, ...]:
        several = None if isinstance(value, str) else _several(value)
        if several is None:
            raise Refused("", words)
        return tuple(map(rule, several))

    return every


def instance(*kinds: type, words: str) -> Rule:
    """Make the rule for an object of some classes; ``words`` says what to give instead of another."""

    def rule(value: Any) -> Any:
        if not isinstance(value, kinds):
            raise Refused("", words)
        return value

    return rule


def several_of(*kinds: type, words: str) -> Rule:
    """Make the rule for one object of some classes, or several: given back as a tuple."""

    def rule(value: Any) -> tuple[Any, ...]:
        if isinstance(value, kinds):
            return (value,)
        several = None if isinstance(value, str) else _several(value)
        if several is None or not all(isinstance(one, kinds) for one in several):
            raise Refused("", words)
        return several

    return rule


def mapping_of(rule: Rule, words: str) -> Rule:
    """Make the rule for a mapping from names to what another rule takes; ``words`` says what to give instead."""

    def every(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise Refused("", words)
        return {name: rule(one) for name, one in value.items()}

    return every


def frame(value: Any) -> Any:
    """Take a table: a DataFrame with named columns."""
    if not (hasattr(value, "columns") and hasattr(value, "groupby")):
        raise Refused("", "Give a DataFrame, as the package gives it")
    return value


def called(value: Any) -> Any:
    """Take something that can be called."""
    if not callable(value):
        raise Refused("", "Give a function")
    return value


def optional(rule: Rule) -> Rule:
    """Make a rule that takes None as well."""
    return lambda value: None if value is None else rule(value)


def _scalar(value: Any) -> Any:
    """Give a numpy scalar, or an array or Series of one value without axes, as Python's own."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        try:
            return value.item()
        except Exception:
            return value
    return value


def _several(value: Any) -> tuple[Any, ...] | None:
    """Give the members of a sequence of any kind (list, range, set, array, Series, Index); None for anything else."""
    if isinstance(value, Mapping | bytes | type):
        return None
    if hasattr(value, "tolist"):  # an array, a Series, an Index
        value = value.tolist()
    if isinstance(value, tuple | list | set | frozenset):
        return tuple(value)
    if isinstance(value, Sequence | Collection) or (hasattr(value, "__iter__") and hasattr(value, "__next__")):
        out = []
        for member in value:
            out.append(member)
            if len(out) > LONGEST * 10:
                return None
        return tuple(out)
    return None


@dataclass(frozen=True)
class _Door:
    """A function whose arguments are guarded."""

    name: str
    function: Any
    rules: Mapping[str, Rule]

    @cached_property
    def signature(self) -> inspect.Signature:
        """How it is called; read when it is needed, as that takes longer than all else that a guard does."""
        return inspect.signature(self.function)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of its arguments, those that may be given by position first."""
        code = inspect.unwrap(self.function).__code__
        return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])

    @cached_property
    def many(self) -> bool:
        """Whether it takes any number of arguments, or some by position alone."""
        code = inspect.unwrap(self.function).__code__
        return bool(code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) or code.co_posonlyargcount)

    @cached_property
    def required(self) -> tuple[frozenset[str], ...]:
        """Arguments that must be given by name where so many are given by position."""
        function = inspect.unwrap(self.function)
        most = function.__code__.co_argcount
        may_lack = {*self.names[most - len(function.__defaults__ or ()) : most], *(function.__kwdefaults__ or ())}
        return tuple(frozenset(self.names[n:]) - may_lack for n in range(most + 1))

    def plain(self, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[Any, ...] | None:
        """Put the arguments of a usual call in their plain form: those by position; those by name in place.

        None, and nothing done, where the call is another: with arguments too many, unknown, missing or given twice.

        Raises
        ------
        InputError
            With every argument that is refused.
        """
        n = len(args)
        if self.many or n >= len(self.required) or not self.required[n] <= given.keys():
            return None
        if given and not given.keys() <= set(self.names[n:]):
            return None
        taken, problems = list(args), []
        for name, rule in self.rules.items():
            at = self.names.index(name)
            try:
                if at < n:
                    taken[at] = rule(args[at])
                elif name in given:
                    given[name] = rule(given[name])
            except Refused as fault:
                value = args[at] if at < n else given[name]
                what = f"{name} {fault.what}" if fault.what else f"{name} is {shown(value)}"
                problems.append(Problem(what, f"{self.name}()", fault.remedy))
        refuse(problems)
        return tuple(taken)

    def taken(self, args: tuple[Any, ...], given: dict[str, Any]) -> inspect.BoundArguments:
        """Bind the arguments of a call, each in its plain form.

        Raises
        ------
        InputError
            With every fault of the call.
        """
        parameters = self.signature.parameters
        names = [name for name in parameters if name not in ("self", "cls")]
        if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            strangers = [name for name in given if name not in names]
            refuse([Problem(f"has no argument {n!r}", f"{self.name}()", nearest(n, names)) for n in strangers])
        try:
            bound = self.signature.bind(*args, **given)
        except TypeError as error:
            raise InputError(Problem(str(error), f"{self.name}()", f"It takes {_listed(parameters)}")) from None
        problems = []
        for name, rule in self.rules.items():
            if name not in bound.arguments:
                continue  # its default is right
            value, parameter = bound.arguments[name], parameters[name]
            try:
                if parameter.kind is parameter.VAR_POSITIONAL:
                    bound.arguments[name] = tuple(map(rule, value))
                else:
                    bound.arguments[name] = rule(value)
            except Refused as fault:
                what = f"{name} {fault.what}" if fault.what else f"{name} is {_odd(value, parameter, rule)}"
                problems.append(Problem(what, f"{self.name}()", fault.remedy))
        refuse(problems)
        return bound


def _odd(value: Any, parameter: inspect.Parameter, rule: Rule) -> str:
    """Show the value that was refused: of several positional ones, the first that was."""
    if parameter.kind is parameter.VAR_POSITIONAL:
        for one in value:
            try:
                rule(one)
            except Refused:
                return shown(one)
    return shown(value)


def _listed(parameters: Mapping[str, inspect.Parameter]) -> str:
    """List the arguments of a function as they are written in a call."""
    out, keyword_only = [], False
    for name, p in parameters.items():
        if name in ("self", "cls"):
            continue
        if p.kind is p.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            out.append("by name")
        stars = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
        out.append(f"{stars}{name}")
    return ", ".join(out) or "no arguments"


def opened(cls: type[C]) -> type[C]:
    """Open a class to users: a call of its constructor or of a public method that cannot be made is said in words.

    It costs nothing where a call can be made: only once it has failed is it asked whether its arguments were at fault.

    Parameters
    ----------
    cls : type
        A class; its fields and arguments are guarded by :func:`take` and :func:`guarded`.

    Returns
    -------
    type
        The same class.
    """
    for name, method in list(vars(cls).items()):
        plain = method.__func__ if isinstance(method, classmethod | staticmethod) else method
        if not isinstance(plain, FunctionType) or (name.startswith("_") and name != "__init__"):
            continue
        said = cls.__name__ if name == "__init__" else f"{cls.__name__}.{name}"
        wrapped = plain if hasattr(plain, "__door__") else _in_words(plain, said)
        setattr(cls, name, type(method)(wrapped) if isinstance(method, classmethod | staticmethod) else wrapped)
    return self_showing(cls)


def _in_words(function: Any, name: str) -> Any:
    """Wrap a function so that a call that does not fit its signature is an InputError."""

    @wraps(function)
    def inner(*args: Any, **given: Any) -> Any:
        try:
            return function(*args, **given)
        except TypeError:
            _Door(name, function, {}).taken(args, given)  # raises in words, where that was the fault
            raise

    return inner


def guarded(**rules: Rule) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a public function or method: each named argument goes through its rule before the function sees it.

    Parameters
    ----------
    **rules : Rule
        By argument. An argument that is left out of a call keeps its default.

    Raises
    ------
    InputError
        At a call, with every argument that is refused: what, which, where, and how to mend it.

    Examples
    --------
    >>> @guarded(years=whole(1, 100))
    ... def run(years):
    ...     return years
    >>> run(years=2.5)
    Traceback (most recent call last):
    carecost.errors.InputError: run(): years is 2.5. Give a whole number from 1 to 100
    """

    def around(function: Callable[P, R]) -> Callable[P, R]:
        name = function.__qualname__.removesuffix(".__init__")
        door = _Door(name.rpartition("<locals>.")[2], function, rules)
        if not door.many and not set(rules) <= set(door.names):
            raise TypeError(f"{name} has no arguments {sorted(set(rules) - set(door.names))}")

        @wraps(function)
        def inner(*args: P.args, **given: P.kwargs) -> R:
            by_name: dict[str, Any] = dict(given)
            plain = door.plain(args, by_name)
            if plain is not None:
                return function(*plain, **by_name)
            bound = door.taken(args, by_name)
            return function(*bound.args, **bound.kwargs)

        inner.__door__ = door  # type: ignore[attr-defined]
        return inner

    return around


def unguarded(function: Callable[P, R]) -> Callable[P, R]:
    """Give the function behind a guard, for calls within the package whose arguments are known to be right."""
    inner: Callable[P, R] = getattr(function, "__wrapped__", function)
    return inner


def checked(value: Any, rule: Rule, name: str, where: str) -> Any:
    """Guard one value within a function that is called too often for :func:`guarded`.

    Raises
    ------
    InputError
        If the rule refuses it.
    """
    try:
        return rule(value)
    except Refused as fault:
        what = f"{name} {fault.what}" if fault.what else f"{name} is {shown(value)}"
        raise InputError(Problem(what, where, fault.remedy)) from None


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    """Give the defaults of the fields of a dataclass, by name."""
    names = (field.name for field in fields(kind))
    return {name: getattr(kind, name) for name in names if hasattr(kind, name)}


def take(owner: object, **rules: Rule) -> None:
    """Guard the fields of a frozen dataclass, from its ``__post_init__``: each is put in its plain form.

    Raises
    ------
    InputError
        With every field that is refused.
    """
    problems, kind = list[Problem](), cast("Any", type(owner))
    kept, defaults = vars(owner), _defaults(kind)
    for name, rule in rules.items():
        value = kept[name]
        if value is defaults.get(name, rule):
            continue  # left out: its default is right
        try:
            plain = rule(value)
        except Refused as fault:
            what = f"{name} {fault.what}" if fault.what else f"{name} is {shown(value)}"
            problems.append(Problem(what, kind.__name__, fault.remedy))
        else:
            if plain is not value:
                object.__setattr__(owner, name, plain)
    refuse(problems)
