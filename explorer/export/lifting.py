"""The source code of functions, classes and constants of this project, with everything of this project that they use.

It is lifted as plain code: without annotations, and with the first sentence of each docstring. Modules are read as text
and not imported, since those of training would import torch.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from explorer.export.imports import Import, imported, names

_ROOT = Path(__file__).parents[1]
_WIDTH = 120  # characters in a line
_OURS = "explorer."
_LEFT_OUT = "\0"  # in place of a line that is not lifted
_TYPED = re.compile(r"  # type: ignore\S*$")


@dataclass(frozen=True)
class Lifted:
    """Functions, classes or constants by module and name, such as `training.module.batch_seed`, for a chapter."""

    places: tuple[str, ...]


Part = str | Lifted  # of a chapter: glue as text, or source of ours


def lift(*places: str) -> Lifted:
    """The definitions at these places, with all definitions of ours that they use."""
    return Lifted(places)


@dataclass(frozen=True)
class Definition:
    """A definition of a module.

    Attributes:
        text: Its plain code, with the comments right above it.
        imports: All imports of its module from other libraries.
    """

    text: str
    imports: tuple[Import, ...]


def definitions(lifted: Lifted) -> list[Definition]:
    """All definitions that are lifted, each after those that it needs. Raises KeyError for an unknown name."""
    seen: set[str] = set()
    return [definition for place in lifted.places for definition in _needed(place, seen)]


def _needed(place: str, seen: set[str]) -> Iterator[Definition]:
    if place in seen:
        return
    seen.add(place)
    path, _, name = place.rpartition(".")
    module = _module(path)
    if name in module.ours:  # imported from where it is defined
        yield from _needed(module.ours[name], seen)
        return
    text = module.definitions[name]
    for used in sorted(names(text) & (module.ours.keys() | module.definitions.keys())):
        yield from _needed(f"{path}.{used}", seen)
    yield Definition(text, module.imports)


@dataclass(frozen=True)
class _Module:
    """A module as text.

    Attributes:
        definitions: Name -> plain code.
        ours: Name -> the place in this project that it is imported from.
        imports: All imports from other libraries.
    """

    definitions: Mapping[str, str]
    ours: Mapping[str, str]
    imports: tuple[Import, ...]


@lru_cache(maxsize=64)
def _module(name: str) -> _Module:
    path = _ROOT.joinpath(*name.split("."))
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines, all_imports = _plain(tree, text), imported(tree)
    ours = {one: f"{one.module}.{one.name}".removeprefix(_OURS) for one in all_imports if one.module.startswith(_OURS)}
    return _Module(
        {defined: _source(node, lines) for node in tree.body for defined in _defined(node)},
        {one.known_as: place for one, place in ours.items()},
        tuple(one for one in all_imports if one not in ours),
    )


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [one.id for one in names if isinstance(one, ast.Name)]


def _source(node: ast.stmt, lines: list[str]) -> str:
    first = min(one.lineno for one in (node, *getattr(node, "decorator_list", ()))) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    text = "\n".join(line for line in lines[first : node.end_lineno] if line != _LEFT_OUT)
    return re.sub(r"\n{3,}", "\n\n", text)


def _plain(tree: ast.Module, text: str) -> list[str]:
    """The lines of a module as plain code, those that are left out as _LEFT_OUT."""
    lines = [_LEFT_OUT if line.strip() == "@override" else _TYPED.sub("", line) for line in text.splitlines()]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (docstring := ast.get_docstring(node)):
            sentence = re.split(r"(?<=\.)\s", " ".join(docstring.partition("\n\n")[0].split()))[0]
            _replace(lines, node.body[0], f'"""{sentence}"""')
        if isinstance(node, ast.FunctionDef):
            _shorten(lines, node)
        if not _has_fields(node) and isinstance(statements := getattr(node, "body", None), list):
            for statement, following in pairwise([*statements, None]):
                if isinstance(statement, ast.AnnAssign):
                    _untype(lines, statement, following)
    return lines


def _replace(lines: list[str], node: ast.stmt, text: str) -> None:
    indent = " " * node.col_offset
    new = textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
    count = (node.end_lineno or 0) - node.lineno + 1
    lines[node.lineno - 1 : node.end_lineno] = [*new, *[_LEFT_OUT] * (count - len(new))]


def _shorten(lines: list[str], node: ast.FunctionDef) -> None:
    """Write the arguments of a function without types, on one line."""
    for one in ast.walk(node.args):
        if isinstance(one, ast.arg):
            one.annotation = None
    end = node.lineno
    while not re.search(r":(\s+#.*)?$", lines[end - 1]):
        end += 1
    written = ast.unparse(node.args)
    written = written if '"' in written else written.replace("'", '"')
    header = f"{' ' * node.col_offset}def {node.name}({written}):"
    lines[node.lineno - 1 : end] = [header, *[_LEFT_OUT] * (end - node.lineno)]


def _has_fields(node: ast.AST) -> bool:
    """Whether this is a dataclass or a NamedTuple, whose fields need their types."""
    made_by = [*node.decorator_list, *node.bases] if isinstance(node, ast.ClassDef) else []
    return any(ast.unparse(one).startswith(("dataclass", "NamedTuple")) for one in made_by)


def _untype(lines: list[str], node: ast.AnnAssign, following: ast.stmt | None) -> None:
    """Take the type out of an assignment, and join it with a return of its name that follows."""
    first, target = node.lineno - 1, ast.unparse(node.target)
    if node.value is None:
        lines[first] = _LEFT_OUT
        return
    value = lines[first].encode()[node.value.col_offset :].decode()
    start = f"{target} = "
    if isinstance(following, ast.Return) and following.value and ast.unparse(following.value) == target:
        start, lines[following.lineno - 1] = "return ", _LEFT_OUT
    lines[first] = f"{' ' * node.col_offset}{start}{value}"
