"""Measures the images of a data set on all cores; what was measured of a file before is not measured again."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL
from numpy.typing import NDArray

from explorer.data.cache.memo import stamp_of
from explorer.data.contents import Contents
from explorer.data.depth import Depth
from explorer.data.overview import annotated, fine, look
from explorer.data.overview.kept import Kept, key_of
from explorer.data.overview.look import RECORD, Look
from explorer.data.overview.measured import Measured
from explorer.data.overview.sampling import USUAL, Sampling, chosen
from explorer.data.stored import ImageError

BATCH = 128  # images between two reports; what was measured is kept after each batch
_AT_ONCE = 8  # images that a thread is given
_AHEAD = 2  # batches that are in work while one is kept
_MEMORY = "needs more memory"

Report = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    del done, total


def measure(
    contents: Contents,
    sampling: Sampling = USUAL,
    depth: Depth = "auto",
    kept: Kept | None = None,
    report: Report = _silent,
    threads: int | None = None,
) -> Measured:
    """Measure images, their masks and their boxes.

    Images that do not decode are part of the answer. To cancel, raise an error in `report`: what was measured until
    then is kept.

    Args:
        contents: the listed data set.
        sampling: which of its images are measured.
        depth: how values of more than 8 bits become pixels; "auto" takes the range of each image.
        kept: what was measured before; None keeps nothing.
        report: called with the number of images that are measured, and of all that will be.
        threads: how many decode at once; None takes all cores.
    """
    index = chosen(contents.ids, sampling)
    worker = _Worker(contents, depth)
    looks: list[Look] = []
    share = 2 if contents.mask_classes else 1  # half of the work is that of the masks
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for batch in _batches(pool, worker, index.tolist(), kept):
            looks += batch
            report(len(looks) // share, len(index))
        # Where several large images were decoded at once there may have been too little memory for all of them.
        for row, found in enumerate(looks):
            if _MEMORY in found.trouble:
                looks[row] = worker.measured(int(index[row]))
        table = np.frombuffer(b"".join(each.record for each in looks), RECORD)
        finer = fine.measure(contents, index, table, pool, kept)
        done = len(index) // 2 if share == 2 else len(index)
        about = annotated.measure(
            contents,
            index,
            table["width"],
            table["height"],
            pool,
            lambda count: report(min(done + (count + 1) // 2, len(index)) if share == 2 else done, len(index)),
        )
    return replace(_assembled(contents, index, looks, table, about), fine=finer)


@dataclass(frozen=True)
class _Task:
    """An image to be measured. key: under which it is kept; None where it cannot be."""

    place: int
    key: bytes | None


class _Worker:
    """Measures single images; threads may share it."""

    def __init__(self, contents: Contents, depth: Depth) -> None:
        self._contents = contents
        self._depth = depth
        self._what = repr((look.VERSION, depth, PIL.__version__, cv2.__version__))

    def task(self, place: int) -> _Task:
        source = self._contents.source(place)
        try:
            return _Task(place, key_of(self._what, source, stamp_of(source)) if isinstance(source, Path) else None)
        except ImageError:
            return _Task(place, None)

    def all(self, places: Sequence[int]) -> list[Look]:
        return [self.measured(place) for place in places]

    def measured(self, place: int) -> Look:
        source, name = self._contents.source(place), self._contents.ids[place]
        if isinstance(source, Path):
            return look.at_file(source, name, self._depth)
        if self._contents.pixels is None:
            return look.damaged(f"{name} is in no file, and its format gives no pixels.")
        try:
            return look.at_pixels(self._contents.pixels(place))
        except ImageError as error:
            return look.damaged(str(error))


def _batches(
    pool: ThreadPoolExecutor, worker: _Worker, places: Sequence[int], kept: Kept | None
) -> Iterator[list[Look]]:
    """The looks of all images in order, batch by batch."""
    waiting: deque[_Batch] = deque()
    for start in range(0, len(places), BATCH):
        waiting.append(_Batch(pool, worker, places[start : start + BATCH], kept))
        if len(waiting) > _AHEAD:
            yield waiting.popleft().looks(kept)
    while waiting:
        yield waiting.popleft().looks(kept)


class _Batch:
    """Some images in work."""

    def __init__(self, pool: ThreadPoolExecutor, worker: _Worker, places: Sequence[int], kept: Kept | None) -> None:
        self._tasks = [worker.task(place) for place in places]
        keys = [task.key for task in self._tasks if task.key is not None]
        self._known = kept.get(keys) if kept is not None else {}
        new = [task.place for task in self._tasks if task.key is None or task.key not in self._known]
        # A few at once, because to hand over a single image takes a tenth of the time of measuring it.
        some = [new[start : start + _AT_ONCE] for start in range(0, len(new), _AT_ONCE)]
        self._begun = [(places, pool.submit(worker.all, places)) for places in some]

    def looks(self, kept: Kept | None) -> list[Look]:
        """Wait for all of them, and keep those that are new."""
        fresh: dict[int, Look] = {}
        for places, future in self._begun:
            fresh.update(zip(places, future.result(), strict=True))
        found = [fresh.get(task.place) or Look(*self._known[task.key or b""]) for task in self._tasks]
        if kept is not None:
            new = zip(self._tasks, found, strict=True)
            kept.add(
                {
                    task.key: (each.record, each.trouble)
                    for task, each in new
                    if task.key is not None and task.place in fresh and _MEMORY not in each.trouble
                }
            )
        return found


def _assembled(
    contents: Contents, index: NDArray[np.int64], looks: Sequence[Look], table: NDArray[Any], about: annotated.About
) -> Measured:
    columns = ("width", "height", "size", "brightness", "contrast", "sharpness", "mean", "square", "dhash", "content")
    return Measured(
        total=len(contents),
        index=index,
        **{name: np.ascontiguousarray(table[name]) for name in columns},
        format=[kind.decode() for kind in table["format"].tolist()],
        trouble={row: each.trouble for row, each in enumerate(looks) if each.trouble},
        ids=[contents.ids[place] for place in index.tolist()],
        thumbnail=np.ascontiguousarray(table["thumbnail"]),
        boxes=about.boxes,
        box_row=about.box_row,
        mask_area=about.mask_area,
        mask_trouble=about.mask_trouble,
    )
