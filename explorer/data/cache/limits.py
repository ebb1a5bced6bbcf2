"""The folder of the cache of images, and how much memory and disk it may take."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import home
from explorer.data.cache.store import files

MEMORY = "EXPLORER_CACHE_MEMORY"  # MB
DISK = "EXPLORER_CACHE_DISK"  # GB
SHARE = 0.4  # of the free memory; the network needs some too
_MOST_DISK = 20e9  # bytes
_SHARE_OF_DISK = 0.1  # of the free disk


class CacheSettingError(ValueError):
    """An environment variable that holds no amount; the message says what is expected."""


@dataclass(frozen=True)
class Limits:
    """How many bytes kept samples may take: in the memory of this process, and in all files of the cache together."""

    memory: int
    disk: int


def folder() -> Path:
    """The folder in which images are kept; it may not exist yet."""
    return home() / "cache" / "images"


def limits(free_memory: int) -> Limits:
    """The limits that the environment names, else shares of what is free, in bytes. Raises CacheSettingError."""
    memory = amount(MEMORY, 1e6, "MB", "500")
    disk = amount(DISK, 1e9, "GB", "20")
    return Limits(
        memory=int(SHARE * free_memory) if memory is None else memory,
        disk=_default_disk() if disk is None else disk,
    )


def amount(variable: str, unit: float, unit_name: str, example: str) -> int | None:
    """Read an amount from an environment variable.

    Args:
        variable: Its name.
        unit: Bytes in one unit.
        unit_name: The name of the unit.
        example: A number that could be given.

    Returns:
        Bytes; None if the variable is not set.

    Raises:
        CacheSettingError: It holds no amount.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        return None
    with contextlib.suppress(ValueError):
        value = float(text)
        if 0 <= value < 1e9:
            return int(value * unit)
    raise CacheSettingError(f"{variable} is {text!r}. Expected {unit_name} as a number from 0, such as {example}.")


def _default_disk() -> int:
    place = folder()
    while not place.exists() and place != place.parent:
        place = place.parent
    # What the cache takes counts as free, or its limit would shrink as it grows.
    taken = sum(size for _, size, _ in files(folder()))
    return int(min(_MOST_DISK, _SHARE_OF_DISK * (shutil.disk_usage(place).free + taken)))
