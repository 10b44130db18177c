"""How do I run carecost without knowing Python? One file, nothing to install first.

python3 go.py run                     compare reform with inaction (carecost compare)
python3 go.py run describe NAME ...   any other carecost command
python3 go.py test [PYTEST ARGS]      run the tests
python3 go.py check                   run every check of style, types and layers
python3 go.py docs                    build the documentation

The first run makes the folder .venv beside this file and installs carecost there: about a minute, online.
Later runs start at once and work offline. If anything looks broken: delete .venv and run again.
"""

# Parses on any Python from 3.6, so that an old one gets a clear sentence and not a syntax error.
import contextlib
import errno
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

EXTRAS = {"run": (), "test": ("dev",), "check": ("dev",), "docs": ("docs",)}
CHECKS = "ruff check .|ruff format --check .|mypy|lint-imports|codespell|validate-pyproject pyproject.toml"
CHECKS += "|pytest -q tests/project/test_docstrings.py"  # numpydoc's own validation
REASONS = {
    "place": "This folder has moved",
    "python": "Another version of Python is used than last time",
    "project": "pyproject.toml has changed",
    "script": "go.py has changed",
}

# Run by .venv's own Python. Looks for carecost and for the files its packages cannot do without (a virus
# scanner may take one away), but imports nothing: a mistake in carecost's source is no reason to reinstall.
PROBE = r"""
import importlib.metadata as metadata, importlib.util, os, re, sys
ok = importlib.util.find_spec("carecost") is not None
for need in metadata.requires("carecost") or []:
    extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", need)
    if extra is None or extra[1] in sys.argv[1:]:
        package = metadata.distribution(re.match(r"[\w.-]+", need)[0])
        for line in (package.read_text("RECORD") or "").splitlines():
            name = line.rsplit(",", 2)[0].strip('"')
            if name.endswith(("__init__.py", ".so", ".pyd")):
                ok = ok and os.path.exists(package.locate_file(name))
sys.exit(not ok)
"""

OLD_PYTHON = "carecost needs Python 3.11 or newer; this is {}.{}. {} python{} go.py run"
NO_VENV = """This Python cannot make a .venv: its module ensurepip is missing. On Debian or Ubuntu:
sudo apt install python3-venv   (or python{}.{}-venv); then run the same command again."""
NO_INSTALL = """carecost could not be installed; the last lines of {}:

{}

Most often the internet connection or a proxy is the reason, or a full disk. Check that this machine is
online (behind a proxy: set HTTPS_PROXY), then run the same command again."""
NO_WRITING = """{} cannot be written to or deleted.
Copy the whole folder to one of your own (your home folder, say) and run go.py there."""
OTHER = "go.py stopped: {}. Delete the folder .venv and run the same command again."


class Trouble(Exception):
    """Something that the user is told in plain words, without a traceback."""


def say(text: str, end: str = "\n") -> None:
    """Print to stderr: stdout belongs to the program, so that its output can be redirected."""
    print(text, end=end, file=sys.stderr, flush=True)


def check_python(version: tuple = sys.version_info, which=shutil.which) -> None:
    """Stop with the remedy when Python is too old."""
    if tuple(version[:2]) < (3, 11):
        newer = [name for name in ("3.14", "3.13", "3.12", "3.11") if which("python" + name)]
        remedy = "This machine has a newer one:" if newer else "Install one from python.org, then run:"
        raise Trouble(OLD_PYTHON.format(version[0], version[1], remedy, (newer or ["3.11"])[0]))


def venv_program(place: Path, name: str, windows: bool = os.name == "nt") -> Path:
    """Where .venv keeps a program: Windows has other folders and endings."""
    return place / "Scripts" / (name + ".exe") if windows else place / "bin" / name


def stamp_now(root: Path) -> dict:
    """What a .venv made now would be made from. A changed lint setting is no reason to install again."""
    import tomllib  # late, as old Pythons have none

    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except ValueError as error:
        raise Trouble(f"pyproject.toml cannot be read: {error}") from None
    parts = [project.get("build-system"), project.get("project"), project.get("tool", {}).get("hatch")]
    return {
        "place": str(root / ".venv"),
        "python": sys.implementation.cache_tag,
        "project": hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest(),
        "script": hashlib.sha256((root / "go.py").read_bytes()).hexdigest(),
    }


def write_stamp(root: Path, extras: list) -> None:
    """Say what .venv was made from: last of all, in one move, so that an unfinished .venv has no stamp."""
    new = root / ".venv" / "go.stamp.new"
    new.write_text(json.dumps(dict(stamp_now(root), extras=extras)), encoding="utf-8")
    os.replace(str(new), str(root / ".venv" / "go.stamp"))


def state(root: Path) -> tuple:
    """Why .venv must be made (empty: it is good), and the extras that it has."""
    if not (root / ".venv").exists():
        return "First run here", []
    try:
        old, now = json.loads((root / ".venv" / "go.stamp").read_text(encoding="utf-8")), stamp_now(root)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return "The last set-up was not finished", []
    for part, reason in REASONS.items():
        if old.get(part) != now[part]:
            return reason, []
    return ("", old["extras"]) if healthy(root, old["extras"]) else ("The folder .venv is damaged", [])


def healthy(root: Path, extras: list) -> bool:
    """Whether .venv has a Python that starts and finds carecost and its packages."""
    command = [str(venv_program(root / ".venv", "python")), "-I", "-c", PROBE, *extras]
    try:
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def try_lock(handle) -> bool:
    """Take the lock if it is free. The system frees it when its holder ends, however that happens."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)  # a drive without locks: go on without
    return True


@contextlib.contextmanager
def lock(root: Path):
    """Wait until no other go.py is setting up here. The file is beside .venv, as .venv may be deleted."""
    with (root / ".venv.lock").open("a") as handle:
        if not try_lock(handle):
            say("Another go.py is setting up carecost here; waiting for it to finish.")
            while not try_lock(handle):
                time.sleep(0.2)
        yield


def install_plans(root: Path, extras: list, which=shutil.which, find=importlib.util.find_spec) -> list:
    """Two ways to try, each a list of commands. uv is faster; pip may know a mirror that uv does not."""
    python = str(venv_program(root / ".venv", "python"))
    # Made from the Python below any .venv that is active now, which may be the one to be deleted.
    venv = [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(root / ".venv")]
    what = ["-e", ".[" + ",".join(extras) + "]" if extras else "."]
    plans = []
    if which("uv"):
        plans.append([[*venv, "--without-pip"], [which("uv"), "pip", "install", "--python", python, *what]])
    if find("ensurepip"):
        pip = [python, "-m", "pip", "install", "--progress-bar", "off", "--prefer-binary"]
        plans.append([venv, [*pip, *what]])
    if not plans:
        raise Trouble(NO_VENV.format(*sys.version_info[:2]))
    return (plans * 2)[:2]


def follow(words: list, root: Path, log) -> bool:
    """Run one installer into the log, with a dot every few seconds; whether it worked."""
    print("\n$", *words, file=log, flush=True)
    # Keep the user's settings (proxy, mirror), less what would put packages anywhere but into .venv.
    astray = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in astray}
    env.update(PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    env.setdefault("PIP_RETRIES", "2")  # pip's own five, for each package, are minutes of silence offline
    with subprocess.Popen(words, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as job:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return job.wait(timeout=3) == 0
                say(".", end="")
        except BaseException:
            job.kill()
            job.wait()  # before the lock is freed, so that two installers never write at once
            raise


def clear(place: Path) -> None:
    """Delete .venv, if it is ours: each one that go.py made has a log from its first moment."""
    config = place / "pyvenv.cfg"
    if config.exists():
        if not (place / "go.log").exists():
            raise Trouble(f"{place} was not made by go.py. Rename or delete it, then run again.")
        config.unlink()  # first, so that what an interrupted deletion leaves is still known as ours
    if place.exists():
        shutil.rmtree(str(place))
    place.mkdir()


def set_up(root: Path, extras: tuple, plans=install_plans) -> None:
    """Make .venv good for these extras; writes nothing and asks no network when it is good already."""
    why, have = state(root)
    if not why and set(extras) <= set(have):
        return
    with lock(root):
        why, have = state(root)  # again: another go.py may have done the work meanwhile
        if not why and set(extras) <= set(have):
            return
        wanted = sorted(set(extras) | set(have))
        tries = plans(root, wanted)  # before anything is deleted: it may find that nothing can be made
        if why:
            clear(root / ".venv")
        # Adding keeps the old stamp until it has worked: what was good before stays good.
        say("{} (once, about a minute) ".format(why + ": making .venv" if why else "Adding to .venv"), end="")
        install(root, wanted, tries)


def install(root: Path, extras: list, tries: list) -> None:
    """Try each plan until one works, then stamp."""
    log, start = root / ".venv" / "go.log", time.monotonic()
    with log.open("a", encoding="utf-8") as handle:
        for after, commands in zip((", trying once more ", ". "), tries):
            if all(follow(command, root, handle) for command in commands):
                write_stamp(root, extras)
                say(f" done in {time.monotonic() - start:.0f} s.")
                return
            say(" that failed" + after, end="")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    tail = ["    " + line for line in lines if line.strip()][-12:]
    raise Trouble("\n" + NO_INSTALL.format(log, "\n".join(tail)))


def run(root: Path, *command: str, last: bool = True) -> int:
    """Run a program of .venv as if .venv were activated; the last one takes the place of this script."""
    program = str(venv_program(root / ".venv", command[0]))
    env = dict(os.environ, VIRTUAL_ENV=str(root / ".venv"))
    env["PATH"] = os.path.dirname(program) + os.pathsep + env.get("PATH", "")
    if last and os.name != "nt":
        os.execve(program, [program, *command[1:]], env)
    return subprocess.call([program, *command[1:]], env=env)


def check(root: Path) -> int:
    """Run every check, also after one has failed: all faults at once."""
    failed = []
    for line in CHECKS.split("|"):
        say("== " + line)
        if run(root, *line.split(), last=False):
            failed.append(line)
    say("Not in order: " + ", ".join(failed) if failed else "Every check is in order.")
    return 1 if failed else 0


def dispatch(root: Path, command: str, args: list) -> int:
    """Do what was asked, now that .venv is good. Only `run` keeps to the folder it was called from."""
    if command == "run":
        return run(root, "carecost", *(args or ["compare"]))
    os.chdir(str(root))
    if command == "test":
        return run(root, "pytest", *(args or ["-n", "2"]))
    if command == "docs":
        return run(root, "sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build", *args)
    return check(root)


def main(argv: list, root: Path, plans=install_plans) -> int:
    """Set up, run, and turn every failure into a sentence and an exit code."""
    try:
        check_python()
        if not argv or argv[0] not in EXTRAS:
            print(__doc__.strip())
            return 0 if argv and argv[0] in ("-h", "--help", "help") else 2
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the installer too
        set_up(root, EXTRAS[argv[0]], plans)
        return dispatch(root, argv[0], argv[1:])
    except Trouble as error:
        say(str(error))
    except OSError as error:
        no_writing = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        say(NO_WRITING.format(error.filename or root) if no_writing else OTHER.format(error))
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
