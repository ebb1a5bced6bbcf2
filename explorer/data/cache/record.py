"""Samples as bytes, as the cache keeps them in memory and in files."""

import struct

import numpy as np
from numpy.typing import NDArray

from explorer.data.fit import Fit
from explorer.data.sample import Sample

# To be raised with each change of the bytes, of how samples are scaled, or of what loaders of generated samples give.
FORMAT = 4
# Height and width in px (at most `fit.LONGEST`), whether there is a mask, and the numbers of boxes and of keypoints,
# which are -1 where the sample has no table of them.
_HEADER = struct.Struct("<2H3i")
_BOX, _POINT = 5, 3  # numbers in a row
_STEP = 16  # bytes; records begin at multiples of it, so that their numbers are aligned

Bytes = NDArray[np.uint8]


def pack(sample: Sample) -> Bytes:
    """The bytes of a sample: (B,) uint8, B a multiple of 16. Its label and id are left out, which the split has."""
    rows = (-1 if table is None else len(table) for table in (sample.bboxes, sample.keypoints))
    header = _HEADER.pack(*sample.size, sample.mask is not None, *rows)
    parts = [np.frombuffer(header, np.uint8)]
    tables = [table for table in (sample.bboxes, sample.keypoints) if table is not None]
    parts += [np.ascontiguousarray(table, np.float32).reshape(-1).view(np.uint8) for table in tables]
    parts += [np.ascontiguousarray(plane).reshape(-1) for plane in (sample.image, sample.mask) if plane is not None]
    length = sum(len(part) for part in parts)
    return np.concatenate([*parts, np.zeros(-length % _STEP, np.uint8)])


def least_bytes(fit: Fit) -> int:
    """The length of the smallest record at a size, that of a square without a mask. Very long images have fewer."""
    return _HEADER.size + 3 * fit.least * fit.least


def unpack(record: Bytes, label: int | None, name: str) -> Sample:
    """The sample that `pack` has made a record of; its arrays are views of the record."""
    height, width, has_mask, boxes, points = _HEADER.unpack_from(record.data)
    at = _HEADER.size
    bboxes, at = _table(record, at, boxes, _BOX)
    keypoints, at = _table(record, at, points, _POINT)
    image = record[at : at + 3 * height * width].reshape(height, width, 3)
    at += image.size
    mask = record[at : at + height * width].reshape(height, width) if has_mask else None
    return Sample(image, mask, bboxes, keypoints, label, name)


def _table(record: Bytes, at: int, rows: int, columns: int) -> tuple[NDArray[np.float32] | None, int]:
    if rows < 0:
        return None, at
    end = at + rows * columns * 4
    return record[at:end].view(np.float32).reshape(rows, columns), end
