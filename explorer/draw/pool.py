"""The pool of workers that draws everything: previews, strips, cells, statistics, batches, uploads.

Workers are processes with a limit of memory and time. One that dies or is stopped is replaced; its drawing ends with
the reason and the step.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeVar

from explorer.draw.drawing import BrokenError, CancelledError, Drawing, DrawingError, Ending, Order, Request, Urgency
from explorer.draw.limits import ABANDONED_SECONDS, MEMORY, SLOW_SECONDS, TIMES_BY_THE_CLOCK, workers
from explorer.draw.processes import Template, TemplateGone, Worker, ending
from explorer.draw.waiting import AnyDrawing, Waiting
from explorer.draw.worker import ERRORS

Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_REMEMBERED = 256  # drafts that have ended a worker
_TRIES = 4  # all workers end with the template, and a drawing may meet several of them
_STARTS = 3  # of a template, before a drawing is given up


class Pool:
    """Workers, and the drawings that wait for them. The server has one: see `pool`."""

    def __init__(self) -> None:
        self.training = False  # whether a run is training too, which needs a core
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
        """Have something drawn. Older drawings for the same widget of a session are dropped.

        `on_end` is called once it is over, in a thread of the pool or in the one that cancels it.
        """
        drawing = Drawing(request, order, on_end)
        drawing.on_cancel = lambda: self._drop(drawing)
        with self._changed:
            known = None if order.asked else self._ended.get(request.draft_key)
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
        """Slow drawings of the same widget: a newer one replaces them, so their workers are ended."""
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
        """End all processes and drop what waits."""
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
        # A drawing that has just begun is over before a new worker would be ready.
        if worker is not None and time.monotonic() - (drawing.begun or 0.0) > SLOW_SECONDS:
            worker.end()

    # In the threads of the pool, one for each busy worker

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
            except Exception as error:  # noqa: BLE001 - the thread has to go on, and the page has to know
                _LOG.exception("A drawing could not be handed to a worker")
                drawing.end(BrokenError(str(error)))
            finally:
                with self._changed:
                    self._running.pop(drawing, None)  # before another thread can take it up once more
                    if again:
                        self._waiting.add(drawing, time.monotonic(), again=True)
                    self._changed.notify()

    def _start_worker(self) -> None:
        """Have a worker ready before a drawing needs it. If that fails, the next drawing reports it."""
        with suppress(TemplateGone):
            worker = self._fork()
            with self._changed:
                if len(self._idle) < workers(training=False):
                    self._idle.append(worker)
                    return
            worker.close()

    def _next(self) -> AnyDrawing | None:
        """Wait for a drawing that may begin; None once the pool is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                drawing = self._waiting.take(list(self._running), workers(self.training), now)
                if drawing is not None:
                    drawing.begin(now)
                    self._running[drawing] = None
                    self._keep_a_thread_free()
                    return drawing
                self._changed.wait(SLOW_SECONDS / 4 if len(self._waiting) else None)
        return None

    def _keep_a_thread_free(self) -> None:
        """Have one thread more than drawings are under way, so that slow ones do not hold up others."""
        if len(self._running) >= len(self._threads) and len(self._threads) < 2 * workers(training=False):
            self._add_thread()

    def _borrow(self, drawing: AnyDrawing) -> Worker | None:
        """A worker for the drawing; None if it was cancelled meanwhile, or no worker can be started."""
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
            self._running[drawing] = None  # a late cancellation must not end it
            if len(self._idle) < workers(training=False):
                self._idle.append(worker)
                return
        worker.close()

    def _draw(self, drawing: AnyDrawing, worker: Worker) -> bool:
        """Have a worker draw. Returns whether the drawing has to be started again."""
        leaves, again = True, False
        try:
            worker.ask(drawing.request, drawing.order.seconds)
            for part in worker.parts(lambda: _check(drawing, worker)):
                if part.kind == "end":
                    leaves = bool(part.value)
                    drawing.end()
                else:
                    self._take(drawing, part.kind, part.value)
        except CancelledError as error:
            worker.end()
            drawing.end(error)
        except DrawingError as error:
            worker.end()
            self._fail(drawing, error)
        except (EOFError, OSError, ValueError):
            again = self._gone(drawing, worker)
        if leaves:
            worker.close()
            self._start_worker()  # now, while no drawing waits for it
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
        """The worker has died. Returns whether another one should draw it again."""
        how = ending(worker.end())
        if drawing.done:
            return False
        if how is Ending.KILLED and drawing.retries < _TRIES:
            drawing.restart()  # the drawing is not to blame and may succeed
            return True
        limit = drawing.order.seconds if how is Ending.TIME else 0.0
        self._fail(drawing, DrawingError(how, worker.step(), limit))
        return False

    def _fail(self, drawing: AnyDrawing, error: DrawingError) -> None:
        # A draft is not to blame for a worker that was killed from outside.
        key = drawing.request.draft_key
        if not drawing.cancelled and key is not None and error.ending is not Ending.KILLED:
            with self._changed:
                self._ended[key] = error
                while len(self._ended) > _REMEMBERED:
                    self._ended.popitem(last=False)
        drawing.end(error)


def _check(drawing: AnyDrawing, worker: Worker) -> None:
    """Raise CancelledError if the drawing is no longer wanted, DrawingError if it has reached its time limit."""
    now = time.monotonic()
    spent = now - (drawing.begun or now)
    abandoned = drawing.order.urgency is not Urgency.COUNT and now - drawing.looked > ABANDONED_SECONDS
    if abandoned or (drawing.cancelled and spent > SLOW_SECONDS):
        raise CancelledError
    if spent > drawing.order.seconds * TIMES_BY_THE_CLOCK:
        raise DrawingError(Ending.TIME, worker.step(), drawing.order.seconds)


_lock = threading.Lock()
_pool: Pool | None = None


def pool() -> Pool:
    """The pool of this process, started at the first call."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool()
        return _pool
