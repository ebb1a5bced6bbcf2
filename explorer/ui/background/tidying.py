"""Collects the garbage of closed sessions when nobody is using the pages.

Streamlit would do it after every run of a script: 10 ms in which nobody is served, a third of what a key press costs
the server (`runner.postScriptGC` in .streamlit/config.toml). In between Python collects by itself, as in any program.
"""

import gc
import threading
import time

from explorer.draw.memory import give_back

QUIET_SECONDS = 4.0
_used = threading.Event()
_last = 0.0


def touch() -> None:
    """Note that a script runs, so that there will be garbage."""
    global _last
    _last = time.monotonic()
    _used.set()


def start() -> None:
    """Start to wait for quiet moments, once per process."""
    threading.Thread(target=_tidy, daemon=True, name="explorer-tidy").start()


def _tidy() -> None:
    while True:
        _used.wait()
        while (rest := QUIET_SECONDS - (time.monotonic() - _last)) > 0:
            time.sleep(rest)
        _used.clear()
        gc.collect()  # closed sessions are reference cycles
        give_back()
