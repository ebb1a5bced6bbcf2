"""The source code of functions, classes and constants of this project, with everything of this project that they use.

Modules are read as text and not imported: those of training would import torch.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.export.imports import Import, imported, names

_ROOT = Path(__file__).parents[1]
_WIDTH = 120  # characters in a line
_OURS = "explorer."
_LEFT_OUT = "@override"  # a line that only a type checker needs


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
    """text: as it stands in its module, with the comments right above it. imports: of other libraries, all of it."""

    text: str
    imports: tuple[Import, ...]


def definitions(lifted: Lifted) -> list[Definition]:
    """What is lifted, each after what it needs. Raises KeyError for a name that its module does not have."""
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
    """definitions: name -> its source. ours: name -> the place that it is imported from. imports: all others."""

    definitions: Mapping[str, str]
    ours: Mapping[str, str]
    imports: tuple[Import, ...]


@lru_cache(maxsize=64)
def _module(name: str) -> _Module:
    path = _ROOT.joinpath(*name.split("."))
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines, all_imports = _lines(tree, text), imported(tree)
    ours = {one: f"{one.module}.{one.name}".removeprefix(_OURS) for one in all_imports if one.module.startswith(_OURS)}
    return _Module(
        {defined: _source(node, lines) for node in tree.body for defined in _defined(node)},
        {one.known_as: place for one, place in ours.items()},
        tuple(one for one in all_imports if one not in ours),
    )


def _lines(tree: ast.Module, text: str) -> list[str]:
    """The lines of a module; of docstrings only the first paragraph, for a whole file has to be read in one go."""
    lines = text.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            begin, end = node.body[0].lineno, node.body[0].end_lineno or 0
            empty = next((at for at in range(begin, end) if not lines[at].strip()), end)
            if empty < end and len(lines[empty - 1]) + 3 <= _WIDTH:
                lines[empty - 1] += '"""'
                lines[empty:end] = [_LEFT_OUT] * (end - empty)
    return lines


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _source(node: ast.stmt, lines: list[str]) -> str:
    first = min(one.lineno for one in (node, *getattr(node, "decorator_list", ()))) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(line for line in lines[first : node.end_lineno] if line.strip() != _LEFT_OUT)
