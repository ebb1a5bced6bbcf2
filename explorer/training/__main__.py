"""`python -m explorer.training RUN_DIR`: trains the run of a folder and writes how it ended."""

import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from explorer.runs import locks, outcome
from explorer.runs.events import EventWriter
from explorer.runs.outcome import Outcome, OutcomeState
from explorer.runs.paths import RunPaths
from explorer.training.attempt import Attempt
from explorer.training.stopping import StopRequest, StopRun

_NICENESS = 10  # the app on the same machine must stay quick; it costs the training 4 %
_IMPORT_PROMISE_S = 180.0  # a cold disk may take a minute or two for torch


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; 0 when it finished or was stopped, 1 when it failed, 2 for a wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not Path(given[0]).is_dir():
        print("usage: python -m explorer.training RUN_DIR", file=sys.stderr)
        return 2
    paths = RunPaths(Path(given[0]).resolve())
    # Before anything else: a stop in the first seconds must not leave a run without an outcome.
    stop = StopRequest(paths.stop)
    stop.listen()
    os.nice(_NICENESS)
    try:
        with locks.hold(paths.lock):
            return run(paths, stop)
    except locks.LockHeld as error:
        print(error, file=sys.stderr)
        return 1


def run(paths: RunPaths, stop: StopRequest) -> int:
    """Train under a lock that the caller holds, and write the outcome; returns the exit code."""
    number = paths.begin_attempt()
    with EventWriter(paths, number) as writer:
        writer.write("phase", promise_s=_IMPORT_PROMISE_S, phase="importing")
        attempt = Attempt(paths, number, writer, stop)
        state, reason = _train(attempt)
    print(f"{state}: {reason}", flush=True)
    outcome.write(paths, Outcome(state, reason, time.time(), number, attempt.progress.best))
    return 1 if state == "failed" else 0


def _train(attempt: Attempt) -> tuple[OutcomeState, str]:
    try:
        # Imported here: it takes seconds, and whoever looks at the run sees what it is doing meanwhile.
        from explorer.training.trainer import fit

        attempt.stop.check("before it began")
        return "finished", fit(attempt)
    except StopRun as stopped:
        return "stopped", str(stopped)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process ends here, and must say why
        traceback.print_exc()
        return _failure(attempt, error)


def _failure(attempt: Attempt, error: BaseException) -> tuple[OutcomeState, str]:
    try:
        from explorer.training.mistakes import explain, lost_a_worker
    except ImportError:
        return "failed", f"The installation is incomplete: {error}. Install the requirements again."
    if attempt.stop.asked and lost_a_worker(error):
        # A signal to the whole group kills the loader workers a moment before the trainer sees it.
        return "stopped", f"Stopped {attempt.stop.by} in epoch {attempt.progress.epoch + 1}."
    return "failed", explain(error)


if __name__ == "__main__":
    sys.exit(main())
