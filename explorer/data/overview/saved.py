"""The latest measurements of a data set and their progress, in files that a page reads while a child process writes."""

import hashlib
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.home import home
from explorer.base.names import shown
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.spec import FileSpec, Spec
from explorer.data.overview.measured import Measured
from explorer.data.overview.near import Alike, Duplicates, grouped
from explorer.data.overview.sampling import Sampling
from explorer.data.tables import NONE

_FORMAT = 4  # to be raised with each change of what is saved
_COLUMNS = (
    "index", "width", "height", "size", "brightness", "contrast", "sharpness", "mean", "square", "dhash", "content",
    "thumbnail", "fine", "boxes", "box_row",
)  # fmt: skip
_MOST_FILES, _MOST_BYTES = 200, 2_000_000_000
_NOTED_EVERY_S = 0.5  # between two notes of progress
_TORN_S = 86_400.0  # after which the file of an interrupted measurement is deleted
_OF_PAIRS = ("first", "second", "distance", "likeness", "exact")
_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError)


@dataclass(frozen=True)
class Progress:
    """How far a measurement is.

    Attributes:
        done: images that are measured.
        total: images that will be.
        seconds: since it began.
    """

    done: int = 0
    total: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that it will probably take to its end; None while too little is known."""
        return self.seconds / self.done * (self.total - self.done) if self.done and self.seconds > 1 else None


def neutral(spec: Spec) -> Spec:
    """The spec without what decides only which images are used for what, so that these share their measurements."""
    reset: tuple[str, ...] = ("set_aside", "drawn")
    if isinstance(spec, FileSpec):
        reset += ("val_fraction", "seed", "folds", "fold", "left_out", "together", "skip_unusable")
    fields = type(spec).model_fields
    update = {name: fields[name].get_default(call_default_factory=True) for name in reset}
    if isinstance(spec, CsvSpec):
        update |= dict.fromkeys(("split_column", "fold_column", "group_column"), NONE) | {"folder": _folder(spec)}
    return spec.model_copy(update=update)


def _folder(spec: CsvSpec) -> str:
    """The folder of the images of a table in one spelling, however it was written."""
    place = spec.images.resolve()
    if place == spec.root.parent.resolve():
        return ""
    return str(place) if str(place) == shown(str(place)) else spec.folder


def key(spec: Spec, sampling: Sampling) -> str:
    """What identifies a measurement: the data set and the sampling."""
    words = f"{_FORMAT} {sampling.name} {neutral(spec).model_dump_json()}"
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def place(spec: Spec, sampling: Sampling) -> Path:
    """The file of the measurements; it may not exist yet."""
    return home() / "cache" / "overview" / f"{key(spec, sampling)}.npz"


def write_progress(file: Path, progress: Progress) -> None:
    """Note how far the measurement is whose results will be in `file`. Raises OSError."""
    values = {"done": progress.done, "total": progress.total, "seconds": round(progress.seconds, 3)}
    write_json_atomic(file.with_suffix(".progress"), values, sync=False)


def read_progress(file: Path) -> Progress:
    """How far a measurement is by its latest note."""
    found = read_json_object(file.with_suffix(".progress")) or {}
    numbers = [found.get(name) for name in ("done", "total", "seconds")]
    if not all(isinstance(number, int | float) for number in numbers):
        return Progress()
    done, total, seconds = (float(number or 0) for number in numbers)
    return Progress(int(done), int(total), seconds)


class Noting:
    """Notes the progress of a process for pages, and prints it.

    Args:
        file: Where its results will be.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._begun = time.monotonic()
        self._next = 0.0

    def report(self, done: int, total: int) -> None:
        """Note that `done` of `total` images are done; most calls come too soon after the last note, and do nothing."""
        now = time.monotonic()
        if now >= self._next or done == total:
            self._next = now + _NOTED_EVERY_S
            progress = Progress(done, total, now - self._begun)
            write_progress(self._file, progress)
            print(f"{done} {total} {progress.seconds:.1f}", flush=True)


def write(file: Path, measured: Measured, alike: Alike) -> None:
    """Save measurements and the duplicates among them, in place of older ones. Raises OSError.

    Of all data sets the newest measurements are kept, up to _MOST_FILES and _MOST_BYTES.
    """
    arrays = {f"pairs_{name}": getattr(alike, name) for name in _OF_PAIRS}
    arrays |= {name: getattr(measured, name) for name in _COLUMNS}
    if measured.mask_area is not None:
        arrays["mask_area"] = measured.mask_area
    words = {
        "total": measured.total,
        "when": time.time(),
        "format": list(measured.format),
        "ids": list(measured.ids),
        "trouble": list(measured.trouble.items()),
        "mask_trouble": list(measured.mask_trouble.items()),
        "most": alike.most,
        "notes": list(alike.notes),
    }
    arrays["words"] = npz.from_json(words)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    npz.write(file, arrays, sync=False)
    file.with_suffix(".progress").unlink(missing_ok=True)
    with suppress(OSError):
        _clear(file)


def _clear(written: Path) -> None:
    """Delete the oldest measurements besides those just written, and what interrupted ones have left behind."""
    found = [(path, path.stat()) for path in written.parent.glob("*.npz")]
    total = 0
    for number, (path, status) in enumerate(sorted(found, key=lambda one: -one[1].st_mtime)):
        total += status.st_size
        if path != written and (number >= _MOST_FILES or total > _MOST_BYTES):
            path.unlink(missing_ok=True)
    for pattern in ("*.progress", ".*.part"):
        for path in written.parent.glob(pattern):
            if path.stat().st_mtime < time.time() - _TORN_S:
                path.unlink(missing_ok=True)


@dataclass(frozen=True, eq=False)
class Saved:
    """Measurements, the duplicates among them, and when they were made, in seconds since 1970."""

    measured: Measured
    alike: Alike
    when: float

    def duplicates(self, ids: Sequence[str], part: NDArray[np.int8]) -> Duplicates:
        """The duplicates among the images of a data set as it is listed now.

        Args:
            ids: of all its images.
            part: (N,), their parts.
        """
        at = {name: place for place, name in enumerate(ids)}
        index = np.array([at.get(name, -1) for name in self.measured.ids], np.int64)
        return grouped(self.alike, index, part)


def read(file: Path) -> Saved | None:
    """The measurements in a file; None where there are none, or damaged ones, which are to be made again."""
    try:
        return _read(file, file.stat().st_mtime_ns)
    except _DAMAGE:
        return None


@lru_cache(maxsize=4)
def _read(file: Path, modified_ns: int) -> Saved:
    del modified_ns
    with npz.opened(file) as found:
        words = npz.as_json(found["words"])
        columns = {name: found[name] for name in _COLUMNS}
        pairs = {name: found[f"pairs_{name}"] for name in _OF_PAIRS}
        area = found["mask_area"] if "mask_area" in found.files else None
    measured = Measured(
        total=int(words["total"]),
        **columns,
        format=words["format"],
        ids=words["ids"],
        trouble={int(row): str(text) for row, text in words["trouble"]},
        mask_area=area,
        mask_trouble={int(row): str(text) for row, text in words["mask_trouble"]},
    )
    alike = Alike(**pairs, most=int(words["most"]), notes=tuple(map(str, words["notes"])))
    return Saved(measured, alike, float(words["when"]))
