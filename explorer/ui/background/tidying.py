"""Collects the garbage of closed sessions when no page is in use.

Streamlit would do so after every run of a script and block the server for 10 ms, a third of the cost of a key press
(`runner.postScriptGC` in .streamlit/config.toml). Python's own collection goes on as usual.
"""

import gc
import threading
import time

from explorer.draw.memory import give_back

QUIET_SECONDS = 4.0
_used = threading.Event()
_last = 0.0


def touch() -> None:
    """Note that a script runs."""
    global _last
    _last = time.monotonic()
    _used.set()


def start() -> None:
    """Start the thread that waits for quiet moments. Call it once per process."""
    threading.Thread(target=_tidy, daemon=True, name="explorer-tidy").start()


def _tidy() -> None:
    while True:
        _used.wait()
        while (rest := QUIET_SECONDS - (time.monotonic() - _last)) > 0:
            time.sleep(rest)
        _used.clear()
        gc.collect()  # closed sessions are reference cycles
        give_back()
