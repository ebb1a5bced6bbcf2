"""The images in folders, and the files that are left out there."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NoReturn

from explorer.base.names import shown
from explorer.data.dataset import DatasetError
from explorer.data.index import CLUTTER, Index, Names
from explorer.data.suffixes import FLAT_SUFFIXES, HEIC, HEIC_HINT, SUFFIXES

MAX_IMAGES = 1_000_000
_GLANCED = 20  # folders below a folder that are looked into to tell whether it holds images
_NAMED = 6  # suffixes that a note names


@dataclass(frozen=True)
class Listed:
    """The files of a folder. others: how many were left out because they are no images, by suffix or ""."""

    images: tuple[Path, ...]
    others: Counter[str] = field(default_factory=Counter)

    def left_out(self, where: str) -> tuple[str, ...]:
        """A sentence about the files that were left out, if any. where: the name of the folder."""
        count = self.others.total()
        if not count:
            return ()
        files = "1 file" if count == 1 else f"{count:,} files"
        hint = f" {HEIC_HINT}" if HEIC & set(self.others) else ""
        return (f"{files} in {where} {'is' if count == 1 else 'are'} left out ({suffixes(self.others)}).{hint}",)


def suffixes(others: Counter[str]) -> str:
    """Words for suffixes with their counts, the most frequent first."""
    named = [f"{suffix or 'no suffix'}: {count:,}" for suffix, count in others.most_common(_NAMED)]
    more = len(others) - _NAMED
    return ", ".join(named) + (f", and {more} more kinds" if more > 0 else "")


Enter = Callable[[Path], object]


def images_below(folder: Path, enter: Enter | None = None) -> Listed:
    """All images of a folder and of the folders in it, as torchvision's ImageFolder finds them.

    Args:
        folder: where to begin.
        enter: as for `files_below`.

    Raises:
        DatasetError: a folder cannot be read, or there are too many images.
    """
    found = names_below(folder, Index(folder, kept=False), enter)
    return Listed(tuple(folder / name for name in found.names), found.others)


def names_below(folder: Path, index: Index, enter: Enter | None = None) -> Names:
    """What `images_below` lists, as names relative to the folder.

    Args:
        folder: where to begin.
        index: of this folder or of one above it, which knows what has not changed since it was listed.
        enter: as for `files_below`.

    Raises:
        DatasetError: a folder cannot be read, or there are too many images.
    """
    try:
        found = index.images(folder, enter or Path, MAX_IMAGES)
    except OSError as error:
        raise unreadable(Path(error.filename or folder), error) from error
    if found is None:
        raise DatasetError(f"{folder} has more than {MAX_IMAGES:,} images. Choose a smaller folder.")
    return found


def images_in(folder: Path) -> Listed:
    """The images directly in a folder by the rule of format 1. Raises DatasetError."""
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise unreadable(folder, error) from error
    flat = (file for file in files if file.suffix.lower() in FLAT_SUFFIXES and not is_hidden(file.name))
    return Listed(tuple(flat))


def files_below(folder: Path, enter: Enter = Path) -> Iterator[Path]:
    """The files of a folder and of the folders in it, also linked ones; hidden ones are left out.

    Args:
        folder: where to begin.
        enter: called with each folder before it is listed; it may raise an error to refuse the folder.

    Raises:
        DatasetError: a folder cannot be read.
    """
    seen: set[tuple[int, int]] = set()

    def fail(error: OSError) -> NoReturn:
        raise unreadable(Path(error.filename or folder), error) from error

    for place, inner, files in os.walk(folder, followlinks=True, onerror=fail):
        enter(Path(place))
        try:
            stat = Path(place).stat()
        except OSError as error:
            fail(error)
        if (stat.st_dev, stat.st_ino) in seen:  # a link back to where it came from
            inner.clear()
            continue
        seen.add((stat.st_dev, stat.st_ino))
        inner[:] = sorted(name for name in inner if not is_hidden(name))
        yield from (Path(place, name) for name in files if not is_hidden(name) and name.lower() not in CLUTTER)


def is_image(name: str) -> bool:
    """Whether a file of this name counts as an image."""
    stem, _, suffix = name.rpartition(".")  # asked for each of a million names
    return bool(stem) and f".{suffix.lower()}" in SUFFIXES and not is_hidden(name)


def is_hidden(name: str) -> bool:
    """Whether a name begins with a dot, as those of the files that macOS puts beside others."""
    return name.startswith(".")


def visible_folders(folder: Path) -> list[Path]:
    """The folders in `folder` that are not hidden, sorted by name. Raises OSError."""
    return sorted(child for child in folder.iterdir() if child.is_dir() and not is_hidden(child.name))


def folders_in(folder: Path) -> list[Path]:
    """The folders in the folder of a data set, as `visible_folders` gives them. Raises DatasetError."""
    try:
        return visible_folders(folder)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no folder {folder}. Check the path.") from error
    except NotADirectoryError as error:
        raise DatasetError(f"{folder} is a file, not a folder. Give the folder that holds the classes.") from error
    except OSError as error:
        raise unreadable(folder, error) from error


def holds_images(folder: Path) -> bool:
    """Whether there seem to be images in a folder or in the first ones of the folders in it, linked ones too."""
    for _, inner, files in islice(os.walk(folder, followlinks=True), _GLANCED):
        inner[:] = sorted(name for name in inner if not is_hidden(name))[:_GLANCED]
        if any(is_image(name) for name in files):
            return True
    return False


def shown_in(root: Path, file: Path) -> str:
    """The path of a file relative to a data set, if it is inside, as it is shown; `existing` leads back to the file."""
    return shown((file.relative_to(root) if file.is_relative_to(root) else file).as_posix())


def unreadable(place: Path, error: OSError) -> DatasetError:
    """The error of a folder or file that the system cannot read."""
    return DatasetError(
        f"{place} cannot be read: {error.strerror or error}. Change its permissions, or choose another."
    )
