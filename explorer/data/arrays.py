"""Images and labels in the arrays of an `.npz` file, as MedMNIST and Keras lay them out."""

import os
import re
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from explorer.data.dataset import DatasetError
from explorer.data.listing import MAX_IMAGES, unreadable

# The names of images and labels of each part
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "train": (("train_images", "train_labels"), ("x_train", "y_train")),
    "val": (("val_images", "val_labels"), ("x_val", "y_val")),
    "test": (("test_images", "test_labels"), ("x_test", "y_test")),
}
MAX_FILE = 2_000_000_000  # bytes
MAX_UNPACKED = 1_500_000_000  # bytes of all arrays that are kept in memory, of one file or several
_MAX_LABELS = 200_000_000  # bytes
_MAX_ENTRIES = 1_000
_TAIL = 65_557  # bytes at the end of a zip file in which its list of entries is described
_MAX_LIST = 200_000  # bytes of that list
_END, _END_64 = re.compile(rb"PK\x05\x06"), b"PK\x06\x07"  # of a file, and of one above 4 GB
_MAX_SIDE = 4_096  # px
_MAX_HEADER = 10_000  # characters
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,  # also NotImplementedError: an encrypted file, an unknown compression
    ValueError,
    SyntaxError,
    TokenError,  # of a header that numpy takes for one of Python 2
)


@dataclass(frozen=True, eq=False)
class Arrays:
    """The arrays of one part. images: (N, H, W) or (N, H, W, 3) uint8. labels: (N,) or (N, K) as they are stored."""

    images: NDArray[np.uint8]
    labels: NDArray[Any]


@dataclass(frozen=True)
class Head:
    """What the header of an array says."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes."""
        count = 1
        for side in self.shape:  # whole numbers of Python, which do not overflow
            count *= side
        return count * self.dtype.itemsize


_KEPT: dict[tuple[Path, int, int], dict[str, Arrays]] = {}  # that were read, the last used ones last
_LOCK = threading.Lock()


def names_in(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The names of the arrays of images and of labels, by part, of those that there are."""
    held = set(names)
    found = {part: next((both for both in pairs if held.issuperset(both)), None) for part, pairs in PARTS.items()}
    return {part: both for part, both in found.items() if both is not None}


def as_rgb(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a stored image, (H, W), (H, W, 1) or (H, W, 3)."""
    wide = image[:, :, None] if image.ndim == 2 else image
    return np.ascontiguousarray(np.repeat(wide, 3, axis=2) if wide.shape[2] == 1 else wide)


def read(file: Path) -> dict[str, Arrays]:
    """The arrays of all parts. They are shared by all callers: never write into them.

    Raises:
        DatasetError: the file has no such arrays, is damaged, or too large; nothing is unpacked before that is known.
    """
    try:
        about = file.stat()
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {file}. Check the path.") from error
    except OSError as error:
        raise unreadable(file, error) from error
    key = (file, about.st_mtime_ns, about.st_size)  # a file that has changed is read again
    with _LOCK:
        found = _KEPT.pop(key, None) or _read(file, about)
        _KEPT[key] = found  # behind the others, which go before it
    return found


def _make_room(size: int) -> None:
    """Forget the arrays that were not used for longest, so that with `size` bytes more there are MAX_UNPACKED."""
    while _KEPT and size + sum(map(_bytes, _KEPT.values())) > MAX_UNPACKED:
        del _KEPT[next(iter(_KEPT))]


def _bytes(arrays: Mapping[str, Arrays]) -> int:
    return sum(each.images.nbytes + each.labels.nbytes for each in arrays.values())


def _read(file: Path, about: os.stat_result) -> dict[str, Arrays]:
    size = about.st_size
    if not stat.S_ISREG(about.st_mode):  # a pipe would be waited for without end
        raise DatasetError(f"{file} is no ordinary file. Choose another, or remove it.")
    if size > MAX_FILE:
        raise DatasetError(f"{file} has {size / 1e9:.1f} GB; at most {MAX_FILE / 1e9:g} GB are read. {_SMALLER}")
    try:
        _refuse_many(file)
        with zipfile.ZipFile(file) as held:
            return _parts(file, held)
    except OSError as error:
        raise unreadable(file, error) from error
    except (*_BROKEN, MemoryError, RecursionError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(f"{file} is not an .npz file, or damaged: {str(error)[:200]}. Copy it again.") from error


_SMALLER = "Take a version with smaller images, such as 28 or 64 px."


def names_of(file: Path) -> dict[str, tuple[str, str]]:
    """The names of its arrays by part, without unpacking them; {} for other files. Raises OSError."""
    try:
        if not file.is_file():
            return {}
        _refuse_many(file)
        with zipfile.ZipFile(file) as held:
            return names_in(_entries(held))
    except _BROKEN:
        return {}


def each_of(shape: tuple[int, ...]) -> int:
    """How many labels each image has, by the shape (N,) or (N, K) of an array of labels."""
    return shape[1] if len(shape) == 2 else 1


def labels_each(file: Path) -> int:
    """How many labels each image of the part for training has, without unpacking them; 1 where that cannot be read."""
    try:
        names = names_of(file)
        with zipfile.ZipFile(file) as held:
            shape = _head(file, held, names["train"][1]).shape
    except (*_BROKEN, OSError, KeyError, DatasetError):
        return 1  # opening it says what is wrong
    return each_of(shape)


def _refuse_many(file: Path) -> None:
    """Refuse a zip file with a long list of entries, of which `zipfile` makes an object each. Raises BadZipFile."""
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL))
        tail = stream.read(_TAIL)
    sizes = (int.from_bytes(tail[each.end() + 8 : each.end() + 12], "little") for each in _END.finditer(tail))
    if max(sizes, default=0) > _MAX_LIST or _END_64 in tail:
        raise zipfile.BadZipFile("it lists too many arrays")


def _entries(held: zipfile.ZipFile) -> list[str]:
    return [name.removesuffix(".npy") for name in held.namelist()[:_MAX_ENTRIES] if name.endswith(".npy")]


def _parts(file: Path, held: zipfile.ZipFile) -> dict[str, Arrays]:
    names = names_in(_entries(held))
    if "train" not in names:
        wanted = " and ".join(PARTS["train"][0])
        raise DatasetError(f"{file} has no arrays {wanted}, as files of MedMNIST have. Choose another file.")
    heads = {part: tuple(_head(file, held, name) for name in both) for part, both in names.items()}
    total = sum(images.size + labels.size for images, labels in heads.values())
    if total > MAX_UNPACKED:
        raise DatasetError(
            f"{file} holds {total / 1e9:.1f} GB of images and labels; at most {MAX_UNPACKED / 1e9:g} GB are kept in "
            f"memory. {_SMALLER}"
        )
    for part, (images, labels) in heads.items():
        _check(file, part, images, labels)
    _make_room(total)
    return {part: Arrays(*(_array(held, name) for name in both)) for part, both in names.items()}


def _head(file: Path, held: zipfile.ZipFile, name: str) -> Head:
    entry = held.getinfo(f"{name}.npy")
    with held.open(entry) as stream:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(stream, max_header_size=_MAX_HEADER)
        begins = stream.tell()
    head = Head(tuple(map(int, shape)), dtype)
    if dtype.hasobject or dtype.kind not in "uifb":
        raise DatasetError(f"{name} in {file} has values of type {dtype}. Expected whole numbers.")
    if min(head.shape, default=1) < 0 or head.size != entry.file_size - begins:
        raise DatasetError(f"{name} in {file} is damaged: its header does not fit its size. Copy the file again.")
    return head


def _check(file: Path, part: str, images: Head, labels: Head) -> None:
    shape = images.shape
    if images.dtype != np.uint8 or len(shape) not in (3, 4):
        what = "3-D images" if len(shape) == 5 else f"shape {shape} and type {images.dtype}"
        raise DatasetError(f"The {part} images of {file} have {what}. Expected (N, H, W) or (N, H, W, 3) of uint8.")
    if len(shape) == 4 and shape[3] not in (1, 3):
        raise DatasetError(f"The {part} images of {file} are 3-D, {shape[1:]}: only flat images are read.")
    if 0 in shape[1:] or max(shape[1:3]) > _MAX_SIDE or shape[0] > MAX_IMAGES:
        raise DatasetError(f"The {part} images of {file} have the shape {shape}, which cannot be read.")
    if len(labels.shape) not in (1, 2) or labels.shape[0] != shape[0] or labels.size > _MAX_LABELS:
        raise DatasetError(f"{file} has {shape[0]:,} {part} images, but labels of shape {labels.shape}.")


def _array(held: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with held.open(f"{name}.npy") as stream:
        source: IO[bytes] = stream
        found: NDArray[Any] = npy.read_array(source, allow_pickle=False)
    found.flags.writeable = False
    return found
