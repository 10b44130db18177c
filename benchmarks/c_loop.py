"""How near is the engine to a loop in C of the same method? A scratch build, when there is a compiler.

``loop.c`` projects a stream whose rates are the same in all years, a draw at a time. It is compiled into a temporary
folder, called by ctypes, and held against the engine's result before it is timed. It is no part of the package.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import carecost as cc
from carecost.engine.age_cohorts import age_cuts
from carecost.engine.kernels import Kernels, birthday_map
from carecost.maths import birthday_flow, expm

Array = NDArray[Any]

SOURCE = Path(__file__).with_name("loop.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")


class _Band(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("first", "last", "begin", "states", "same")] + [
        (name, ctypes.c_void_p) for name in ("rates", "passes")
    ]


def compiled(folder: Path) -> ctypes.CDLL | None:
    """Compile the loop into a folder; None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    library = folder / "loop.so"
    subprocess.run([gcc, *FLAGS, "-o", str(library), str(SOURCE), "-lm"], check=True)
    return ctypes.CDLL(str(library))


class Loop:
    """A stream made ready for the loop.

    Parameters
    ----------
    library : CDLL
        The compiled loop.
    p : Parameters
        A stream with a stock, rates and entries in every draw, rates the same in all years.
    """

    def __init__(self, library: ctypes.CDLL, p: cc.Parameters) -> None:
        grid, kernels = p.grid, Kernels()
        bands, order = kernels.bands(p, age_cuts(grid)), grid.windows.order
        if not all((band.sets == band.sets[0]).all() for band in bands):
            raise ValueError("rates change over the years: the loop is for those that do not")
        draws, years, ages, states = p.n_draws, len(grid.years), len(grid.ages), len(order)
        whole = (draws, years, ages, states)
        entries = np.broadcast_to(p.entries(), whole)
        born = np.array(entries * np.asarray(p.entry_at_birthday)[..., None])
        even = np.array(entries - born + sum(np.asarray(a) for a in p.extra_entries.values()))
        start = np.broadcast_to(np.asarray(p.initial_stock), (draws, ages, states))
        self._arrays = [np.ascontiguousarray(a[..., order]) for a in (start, even, born)]
        anybody = start.any((0, 2)) | even.any((0, 1, 3)) | born.any((0, 1, 3))
        self._kept: list[Array] = []
        made = []
        for band, following in zip(bands, [*bands[1:], None], strict=True):
            at, rates = grid.windows.at[band.ages.start], kernels.of(int(band.sets[0])).rates
            passes = birthday_map(grid, band.ages.stop - 1).passes
            outflow = -np.einsum("dii->di", rates)
            if outflow.max(initial=0.0) > birthday_flow.WHOLE:
                raise ValueError(f"an outflow is above {birthday_flow.WHOLE:g} a year: the loop is for slower ones")
            same = following is not None and band.sets[0] == following.sets[0]
            same = same and np.array_equal(passes, np.eye(len(passes)))
            of_draws = np.ascontiguousarray(np.broadcast_to(rates, (draws, *rates.shape[1:])))
            self._kept += [of_draws, passes := np.ascontiguousarray(passes)]
            ends = int(band.ages.start), int(band.ages.stop), int(at.start), len(rates[0]), int(same)
            made.append(_Band(*ends, of_draws.ctypes.data, passes.ctypes.data))
        self._bands = (_Band * len(made))(*made)
        terms = int(expm._coefficients(birthday_flow.ORDER).size)
        self._numbers = draws, years, ages, states, len(made), self._bands, int(anybody.argmax()), terms
        self._back, self._shape, self._call = np.argsort(order), (draws, years, states), library.project

    def project(self) -> tuple[Array, Array]:
        """Stock at the end of each year, and time lived, over all ages: (draw, year, placement)."""
        out = np.zeros((2, *self._shape))
        self._call(*self._numbers, *(ctypes.c_void_p(a.ctypes.data) for a in (*self._arrays, *out)))
        stock, time = out[..., self._back]
        return stock, time
