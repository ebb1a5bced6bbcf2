"""Limits of a drawing: memory, time, and how many are drawn at once."""

import os

MEMORY = 2 << 30  # bytes of address space that a worker may take for its drawings
# Seconds of the processor, since a drawing is not to blame for a busy machine.
UNASKED_SECONDS = 10.0  # of a drawing that follows a change of the page
ASKED_SECONDS = 300.0  # of a drawing that a person requested; they see its progress and can cancel it
TIMES_BY_THE_CLOCK = 3.0  # as long as that a drawing may take by the clock
SLOW_SECONDS = 0.3  # a drawing that takes longer no longer counts against the number of workers
ABANDONED_SECONDS = 120.0  # a drawing that no page has asked about for so long is ended: its page is closed
KEPT_MEMORY = 400 << 20  # bytes: a worker that has grown by more after a drawing is replaced


def workers(training: bool) -> int:
    """How many drawings are made at once: one for each core, one less beside a training run, at least two.

    EXPLORER_DRAW_WORKERS sets another number.
    """
    given = os.environ.get("EXPLORER_DRAW_WORKERS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, cores - int(training))
