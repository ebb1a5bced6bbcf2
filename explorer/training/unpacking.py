"""Loading files of weights and checkpoints: nothing in them is run, and none takes far more memory than it should.

A small file can unpack to gigabytes: a zip whose parts are compressed or overlap; an instruction to reserve memory; a
tensor of a billion numbers that share the same four bytes. `torch.save` writes nothing of this kind.
"""

import os
import pickle
import pickletools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from explorer.runs.machine.capacity import in_words
from explorer.training.networks.table import Backbone

# A file has up to 16 copies of the weights: states of optimizers, averages, and all of it in 64 bits.
_COPIES = 16
_BESIDE = 500_000_000  # bytes of a head of many classes, and of what other programs keep
_STRUCTURE = 8_000_000  # bytes of the pickle, or of the head of safetensors; 30,000 tensors take about 4 MB
_DENSEST = 4.0  # a file that unpacks to more than this times its size is refused: weights hardly compress
_PICKLES = 5  # at the beginning of a file of torch's older format
_RESERVES = "bytearray"
_ARCHIVE = b"PK\x03\x04"  # how a zip archive begins
_END = 66_000  # bytes at the end of a zip that hold its last records
_RECORDS = ((b"PK\5\6", 12, 4), (b"PK\6\6", 40, 8))  # mark, place and width of the directory's size


class TooLargeError(ValueError):
    """The file would take more memory than it should; the message says so in a clause that begins with "it"."""


class DamagedError(ValueError):
    """The file is damaged; the message says by what one can tell."""


class UnsafeError(ValueError):
    """The file is damaged, or holds more than numbers, which could run code."""


def load(path: Path, bound: "Bound") -> Any:
    """Load safetensors or what torch has saved, on the CPU: tensors and plain values only.

    Raises:
        FileNotFoundError: There is no such file.
        TooLargeError: It takes more memory than the bound allows.
        DamagedError: It is damaged or cut off.
        UnsafeError: It holds more than numbers.
    """
    try:
        bound.check_file(path)
        if path.suffix.lower() == ".safetensors":
            content: Any = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
        bound.check_content(content)
    except (FileNotFoundError, TooLargeError, DamagedError):
        raise
    except pickle.UnpicklingError as error:
        raise UnsafeError(str(error)) from error
    except (SafetensorError, OSError) as error:
        raise DamagedError(str(error)) from error
    except Exception as error:  # it is not documented what a damaged archive raises
        raise DamagedError(type(error).__name__) from error
    return content


@dataclass(frozen=True)
class Bound:
    """How much memory a file of a backbone's weights may take."""

    backbone: Backbone

    def check_file(self, path: Path) -> None:
        """Check a file without loading it. Raises TooLargeError, DamagedError, OSError, and what `zipfile` raises."""
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
                if stream.read(len(_ARCHIVE)) == _ARCHIVE:
                    raise DamagedError("the end of the archive is missing")
                stream.seek(0)
                for _ in range(_PICKLES):
                    _check_pickle(stream)

    def check_content(self, content: Any) -> None:
        """Check that the tensors are not larger than the memory that they are stored in. Raises TooLargeError."""
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
            torn = archive.testzip()  # torch does not compare checksums
            if torn is not None:
                raise DamagedError(f"the checksum of {torn} is wrong")

    def _check(self, unpacked: int, size: int) -> None:
        weights = self.backbone.weight_bytes
        if unpacked <= _COPIES * weights + _BESIDE:
            return
        from_file = f", from a file of {in_words(size)}" if unpacked > size else ""
        raise TooLargeError(
            f"it would take {in_words(unpacked)} of memory{from_file}, and the weights of {self.backbone.title} take "
            f"{in_words(weights)}"
        )


def _check_structure(size: int) -> None:
    if size > _STRUCTURE:
        raise TooLargeError(f"it takes {in_words(size)} to list its tensors, and {in_words(_STRUCTURE)} are plenty")


def _directory(stream: IO[bytes]) -> int:
    """Bytes of a zip's directory, which Python reads as a whole, by the record at its end; 0 without a record."""
    start = max(0, stream.seek(0, os.SEEK_END) - _END)
    stream.seek(start)
    end = stream.read()
    found = [
        int.from_bytes(end[at + place : at + place + width], "little")
        for mark, place, width in _RECORDS
        if (at := end.rfind(mark)) >= 0
    ]
    return min(found, default=0)  # a file above 4 GB has both records, of which the older says 2 ** 32 - 1


def _check_pickle(stream: IO[bytes]) -> None:
    """Check the instructions of a pickle without executing any."""
    try:
        for operation, argument, place in pickletools.genops(stream):
            _check_structure(place or 0)
            if operation.name == "GLOBAL" and str(argument).endswith(f" {_RESERVES}"):
                raise TooLargeError("it reserves memory instead of holding numbers")
    except TooLargeError:
        raise
    except ValueError as error:  # what pickletools raises for something else than a pickle
        raise pickle.UnpicklingError(str(error)) from error


def _tensors(content: Any) -> Iterator[Tensor]:
    """All tensors in nested plain values, each once: the same list may be in a thousand places."""
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
