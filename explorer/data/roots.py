"""The folders that a page may read. The owner of the server sets them, and visitors choose among what they hold."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import home
from explorer.base.names import existing, expanded, there
from explorer.data.dataset import DatasetError

VARIABLE = "EXPLORER_DATA_ROOTS"
_PREDICTED = ".predict-"


class OutsideRoots(DatasetError):
    """A path outside the folders that pages may read."""


def uploads_folder() -> Path:
    """The folder of what visitors have uploaded, which pages may always read. It is not made here."""
    return home() / "uploads"


def predicted_folder(key: str) -> Path:
    """The folder of files that were uploaded for a prediction; it is hidden, so that it is not offered as a data set.

    Args:
        key: Hexadecimal digits that name it.
    """
    return uploads_folder() / f"{_PREDICTED}{key}"


def is_predicted(folder: Path) -> bool:
    """Whether a folder is one of those of `predicted_folder`."""
    return folder.name.startswith(_PREDICTED) and folder.parent == uploads_folder()


def predicted_folders() -> tuple[Path, ...]:
    """The existing folders of files that were uploaded for predictions."""
    return tuple(folder for folder in uploads_folder().glob(f"{_PREDICTED}*") if folder.is_dir())


def allowed_roots() -> tuple[Path, ...]:
    """The folders of EXPLORER_DATA_ROOTS, separated as in PATH, else `data` in EXPLORER_HOME and in the project.

    The folder of uploads is one of them once it exists.
    """
    named = os.environ.get(VARIABLE, "")
    given = [expanded(part) for part in named.split(os.pathsep) if part]
    roots = given if named else [home() / "data", Path("data")]
    uploads = uploads_folder()
    return tuple(root.resolve() for root in [*roots, *([uploads] if there(uploads) else [])])


def resolve_inside(path: str) -> Path:
    """The real place that `path` leads to through links and `..`; it may be relative to a root.

    Raises OutsideRoots for any place that is not inside a root, whether it exists or not, and DatasetError for no path.
    """
    text = path.strip()
    if not text or "\0" in text:
        raise DatasetError("Give the path of a folder.")
    roots = allowed_roots()
    given = expanded(text)
    # `~name` leads nowhere, whether there is such an account or not.
    candidates = [given] if given.is_absolute() else [] if text[0] == "~" else [root / text for root in roots]
    readable = allowed_roots()
    inside = [found for found in map(_resolved, candidates) if found and any(map(found.is_relative_to, readable))]
    if not inside:
        raise OutsideRoots(f"{text} is {outside(roots)}")
    # The file system may spell the name in another Unicode form; only places inside are looked into.
    spelled = [
        place for found in inside if (place := _resolved(existing(found))) and any(map(place.is_relative_to, readable))
    ]
    return next((found for found in spelled if there(found)), inside[0])


def outside(roots: Iterable[Path]) -> str:
    """The words of an error for a place outside of these roots, after "... is "."""
    return (
        f"outside the folders that this page may read ({', '.join(map(str, roots))}). "
        "Allow it when the app is started: make run DATA=/that/folder"
    )


def refuse_outside(paths: Iterable[Path], folder: Path) -> None:
    """Refuse links that lead out of the folders that pages may read.

    Args:
        paths: folders, or those files that are links, since no other files lead anywhere.
        folder: the real place of one that was found to be inside; a trainer knows it too, although its roots differ.

    Raises:
        OutsideRoots: the first such link is named, but not where it leads.
    """
    roots = (folder, *allowed_roots())
    for path in paths:
        place = _resolved(path)
        if place is None or not any(map(place.is_relative_to, roots)):
            named = path.relative_to(folder) if path.is_relative_to(folder) else path
            raise OutsideRoots(f"{named} is a link that leads {outside(roots[1:])}")


Reach = Callable[[Path], Path]  # a path -> the real place; raises OutsideRoots where reading it is not allowed


def in_roots(path: Path) -> Path:
    """The real place of a path that a page reads. Raises OutsideRoots."""
    return resolve_inside(str(path))


def anywhere(path: Path) -> Path:
    """The place of a path that the command line reads, wherever it leads."""
    return existing(path)


@dataclass(frozen=True)
class Within:
    """The reach of a run that a page has started: its data set, and the folders that pages may read.

    A value and not a closure, so that it can be pickled.
    """

    folder: Path

    def __call__(self, path: Path) -> Path:
        """The place of a path. Raises OutsideRoots."""
        place = existing(path)
        refuse_outside([place], self.folder)
        return place


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None  # a loop of links, a name that is too long


def modified_ns(place: Path) -> int:
    """Return when a file, or what a folder itself holds, was last changed, in ns; 0 where it cannot be read.

    Part of the keys of caches: opening the place says what is wrong with it.
    """
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0
