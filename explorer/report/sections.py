"""What the page says about each run, in words and rows that its template writes down."""

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from explorer.base.words import cut, day, number, span
from explorer.figures.charts import class_names
from explorer.metrics.intervals import Interval
from explorer.metrics.table import EVERY, HEADLINES, LISTED
from explorer.report import numbers
from explorer.report.figures import curve_classes
from explorer.report.mask_pictures import MaskPictures
from explorer.report.pictures import Mistake, Mistakes
from explorer.report.reported import CLASS_SCORES, Reported
from explorer.report.studied import Studied, studied
from explorer.runs.spec.config import title_of
from explorer.runs.state.status import State
from explorer.settings.rows import settings
from explorer.texts import Report as T
from explorer.texts import Runs

MOST_PAIRS = 50
MOST_NAME = 200  # characters of a name or value in a table; the numbers hold all of them
Row = tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """A metric at the best epoch, in words."""

    title: str
    help: str
    value: str
    interval: str  # or why the value is undefined


@dataclass(frozen=True)
class Shown:
    """A mistake, in words, with its image as a data address; "" where there is none."""

    words: str
    id: str
    scores: str
    image: str
    why_not: str


@dataclass(frozen=True)
class Step:
    """A node of a pipeline."""

    name: str
    values: str
    off: bool
    children: tuple["Step", ...]


@dataclass(frozen=True)
class Section:
    """All that the page says about a run but its figures."""

    id: str
    name: str
    state: str
    reason: str
    facts: tuple[Row, ...]
    notice: str
    numbers: tuple[Number, ...]
    numbers_of: str
    scores: tuple[Row, ...]
    interval_note: str
    classes_head: Row
    classes: tuple[Row, ...]
    pairs_head: Row
    pairs: tuple[Row, ...]
    pairs_note: str
    mistakes: tuple[Shown, ...]
    mistakes_note: str
    masks: MaskPictures | None
    settings: tuple[Row, ...]
    settings_note: str
    steps: tuple[Step, ...]
    codes: tuple[Row, ...]
    pipeline_note: str
    recorded: tuple[Row, ...]
    tags: str
    note: str
    flags: tuple[Row, ...]
    flags_note: str
    figures_note: str
    study: Studied | None


def section_of(run: Reported, mistakes: Mistakes, masks: MaskPictures | None) -> Section:
    """Return what the page says about a run. `masks` are those of a run that learns masks."""
    summary, snapshot = run.summary, run.snapshot
    steps, codes, pipeline_note = _pipeline(run)
    pairs, pairs_note = _pairs(run)
    return Section(
        id=summary.id,
        name=summary.name,
        state=Runs.STATES[summary.status.state],
        reason=summary.status.reason,
        facts=tuple(_facts(run)),
        notice=_notice(run),
        numbers=tuple(_numbers(run)),
        numbers_of=_numbers_of(run),
        scores=tuple(_scores(run)),
        interval_note=_interval_note(run),
        classes_head=T.CLASSES_HEADS[run.task],
        classes=tuple(_classes(run)),
        pairs_head=T.PAIRS_HEADS[run.task],
        pairs=pairs,
        pairs_note=pairs_note,
        mistakes=tuple(_shown(mistake, class_names(snapshot)) for mistake in mistakes.listed),
        mistakes_note=_mistakes_note(mistakes) if run.best else "",
        masks=masks if run.best else None,
        settings=tuple(_settings(run)),
        settings_note=T.CONFIGURATION_NOTE if snapshot.config else T.CONFIGURATION_RAW.format(why=snapshot.problem),
        steps=steps,
        codes=codes,
        pipeline_note=pipeline_note,
        recorded=tuple(_recorded(run)),
        tags=", ".join(summary.meta.tags),
        note=summary.meta.note,
        flags=tuple((cut(flag.id, MOST_NAME), flag.note) for flag in run.flags),
        flags_note=T.FLAGS_UNREADABLE.format(why=run.flags_problem) if run.flags_problem else "",
        figures_note=" ".join(filter(None, [T.FIGURES_NOTE, curve_classes(run)[1]])),
        study=studied(run.paths, snapshot.config),
    )


def _facts(run: Reported) -> Iterator[Row]:
    summary, start = run.summary, run.snapshot.start
    yield T.RUN_ID, summary.id
    if summary.started:
        yield T.STARTED, day(summary.started)
    if summary.worked_s is not None:
        yield T.DURATION, span(summary.worked_s)
    if summary.dataset:
        counts = [start.number(name) if start else math.nan for name in ("train_images", "val_images")]
        images = T.IMAGES.format(train=counts[0], val=counts[1]) if all(map(math.isfinite, counts)) else ""
        yield T.DATA, " ".join(filter(None, [summary.dataset, images]))
    if summary.backbone:
        yield T.NETWORK, summary.backbone


def _notice(run: Reported) -> str:
    if run.summary.kind == "study":
        return "" if run.summary.status.over else T.STUDY_STILL
    if not run.summary.status.over:
        return T.STILL
    if run.summary.kind != "train":
        return T.NOT_TRAINING
    return "" if run.best else T.NO_EPOCH


def _numbers(run: Reported) -> Iterator[Number]:
    if run.best is None:
        return
    for key, metric in LISTED[run.task].items():
        found = run.scores.get(key)
        below = found.why if found is not None and found.value is None else _interval(found)
        yield Number(metric.title, metric.help, in_words(run.best.value(key)), below)


def _interval(found: Interval | None) -> str:
    if found is None or found.low is None or found.high is None:
        return ""
    return T.INTERVAL.format(low=number(found.low), high=number(found.high))


def _scores(run: Reported) -> Iterator[Row]:
    """Each metric that the cards do not show: its title, its value or why it has none, and its interval."""
    for key, found in run.scores.items():
        if key not in LISTED[run.task]:
            value = T.UNDEFINED_WHY.format(why=found.why) if found.value is None else in_words(found.value)
            yield EVERY[key].title, value, _interval(found) or T.NOTHING


def _interval_note(run: Reported) -> str:
    found = dict.fromkeys(one.how for one in run.scores.values() if one.low is not None)
    return T.INTERVAL_NOTE.format(how="; ".join(found)) if found else ""


def in_words(value: float) -> str:
    """Return a metric as it is shown."""
    return number(value) if math.isfinite(value) else T.UNDEFINED


def _numbers_of(run: Reported) -> str:
    if run.best is None:
        return ""
    config = run.snapshot.config
    monitor = EVERY[config.monitor if config else HEADLINES[run.task]].title
    words = T.NUMBERS_OF if run.summary.status.state is State.FINISHED else T.NUMBERS_SO_FAR
    return words.format(epoch=run.best.number, epochs=len(run.snapshot.epochs), monitor=monitor)


def _classes(run: Reported) -> Iterator[Row]:
    names = class_names(run.snapshot)
    for index, (name, row) in enumerate(zip(names, numbers.per_class(run), strict=False)):
        cells = []
        for key, column in CLASS_SCORES[run.task].items():
            found = run.class_scores[key][index] if key in run.class_scores else None
            value = row[column]
            ends = _interval(found)
            cells.append(in_words(math.nan if value is None else value) + (f" ({ends})" if ends else ""))
        supports = [f"{row[name]:,}" for name in ("images", "pixels") if name in row]
        yield cut(name, MOST_NAME), *supports, *cells


def _pairs(run: Reported) -> tuple[tuple[Row, ...], str]:
    """The most confused pairs of classes, largest count first, and how many of how many they are."""
    if run.record is None or run.record.several:
        return (), ""
    confusion, names = run.record.confusion, class_names(run.snapshot)
    wrong = confusion - np.diag(np.diagonal(confusion))
    true, predicted = np.nonzero(wrong)
    order = np.argsort(-wrong[true, predicted], kind="stable")[:MOST_PAIRS]
    totals = confusion.sum(axis=1)
    rows = tuple(
        (
            cut(names[true[place]], MOST_NAME),
            cut(names[predicted[place]], MOST_NAME),
            f"{wrong[true[place], predicted[place]]:,}",
            f"{wrong[true[place], predicted[place]] / totals[true[place]]:.1%}",
        )
        for place in order
    )
    return rows, T.PAIRS_NOTE.format(shown=len(rows), total=len(true)) if len(true) > len(rows) else ""


def _shown(mistake: Mistake, names: Sequence[str]) -> Shown:
    image = "" if mistake.jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(mistake.jpeg).decode()}"
    true, predicted = (cut(names[index], MOST_NAME) for index in (mistake.true, mistake.predicted))
    return Shown(
        words=T.TRUE_PREDICTED.format(true=true, predicted=predicted),
        id=cut(mistake.id, MOST_NAME) or T.ROW.format(index=mistake.index),
        scores=T.SCORES.format(true=mistake.scores[0], predicted=mistake.scores[1], loss=mistake.loss),
        image=image,
        why_not=mistake.why_not or T.NO_IMAGE,
    )


def _mistakes_note(mistakes: Mistakes) -> str:
    if mistakes.total is None:
        return mistakes.why_not
    if not mistakes.total:
        return T.NO_MISTAKES
    counts = {"listed": len(mistakes.listed), "total": mistakes.total, "shown": mistakes.shown}
    return " ".join(filter(None, [T.MISTAKES_NOTE.format(**counts), mistakes.why_not]))


def _settings(run: Reported) -> Iterator[Row]:
    """Yield title, value and default of each setting; of a config that cannot be read, what was recorded."""
    if run.snapshot.config is None:
        for name, value in flat(run.summary.asked):
            if value is not None:
                yield title_of(name), cut(written(value), MOST_NAME), ""
        return
    for one in settings(run.snapshot.config):
        yield f"{one.section}: {one.label}", cut(one.value, MOST_NAME), one.default or ""


def flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the recorded settings by their names, nested ones with dots, but for the pipeline."""
    for name, value in values.items():
        if isinstance(value, dict) and name != "pipeline":
            yield from flat(value, f"{before}{name}.")
        elif name not in ("pipeline", "version") or before:
            yield f"{before}{name}", value


def written(value: Any) -> str:
    """Return a recorded value as it is shown."""
    if isinstance(value, list):
        return ", ".join(map(written, value))
    return T.NOTHING if value is None or value == "" else str(value)


def _pipeline(run: Reported) -> tuple[tuple[Step, ...], tuple[Row, ...], str]:
    """The steps as a tree, the pipeline in each form that can be copied, and a note."""
    config = run.snapshot.config
    if config is None:
        return (), (), T.NO_PIPELINE.format(why=run.snapshot.problem)
    from explorer.augment.exchange import FORMS  # here: it imports albumentations, which takes seconds

    if not config.pipeline.nodes:
        return (), (), T.NO_STEPS
    forms = tuple((name, FORMS[name].write(config.pipeline, False, False)) for name in ("Python", "JSON"))
    return tuple(map(_step, config.pipeline.model_dump(mode="json")["nodes"])), forms, ""


def _step(node: Mapping[str, Any]) -> Step:
    values = [f"{name} = {written(value)}" for name, value in (node.get("params") or {}).items()]
    return Step(
        name=str(node.get("transform") or node.get("kind")),
        values=", ".join([T.PROBABILITY.format(p=node.get("p", 1)), *values]),
        off=not node.get("enabled", True),
        children=tuple(map(_step, node.get("children") or ())),
    )


def _recorded(run: Reported) -> Iterator[Row]:
    for name, value in run.identity.items():
        yield str(name), cut(str(value), MOST_NAME)
    if (digest := _digest(run.paths.best)) is not None:
        yield T.CHECKPOINT, digest


def _digest(file: Path) -> str | None:
    found = sha256()
    try:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                found.update(block)
    except OSError:
        return None
    return found.hexdigest()
