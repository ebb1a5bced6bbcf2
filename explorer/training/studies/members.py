"""The training runs of a study, each in a folder of its own inside the study's, one after the other in one process."""

import contextlib
import gc
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from typing_extensions import override

from explorer.base.atomic import write_bytes_atomic
from explorer.metrics.table import LOSS
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.events import EventWriter, Kind
from explorer.runs.record.history import History, Validated
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, joined
from explorer.runs.record.studies.parts import LOGITS, MARGINS, MEMBER, parts, read_part, write_part
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.ranking import best_of
from explorer.training.attempt import Attempt
from explorer.training.mistakes import explain, lost_a_worker
from explorer.training.stopping import StopRun, TrainingError
from explorer.training.trainer import fit


@dataclass(frozen=True)
class Trained:
    """A training run of a study.

    Attributes:
        number: Its place in the study, from 0.
        runs: How many the study makes.
        config: Its config.
        where: The sentence that says which of the runs it is.
        said: The values of that sentence, which events have too.
    """

    number: int
    runs: int
    config: RunConfig
    where: Why
    said: Mapping[str, Any]


class MemberWriter(EventWriter):
    """Writes the events of a training run of a study, and with each the progress of the study.

    Args:
        study: The attempt of the study.
        paths, number: The folder of the training run, and its attempt.
        member: Which training run it is.
        total: Optimizer steps of one training run.
    """

    def __init__(self, study: Attempt, paths: RunPaths, number: int, member: Trained, total: int) -> None:
        super().__init__(paths, number)
        self._study = study
        self._total = total
        self._all = member.runs * total
        self._run_s = _seconds_of_a_run(study.paths)
        self._epoch = self._step = 0
        self._begun, self._began_with = time.monotonic(), 0
        self._said = member.said
        self._member = member.number

    @override
    def write(self, kind: Kind, *, epoch: int = 0, step: int = 0, promise_s: float, **values: Any) -> None:
        """Append a record, as any run does, and a phase of the study."""
        super().write(kind, epoch=epoch, step=step, promise_s=promise_s, **values)
        if kind == "start":
            self._begun, self._began_with = time.monotonic(), step
        self._epoch, self._step = max(epoch, self._epoch), max(step, self._step)
        done = self._member * self._total + self._step
        said = {**self._said, "phase": "training", "done": done, "total": self._all, "left_s": self._left_s()}
        self._study.writer.write("phase", epoch=self._epoch, step=done, promise_s=promise_s, **said)

    def _left_s(self) -> float | None:
        """Estimate the seconds to the end of the study, from the runs that are trained, else from this one so far."""
        if self._run_s is not None:
            step_s = self._run_s / self._total
        elif self._step > self._began_with:
            step_s = (time.monotonic() - self._begun) / (self._step - self._began_with)
        else:
            return None
        return (self._all - self._member * self._total - self._step) * step_s


def _seconds_of_a_run(study: RunPaths) -> float | None:
    """Return the mean seconds of the runs that are trained; None before the first."""
    found = [float(read_part(study, MEMBER, number)["seconds"][0]) for number in parts(study, MEMBER)]
    return sum(found) / len(found) if found else None


def train(study: Attempt, member: Trained, total: int) -> RunPaths:
    """Train one run of a study to its end, from its own checkpoint where it has one.

    Args:
        study: The attempt of the study.
        member: Which run; device, precision and threads of its config are decided.
        total: Optimizer steps of it.

    Returns:
        Its folder.

    Raises:
        StopRun: The study was asked to stop.
        TrainingError: The run cannot be trained; the message names it and says why.
    """
    paths = study.paths.member(member.number)
    own = _prepared(paths, member.config)
    number = paths.begin_attempt()
    with MemberWriter(study, paths, number, member, total) as writer:
        try:
            fit(Attempt(paths, number, writer, study.stop), own)
        except StopRun as stopped:
            raise StopRun(joined(stopped.why, member.where)) from stopped
        except Exception as error:
            if study.stop.asked and lost_a_worker(error):
                raise  # a signal to the process group has ended the workers first
            raise TrainingError(joined(member.where, explain(error))) from error
        finally:
            _let_go()
    return paths


def _prepared(paths: RunPaths, own: RunConfig) -> RunConfig:
    """Make the folder of a training run unless it is there, and return its config."""
    if paths.config.exists():
        return loads(paths.config.read_bytes())
    paths.root.parent.mkdir(exist_ok=True)  # without parents: the study's folder may have been deleted
    paths.root.mkdir(exist_ok=True)
    paths.stop.parent.mkdir(exist_ok=True)
    write_bytes_atomic(paths.config, dumps(own).encode())
    return loads(dumps(own))


def _let_go() -> None:
    """Free the memory of a training run before the next one begins."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def store(study: RunPaths, number: int, paths: RunPaths, epochs: int, best: bool = False) -> None:
    """Store what the last epoch of a trained run answers about the validation images.

    It is the last one, because the best one was chosen by these images.

    Args:
        study: The study.
        number: Of the run in the study.
        paths: The run.
        epochs: How many it was trained for.
        best: Whether the answers of its best epoch are stored too.

    Raises:
        TrainingError: The scores of an epoch are missing.
        OSError: They cannot be written.
    """
    history = History(paths)
    history.read_on()
    last = history.epochs.get(epochs - 1)
    if last is None:
        raise TrainingError(f"{paths.root} has no last epoch, although it was trained.")
    arrays = {**_answers(paths, last), "seconds": np.float64(last.seconds).reshape(1)}
    if best:
        config = loads(paths.config.read_bytes())
        validated = [one for _, one in sorted(history.epochs.items())]
        values = [{key: one.event.number(key) for key in (LOSS, config.monitor)} for one in validated]
        chosen = validated[best_of(values, config.monitor, config.rules)]
        (answers,) = _answers(paths, chosen).values()
        arrays |= {"best": answers, "best_epoch": np.int64(chosen.event.epoch).reshape(1)}
    write_part(study, MEMBER, number, arrays)


def _answers(paths: RunPaths, of: Validated) -> dict[str, NDArray[Any]]:
    """What an epoch answers about each image: logits, or where masks are learned the margins of its pixels."""
    try:
        record = EpochRecord.load(paths.epoch(of.attempt, of.event.epoch))
    except EpochRecordError as error:
        raise TrainingError(f"{error}. Delete {paths.root} and resume the study to train it again.") from error
    if record.pixels is not None:
        return {MARGINS: record.pixels.margins}
    if record.logits is None:
        raise TrainingError("There are too many validation images to keep what each run answers about them.")
    return {LOGITS: record.logits.astype(np.float32)}


def drop_checkpoints(paths: RunPaths) -> None:
    """Delete the checkpoints of a trained run whose scores are stored."""
    with contextlib.suppress(OSError):
        shutil.rmtree(paths.checkpoints)
