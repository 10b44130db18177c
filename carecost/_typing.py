"""Aliases of array types, and arrays that cannot be written into."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Floats.
Array = NDArray[np.float64]


#: Booleans.
Mask = NDArray[np.bool_]


#: Indices and counts.
Indices = NDArray[np.intp]


def read_only(array: Array) -> Array:
    """Give an array back that cannot be written into: what is shared by tables must not change under them."""
    array.flags.writeable = False
    return array


def lock(owner: object) -> None:
    """Make the arrays of an object and of its parts read-only."""
    for value in vars(owner).values():
        # The arrays of a part, such as capacity, are filled in place until the whole is made.
        inside = value if isinstance(value, dict) else value.arrays() if hasattr(value, "arrays") else {"": value}
        for array in inside.values():
            if isinstance(array, np.ndarray):
                array.flags.writeable = False


class ReadOnly:
    """Makes the arrays of a dataclass read-only once it is made, and again after a pickle or a deep copy."""

    def __post_init__(self) -> None:
        lock(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        lock(self)
