"""Mutants: the package with one small fault each, made from its syntax trees.

A mutant is one node changed (``a + b`` becomes ``a - b``), one statement left out or one condition negated. Text that
no number depends on is left alone: docstrings, annotations, f-strings, what a ``raise`` says, ``__repr__``, imports for
type checkers, ``__all__``.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "maths", "money", "simulation")

ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISON = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,  # codespell:ignore notin
    ast.NotIn: ast.In,  # codespell:ignore notin
}
BOOLEAN = {ast.And: ast.Or, ast.Or: ast.And}
#: Functions that are easily taken for each other.
PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("argmin", "argmax"),
)
NAMES = {name: other for pair in PAIRS for name, other in (pair, pair[::-1])}
#: Functions of two arguments whose order makes no difference, or only to type checkers.
UNORDERED = ("min", "max", "minimum", "maximum", "add", "multiply", "array_equal", "isinstance", "zip", "cast")
#: Statements that may be left out: no name is missing afterwards.
DROPPED = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete, ast.Assert)


@dataclass(frozen=True)
class Mutant:
    """One small fault.

    ``line`` is for readers, ``first`` and ``last`` (lines of the statement) tell which tests come by, ``site`` (number
    of the node, of its change) is for the maker; the other fields find it again when lines have moved. ``at_import``
    says that it runs when the module is imported, being in no body of a function.
    """

    module: str
    function: str
    source: str
    change: str
    line: int
    first: int
    last: int
    at_import: bool
    site: tuple[int, int]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Module, function, line as it is written, and what is changed in it."""
        return self.module, self.function, self.source, self.change


def sources() -> dict[str, Path]:
    """Give the modules that are mutated, and their files."""
    return {
        f"carecost.{room}.{path.stem}" if path.stem != "__init__" else f"carecost.{room}": path
        for room in ROOMS
        for path in sorted((ROOT / "carecost" / room).glob("*.py"))
    }


@cache
def mutants(module: str, text: str) -> tuple[Mutant, ...]:
    """Make all mutants of a module, in the order of its nodes."""
    lines, tree, found = text.splitlines(), ast.parse(text), []
    seen: Counter[tuple[str, str, str]] = Counter()
    for number, (node, around, called, (first, last)) in enumerate(_nodes(tree)):
        line = getattr(node, "lineno", first)
        for way, after in enumerate(_changes(node)):
            if ast.unparse(after) == ast.unparse(node):
                continue  # x[:, :] with its two axes swapped
            name, source, change = ".".join(around), lines[line - 1].strip(), f"{_words(node)} → {_words(after)}"
            seen[name, source, change] += 1
            if (times := seen[name, source, change]) > 1:
                change += f" ({times})"
            found.append(Mutant(module, name, source, change, line, first, last, not called, (number, way)))
    return tuple(found)


def mutated(text: str, mutant: Mutant) -> ast.Module:
    """Give the tree of a module with the fault in it; lines are those of the module."""
    tree = ast.parse(text)
    number, way = mutant.site
    node = next(found[0] for i, found in enumerate(_nodes(tree)) if i == number)
    after = list(_changes(node))[way]
    if hasattr(node, "lineno"):
        ast.copy_location(after, node)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, after)
            elif isinstance(value, list) and any(item is node for item in value):
                setattr(parent, field, [after if item is node else item for item in value])
    return ast.fix_missing_locations(tree)


def sample(number: int, seed: int) -> list[Mutant]:
    """Choose mutants by chance, from each module in proportion to its lines, and at least one of each.

    Each mutant draws a lot from the seed and what it is; those with the lowest are taken. A line that is edited moves
    no other mutant of its module in or out, but for one at the edge.
    """
    texts = {module: path.read_text(encoding="utf-8") for module, path in sources().items()}
    made = {module: found for module, text in texts.items() if (found := mutants(module, text))}
    sizes = {module: len(texts[module].splitlines()) for module in made}
    chosen = []
    for module, count in shares(sizes, {module: len(found) for module, found in made.items()}, number).items():
        chosen += sorted(sorted(made[module], key=lambda m: _lot(m, seed))[:count], key=lambda m: m.site)
    return chosen


def shares(sizes: dict[str, int], most: dict[str, int], number: int) -> dict[str, int]:
    """Share a number out in proportion to sizes, at least 1 and at most so many each, by highest averages."""
    given = {name: min(1, most[name]) for name in sizes}
    while sum(given.values()) < min(number, sum(most.values())):
        open_ = [name for name in sizes if given[name] < most[name]]
        given[max(open_, key=lambda name: sizes[name] / (given[name] + 1))] += 1
    return given


def _lot(mutant: Mutant, seed: int) -> str:
    return hashlib.sha256("\n".join([str(seed), *mutant.key]).encode()).hexdigest()


def _nodes(tree: ast.Module) -> Iterator[tuple[Any, tuple[str, ...], bool, tuple[int, int]]]:
    """Walk over the nodes that may be changed.

    Of each it gives classes and functions around it, whether it is in the body of one, and the lines of its statement.
    """

    def walk(node: Any, around: tuple[str, ...], called: bool, lines: tuple[int, int]) -> Iterator[Any]:
        if _left_alone(node):
            return
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            lines = (node.lineno, max(node.lineno, end))
        yield node, around, called, lines
        if isinstance(node, ast.Raise):
            return
        inside = (*around, node.name) if isinstance(node, ast.FunctionDef | ast.ClassDef) else around
        for field, value in ast.iter_fields(node):
            of_body = called or (isinstance(node, ast.FunctionDef) and field == "body")
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and field not in ("annotation", "returns"):
                    yield from walk(child, inside, of_body, lines)

    yield from walk(tree, (), False, (1, 1))


def _left_alone(node: Any) -> bool:
    """Whether a node is text, or for type checkers only."""
    match node:
        case ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.Call(func=ast.Name(id="Problem")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.FunctionDef(name="__repr__"):
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring, or the dots of an empty body
            return True
        case ast.If(test=test):
            return "TYPE_CHECKING" in ast.unparse(test)
    return False


def _words(node: Any) -> str:
    """Write a node on one line, short."""
    if isinstance(node, ast.If | ast.While):
        node = node.test
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else text[:60] + " … " + text[-27:]


def _changes(node: Any) -> Iterator[Any]:
    """Give what may take the place of a node."""

    def like(**fields: Any) -> Any:
        other = copy.copy(node)
        for field, value in fields.items():
            setattr(other, field, value)
        return other

    yield from _expressions(node, like)
    yield from _statements(node, like)


def _expressions(node: Any, like: Any) -> Iterator[Any]:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(op, ast.MatMult):
                yield like(left=right, right=left)
            elif type(op) in ARITHMETIC and not _spells(node):
                yield like(op=ARITHMETIC[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield operand
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                if type(op) in COMPARISON:
                    yield like(ops=[*ops[:i], COMPARISON[type(op)](), *ops[i + 1 :]])
        case ast.BoolOp(op=op):
            yield like(op=BOOLEAN[type(op)]())
        case ast.IfExp(test=test):
            yield like(test=_negated(test))
        case ast.comprehension(ifs=ifs) if ifs:
            yield like(ifs=[_negated(ifs[0]), *ifs[1:]])
        case ast.Constant(value=bool(value)):
            yield like(value=not value)
        case ast.Constant(value=int(value) | float(value)):
            yield like(value=value + 1)
            yield like(value=value - 1)
        case ast.Slice(lower=lower, upper=upper, step=None) if (lower is None) != (upper is None):
            yield like(lower=upper, upper=lower)
        case ast.Subscript(slice=ast.Tuple(elts=[first, second, *rest]) as index) if not _types(node):
            yield like(slice=ast.Tuple(elts=[second, first, *rest], ctx=index.ctx))
        case ast.Call(func=func, args=args, keywords=keywords):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name in NAMES:
                renamed = copy.copy(func)
                setattr(renamed, "attr" if isinstance(func, ast.Attribute) else "id", NAMES[name])
                yield like(func=renamed)
            plain = len(args) >= 2 and not any(isinstance(a, ast.Starred | ast.JoinedStr) for a in args[:2])
            if plain and name not in UNORDERED:
                yield like(args=[args[1], args[0], *args[2:]])
            for i, keyword in enumerate(keywords):
                if keyword.arg not in (None, "words", "example", "repr"):  # what a refusal says
                    yield like(keywords=[*keywords[:i], *keywords[i + 1 :]])


def _statements(node: Any, like: Any) -> Iterator[Any]:
    match node:
        case ast.If(test=test) | ast.While(test=test):
            yield like(test=_negated(test))
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            yield like(value=_argument(value))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass()
        case _ if isinstance(node, DROPPED):
            yield ast.Pass()


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )


def _argument(value: ast.expr) -> ast.expr:
    """Give the first argument of what is returned, as it came in; None where there is none."""
    if ast.unparse(value).startswith("np.asarray(") and isinstance(value, ast.Call) and not value.keywords:
        value = value.args[0]  # no more than a word to type checkers
    if not isinstance(value, ast.Call):
        return ast.Constant(None)
    inner = value.func.value if isinstance(value.func, ast.Attribute) else None
    if value.args and not (isinstance(inner, ast.Attribute | ast.Call | ast.Subscript)):
        inner = value.args[0]
    return ast.Constant(None) if inner is None or isinstance(inner, ast.Starred) else inner


def _spells(node: ast.BinOp) -> bool:
    """Whether text is put together, or types are joined: ``"a" + b``, ``int | None``."""
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and (side.value is None or isinstance(side.value, str)))
        or getattr(side, "id", "") in ("int", "float", "str", "bool", "Array")
        for side in sides
    )


def _types(node: ast.Subscript) -> bool:
    """Whether a subscript makes a type: ``dict[str, int]``, ``Callable[[int], float]``."""
    return getattr(node.value, "id", "") in ("dict", "tuple", "list", "Callable", "Mapping", "Literal", "Sequence")
