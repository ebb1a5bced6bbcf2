"""Data sets that lie in the folders that a page may read, found by how they look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.data.image_folder import beside_classes, looks_like_image_folder
from explorer.data.listing import is_hidden
from explorer.data.roots import allowed_roots

MAX_DEPTH = 3
MAX_FOUND = 200
MAX_UNUSABLE = 20
MAX_VISITED = 2_000  # folders looked into, so that a huge tree does not hold up the page

Looks = Callable[[Path], bool]  # whether a folder looks like a data set of some kind


@dataclass(frozen=True)
class Kind:
    """A kind of data set. looks: whether a folder is one. beside: folders in a found one that are no part of it.

    Both may raise OSError.
    """

    looks: Looks
    beside: Callable[[Path], list[Path]]


@dataclass(frozen=True)
class Search:
    """found: folders with their kinds, sorted. unusable: folders that hold images and are of no kind, with the reason.

    complete: whether all folders were looked into; a search is bounded.
    """

    found: tuple[tuple[Path, str], ...] = ()
    unusable: tuple[tuple[Path, str], ...] = ()
    complete: bool = True


IMAGE_FOLDER = Kind(looks_like_image_folder, beside_classes)


def search(kinds: Mapping[str, Kind], why_not: Callable[[Path], str] = lambda folder: "") -> Search:
    """Folders inside the roots with the first of `kinds` that each looks like, within bounds.

    The search goes on below a find, in folders that are no part of it.

    Args:
        kinds: name -> what tells it. Where looking fails with OSError, the folder is left out.
        why_not: why a folder is of no kind, in a sentence; empty where it is no data set at all.
    """
    searching = _Searching(kinds, why_not)
    for root in allowed_roots():
        searching.visit(root, 0, reports=True)
    found = sorted(set(searching.found))
    above = {parent for folder, _ in found for parent in folder.parents}
    unusable = sorted({folder: reason for folder, reason in searching.unusable if folder not in above}.items())
    complete = searching.visited <= MAX_VISITED and len(found) <= MAX_FOUND
    return Search(tuple(found[:MAX_FOUND]), tuple(unusable[:MAX_UNUSABLE]), complete)


class _Searching:
    """One search: what is found so far, and how many folders were looked into."""

    def __init__(self, kinds: Mapping[str, Kind], why_not: Callable[[Path], str]) -> None:
        self.found: list[tuple[Path, str]] = []
        self.unusable: list[tuple[Path, str]] = []
        self.visited = 0
        self._kinds = kinds
        self._why_not = why_not

    def visit(self, folder: Path, depth: int, *, reports: bool) -> None:
        """Look at a folder and at those in it. reports: whether a reason against it is wanted."""
        self.visited += 1
        if self.visited > MAX_VISITED or depth > MAX_DEPTH:
            return
        try:
            name = next((name for name, kind in self._kinds.items() if kind.looks(folder)), None)
            if name is not None:
                self.found.append((folder, name))
                children = self._kinds[name].beside(folder)
            else:
                children = [child for child in folder.iterdir() if child.is_dir()]
                if reports and (reason := self._why_not(folder)):
                    self.unusable.append((folder, reason))
                    reports = False  # what lies in it is part of the same
        except OSError:
            return  # a folder that may not be read holds nothing to offer
        for child in sorted(children):
            if not child.is_symlink() and not is_hidden(child.name):
                self.visit(child, depth + 1, reports=reports and name is None)
