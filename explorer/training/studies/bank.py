"""The feature bank: feature vectors of frozen backbones by hash of pixels, shared by all studies.

It also keeps the hashes of views, so that a view is drawn once, and heads, so that they are fitted once.
"""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.home import home
from explorer.data.cache.limits import CacheSettingError, amount
from explorer.training.studies.blobs import Blobs
from explorer.training.studies.errors import StudyError

DISK = "EXPLORER_FEATURES_DISK"  # GB
KEY_BYTES = 16
_MOST = 2e9  # bytes
_SHARE_OF_DISK = 0.1  # of the free disk

Vector = NDArray[np.float16]  # (F,)


def folder() -> Path:
    """The folder of the bank; it may not exist yet."""
    return home() / "cache" / "features"


class FeatureBank:
    """Feature vectors by hash of pixels and key of the network.

    A vector that is absent, damaged or was dropped is computed again by who asks for it, with the same bits: vectors
    are rounded to float16 whether they are kept or not.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    @classmethod
    def open(cls) -> "FeatureBank":
        """Open the bank in the home. Raises StudyError if the environment names no amount of disk."""
        try:
            limit = amount(DISK, 1e9, "GB", "2")
        except CacheSettingError as error:
            raise StudyError(str(error)) from error
        limit = _default_limit() if limit is None else limit
        full = f"The feature bank may take {limit / 1e9:.3g} GB of the disk ({DISK}), which is full"
        return cls(Blobs(folder(), limit, full))

    @property
    def trouble(self) -> str:
        """Why nothing more is kept, in words for a note; empty while all is well."""
        return self._blobs.trouble

    def get(self, network: str, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        """Read the vectors of images; those that are absent or damaged are left out.

        Args:
            network: The key of the network, as `Extractor.key`.
            keys: Hashes of the network's input.
        """
        own = {_joined(network, key): key for key in keys}
        return {own[kept]: np.frombuffer(blob, np.float16) for kept, blob in self._blobs.get(list(own)).items()}

    def add(self, network: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keep vectors of images by the hashes of the network's input; `trouble` says why that was not possible."""
        self._blobs.add({_joined(network, key): vector.tobytes() for key, vector in vectors.items()})

    def hashes(self, names: Sequence[bytes]) -> dict[bytes, bytes]:
        """Read the hashes of views by their names, see `Drawing.names`; unknown ones are left out."""
        own = {_joined("view", name): name for name in names}
        return {own[kept]: blob for kept, blob in self._blobs.get(list(own)).items()}

    def note_hashes(self, hashes: Mapping[bytes, bytes]) -> None:
        """Keep the hashes of views by their names."""
        self._blobs.add({_joined("view", name): found for name, found in hashes.items()})

    def result(self, key: bytes) -> bytes | None:
        """Read what was computed from features; None if it is not kept."""
        return self._blobs.get([_joined("result", key)]).get(_joined("result", key))

    def keep_result(self, key: bytes, result: bytes) -> None:
        """Keep what was computed from features under a hash of all that decides it."""
        self._blobs.add({_joined("result", key): result})


def hash_of(image: NDArray[np.generic]) -> bytes:
    """Hash the network's input, with its dtype and its shape."""
    digest = hashlib.blake2b(f"{image.dtype.str} {image.shape}".encode(), digest_size=KEY_BYTES)
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()


def _joined(network: str, key: bytes) -> bytes:
    return hashlib.blake2b(key + network.encode(), digest_size=KEY_BYTES).digest()


def _default_limit() -> int:
    place = folder()
    while not place.exists() and place != place.parent:
        place = place.parent
    # What the bank takes counts as free, or its limit would shrink as it grows.
    taken = sum(path.stat().st_size for path in folder().glob("*") if path.is_file())
    return int(min(_MOST, _SHARE_OF_DISK * (shutil.disk_usage(place).free + taken)))
