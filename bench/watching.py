"""Something that is looked at again and again while a measurement runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeated(look: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call a function in a thread of its own until the block ends.

    Args:
        look: What is called, for the first time at once.
        seconds: The pause between two calls.
    """
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            look()
            over.wait(seconds)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
