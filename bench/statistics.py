"""Statistics over 2,000 draws against plain albumentations over the same draws; streams; how fast code is read.

Plain is what anybody would write: one Compose, called in a loop. Ours also counts labels, mask classes, drawn values,
times and pixels. Rounds take turns in one run. Machines are noisy: read the ratios, not the seconds.
"""

import statistics
import time
import warnings
from collections.abc import Callable

from bench import importing, streams
from explorer.augment.draws.measure import measure
from explorer.augment.edits import add
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.augment.streams import random_state
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.draw.measuring import Measuring
from explorer.draw.pictures import Photograph, Subject
from explorer.draw.pool import Pool

DRAWS = 2000
ROUNDS = 5
SIDE = 256  # px
STEPS = (
    "RandomResizedCrop", "HorizontalFlip", "Affine", "RandomBrightnessContrast", "GaussianBlur", "CoarseDropout",
)  # fmt: skip


def main() -> None:
    """Measure and print the tables."""
    warnings.simplefilter("ignore")
    name = next(iter(photographs()))
    sample, pipeline, pool = shrink(photographs()[name].load(), SIDE), _pipeline(), Pool()
    subject = Subject(Photograph(name), SIDE)
    subjects: dict[str, Callable[[], None]] = {
        "plain": lambda: _plain(sample, pipeline),
        "ours, in one process": lambda: _here(sample, pipeline),
        "ours, one other process": lambda: _elsewhere(pool, subject, pipeline, 1),
        "ours, two other processes": lambda: _elsewhere(pool, subject, pipeline, 2),
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    first = {name: _timed(work) for name, work in subjects.items()}
    for _ in range(ROUNDS):
        for name, work in subjects.items():
            times[name].append(_timed(work))
    plain = statistics.median(times["plain"])
    print(f"{DRAWS:,} draws of {len(STEPS)} steps, {SIDE} px with mask, boxes and keypoints; medians of {ROUNDS}")
    print(f"{'':27}{'median':>9}{'of plain':>10}{'first time':>12}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:27}{median:>7.2f} s{median / plain:>10.2f}{first[name]:>10.2f} s")
    print()
    streams.main(Sample(sample.image))
    print()
    importing.main()


def _pipeline() -> Pipeline:
    draft = Draft()
    for name in STEPS:
        draft, _ = add(draft, name, draft.nodes[-1].id if draft.nodes else None)
    return validate(draft)


def _timed(subject: Callable[[], None]) -> float:
    begun = time.perf_counter()
    subject()
    return time.perf_counter() - begun


def _plain(sample: Sample, pipeline: Pipeline) -> None:
    compose, rules = pipeline.to_compose(), pipeline.targets
    assert sample.bboxes is not None
    assert sample.keypoints is not None
    boxes, points = rules.give_boxes(sample.bboxes, sample.size), rules.give_points(sample.keypoints)
    for index in range(DRAWS):
        compose.set_random_state(*random_state(0, 0, index))
        compose(image=sample.image, mask=sample.mask, bboxes=boxes, keypoints=points)


def _here(sample: Sample, pipeline: Pipeline) -> None:
    measure([sample], pipeline, 0, range(DRAWS), DRAWS)


def _elsewhere(pool: Pool, subject: Subject, pipeline: Pipeline, processes: int) -> None:
    measuring = Measuring(pool, [subject], pipeline, 0, DRAWS, at_once=processes)
    measuring.wait()
    assert measuring.complete
