"""Tables and labelled arrays for rooms that see neither pandas nor xarray: imported when one is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from carecost.errors import CareCostError, Problem

if TYPE_CHECKING:
    from pandas import DataFrame as DataFrame


def frame(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> DataFrame:
    """Make a table of rows, with its columns also where there are none.

    Parameters
    ----------
    rows : iterable of mapping
        Values by column.
    columns : sequence of str
        Names, in order.

    Returns
    -------
    DataFrame
        The table.

    Examples
    --------
    >>> frame([], ["name", "value"]).columns.tolist()
    ['name', 'value']
    """
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))


#: Arrays by name, each with the names of its axes and what is said of it, such as its unit.
Arrays = Mapping[str, tuple[Sequence[str], Any, Mapping[str, object]]]


def dataset(
    arrays: Arrays,
    labels: Mapping[str, Sequence[object]],
    about: Mapping[str, object],
    beside: Mapping[str, tuple[str, Sequence[object]]] | None = None,
) -> Any:
    """Make a labelled Dataset of xarray.

    Parameters
    ----------
    arrays : mapping
        By name, the names of the axes, the array, and its attributes.
    labels : mapping of str to sequence
        Labels of axes. An array with one place where an axis has several labels, because all share it, is spread out.
    about : mapping of str to object
        Attributes of the whole.
    beside : mapping, optional
        Further labels of an axis, by name: the axis, and a label for each of its places.

    Returns
    -------
    xarray.Dataset
        Copies of the arrays, every axis at full length.

    Raises
    ------
    CareCostError
        If xarray is not there.
    """
    try:
        xarray = importlib.import_module("xarray")
    except ImportError:
        what = "labelled arrays need xarray"
        raise CareCostError(Problem(what, "to_xarray()", "Install it: pip install 'carecost[xarray]'")) from None
    sizes: dict[str, int] = {}
    for axes, array, _ in arrays.values():
        for axis, length in zip(axes, np.shape(array), strict=True):
            sizes[axis] = max(sizes.get(axis, len(labels.get(axis, ()))), length)
    variables = {
        name: (tuple(axes), np.array(np.broadcast_to(array, [sizes[axis] for axis in axes])), dict(attributes))
        for name, (axes, array, attributes) in arrays.items()
    }
    coords: dict[str, Any] = {axis: list(labels[axis]) if axis in labels else np.arange(sizes[axis]) for axis in sizes}
    coords |= {name: (axis, list(told)) for name, (axis, told) in (beside or {}).items()}
    return xarray.Dataset(variables, coords=coords, attrs=dict(about))
