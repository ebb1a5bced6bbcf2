"""`python -m bench.fuzz.server COUNT SEED SECONDS`: plays the server, with the real pool, its workers and limits.

Its last line on standard output is a report as JSON. That it comes at all says that this process has survived.
"""

import json
import sys
import threading
import time
from typing import Any

from bench.fuzz.drafts import Checked
from bench.fuzz.outcomes import Outcomes
from bench.fuzz.requests import Asked, requests
from bench.fuzz.watching import Seen, watched
from explorer.draw.drawing import Drawing, Order, Urgency
from explorer.draw.pool import Pool

IN_FLIGHT = 8
SESSIONS = 8
LONG_S, LONG_EVERY = 6.0, 500  # some may take their time, so that memory has the time to grow
_TELL_EVERY = 1000


class Player:
    """Asks the pool, and notes what comes of it."""

    def __init__(self, pool: Pool, seen: Seen, seconds: float) -> None:
        self.outcomes = Outcomes()
        self._pool, self._seen, self._seconds = pool, seen, seconds
        self._room = threading.Semaphore(IN_FLIGHT)
        self._lock = threading.Lock()

    def ask(self, number: int, request: Asked) -> None:
        """Ask for one more, once there is room."""
        self._room.acquire()
        seconds = LONG_S if number % LONG_EVERY == 0 else self._seconds
        order = Order(f"session {number % SESSIONS}", "", Urgency.LOOK, seconds)
        asked: Any = request
        self._pool.submit(asked, order, lambda drawing: self._ended(drawing, request))

    def wait(self) -> None:
        """Until all have ended."""
        for _ in range(IN_FLIGHT):
            self._room.acquire()

    def _ended(self, drawing: Drawing[Any], request: Asked) -> None:
        with self._lock:
            self._seen.note(self._pool)
            self.outcomes.note(drawing, request)
        self._room.release()


def main() -> None:
    """Play, and report."""
    count, seed, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    pool, checked, begun = Pool(), Checked(), time.monotonic()
    with watched(pool) as seen:
        player = Player(pool, seen, seconds)
        for number, request in zip(range(1, count + 1), requests(seed, checked), strict=False):
            player.ask(number, request)
            if number % _TELL_EVERY == 0:
                spent = time.monotonic() - begun
                print(
                    f"{number} of {count} in {spent:.0f} s: {dict(player.outcomes.kinds)}", file=sys.stderr, flush=True
                )
        player.wait()
    spent = time.monotonic() - begun
    pool.close()
    print(json.dumps(_report(player.outcomes, seen, checked, spent)), flush=True)


def _report(outcomes: Outcomes, seen: Seen, checked: Checked, seconds: float) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "kinds": dict(outcomes.kinds),
        "ended": outcomes.ended,
        "late": outcomes.late,
        "longest": outcomes.longest,
        "words": outcomes.words,
        "workers": len(seen.workers),
        "templates": len(seen.templates),
        "beyond": len(seen.beyond),
        "largest": seen.largest,
        "together": seen.together,
        "tried": checked.tried,
        "refused": checked.refused,
        "slowest": checked.slowest,
    }


if __name__ == "__main__":
    main()
