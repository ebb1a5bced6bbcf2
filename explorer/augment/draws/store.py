"""Results of measurements by what they are of, in a folder of limited size. It may be deleted at any time."""

import importlib.metadata
import json
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from explorer.augment.draws.counts import DrawCounts
from explorer.augment.pipeline import Pipeline
from explorer.base.atomic import write_bytes_atomic

MOST_BYTES = 100_000_000
_VERSION = "3"  # of what is counted
_PACKAGES = ("albumentations", "opencv-python-headless", "numpy")


def key(pictures: Sequence[str], pipeline: Pipeline, seed: int, total: int) -> str:
    """The same for measurements that give the same. pictures: ids, which differ where pixels or labels do."""
    found = blake2b(digest_size=20)
    versions = [importlib.metadata.version(name) for name in _PACKAGES]
    found.update(json.dumps([_VERSION, versions, list(pictures), pipeline.key, seed, total]).encode())
    return found.hexdigest()


def load(folder: Path, name: str) -> DrawCounts | None:
    """What was kept under a key; None where there is nothing, or nothing that can be read."""
    try:
        found = json.loads((folder / f"{name}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("draws"), int) else None


def keep(folder: Path, name: str, counts: DrawCounts) -> None:
    """Keep counts, and forget the oldest ones where there is no room. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(folder / f"{name}.json", json.dumps(counts).encode(), sync=False)
    _make_room(folder)


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    taken = 0
    for file in files:
        taken += file.stat().st_size
        if taken > MOST_BYTES:
            with suppress(OSError):
                file.unlink()
