"""A stream of random numbers for each node against one generator for all nodes: time per sample of ten steps.

Both do the same with other numbers. Blocks of samples take turns, so that a busy machine slows both down; what is
compared is processor time.
"""

import statistics
import time

from explorer.augment.apply import augment
from explorer.augment.pipeline import Pipeline, Step
from explorer.data.sample import Sample

STEPS = (
    "HorizontalFlip", "Affine", "RandomBrightnessContrast", "GaussianBlur", "CoarseDropout", "HueSaturationValue",
    "GaussNoise", "RandomGamma", "ToGray", "Sharpen",
)  # fmt: skip
BLOCKS = 60
SAMPLES = 50  # of a block


def main(sample: Sample) -> None:
    """Measure and print a line for each version, for the steps at their probabilities and for steps that do nothing."""
    print(f"Random numbers of {len(STEPS)} steps, {BLOCKS} blocks of {SAMPLES} samples; medians of processor time")
    print(f"{'':36}{'one generator':>15}{'streams':>12}{'ratio':>8}")
    for name, p in (("with p = 0.5", 0.5), ("with p = 0.0001, so nearly none", 0.0001)):
        steps = tuple(Step(id=f"n{number}", transform=one, p=p) for number, one in enumerate(STEPS))
        pipelines = [Pipeline(nodes=steps, streams=1), Pipeline(nodes=steps, streams=2)]
        times: list[list[float]] = [[], []]
        for block in range(BLOCKS):
            for which in (0, 1) if block % 2 else (1, 0):
                times[which].append(_microseconds(sample, pipelines[which], block))
        one, own = (statistics.median(each) for each in times)
        print(f"{name:36}{one:>12.0f} µs{own:>9.0f} µs{own / one:>8.3f}")


def _microseconds(sample: Sample, pipeline: Pipeline, block: int) -> float:
    begun = time.process_time()
    for index in range(block * SAMPLES, (block + 1) * SAMPLES):
        augment(sample, pipeline, 0, 0, index)
    return (time.process_time() - begun) / SAMPLES * 1e6
