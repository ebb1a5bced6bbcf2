"""The run that a form was filled from: its values, and how the form differs from them."""

from dataclasses import dataclass
from typing import Any

from explorer.augment.pipeline import Pipeline
from explorer.base.names import expanded
from explorer.data.depth import ValueRange
from explorer.data.formats.spec import FileSpec
from explorer.metrics.table import TITLES
from explorer.runs.overview.summary import steps_in_words, summarise
from explorer.runs.record.paths import RunNotFound, run_paths
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.texts import Common
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.train import data_fields
from explorer.ui.train.relevance import matters
from explorer.ui.train.values import DEFAULTS, OPTIONAL, PLAIN, TEXT_NUMBERS, Values, run_pipeline

MAX_NAME = 100
_SHORTEST = 20  # of a run's name, when what differs from it takes the room
_TEXTS = (*TEXT_NUMBERS, *data_fields.DEPTHS[1:], "dataset_seed")
# Of the data set: they are compared only where both are of a kind that has them.
_OF_DATA = (*data_fields.ASKS, *data_fields.DEPTHS)


class SourceError(ValueError):
    """The run cannot be read any more."""


@dataclass(frozen=True)
class Source:
    """A run to start from: what people call it, its config, and the form's values that would make it again."""

    id: str
    name: str
    config: RunConfig
    values: Values


@dataclass(frozen=True)
class Difference:
    """A field of the form, and how it was and is, in words."""

    field: str
    was: str
    now: str

    @property
    def label(self) -> str:
        return data_fields.LABELS[self.field]


def load(run_id: str) -> Source:
    """The run of this id. Raises SourceError with a sentence."""
    try:
        paths = run_paths(run_id)
        config = loads(paths.config.read_bytes())
    except RunNotFound as error:
        raise SourceError(str(error)) from error
    except OSError as error:
        raise SourceError(T.SOURCE_UNREADABLE.format(id=run_id, reason=error.strerror or error)) from error
    except ConfigError as error:
        raise SourceError(T.SOURCE_UNREADABLE.format(id=run_id, reason=error)) from error
    return Source(run_id, summarise(paths).name, config, values_of(config, run_id))


def values_of(config: RunConfig, run_id: str) -> Values:
    """The form's values that make this config again; the name is left to be found anew."""
    spec = config.dataset
    found: Values = dict(DEFAULTS) | {name: getattr(config, name) for name in PLAIN}
    found |= {"name": "", "source": run_id, "pipeline": run_pipeline(run_id), "dataset": spec.kind}
    found |= {name: getattr(spec, ask.field) for name, ask in data_fields.asks(spec.kind).items()}
    if isinstance(spec, FileSpec):
        found["depth"] = spec.depth
        if isinstance(spec.depth, ValueRange):
            found |= {"depth": "range", "depth_low": spec.depth.low, "depth_high": spec.depth.high}
    found["dataset_seed"] = None if spec.seed == config.seed else spec.seed  # empty: the seed of the run
    found |= {name: getattr(config, name) for name in OPTIONAL}
    for name in _TEXTS:
        found[name] = _typed(found[name])
    for name in ("gpus", "loggers"):
        found[name] = list(found[name])
    return found


def _typed(value: Any) -> str:
    """A value as somebody would type it."""
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return "" if value is None else _plain(value)


def differences(values: Values, pipeline: Pipeline | None, source: Source) -> list[Difference]:
    """How the form differs from the run, in the form's order; fields that the form does not use now are left out."""
    found = []
    for name in DEFAULTS:
        if name == "pipeline":
            if pipeline is not None and pipeline != source.config.pipeline:
                found.append(_of_pipelines(source.config.pipeline, pipeline))
        elif _matters(name, values, source.values) and not _same(name, values[name], source.values[name]):
            found.append(Difference(name, shown(name, source.values[name]), shown(name, values[name])))
    return found


def _matters(name: str, values: Values, before: Values) -> bool:
    if name in _OF_DATA:
        return matters(name, values) and matters(name, before) and values["dataset"] == before["dataset"]
    return name not in ("name", "source") and (matters(name, values) or matters(name, before))


def _same(name: str, now: Any, before: Any) -> bool:
    if name in data_fields.PLACES:
        return expanded(now) == expanded(before)
    if name not in _TEXTS:
        return bool(now == before)
    return _numbers(now) == _numbers(before)


def _numbers(text: str) -> list[float | str]:
    """The numbers of a text, so that 1e-2 is 0.01; what is no number stays as it is."""
    found: list[float | str] = []
    for part in text.split(","):
        try:
            found.append(float(part))
        except ValueError:
            found.append(part.strip())
    return found


_WORDS: dict[str, dict[Any, str]] = {
    "dataset": data_fields.KINDS,
    "depth": F.DEPTHS | dict([F.BY_IMAGE]),
    "weights": F.WEIGHTS,
    "normalise": F.NORMALISE,
    "frozen": F.FROZEN,
    "loss": F.LOSSES,
    "optimizer": F.OPTIMIZERS,
    "schedule": F.SCHEDULES,
    "nesterov": F.YES_NO,
    "cycle_momentum": F.YES_NO,
    "three_phase": F.YES_NO,
    "monitor": TITLES,
    "mixing": F.MIXING,
    "kept_as": F.KEPT_SHAPES,
    "cache_size": F.KEPT,
    "accelerator": {"auto": F.AUTO},
    "precision": {"auto": F.AUTO},
}


def shown(name: str, value: Any) -> str:
    """A value of the form, as the form shows it."""
    if isinstance(value, list):
        return ", ".join(F.LOGGERS.get(part, str(part)) for part in value) or F.NOTHING
    text = _WORDS.get(name, {}).get(value)
    if text is None and value == "":
        return F.EMPTY.get(name, T.EMPTY)
    return text if text is not None else _plain(value)


def _plain(value: Any) -> str:
    # As short as it can be and still the same number: 0.01, 1e-05, 3.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _of_pipelines(before: Pipeline, now: Pipeline) -> Difference:
    was, becomes = (pipeline.name or steps_of(pipeline) for pipeline in (before, now))
    return Difference("pipeline", was, T.OTHER_SETTINGS if becomes == was else becomes)


def steps_of(pipeline: Pipeline) -> str:
    """The transforms that are switched on, by name, inside the composers that hold them: "Blur, OneOf(A, B)"."""
    return steps_in_words(pipeline.model_dump()["nodes"]) or Common.NONE


def name_for(source: Source, found: list[Difference]) -> str:
    """A name for a run that differs so from its source, at most MAX_NAME characters: what differs is kept whole."""
    if not found:
        return T.NAME_AGAIN.format(name=_cut(source.name, MAX_NAME - len(T.NAME_AGAIN.format(name=""))))
    changes = ", ".join(T.NAME_CHANGE.format(field=_lower(one.label), now=one.now) for one in found)
    changes = _cut(changes, MAX_NAME - _SHORTEST - len(T.NAME_CHANGED.format(name="", changes="")))
    room = MAX_NAME - len(T.NAME_CHANGED.format(name="", changes=changes))
    return T.NAME_CHANGED.format(name=_cut(source.name, room), changes=changes)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
