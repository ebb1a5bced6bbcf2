"""`python -m explorer.training.opening RUN_DIR` opens the final set: a run's best checkpoint judges it, once.

No two processes of one home open a final set at the same time. The ledger notes the opening before an image is judged,
so that an opening that was killed counts; the scores are stored in the run's folder after that.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from explorer.augment.apply import AugmentError
from explorer.base import confined, locks
from explorer.base.home import made_home
from explorer.base.words import clock
from explorer.data.cache.contents import joined_digest
from explorer.data.dataset import DatasetError
from explorer.data.final_set import Divided, divide
from explorer.data.inspection import Looking
from explorer.data.prepare import load
from explorer.data.stored import ImageError
from explorer.runs.record import final, ledger
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.final import FinalResult
from explorer.runs.record.ledger import Entry
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.schedules import validation_batch
from explorer.runs.state.status import State, derive
from explorer.training import identity
from explorer.training.batch import collate
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.class_counts import counts_of
from explorer.training.saliency import network_of
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Validation

REFUSED = 3  # the exit code where it was opened before
_STAYS_NOTED = "The opening stays noted in the ledger: the next one counts as another."


class FinalSetError(ValueError):
    """The final set cannot be opened; the message says why."""


class OpenedBefore(FinalSetError):
    """The final set was opened before; the message says when and for which run."""


def open_for(paths: RunPaths, *, insist: bool = False) -> FinalResult:
    """Note in the ledger that the final set is opened, judge it by the best checkpoint of a run, and store the scores.

    Args:
        paths: A finished training run.
        insist: Open it although it was opened before.

    Raises:
        OpenedBefore: It was opened before.
        FinalSetError: It cannot be opened, or judging it failed: then the opening stays noted.
    """
    try:
        held = locks.take(made_home() / "final.lock")
        if held is None:
            raise FinalSetError("Another process is opening a final set at the moment. Try again when it is done.")
        with held:
            return _open(paths, insist)
    except CheckpointError as error:
        raise FinalSetError(f"The best checkpoint cannot be used: {error}.") from error
    except (ConfigError, DatasetError, ImageError, AugmentError, TrainingError) as error:
        raise FinalSetError(str(error)) from error


def _open(paths: RunPaths, insist: bool) -> FinalResult:
    config = loads(paths.config.read_bytes())
    share = config.dataset.set_aside
    if share is None:
        raise FinalSetError("This run has set no images aside.")
    if config.kind != "train" or derive(paths).state is not State.FINISHED:
        raise FinalSetError("The final set opens for a training run that has finished.")
    if final.read(paths) is not None:
        raise FinalSetError("The final set was opened for this run already; its page shows the result.")
    before = identity.first(paths, paths.latest_attempt + 1)
    spec = config.dataset.with_range(recorded_depth(before))
    found = divide(spec.whole(Looking(exact=True)), share, in_folds=spec.in_folds)
    _check_unchanged(before, found)
    contents = ledger.short_hashes(found.hashes)
    known = ledger.with_results()
    if known.problem:
        raise FinalSetError(f"The ledger of looks cannot be used ({known.problem}), so nothing was opened.")
    earlier = known.opened(contents)
    seen = len(set(contents) & {image for entry in earlier for image in entry.images})
    if earlier and not insist:
        raise OpenedBefore(_opened_before(earlier, seen, len(contents)))
    checkpoint = read(paths.best, bound_of(config))
    network = network_of(config, checkpoint)
    key = ledger.key_of(sorted(set(found.hashes)))
    entry = Entry("final", key, paths.id, time=time.time(), insisted=bool(earlier), images=contents)
    _note(entry)
    try:
        judged = _judged(config, network, found)
        result = FinalResult(
            entry.time, key, len(found.final), int(checkpoint["epoch"]), judged.values.get("val_loss"), len(earlier),
            contents, seen,
        )  # fmt: skip
        final.write(paths, result, judged.record)
    except (AugmentError, DatasetError, ImageError, TrainingError, RuntimeError, OSError) as error:
        said = f"The result cannot be written ({error.strerror})" if isinstance(error, OSError) else str(error)
        raise FinalSetError(f"{said.rstrip('.')}. {_STAYS_NOTED}") from error
    return result


def _note(entry: Entry) -> None:
    try:
        ledger.note(entry)
    except OSError as error:
        raise FinalSetError(
            f"The opening cannot be noted in the ledger ({error.strerror or error}), so nothing was opened."
        ) from error


def _check_unchanged(before: identity.Identity, found: Divided) -> None:
    """Raise FinalSetError if images were added or changed: then the run may have been trained on some of the set."""
    now = " ".join(map(joined_digest, found.contents))
    if before.get("contents", "") != now:
        raise FinalSetError(
            "The images of the data set have changed since the run began, so that it may have been trained on images "
            "that are in the final set now. Put the images back."
        )


def _opened_before(earlier: Sequence[Entry], seen: int, images: int) -> str:
    first = earlier[0]
    which = "This final set was" if seen == images else f"{seen:,} of the {images:,} images of this final set were"
    times = "once" if len(earlier) == 1 else f"{len(earlier)} times"
    when = clock(first.time, time.time())
    return f"{which} opened {times} before, first at {when} for the run {first.run}. It is no longer unseen."


@torch.inference_mode()
def _judged(config: RunConfig, network: torch.nn.Module, found: Divided) -> Validation:
    """Judge all images of the final set as a validation does, in 32 bits."""
    task = task_of(config)
    train = found.dataset.train
    counts = counts_of(config, train, found.dataset.classes, lambda index: load(train, index, config.kept))
    objective = task.objective(config, counts)
    size = task.fit(config)
    judge = task.judge(objective, config)
    together = task.together(config) or validation_batch(config.batch_size, config.task)
    for start in range(0, len(found.final), together):
        places = range(start, min(start + together, len(found.final)))
        items = [
            (*task.item(load(found.final, place, size), found.final, config, None, place), place) for place in places
        ]
        batch = collate(task, items)
        judge.add(task.outputs(config, network, batch.images), batch.labels, batch.indices)
    return judge.finish([judge.part])


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if it was opened, 3 if it was opened before, 1 if it cannot be; wrong usage raises SystemExit(2)."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.opening", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("--insist", action="store_true", help="open it although it was opened before")
    options = parser.parse_args(arguments)
    confined.limit_if_for_page()
    try:
        result = open_for(RunPaths(options.run.resolve()), insist=options.insist)
    except OpenedBefore as error:
        print(error, file=sys.stderr)
        return REFUSED
    except (FinalSetError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The final set of {result.images:,} images was opened.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
