"""`python -m bench bootstrap`: seconds of the draws of a verdict, 10 effects of 10,000 images in 6 repeats."""

import sys
import time

import numpy as np

from explorer.metrics.resampling import DRAWS
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects

IMAGES, CLASSES, REPEATS, EFFECTS = 10_000, 10, 6, 10
ASKED = 5.0  # s


def main() -> None:
    """Measure and print; the exit code is 1 where a metric takes longer than asked."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, IMAGES)
    shared = rng.normal(size=(IMAGES, CLASSES)) + 2.0 * np.eye(CLASSES)[labels]
    logits = {
        f"v{number}": (shared + rng.normal(0, 0.5, (REPEATS, IMAGES, CLASSES))).astype(np.float32)
        for number in range(EFFECTS + 1)
    }
    scores = OutOfFold(labels, logits)
    contrasts = [("v0", f"v{number}") for number in range(1, EFFECTS + 1)]
    print(f"{DRAWS:,} draws, {EFFECTS} effects, {IMAGES:,} images of {CLASSES} classes, {REPEATS} repeats")
    slow = False
    for metric in ("accuracy", "log_loss", "f1_macro", "auroc"):
        begun = time.perf_counter()
        effects(scores, contrasts, metric, gate=contrasts[0])
        seconds = time.perf_counter() - begun
        slow |= seconds > ASKED
        print(f"{metric:12}{seconds:7.2f} s   asked {ASKED:g}")
    sys.exit(slow)
