"""What a file of weights or a checkpoint would unpack to, found out before it is loaded.

A small file can stand for gigabytes: a zip whose parts are compressed, or overlap; an instruction to reserve so many
bytes; a tensor of a billion numbers that are all the same four bytes. None of it is what `torch.save` writes.
"""

import os
import pickle
import pickletools
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from torch import Tensor

from explorer.runs.machine.capacity import in_words
from explorer.training.networks.table import Backbone

# With what optimizers keep of each weight, averages of them and numbers of 64 bits a file has up to 16 copies; and a
# head of many classes, or what some other program keeps.
_COPIES = 16
_BESIDE = 500_000_000
_STRUCTURE = 8_000_000  # bytes of the pickle, or of the head of safetensors: of 30,000 tensors it is about 4 MB
_DENSEST = 4.0  # times that weights can be compressed: numbers of a network hardly can
_PICKLES = 5  # at the begin of a file of torch's older format
_RESERVES = "bytearray"
_END = 66_000  # bytes of a zip in which its last records are
_RECORDS = ((b"PK\5\6", 12, 4), (b"PK\6\6", 40, 8))  # mark, place and width of the directory's size


class TooLargeError(ValueError):
    """The file would take more memory than it should; the message says so in a clause that begins with "it"."""


class Bound:
    """What a file of a backbone's weights may unpack to."""

    def __init__(self, title: str, weight_bytes: int) -> None:
        self._title, self._weights = title, weight_bytes
        self._most = _COPIES * weight_bytes + _BESIDE

    @classmethod
    def of(cls, backbone: Backbone) -> "Bound":
        """Of files of a backbone's weights."""
        return cls(backbone.title, backbone.weight_bytes)

    def check_file(self, path: Path) -> None:
        """Look at a file without loading it. Raises TooLargeError, OSError, and what a damaged file raises."""
        size = path.stat().st_size
        if path.suffix.lower() == ".safetensors":
            self._check(size, size)
            with path.open("rb") as stream:
                _check_structure(int.from_bytes(stream.read(8), "little"))
        elif zipfile.is_zipfile(path):
            with path.open("rb") as stream:
                _check_structure(_directory(stream))
            self._check_zip(path, size)
        else:
            self._check(size, size)
            with path.open("rb") as stream:
                _check_older(stream)

    def check_content(self, content: Any) -> None:
        """Look at what was loaded: whether its tensors are larger than what they are made of. Raises TooLargeError."""
        total = 0
        for tensor in _tensors(content):
            size = tensor.numel() * tensor.element_size()
            if tensor.is_sparse or size > tensor.untyped_storage().nbytes():
                raise TooLargeError(
                    f"it holds a tensor of {in_words(size)} that is stored as less, shape {_shape(tensor)}"
                )
            total += size
        self._check(total, total)

    def _check_zip(self, path: Path, size: int) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            self._check(unpacked, size)
            if unpacked > _DENSEST * size:
                raise TooLargeError(f"it would unpack to {in_words(unpacked)}, from a file of {in_words(size)}")
            for part in parts:
                if part.filename.endswith(".pkl"):
                    _check_structure(part.file_size)
                    with archive.open(part) as stream:
                        _check_pickle(stream)

    def _check(self, unpacked: int, size: int) -> None:
        if unpacked <= self._most:
            return
        from_file = f", from a file of {in_words(size)}" if unpacked > size else ""
        raise TooLargeError(
            f"it would take {in_words(unpacked)} of memory{from_file}, and the weights of {self._title} take "
            f"{in_words(self._weights)}"
        )


def _check_structure(size: int) -> None:
    if size > _STRUCTURE:
        raise TooLargeError(f"it takes {in_words(size)} to list its tensors, and {in_words(_STRUCTURE)} are plenty")


def _directory(stream: IO[bytes]) -> int:
    """Bytes of a zip's directory, which Python reads as a whole: what the record at its end says, 0 where none does."""
    start = max(0, stream.seek(0, os.SEEK_END) - _END)
    stream.seek(start)
    end = stream.read()
    found = [
        int.from_bytes(end[at + place : at + place + width], "little")
        for mark, place, width in _RECORDS
        if (at := end.rfind(mark)) >= 0
    ]
    return min(found, default=0)  # a file beyond 4 GB has both, and the older says 2 ** 32 - 1


def _check_older(stream: IO[bytes]) -> None:
    for _ in range(_PICKLES):
        _check_pickle(stream)


def _check_pickle(stream: IO[bytes]) -> None:
    """Look at the instructions of a pickle, without following one of them."""
    try:
        for operation, argument, place in pickletools.genops(stream):
            _check_structure(place or 0)
            if operation.name == "GLOBAL" and str(argument).endswith(f" {_RESERVES}"):
                raise TooLargeError("it reserves memory instead of holding numbers")
    except TooLargeError:
        raise
    except ValueError as error:  # so pickletools says that this is no pickle
        raise pickle.UnpicklingError(str(error)) from error


def _tensors(content: Any) -> Iterator[Tensor]:
    """All tensors inside of plain values, each once: the same list may be in a thousand places."""
    waiting, seen = [content], set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list | tuple | set):
            waiting += value


def _shape(tensor: Tensor) -> str:
    return " × ".join(f"{side:,}" for side in tensor.shape)
