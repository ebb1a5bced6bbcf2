"""Data sets of image files with masks as they are trained on: how they are divided and read."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import existing, plain
from explorer.data.contents import NO_LABEL, Annotations, Contents, LeftOut
from explorer.data.dataset import Dataset, DatasetError, Picked, Split
from explorer.data.depth import Decided
from explorer.data.division import PARTS, Division, Given, divide
from explorer.data.files import BY_CHOICE, inspected, refuse_unusable
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.images import decode
from explorer.data.inspection import Looking
from explorer.data.mask_census import STRANGE, Census, Counted, settled, take, words_of
from explorer.data.mask_classes import MaskClasses, mask_classes
from explorer.data.mask_coding import SMEARED, Coding
from explorer.data.mask_pairs import LOSSY, Masked
from explorer.data.parts import TEST, TRAIN, VAL
from explorer.data.sample import Sample, SampleError
from explorer.data.stored import ImageError

Listed = Sequence[tuple[str, Masked]]  # the name of the part of the folder that an image is in, and the image
NO_MASK = "It has no mask, so that nothing can be learned of it."
_GLANCED = 12  # masks that a page looks at
_PARTS = {"train": TRAIN, "val": VAL, "valid": VAL, "validation": VAL, "test": TEST}


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled."""

    root: Path
    pairs: tuple[Masked, ...]
    coding: Coding
    depth: Decided
    masks: MaskClasses

    def __call__(self, index: int) -> Sample:
        pair = self.pairs[index]
        image = decode(self.source(index), pair.image, self.depth).pixels
        mask, _ = self.coding.read(self.root, pair)
        try:
            sample = Sample(image, mask=mask, id=pair.image)
        except SampleError as error:
            raise ImageError(f"{pair.masks[0][1]} does not fit {pair.image}. {error}") from error
        if unknown := self.masks.unknown(mask):
            found = ", ".join(f"{value} ({count:,} px)" for value, count in list(unknown.items())[:8])
            raise ImageError(f"{pair.masks[0][1]} has values that are no class: {found}.")
        return sample

    def source(self, index: int) -> Path:
        """The file of an image."""
        return self.coding.reach(self.root / self.pairs[index].image)

    def beside(self, index: int) -> tuple[Path | str, ...]:
        """The files of its mask, and words that say how they are read."""
        files = (existing(self.root / file) for _, file in self.pairs[index].masks)
        return (*files, *(label for label, _ in self.pairs[index].masks if label), words_of(self.coding))


def pairs_of_split(split: Split) -> tuple[Masked, ...]:
    """The files of a split of such a data set."""
    if isinstance(split.load, Picked):
        everything = pairs_of_split(replace(split, load=split.load.of_all))
        return tuple(everything[place] for place in split.load.places)
    assert isinstance(split.load, _Loader)
    return split.load.pairs


def coding_of_split(split: Split) -> Coding:
    """How the masks of a split of such a data set are read."""
    if isinstance(split.load, Picked):
        return coding_of_split(replace(split, load=split.load.of_all))
    assert isinstance(split.load, _Loader)
    return split.load.coding


def divided(spec: MaskFolderSpec, listed: Listed) -> Division:
    """How images with masks are divided: as their folders say, by folds, or at random. Raises DatasetError."""
    given = np.array([_PARTS.get(Path(name).name, TRAIN) for name, _ in listed], np.int8)
    said = Given(given, part_by="The folder structure") if (given != TRAIN).any() else Given()
    return divide(spec, [pair.image for _, pair in listed], np.zeros(len(listed), np.int64), (), said)


def gives_validation(parts: Iterable[str]) -> bool:
    """Whether the parts of a folder say which images validate."""
    return any(_PARTS.get(Path(name).name) == VAL for name in parts)


def contents_of(
    spec: MaskFolderSpec, listed: Listed, coding: Coding, left_out: Sequence[LeftOut], notes: Sequence[str]
) -> Contents:
    """The contents of listed images, in the parts that a run gives them; what it does not use is left out.

    Args:
        spec: Where they are, and how they are divided.
        listed: All images.
        coding: How their masks are read.
        left_out: What was left out while they were listed.
        notes: What was noticed then.

    Raises:
        DatasetError: They cannot be divided.
    """
    without = [LeftOut(pair.image, NO_MASK, "the image has no mask") for _, pair in listed if not pair.masks]
    listed = [(name, pair) for name, pair in listed if pair.masks]
    division = divided(spec, listed)
    used = np.flatnonzero(division.part >= 0).tolist()
    pairs = [listed[at][1] for at in used]
    by_choice = [LeftOut(listed[at][1].image, BY_CHOICE) for at in np.flatnonzero(division.part < 0)]
    held = [name for number, name in enumerate(PARTS) if number < TEST or (division.part == number).any()]
    return Contents(
        plain(spec.root.name),
        coding.names.classes,
        tuple(held),
        [pair.image for pair in pairs],
        lambda index: existing(spec.root / pairs[index].image),
        division.part[used],
        np.full(len(pairs), NO_LABEL, np.int32),
        None if division.group is None else division.group[used].astype(np.int32),
        annotations=lambda index: _annotations(spec.root, pairs[index], coding),
        mask_classes=coding.mask_classes(),
        left_out=(*left_out, *without, *by_choice),
        notes=(*notes, *division.notes),
        refused=_smeared(pairs, coding),
    )


def _annotations(root: Path, pair: Masked, coding: Coding) -> Annotations:
    if not pair.masks:
        return Annotations()
    if coding.kind == "index":
        return Annotations(mask=existing(root / pair.masks[0][1]))

    def mask() -> NDArray[np.uint8]:
        return coding.read(root, pair)[0]

    return Annotations(mask=mask)


def opened(spec: MaskFolderSpec, listed: Listed, coding: Coding, looking: Looking | None) -> Dataset:
    """The data set of images with masks.

    Where files are looked at exactly, as a run does, all masks are read once before, so that one message names all that
    is wrong with them.

    Args:
        spec: Where it is, and how it is divided.
        listed: Its images.
        coding: How its masks are read.
        looking: How closely the files are looked at.

    Raises:
        DatasetError: It cannot be used; the message says why.
    """
    looking = looking or Looking()
    without = [LeftOut(pair.image, NO_MASK, "the image has no mask") for _, pair in listed if not pair.masks]
    listed = [(name, pair) for name, pair in listed if pair.masks]
    pairs = [pair for _, pair in listed]
    _refuse_smeared(spec, pairs, coding)
    counted = take(spec.root, pairs, coding, looking) if looking.exact else None
    coding = settled(spec.root, pairs, coding) if counted is None else _named(spec, coding, counted)
    masks = mask_classes(coding.mask_classes(), spec.ignore_index)
    _refuse_one_class(spec, masks)
    census = None if counted is None else counted.judged(masks)
    wrong = {} if census is None else census.wrong
    begins = [coding.names.reason] if coding.names.file else []
    notes = [*coding.notes, *begins, *refuse_unusable(spec, [*without, *wrong.values()], ("image", "images"))]
    if 0 < looking.seconds < math.inf:
        _glance(spec, pairs, coding, masks, looking)
    division = divided(spec, listed)
    use = [[at for at in division.of(part).tolist() if at not in wrong] for part in (TRAIN, VAL, TEST)]
    files = [(pairs[at].image, coding.reach(spec.root / pairs[at].image)) for at in (*use[TRAIN], *use[VAL])]
    seen, broken, damaged = inspected(spec, files, looking)
    use = [[at for at in places if pairs[at].image not in broken] for places in use]
    depth: Decided = seen.range() if spec.depth == "auto" else spec.depth
    if census is not None:
        notes += [*census.notes, *_absent(census, use, masks, spec.root)]
    split = _splitting(spec, pairs, division, coding, depth, masks)
    return Dataset(
        plain(spec.root.name),
        masks.classes,
        split(TRAIN, use[TRAIN]),
        split(VAL, use[VAL]),
        (*notes, *division.notes, *damaged, *seen.notes(depth)),
        depth,
        seen,
        test=split(TEST, use[TEST]) if use[TEST] else None,
    )


def _glance(
    spec: MaskFolderSpec, pairs: Sequence[Masked], coding: Coding, masks: MaskClasses, looking: Looking
) -> None:
    """Look at a few masks, spread over all, where there is no time for all. Raises DatasetError as a run would."""
    if coding.names.file:  # all masks together may still move the names by one value: what is a class either way
        masks = MaskClasses(("", *coding.names.names))
    some = pairs[:: max(1, -(-len(pairs) // _GLANCED))]
    counted = take(spec.root, some, coding, looking)
    if coding.names.file:  # names may still move by one value, so that values do not say yet what they are
        found = counted.judged(mask_classes(masks.names, None)).wrong
        wrong = {place: each for place, each in found.items() if not each.kind.startswith(STRANGE)}
    else:
        wrong = counted.judged(masks).wrong
    if len(wrong) == len(some) or not spec.skip_unusable:
        words = "image" if len(some) == len(pairs) else f"of {len(some):,} images whose masks were looked at"
        refuse_unusable(
            spec.model_copy(update={"skip_unusable": False}),
            list(wrong.values()),
            (words, "images" if words == "image" else words),
        )


def _splitting(
    spec: MaskFolderSpec,
    pairs: Sequence[Masked],
    division: Division,
    coding: Coding,
    depth: Decided,
    masks: MaskClasses,
) -> Callable[[int, list[int]], Split]:
    reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"

    def split(number: int, places: list[int]) -> Split:
        loader = _Loader(spec.root, tuple(pairs[at] for at in places), coding, depth, masks)
        return Split(
            PARTS[number],
            np.zeros(len(places), np.int64),
            tuple(pairs[at].image for at in places),
            loader,
            loader.source,
            reading,
            None if division.group is None else division.group[places],
            masks,
            loader.beside,
        )

    return split


def _named(spec: MaskFolderSpec, coding: Coding, counted: Counted) -> Coding:
    """The coding with its names where all masks show that they begin. Raises DatasetError where that is open."""
    names = coding.names.seen(counted.values)
    if names.file and not names.sure:
        raise DatasetError(
            f"{spec.root}: {names.reason} A guess could give each class the name of another. Choose it: "
            '"Mask value of the first name" on the Train page, names_from in a config, 0 or 1.'
        )
    return replace(coding, names=names)


def _refuse_one_class(spec: MaskFolderSpec, masks: MaskClasses) -> None:
    """Raise DatasetError where the names leave less than two classes."""
    if len(masks.classes) < 2:
        raise DatasetError(
            f"The masks of {spec.root} have one class only: {', '.join(masks.classes) or 'none'}. Telling classes "
            "apart needs at least 2. Choose another ignore_index, or add the names of all classes."
        )


def _refuse_smeared(spec: MaskFolderSpec, pairs: Sequence[Masked], coding: Coding) -> None:
    """Raise DatasetError for class numbers in JPEG files."""
    if smeared := _smeared(pairs, coding):
        raise DatasetError(f"{spec.root}: {smeared}")


def _smeared(pairs: Sequence[Masked], coding: Coding) -> str:
    """Why masks whose compression has changed their class numbers cannot be learned; "" for all others."""
    lossy = any(Path(file).suffix.lower() in LOSSY for pair in pairs for _, file in pair.masks)
    return SMEARED if coding.kind == "index" and lossy else ""


def _absent(census: Census, use: Sequence[Sequence[int]], masks: MaskClasses, root: Path) -> list[str]:
    """Notes about classes without pixels in a part. Raises DatasetError where all masks have one class only."""
    train, val = (census.pixels[list(use[part])].sum(axis=0) for part in (TRAIN, VAL))
    held = [name for name, count in zip(masks.classes, train + val, strict=True) if count]
    if len(held) < 2 and (len(use[TRAIN]) or len(use[VAL])):
        raise DatasetError(f"The masks of {root} have one class only: {', '.join(held)}. Training needs at least 2.")
    notes = []
    for name, trained, validated in zip(masks.classes, train.tolist(), val.tolist(), strict=True):
        if not trained:
            notes.append(f"{name} has no pixels in the training masks: the network cannot learn it.")
        if not validated:
            notes.append(f"{name} has no pixels in the validation masks: its IoU and Dice cannot be computed.")
    return notes
