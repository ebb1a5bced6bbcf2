"""`python -m explorer.training RUN_DIR`: carries out the run of a folder and writes how it ended."""

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
from explorer.training.stopping import StopRequest, StopRun
from explorer.training.waiting import wait_for_turn

_NICENESS = 10  # the app on the same machine must stay quick; it costs the training 4 %
_IMPORT_PROMISE_S = 180.0  # a cold disk may take a minute or two for torch


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; 0 when it finished or was stopped, 1 when it failed, 2 for a wrong usage."""
    logs.write_any_name()
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not Path(given[0]).is_dir():
        print("usage: python -m explorer.training RUN_DIR", file=sys.stderr)
        return 2
    paths = RunPaths(Path(given[0]).resolve())
    claim = Claim(paths)
    # Before anything else: a stop in the first seconds must not leave a run without an outcome.
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
    # After the lock is gone: the command may look at the run, and would find it ending.
    ended = outcome.read(paths)
    announcing.announce(paths, derive(paths) if ended is None else of_outcome(ended))
    return code


def leave(code: int) -> NoReturn:
    """End this process at once, with all that it has started.

    Python's own way out of torch takes two seconds, and for ever where a loader worker is paused.
    """
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    end_children(os.getpid())
    os._exit(code)


def run(paths: RunPaths, stop: StopRequest) -> int:
    """Wait for a device, train, under a lock that the caller holds, and write the outcome; returns the exit code."""
    number = paths.begin_attempt()
    paths.rank_failed.unlink(missing_ok=True)
    with outcome.Reserve(paths), contextlib.ExitStack() as stack:
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
        except (OSError, ValueError) as error:  # of what is written, before and after the training itself
            state, why = _failure(paths, stop, progress, error)
        stop.end_if_lost()  # the outcome belongs into this run's own folder
        # Before the outcome: followers of the log leave when there is one.
        with contextlib.suppress(OSError):  # a log on a full disk
            print(f"{state}: {in_words(why)}", flush=True)
        outcome.write_at_any_cost(paths, Outcome(state, why, time.time(), number, progress.best))
    return 1 if state == "failed" else 0


def follow(paths: RunPaths, stop: StopRequest) -> int:
    """Train together with the process that leads, and report to it why where that cannot go on."""
    if stop.claim is not None:
        stop.claim.watch()
    attempt = Attempt(paths, max(paths.latest_attempt, 1), ranks.SilentWriter(), stop)
    state, why = _train(attempt)
    if state == "failed":
        ranks.note_failure(paths, why)
    return 1 if state == "failed" else 0


def _train(attempt: Attempt) -> tuple[OutcomeState, Why]:
    try:
        # Imported here: it takes seconds, and readers of the run see what it is doing meanwhile.
        from explorer.training.kinds import carry_out

        attempt.stop.check("stopped_beginning")
        return "finished", carry_out(attempt)
    except StopRun as stopped:
        return "stopped", stopped.why
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process ends here, and must say why
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
        # A signal to the whole group kills the loader workers a moment before the trainer sees it.
        stopped = reason("stopped_in_epoch", by=stop.by, epoch=progress.epoch + 1)
        return "stopped", joined(stopped, progress.kept)
    return "failed", joined(ranks.failure(paths) or explain(error), progress.kept)


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - Python would print it, and then wait for workers that may be paused
        traceback.print_exc()
        code = 1
    leave(code)
