"""What a trace costs: six steps on 512 px, traced and merely applied, in turn."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import cv2

from bench.pipelines import six_steps
from explorer.augment.apply import augment
from explorer.augment.trace import trace
from explorer.data.photographs import photographs
from explorer.draw import memory
from explorer.draw.cards import frame
from explorer.draw.encoding import Classes
from explorer.figures.palette import CLASS_COLORS, rgb

ROUNDS = 300


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)  # as in a worker
    memory.tune()
    photograph = next(iter(photographs().values()))
    sample, pipeline = photograph.load(), six_steps()
    classes = Classes(photograph.classes, tuple(map(rgb, CLASS_COLORS)))
    subjects: dict[str, Callable[[int], Any]] = {
        "applied": lambda seed: augment(sample, pipeline, seed),
        "traced": lambda seed: trace(sample, pipeline, seed),
        "with its strip": lambda seed: frame(trace(sample, pipeline, seed), sample, "", classes),
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for seed in range(ROUNDS + 20):
        for name, work in subjects.items():
            begun = time.perf_counter()
            work(seed)
            if seed >= 20:
                times[name].append((time.perf_counter() - begun) * 1000)
    applied = statistics.median(times["applied"])
    print(f"\nsix steps, 512 px with mask, boxes and keypoints; medians of {ROUNDS}")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:16}{median:>7.2f} ms{median / applied:>8.2f} of applied")
