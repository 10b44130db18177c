"""Aliases of array types."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Floats.
Array = NDArray[np.float64]


#: Booleans.
Mask = NDArray[np.bool_]


#: Indices and counts.
Indices = NDArray[np.intp]
