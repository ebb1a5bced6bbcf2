"""How the pixels of the masks of a data set say their class: by index, by two values, by color, or by one file each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.data import color_masks
from explorer.data.class_names import checked
from explorer.data.color_masks import BACKGROUND, Color
from explorer.data.images import decode, decode_mask
from explorer.data.mask_classes import UNNAMED_ZERO
from explorer.data.mask_colors import MOST, colors_of
from explorer.data.mask_names import IGNORED, First, MaskNames, is_background, names_of
from explorer.data.mask_pairs import LOSSY, Masked
from explorer.data.roots import OutsideRoots, Reach, in_roots
from explorer.data.stored import ImageError, read_size

Mask = NDArray[np.uint8]
_LOOKED_AT = 24  # masks, spread over the data set; not bound by time, so that classes are the same each time
_MOST_PIXELS, _LEAST = 40_000_000, 4  # of all masks that are looked at, and how many are looked at anyway
_MOST_VALUES = 1_000_000  # pixels of a mask that are looked at
_NAMED = 8  # colors that a note names
UNNAMED = (
    "No file names the values of the masks, so classes are called by their numbers. A run learns each value, also 0, "
    "which Augment and Data show without a color, as a background. To name them, put classes.txt beside the folders, "
    "with a name per line from value 0 on."
)
SMEARED = (
    "The masks are JPEG files, whose compression has smeared the numbers of classes: between two of them, borders have "
    "those of others. Nothing can be learned of them. Make them again as PNG from where they come from."
)
_SLACK = 40  # of 255: how far JPEG moves the values of a mask of black and white
_SMEARED = 0.1  # of the pixels of such a mask, which are at borders, it may move further


@dataclass(frozen=True, eq=False)
class Coding:
    """How masks are read.

    Attributes:
        kind: "index": pixels are class indices; "two": 255 is class 1; "colors": each color is a class; "files": each
            class has a file of its own.
        names: the names of the values.
        colors: the value of each color.
        classes: the value of each class that has files of its own.
        largest: the largest value of the masks that were looked at, but for 255.
        notes: how it was found out, in sentences.
        reach: which files may be read.
    """

    kind: Literal["index", "two", "colors", "files"]
    names: MaskNames = field(default_factory=MaskNames)
    colors: dict[Color, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    largest: int = 0
    notes: tuple[str, ...] = ()
    reach: Reach = in_roots

    def mask_classes(self) -> tuple[str, ...]:
        """The names of the values of masks, from 0."""
        names = self.names.names
        if names:
            zero = "background" if "background" not in names else UNNAMED_ZERO
            return names if self.names.first == 0 else (zero, *names)
        first = "background" if self.kind == "two" else UNNAMED_ZERO
        return (first, *(f"class {value}" for value in range(1, max(self.largest, 1) + 1)))

    def read(self, root: Path, pair: Masked) -> tuple[Mask, list[str]]:
        """The mask of an image, (H, W) uint8, and notes about it. Raises ImageError, OutsideRoots."""
        if self.kind == "files":
            return self._of_files(root, pair)
        name = pair.masks[0][1]
        file = self.reach(root / name)
        if self.kind == "colors":
            return self._of_colors(file, name)
        mask = decode_mask(file, name)
        if self.kind == "two":
            _check_two(mask, file, name)
            return (mask > 127).astype(np.uint8), []
        return mask, self._beyond(mask)

    def _beyond(self, mask: Mask) -> list[str]:
        if not self.names.names:
            return []
        least, values = len(self.mask_classes()), np.unique(mask)
        over = [str(value) for value in values.tolist() if value >= least and value != IGNORED]
        words = (
            f"The mask has values that have no name: {', '.join(over[:_NAMED])}{' ...' if len(over) > _NAMED else ''}."
        )
        return [words] if over else []

    def _of_colors(self, file: Path, name: str) -> tuple[Mask, list[str]]:
        pixels = decode(file, name).pixels
        packed = _packed(pixels)
        known = sorted((_number(color), value) for color, value in self.colors.items())
        numbers = np.array([number for number, _ in known], np.uint32)
        values = np.array([value for _, value in known], np.uint8)
        at = np.minimum(np.searchsorted(numbers, packed), len(numbers) - 1)
        fits = numbers[at] == packed
        mask = np.where(fits, values[at], np.uint8(IGNORED)).astype(np.uint8)
        share = 1 - float(fits.mean())
        words = (
            f"{share:.1%} of the mask has colors that are none of the {len(known)} classes; these pixels are ignored."
        )
        return mask, [words] if share else []

    def unknown_colors(self, root: Path, pair: Masked) -> dict[str, int]:
        """The colors of a mask that are no class, with their pixels. Raises ImageError, OutsideRoots."""
        found = _counted(decode(self.reach(root / pair.masks[0][1]), pair.image).pixels)
        return {_hex(color): count for color, count in found.items() if color not in self.colors}

    def _of_files(self, root: Path, pair: Masked) -> tuple[Mask, list[str]]:
        mask: Mask | None = None
        covered = 0
        for label, name in pair.masks:
            layer = decode_mask(self.reach(root / name), name)
            inside = layer > layer.max() / 2
            if mask is None:
                mask = np.zeros(layer.shape, np.uint8)
            if layer.shape != mask.shape:
                raise ImageError(f"{name} has another size than the masks of other classes of {pair.image}.")
            covered += int(np.count_nonzero(mask[inside]))
            mask[inside] = self.classes[label]
        assert mask is not None
        words = f"{covered / mask.size:.1%} of the image belongs to several classes; the last one by name is shown."
        return mask, [words] if covered else []


def coding_of(
    folder: Path, images: Sequence[Masked], reach: Reach = in_roots, first: First | Literal["auto"] = "auto"
) -> Coding:
    """Find out how masks are coded, from their names and from a look into a few of them.

    Args:
        folder: the data set.
        images: its images with their masks.
        reach: which files may be read.
        first: the value of the first name in a file of names, where a person has chosen it.

    Raises:
        DatasetError: a file of names cannot be used.
        OutsideRoots: a file is a link that leads outside of the folders that pages may read.
    """
    found = replace(_coding_of(folder, images, reach), reach=reach)
    return found if first == "auto" else replace(found, names=found.names.chosen(first))


def _coding_of(folder: Path, images: Sequence[Masked], reach: Reach) -> Coding:
    labels = sorted({label for pair in images for label, _ in pair.masks if label})
    if labels:
        return _files(labels, images)
    masks = [pair.masks[0][1] for pair in images if pair.masks]
    files = _looked_at(folder, masks[:: max(1, len(masks) // _LOOKED_AT)][:_LOOKED_AT], reach)
    if colors := _colors(folder, files, reach):
        return colors
    names = names_of(folder, (file for _, file in files), reach)
    values: Counter[int] = Counter()
    for name, file in files:
        values.update(_values(name, file))
    if set(values) == {0, 255} and len(names.names) < 3:
        return _two(names, len(files))
    largest = max((value for value in values if value != IGNORED), default=0)
    return Coding("index", names, largest=largest, notes=() if names.names else (UNNAMED,))


def _looked_at(folder: Path, names: list[str], reach: Reach) -> list[tuple[str, Path]]:
    """The masks that are looked at, with their files: fewer of large ones."""
    found: list[tuple[str, Path]] = []
    pixels = 0
    for name in names:
        file = _inside(folder / name, reach)
        if file is None:
            continue
        try:
            height, width = read_size(file)
        except ImageError:
            continue  # which is reported when its image is shown
        pixels += height * width
        if pixels > _MOST_PIXELS and len(found) >= _LEAST:
            break
        found.append((name, file))
    return found


def _inside(file: Path, reach: Reach) -> Path | None:
    try:
        return reach(file)
    except OutsideRoots:
        return None  # which is reported when its image is shown


def _files(labels: list[str], images: Sequence[Masked]) -> Coding:
    mixed = sum(any(not label for label, _ in pair.masks) for pair in images)
    notes = [f"Each class has files of its own: {', '.join(labels[:_NAMED])}{' ...' if len(labels) > _NAMED else ''}."]
    if mixed:
        notes.append(f"Images with one mask for all classes, which counts as class {labels[0]}: {mixed:,}.")
    classes = {label: number for number, label in enumerate(labels[:254], 1)} | {"": 1}
    names = MaskNames(checked(labels[:254], "The files of masks, which name their classes,", 254), 1, True, notes[0])
    return Coding("files", names, classes=classes | dict.fromkeys(labels[254:], IGNORED), notes=tuple(notes))


def _two(names: MaskNames, looked: int) -> Coding:
    note = f"The {looked:,} masks that were looked at have the values 0 and 255: 255 is class 1."
    only_class = len(names.names) == 1 and not is_background(names.names[0])
    chosen = MaskNames(names.names, 1 if only_class else 0) if names.names else names
    return Coding("two", chosen, largest=1, notes=(note,))


def _check_two(mask: Mask, file: Path, name: str) -> None:
    """Raise ImageError for a mask of other values than 0 and 255, but for borders that JPEG has smeared."""
    other = (mask >= _SLACK) & (mask <= 255 - _SLACK) if file.suffix.lower() in LOSSY else (mask > 0) & (mask < 255)
    if not other.any() or (file.suffix.lower() in LOSSY and other.mean() <= _SMEARED):
        return
    values, counts = np.unique(mask[other], return_counts=True)
    pairs = zip(values[:_NAMED].tolist(), counts[:_NAMED].tolist(), strict=True)
    named = ", ".join(f"{value} ({count:,} px)" for value, count in pairs)
    more = f" and {len(values) - _NAMED} more" if len(values) > _NAMED else ""
    raise ImageError(
        f"{name} has values besides 0 and 255, which other masks have: {named}{more}. Save all masks with the same "
        "values."
    )


def _values(name: str, file: Path) -> list[int]:
    """The different values of a mask; those of black and white that JPEG has moved count as 0 and 255."""
    try:
        mask = decode_mask(file, name)
    except ImageError:
        return []  # which is reported when its image is shown
    mask = mask[:: max(1, mask.shape[0] * mask.shape[1] // _MOST_VALUES)]
    if file.suffix.lower() in LOSSY and (mask > 255 - _SLACK).any():
        near = (mask < _SLACK) | (mask > 255 - _SLACK)
        if near.mean() > 1 - _SMEARED:
            return [0, 255]
    return [int(value) for value in np.unique(mask)]


def _colors(folder: Path, files: list[tuple[str, Path]], reach: Reach) -> Coding | None:
    """The coding of masks in colors; None for masks in shades of gray."""
    counts: Counter[Color] = Counter()
    colored, indexed = 0, 0
    for name, file in files:
        try:
            seen = _has_colors(file, name)
            if seen is not False:
                counts.update(_counted(decode(file, name).pixels))
        except ImageError:
            continue  # which is reported when its image is shown
        colored, indexed = colored + (seen is True), indexed + (seen is False)
    if colored <= indexed:
        return None  # single ones in colors are reported when their images are shown
    total = sum(counts.values())
    named = [f"{_hex(color)} {count / total:.1%}" for color, count in counts.most_common(_NAMED)]
    more = f" and {len(counts) - _NAMED:,} more" if len(counts) > _NAMED else ""
    found = f"Colors in the {len(files):,} masks that were looked at: {', '.join(named)}{more}."
    source, given = colors_of(folder, reach)
    if given:
        missing = sum(color not in given for color in counts)
        lacks = [f"{missing:,} of these colors are not in {source}; their pixels are ignored."] if missing else []
        reason = f"{source} names the colors, which are numbered in its order."
        names = MaskNames(checked(given.values(), str(folder / source), MOST), 0, True, reason)
        return Coding("colors", names, {color: at for at, color in enumerate(given)}, notes=(found, *lacks))
    if len(counts) > color_masks.MOST_COLORS:
        blended = (
            f"There are {len(counts):,} colors, as JPEG and smoothed borders make them: the {color_masks.MOST_COLORS} "
            "most frequent ones count, and other pixels are ignored. Save masks as PNG with one color for each class."
        )
        counts = Counter(dict(counts.most_common(color_masks.MOST_COLORS)))
        found = f"{found} {blended}"
    others = sorted(color for color in counts if color != BACKGROUND)
    values = {BACKGROUND: 0} | {color: number for number, color in enumerate(others, 1)}
    words = ("background", *map(_hex, others))
    reason = f"No file names the colors; {COLOR_FILE_WORDS}"
    return Coding("colors", MaskNames(words, 0, True, reason), values, notes=(found, reason))


COLOR_FILE_WORDS = "label_colors.txt beside the masks can, with lines such as 64 128 64 tree."


def _has_colors(file: Path, name: str) -> bool | None:
    """Whether a mask is in colors; None where it could be, but all of its pixels are gray. A palette has indices."""
    from explorer.data.stored import read

    image = read(file, name).image
    if image is None or image.mode in ("P", "L", "1", "LA", "I", "F"):
        return False
    pixels = np.asarray(image.convert("RGB"))
    return True if (pixels != pixels[..., :1]).any() else None


def _counted(pixels: Mask) -> dict[Color, int]:
    numbers, counts = np.unique(_packed(pixels), return_counts=True)
    colors = ((int(number) >> 16, int(number) >> 8 & 255, int(number) & 255) for number in numbers)
    return dict(zip(colors, counts.tolist(), strict=True))


def _packed(pixels: Mask) -> NDArray[np.uint32]:
    wide = pixels.astype(np.uint32)
    return np.asarray(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], np.uint32)


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _number(color: Color) -> int:
    return color[0] << 16 | color[1] << 8 | color[2]
