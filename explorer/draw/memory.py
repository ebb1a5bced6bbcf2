"""Settings of the C library for the memory of pictures.

By default each picture of a preview takes fresh memory from the system, page by page, and returns it at once: measured,
six cheap steps on 512 px then take 6.4 ms instead of 4.1, and a trace, which keeps its pictures for a moment, 9.2
instead of 4.2. So freed memory is kept for the next picture, and returned when nothing is drawn.
"""

import ctypes
import sys

KEPT = 16 << 20  # bytes of freed memory that each of the library's two arenas keeps
LARGE = 4 << 20  # bytes; what is larger than a picture of the preview is returned at once and leaves no hole
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of glibc's malloc.h


def _library() -> ctypes.CDLL | None:
    """The C library if it is glibc."""
    library = ctypes.CDLL(None)
    known = sys.platform == "linux" and hasattr(library, "mallopt") and hasattr(library, "malloc_trim")
    return library if known else None


def tune() -> None:
    """Keep freed memory for the next picture. Does nothing without glibc."""
    library = _library()
    if library is not None:
        library.mallopt(_MMAP_THRESHOLD, LARGE)
        library.mallopt(_TRIM_THRESHOLD, KEPT)
        library.mallopt(_ARENA_MAX, 2)  # each thread would keep an arena of its own


def give_back() -> None:
    """Return freed memory to the system. Does nothing without glibc."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)
