"""Submissions of masks with run-length encoding, as competitions on Kaggle ask for them.

A cell holds pairs of a start and a length. Pixels are counted from 1, down each column and then from left to right. A
mask without a pixel is a blank cell. Rows are for an image, or for an image and a class, which a column names
or the end of the id, as in `a.jpg_3`.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.base.names import plain
from explorer.base.tables import Table
from explorer.runs.overview.sample_ids import SampleIds
from explorer.runs.overview.sample_submission import Sample, SubmissionError, listed, sample_table
from explorer.runs.overview.submission import Submission, check
from explorer.runs.record.mask_predictions import MaskPredictions, read_mask
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, PredictionsError

_ENCODED = ("encodedpixels", "rle", "rlemask", "rleencoded", "encodedmask", "predicted", "prediction", "segmentation")
_LOOKED = 200  # rows that are read to find the column of ids
_DECODED = 4  # masks that are kept for the next rows

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class MaskSample:
    """A sample submission for masks, understood.

    Attributes:
        ids: Its rows, with the names of images as ids.
        cells: The cells of each row, without what is filled in.
        classes: The place of the class of each row among the classes of the prediction.
        column: The place of the column that is filled in.
    """

    ids: Sample
    cells: tuple[tuple[str, ...], ...]
    classes: tuple[int, ...]
    column: int


def encoded(mask: NDArray[np.bool_]) -> str:
    """Return the run-length encoding of an (H, W) mask, "" where it is empty."""
    flat = np.concatenate([[False], mask.flatten(order="F"), [False]])
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts, lengths = ends[::2], ends[1::2] - ends[::2]
    return " ".join(map(str, np.stack([starts, lengths], axis=1).reshape(-1)))


def read_mask_sample(file: Path, about: About, ids: Sequence[str]) -> MaskSample:
    """Understand a sample submission for masks.

    Args:
        file: A CSV file whose first row names the columns.
        about: The prediction.
        ids: What the predicted images are called.

    Raises:
        SubmissionError: It cannot be read or understood.
    """
    table = sample_table(file, "one of encoded pixels")
    filled = _encoded_column(table)
    rows = [tuple(row[place] if place < len(row) else "" for place in range(len(table.header))) for row in table.rows]
    others = [place for place in range(len(table.header)) if place != filled]
    known = SampleIds(ids)
    at = max(others, key=lambda place: sum(_image(row[place], known) is not None for row in rows[:_LOOKED]))
    rest = [place for place in others if place != at]
    if len(rest) > 1:
        names = listed([table.header[place] for place in rest])
        raise SubmissionError(f"These columns are neither ids nor encoded pixels nor classes: {names}.")
    images = [row[at] for row in rows]
    if rest:
        classes = [row[rest[0]] for row in rows]
    elif _end_in_classes(images[:_LOOKED], known):
        parts = [image.rpartition("_") for image in images]
        images, classes = [stem for stem, _, _ in parts], [end for _, _, end in parts]
    else:
        classes = []
    places = _classes(classes, about) if classes else [_only(about)] * len(rows)
    twice = _twice(list(zip(images, places, strict=True)))
    if twice:
        raise SubmissionError(f"The sample has several rows for the same image and class: {listed(twice)}.")
    sample = Sample(tuple(table.header), tuple(images), at, {}, "label", table.delimiter)
    return MaskSample(sample, tuple(rows), tuple(places), filled)


def check_mask_sample(sample: MaskSample, ids: Sequence[str], *, fill: bool) -> list[int]:
    """Return the row of the prediction of each row of a sample, -1 for none. Raises SubmissionError, see `check`."""
    return check(sample.ids, ids, fill=fill)


def filled_masks(paths: RunPaths, found: MaskPredictions, sample: MaskSample, *, fill: bool = False) -> Submission:
    """Fill a sample submission with predicted masks, at the sizes of the images.

    Rows whose image is missing hold a blank mask.

    Raises:
        SubmissionError: As `check`.
        PredictionsError: A mask cannot be read.
    """
    of = found.of
    rows = check_mask_sample(sample, of.ids, fill=fill)
    read = lru_cache(maxsize=_DECODED)(_reader(paths, of.places.tolist()))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sample.ids.delimiter, lineterminator="\n")
    writer.writerow(sample.ids.header)
    for cells, row, place in zip(sample.cells, rows, sample.classes, strict=True):
        words = encoded(read(row) == of.about.mask_values[place]) if row >= 0 else ""
        writer.writerow([words if at == sample.column else cell for at, cell in enumerate(cells)])
    missing = tuple(name for name, row in zip(sample.ids.ids, rows, strict=True) if row < 0)
    unused = len(of) - len({row for row in rows if row >= 0})
    return Submission(text.getvalue().encode("utf-8", "surrogateescape"), len(rows), missing, unused, sample.ids)


def _reader(paths: RunPaths, places: Sequence[int]) -> Callable[[int], Mask]:
    def read(row: int) -> Mask:
        content = read_mask(paths, places[row])
        try:
            with Image.open(io.BytesIO(content)) as file:
                return np.array(file, np.uint8)
        except (OSError, ValueError, SyntaxError) as error:  # as Pillow says of a damaged PNG
            raise PredictionsError(f"The mask of image {row + 1} is damaged: {error}") from error

    return read


def _encoded_column(table: Table) -> int:
    """The column that is filled in, by its name."""
    bare = ["".join(letter for letter in plain(name).casefold() if letter.isalnum()) for name in table.header]
    found = [place for place, name in enumerate(bare) if name in _ENCODED]
    if len(found) == 1:
        return found[0]
    raise SubmissionError(
        "A sample for masks needs one column that takes run-length encoded pixels, named EncodedPixels or rle. Its "
        f"columns are {listed(table.header)}."
    )


def _image(name: str, known: SampleIds) -> int | None:
    """The row of the image of an id, also where its end names a class; None where there is none."""
    row = known.find(name)
    if row < 0:
        stem, bar, _ = name.rpartition("_")
        row = known.find(stem) if bar else row
    return row if row >= 0 else None


def _end_in_classes(names: Sequence[str], known: SampleIds) -> bool:
    """Whether more ids name an image without their last part than as they are."""
    whole = sum(known.find(name) >= 0 for name in names)
    return sum(known.find(name.rpartition("_")[0]) >= 0 for name in names) > whole


def _only(about: About) -> int:
    """The one class besides the background, which rows without a class mean."""
    found = [place for place in range(len(about.classes)) if about.color_places[place] is not None]
    if len(found) == 1:
        return found[0]
    if len(about.classes) == 2 and set(about.mask_values) >= {0}:
        return about.mask_values.index(max(about.mask_values))
    raise SubmissionError(
        f"The sample has one row for each image, and there are {len(found)} classes: "
        f"{listed([about.classes[place] for place in found])}. It needs a row for each image and class."
    )


def _classes(names: Sequence[str], about: About) -> list[int]:
    """The place of each class, by its name or its value in masks."""
    known = {str(value): place for place, value in enumerate(about.mask_values)}
    known |= {plain(name): place for place, name in enumerate(about.classes)}
    unknown = sorted({name.strip() for name in names} - known.keys())
    if unknown:
        values = [f"{name} ({value})" for name, value in zip(about.classes, about.mask_values, strict=True)]
        raise SubmissionError(
            f"These are no classes, neither by name nor by their value in masks: {listed(unknown)}. The classes are "
            f"{listed(values)}."
        )
    return [known[name.strip()] for name in names]


def _twice(keys: Sequence[tuple[str, int]]) -> list[str]:
    """The images that have several rows for the same class."""
    return sorted({name for (name, _), count in Counter(keys).items() if count > 1})
