"""What the page of a comparison says about all of its runs together, and about each one beside the first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from explorer.base.words import cut
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.resampling import DRAWS
from explorer.metrics.table import EVERY, METRICS
from explorer.report.reported import Reported
from explorer.report.sections import MOST_NAME, Row, flat, in_words, written
from explorer.runs.overview.comparison import NotComparable, Side, pair_of, side_of
from explorer.runs.overview.summary import steps_in_words
from explorer.runs.spec.config import title_of
from explorer.texts import Compare, Runs
from explorer.texts import Report as T


@dataclass(frozen=True)
class Beside:
    """A run, B, beside the first one, A.

    Attributes:
        name: Of B.
        rows: A row for each metric: title, A, B, difference and its 95 % interval.
        notes: Sentences on what a reader has to know, or why the two cannot be compared image by image.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


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


def comparison_of(runs: Sequence[Reported], progress: Callable[[str], None]) -> Comparison:
    """Return what a report says about all of its runs together. `progress` is called with words about each pair."""
    titles = [metric.title for metric in METRICS.values()]
    rows = []
    for run in runs:
        best = run.best
        values = [T.NOTHING if best is None else in_words(best.value(key)) for key in METRICS]
        state = Runs.STATES[run.summary.status.state]
        rows.append((run.summary.name, state, T.NOTHING if best is None else str(best.number), *values))
    names = tuple(run.summary.name for run in runs)
    return Comparison(
        names, (*T.RUNS_HEAD, *titles), tuple(rows), tuple(_beside(runs, progress)), tuple(_differences(runs))
    )


def _beside(runs: Sequence[Reported], progress: Callable[[str], None]) -> Iterator[Beside]:
    reference, *others = runs
    for other in others:
        progress(T.COMPARING.format(run=other.summary.id))
        try:
            pair = pair_of(_side(reference), _side(other))
        except NotComparable as error:
            yield Beside(other.summary.name, (), (Compare.NOT_COMPARED.format(why=error),))
            continue
        found = pair.differences()
        rows = tuple(_row(EVERY[key].title, one) for key, one in found.items())
        sides, images = pair.mcnemar(), len(pair.labels)
        split = {"changed": sides.only_a + sides.only_b, "won": sides.only_b, "lost": sides.only_a}
        tested = Compare.MCNEMAR_SAYS.format(**split, images=images, p=f"{sides.p:.3g}")
        notes = [*pair.notes, T.THESE_TWO, T.PAIRED.format(images=images, draws=DRAWS), tested]
        notes += [
            Compare.UNDEFINED_WHY.format(title=EVERY[key].title, side=side, why=why)
            for key, one in found.items()
            for side, why in one.undefined.items()
        ]
        if any(row[-1].endswith("~") for row in rows):
            notes.append(Compare.APPROXIMATE)
        yield Beside(other.summary.name, rows, tuple(notes))


def _side(run: Reported) -> Side:
    return side_of(run.evidence.view, run.snapshot, run.summary.name)


def _row(title: str, found: Difference) -> Row:
    values = (T.UNDEFINED if value is None else in_words(value) for value in (found.a, found.b))
    change = T.NOTHING if found.difference is None else Compare.CHANGE.format(value=found.difference)
    interval = T.NOTHING
    if found.low is not None and found.high is not None:
        interval = Compare.INTERVAL.format(low=found.low, high=found.high) + (" ~" if found.approximate else "")
    return title, *values, change, interval


def _differences(runs: Sequence[Reported]) -> Iterator[Row]:
    values = [dict(flat(run.summary.asked)) for run in runs]
    for name in dict.fromkeys(name for found in values for name in found):
        shown = [cut(written(found[name]), MOST_NAME) if name in found else T.NOT_SET for found in values]
        if name != "name" and len(set(shown)) > 1:
            yield title_of(name), *shown
    pipelines = [found if isinstance(found := run.summary.asked.get("pipeline"), dict) else {} for run in runs]
    if any(one.get("nodes") != pipelines[0].get("nodes") for one in pipelines):
        # Without their names, which may be equal although the steps are not. Their values are in the tree of each run.
        shown = [steps_in_words(one.get("nodes")) or T.NOTHING for one in pipelines]
        yield (
            T.PIPELINE,
            *(cut(words if len(set(shown)) > 1 else T.OTHER_VALUES.format(steps=words), MOST_NAME) for words in shown),
        )
