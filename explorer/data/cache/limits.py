"""Where the cache of images lies, and how much it may take."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import home
from explorer.data.cache.store import files

MEMORY = "EXPLORER_CACHE_MEMORY"  # MB
DISK = "EXPLORER_CACHE_DISK"  # GB
SHARE = 0.4  # of the free memory that images may take; the network needs some too
_MOST_DISK = 20e9  # bytes
_SHARE_OF_DISK = 0.1  # of what is free


class CacheSettingError(ValueError):
    """A setting in the environment that is no amount; the message says what is expected."""


@dataclass(frozen=True)
class Limits:
    """Bytes. memory: that kept samples may take in this process. disk: of all files of the cache together."""

    memory: int
    disk: int


def folder() -> Path:
    """Where images are kept; not made here."""
    return home() / "cache" / "images"


def limits(free_memory: int) -> Limits:
    """What the environment says, else a share of what is free. Raises CacheSettingError."""
    memory = _setting(MEMORY, 1e6, "MB", "500")
    disk = _setting(DISK, 1e9, "GB", "20")
    return Limits(
        memory=int(SHARE * free_memory) if memory is None else memory,
        disk=_default_disk() if disk is None else disk,
    )


def _setting(variable: str, unit: float, unit_name: str, example: str) -> int | None:
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    try:
        value = float(text)
        if 0 <= value < 1e9:
            return int(value * unit)
    except ValueError:
        pass  # said below
    raise CacheSettingError(f"{variable} is {text!r}. Expected {unit_name} as a number from 0, such as {example}.")


def _default_disk() -> int:
    place = folder()
    while not place.exists() and place != place.parent:
        place = place.parent
    # What the cache has taken counts as free: else it would shrink with its own growth.
    taken = sum(size for _, size, _ in files(folder()))
    return int(min(_MOST_DISK, _SHARE_OF_DISK * (shutil.disk_usage(place).free + taken)))
