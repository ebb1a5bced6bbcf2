"""The run that a form was filled from, and how the form differs from it."""

from dataclasses import dataclass
from typing import Any

from explorer.augment.pipeline import Pipeline
from explorer.base.names import expanded
from explorer.runs.overview.summary import summarize
from explorer.runs.record.paths import RunNotFound, run_paths
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.fields import Values, longest_of
from explorer.settings.fields import FIELDS, matters
from explorer.settings.rows import steps_of
from explorer.settings.values import values_of
from explorer.texts import Train as T

MAX_NAME = longest_of(RunConfig, "name")
_SHORTEST = 20  # characters of the source's name that are kept beside the changes


class SourceError(ValueError):
    """A run that can no longer be read."""


@dataclass(frozen=True)
class Source:
    """A run to start from: its name, its config, and the values of the form that would make it again."""

    id: str
    name: str
    config: RunConfig
    values: Values

    @property
    def is_study(self) -> bool:
        """Whether it is a study, which a training with its pipeline, data set and network does not repeat."""
        return self.config.kind == "study"


@dataclass(frozen=True)
class Difference:
    """A field of the form with its earlier and its present value in words."""

    field: str
    was: str
    now: str

    @property
    def label(self) -> str:
        return FIELDS[self.field].title


def load(run_id: str) -> Source:
    """Read a run. Raises SourceError with a sentence."""
    try:
        paths = run_paths(run_id)
        config = loads(paths.config.read_bytes())
    except RunNotFound as error:
        raise SourceError(str(error)) from error
    except OSError as error:
        raise SourceError(T.SOURCE_UNREADABLE.format(id=run_id, reason=error.strerror or error)) from error
    except ConfigError as error:
        raise SourceError(T.SOURCE_UNREADABLE.format(id=run_id, reason=error)) from error
    return Source(run_id, summarize(paths).name, config, values_of(config, run_id))


def differences(values: Values, pipeline: Pipeline | None, source: Source) -> list[Difference]:
    """Return how the form differs from the run, in the form's order, without fields that have no effect."""
    found = []
    for name in FIELDS:
        if name == "pipeline":
            if pipeline is not None and pipeline != source.config.pipeline:
                found.append(_of_pipelines(source.config.pipeline, pipeline))
        elif _matters(name, values, source.values) and not _same(name, values[name], source.values[name]):
            shown = FIELDS[name].shown
            found.append(Difference(name, shown(source.values[name]), shown(values[name])))
    return found


def _matters(name: str, values: Values, before: Values) -> bool:
    if FIELDS[name].path.startswith("dataset.") and name != "dataset_seed":
        # Compared only where both are of a format that has them.
        return matters(name, values) and matters(name, before) and values["dataset"] == before["dataset"]
    return name != "name" and (matters(name, values) or matters(name, before))


def _same(name: str, now: Any, before: Any) -> bool:
    if FIELDS[name].is_place:
        return expanded(now) == expanded(before)
    if not FIELDS[name].is_text:
        return bool(now == before)
    return _numbers(now) == _numbers(before)


def _numbers(text: str) -> list[float | str]:
    """Return the numbers in a text, so that 1e-2 equals 0.01. Other parts stay as they are."""
    found: list[float | str] = []
    for part in text.split(","):
        try:
            found.append(float(part))
        except ValueError:
            found.append(part.strip())
    return found


def _of_pipelines(before: Pipeline, now: Pipeline) -> Difference:
    was, becomes = (pipeline.name or steps_of(pipeline) for pipeline in (before, now))
    return Difference("pipeline", was, T.OTHER_SETTINGS if becomes == was else becomes)


def name_for(source: Source, found: list[Difference]) -> str:
    """Return a name of at most MAX_NAME characters from the source's name, which is cut first, and the differences."""
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
