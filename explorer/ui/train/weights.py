"""Files of weights that a page may offer: in the folders that pages may read, and in the store of this home."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from explorer.base.names import existing, expanded, there
from explorer.data.dataset import DatasetError
from explorer.data.finding import MAX_DEPTH, MAX_VISITED
from explorer.data.roots import allowed_roots, resolve_inside
from explorer.runs.machine.machine import weights_folder

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".tar")
_SAVED_BY_TORCH = (b"PK", b"\x80")  # how a zip and a pickle begin; most files named .tar are other archives
MAX_FOUND = 200


def weights_roots() -> tuple[Path, ...]:
    """The folders that weights are looked for in; they need not exist."""
    return (weights_folder().resolve(), *allowed_roots())


def weights_files() -> tuple[Path, ...]:
    """Files that may be weights, sorted by folder and name, at most MAX_FOUND; the search is bounded."""
    found = (file for root in weights_roots() for file in _search(root))
    return tuple(sorted(set(islice(found, MAX_FOUND))))


def _search(root: Path) -> Iterator[Path]:
    """Files below a folder; folders that may not be read hold nothing to offer."""
    for place, folders, names in islice(os.walk(root), MAX_VISITED):
        folder = Path(place)
        deep = len(folder.relative_to(root).parts) >= MAX_DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))
        for file in (folder / name for name in sorted(names) if not name.startswith(".")):
            if file.name.lower().endswith(SUFFIXES) and not file.is_symlink() and _may_be_weights(file):
                yield file


def _may_be_weights(file: Path) -> bool:
    if file.suffix.lower() != ".tar":
        return True
    try:
        with file.open("rb") as content:
            return content.read(2).startswith(_SAVED_BY_TORCH)
    except OSError:
        return False


def weights_inside(path: str) -> Path:
    """The real place of a file of weights, after links and `..`.

    Raises:
        DatasetError: it is outside of the roots, or there is no such file inside of them.
    """
    found = _in_store(path) or resolve_inside(path)
    if not there(found):
        raise DatasetError(f"There is no file {path.strip()[:100]} in the folders that this page may read.")
    return found


def _in_store(path: str) -> Path | None:
    """The place of a file in this home's store of weights; None where it is not there."""
    try:
        found = expanded(path.strip()).resolve()
    except (OSError, RuntimeError, ValueError):
        return None  # `resolve_inside` refuses it, without saying what is there
    return existing(found) if found.is_relative_to(weights_folder().resolve()) else None
