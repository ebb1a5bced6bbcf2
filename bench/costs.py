"""How long each transform takes, and what `explorer/augment/costs.py` says it takes.

One thread, a photograph with its mask, every transform at its starting values; the middle of several draws. Beside the
measured milliseconds stands the estimate for 512 px and how many times too high it is.
"""

import statistics
import time
from collections.abc import Iterable, Mapping
from typing import Any

import cv2
import numpy as np

from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.costs import estimate
from explorer.augment.pipeline import Pipeline, Step
from explorer.data.photographs import photographs
from explorer.data.sample import Sample

SIDES = (256, 512, 1024)  # px
DRAWS = 9
SECONDS = 3.0  # no further draw of a slow transform after this


def main() -> None:
    """Measure and print the table, the slowest first."""
    cv2.setNumThreads(1)
    pictures = {side: square(side) for side in SIDES}
    times = {name: [measure(name, {}, picture) for picture in pictures.values()] for name in catalog()}
    print(f"{'transform':28}" + "".join(f"{side:>7} px" for side in SIDES) + f"{'per MP':>9}{'estimate':>10}{'':>8}")
    for name, row in sorted(times.items(), key=lambda item: -item[1][-1]):
        _print(name, row)


def _print(name: str, row: Iterable[float]) -> None:
    by_side = dict(zip(SIDES, row, strict=True))
    expected = estimate(name, catalog()[name].starts, (512, 512))
    print(
        f"{name:28}"
        + "".join(f"{milliseconds:10.2f}" for milliseconds in by_side.values())
        + f"{by_side[1024] / 1024**2 * 1e6:9.1f}{expected:10.2f}{expected / by_side[512]:7.1f}×"
    )


def square(side: int) -> Sample:
    """The greeting photograph with its mask and one box, as a square of `side` px."""
    whole = next(iter(photographs().values())).load()
    crop = min(whole.size)
    assert whole.mask is not None
    return Sample(
        image=cv2.resize(whole.image[:crop, :crop], (side, side), interpolation=cv2.INTER_CUBIC),
        mask=cv2.resize(whole.mask[:crop, :crop], (side, side), interpolation=cv2.INTER_NEAREST),
        bboxes=np.array([[0.2 * side, 0.2 * side, 0.6 * side, 0.7 * side, 0]], np.float32),
    )


def measure(transform: str, params: Mapping[str, Any], picture: Sample) -> float:
    """Milliseconds that a transform which fires takes a processor, besides its starting values with `params`."""
    offered = catalog()[transform]
    step = Step(id="n1", transform=transform, params={**offered.starts, **params}, p=1.0)
    pipeline = Pipeline(nodes=(step,))
    sample = picture if "bboxes" in offered.needs else Sample(picture.image, picture.mask)
    augment(sample, pipeline, seed=1)
    times, begun = [], time.perf_counter()
    for index in range(DRAWS):
        before = time.thread_time()
        augment(sample, pipeline, seed=0, index=index)
        times.append((time.thread_time() - before) * 1000)
        if time.perf_counter() - begun > SECONDS:
            break
    return statistics.median(times)
