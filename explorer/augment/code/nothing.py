"""What is said where no step can be read: of a whole text, or of pipelines beside those that can."""

import ast
from collections.abc import Iterable, Iterator, Sequence

from explorer.augment.code.names import FOREIGN
from explorer.augment.code.results import FoundPipeline, Note
from explorer.augment.code.values import brief, written

_OURS = ("A", "albu", "alb", "albumentations")
_BUILDS = ("instantiate", "build_from_cfg", "from_dict")
_SHOWN = 3
_NO_PIPELINE = "No pipeline of albumentations was found: no A.Compose, no list of its transforms."
_NO_STEP = "No step of the pipelines in this code can be read."


def found(trees: Sequence[ast.Module], set_aside: Sequence[Note]) -> str:
    """Why nothing was found in a code, and what to do instead. set_aside: notes on what its pipelines hold."""
    whole = [_NO_STEP if set_aside else _NO_PIPELINE]
    if hint := next(_elsewhere(trees), ""):
        whole.append(hint)
    elif set_aside:
        whole += list(dict.fromkeys(note.text for note in set_aside))[:_SHOWN]
    others = [] if set_aside else _other_libraries(trees)
    if others:
        whole.append(f"It uses {' and '.join(others)}, whose steps are not read.")
    return " ".join(whole)


def beside(empty: Iterable[FoundPipeline]) -> tuple[Note, ...]:
    """One note for all pipelines without a step, which are not offered beside others."""
    empty_ones = [one for one in empty if one.notes]
    if not empty_ones:
        return ()
    names = ", ".join(one.title for one in empty_ones[:_SHOWN])
    more = f" and {len(empty_ones) - _SHOWN} more" if len(empty_ones) > _SHOWN else ""
    return (Note(empty_ones[0].line, "left out", f"Not offered, since no step of it can be read: {names}{more}."),)


def _elsewhere(trees: Iterable[ast.Module]) -> Iterator[str]:
    """Where the steps come from instead, for each place that shows it."""
    for node in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = written(node.func)
        last = name.rpartition(".")[2]
        if name.partition(".")[0] in _OURS and last in ("load", "from_pretrained"):
            yield f"This code loads its pipeline from a file: {brief(written(node))}. Import that file."
        elif last in _BUILDS or (name == "getattr" and node.args and written(node.args[0]) in _OURS):
            yield f"This code builds its pipeline from a configuration: {brief(written(node))}. Import that file."


def _other_libraries(trees: Iterable[ast.Module]) -> list[str]:
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {(alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
             for node in imports for alias in node.names}  # fmt: skip
    return sorted(named & (FOREIGN - {"torch"}))
