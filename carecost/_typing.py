"""Aliases of array types, and arrays that cannot be written into."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

#: Floats.
Array = NDArray[np.float64]


#: Default of an array that may be left out; there is one once its object is made.
LEFT_OUT: Any = None


#: Booleans.
Mask = NDArray[np.bool_]


#: Indices and counts.
Indices = NDArray[np.intp]


def unannotated(find: F) -> F:
    """Take from a getter what it says of its type, which checkers read all the same.

    The completion of notebooks (jedi) fails at a property of literals, and then completes nothing of its object.
    """
    find.__annotations__.pop("return", None)
    return find


def read_only(array: Array) -> Array:
    """Give an array back that cannot be written into: what is shared by tables must not change under them."""
    array.flags.writeable = False
    return array


def frozen(array: Array) -> Array:
    """View an array that cannot be written into; the array itself stays as it is."""
    return read_only(array.view())


#: What may hold arrays one by one. A tuple of types: a union is made anew at each check.
_HOLDING = (dict, tuple)


def lock(owner: object) -> None:
    """Make the arrays of an object and of its parts read-only."""
    for value in vars(owner).values():
        _lock(value)


def _lock(value: Any) -> None:
    """Make what an object keeps read-only: an array, or those in a dict, a tuple or a part that has arrays."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, _HOLDING):
        held = value.values() if isinstance(value, dict) else value
        if hasattr(value, "_fields") or _may_hold(next(iter(held), 0)):
            for one in held:
                _lock(one)
    elif isinstance(value, LockedAgain):
        # The arrays of a part, such as capacity, are filled in place until the whole is made.
        lock(value)


def _may_hold(first: Any) -> bool:
    """Say, by the first, whether things of one kind may hold arrays: thousands of rows and labels do not."""
    return first is None or isinstance(first, (np.ndarray, *_HOLDING, LockedAgain))


def views(owner: object) -> None:
    """Put read-only views in place of the arrays of a frozen dataclass: a caller's own arrays stay as they are."""
    for name, value in vars(owner).items():
        if isinstance(value, np.ndarray):
            object.__setattr__(owner, name, frozen(value))


class locked_property(cached_property[T]):
    """A cached property whose arrays are read-only."""

    def __init__(self, find: Callable[[Any], T]) -> None:
        @wraps(find)
        def found(owner: Any) -> T:
            value = find(owner)
            _lock(value)
            return value

        super().__init__(found)


class LockedAgain:
    """Makes the arrays of an object read-only again after a pickle or a deep copy, which forget that they were."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        lock(self)


class ReadOnly(LockedAgain):
    """Makes the arrays of a dataclass read-only once it is made, and again after a pickle or a deep copy."""

    def __post_init__(self) -> None:
        lock(self)
