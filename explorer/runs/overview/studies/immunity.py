"""What an immunity map has found so far: the metric in each cell, and its difference to the reference of its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from explorer.augment.distortions import STRENGTHS as STRENGTHS
from explorer.metrics.verdicts.cells import cell_effects
from explorer.metrics.verdicts.effects import Effect
from explorer.metrics.verdicts.levels import Level, levels
from explorer.metrics.verdicts.measured import judged
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.answers import Logits, Row, Rows
from explorer.runs.spec.plans.effects import NOTHING
from explorer.runs.spec.plans.immunity import ImmunityPlan

CLEAN = -1  # the distortion of the images that are not distorted


class Place(NamedTuple):
    """A column of the map.

    Attributes:
        distortion: Its number in the plan, from 0; CLEAN for images that are not distorted.
        strength: From 0, the weakest.
    """

    distortion: int
    strength: int


CLEAN_PLACE = Place(CLEAN, 0)
_Answers = Mapping[Place, Logits]  # of one row


@dataclass(frozen=True, eq=False)
class MapRow:
    """A row of the map.

    Attributes:
        row: What it is.
        levels: The metric at each place that is finished, with its pointwise interval.
        effects: By how much it is better than the reference at each place, with intervals that hold for the whole row
            at once; empty for the reference itself.
    """

    row: Row
    levels: Mapping[Place, Level]
    effects: Mapping[Place, Effect]


@dataclass(frozen=True, eq=False)
class ImmunityMap:
    """A map in one metric.

    Attributes:
        metric: Its key.
        rows: In the order of the record. In a map of a study the row "nothing" is the reference of the others. In a
            map of runs the reference of each is itself on clean images.
        done: The numbers of the distortions that are finished, ascending.
        repeats: Repeats of the study; 1 for runs, whose intervals are those of these very models.
        images: Images of the first row.
        keeps: What was kept, see `Rows`.
        notes: What is to be known about the rows.
    """

    metric: str
    rows: tuple[MapRow, ...]
    done: tuple[int, ...]
    repeats: int
    images: int
    keeps: str
    notes: tuple[str, ...]

    @property
    def reference(self) -> int | None:
        """The row that the others are compared with; None where each is compared with itself on clean images."""
        return next((number for number, one in enumerate(self.rows) if one.row.name == NOTHING), None)

    @property
    def places(self) -> tuple[Place, ...]:
        """All columns that are finished, the clean one first."""
        return (CLEAN_PLACE, *(Place(number, strength) for number in self.done for strength in range(STRENGTHS)))


def read_map(paths: RunPaths, plan: ImmunityPlan, metric: str) -> ImmunityMap | None:
    """Read what a map has found so far; None before the clean images are judged. Takes seconds.

    Raises:
        StudyRecordError: A part is damaged.
        ValueError: The metric cannot be judged, or needs answers that were not kept.
    """
    there = answers.finished(paths)
    if answers.CLEAN not in there:
        return None
    key, rows = judged(metric), answers.read_rows(paths)
    done = tuple(number - 1 for number in there if number != answers.CLEAN and number <= len(plan.distortions))
    reference = next((number for number, one in enumerate(rows.rows) if one.name == NOTHING), None)
    compared = None if reference is None else _answers(paths, rows, reference, done, key)
    made: list[MapRow] = []
    shape = 0, 0
    # One row at a time, since the answers of all would take hundreds of megabytes.
    for number in range(len(rows.rows)):
        own = compared if number == reference and compared else _answers(paths, rows, number, done, key)
        repeats, images = own[CLEAN_PLACE].shape[:2]
        shape = shape if made else (repeats, images)
        made.append(_row(plan, rows, number, own, compared, key))
    return ImmunityMap(key, tuple(made), done, *shape, rows.keeps, rows.notes)


def _answers(paths: RunPaths, rows: Rows, number: int, done: tuple[int, ...], metric: str) -> dict[Place, Logits]:
    """Return the logits of a row at each place."""
    return {
        Place(distortion, strength): logits
        for distortion in (CLEAN, *done)
        for strength, logits in enumerate(answers.read_strengths(paths, distortion + 1, rows, number, metric))
    }


def _row(plan: ImmunityPlan, rows: Rows, number: int, own: _Answers, reference: _Answers | None, metric: str) -> MapRow:
    row, labels = rows.rows[number], answers.labels_of(rows, number)
    return MapRow(
        row,
        levels(labels, own, metric, groups=row.groups),
        _effects(plan, rows, number, own, reference, metric),
    )


def _effects(
    plan: ImmunityPlan, rows: Rows, number: int, own: _Answers, reference: _Answers | None, metric: str
) -> dict[Place, Effect]:
    row, labels = rows.rows[number], answers.labels_of(rows, number)
    if plan.study is None:
        clean = own[CLEAN_PLACE]
        cells = {place: (logits, clean) for place, logits in own.items() if place != CLEAN_PLACE}
    elif reference is None or reference is own:
        return {}
    else:
        cells = {place: (logits, reference[place]) for place, logits in own.items()}
    if not cells:
        return {}
    return cell_effects(labels, cells, metric, groups=row.groups, smallest=plan.smallest)
