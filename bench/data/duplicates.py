"""Near duplicates: how long they take among many images, and how many of planted copies are found."""

import os
import time

import cv2
import numpy as np

from bench.data.generated import COPIES, SETS, Pixels
from explorer.data.overview import look, near
from explorer.data.overview.measured import Measured

_COUNTS = (4, 2, 1)  # the parts of the whole that are compared first
_PLANTED = 0.01  # the share of images that are copies of another
_ORIGINALS = 1_000
_ASKED_AT, _ASKED_S = 100_000, 60  # images, and seconds on 2 cores
_COLUMNS = ("width", "height", "size", "brightness", "contrast", "sharpness", "mean", "square", "dhash", "content")


def main(count: int = 100_000) -> None:
    """Compare many generated thumbnails."""
    print(f"near duplicates, {_PLANTED:.0%} of the images planted, {os.cpu_count()} cores")
    before = 0.0
    for divisor in _COUNTS:
        some = _many(count // divisor)
        begun = time.perf_counter()
        found = near.compare(some)
        seconds = time.perf_counter() - begun
        grown = (
            f"  {seconds / before:5.2f} times those of half as many (asked: below 4, which is quadratic)"
            if before
            else ""
        )
        asked = f" (asked {_ASKED_S})" if len(some) == _ASKED_AT else ""
        print(f"{len(some):9,} images {seconds:7.1f} s{asked}  {len(found.first):6,} pairs{grown}", flush=True)
        before = seconds


def _many(count: int) -> Measured:
    rng = np.random.default_rng(count)
    originals = round(count * (1 - _PLANTED))
    grays = np.empty((count, 32, 32), np.uint8)
    for number in range(originals):
        grays[number] = _gray(rng)
    for number in range(originals, count):
        noise = rng.normal(0, 6, (32, 32))
        grays[number] = np.clip(grays[number - originals] + noise, 0, 255).astype(np.uint8)
    return _table([np.repeat(gray[..., None], 3, axis=2) for gray in grays])


def _gray(rng: np.random.Generator) -> Pixels:
    total = np.zeros((32, 32), np.float32)
    for cells in (3, 6, 12):
        noise = rng.normal(size=(cells, cells)).astype(np.float32) / cells
        total += cv2.resize(noise, (32, 32), interpolation=cv2.INTER_CUBIC)
    low, high = total.min(), total.max()
    return np.asarray((total - low) / (high - low) * 255, np.uint8)


def _table(images: list[Pixels]) -> Measured:
    records = b"".join(look.at_pixels(pixels).record for pixels in images)
    found = np.frombuffer(records, look.RECORD)
    columns = {name: np.ascontiguousarray(found[name]) for name in (*_COLUMNS, "thumbnail")}
    count = len(images)
    return Measured(count, np.arange(count), **columns, format=[""] * count, trouble={})  # type: ignore[arg-type]


def recall(count: int = _ORIGINALS) -> None:
    """Plant a copy of each kind of every fifth image of generated sets, and count what is found."""
    print(f"{'planted copies that are found':32}" + "".join(f"{name:>18}" for name in SETS))
    found = {name: _found(name, min(count, _ORIGINALS)) for name in SETS}
    for kind in COPIES:
        print(f"{kind:32}" + "".join(f"{found[name][0][kind]:>18.1%}" for name in SETS))
    print(f"{'of the pairs that are found, right':34}" + "".join(f"{found[name][1]:>18.1%}" for name in SETS)[2:])


def _found(name: str, count: int) -> tuple[dict[str, float], float]:
    """The share of the copies of each kind that is found, and the share of right pairs among the found ones."""
    rng = np.random.default_rng(1)
    originals = SETS[name](rng, count)
    chosen = list(range(0, len(originals), 5))
    shares: dict[str, float] = {}
    right = wrong = 0
    for kind, copy in COPIES.items():
        images = [*originals, *(copy(originals[number], rng) for number in chosen)]
        planted = {(number, len(originals) + at) for at, number in enumerate(chosen)}
        compared = near.compare(_table([np.ascontiguousarray(pixels) for pixels in images]))
        pairs = {(min(pair), max(pair)) for pair in zip(compared.first.tolist(), compared.second.tolist(), strict=True)}
        shares[kind] = len(pairs & planted) / len(planted)
        right += len(pairs & planted)
        wrong += len(pairs - planted)
    return shares, right / max(right + wrong, 1)
