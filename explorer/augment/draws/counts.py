"""Counts of many draws, which add up: merging the counts of two ranges of draws gives the counts of both.

They are plain data: numbers are summed, lists are joined, dicts are merged by name. They are kept as JSON in a folder
of limited size, which may be deleted at any time.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from explorer.augment.pipeline import Pipeline
from explorer.base.atomic import write_bytes_atomic
from explorer.base.versions import version

MOST_BYTES = 100_000_000
_VERSION = "3"  # of what is counted
_PACKAGES = ("albumentations", "opencv-python-headless", "numpy")

DrawCounts = dict[str, Any]


def merge(first: DrawCounts, second: DrawCounts) -> DrawCounts:
    """The counts of the draws of both; neither is changed. `{}` are the counts of no draws."""
    merged = first | second
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        merged[name] = merge(one, other) if isinstance(one, dict) else one + other
    return merged


def add(counts: DrawCounts, *path: str, by: float = 1) -> None:
    """Add to the number at a path, in place; it begins at 0."""
    for name in path[:-1]:
        counts = counts.setdefault(name, {})
    counts[path[-1]] = counts.get(path[-1], 0) + by


# The folder


def key(pictures: Sequence[str], pipeline: Pipeline, seed: int, total: int) -> str:
    """Key of a measurement. The ids of `pictures` differ if their pixels or labels do."""
    found = blake2b(digest_size=20)
    versions = [version(name) for name in _PACKAGES]
    found.update(json.dumps([_VERSION, versions, list(pictures), pipeline.key, seed, total]).encode())
    return found.hexdigest()


def load(folder: Path, name: str) -> DrawCounts | None:
    """The counts kept under a key, None if there are none that can be read."""
    try:
        found = json.loads((folder / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("draws"), int) else None


def keep(folder: Path, name: str, counts: DrawCounts) -> None:
    """Keep counts, and delete the oldest ones if there is no room. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(folder / f"{name}.json", json.dumps(counts).encode(), sync=False)
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    taken = 0
    for file in files:
        taken += file.stat().st_size
        if taken > MOST_BYTES:
            with suppress(OSError):
                file.unlink()
