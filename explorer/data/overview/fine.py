"""What JPEGs that were measured at a part of their size lose of their deviations, measured on some of them.

Deviations go into `Normalize`, and a smaller image has less noise and texture. To decode all large images in full would
take several times as long.
"""

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.data.cache.memo import stamp_of
from explorer.data.contents import Contents
from explorer.data.overview import look
from explorer.data.overview.kept import Kept, key_of
from explorer.data.overview.sampling import Sampling, chosen
from explorer.data.stored import ImageError

DRAWN = Sampling(400)  # JPEGs that are decoded in full

Fine = NDArray[np.float32]


def measure(
    contents: Contents, index: NDArray[np.int64], table: NDArray[Any], pool: Executor, kept: Kept | None
) -> Fine:
    """Measure what all pixels add to the mean squares, on JPEGs that are drawn by a seed.

    Args:
        contents: the listed data set.
        index: (M,), the places of its measured images.
        table: (M,) of `look.RECORD`.
        pool: decodes.
        kept: what was measured before.

    Returns:
        (M, 3), as `Measured.fine`.
    """
    reduced = np.flatnonzero(table["part"] > 1)
    found = np.zeros((len(index), 3), np.float32)
    found[reduced] = np.nan
    names = [contents.ids[place] for place in index[reduced].tolist()]
    sources = {int(row): contents.source(int(index[row])) for row in reduced[chosen(names, DRAWN)]}
    files = {row: source for row, source in sources.items() if isinstance(source, Path)}
    keys = {row: key for row, file in files.items() if (key := _key(file)) is not None}
    known = kept.get(list(keys.values())) if kept is not None else {}
    squares = {row: np.frombuffer(known[key][0], np.float32) for row, key in keys.items() if key in known}
    new = [row for row in files if row not in squares]
    for row, square in zip(new, pool.map(look.whole_square, [files[row] for row in new]), strict=True):
        if square is not None:
            squares[row] = square
    if kept is not None:
        kept.add({keys[row]: (squares[row].tobytes(), "") for row in new if row in squares and row in keys})
    for row, square in squares.items():
        found[row] = square - table["square"][row]
    return found


def _key(file: Path) -> bytes | None:
    try:
        return key_of(f"whole {look.VERSION}", file, stamp_of(file))
    except ImageError:
        return None
