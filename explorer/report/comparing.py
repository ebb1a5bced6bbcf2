"""What the page of a comparison says about all of its runs together, and about each one beside the first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.base.words import chance, cut, number, signed
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.resampling import DRAWS
from explorer.metrics.table import EVERY, LISTED, listed_for
from explorer.report.mask_pictures import MaskPictures, Painter, of_pair
from explorer.report.reported import Reported
from explorer.report.sections import MOST_NAME, Row, in_words
from explorer.runs.overview.comparison import NotComparable, Side, pair_of, side_of
from explorer.settings.rows import different, side_by_side
from explorer.texts import Compare, Runs
from explorer.texts import Report as T

Painters = Mapping[str, Painter | None]


@dataclass(frozen=True)
class Step:
    """A node of two pipelines: its depth in the tree from 0, in words, and what differs.

    Attributes:
        status: "same", "added", "removed" or "changed", from A to B.
        changes: The parameters with other values.
    """

    depth: int
    words: str
    status: str
    mark: str
    changes: str


@dataclass(frozen=True)
class Beside:
    """A run, B, beside the first one, A.

    Attributes:
        name: Of B.
        rows: A row for each metric: title, A, B, difference and its 95 % interval.
        notes: Sentences on what a reader has to know, or why the two cannot be compared image by image.
        masks: The masks that changed most; None where no masks are learned, or their images cannot be opened.
        steps: Both pipelines as one tree; empty where `steps_note` says all.
        steps_note: What a reader has to know about them.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    masks: MaskPictures | None
    steps: tuple[Step, ...]
    steps_note: str


@dataclass(frozen=True)
class Comparison:
    """What a report of several runs says about all of them.

    Attributes:
        head: Of the table of metrics.
        rows: A row for each run, with its state, best epoch and metrics.
        beside: Each run but the first, beside the first.
        differences: A row for each setting that differs: its title, and its value in each run.
    """

    names: tuple[str, ...]
    head: Row
    rows: tuple[Row, ...]
    beside: tuple[Beside, ...]
    differences: tuple[Row, ...]


def comparison_of(
    runs: Sequence[Reported], painters: Painters, budget: int, progress: Callable[[str], None]
) -> Comparison:
    """Return what a report says about all of its runs together.

    Args:
        runs: The runs, the first of which the others are compared with.
        painters: Id of a run that learns masks -> what draws them; None where its images cannot be opened.
        budget: Bytes that the pictures of each pair may take in the file.
        progress: Called with words about each pair.
    """
    listed = listed_for(run.task for run in runs)
    titles = [metric.title for metric in listed.values()]
    rows = []
    for run in runs:
        best, own = run.best, LISTED[run.task]
        values = [T.NOTHING if best is None or key not in own else in_words(best.value(key)) for key in listed]
        state = Runs.STATES[run.summary.status.state]
        rows.append((run.summary.name, state, T.NOTHING if best is None else str(best.number), *values))
    names = tuple(run.summary.name for run in runs)
    return Comparison(
        names,
        (*T.RUNS_HEAD, *titles),
        tuple(rows),
        tuple(_beside(runs, painters, budget, progress)),
        tuple(_differences(runs)),
    )


def _beside(
    runs: Sequence[Reported], painters: Painters, budget: int, progress: Callable[[str], None]
) -> Iterator[Beside]:
    reference, *others = runs
    for other in others:
        progress(T.COMPARING.format(run=other.summary.id))
        steps = _steps(reference, other)
        try:
            pair = pair_of(_side(reference), _side(other))
        except NotComparable as error:
            yield Beside(other.summary.name, (), (Compare.NOT_COMPARED.format(why=error),), None, *steps)
            continue
        found = pair.differences()
        rows = tuple(_row(EVERY[key].title, one) for key, one in found.items())
        sides, images = pair.mcnemar(), len(pair.labels)
        notes = [*pair.notes, T.THESE_TWO, T.PAIRED.format(images=images, draws=DRAWS)]
        if sides is not None:
            split = {"changed": sides.only_a + sides.only_b, "won": sides.only_b, "lost": sides.only_a}
            notes.append(Compare.MCNEMAR_SAYS.format(**split, images=images, p=chance(sides.p)))
        notes += [
            Compare.UNDEFINED_WHY.format(title=EVERY[key].title, side=side, why=why)
            for key, one in found.items()
            for side, why in one.undefined.items()
        ]
        if any(row[-1].endswith("~") for row in rows):
            notes.append(Compare.APPROXIMATE)
        masks = None
        if pair.of_masks:
            masks = of_pair(pair, painters.get(reference.summary.id), painters.get(other.summary.id), budget)
        yield Beside(other.summary.name, rows, tuple(notes), masks, *steps)


def _side(run: Reported) -> Side:
    return side_of(run.evidence.view, run.snapshot, run.summary.name)


def _row(title: str, found: Difference) -> Row:
    values = (T.UNDEFINED if value is None else number(value) for value in (found.a, found.b))
    change = T.NOTHING if found.difference is None else signed(found.difference)
    interval = T.NOTHING
    if found.none:
        interval = Compare.NO_DIFFERENCE
    elif found.low is not None and found.high is not None:
        ends = Compare.INTERVAL.format(low=signed(found.low), high=signed(found.high))
        interval = f"{ends} ~" if found.approximate else ends
    return title, *values, change, interval


def _steps(a: Reported, b: Reported) -> tuple[tuple[Step, ...], str]:
    """Return both pipelines as one tree, and a sentence about it."""
    for run in (a, b):
        if run.snapshot.config is None:
            return (), T.PIPELINE_NOT_COMPARED.format(name=run.summary.name)
    # Imported here: they import albumentations, which takes seconds.
    from explorer.augment.difference import difference
    from explorer.settings.steps import all_same, changes_of, title_of

    assert a.snapshot.config is not None
    assert b.snapshot.config is not None
    pipelines = a.snapshot.config.pipeline, b.snapshot.config.pipeline
    rows = difference(*pipelines)
    if not rows:
        return (), Compare.PIPELINES_EMPTY
    if all(row.status == "same" for row in rows):
        return (), all_same(*pipelines)
    steps = (Step(row.depth, title_of(row), row.status, _MARKS[row.status], changes_of(row)) for row in rows)
    return tuple(steps), T.PIPELINES_NOTE


_MARKS = {"same": "", "added": "+ ", "removed": "− ", "changed": "~ "}


def _differences(runs: Sequence[Reported]) -> Iterator[Row]:
    """Yield the settings that differ between the runs whose config can be read, in words."""
    configs = [run.snapshot.config for run in runs]
    rows = different(side_by_side([config for config in configs if config is not None]))
    for name, values in rows.items():
        left = iter(values)
        yield name, *(T.NOT_READ if config is None else cut(next(left), MOST_NAME) for config in configs)
