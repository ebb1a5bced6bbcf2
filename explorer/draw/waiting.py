"""Which drawing comes next: the urgent first, sessions in turn, the newest of a widget only."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Any

from explorer.draw.drawing import Drawing, Urgency
from explorer.draw.limits import SLOW_SECONDS

MOST_WAITING = 600  # drawings of one session
_RECENT_SECONDS = 2.0  # after somebody has looked, statistics leave a worker free
AnyDrawing = Drawing[Any]


class Waiting:
    """The drawings that wait. Not for several threads at once: the pool holds its lock."""

    def __init__(self) -> None:
        self._lines: dict[Urgency, OrderedDict[str, deque[AnyDrawing]]] = {level: OrderedDict() for level in Urgency}
        self._looked = float("-inf")

    def __len__(self) -> int:
        return sum(len(line) for lines in self._lines.values() for line in lines.values())

    def all(self) -> list[AnyDrawing]:
        """Everything that waits."""
        return [drawing for lines in self._lines.values() for line in lines.values() for drawing in line]

    def add(self, drawing: AnyDrawing, now: float, again: bool = False) -> list[AnyDrawing]:
        """Let a drawing wait.

        Args:
            drawing: What is to be drawn.
            now: Monotonic seconds.
            again: Whether it waits once more: then it comes first.

        Returns:
            The drawings whose place it takes.
        """
        order = drawing.order
        if order.urgency is Urgency.LOOK:
            self._looked = now
        line = self._lines[order.urgency].setdefault(order.session, deque())
        dropped = [] if again or not order.channel else [old for old in line if old.order.channel == order.channel]
        for old in dropped:
            line.remove(old)
        # Of what somebody looks at the newest counts; what is one of many comes in the order that it was asked for.
        line.appendleft(drawing) if again or order.urgency is Urgency.LOOK else line.append(drawing)
        if len(line) > MOST_WAITING:
            dropped.append(line.pop())
        return dropped

    def remove(self, drawing: AnyDrawing) -> None:
        """Let it wait no longer; it may have begun meanwhile."""
        lines = self._lines[drawing.order.urgency]
        line = lines.get(drawing.order.session, deque())
        if drawing in line:
            line.remove(drawing)
            if not line:
                del lines[drawing.order.session]

    def take(self, running: Sequence[AnyDrawing], workers: int, now: float) -> AnyDrawing | None:
        """The next drawing, None where none may begin now.

        Args:
            running: What is drawn now. What takes longer than `SLOW_SECONDS` keeps no place: at most as many slow ones
                run beside.
            workers: How many drawings are made at once.
            now: Monotonic seconds.
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
    """Whether a session with slow drawings has to wait for them: nobody can take all workers.

    Beside one that is slow, what its page needs at once can still be drawn.
    """
    if not any(each.order.session == session and each.order.urgency is level for each in slow):
        return False
    mine = sum(1 for each in running if each.order.session == session and each.order.urgency is level)
    return mine >= (workers if level is Urgency.LOOK else max(1, workers - 1))
