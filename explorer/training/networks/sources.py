"""Where pretrained weights come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bundled:
    """A file that an installed package brings."""

    path: Callable[[], Path]


@dataclass(frozen=True)
class Download:
    """name: of the file in the store. A name such as ...-355c32eb.pth holds the first digits of the file's SHA-256."""

    url: str
    name: str


Source = Bundled | Download
