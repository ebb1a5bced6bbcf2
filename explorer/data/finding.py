"""A search for data sets in the folders that a page may read, by how folders and files look."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.data.formats.spec import FileSpec
from explorer.data.listing import is_hidden
from explorer.data.roots import allowed_roots

MAX_DEPTH = 3
MAX_FOUND = 200
MAX_UNUSABLE = 20
MAX_VISITED = 2_000  # folders looked into, so that a huge tree does not hold up the page

Formats = tuple[type[FileSpec], ...]
Found = tuple[Path, type[FileSpec]]


@dataclass(frozen=True)
class Search:
    """The result of a search.

    Attributes:
        found: data sets with their formats, sorted.
        unusable: folders that hold images but are no data set, with the reason.
        complete: whether all folders were looked into; a search is bounded.
    """

    found: tuple[Found, ...] = ()
    unusable: tuple[tuple[Path, str], ...] = ()
    complete: bool = True


def search(formats: Formats, why_not: Callable[[Path], str] = lambda folder: "") -> Search:
    """Look into the folders inside the roots. The search goes on inside of what is found, in folders beside its parts.

    Args:
        formats: what is looked for. A place that fits several is found once with each. Where looking raises OSError,
            the folder is left out.
        why_not: why a folder is of no format, in a sentence; empty where it holds no images.
    """
    found: set[Found] = set()
    unusable: dict[Path, str] = {}
    visited = 0
    waiting = [(root, 0, True) for root in reversed(allowed_roots())]  # folder, depth, and whether reasons are wanted
    while waiting and visited < MAX_VISITED:
        folder, depth, reports = waiting.pop()
        visited += 1
        try:
            here, inside = _look(folder, formats)
            found.update(here)
            if here:
                reports = False
            elif reports and (reason := why_not(folder)):
                unusable[folder] = reason
                reports = False  # what is inside is part of the same
        except OSError:
            continue  # a folder that may not be read holds nothing to offer
        if depth < MAX_DEPTH:
            visible = (child for child in inside if not child.is_symlink() and not is_hidden(child.name))
            waiting += [(child, depth + 1, reports) for child in sorted(visible, reverse=True)]
    places = sorted(found, key=lambda each: (each[0], formats.index(each[1])))
    above = {parent for place, _ in places for parent in place.parents}
    reasons = sorted((folder, reason) for folder, reason in unusable.items() if folder not in above)
    complete = not waiting and len(places) <= MAX_FOUND
    return Search(tuple(places[:MAX_FOUND]), tuple(reasons[:MAX_UNUSABLE]), complete)


def formats_of(place: Path, formats: Formats) -> list[type[FileSpec]]:
    """Those of `formats` that a folder or file looks like. Raises OSError."""
    suffix, is_folder = place.suffix.lower(), place.is_dir()
    fitting = (each for each in formats if (each.folders if is_folder else suffix in each.suffixes))
    return [each for each in fitting if each.looks(place)]


def _look(folder: Path, formats: Formats) -> tuple[list[Found], list[Path]]:
    """The data sets that a folder is or has among its files, and the folders to look into next."""
    children = sorted(child for child in folder.iterdir() if not is_hidden(child.name))
    of_suffixes = {suffix: each for each in formats for suffix in each.suffixes}
    files = (child for child in children if child.suffix.lower() in of_suffixes and not child.is_symlink())
    whole = formats_of(folder, formats)
    # A file that the folder is read by, such as one of COCO, is no set of its own.
    here = [(file, each) for file in files if file.is_file() for each in formats_of(file, formats) if each not in whole]
    inside = [child for child in children if child.is_dir()]
    if whole:
        parts = [set(each.beside(folder)) for each in whole]
        inside = sorted(set.intersection(*parts))
    return [*here, *((folder, each) for each in whole)], inside
