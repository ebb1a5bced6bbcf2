"""How the C library deals with the memory of pictures.

As it comes, each picture of a preview is fresh memory from the system, page by page, and goes back as soon as it is
freed: measured, six cheap steps on 512 px then take 6.4 ms instead of 4.1, and a trace, which keeps its pictures for
a moment, 9.2 instead of 4.2. So freed memory is kept for the next picture, and given back once nobody draws.
"""

import ctypes
import gc
import sys
import threading
import time

KEPT = 16 << 20  # bytes of freed memory that each of the library's two arenas keeps
LARGE = 4 << 20  # bytes; what is larger than a picture of the preview goes back at once, and leaves no hole behind
IDLE_SECONDS = 4.0
_POLL_SECONDS = 2.0
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of glibc's malloc.h

_used = threading.Event()
_last = 0.0


def tune() -> None:
    """Keep freed memory, and start giving it back when idle. Does nothing where the C library is not glibc."""
    library = ctypes.CDLL(None)
    if sys.platform != "linux" or not hasattr(library, "mallopt") or not hasattr(library, "malloc_trim"):
        return
    library.mallopt(_MMAP_THRESHOLD, LARGE)
    library.mallopt(_TRIM_THRESHOLD, KEPT)
    library.mallopt(_ARENA_MAX, 2)  # each thread would keep an arena of its own, and each session has threads
    threading.Thread(target=_tidy, args=(library,), daemon=True, name="explorer-memory").start()


def touch() -> None:
    """Something was drawn: there will be memory to give back."""
    global _last
    _last = time.monotonic()
    _used.set()


def _tidy(library: ctypes.CDLL) -> None:
    while True:
        _used.wait()
        while time.monotonic() - _last < IDLE_SECONDS:
            time.sleep(_POLL_SECONDS)
        _used.clear()
        gc.collect()  # closed sessions hang together in circles
        library.malloc_trim(0)
