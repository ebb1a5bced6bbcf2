"""The work of a prediction: the parts that are not there yet, image by image."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.inspection import Looking
from explorer.data.inspection import damage as damaged_words
from explorer.data.stored import ImageError
from explorer.runs.record import predictions as record
from explorer.runs.record.predictions import PREDICTING, About, Part
from explorer.runs.spec.predict import PredictPlan
from explorer.training.attempt import Attempt, Throttle
from explorer.training.predictions import sources
from explorer.training.predictions.batches import Batches, Draws
from explorer.training.predictions.inputs import Drawer, Input
from explorer.training.predictions.judges import Judge
from explorer.training.predictions.sources import Source
from explorer.training.setup import Setup


class Found:
    """What was found so far of a part."""

    def __init__(self) -> None:
        self.places: list[int] = []
        self.each: list[NDArray[np.float64]] = []
        self.plain: list[NDArray[np.float64]] = []
        self.left_out: dict[str, str] = {}

    def part(self, source: Source, shape: tuple[int, int]) -> Part:
        """The finished part. shape: K networks and C classes."""
        empty = [np.zeros((shape[0], 0, shape[1]))]
        each, plain = (np.concatenate(found or empty, axis=1).astype(np.float32) for found in (self.each, self.plain))
        return Part(
            tuple(source.ids[place] for place in self.places),
            tuple(source.files[place] for place in self.places),
            source.labels[self.places].astype(np.int64),
            np.array(self.places, np.int64),
            each,
            plain,
            self.left_out,
        )


class Work:
    """The parts of a prediction that are not there yet."""

    def __init__(
        self,
        attempt: Attempt,
        plan: PredictPlan,
        judges: Sequence[Judge],
        source: Source,
        about: About,
        setup: Setup,
        batch: int,
    ) -> None:
        self._attempt, self._plan, self._judges, self._source, self._about = attempt, plan, judges, source, about
        own = [Input.of(judge, plan) for judge in judges]
        inputs: dict[Input, Pipeline] = {}
        for each, judge in zip(own, judges, strict=True):
            inputs.setdefault(each, judge.config.pipeline)
        places = {each: place for place, each in enumerate(inputs)}
        self._input_of = [places[each] for each in own]
        self._threads = setup.threads
        self._batches = Batches(self._drawer(tuple(inputs.items())), batch, setup.threads)
        there = set(record.finished(attempt.paths))
        self._missing = [number for number in range(about.parts) if number not in there]
        self._done = sum(len(about.images_of(number)) for number in there)
        self._pace = _Pace(attempt, self._done, about.total)

    def carry_out(self) -> None:
        """Predict all images of the missing parts."""
        parts = [self._about.images_of(number) for number in self._missing]
        self._pace.report(self._done, at_once=True)
        found = self._nothing()
        try:
            for number, places, drawn in self._batches.of(parts):
                self._attempt.stop.check("stopped_in_prediction", done=self._pace.kept, images=self._about.total)
                self._predict(places, drawn, found)
                self._done += len(places)
                if places[-1] == parts[number][-1]:
                    self._write(self._missing[number], found)
                    self._pace.kept = self._done
                    found = self._nothing()
                self._pace.report(self._done)
        finally:
            self._batches.close()

    def _drawer(self, inputs: tuple[tuple[Input, Pipeline], ...]) -> Draws:
        """What draws an image for all networks."""
        return Drawer(self._source, self._plan, inputs)

    def _nothing(self) -> Found:
        """What is found of a part before its first image."""
        return Found()

    def _write(self, number: int, found: Found) -> None:
        record.write_part(self._attempt.paths, number, found.part(self._source, self._shape))

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self._judges), len(self._about.classes)

    def _predict(self, places: Sequence[int], drawn: list[Any], found: Found) -> None:
        """Predict a batch. Raises ImageError where an image cannot be read, unless such images are left out."""
        usable = []
        for place, one in zip(places, drawn, strict=True):
            if not isinstance(one, ImageError):
                usable.append((place, one))
            elif self._plan.skip_unusable:
                found.left_out[self._source.ids[place]] = str(one)
            else:
                raise self._damage(place, one)
        if usable:
            found.places.extend(place for place, _ in usable)
            self._judge(usable, found)

    def _judge(self, usable: list[tuple[int, Any]], found: Found) -> None:
        """Let all networks judge a batch of places with what was drawn of them."""
        each, plain = [], []
        stacks = [np.stack([seen[at] for _, seen in usable]) for at in range(len(usable[0][1]))]
        for judge, at in zip(self._judges, self._input_of, strict=True):
            views = [judge.probabilities(stacks[at][:, view]) for view in range(stacks[at].shape[1])]
            plain.append(views[0])
            each.append(np.mean(views, axis=0))
        found.plain.append(np.stack(plain))
        found.each.append(np.stack(each))

    def _damage(self, place: int, error: ImageError) -> ImageError:
        report = self._attempt.reporter("reading data", "stopped_looking")
        looking = Looking(thorough=True, report=report, threads=self._threads)
        return ImageError(damaged_words(sources.damage(self._source, place, looking, str(error))))


class _Pace:
    """Reports how many images are done, and the time that is left by the pace of this attempt."""

    def __init__(self, attempt: Attempt, done: int, total: int) -> None:
        self._attempt = attempt
        self._first = self.kept = done
        self._total = total
        self._begun = time.monotonic()
        self._throttle = Throttle()

    def report(self, done: int, *, at_once: bool = False) -> None:
        """Write an event, once a second at most."""
        if not (self._throttle.due() or at_once):
            return
        here, seconds = done - self._first, time.monotonic() - self._begun
        left = seconds * (self._total - done) / here if here else None
        speed = round(here / seconds, 2) if here and seconds else None
        self._attempt.phase(PREDICTING, done=done, total=self._total, left_s=left, images_per_second=speed)
