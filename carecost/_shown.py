"""How objects show themselves: in full where that is short, else a line a part, in one screen, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from html import escape
from typing import Any, TypeVar

import numpy as np

#: Letters up to which an object is shown in full; of a line of one that is not, of all of it, and of a cell, which
#: wraps.
FULL, LINE, SCREEN, CELL = 600, 96, 2600, 240
#: Things of a row that are named before the rest is counted.
NAMED = 4


def exact(thing: object) -> str:
    """Write frozen data out in full: class, fields and values, exact for numbers; what digests are made of.

    Parameters
    ----------
    thing : object
        Dataclasses, tuples, lists, dicts, text and plain numbers.

    Returns
    -------
    str
        The text that a dataclass writes of itself.

    Examples
    --------
    >>> exact((1.0, "a"))
    "(1.0, 'a')"
    """
    # The same text as of _exact, part for part, without a generator a level: sets have many thousands of parts.
    kind = type(thing)
    if kind in _PLAIN:
        return repr(thing)
    if is_dataclass(kind):
        kept = vars(thing).get(_EXACT) if kind in KEEPING else None
        if kept is not None:
            return str(kept)
        shown = f"{kind.__qualname__}({', '.join([f'{name}={exact(getattr(thing, name))}' for name in _names(kind)])})"
        if kind in KEEPING:
            vars(thing)[_EXACT] = shown  # beside the fields, as a cached property is
        return shown
    if kind is tuple or kind is list:
        texts = [exact(one) for one in thing]  # type: ignore[attr-defined]
        opens, closes = "()" if kind is tuple else "[]"
        return f"{opens}{', '.join(texts)}{',' if len(texts) == 1 and kind is tuple else ''}{closes}"
    if kind is dict:
        return f"{{{', '.join([f'{exact(key)}: {exact(value)}' for key, value in thing.items()])}}}"  # type: ignore[attr-defined]
    return repr(thing)


#: What most parts are.
_PLAIN = frozenset({str, float, int, bool, type(None)})
#: Frozen classes that keep what they wrote: rows that many sets share.
KEEPING: set[type] = set()
_EXACT = "_exact"


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.repr)


def _exact(thing: object) -> Iterator[str]:
    """Write it part by part, so that who wants only its beginning need not have all of it."""
    if is_dataclass(thing) and not isinstance(thing, type):
        yield f"{type(thing).__qualname__}("
        for i, field in enumerate(field for field in fields(thing) if field.repr):
            yield f"{', ' if i else ''}{field.name}="
            yield from _exact(getattr(thing, field.name))
        yield ")"
    elif type(thing) in (tuple, list):
        opens, closes = "()" if isinstance(thing, tuple) else "[]"
        yield opens
        for i, one in enumerate(thing):  # type: ignore[var-annotated, arg-type]
            yield ", " if i else ""
            yield from _exact(one)
        yield ("," if len(thing) == 1 and opens == "(" else "") + closes  # type: ignore[arg-type]
    elif type(thing) is dict:
        yield "{"
        for i, (key, value) in enumerate(thing.items()):
            yield f"{', ' if i else ''}"
            yield from _exact(key)
            yield ": "
            yield from _exact(value)
        yield "}"
    else:
        yield repr(thing)


def _short(thing: object) -> str | None:
    """Write it in full, or None where that is long."""
    text, size = [], 0
    for part in _exact(thing):
        text.append(part)
        size += len(part)
        if size > FULL or "\n" in part or "array(" in part:
            return None
    return "".join(text)


def parts(thing: Any, most: int = LINE) -> list[tuple[str, str]]:
    """Give what an object shows of itself: a label and a line each.

    Parameters
    ----------
    thing : object
        An object; its ``_screen()`` says what it shows, or else its fields do.
    most : int
        Letters of a line.

    Returns
    -------
    list of tuple of str
        Labels and lines.
    """
    if hasattr(thing, "_screen"):
        return [(label, _cut(text, most)) for label, text in thing._screen()]
    names = [field.name for field in fields(thing) if field.repr] if is_dataclass(thing) else []
    return [(name, _cut(brief(getattr(thing, name)), most)) for name in names]


def brief(value: object) -> str:
    """Write a value in one line: an array by its shape and ends, many things by how many they are.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> import numpy as np
    >>> brief(np.zeros((2, 3))), brief(tuple(range(9))), brief("x")
    ('array (2, 3), 0 to 0', '9: 0, 1, 2, 3, …', "'x'")
    """
    if isinstance(value, np.ndarray):
        ends = f", {value.min():.6g} to {value.max():.6g}" if value.size and value.dtype.kind in "fiu" else ""
        return f"array {value.shape}{ends}"
    if isinstance(value, tuple | list | frozenset | set | dict):
        things = list(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return f"{type(value).__name__} of {', '.join(value._fields)}"
        if not things:
            return "none"
        named = ", ".join(_named(one) for one in things[:NAMED])
        return f"{len(things):,}: {named}{', …' if len(things) > NAMED else ''}" if len(things) > 1 else named
    return _named(value)


def _named(thing: object) -> str:
    """Name a thing: plain data in full, an object by its class and name."""
    if isinstance(thing, str | int | float | bool | range) or thing is None:
        return repr(thing)
    if isinstance(thing, np.ndarray):
        return brief(thing)
    name = getattr(thing, "name", None) or getattr(thing, "quantity", None)
    return f"{type(thing).__name__}{f' {name!r}' if isinstance(name, str) else ''}"


def _cut(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def figures(value: float | None) -> str:
    """Write a number in a line of words: whole from 1,000 on, else to three figures.

    Parameters
    ----------
    value : float or None
        A number, or nothing.

    Returns
    -------
    str
        For people.

    Examples
    --------
    >>> figures(1e9), figures(-0.210883), figures(None)
    ('1,000,000,000', '-0.211', 'none')
    """
    if value is None:
        return "none"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def text_of(thing: Any) -> str:
    """Show an object as text: in full where that is short, else in one screen.

    Parameters
    ----------
    thing : object
        An object.

    Returns
    -------
    str
        At most some thousand letters.
    """
    full = None if hasattr(thing, "_screen") else _short(thing)
    if full is not None:
        return full
    lines, size = [type(thing).__name__], 0
    rows = parts(thing)
    width = max((len(label) for label, _ in rows), default=0)
    for i, (label, line) in enumerate(rows):
        written = f"  {label:<{width}}  {line}"
        size += len(written)
        if size > SCREEN:
            lines.append(f"  … and {len(rows) - i} more")
            break
        lines.append(written)
    return "\n".join(lines)


def html_of(thing: Any) -> str:
    """Show an object as a small HTML table, as in a notebook.

    Parameters
    ----------
    thing : object
        An object.

    Returns
    -------
    str
        Markup.
    """
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(label)}</th><td style="text-align:left">{escape(line)}</td></tr>'
        for label, line in parts(thing, CELL)
    )
    return f"<table><caption>{escape(type(thing).__name__)}</caption>{rows}</table>"


C = TypeVar("C")


def self_showing(cls: type[C]) -> type[C]:
    """Let the objects of a class show themselves; what a class says of itself stays.

    Parameters
    ----------
    cls : type
        A dataclass, or a class with ``_screen()``.

    Returns
    -------
    type
        The same class.
    """
    if is_dataclass(cls) or hasattr(cls, "_screen"):
        if not _own(cls, "__repr__"):
            cls.__repr__ = text_of  # type: ignore[method-assign]
        if not _own(cls, "_repr_html_"):
            cls._repr_html_ = html_of  # type: ignore[attr-defined]
    return cls


def _own(cls: type, name: str) -> bool:
    """Say whether a class wrote a method itself; what a dataclass made is not its own."""
    method = vars(cls).get(name)
    return method is not None and not hasattr(method, "__wrapped__")
