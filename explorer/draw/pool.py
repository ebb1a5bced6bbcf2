"""The pool of workers that draws everything: previews, strips, cells, statistics, batches, uploads.

Each request is drawn by a process with a limit of memory and time. One that dies, or is stopped, is replaced; what it
was drawing ends with the reason and the step.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeVar

from explorer.draw.drawing import Drawing, Order, Urgency
from explorer.draw.limits import ABANDONED_SECONDS, MEMORY, SLOW_SECONDS, TIMES_BY_THE_CLOCK, workers
from explorer.draw.processes import Template, TemplateGone, Worker, ending
from explorer.draw.request import BrokenError, CancelledError, DrawingError, Ending, Request
from explorer.draw.waiting import AnyDrawing, Waiting
from explorer.draw.worker import ERRORS

Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_REMEMBERED = 256  # drafts that have ended a worker
_TRIES = 4  # with the template all its workers end, and a drawing may be given to some that are about to
_STARTS = 3  # times that a template is started before a drawing is given up


class Pool:
    """Workers, and what waits for them. One for the server: see `pool`."""

    def __init__(self) -> None:
        self.training = False  # whether a run trains beside, which needs a core
        self._changed = threading.Condition()
        self._waiting = Waiting()
        self._running: dict[AnyDrawing, Worker | None] = {}
        self._ended: OrderedDict[Hashable, DrawingError] = OrderedDict()
        self._template = Template()
        self._template_lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._idle: list[Worker] = []
        self._closed = False
        for _ in range(workers(training=False)):
            self._add_thread()

    def submit(
        self, request: Request[Result], order: Order, on_end: Callable[[Drawing[Result]], None] | None = None
    ) -> Drawing[Result]:
        """Have something drawn; older drawings of the same widget of a session are dropped.

        Args:
            request: What.
            order: For whom, and how urgent it is.
            on_end: Called once it has ended, in a thread of the pool or that of whom has cancelled it.
        """
        drawing = Drawing(request, order, on_end)
        drawing.on_cancel = lambda: self._drop(drawing)
        with self._changed:
            known = None if order.asked else self._ended.get(drawing.draft_key) if drawing.draft_key else None
            older = self._older(order)
            if known is None:
                older += self._waiting.add(drawing, time.monotonic())
                self._changed.notify()
        if known is not None:
            drawing.end(known)
        for old in older:
            old.cancel()
        return drawing

    def _older(self, order: Order) -> list[AnyDrawing]:
        """What a widget waits for since long, and does not want any more: its worker is ended."""
        if not order.channel:
            return []
        now = time.monotonic()
        return [
            drawing
            for drawing in self._running
            if (drawing.order.session, drawing.order.channel) == (order.session, order.channel)
            and now - (drawing.begun or now) > SLOW_SECONDS
        ]

    def pids(self) -> tuple[int, ...]:
        """The processes of the pool: the template, then the workers."""
        with self._changed:
            busy = [worker for worker in self._running.values() if worker is not None]
            return (self._template.pid, *(worker.pid for worker in (*busy, *self._idle)))

    def close(self) -> None:
        """End all processes; what waits is dropped."""
        with self._changed:
            self._closed = True
            left = [*self._waiting.all(), *self._running]
            self._changed.notify_all()
        for drawing in left:
            drawing.cancel()
        self._template.close()

    # In the thread that cancels

    def _drop(self, drawing: AnyDrawing) -> None:
        with self._changed:
            self._waiting.remove(drawing)
            worker = self._running.get(drawing)
        # What has just begun is ready sooner than a worker that would take the place of this one.
        if worker is not None and time.monotonic() - (drawing.begun or 0.0) > SLOW_SECONDS:
            worker.end()

    # In threads of its own, one for each worker that is busy

    def _add_thread(self) -> None:
        thread = threading.Thread(target=self._work, name=f"explorer-draw-{len(self._threads) + 1}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        if len(self._threads) <= workers(training=False):
            self._start_worker()
        while (drawing := self._next()) is not None:
            again = False
            try:
                worker = self._borrow(drawing)
                again = worker is not None and self._draw(drawing, worker)
            except Exception as error:  # noqa: BLE001 - the thread has to go on, and whoever waits to know
                _LOG.exception("A drawing could not be handed to a worker")
                drawing.end(BrokenError(str(error)))
            finally:
                with self._changed:
                    self._running.pop(drawing, None)  # before another thread can take it up once more
                    if again:
                        self._waiting.add(drawing, time.monotonic(), again=True)
                    self._changed.notify()

    def _start_worker(self) -> None:
        """Before anybody asks for a picture; where it cannot be had, the first drawing says so."""
        with suppress(TemplateGone):
            worker = self._fork()
            with self._changed:
                if len(self._idle) < workers(training=False):
                    self._idle.append(worker)
                    return
            worker.close()

    def _next(self) -> AnyDrawing | None:
        """The next drawing, once there is one and it may begin; None where the pool is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                drawing = self._waiting.take(list(self._running), workers(self.training), now)
                if drawing is not None:
                    drawing.begin(now)
                    self._running[drawing] = None
                    self._see_to_threads()
                    return drawing
                self._changed.wait(SLOW_SECONDS / 4 if len(self._waiting) else None)
        return None

    def _see_to_threads(self) -> None:
        """One thread more than drawings are under way, so that a slow one keeps nobody."""
        if len(self._running) >= len(self._threads) and len(self._threads) < 2 * workers(training=False):
            self._add_thread()

    def _borrow(self, drawing: AnyDrawing) -> Worker | None:
        """A worker for the drawing; None where it was cancelled meanwhile, or none can be had."""
        try:
            worker = self._take_idle() or self._fork()
        except TemplateGone:
            drawing.end(DrawingError(Ending.CRASHED))
            return None
        with self._changed:
            self._running[drawing] = worker
            wanted = not drawing.done
        if not wanted:
            self._put_back(drawing, worker)
        return worker if wanted else None

    def _take_idle(self) -> Worker | None:
        while True:
            with self._changed:
                if not self._idle:
                    return None
                worker = self._idle.pop()
            if worker.is_idle():
                return worker
            worker.close()

    def _fork(self) -> Worker:
        for _ in range(_STARTS):
            template = self._template
            try:
                return template.fork()
            except TemplateGone:
                with self._template_lock:
                    if self._template is template and not self._closed:
                        template.close()
                        self._template = Template()
        raise TemplateGone

    def _put_back(self, drawing: AnyDrawing, worker: Worker) -> None:
        with self._changed:
            self._running[drawing] = None  # a cancellation that comes too late must not end it
            if len(self._idle) < workers(training=False):
                self._idle.append(worker)
                return
        worker.close()

    def _draw(self, drawing: AnyDrawing, worker: Worker) -> bool:
        """Have a worker draw; whether that has to be done once more."""
        leaves, again = True, False
        try:
            worker.ask(drawing.request, drawing.order.seconds)
            for part in worker.parts(lambda: _check(drawing)):
                if part.kind == "end":
                    leaves = bool(part.value)
                    drawing.end()
                else:
                    self._take(drawing, part.kind, part.value)
        except _UnwantedError:
            worker.end()
            drawing.end(CancelledError())
        except _TooLongError:
            worker.end()
            self._fail(drawing, DrawingError(Ending.TIME, worker.step(), drawing.order.seconds))
        except (EOFError, OSError, ValueError):
            again = self._gone(drawing, worker)
        if leaves:
            worker.close()
            self._start_worker()  # while nobody waits for it
        else:
            self._put_back(drawing, worker)
        return again

    def _take(self, drawing: AnyDrawing, kind: str, value: Any) -> None:
        if kind == "part":
            drawing.add(value)
        elif kind == "memory":
            self._fail(drawing, DrawingError(Ending.MEMORY, str(value), MEMORY))
        elif kind == "error":
            name, arguments = value
            drawing.end(ERRORS[name](*arguments))
        else:
            drawing.end(BrokenError(str(value)))

    def _gone(self, drawing: AnyDrawing, worker: Worker) -> bool:
        """The worker has ended in the middle; whether another one is to draw it once more."""
        how = ending(worker.end())
        if drawing.done:
            return False
        if how is Ending.KILLED and drawing.retries < _TRIES:
            drawing.restart()  # the system or a person had reasons of their own: it may well succeed
            return True
        limit = drawing.order.seconds if how is Ending.TIME else 0.0
        self._fail(drawing, DrawingError(how, worker.step(), limit))
        return False

    def _fail(self, drawing: AnyDrawing, error: DrawingError) -> None:
        # What somebody else has ended may be drawn at any time: the draft has no part in it.
        if not drawing.cancelled and drawing.draft_key is not None and error.ending is not Ending.KILLED:
            with self._changed:
                self._ended[drawing.draft_key] = error
                while len(self._ended) > _REMEMBERED:
                    self._ended.popitem(last=False)
        drawing.end(error)


class _UnwantedError(Exception):
    """Nobody waits for the drawing any more."""


class _TooLongError(Exception):
    """The drawing has reached its limit of time."""


def _check(drawing: AnyDrawing) -> None:
    now = time.monotonic()
    spent = now - (drawing.begun or now)
    abandoned = drawing.order.urgency is not Urgency.COUNT and now - drawing.looked > ABANDONED_SECONDS
    if abandoned or (drawing.cancelled and spent > SLOW_SECONDS):
        raise _UnwantedError
    if spent > drawing.order.seconds * TIMES_BY_THE_CLOCK:
        raise _TooLongError


_lock = threading.Lock()
_pool: Pool | None = None


def pool() -> Pool:
    """The one of this process, started at the first call."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool()
        return _pool


__all__ = ["CancelledError", "DrawingError", "Pool", "pool"]
