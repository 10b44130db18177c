"""Replace files of a folder all at once: the new folder is written beside it, and swapped in whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import uuid
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from carecost.errors import FileError, Problem
from carecost.files.save import made_folder

#: Most other files that are carried over into the new folder: a folder with more is no folder of a run.
MOST_OTHERS = 10_000
#: Ends of the names of the folder being written, and of the one it takes the place of where the two cannot be swapped
#: in one step: ``.name.0123456789ab.new``.
NEW, BEFORE = "new", "before"
#: Swap two names in one step: call and flag of the C library, by platform. The first arguments are two (folder, path).
_AT_FDCWD = {"linux": -100, "darwin": -2}
_SWAP = {"linux": ("renameat2", 2), "darwin": ("renameatx_np", 2)}


def replace_files(
    folder: str | Path, contents: Mapping[str, bytes], drop: Collection[str] = (), last: str = ""
) -> Path:
    """Write files into a folder, and remove some, so that at any time either none of it is done or all.

    A folder of a new name is filled beside the old one with the new contents and with every other file of the old one
    (as a hard link where that can be), then takes its place. A process that is killed leaves the folder as it was or as
    it will be, and perhaps a folder ``.name.….new`` beside it.

    Parameters
    ----------
    folder : str or Path
        Where; made if it is not there. A symbolic link to a folder is followed.
    contents : mapping of str to bytes
        What to write, by path in the folder, with ``/``.
    drop : collection of str
        Files of the folder that go, by path: what is neither here nor in ``contents`` stays.
    last : str
        File of ``contents`` that says what the others are. Where a folder cannot be swapped (it is a mount, or the
        working folder), its files are replaced one by one, and this one goes first and comes back last: a save that is
        cut short there leaves a folder without it, never one that looks whole.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileError
        If it cannot be written, or holds too many other files.
    """
    target = Path(os.path.realpath(folder))
    if target.exists() and not target.is_dir():
        raise FileError(Problem("cannot be made: it is a file", str(folder), "Give a folder that can be written"))
    restore(target)
    others = _others(target, {*contents, *drop})
    beside = made_folder(target.parent)
    new = beside / f".{target.name}.{uuid.uuid4().hex[:12]}.{NEW}"
    try:
        _fill(new, contents, target, others)
        if not target.exists():
            new.rename(target)
            return Path(folder)
        if _is_working_folder(target) or not _swapped(new, target):
            _replace_one_by_one(new, target, contents, drop, last)
    except BaseException as error:
        shutil.rmtree(new, ignore_errors=True)
        if isinstance(error, OSError):
            raise _unwritable(folder, error) from None
        raise
    # What is at the new name now is the old folder.
    try:
        _clear(new, target, {*contents, *drop, *others})
    except OSError as error:
        raise _unwritable(folder, error) from None
    return Path(folder)


def restore(folder: str | Path) -> None:
    """Put a folder back that a killed process had moved aside and not yet replaced (where swapping takes two steps)."""
    try:
        target = Path(os.path.realpath(folder))
        gone = not target.exists() and target.parent.is_dir()
    except (OSError, ValueError):  # no path that a folder can have
        return
    if gone:
        moved = sorted(p for p in target.parent.iterdir() if _is_beside(p, target, BEFORE))
        if moved:
            moved[-1].rename(target)


def files_in(folder: Path) -> Iterator[str]:
    """Name the files and links of a folder, folders below included, by path with ``/``."""
    for where, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        for name in (*names, *links):
            yield (Path(where) / name).relative_to(folder).as_posix()


def is_inside(name: object) -> bool:
    """Say whether a name is a path to a file below a folder, written with ``/``: it never leads out of it."""
    if not isinstance(name, str) or not name.isprintable() or "\\" in name or ":" in name:
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.as_posix() == name and name != "."


def _unwritable(folder: str | Path, error: OSError) -> FileError:
    what = f"cannot be written: {error.strerror or error}"
    return FileError(Problem(what, str(folder), "Give a folder that can be written"))


def _is_beside(path: Path, target: Path, kind: str) -> bool:
    return path.name.startswith(f".{target.name}.") and path.name.endswith(f".{kind}") and path.is_dir()


def _others(target: Path, ours: Collection[str]) -> list[str]:
    """Name the files that stay as they are."""
    others = []
    for name in files_in(target) if target.exists() else ():
        if name not in ours:
            others.append(name)
        if len(others) > MOST_OTHERS:
            what = f"holds more than {MOST_OTHERS:,} other files"
            raise FileError(Problem(what, str(target), "Give a folder of its own"))
    return others


def _fill(new: Path, contents: Mapping[str, bytes], target: Path, others: Collection[str]) -> None:
    new.mkdir()
    if target.exists():
        shutil.copymode(target, new)
        for where, folders, names in os.walk(target):
            if not folders and not names:  # an empty folder is somebody's too
                (new / Path(where).relative_to(target)).mkdir(parents=True, exist_ok=True)
    for name in others:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        _carry(target / name, new / name)
    for name, content in contents.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _carry(old: Path, new: Path) -> None:
    """Give a file a second name in the new folder; a copy where a file system has no hard links."""
    if old.is_symlink():
        new.symlink_to(os.readlink(old))
        return
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)


def _is_working_folder(target: Path) -> bool:
    """Say whether the process works in the folder: swapped, it would be left in one that is gone."""
    here = Path(os.path.realpath(os.curdir))
    return here == target or target in here.parents


def _swapped(new: Path, target: Path) -> bool:
    """Swap two folders, in one step where the system can; False where the folder cannot be renamed."""
    if _swapped_at_once(new, target):
        return True
    before = new.with_suffix(f".{BEFORE}")
    try:
        target.rename(before)
    except OSError:  # a mount, or a folder in use
        return False
    try:
        new.rename(target)
    except OSError:
        before.rename(target)
        return False
    before.rename(new)
    return True


def _swapped_at_once(new: Path, target: Path) -> bool:
    if sys.platform not in _SWAP:
        return False
    call, flag = _SWAP[sys.platform]
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), call)
    except (AttributeError, OSError):
        return False
    here = _AT_FDCWD[sys.platform]
    done = function(here, ctypes.c_char_p(os.fsencode(new)), here, ctypes.c_char_p(os.fsencode(target)), flag)
    return bool(done == 0)


def _replace_one_by_one(new: Path, target: Path, contents: Collection[str], drop: Collection[str], last: str) -> None:
    if last:
        (target / last).unlink(missing_ok=True)
    for name in sorted(contents, key=lambda name: name == last):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if name == last:
            _remove(target, set(drop) - set(contents))
        (new / name).replace(target / name)


def _remove(folder: Path, names: Collection[str]) -> None:
    """Remove files, and the folders that are empty without them."""
    for name in names:
        path = folder / name
        path.unlink(missing_ok=True)
        for parent in list(path.relative_to(folder).parents)[:-1]:
            if (folder / parent).is_dir() and not any((folder / parent).iterdir()):
                (folder / parent).rmdir()


def _clear(old: Path, target: Path, known: Collection[str]) -> None:
    """Remove the old folder; what somebody put there while the new one was written is moved over first."""
    for name in list(files_in(old)):
        if name not in known and not (target / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (old / name).replace(target / name)
    shutil.rmtree(old)
