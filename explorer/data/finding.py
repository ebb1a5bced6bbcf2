"""Data sets that lie in the folders that a page may read, found by how they look."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.data.formats.spec import Spec
from explorer.data.listing import is_hidden
from explorer.data.roots import allowed_roots

MAX_DEPTH = 3
MAX_FOUND = 200
MAX_UNUSABLE = 20
MAX_VISITED = 2_000  # folders looked into, so that a huge tree does not hold up the page

Formats = tuple[type[Spec], ...]


@dataclass(frozen=True)
class Search:
    """What a search has found.

    Args:
        found: data sets with their formats, sorted.
        unusable: folders that hold images and are no data set, with the reason.
        complete: whether all folders were looked into; a search is bounded.
    """

    found: tuple[tuple[Path, type[Spec]], ...] = ()
    unusable: tuple[tuple[Path, str], ...] = ()
    complete: bool = True


def search(formats: Formats, why_not: Callable[[Path], str] = lambda folder: "") -> Search:
    """Folders inside the roots with the first of `formats` that each looks like, and files that look like one.

    The search goes on below a find, in folders that are no part of it.

    Args:
        formats: what is looked for. Where looking fails with OSError, the folder is left out.
        why_not: why a folder is of no format, in a sentence; empty where it is no data set at all.
    """
    searching = _Searching(formats, why_not)
    for root in allowed_roots():
        searching.visit(root, 0, reports=True)
    found = sorted(set(searching.found), key=lambda each: each[0])
    above = {parent for place, _ in found for parent in place.parents}
    unusable = sorted({folder: reason for folder, reason in searching.unusable if folder not in above}.items())
    complete = searching.visited <= MAX_VISITED and len(found) <= MAX_FOUND
    return Search(tuple(found[:MAX_FOUND]), tuple(unusable[:MAX_UNUSABLE]), complete)


def format_of(place: Path, formats: Formats) -> type[Spec] | None:
    """The first of `formats` that a folder or file looks like. Raises OSError."""
    fitting = (each for each in formats if (place.suffix.lower() in each.suffixes) == bool(each.suffixes))
    return next((each for each in fitting if each.looks(place)), None)


class _Searching:
    """One search: what is found so far, and how many folders were looked into."""

    def __init__(self, formats: Formats, why_not: Callable[[Path], str]) -> None:
        self.found: list[tuple[Path, type[Spec]]] = []
        self.unusable: list[tuple[Path, str]] = []
        self.visited = 0
        self._formats = formats
        self._why_not = why_not

    def visit(self, folder: Path, depth: int, *, reports: bool) -> None:
        """Look at a folder and at those in it. reports: whether a reason against it is wanted."""
        self.visited += 1
        if self.visited > MAX_VISITED or depth > MAX_DEPTH:
            return
        try:
            children, reports = self._look(folder, reports)
        except OSError:
            return  # a folder that may not be read holds nothing to offer
        for child in sorted(children):
            if not child.is_symlink() and not is_hidden(child.name):
                self.visit(child, depth + 1, reports=reports)

    def _look(self, folder: Path, reports: bool) -> tuple[list[Path], bool]:
        """The folders to look into next, and whether reasons against them are wanted."""
        inside = sorted(child for child in folder.iterdir() if not is_hidden(child.name))
        files = [(child, found) for child in inside if child.suffix and (found := self._format_of_file(child))]
        self.found += files
        found = format_of(folder, self._formats)
        if found is not None:
            self.found.append((folder, found))
            return found.beside(folder), False
        if reports and not files and (reason := self._why_not(folder)):
            self.unusable.append((folder, reason))
            reports = False  # what lies in it is part of the same
        return [child for child in inside if child.is_dir()], reports and not files

    def _format_of_file(self, file: Path) -> type[Spec] | None:
        of_files = tuple(each for each in self._formats if file.suffix.lower() in each.suffixes)
        return format_of(file, of_files) if of_files and not file.is_symlink() and file.is_file() else None
