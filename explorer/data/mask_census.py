"""What all masks of a data set hold: the pixels of each class, and what keeps masks from being learned."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.home import home
from explorer.base.names import existing
from explorer.data.cache.memo import Memo, stamp_of
from explorer.data.contents import LeftOut
from explorer.data.inspection import Looking
from explorer.data.mask_classes import IGNORED, MaskClasses
from explorer.data.mask_coding import Coding
from explorer.data.mask_pairs import Masked
from explorer.data.roots import OutsideRoots
from explorer.data.stored import ImageError, read_size

_FORMAT = 2  # to be raised with each change of what is kept of a mask
_MOST_VALUES = 24  # different values of a mask that are kept; masks with more are read each time
_PAIR = np.dtype([("value", "<u2"), ("count", "<u4")])
_KEPT_BYTES = 8 + _MOST_VALUES * _PAIR.itemsize
_NOTHING = 0xFFFF  # fills the places of values that a mask does not have
_AT_ONCE = 64  # masks between two reports
_NAMED = 8  # values and colors that a message names
_UNREAD = "its mask cannot be read"
_OTHER_SIZE = "its mask has another size"
STRANGE = "its mask has values that are no class"
_ALL_IGNORED = "all pixels of its mask are ignored"


@dataclass(frozen=True, eq=False)
class Census:
    """The masks of N images.

    Attributes:
        pixels: (N, C) int64, pixels of each class; 0 for a mask that cannot be used.
        wrong: place -> why the mask cannot be used.
        notes: about all masks, in sentences.
    """

    pixels: NDArray[np.int64]
    wrong: dict[int, LeftOut]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Mask:
    """One mask: height and width in px, (256,) pixels of each value, and why it cannot be read."""

    size: tuple[int, int] = (0, 0)
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    trouble: str = ""


@dataclass(frozen=True, eq=False)
class Counted:
    """All masks as they are read: what each of them holds, and the (height, width) of its image where that is known."""

    root: Path
    pairs: Sequence[Masked]
    coding: Coding
    masks: Sequence[_Mask]
    sizes: Sequence[tuple[int, int] | None]

    @property
    def values(self) -> list[int]:
        """The values that any of the masks has."""
        return _values_of(self.masks)

    def judged(self, masks: MaskClasses) -> Census:
        """The pixels of each class, and which masks cannot be used, where the values mean this."""
        wrong = _wrong(self.pairs, self.masks, self.sizes, masks)
        pixels = np.array([each.counts[list(masks.values)] for each in self.masks], np.int64)
        pixels = pixels.reshape(-1, len(masks.values))
        pixels[list(wrong)] = 0
        return Census(pixels, wrong, tuple(_strange_colors(self.root, self.pairs, self.coding, self.masks)))


def take(root: Path, pairs: Sequence[Masked], coding: Coding, looking: Looking) -> Counted:
    """Count the pixels of all masks. What was counted is kept, so that a mask is read again only when it has changed.

    Args:
        root: the folder of the data set.
        pairs: N images with masks.
        coding: how masks are read.
        looking: its threads and its report of progress are used.
    """
    memo = _memo(coding)
    found: list[_Mask] = []
    with ThreadPoolExecutor(looking.threads) as pool:
        for start in range(0, len(pairs), _AT_ONCE):
            found += pool.map(lambda pair: _counted(root, pair, coding, memo), pairs[start : start + _AT_ONCE])
            looking.report(len(found), len(pairs))
        sizes = list(pool.map(lambda pair: _size(existing(root / pair.image)), pairs))
    memo.save()
    return Counted(root, pairs, coding, found, sizes)


def kept_values(root: Path, pairs: Sequence[Masked], coding: Coding) -> list[int] | None:
    """The values of all masks as `take` has found them before; None where one was not read, or has changed since."""
    memo = _memo(coding)
    found = []
    for pair in pairs:
        if len(pair.masks) != 1:
            return None
        try:
            file = existing(root / pair.masks[0][1])
            kept = memo.get(file, stamp_of(file))
        except (ImageError, OutsideRoots):
            return None
        if kept is None:
            return None
        found.append(_unpacked(kept))
    return _values_of(found)


def settled(root: Path, pairs: Sequence[Masked], coding: Coding) -> Coding:
    """The coding with its names as all masks have shown where they begin, if a run has read them before."""
    if not coding.names.file:
        return coding
    values = kept_values(root, [pair for pair in pairs if pair.masks], coding)
    return coding if values is None else replace(coding, names=coding.names.seen(values))


def _memo(coding: Coding) -> Memo:
    return Memo(home() / "cache" / "masks.log", _KEPT_BYTES, f"{_FORMAT} {words_of(coding)}")


def _values_of(masks: Sequence[_Mask]) -> list[int]:
    counts = np.array([mask.counts for mask in masks], np.int64).reshape(-1, 256)
    return [int(value) for value in np.flatnonzero(counts.sum(axis=0))]


def words_of(coding: Coding) -> str:
    """Words that change with all that decides which value a pixel of a mask file gets."""
    said = repr((coding.kind, sorted(coding.colors.items()), sorted(coding.classes.items())))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _counted(root: Path, pair: Masked, coding: Coding, memo: Memo) -> _Mask:
    try:
        file = existing(root / pair.masks[0][1]) if len(pair.masks) == 1 else None
        stamp = None if file is None else stamp_of(file)
        if file is not None and stamp is not None and (kept := memo.get(file, stamp)) is not None:
            return _unpacked(kept)
        mask = coding.read(root, pair)[0]
    except (ImageError, OutsideRoots) as error:
        return _Mask(trouble=str(error))
    seen = _Mask((mask.shape[0], mask.shape[1]), np.bincount(mask.reshape(-1), minlength=256).astype(np.int64))
    if file is not None and stamp is not None and np.count_nonzero(seen.counts) <= _MOST_VALUES:
        memo.add(file, stamp, _packed(seen))
    return seen


def _packed(mask: _Mask) -> bytes:
    values = np.flatnonzero(mask.counts)
    table = np.zeros(_MOST_VALUES, _PAIR)
    table["value"] = _NOTHING
    table["value"][: len(values)], table["count"][: len(values)] = values, mask.counts[values]
    return np.array(mask.size, "<u4").tobytes() + table.tobytes()


def _unpacked(kept: bytes) -> _Mask:
    height, width = np.frombuffer(kept[:8], "<u4").tolist()
    table = np.frombuffer(kept[8:], _PAIR)
    table = table[table["value"] < 256]
    counts = np.zeros(256, np.int64)
    counts[table["value"]] = table["count"]
    return _Mask((height, width), counts)


def _size(file: Path) -> tuple[int, int] | None:
    try:
        return read_size(file)
    except ImageError:
        return None  # which the look at the images reports


def _wrong(
    pairs: Sequence[Masked], found: Sequence[_Mask], sizes: Sequence[tuple[int, int] | None], masks: MaskClasses
) -> dict[int, LeftOut]:
    """Why masks cannot be used, by place."""
    counts = np.array([mask.counts for mask in found], np.int64).reshape(-1, 256)
    counted = counts[:, list(masks.values)].sum(axis=1)
    counts[:, [*masks.values, IGNORED, *([] if masks.ignored is None else [masks.ignored])]] = 0
    unknown = _listed(counts)
    wrong = {}
    for place, (pair, mask, size) in enumerate(zip(pairs, found, sizes, strict=True)):
        name = pair.masks[0][1]
        if mask.trouble:
            wrong[place] = LeftOut(pair.image, mask.trouble, _UNREAD)
        elif size is not None and mask.size != size:
            reason = f"{name} has {mask.size[1]:,} × {mask.size[0]:,} px, and the image {size[1]:,} × {size[0]:,} px."
            wrong[place] = LeftOut(pair.image, reason, _OTHER_SIZE)
        elif counts[place].any():
            reason = f"{name} has values that are no class: {_listed(counts[place : place + 1])}."
            wrong[place] = LeftOut(pair.image, reason, f"{STRANGE}, together {unknown}")
        elif not counted[place]:
            wrong[place] = LeftOut(pair.image, "No pixel of its mask counts.", _ALL_IGNORED)
    return wrong


def _listed(counts: NDArray[np.int64]) -> str:
    """The values of masks with their pixels, the most frequent first."""
    total = counts.sum(axis=0)
    values = [int(value) for value in np.argsort(-total, kind="stable") if total[value]]
    named = [f"{value} ({total[value]:,} px)" for value in values[:_NAMED]]
    more = [f"{len(values) - _NAMED} more"] if len(values) > _NAMED else []
    return ", ".join([*named, *more])


def _strange_colors(root: Path, pairs: Sequence[Masked], coding: Coding, found: Sequence[_Mask]) -> list[str]:
    """A note about colors that are no class, with the pixels of the first of them."""
    if coding.kind != "colors":
        return []
    places = [place for place, mask in enumerate(found) if mask.counts[IGNORED]]
    if not places:
        return []
    colors: Counter[str] = Counter()
    for place in places[:_NAMED]:
        colors.update(coding.unknown_colors(root, pairs[place]))
    named = ", ".join(f"{color} ({count:,} px)" for color, count in colors.most_common(_NAMED))
    more = f" and {len(colors) - _NAMED:,} more" if len(colors) > _NAMED else ""
    pixels = sum(int(found[place].counts[IGNORED]) for place in places)
    of = "" if len(places) <= _NAMED else f" in the first {_NAMED}"
    return [
        f"{pixels:,} pixels in {len(places):,} masks have colors that are no class and do not count: {named}{more}{of}."
    ]
