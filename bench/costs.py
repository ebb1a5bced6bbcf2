"""How long each transform takes, and what `explorer/augment/costs.py` says it takes.

One thread, a photograph with its mask, every transform at its starting values; the middle of several draws. Beside the
measured milliseconds stands the estimate for 512 px and how many times too high it is. The exit code is 1 where
a parameter that the estimate counts as expensive is not, or a step of a preset is too slow for a preview while typing.
"""

import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np

from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.costs import estimate
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.presets import presets
from explorer.data.photographs import photographs
from explorer.data.sample import Sample

SIDES = (256, 512, 1024)  # px
DRAWS = 9
SECONDS = 3.0  # no further draw of a slow transform after this
PRESET_MS = 60.0  # of a step at 512 px

# Values of a parameter of which the second takes at least twice as long as the first.
CONTRASTS: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("ElasticTransform", {"sigma": 2.0}, {"sigma": 100.0}),
    ("GlassBlur", {"iterations": 1}, {"iterations": 8}),
    ("GlassBlur", {}, {"mode": "exact"}),
    ("GridElasticDeform", {"num_grid_xy": [2, 2]}, {"num_grid_xy": [10, 10]}),
    ("MedianBlur", {"blur_limit": [3, 3]}, {"blur_limit": [9, 9]}),
    ("MotionBlur", {"blur_limit": [3, 3]}, {"blur_limit": [21, 21]}),
    ("RandomFog", {"fog_coef_range": [1.0, 1.0]}, {"fog_coef_range": [0.1, 0.1]}),
    ("RandomSunFlare", {"src_radius": 20}, {"src_radius": 800}),
    ("Superpixels", {"max_size": 64}, {"max_size": None}),
    ("ThinPlateSpline", {"num_control_points": 2}, {"num_control_points": 8}),
    ("ZoomBlur", {"max_factor": [1.1, 1.1]}, {"max_factor": [3.0, 3.0]}),
)


def main() -> None:
    """Measure and print the table, the slowest first."""
    cv2.setNumThreads(1)
    pictures = {side: square(side) for side in SIDES}
    times = {name: [measure(name, {}, picture) for picture in pictures.values()] for name in catalog()}
    print(f"{'transform':28}" + "".join(f"{side:>7} px" for side in SIDES) + f"{'per MP':>9}{'estimate':>10}{'':>8}")
    for name, row in sorted(times.items(), key=lambda item: -item[1][-1]):
        _print(name, row)
    failed = [*_weak_contrasts(pictures[256]), *_slow_presets(pictures[512])]
    print("\n".join(failed) or "Every dear parameter is dear, and every step of a preset is quick.")
    sys.exit(bool(failed))


def _weak_contrasts(picture: Sample) -> Iterator[str]:
    for name, cheap, dear in CONTRASTS:
        ratio = measure(name, dear, picture) / measure(name, cheap, picture)
        if ratio < 2:
            yield f"{name} with {dict(dear)} takes only {ratio:.1f} times as long as with {dict(cheap)}."


def _slow_presets(picture: Sample) -> Iterator[str]:
    for preset in presets().values():
        for step, _ in walk(preset.nodes):
            if isinstance(step, Step) and (took := measure(step.transform, step.params, picture)) > PRESET_MS:
                yield f"{step.transform} of the preset {preset.name} takes {took:.0f} ms."


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
        mask=cv2.resize(whole.mask[:crop, :crop], (side, side), interpolation=cv2.INTER_NEAREST_EXACT),
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
