"""A worker process: it draws one request after the other, within its limits."""

import gc
import os
import pickle
import signal
import traceback
from multiprocessing.connection import Connection
from typing import Any

import psutil

from explorer.augment import observe
from explorer.augment.apply import AugmentError
from explorer.base import confined
from explorer.data.dataset import DatasetError
from explorer.data.references import ReferenceMissing
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw.limits import KEPT_MEMORY, MEMORY, TIMES_BY_THE_CLOCK
from explorer.draw.memory import give_back
from explorer.draw.pictures import NoPicture
from explorer.draw.protocol import Note, send

_GRACE = 2.0  # seconds that the server has to end a worker that is over its limit, before the worker ends itself
_ALARMS = (signal.ITIMER_PROF, signal.ITIMER_REAL)  # by the processor's time and by the clock
_IDLE_SECONDS = 4.0  # then freed memory is returned
Environment = dict[str, str | None]  # None: the variable is not set

# Errors that are raised again in the server: their name and arguments are sent.
ERRORS: dict[str, type[Exception]] = {
    cls.__name__: cls for cls in (AugmentError, ImageError, SampleError, DatasetError, NoPicture, ReferenceMissing)
}


def run(connection: Connection, note: Note, parent: int) -> None:
    """Answer until the server hangs up, or until the `parent` ends, which has forked this process."""
    confined.end_with(parent)
    confined.limit_memory(MEMORY)
    observe.report_steps_to(note.write)
    process = psutil.Process()
    kept = process.memory_info().rss + KEPT_MEMORY
    while (message := _receive(connection)) is not None:
        _answer(connection, note, *pickle.loads(message))  # noqa: S301 - made by the server itself
        leaves = process.memory_info().rss > kept
        send(connection, "end", leaves)
        if leaves:
            return


def _receive(connection: Connection) -> bytes | None:
    try:
        if not connection.poll(_IDLE_SECONDS):
            gc.collect()
            give_back()
        return connection.recv_bytes()
    except (EOFError, OSError):
        return None


def _answer(connection: Connection, note: Note, request: Any, seconds: float, environment: Environment) -> None:
    _take_over(environment)
    # The signals end this process even inside native code.
    for alarm, limit in zip(_ALARMS, (seconds, seconds * TIMES_BY_THE_CLOCK + _GRACE), strict=True):
        signal.setitimer(alarm, limit)
    note.write("")
    try:
        for part in request.draw():
            send(connection, "part", part)
    except MemoryError:
        send(connection, "memory", note.read())
    except tuple(ERRORS.values()) as error:
        if isinstance(error, AugmentError) and error.out_of_memory:
            send(connection, "memory", error.node_id)
        else:
            send(connection, "error", [_known(type(error)), list(_arguments(error))])
    except Exception:  # noqa: BLE001 - reported to the server
        send(connection, "broken", traceback.format_exc()[-4000:])
    finally:
        for alarm in _ALARMS:
            signal.setitimer(alarm, 0)


def _take_over(environment: Environment) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _known(kind: type[Exception]) -> str:
    """The name of the error, or of the one in ERRORS that it derives from."""
    return next(parent.__name__ for parent in kind.__mro__ if parent.__name__ in ERRORS)


def _arguments(error: Exception) -> tuple[Any, ...]:
    return error.__reduce__()[1] if isinstance(error, AugmentError) else (str(error),)
