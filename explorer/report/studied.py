"""What a report says about a study: its verdict, who pays, changed images, and how to check it."""

import base64
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from explorer.base.words import cut
from explorer.export.verdict import verdict_script
from explorer.figures import effect_words, forest, pair_words
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.answers import Contrast
from explorer.metrics.verdicts.effects import Effect, Effects
from explorer.report import paired
from explorer.report.figures import Chart
from explorer.runs.overview.studies.effects import SENSITIVE, EffectsFound, read
from explorer.runs.overview.studies.words import looked_before
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.spec.config import RunConfig
from explorer.texts import Report as T
from explorer.texts import Study as S

MOST_ANSWERS = 3_000_000  # bytes of the answers that the file holds
MOST_LISTED = 12  # images of each step that changed sides, to either side
MOST_CLASSES = 50
MOST_NAME = 200
Row = tuple[str, ...]


@dataclass(frozen=True)
class Studied:
    """The verdict of a study in words and rows.

    Attributes:
        sentences: What is said of the whole pipeline and of each step.
        rests_on: What the verdict rests on.
        rows: Each step with its effect and interval in both metrics, and P(better).
        head: The head of these rows.
        alarms: Where the mean rises and a class falls.
        classes: Effects on the recall of each class that is worth a look.
        changed: Images that changed sides most, by step.
        code: The Python file that computes the verdict again.
        answers: The answers of all heads in base 64; "" where they are too large.
        answers_note: How to run the file.
        problem: Why there is no verdict; "" where there is one.
    """

    sentences: tuple[str, ...] = ()
    rests_on: str = ""
    head: Row = ()
    rows: tuple[Row, ...] = ()
    alarms: tuple[str, ...] = ()
    classes: tuple[Row, ...] = ()
    changed: tuple[Row, ...] = ()
    code: str = ""
    answers: str = ""
    answers_note: str = ""
    problem: str = ""


def found_of(paths: RunPaths, config: RunConfig | None) -> tuple[EffectsFound | None, str]:
    """Return what a study of effects has found, or why nothing can be said."""
    if config is None or config.study is None:
        return None, ""
    if config.study.ask != "effects":
        return None, T.STUDY_OTHER
    try:
        found = read(paths, config)
    except StudyRecordError as error:
        return None, str(error)
    return found, "" if found else S.NO_REPEAT


def studied(paths: RunPaths, config: RunConfig | None) -> Studied | None:
    """Return what the report says about a study; None for other runs."""
    if config is None or config.study is None:
        return None
    if config.study.ask == "confirm":
        return _confirmed(paths, config)
    found, problem = found_of(paths, config)
    if found is None:
        return Studied(problem=problem)
    effects, second = found.effects(), _second(found)
    alarms, classes = _classes(found)
    answers = _answers(found)
    twice = looked_before(found.plan.looked, found.look_before())
    return Studied(
        sentences=tuple(_sentences(found, effects)),
        rests_on=S.RESTS_ON.format(
            images=len(found.images),
            repeats=effect_words.repeats(found.done),
            folds=found.plan.folds,
            smallest=effect_words.size(effects.smallest, effects.metric),
            metric=EVERY[effects.metric].in_sentence,
        )
        + " "
        + S.HEADS_ALONE.format(heads=found.accuracy)
        + (f" {twice}" if twice else ""),
        head=(
            T.STEP,
            *(f"{EVERY[one.metric].title}, {T.STUDY_INTERVAL}" for one in filter(None, (effects, second))),
            T.STUDY_BETTER,
        ),
        rows=tuple(_rows(found, effects, second)),
        alarms=alarms,
        classes=classes,
        changed=tuple(_changed(found)),
        code=verdict_script(config),
        answers=answers,
        answers_note=T.ANSWERS_INSIDE if answers else T.ANSWERS_OUTSIDE,
    )


def _confirmed(paths: RunPaths, config: RunConfig) -> Studied:
    found, problem = paired.found_of(paths, config)
    if found is None:
        return Studied(problem=problem)
    head, rows = paired.table(found)
    return Studied(paired.sentences(found), pair_words.rests_on(found), head, rows)


def charts(paths: RunPaths, config: RunConfig | None) -> Iterator[Chart]:
    """Yield the forest plot of a study, or the figures of a confirmation."""
    if config is not None and config.study is not None and config.study.ask == "confirm":
        pairs, _ = paired.found_of(paths, config)
        yield from () if pairs is None else paired.charts(pairs)
        return
    found, _ = found_of(paths, config)
    if found is not None:
        effects = found.effects()
        names = [_title(found, (effect.plus, effect.minus)) for effect in forest.rows_of(effects)]
        figure = forest.forest(names, effects, _second(found))
        yield Chart("forest", S.FOREST, figure, help=S.FOREST_HELP)


def numbers(paths: RunPaths, config: RunConfig | None) -> dict[str, Any] | None:
    """Return the effects of a study for programs; None for other runs, and where there are none."""
    if config is not None and config.study is not None and config.study.ask == "confirm":
        pairs, _ = paired.found_of(paths, config)
        return None if pairs is None else paired.numbers(pairs)
    found, _ = found_of(paths, config)
    if found is None:
        return None
    return {
        "images": len(found.images),
        "repeats": found.done,
        "planned": found.planned,
        "accuracy": found.accuracy,
        "effects": {one.metric: asdict(one) for one in filter(None, (found.effects(), _second(found)))},
    }


def _title(found: EffectsFound, contrast: Contrast) -> str:
    """The step that a contrast is about; the whole pipeline for the gate."""
    if contrast == found.gate:
        return S.PIPELINE
    variant = next(one for one in found.variants if one.name == contrast[1])
    return variant.label


def _sentences(found: EffectsFound, effects: Effects) -> Iterator[str]:
    for effect in forest.rows_of(effects):
        contrast = (effect.plus, effect.minus)
        step = S.WHOLE if contrast == found.gate else _title(found, contrast)
        yield effect_words.sentence(effect, step, effects).replace("**", "")


def _second(found: EffectsFound) -> Effects | None:
    """The effects in log loss; None where that is the person's metric."""
    return None if found.effects().metric == SENSITIVE else found.effects(SENSITIVE)


def _rows(found: EffectsFound, effects: Effects, second: Effects | None) -> Iterator[Row]:
    both = [effects] if second is None else [effects, second]
    for of_step in zip(*map(forest.rows_of, both), strict=True):
        effect = of_step[0]
        better = "" if effect.better is None else effect_words.chance(effect.better)
        name = cut(_title(found, (effect.plus, effect.minus)), MOST_NAME)
        yield name, *(_cell(one, family.metric) for one, family in zip(of_step, both, strict=True)), better


def _cell(effect: Effect, metric: str) -> str:
    if effect.effect is None or effect.low is None or effect.high is None:
        return T.UNDEFINED_WHY.format(why=effect.why)
    return f"{effect_words.amount(effect.effect, metric)} ({effect_words.ends(effect.low, effect.high, metric)})"


def _classes(found: EffectsFound) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    names = found.images.classes
    alarms: list[str] = []
    rows: list[Row] = []
    for contrast, effects in found.classes().items():
        step = cut(_title(found, contrast), MOST_NAME)
        if effects.alarm:
            listed = ", ".join(cut(names[index], MOST_NAME) for index in effects.alarm)
            words = S.ALARM_ONE if len(effects.alarm) == 1 else S.ALARM
            alarms.append(f"{step}: {words.format(mean=effect_words.amount(effects.mean, 'accuracy'), classes=listed)}")
        for one in effects.classes:
            if one.notable and one.effect is not None and one.low is not None and one.high is not None:
                shown = effect_words.amount(one.effect, "recall"), effect_words.ends(one.low, one.high, "recall")
                rows.append((step, cut(names[one.index], MOST_NAME), f"{one.images:,}", *shown))
    return tuple(alarms), tuple(rows[:MOST_CLASSES])


def _changed(found: EffectsFound) -> Iterator[Row]:
    for contrast in [*([found.gate] if found.gate else []), *found.contrasts]:
        changed = found.changed(contrast)
        for rows in (changed.won, changed.lost):
            for row in rows[:MOST_LISTED].tolist():
                shares = (changed.right_plus[row], changed.right_minus[row])
                often = [f"{round(float(share) * changed.repeats)} / {changed.repeats}" for share in shares]
                class_name = found.images.classes[int(found.images.labels[row])]
                names = (found.images.ids[row], class_name)
                yield cut(_title(found, contrast), MOST_NAME), *(cut(name, MOST_NAME) for name in names), *often


def _answers(found: EffectsFound) -> str:
    logits = found.answers.logits
    if sum(one.nbytes for one in logits.values()) > MOST_ANSWERS:
        return ""
    held = io.BytesIO()
    named = {f"logits {name}": values for name, values in logits.items()}
    np.savez_compressed(held, labels=found.images.labels, groups=found.images.groups, **named)  # type: ignore[arg-type]
    return base64.b64encode(held.getvalue()).decode()
