"""A run in short, cheap enough for a list of hundreds: it reads no curve and imports no pipeline."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.base.atomic import read_json_object
from explorer.runs.overview.sizes import disk_use
from explorer.runs.record import meta as metas
from explorer.runs.record import outcome as outcomes
from explorer.runs.record.events import first_event, last_event
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.meta import Meta
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.part_names import CURVES, MEMBER, OUTER, SCORES, parts
from explorer.runs.state.status import RunStatus, derive

_EPOCH = re.compile(r"[1-9][0-9]*-([0-9]+)\.npz")
# Asks that have repeats or folds, and what they write.
_KIND_OF_PART = {"effects": SCORES, "worth": CURVES, "search": OUTER, "folds": MEMBER}

_ORIGINS = ("origin", "study", "chosen_by", "extends")  # the fields of plans that name it


@dataclass(frozen=True)
class RunSummary:
    """A run for lists.

    Attributes:
        name: Its name of now, else the name that it was started with, else its id.
        started: Seconds since 1970; 0 where it is not known.
        asked: The values in run.json, unchecked; empty where it cannot be read.
        best: Values of the best epoch, once the run is over.
        epochs: How many were validated.
        repeats: Of a study: how many repeats, or folds, are done.
        bytes: Its size on the disk; None until it is over.
        worked_s: Seconds from the first to the last check-in, added over the attempts; None before the first.
    """

    paths: RunPaths
    name: str
    status: RunStatus
    started: float
    asked: Mapping[str, Any] = field(default_factory=dict)
    best: Mapping[str, Any] = field(default_factory=dict)
    meta: Meta = field(default_factory=Meta)
    epochs: int = 0
    repeats: int = 0
    bytes: int | None = None
    worked_s: float | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.paths.id

    @property
    def asked_epochs(self) -> int | None:
        """How many epochs it was asked to train; None where that is not known."""
        epochs = self.asked.get("epochs")
        return epochs if isinstance(epochs, int) else None

    @property
    def kind(self) -> str:
        """Its purpose, one of `runs.spec.kinds`."""
        return str(self.asked.get("kind", "train"))

    @property
    def ask(self) -> str:
        """What a study asks; empty for other runs."""
        return str(self._plan.get("ask", ""))

    @property
    def asked_repeats(self) -> int | None:
        """How many repeats, or folds, a study was asked for; None where it has none, as a map of distortions."""
        repeats = self._plan.get("folds" if self.ask == "folds" else "repeats")
        return repeats if isinstance(repeats, int) and self.ask in _KIND_OF_PART else None

    @property
    def origin(self) -> str:
        """The id of the study that a study was started from; empty where there is none."""
        return str(next(filter(None, (self._plan.get(name) for name in _ORIGINS)), ""))

    @property
    def _predicts(self) -> Mapping[str, Any]:
        plan = self.asked.get("predict")
        return plan if isinstance(plan, dict) else {}

    @property
    def _plan(self) -> Mapping[str, Any]:
        return _plan_of(self.asked)

    @property
    def backbone(self) -> str:
        """The name of the network; empty where it is not known."""
        return str(self.asked.get("backbone", ""))

    @property
    def pipeline(self) -> str:
        """The name of the pipeline, of the views of a prediction, else its steps; empty where there is none."""
        asked = self._predicts.get("views") if self.kind == "predict" else self.asked.get("pipeline")
        if not isinstance(asked, dict):
            return ""
        return str(asked.get("name") or "") or steps_in_words(asked.get("nodes"))

    @property
    def dataset(self) -> str:
        """The name of the folder of the data set, or of what is predicted, else its kind."""
        predicted = self._predicts.get("images") or self._predicts.get("dataset")
        spec = predicted or self.asked.get("dataset")
        if not isinstance(spec, dict):
            return ""
        return Path(str(spec["path"])).name if "path" in spec else str(spec.get("kind", ""))


def steps_in_words(nodes: Any) -> str:
    """Name the transforms that are switched on, inside their composers, such as "Blur, OneOf(A, B)".

    Args:
        nodes: The nodes of a pipeline as in its JSON. Damaged ones are left out.

    Returns:
        The names, separated by commas; empty where nothing is switched on.
    """
    words = map(_node_in_words, nodes if isinstance(nodes, list | tuple) else ())
    return ", ".join(filter(None, words))


def _node_in_words(node: Any) -> str:
    if not isinstance(node, dict) or not node.get("enabled", True):
        return ""
    if "transform" in node:
        return str(node["transform"])
    inside = steps_in_words(node.get("children"))
    return f"{node.get('kind', '')}({inside})" if inside else ""


def summarize(paths: RunPaths) -> RunSummary:
    """Read the summary of one run at this moment, also of a damaged one."""
    asked = read_json_object(paths.config) or {}
    status, meta = derive(paths), metas.read(paths)
    launch, outcome = read_launch(paths, 1), outcomes.of_latest(paths)
    return RunSummary(
        paths=paths,
        name=meta.name or str(asked.get("name") or paths.id),
        status=status,
        started=launch.time if launch else 0.0,
        asked=asked,
        best=outcome.best if outcome else {},
        meta=meta,
        epochs=_validated(paths),
        repeats=_repeats(paths, _plan_of(asked)),
        bytes=disk_use(paths).total if status.over else None,
        worked_s=_worked_s(paths),
    )


def _validated(paths: RunPaths) -> int:
    try:
        names = [path.name for path in paths.epoch(1, 0).parent.iterdir()]
    except OSError:
        return 0
    return max((int(found[1]) + 1 for name in names if (found := _EPOCH.fullmatch(name))), default=0)


def _plan_of(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    plan = asked.get("study")
    return plan if isinstance(plan, dict) else {}


def _repeats(paths: RunPaths, plan: Mapping[str, Any]) -> int:
    """How many repeats of a study are done: those of a search when all of their outer folds are."""
    ask = str(plan.get("ask", ""))
    if ask not in _KIND_OF_PART:
        return 0
    done = parts(paths, _KIND_OF_PART[ask])
    folds = plan.get("folds")
    if ask != "search":
        return len(done)
    if not isinstance(folds, int) or folds < 1:
        return 0
    by_repeat = Counter(number // folds for number in done)
    return sum(count == folds for count in by_repeat.values())


def _worked_s(paths: RunPaths) -> float | None:
    files = map(paths.events, paths.attempts())
    spans = [
        max(last.moment.since(first.moment), 0.0)
        for file in files
        if (first := first_event(file)) and (last := last_event(file))
    ]
    return sum(spans) if spans else None
