"""Which folders a page may read. Whoever opens the page chooses among them; the server's owner says which they are."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from explorer.data.dataset import DatasetError
from explorer.data.home import home
from explorer.data.image_folder import looks_like_image_folder

VARIABLE = "EXPLORER_DATA_ROOTS"
MAX_DEPTH = 3
MAX_FOUND = 200
MAX_VISITED = 2_000  # folders looked into, so that a huge tree does not hold up the page

Looks = Callable[[Path], bool]  # whether a folder looks like a data set of some kind


class OutsideRoots(DatasetError):
    """A path outside the folders that pages may read."""


def allowed_roots() -> tuple[Path, ...]:
    """The folders of EXPLORER_DATA_ROOTS (separated as PATH is), else `data` in EXPLORER_HOME and in the project."""
    named = os.environ.get(VARIABLE, "")
    if named:
        roots = [Path(part).expanduser() for part in named.split(os.pathsep) if part]
    else:
        roots = [home() / "data", Path("data")]
    return tuple(root.resolve() for root in roots)


def resolve_inside(path: str) -> Path:
    """The real place of `path`, which may be relative to a root, after links and `..`.

    Raises OutsideRoots for any place that is not inside a root, whether it exists or not: strangers learn nothing.
    """
    text = path.strip()
    if not text or "\0" in text:
        raise DatasetError("Give the path of a folder.")
    roots = allowed_roots()
    candidates = [Path(text).expanduser()] if Path(text).expanduser().is_absolute() else [root / text for root in roots]
    inside = [found for found in map(_resolved, candidates) if found and any(map(found.is_relative_to, roots))]
    if not inside:
        allowed = ", ".join(map(str, roots))
        raise OutsideRoots(
            f"{text} is outside the folders that this page may read ({allowed}). "
            "Allow it when the app is started: make run DATA=/that/folder"
        )
    return next((found for found in inside if found.exists()), inside[0])


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None  # a loop of links, a name that is too long


def image_folders() -> tuple[Path, ...]:
    """Folders inside the roots that look like image-folder data sets, sorted; the search is bounded."""
    return tuple(folder for folder, _ in find_folders({"image_folder": looks_like_image_folder}))


def find_folders(kinds: Mapping[str, Looks]) -> tuple[tuple[Path, str], ...]:
    """Folders inside the roots with the first of `kinds` that each looks like, sorted; the search is bounded.

    Nothing is sought inside a folder that was found. A look may raise OSError: then the folder is left out.
    """
    found: list[tuple[Path, str]] = []
    budget = [MAX_VISITED]
    for root in allowed_roots():
        found.extend(_search(root, kinds, 0, budget))
    return tuple(sorted(set(found))[:MAX_FOUND])


def _search(folder: Path, kinds: Mapping[str, Looks], depth: int, budget: list[int]) -> Iterator[tuple[Path, str]]:
    budget[0] -= 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        return
    try:
        if kind := next((kind for kind, looks in kinds.items() if looks(folder)), None):
            yield folder, kind
            return
        children = sorted(child for child in folder.iterdir() if child.is_dir() and not child.is_symlink())
    except OSError:
        return  # a folder that may not be read holds nothing to offer
    for child in children:
        if not child.name.startswith("."):
            yield from _search(child, kinds, depth + 1, budget)
