"""A run in one line, cheap enough for a list of hundreds: reads no curve and imports no pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.runs import outcome as outcomes
from explorer.runs.atomic import read_json_object
from explorer.runs.launches import read_launch
from explorer.runs.paths import RunPaths, list_runs
from explorer.runs.status import RunStatus, derive


@dataclass(frozen=True)
class RunSummary:
    """A run for lists.

    name: what people called it, else its id. asked: run.json as it lies there, empty where it cannot be read.
    started: seconds since 1970, 0 where nobody knows. best: values of the best epoch, once it is over.
    """

    paths: RunPaths
    name: str
    status: RunStatus
    started: float
    asked: Mapping[str, Any] = field(default_factory=dict)
    best: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The run's id."""
        return self.paths.id

    @property
    def dataset(self) -> str:
        """The data set in a word or two: its kind, or the name of its folder."""
        spec = self.asked.get("dataset")
        if not isinstance(spec, dict):
            return ""
        return Path(str(spec["path"])).name if "path" in spec else str(spec.get("kind", ""))


def summarise(paths: RunPaths) -> RunSummary:
    """The summary of one run at this moment, also of a damaged one."""
    asked = read_json_object(paths.config) or {}
    launch, outcome = read_launch(paths, 1), outcomes.read(paths)
    return RunSummary(
        paths=paths,
        name=str(asked.get("name") or paths.id),
        status=derive(paths),
        started=launch.time if launch else 0.0,
        asked=asked,
        best=outcome.best if outcome else {},
    )


def summaries() -> tuple[RunSummary, ...]:
    """All runs, newest first."""
    return tuple(map(summarise, list_runs()))
