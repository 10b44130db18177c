"""Dependence between quantities: correlation groups and tables of joint draws."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from carecost._guard import Refused, guarded, labels, number, numeric, opened, several_of, take, text, texts
from carecost.errors import InputError, Problem, refuse

#: Rounding of a correlation.
_CLOSE = 1e-9


@opened
@dataclass(frozen=True)
class Loading:
    """Loading of a quantity on the common factor of a group: a one-factor Gaussian copula.

    Parameters
    ----------
    group : str
        Name of the group.
    quantity : str
        Name under which the quantity is drawn.
    loading : float
        Its correlation with the common factor; 1 follows it fully, below zero the other way. Two quantities of a group
        have the product of their loadings as correlation, in normal scores.
    source, quality, note : str
        Whose word, how good (A to E), what to know.

    Raises
    ------
    InputError
        If the loading is zero, or not between -1 and 1.

    See Also
    --------
    CorrelationMatrix : A group with any correlations.

    Examples
    --------
    >>> pay = [Loading("pay", "unit_cost: items=home", 0.8), Loading("pay", "unit_cost: items=foster", 0.5)]
    >>> pay[0].loading * pay[1].loading  # the correlation of the two
    0.4
    """

    group: str
    quantity: str
    loading: float
    source: str = ""
    quality: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        take(self, loading=number(), **texts("group", "quantity", "source", "quality", "note"))
        if not 0.0 < abs(self.loading) <= 1.0:
            remedy = "Give a number from -1 to 1 that is not zero; 1 moves with the group fully"
            raise InputError(Problem(f"loading is {self.loading:g}", self.quantity, remedy))


@opened
@dataclass(frozen=True)
class CorrelationMatrix:
    """Correlation matrix of a group of quantities: a Gaussian copula.

    Parameters
    ----------
    name : str
        Name of the group.
    quantities : tuple of str
        Names under which they are drawn, in the order of rows and columns.
    rows : tuple of tuple of float
        Correlations of their normal scores.

    Raises
    ------
    InputError
        If it is not square, symmetric, one on its diagonal and positive definite.

    See Also
    --------
    Loading : Correlation through one common factor.
    JointDraws : Any other dependence.

    Examples
    --------
    >>> CorrelationMatrix("pay", ("home", "foster"), ((1.0, 0.4), (0.4, 1.0))).rows[0]
    (1.0, 0.4)
    """

    name: str
    quantities: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        _keep_rows(self)
        where = f"correlations of {self.name!r}"
        n = len(self.quantities)
        if [len(row) for row in self.rows] != [n] * n:
            shape = f"{n} columns and {len(self.rows)} rows"
            raise InputError(Problem(f"has {shape}", where, "Give one row for each column, in the same order"))
        given = np.array(self.rows).reshape(n, n)  # (quantity, quantity)
        if not n or not np.isfinite(given).all():
            what = "has numbers that are not finite" if n else "has no quantities"
            raise InputError(Problem(what, where, "Give one correlation for each pair"))
        uneven = np.argwhere(np.abs(given - given.T) > _CLOSE)
        if len(uneven):
            i, j = uneven[0]
            what = (
                f"{self.quantities[i]!r} with {self.quantities[j]!r} is {given[i, j]:g}, the other way {given[j, i]:g}"
            )
            raise InputError(Problem(what, where, "Give the same number both ways"))
        wrong = np.flatnonzero(np.abs(np.diag(given) - 1.0) > _CLOSE)
        if len(wrong):
            what = f"{self.quantities[wrong[0]]!r} with itself is {given[wrong[0], wrong[0]]:g}"
            raise InputError(Problem(what, where, "The diagonal is 1"))
        # Draws are made by its Cholesky factor, which only a positive definite matrix has.
        least = float(np.linalg.eigvalsh(given).min())
        if least < _CLOSE:
            remedy = "Bring the correlations nearer to zero; for full correlation use loadings of 1 in correlations.csv"
            raise InputError(
                Problem(f"is not positive definite: its smallest eigenvalue is {least:.3g}", where, remedy)
            )

    @guarded(names=labels)
    def only(self, names: Collection[str]) -> CorrelationMatrix:
        """Keep some of the quantities, with their correlations.

        Parameters
        ----------
        names : collection of str
            Quantities that are kept; those that are not in the group are passed over.

        Returns
        -------
        CorrelationMatrix
            A smaller group, in the same order.

        See Also
        --------
        Ties.without : Leave quantities out of all ties.

        Examples
        --------
        >>> pay = CorrelationMatrix("pay", ("home", "foster"), ((1.0, 0.4), (0.4, 1.0)))
        >>> pay.only(["foster"]).rows
        ((1.0,),)
        """
        kept = [i for i, name in enumerate(self.quantities) if name in names]
        rows = tuple(tuple(self.rows[i][j] for j in kept) for i in kept)
        return replace(self, quantities=tuple(self.quantities[i] for i in kept), rows=rows)


@opened
@dataclass(frozen=True)
class JointDraws:
    """Table of equally likely joint draws of several quantities, such as a posterior sample.

    Parameters
    ----------
    name : str
        Name of the table.
    quantities : tuple of str
        Names under which they are drawn; one a column.
    rows : tuple of tuple of float
        The draws, each in the unit of its quantity.

    Raises
    ------
    InputError
        If a row is of another length, a number is not finite, or there are fewer than two rows.

    See Also
    --------
    CorrelationMatrix : Dependence by correlations alone.

    Examples
    --------
    >>> JointDraws("fitted", ("level", "trend"), ((1.0, 0.1), (1.2, 0.0))).quantities
    ('level', 'trend')
    """

    name: str
    quantities: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        _keep_rows(self)
        where = f"joint draws {self.name!r}"
        problems = [
            Problem(f"row {i} has {len(row)} numbers for {len(self.quantities)} quantities", where, "Give one for each")
            for i, row in enumerate(self.rows, start=1)
            if len(row) != len(self.quantities)
        ]
        if len(self.rows) < 2:
            problems.append(Problem(f"has {len(self.rows)} rows", where, "Give two or more; one value is no draw"))
        if not all(np.isfinite(x) for row in self.rows for x in row):
            problems.append(Problem("has numbers that are not finite", where, "Give numbers"))
        refuse(problems)

    @guarded(names=labels)
    def only(self, names: Collection[str]) -> JointDraws:
        """Keep some of the quantities; their draws stay the same.

        Parameters
        ----------
        names : collection of str
            Quantities that are kept; those that are not in the table are passed over.

        Returns
        -------
        JointDraws
            A table of fewer columns, in the same order.

        See Also
        --------
        Ties.without : Leave quantities out of all ties.

        Examples
        --------
        >>> JointDraws("fitted", ("level", "trend"), ((1.0, 0.1), (1.2, 0.0))).only(["trend"]).rows
        ((0.1,), (0.0,))
        """
        kept = [i for i, name in enumerate(self.quantities) if name in names]
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        return replace(self, quantities=tuple(self.quantities[i] for i in kept), rows=rows)


@opened
@dataclass(frozen=True)
class Ties:
    """Dependence between the quantities of a set: loadings, correlation matrices, joint draws.

    Parameters
    ----------
    loadings : tuple of Loading
        Quantities that follow a common factor.
    matrices : tuple of CorrelationMatrix
        Groups with a correlation matrix.
    joints : tuple of JointDraws
        Tables of joint draws.

    See Also
    --------
    Assumptions : Has them as its ties.

    Examples
    --------
    >>> ties = Ties((Loading("pay", "home", 0.8), Loading("pay", "foster", 0.5)))
    >>> ties.groups
    {'pay': ('home', 'foster')}
    """

    loadings: tuple[Loading, ...] = ()
    matrices: tuple[CorrelationMatrix, ...] = ()
    joints: tuple[JointDraws, ...] = ()

    def __post_init__(self) -> None:
        take(
            self,
            loadings=several_of(Loading, words="Give loadings: carecost.Loading"),
            matrices=several_of(CorrelationMatrix, words="Give matrices: carecost.CorrelationMatrix"),
            joints=several_of(JointDraws, words="Give joint draws: carecost.JointDraws"),
        )
        # Their order means nothing; that of their names makes equal ties equal, as they are read from files.
        for name in ("matrices", "joints"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=lambda table: table.name)))

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Quantities of each group, by its name."""
        named: dict[str, tuple[str, ...]] = {}
        for row in self.loadings:
            named[row.group] = (*named.get(row.group, ()), row.quantity)
        return named | {m.name: m.quantities for m in self.matrices}

    @cached_property
    def loading(self) -> dict[str, Loading]:
        """Loading of each quantity that has one."""
        return {row.quantity: row for row in self.loadings}

    @cached_property
    def matrix(self) -> dict[str, CorrelationMatrix]:
        """Matrix of each quantity that is in one."""
        return {name: m for m in self.matrices for name in m.quantities}

    @cached_property
    def joint(self) -> dict[str, JointDraws]:
        """Table of each quantity that has joint draws."""
        return {name: table for table in self.joints for name in table.quantities}

    @guarded(names=labels)
    def without(self, names: Collection[str]) -> Ties:
        """Leave some quantities out; a group that is left with one goes, and a table that is left with none.

        Parameters
        ----------
        names : collection of str
            Quantities that are left out.

        Returns
        -------
        Ties
            What is left; the same object where nothing is left out.

        See Also
        --------
        CorrelationMatrix.only : Keep some of a group.

        Examples
        --------
        >>> Ties((Loading("pay", "home", 0.8), Loading("pay", "foster", 0.5))).without(["home"]).loadings
        ()
        """
        if not names:
            return self
        members_left = {group: len(set(members) - set(names)) for group, members in self.groups.items()}
        # What is alone in its group is tied to nothing.
        rows = tuple(row for row in self.loadings if row.quantity not in names and members_left[row.group] > 1)
        matrices = tuple(m.only(set(m.quantities) - set(names)) for m in self.matrices if members_left[m.name] > 1)
        joints = (t.only(set(t.quantities) - set(names)) for t in self.joints)
        return Ties(rows, matrices, tuple(t for t in joints if t.quantities))


def _rows(value: Any) -> tuple[tuple[float, ...], ...]:
    """Take rows of numbers, of whatever lengths (a rule of the guard)."""
    remedy = "Give rows of numbers, such as [[1, 0.4], [0.4, 1]]"
    if isinstance(value, str | bytes | dict | type) or not hasattr(value, "__iter__"):
        raise Refused("", remedy)
    rows = [numeric(row, remedy) for row in (value.to_numpy() if hasattr(value, "to_numpy") else value)]
    if any(row.ndim != 1 for row in rows):
        raise Refused("", remedy)
    return tuple(tuple(row.tolist()) for row in rows)


def _keep_rows(table: CorrelationMatrix | JointDraws) -> None:
    """Freeze the rows of a table, and check that its name can be that of a file."""
    take(table, name=text, quantities=labels, rows=_rows)
    if not table.name or set(table.name) & set("/\\"):
        raise InputError(Problem(f"name is {table.name!r}", "ties", "Give one that can be the name of a file"))
