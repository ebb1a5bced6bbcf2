"""Which drawing comes next: urgent ones first, sessions in turn, and only the newest one for a widget."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any

from explorer.draw.drawing import Drawing, Urgency
from explorer.draw.limits import SLOW_SECONDS

MOST_WAITING = 600  # drawings of one session
_RECENT_SECONDS = 2.0  # for so long after a preview, statistics leave a worker free
AnyDrawing = Drawing[Any]


class Waiting:
    """The drawings that wait. The pool holds its lock, since this is not safe for threads."""

    def __init__(self) -> None:
        self._lines: dict[Urgency, OrderedDict[str, deque[AnyDrawing]]] = {level: OrderedDict() for level in Urgency}
        self._looked = float("-inf")

    def __len__(self) -> int:
        return sum(len(line) for lines in self._lines.values() for line in lines.values())

    def all(self) -> list[AnyDrawing]:
        """All drawings that wait."""
        return [drawing for lines in self._lines.values() for line in lines.values() for drawing in line]

    def add(self, drawing: AnyDrawing, now: float, again: bool = False) -> list[AnyDrawing]:
        """Add a drawing at `now`, in monotonic seconds, and return the drawings that it replaces.

        One that has to be drawn `again` comes first.
        """
        order = drawing.order
        if order.urgency is Urgency.LOOK:
            self._looked = now
        line = self._lines[order.urgency].setdefault(order.session, deque())
        dropped = [] if again or not order.channel else [old for old in line if old.order.channel == order.channel]
        for old in dropped:
            line.remove(old)
        # Of previews the newest comes first; drawings that are many keep their order.
        line.appendleft(drawing) if again or order.urgency is Urgency.LOOK else line.append(drawing)
        if len(line) > MOST_WAITING:
            dropped.append(line.pop())
        return dropped

    def remove(self, drawing: AnyDrawing) -> None:
        """Remove a drawing, if it is still waiting."""
        lines = self._lines[drawing.order.urgency]
        line = lines.get(drawing.order.session, deque())
        if drawing in line:
            line.remove(drawing)
            if not line:
                del lines[drawing.order.session]

    def take(self, running: Sequence[AnyDrawing], workers: int, now: float) -> AnyDrawing | None:
        """The next drawing at `now`, in monotonic seconds; None if none may begin.

        At most `workers` drawings run at once, and beside them as many that take longer than `SLOW_SECONDS`.
        """
        slow = [drawing for drawing in running if now - (drawing.begun or now) > SLOW_SECONDS]
        if len(running) - len(slow) >= workers or len(running) >= 2 * workers:
            return None
        for level, lines in self._lines.items():
            if level is Urgency.COUNT and self._counting_is_full(running, workers, now):
                continue
            for session, line in lines.items():
                if _has_its_share(session, level, running, slow, workers):
                    continue
                drawing = line.popleft()
                del lines[session]
                if line:
                    lines[session] = line  # behind the others
                return drawing
        return None

    def _counting_is_full(self, running: Sequence[AnyDrawing], workers: int, now: float) -> bool:
        counting = sum(1 for drawing in running if drawing.order.urgency is Urgency.COUNT)
        return counting >= max(1, workers - (now - self._looked < _RECENT_SECONDS))


def _has_its_share(
    session: str, level: Urgency, running: Sequence[AnyDrawing], slow: Sequence[AnyDrawing], workers: int
) -> bool:
    """Whether a session has to wait for its own slow drawings, so that it cannot take all workers.

    Its previews may still run beside a slow one.
    """
    if not any(each.order.session == session and each.order.urgency is level for each in slow):
        return False
    mine = sum(1 for each in running if each.order.session == session and each.order.urgency is level)
    return mine >= (workers if level is Urgency.LOOK else max(1, workers - 1))
