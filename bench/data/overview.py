"""Measuring images beside plain OpenCV, which decodes them on all cores and does nothing else."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.data.clock import in_turn, scratch_home
from bench.data.generated import photograph
from explorer.data.contents import Contents
from explorer.data.overview.kept import Kept
from explorer.data.overview.measuring import measure

_DIFFERENT = 200  # images; the others are copies in files of their own
_SIZES = ((375, 500), (1500, 2000))
_TURNS = 3
_ASKED = 0.8  # of plain cv2


def main(count: int = 10_000) -> None:
    """Measure JPEGs, once of the size of ImageNet's and once of that of photographs."""
    cv2.setNumThreads(0)
    for size in _SIZES:
        _measured(size, count if size == _SIZES[0] else max(count // 20, 1))


def _measured(size: tuple[int, int], count: int) -> None:
    with scratch_home() as scratch:
        files = _files(scratch / "set", size, count)
        part, label = np.zeros(count, np.int8), np.zeros(count, np.int32)
        names = [file.name for file in files]
        contents = Contents("bench", ("thing",), ("train",), names, files.__getitem__, part, label)
        works = {"plain cv2": lambda: _decoded(files), "measured": lambda: measure(contents)}
        times = {name: min(found) for name, found in in_turn(works, _TURNS).items()}
        used = {name: min(found) for name, found in in_turn(works, _TURNS, processor=True).items()}
        time.sleep(2.1)  # files that were changed just now are not kept
        for name in ("measured and kept", "a second look"):
            kept = Kept()
            begun = time.perf_counter()
            measure(contents, kept=kept)
            times[name] = time.perf_counter() - begun
            kept.close()
    height, width = size
    print(f"{count:,} JPEGs of {width} × {height} px, {os.cpu_count()} cores; best of {_TURNS} turns")
    for name, seconds in times.items():
        print(f"{name:20}{count / seconds:9,.0f} images/s  {times['plain cv2'] / seconds:6.2f} of plain cv2")
    share = used["plain cv2"] / used["measured"]
    print(f"by the time of the processors, whatever else the computer does: {share:.2f} of plain cv2 (asked {_ASKED})")


def _files(folder: Path, size: tuple[int, int], count: int) -> list[Path]:
    folder.mkdir()
    rng = np.random.default_rng(0)
    files = [folder / f"{number:06d}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        if number < _DIFFERENT:
            Image.fromarray(photograph(rng, *size)).save(file, quality=88)
        else:
            shutil.copyfile(files[number % _DIFFERENT], file)
    return files


def _decoded(files: list[Path]) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        assert all(pool.map(lambda file: cv2.imread(os.fspath(file)) is not None, files))
