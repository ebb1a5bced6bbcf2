"""What a drawing may cost: memory, time, and how many are drawn at once."""

import os

MEMORY = 2 << 30  # bytes of address space that a worker may take for its drawings
# Of the processor: a busy machine is no fault of a drawing. By the clock it may take `TIMES_BY_THE_CLOCK` as long.
UNASKED_SECONDS = 10.0  # of a drawing that nobody asked for: it follows a change of the page
ASKED_SECONDS = 300.0  # of a drawing that somebody asked for, who sees how far it is and can cancel it
TIMES_BY_THE_CLOCK = 3.0
SLOW_SECONDS = 0.3  # a worker that is busy for longer does not keep others from being drawn
ABANDONED_SECONDS = 120.0  # a drawing that nobody has asked about for so long is ended: its page is closed
KEPT_MEMORY = 400 << 20  # bytes more than at its start: a worker that keeps more after a drawing is replaced


def workers(training: bool) -> int:
    """How many drawings are made at once: as many as there are cores, one less beside a training run, at least two.

    The environment variable EXPLORER_DRAW_WORKERS sets another number.
    """
    given = os.environ.get("EXPLORER_DRAW_WORKERS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, cores - int(training))
