"""Finds the files of weights that a page may offer: in the folders that pages may read, and in this home."""

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
_SAVED_BY_TORCH = (b"PK", b"\x80")  # the first bytes of a zip and a pickle; most .tar files are other archives
MAX_FOUND = 200


def weights_roots() -> tuple[Path, ...]:
    """Return the folders that are searched for weights. They need not exist."""
    return (weights_folder().resolve(), *allowed_roots())


def weights_files() -> tuple[Path, ...]:
    """Return at most MAX_FOUND files that may be weights, by folder and name. The search is bounded."""
    found = (file for root in weights_roots() for file in _search(root))
    return tuple(sorted(set(islice(found, MAX_FOUND))))


def _search(root: Path) -> Iterator[Path]:
    """Yield files below a folder. Folders that cannot be read are left out."""
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
    """Return the real path of a file of weights, with links and `..` resolved.

    Raises:
        DatasetError: The file is outside of the roots or does not exist.
    """
    found = _in_store(path) or resolve_inside(path)
    if not there(found):
        raise DatasetError(f"There is no file {path.strip()[:100]} in the folders that this page may read.")
    return found


def _in_store(path: str) -> Path | None:
    """Return the path of a file in this home's folder of weights; None if it is not there."""
    try:
        found = expanded(path.strip()).resolve()
    except (OSError, RuntimeError, ValueError):
        return None  # `resolve_inside` refuses it without revealing what exists
    return existing(found) if found.is_relative_to(weights_folder().resolve()) else None
