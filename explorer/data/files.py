"""Data sets of image files with labels: how they are divided and read, and the range of their values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.data.contents import NO_LABEL, Contents, LeftOut
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.depth import Decided
from explorer.data.division import NOTHING, PARTS, Division, Given, divide
from explorer.data.formats.spec import FileSpec, Labelled
from explorer.data.images import decode
from explorer.data.indexed import ids_of, labels_of, taken
from explorer.data.inspection import MOST_NAMED, Files, Inspection, Looking, damage, inspect
from explorer.data.listing import shown_in
from explorer.data.parts import TEST, TRAIN, VAL
from explorer.data.sample import Sample

_NAMED = 3  # rows and files that a message names
_UNREADABLE = (
    "image is left out, because it cannot be read",
    "images are left out, because they cannot be read",
)
BY_CHOICE = "A person has left it out."


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. root: the folder that names of samples are relative to."""

    root: Path
    files: Labelled
    depth: Decided

    def __call__(self, index: int) -> Sample:
        path, label = self.files[index]
        name = shown_in(self.root, path)
        return Sample(decode(path, name, self.depth).pixels, label=label if label >= 0 else None, id=name)

    def source(self, index: int) -> Path:
        """The file of a sample."""
        return self.files[index][0]


@dataclass(frozen=True, eq=False)
class Listing:
    """The files of a data set, listed without opening any.

    Attributes:
        name: the name of the data set.
        classes: the names of the classes.
        files: all images with their labels.
        given: what the data set says about its division.
        notes: what was noticed while the files were listed.
        left_out: rows and files that cannot be used.
        columns: as in `Contents`.
    """

    name: str
    classes: tuple[str, ...]
    files: Labelled
    given: Given = NOTHING
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    columns: tuple[str, ...] = ()

    def divided(self, spec: FileSpec) -> tuple[list[str], NDArray[np.int64], Division]:
        """The ids and labels of all images, and how they are divided. Raises DatasetError."""
        ids, labels = ids_of(self.files, spec.images), labels_of(self.files)
        return ids, labels, divide(spec, ids, labels, self.classes, self.given)


def contents_of(spec: FileSpec, listing: Listing) -> Contents:
    """The contents of listed files; images that a person has left out are among what is left out."""
    ids, labels, division = listing.divided(spec)
    used = np.flatnonzero(division.part >= 0)
    held = {name for number, name in enumerate(PARTS) if number < TEST or (division.part == number).any()}
    by_choice = [LeftOut(ids[place], BY_CHOICE) for place in np.flatnonzero(division.part < 0)]
    return Contents(
        listing.name,
        listing.classes,
        tuple(name for name in PARTS if name in held),
        [ids[place] for place in used],
        lambda place: listing.files[int(used[place])][0],
        division.part[used],
        labels[used].astype(np.int32) if labels.ndim == 1 else np.full(len(used), NO_LABEL, np.int32),
        None if division.group is None else division.group[used].astype(np.int32),
        left_out=(*listing.left_out, *by_choice),
        notes=(*listing.notes, *division.notes),
        columns=listing.columns,
        several=labels[used].astype(np.int8) if labels.ndim == 2 else None,
    )


def opened(spec: FileSpec, listing: Listing, looking: Looking | None) -> Dataset:
    """The data set of listed files, with one range for all images with more than 8 bits.

    Where the time that `looking` allows is too short for all files, the range is that of those that were looked at, and
    a note says so. Images for testing do not count for the range.

    Args:
        spec: where the files are, how they are divided, and how their values are to be read.
        listing: the files.
        looking: how closely the files are looked at.

    Raises:
        DatasetError: something cannot be used, and the spec does not say that it is left out.
    """
    left = refuse_unusable(spec, listing.left_out)
    ids, _, division = listing.divided(spec)
    looking = looking or Looking()
    places = [place for number in (TRAIN, VAL) for place in division.of(number).tolist()]
    files = [(ids[place], listing.files[place][0]) for place in places]
    seen, broken, damaged = inspected(spec, files, looking)
    depth = seen.range() if spec.depth == "auto" else spec.depth
    notes = [*listing.notes, *left, *division.notes, *damaged, *seen.notes(depth)]
    if seen.left and spec.needs_range:
        notes.append(
            f"{len(seen.looks):,} of {seen.total:,} images were looked at in {seen.seconds:.0f} s. The others may hold "
            "larger values, and the range of values is then larger: a run looks at all of them when it starts."
        )

    def split(number: int) -> Split:
        places = [place for place in division.of(number).tolist() if ids[place] not in broken]
        found = split_of(PARTS[number], taken(listing.files, places), spec.images, depth)
        return found if division.group is None else replace(found, groups=division.group[places])

    test = split(TEST) if (division.part == TEST).any() else None
    return Dataset(listing.name, listing.classes, split(TRAIN), split(VAL), tuple(notes), depth, seen, test=test)


def refuse_unusable(
    spec: FileSpec, left_out: Sequence[LeftOut], called: tuple[str, str] = ("row or file", "rows or files")
) -> list[str]:
    """A note about what is left out. Raises DatasetError where the spec does not say that it may be.

    Args:
        spec: the data set.
        left_out: what cannot be used.
        called: what one of them and several of them are called.
    """
    if not left_out:
        return []
    count = len(left_out)
    one = counted(count, *called)
    kinds = Counter(each.kind or each.reason.rstrip(".") for each in left_out)
    said = "; ".join(f"{number:,}: {why}" for why, number in kinds.most_common(MOST_NAMED))
    if not spec.skip_unusable:
        same = count > 1 and len({each.reason for each in left_out}) == 1
        names = [each.name for each in left_out[:_NAMED]]
        about = (
            f"{', '.join(names)}: {left_out[0].reason}"  # once for all of them
            if same
            else " ".join(f"{each.name}: {each.reason}" for each in left_out[:_NAMED])
        )
        more = f" And {count - _NAMED:,} more." if count > _NAMED else ""
        kinds_of_many = f" ({said})" if count > 1 else ""
        raise DatasetError(
            f"{one} of {spec.root} cannot be used{kinds_of_many}. {about}{more} "
            "Correct them, or choose to leave out what cannot be used."
        )
    verb, they = ("is", "it") if count == 1 else ("are", "they")
    return [f"{one} {verb} left out, because {they} cannot be used ({said})."]


def inspected(spec: FileSpec, files: Files, looking: Looking) -> tuple[Inspection, set[str], list[str]]:
    """What the files for training and validation hold; the ids of damaged ones to leave out, and a note about them."""
    # Damage may be anywhere in a file, so that all are decoded before any can be left out.
    seen = inspect(files, replace(looking, thorough=looking.thorough or (spec.skip_unusable and looking.exact)))
    if not (spec.skip_unusable and seen.damaged):
        return seen, set(), []
    broken = set(seen.broken)
    note = f"{counted(len(broken), *_UNREADABLE)}: {damage(seen.damaged)}"
    return replace(seen, damaged=(), broken=(), total=seen.total - len(broken)), broken, [note]


def split_of(name: str, files: Labelled, root: Path, depth: Decided) -> Split:
    """A split of listed files.

    Args:
        name: "train", "val" or "test".
        files: the files with their labels.
        root: the folder that their names are relative to.
        depth: how values of more than 8 bits become pixels.
    """
    loader = _Loader(root, files, depth)
    ids, labels = tuple(ids_of(files, root)), labels_of(files)
    reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"
    return Split(name, labels, ids, loader, loader.source, reading)


def files_of(dataset: Dataset) -> Files:
    """All files that a data set reads, with the ids of their samples."""
    return [
        (split.ids[index], source)
        for split in (dataset.train, dataset.val)
        for index in range(len(split))
        if isinstance(source := split.source(index), Path)
    ]
