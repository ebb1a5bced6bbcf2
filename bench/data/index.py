"""The index of a folder beside a plain walk by os.scandir, and a data set of a million images from its index."""

import os
import shutil
import statistics
import time
from collections import Counter
from pathlib import Path

from bench.data.clock import in_turn, scratch_home
from explorer.base.home import home
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.index import Folder, Index

_PER_FOLDER = 1_000
_TURNS = 7
_ASKED = {"first": 1.5}  # times plain os.scandir
_ASKED_AGAIN = 1  # s


def main(count: int = 100_000) -> None:
    """List a tree of empty files."""
    with scratch_home() as scratch:
        root = scratch / "tree"
        for number in range(count // _PER_FOLDER):
            folder = root / f"class {number:05d}"
            folder.mkdir(parents=True)
            for image in range(_PER_FOLDER):
                (folder / f"image_{number * _PER_FOLDER + image:08d}.jpg").touch()
        time.sleep(2.1)  # a folder that was changed just now is not kept
        works = {"plain os.scandir": lambda: _plain(root), "first": lambda: _first(root), "again": lambda: _again(root)}
        times = in_turn(works, _TURNS, processor=True)
        wall = in_turn({"again": lambda: _again(root)}, 3)
    best = {name: min(values) for name, values in times.items()}
    print(f"index of {count:,} files in {count // _PER_FOLDER} folders, {os.cpu_count()} cores")
    print(f"seconds of the processor, best of {_TURNS}")
    for name, seconds in best.items():
        asked = f" (asked {_ASKED[name]})" if name in _ASKED else ""
        print(f"{name:20}{seconds:8.3f} s  {seconds / best['plain os.scandir']:6.2f} times os.scandir{asked}")
    print(f"again, by the clock: {statistics.median(wall['again']):.3f} s (asked below {_ASKED_AGAIN})")


def _plain(root: Path) -> list[str]:
    """The paths of all files, as short as it can be written; unsorted, and with everything that is no image."""
    found, waiting = [], [os.fspath(root)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    found.append(entry.path)
    return found


def _first(root: Path) -> None:
    shutil.rmtree(home() / "cache" / "index", ignore_errors=True)
    _again(root)


def _again(root: Path) -> None:
    index = Index(root)
    found = index.images(root, lambda place: None, 10_000_000)
    assert found is not None
    index.save()


def million(count: int = 1_000_000) -> None:
    """Open a data set whose index says that it has a million images, in folders that are there and empty."""
    with scratch_home() as scratch:
        root = scratch / "tree"
        index = Index(root)
        root.mkdir()
        folders = [root / f"class {number:05d}" for number in range(count // _PER_FOLDER)]
        for folder in folders:
            folder.mkdir()
        for at, folder in enumerate([root, *folders]):
            images = [f"image_{at * _PER_FOLDER + image:08d}.jpg" for image in range(_PER_FOLDER)] if at else []
            inner = () if at else tuple(each.name for each in folders)
            status = folder.stat()
            stamp = status.st_dev, status.st_ino, status.st_mtime_ns
            index.put(folder, Folder(stamp, inner, "\0".join(images), len(images), (), Counter()))
        index.save()
        begun = time.perf_counter()
        contents = ImageFolderSpec(path=str(root)).contents()
        seconds = time.perf_counter() - begun
    print(f"a data set of {len(contents):,} images opens from its index in {seconds:.1f} s; {contents.ids[-1]}")
