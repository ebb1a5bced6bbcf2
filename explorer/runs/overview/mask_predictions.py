"""What pages and commands say of predicted masks: their scores with intervals, what the views have changed, the files.

Intervals are those of a bootstrap over images: pixels of one image are no independent cases.
"""

import os
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.intervals import Interval, intervals
from explorer.metrics.mask_images import mean_dice
from explorer.metrics.mask_pairs import differences
from explorer.metrics.metric import Evaluation
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.table import values
from explorer.runs.overview.prediction_table import Columns, as_csv
from explorer.runs.record.mask_predictions import MaskPredictions, mask_path, read_mask
from explorer.runs.record.paths import RunPaths

SCORES = ("iou", "dice", "pixel_accuracy")
_UNSAFE = re.compile(r"[^\w.\-() /]+")


@dataclass(frozen=True, eq=False)
class MaskGain:
    """What the views have changed, on the images whose mask is known.

    Attributes:
        images: How many these are.
        differences: Metric -> its value without views (a) and with them (b), with the interval of the difference.
    """

    images: int
    differences: Mapping[str, Difference]


@dataclass(frozen=True, eq=False)
class SeenMasks:
    """A prediction of masks, looked at where masks are known."""

    found: MaskPredictions

    @cached_property
    def known(self) -> NDArray[np.int64]:
        """The rows of images whose mask is known, ascending."""
        return np.flatnonzero(self.found.counts.known).astype(np.int64)

    @cached_property
    def dice(self) -> NDArray[np.float64]:
        """The (N,) mean Dice of each image over classes; nan where its mask is not known or no pixel of it counts."""
        counts = self.found.counts
        truth = counts.margins[:, :, 1].sum(axis=1)
        return np.where(counts.known & (truth > 0), mean_dice(counts.margins), np.nan)

    def scores(self) -> dict[str, Interval]:
        """Metrics of all pixels together, each with its interval over images; empty where no mask is known."""
        return intervals(self._evaluation(self.found.counts.margins), SCORES) if len(self.known) else {}

    def scores_of_each(self) -> list[dict[str, float | None]]:
        """Metrics of each network alone, with views; empty where no mask is known."""
        if not len(self.known):
            return []
        found = (values(self._evaluation(each), SCORES) for each in self.found.counts.each_margins)
        return [{key: one.value for key, one in each.items()} for each in found]

    def gain(self) -> MaskGain | None:
        """What the views have changed; None without views or without known masks."""
        if not (self.found.of.about.views and len(self.known)):
            return None
        plain, views = (self._evaluation(one) for one in (self.found.counts.plain_margins, self.found.counts.margins))
        return MaskGain(len(self.known), differences(plain, views, SCORES))

    def _evaluation(self, margins: NDArray[np.int64]) -> Evaluation:
        return Evaluation.of_pixels(margins[self.known])


def columns(found: MaskPredictions) -> Columns:
    """Return the columns of the table, a row for each image.

    They are its file in the zip, its mean Dice where true masks are known, and the share of each class.
    """
    of = found.of
    table: dict[str, NDArray[Any]] = {"id": np.asarray(of.ids), "mask": np.asarray(list(names_of(found)))}
    if found.counts.known.any():
        table["dice"] = SeenMasks(found).dice.astype(np.float32)
    table |= {f"share_{name}": of.scores[:, index] for index, name in enumerate(of.classes)}
    if of.about.views:
        table |= {f"share_{name}_without_views": of.plain[:, index] for index, name in enumerate(of.classes)}
    return table


def names_of(found: MaskPredictions) -> Iterator[str]:
    """Yield the name of each mask in the zip: that of its image as .png, with a number where names repeat."""
    used: set[str] = set()
    repeats: Counter[str] = Counter()
    for name in found.of.ids:
        plain = _UNSAFE.sub("_", name).strip("/ ").replace("..", "_") or "image"
        stem = (plain.rpartition(".")[0] if "." in plain.rpartition("/")[2] else plain) or plain
        chosen = f"masks/{stem}.png"
        while chosen.lower() in used:
            repeats[stem.lower()] += 1
            chosen = f"masks/{stem}-{repeats[stem.lower()] + 1}.png"
        used.add(chosen.lower())
        yield chosen


@lru_cache(maxsize=8)
def zip_bytes(paths: RunPaths, masks: int) -> int:
    """Return about how many bytes the zip has. Raises OSError.

    Args:
        paths: The prediction.
        masks: How many images are predicted so far; their masks never change.
    """
    del masks  # a key of the cache
    with os.scandir(mask_path(paths, 0).parent) as entries:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)


def write_zip(paths: RunPaths, found: MaskPredictions, file: IO[bytes]) -> None:
    """Write a zip of all masks, with their table and the names of their values.

    Raises:
        PredictionsError: A mask is missing, or is no mask.
        OSError: The file cannot be written.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PNG files are compressed already
        for name, place in zip(names_of(found), found.of.places.tolist(), strict=True):
            archive.writestr(name, read_mask(paths, place))
        archive.writestr("masks.csv", as_csv(columns(found)))
        named = zip(found.of.about.mask_values, found.of.classes, strict=True)
        archive.writestr("values.txt", "".join(f"{value} {' '.join(name.split())}\n" for value, name in sorted(named)))


def as_zip(paths: RunPaths, found: MaskPredictions) -> bytes:
    """Return what `write_zip` writes. Raises what it raises."""
    with tempfile.TemporaryFile() as file:  # of which memory holds one copy, and not also one that grows
        write_zip(paths, found, file)
        file.seek(0)
        return file.read()
