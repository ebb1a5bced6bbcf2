"""The immunity map: heads of a study, or networks of trained runs, judge images under distortions of rising strength.

The unit of work is a distortion in all of its strengths. It is written as a whole, so that a map that was killed or
stopped goes on with the first distortion that is missing, with the same numbers to the bit.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.distortions import STRENGTHS, Distortion
from explorer.augment.pipeline import Pipeline, scaling_step
from explorer.runs.record.reasons import Why, reason
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.answers import DISTORTING, Logits, Rows
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.training import trial
from explorer.training.attempt import Attempt, Throttle
from explorer.training.stopping import TrainingError
from explorer.training.studies import judging_heads, judging_runs
from explorer.training.studies.features import features_of_validation, features_of_views
from explorer.training.studies.panels import Panel

_PROBED = 2  # images that each distortion is tried on


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Judge the images under each distortion that is missing; returns how it went.

    Raises:
        StopRun: The map was asked to stop. Finished distortions are kept.
        StudyError, TrainingError: The study or a run cannot be judged any more, or a distortion fails.
        Exception: What reading the data set or loading networks raises.
    """
    plan = config.study
    assert isinstance(plan, ImmunityPlan)
    with ExitStack() as stack:
        if plan.study is not None:
            panels = [stack.enter_context(judging_heads.opened(attempt, config, plan.study))]
        else:
            panels = judging_runs.opened(attempt, config, plan.runs)
        _Map(attempt, plan, panels).complete()
    return reason("distortions_done", distortions=len(plan.distortions))


@dataclass(frozen=True, eq=False)
class _Map:
    """The map of several panels."""

    attempt: Attempt
    plan: ImmunityPlan
    panels: Sequence[Panel]

    def complete(self) -> None:
        """Judge all that is missing."""
        there = answers.finished(self.attempt.paths)
        missing = [number for number in range(len(self.plan.distortions)) if number + 1 not in there]
        rows = self._rows()
        if answers.CLEAN in there:
            self._check_networks(rows)
        for number in missing:
            self._try(number)
        if answers.CLEAN not in there:
            answers.write(self.attempt.paths, answers.CLEAN, rows.words() | self._clean(rows))
        for number in missing:
            answers.write(self.attempt.paths, number + 1, self._distorted(rows, number))

    def _rows(self) -> Rows:
        columns = 1 + STRENGTHS * len(self.plan.distortions)
        rows = [row for panel in self.panels for row in panel.rows]
        notes = [note for panel in self.panels for note in panel.notes]
        classes, repeats = max(panel.classes for panel in self.panels), self.panels[0].repeats
        return Rows.choose(rows, classes, columns, repeats, notes)

    def _check_networks(self, rows: Rows) -> None:
        """Raise TrainingError if the checkpoint of a run is another one than that which has judged the clean images."""
        for before, now in zip(answers.read_rows(self.attempt.paths).rows, rows.rows, strict=True):
            if before.network and before.network != now.network:
                raise judging_runs.changed(now.name)

    def _try(self, number: int) -> None:
        """Find out in a child process whether a distortion works. Raises TrainingError, which names it."""
        distortion = self.plan.distortions[number]
        for panel in self.panels:
            samples = [panel.squares.sample(index) for index in range(min(_PROBED, len(panel.squares)))]
            config = panel.config.model_copy(update={"pipeline": distortion.strengths[-1]})
            try:
                trial.check(config, samples, self._check_stop)
            except AugmentError as error:
                raise _failed(distortion, str(error)) from error

    def _clean(self, rows: Rows) -> dict[str, NDArray[Any]]:
        def features(panel: Panel) -> list[NDArray[np.float16]]:
            found = features_of_validation(
                panel.network(),
                panel.bank,
                panel.squares,
                panel.config.pipeline,
                range(len(panel.squares)),
                workers=panel.workers,
                report=self._reporter(None),
            )
            return [found.take()]

        return self._judged(rows, features)

    def _distorted(self, rows: Rows, number: int) -> dict[str, NDArray[Any]]:
        distortion = self.plan.distortions[number]

        def features(panel: Panel) -> list[NDArray[np.float16]]:
            try:
                found = features_of_views(
                    panel.network(),
                    panel.bank,
                    panel.squares,
                    scaled(distortion, panel.config.pipeline),
                    range(len(panel.squares)),
                    1,
                    seed=panel.config.seed,
                    size=panel.config.image_size,
                    workers=panel.workers,
                    report=self._reporter(number),
                )
            except TrainingError as error:
                raise _failed(distortion, str(error)) from error
            return [found.take(strength)[:, 0] for strength in range(STRENGTHS)]

        return self._judged(rows, features)

    def _judged(self, rows: Rows, features: Callable[[Panel], list[NDArray[np.float16]]]) -> dict[str, NDArray[Any]]:
        """Return the arrays of a part. One row at a time, since the answers of all may not fit into memory."""
        arrays: dict[str, NDArray[Any]] = {}
        number = 0
        for panel in self.panels:
            pictures = features(panel)
            for judge in panel.judges:
                strengths: list[Logits] = [judge(vectors) for vectors in pictures]
                arrays |= rows.kept(number, strengths)
                number += 1
        return arrays

    def _check_stop(self) -> None:
        if not self.attempt.stop.asked:
            return  # this is called for each picture, and the folder is listed only for the reason of a stop
        done = len(answers.finished(self.attempt.paths))
        self.attempt.stop.check("stopped_in_map", done=max(0, done - 1), distortions=len(self.plan.distortions))

    def _reporter(self, number: int | None) -> Callable[[int, int], None]:
        """Make a function that reports a distortion once a second at most, and raises StopRun; None: clean images."""
        begun, throttle = time.monotonic(), Throttle()
        every = len(self.plan.distortions)

        def report(done: int, total: int) -> None:
            self._check_stop()
            if not throttle.due():
                return
            here = done / total if total else 0.0
            left = None if number is None or not done else (time.monotonic() - begun) / here * (every - number - here)
            self.attempt.phase(
                DISTORTING, done=done, total=total, distortion=number, distortions=every, left_s=left,
                strength=int(here * STRENGTHS), strengths=STRENGTHS,
            )  # fmt: skip

        return report


def scaled(distortion: Distortion, pipeline: Pipeline) -> list[Pipeline]:
    """Return the strengths of a distortion, each with the step of a pipeline that scales pixels for the network."""
    scaling = scaling_step(pipeline)
    if scaling is None:
        return list(distortion.strengths)
    return [
        one.model_copy(update={"nodes": (*one.nodes, scaling.model_copy(update={"id": f"{scaling.id[:33]}-scale"}))})
        for one in distortion.strengths
    ]


def _failed(distortion: Distortion, why: str) -> TrainingError:
    return TrainingError(f"The distortion {distortion.title} fails: {why} Leave it out, or choose another parameter.")
