"""Processes of the command that blocks of draws go through on: fresh ones, which end when the command does."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

#: Draws that a process is worth starting for, and the most processes that every system lets be waited for.
SHARE, MOST = 16, 61
#: The setting by which Python looks for no module in the current folder.
SAFE = "PYTHONSAFEPATH"


def processes(count: int) -> Executor:
    """Start processes that blocks of draws are done on; a thread where the system lets none be started.

    Each is a fresh Python, which loads the package first: about a second.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    Executor
        Processes that run; ends them at once where its block is left by an error, such as Ctrl-C.
    """
    made: Executor | None = None
    try:
        with _safe_path():
            made = _Processes(count, multiprocessing.get_context("spawn"), _begin)
            # One is started for each that is asked for before any has answered: all of them, here.
            began = [made.submit(os.getpid) for _ in range(count)]
        began[0].result()
    except Exception:  # no semaphores, too many open files, no current folder: whatever keeps one from starting
        if made is not None:
            made.shutdown(wait=False, cancel_futures=True)
        return ThreadPoolExecutor(1)
    return made


@contextmanager
def _safe_path() -> Iterator[None]:
    """Let what is started look for no module in the current folder, where a file may have the name of one."""
    before = os.environ.get(SAFE)
    os.environ[SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE]
        else:
            os.environ[SAFE] = before


class _Processes(ProcessPoolExecutor):
    """Processes that are ended where the block of a ``with`` is left by an error, and not waited for."""

    def __exit__(self, kind: Any, *about: Any) -> bool | None:
        if kind is not None:
            for process in list((getattr(self, "_processes", None) or {}).values()):
                process.terminate()
        return super().__exit__(kind, *about)


def _begin() -> None:
    """Leave Ctrl-C to the command, and end when it has ended, however that happens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    wait([parent.sentinel])
    os._exit(1)
