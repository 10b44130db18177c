"""Price, volume and mix decomposition of a change in cost, without a remainder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from carecost._guard import Refused, array, guarded, instance, opened, take
from carecost._typing import Array, LockedAgain, views
from carecost.errors import InputError, Problem


@opened
@dataclass(frozen=True, eq=False)
class Parts(LockedAgain):
    """Price, volume and mix parts of a change in cost.

    Parameters
    ----------
    price, volume, mix : ndarray of shape (..., item)
        What each makes of the change of an item [GBP].

    See Also
    --------
    price_volume_mix : Work them out.

    Examples
    --------
    >>> Parts(np.array([7500.0]), np.array([5000.0]), np.array([20000.0])).change
    array([32500.])
    """

    price: Array
    volume: Array
    mix: Array

    def __post_init__(self) -> None:
        take(self, price=array(), volume=array(), mix=array())
        views(self)

    @property
    def change(self) -> Array:
        """Their sum: the change in cost, (..., item) [GBP]."""
        return self.price + self.volume + self.mix


@opened
@dataclass(frozen=True, eq=False)
class Bought(LockedAgain):
    """One side of a comparison: the volume of each item, at which unit cost.

    Parameters
    ----------
    volume : array_like of shape (..., item)
        Units of each item.
    unit_cost : array_like of shape (..., item)
        Price of a unit [GBP per unit]; an item of which nothing is bought needs one too.
    whole : array_like of shape (...)
        The whole whose shares are the mix, such as all weeks in care; items may cover a part of it or all of it.

    See Also
    --------
    price_volume_mix : Compare two sides.

    Examples
    --------
    >>> float(Bought([10.0, 40.0], [5000.0, 700.0], 50.0).whole)
    50.0
    """

    volume: Array
    unit_cost: Array
    whole: Array

    if TYPE_CHECKING:  # what may be given; what is kept is above

        def __init__(self, volume: ArrayLike, unit_cost: ArrayLike, whole: ArrayLike) -> None: ...

    def __post_init__(self) -> None:
        take(self, volume=array("...", "item"), unit_cost=array("...", "item"), whole=array())
        views(self)


#: Rule of one side of a comparison.
A_SIDE = instance(Bought, words="Give volumes and unit costs: carecost.decomposition.Bought")


def _taking_part(value: Any) -> Any:
    """Take True or False, for all items or one by one (a rule of the guard)."""
    try:
        found = np.asarray(value)
    except Exception:  # what is given may fail in any way when asked for its values
        found = np.zeros(0)
    if found.dtype.kind != "b" or found.ndim > 1:
        raise Refused("", "Give True or False, for all items or for each")
    return found


@guarded(before=A_SIDE, after=A_SIDE, mixed=_taking_part)
def price_volume_mix(before: Bought, after: Bought, mixed: ArrayLike = True) -> Parts:
    """Decompose a change in cost into price, volume and mix, item by item, without a remainder.

    With p and v the unit cost and volume of an item, V the whole, and ' what comes after:

    * volume: p v (V' / V - 1), the whole grows and its make-up stays; over all items the growth of the whole times
      the average price before;
    * mix: p (v' - v V' / V), the item's share of the whole changes, at prices before;
    * price: (p' - p) v', at the volume after.

    They sum to p'v' - pv. An item that is no part of the mix has volume p (v' - v) and price alone.

    Parameters
    ----------
    before, after : Bought
        The two sides.
    mixed : array_like of bool, shape (item,)
        Items that are counted in units of the whole and so take part in the mix.

    Returns
    -------
    Parts
        Price, volume and mix of each item. Where the whole was nothing before it has no shares: all is volume.

    See Also
    --------
    spending_history : The yearly change of published spending, so decomposed.

    References
    ----------
    .. [1] Diewert, W. E. (2005). Index number theory using differences rather than ratios. American Journal of
       Economics and Sociology, 64(1), 311-360.

    Examples
    --------
    A home at £5,000 a week and fostering at £700: 10 and 40 weeks, then 15 and 40, and homes cost £5,500.

    >>> before = Bought([10.0, 40.0], [5000.0, 700.0], 50.0)
    >>> parts = price_volume_mix(before, Bought([15.0, 40.0], [5500.0, 700.0], 55.0))
    >>> parts.volume, parts.mix, parts.price
    (array([5000., 2800.]), array([20000., -2800.]), array([7500.,    0.]))
    """
    v, p, whole = _arrays(before)
    v_after, p_after, whole_after = _arrays(after)
    try:
        np.broadcast_shapes(v.shape, p.shape, whole.shape, v_after.shape, p_after.shape, whole_after.shape)
        np.broadcast_shapes(v.shape[-1:], np.shape(mixed))
    except ValueError:
        shapes = ", ".join(str(a.shape) for a in (v, p, whole[..., 0], v_after, p_after, whole_after[..., 0]))
        what = f"volume, unit cost and whole have shapes {shapes}, mixed {np.shape(mixed)}"
        raise InputError(Problem(what, "price_volume_mix()", "Give the same items on the last axis of each")) from None
    # An item has a share of the whole to keep where it takes part in the mix and there was a whole: (..., item).
    has_share = np.broadcast_to(mixed, v.shape[-1:]) & (whole > 0)
    shape = np.broadcast_shapes(whole.shape, whole_after.shape)
    growth = np.divide(whole_after, whole, out=np.ones(shape), where=whole > 0)  # V' / V, (..., 1)
    # The volume had the item kept its share; without one, its own volume after: then all is volume and mix is zero.
    v_kept_share = np.where(has_share, v * growth, v_after)
    return Parts(price=(p_after - p) * v_after, volume=p * (v_kept_share - v), mix=p * (v_after - v_kept_share))


def _arrays(side: Bought) -> tuple[Array, Array, Array]:
    """Volume and unit cost, (..., item), and the whole, (..., 1)."""
    whole = np.asarray(side.whole, dtype=float)[..., None]
    return np.asarray(side.volume, dtype=float), np.asarray(side.unit_cost, dtype=float), whole
