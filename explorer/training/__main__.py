"""`python -m explorer.training RUN_DIR` carries out the run of a folder and writes how it ended."""

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from explorer import installation
from explorer.base import locks
from explorer.runs.life import announcing
from explorer.runs.queue.queue import QueueError
from explorer.runs.record import logs, outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome, OutcomeState
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, in_words, joined, reason
from explorer.runs.state.status import derive, of_outcome
from explorer.training import ranks
from explorer.training.attempt import Attempt, Progress
from explorer.training.claim import Claim, end_children
from explorer.training.importing import import_lightning
from explorer.training.stopping import StopRequest, StopRun
from explorer.training.waiting import wait_for_turn

_NICENESS = 10  # keeps the app on the same machine quick, and costs the training 4 %
_IMPORT_PROMISE_S = 180.0  # loading torch from a cold disk may take a minute or two


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the run; returns 0 if it finished or was stopped, 1 if it failed, 2 for wrong usage."""
    logs.write_any_name()
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not Path(given[0]).is_dir():
        print("usage: python -m explorer.training RUN_DIR", file=sys.stderr)
        return 2
    paths = RunPaths(Path(given[0]).resolve())
    claim = Claim(paths)
    # Before anything else, so that a stop in the first seconds does not leave a run without an outcome.
    stop = StopRequest(paths.stop, claim)
    stop.listen()
    if ranks.following() is not None:
        return follow(paths, stop)
    os.nice(_NICENESS)
    try:
        with claim.held():
            code = run(paths, stop)
    except (locks.LockHeld, QueueError) as error:
        print(error, file=sys.stderr)
        return 1
    # After the lock is released: the command may look at the run, and would still see it as ending.
    ended = outcome.read(paths)
    announcing.announce(paths, derive(paths) if ended is None else of_outcome(ended))
    return code


def leave(code: int) -> NoReturn:
    """End this process and its children at once.

    An ordinary exit takes two seconds because of torch, and never ends if a loader worker is paused.
    """
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    end_children(os.getpid())
    os._exit(code)


def run(paths: RunPaths, stop: StopRequest) -> int:
    """Wait for a device, train, and write the outcome; returns the exit code. The caller holds the run's lock."""
    number = paths.begin_attempt()
    paths.rank_failed.unlink(missing_ok=True)
    with outcome.reserve(paths), contextlib.ExitStack() as stack:
        opened: list[EventWriter] = []

        def begin() -> None:
            opened.append(stack.enter_context(EventWriter(paths, number)))
            opened[0].write("phase", promise_s=_IMPORT_PROMISE_S, phase="importing")

        progress = Progress()
        try:
            slot = wait_for_turn(paths, stop, begin)
            if slot is not None:
                stack.callback(slot.release)
            stack.enter_context(logs.kept_short(paths.log))
            attempt = Attempt(paths, number, opened[0], stop, progress)
            state, why = _train(attempt)
        except StopRun as stopped:
            state, why = "stopped", stopped.why
        except (OSError, ValueError) as error:  # from writing files before and after the training itself
            state, why = _failure(paths, stop, progress, error)
        stop.end_if_lost()  # another folder of this name must not get the outcome
        # Printed before the outcome is written: readers that follow the log stop when there is one.
        with contextlib.suppress(OSError):  # the disk is full
            print(f"{state}: {in_words(why)}", flush=True)
        outcome.write_at_any_cost(paths, Outcome(state, why, time.time(), number, progress.best))
    _note_looks(paths)
    return 1 if state == "failed" else 0


def _note_looks(paths: RunPaths) -> None:
    """Note in the ledger how often the run has looked at its validation images."""
    # Imported here: it imports numpy, which is not for a run that waits.
    from explorer.runs.record import ledger

    try:
        ledger.note_run(paths)
    except OSError as error:  # its page notes it later, or says why it cannot
        with contextlib.suppress(OSError):
            print(f"The ledger of looks could not be written: {error}", flush=True)


def follow(paths: RunPaths, stop: StopRequest) -> int:
    """Train as a further rank; returns the exit code. Why it failed is noted for the leading process."""
    if stop.claim is not None:
        stop.claim.watch()
    attempt = Attempt(paths, max(paths.latest_attempt, 1), ranks.SilentWriter(), stop)
    state, why = _train(attempt)
    if state == "failed":
        ranks.note_failure(paths, why)
    return 1 if state == "failed" else 0


def _train(attempt: Attempt) -> tuple[OutcomeState, Why]:
    try:
        # Imported here, since it takes seconds: readers of the run already see that it is importing.
        import_lightning()
        from explorer.training.kinds import carry_out

        attempt.stop.check("stopped_beginning")
        return "finished", carry_out(attempt)
    except StopRun as stopped:
        return "stopped", stopped.why
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process ends here, and has to say why
        return _failure(attempt.paths, attempt.stop, attempt.progress, error)


def _failure(paths: RunPaths, stop: StopRequest, progress: Progress, error: BaseException) -> tuple[OutcomeState, Why]:
    with contextlib.suppress(OSError):
        traceback.print_exception(error)
    try:
        from explorer.training.mistakes import explain, lost_a_worker
    except ImportError:
        broken = " ".join(installation.problems())
        return "failed", broken or f"The installation is incomplete: {error}. Install the requirements again."
    if stop.asked and lost_a_worker(error):
        # A signal to the process group kills the loader workers a moment before the trainer gets it.
        stopped = reason("stopped_in_epoch", by=stop.by, epoch=progress.epoch + 1)
        return "stopped", joined(stopped, progress.kept)
    return "failed", joined(ranks.failure(paths) or explain(error), progress.kept)


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - Python would print it too, but then wait for workers that may be paused
        traceback.print_exc()
        code = 1
    leave(code)
