"""Print the size and the structure of the package, and check both against limits.

    python tools/structure.py [--check] [--root DIR]

Lines count as they are in the files. A function counts from its `def` line to its last line, without decorators;
one inside another counts for itself and as part of the outer one. Layers are those of [tool.importlinter] in
pyproject.toml. Imports under TYPE_CHECKING do not count; imports inside functions do. Needs the standard library only.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import Counter, defaultdict
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PACKAGE = "newsqa"
MAX_FILES = 200
MAX_LINES = 39_450  # of which ingest/ has 7,100: 34,000 was reached before it read exports, mail and archives
MIN_FILE_LINES = 40
MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 60
SHORT_FILES = ("__init__.py", "__main__.py")  # these may be shorter than MIN_FILE_LINES
VAGUE_NAMES = ("utils", "helpers", "common", "misc")


class Definition(NamedTuple):
    """A function or class by its qualified name, with its first line and its length in lines."""

    name: str
    line: int
    length: int
    is_class: bool


class Import(NamedTuple):
    """An import of a module of the package; `deferred` if it is inside a function."""

    line: int
    module: str
    deferred: bool


class Module(NamedTuple):
    """One file. `path` is relative to the folder of the package."""

    name: str
    path: Path
    lines: int
    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]


class Violation(NamedTuple):
    """One broken rule: where, of which kind, and what is wrong."""

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{(Path('src', PACKAGE) / self.path).as_posix()}:{self.line}: {self.kind}: {self.text}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; with `--check`, print the violations too and return 1 if there are any."""
    parser = argparse.ArgumentParser(description="Print the structure of the package and check it against limits.")
    parser.add_argument("--check", action="store_true", help="list what breaks a rule and exit 1 if anything does")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the folder of pyproject.toml")
    options = parser.parse_args(arguments)
    folder, project = options.root / "src" / PACKAGE, options.root / "pyproject.toml"
    if not folder.is_dir() or not project.is_file():
        parser.error(f"{options.root} has no pyproject.toml or no folder src/{PACKAGE}: name another with --root")
    modules = read_package(folder)
    print_figures(modules)
    if not options.check:
        return 0
    contracts = tomllib.loads(project.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    found = [*size_violations(modules), *name_violations(modules), *circles(modules)]
    found += layer_violations(modules, [contract for contract in contracts if contract["type"] == "layers"])
    print("", *found, sep="\n")
    kinds = Counter(violation.kind for violation in found)
    print(", ".join((f"violations: {len(found)}", *(f"{kind}: {count}" for kind, count in kinds.items()))))
    return 1 if found else 0


def read_package(folder: Path) -> list[Module]:
    """Read every Python file below a folder, in the order of their paths. Raises SyntaxError."""
    parts = {path: (PACKAGE, *path.relative_to(folder).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))}
    names = {path: ".".join(name).removesuffix(".__init__") for path, name in parts.items()}
    return [_read_module(path, name, folder, frozenset(names.values())) for path, name in names.items()]


def _read_module(path: Path, name: str, folder: Path, known: frozenset[str]) -> Module:
    source = path.read_text("utf-8")
    tree = ast.parse(source, filename=str(path))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    imports = {
        Import(node.lineno, module, deferred)
        for node, deferred in _import_statements([tree])
        for module in _imported(node, package, known)
    }
    lines = len(source.splitlines())
    return Module(name, path.relative_to(folder), lines, tuple(_definitions(tree)), tuple(sorted(imports)))


def _definitions(node: ast.AST, within: str = "") -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            name, end = within + child.name, child.end_lineno or child.lineno
            yield Definition(name, child.lineno, end - child.lineno + 1, isinstance(child, ast.ClassDef))
            yield from _definitions(child, f"{name}.")
        else:
            yield from _definitions(child, within)


def _import_statements(
    nodes: Iterable[ast.AST], *, deferred: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, deferred
        elif isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING":
            yield from _import_statements(node.orelse, deferred=deferred)
        else:
            inside = deferred or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from _import_statements(ast.iter_child_nodes(node), deferred=inside)


def _imported(node: ast.Import | ast.ImportFrom, package: str, known: frozenset[str]) -> frozenset[str]:
    """Return the modules of the package that a statement imports; a name that is no module counts as its module."""
    if isinstance(node, ast.Import):
        return known.intersection(alias.name for alias in node.names)
    base = resolve_name("." * node.level + (node.module or ""), package)
    names = [f"{base}.{alias.name}" for alias in node.names]
    return known.intersection(name if name in known else base for name in names)


def size_violations(modules: Sequence[Module]) -> Iterator[Violation]:
    """Yield what is too long or too short: the package, its files, its functions."""
    lines = sum(module.lines for module in modules)
    if len(modules) > MAX_FILES:
        yield Violation(Path(), 1, "files", f"{len(modules)} Python files, at most {MAX_FILES}")
    if lines > MAX_LINES:
        yield Violation(Path(), 1, "lines", f"{lines:,} lines, at most {MAX_LINES:,}")
    for module in modules:
        exempt = module.path.name in SHORT_FILES
        if module.lines < MIN_FILE_LINES and not exempt:
            yield Violation(module.path, 1, "short file", f"{module.lines} lines, at least {MIN_FILE_LINES}")
        if module.lines > MAX_FILE_LINES:
            yield Violation(module.path, 1, "long file", f"{module.lines} lines, at most {MAX_FILE_LINES}")
        for one in module.definitions:
            if one.length > MAX_FUNCTION_LINES and not one.is_class:
                text = f"{one.name} has {one.length} lines, at most {MAX_FUNCTION_LINES}"
                yield Violation(module.path, one.line, "long function", text)


def name_violations(modules: Sequence[Module]) -> Iterator[Violation]:
    """Yield vague module names, and module-level classes that share a name."""
    classes = defaultdict(list)
    for module in modules:
        if module.name.rpartition(".")[2] in VAGUE_NAMES:
            yield Violation(module.path, 1, "module name", f"{module.name} does not say what it holds")
        for one in module.definitions:
            if one.is_class and "." not in one.name:
                classes[one.name].append((module.path, one.line))
    for name, ((path, line), *others) in sorted(classes.items()):
        if others:
            places = ", ".join(f"{other.as_posix()}:{at}" for other, at in others)
            yield Violation(path, line, "class name", f"{name} is also defined in {places}")


def circles(modules: Sequence[Module]) -> Iterator[Violation]:
    """Yield import circles: first those of module-level imports, then those that only imports in functions close.

    Each circle is broken at one import before the next is searched for, so circles that share it count once.
    """
    graph: dict[str, list[str]] = {module.name: [] for module in modules}
    paths = {module.name: module.path for module in modules}
    for kind, deferred in (("import circle", False), ("deferred import circle", True)):
        lines = {(m.name, one.module): one.line for m in modules for one in m.imports if one.deferred == deferred}
        for importer, imported in lines:
            graph[importer].append(imported)
        while circle := _circle(graph):
            importer, imported = next(edge for edge in pairwise(circle) if edge in lines)
            yield Violation(paths[importer], lines[importer, imported], kind, " → ".join(circle))
            graph[importer] = [module for module in graph[importer] if module != imported]


def _circle(graph: dict[str, list[str]]) -> list[str] | None:
    """Return modules that each import the next, the first one again at the end; None if there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return None


def layer_violations(modules: Sequence[Module], contracts: Iterable[dict[str, Any]]) -> Iterator[Violation]:
    """Yield imports that do not go down, by import-linter's contracts of the type "layers", and rooms in no layer."""
    for contract, container in ((one, name) for one in contracts for name in one["containers"]):
        rank = {room: n for n, layer in enumerate(contract["layers"]) for room in layer.replace("|", " ").split()}
        inside = [(module, room) for module in modules if (room := _room(module.name, container))]
        for room in sorted({room for _, room in inside} - rank.keys()):
            yield Violation(Path(), 1, "layer", f"{container}.{room} is in no layer")
        for module, room in inside:
            for one in module.imports:
                other = _room(one.module, container)
                if other != room and {other, room} <= rank.keys() and rank[other] <= rank[room]:
                    text = f"{module.name} imports {one.module}, which is in no lower layer"
                    yield Violation(module.path, one.line, "layer", text)


def _room(module: str, container: str) -> str:
    """Return the name of the child of a container that a module belongs to; "" if it is in none."""
    return module.removeprefix(f"{container}.").partition(".")[0] if module.startswith(f"{container}.") else ""


def print_figures(modules: Sequence[Module]) -> None:
    """Print the figures of the package, its functions, its biggest files and its rooms."""
    lengths = sorted(one.length for module in modules for one in module.definitions if not one.is_class) or [0]
    print(f"{len(modules)} files, {sum(module.lines for module in modules):,} lines")
    p90 = lengths[len(lengths) * 9 // 10]
    print(f"{len(lengths):,} functions; lines: median {median(lengths):g}, p90 {p90}, longest {lengths[-1]}")
    print("\nBiggest files")
    for module in sorted(modules, key=lambda one: -one.lines)[:10]:
        print(f"{module.lines:>7,}  {module.path.as_posix()}")
    rooms = defaultdict(list)
    for module in modules:
        rooms[module.path.parts[0] if len(module.path.parts) > 1 else "."].append(module.lines)
    print("\nRooms           files   lines")
    for room, lines in sorted(rooms.items()):
        print(f"{room:<15}{len(lines):>6}{sum(lines):>8,}")


if __name__ == "__main__":
    sys.exit(main())
