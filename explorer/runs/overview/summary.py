"""A run in one line, cheap enough for a list of hundreds: reads no curve and imports no pipeline."""

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from explorer.base.atomic import read_json_object
from explorer.base.processes import Moment, boot_id
from explorer.runs.overview.index import Index
from explorer.runs.overview.sizes import disk_use
from explorer.runs.record import meta as metas
from explorer.runs.record import outcome as outcomes
from explorer.runs.record.events import Event, first_event, last_event
from explorer.runs.record.launch_record import read_launch
from explorer.runs.record.meta import Meta
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import RunStatus, State, derive

_EPOCH = re.compile(r"[1-9][0-9]*-([0-9]+)\.npz")


@dataclass(frozen=True)
class RunSummary:
    """A run for lists.

    name: what people call it now, else what they called it when they started it, else its id. asked: run.json as it
    lies there, empty where it cannot be read. started: seconds since 1970, 0 where nobody knows. best: values of the
    best epoch, once it is over. epochs: how many were validated. bytes: of the disk, None until it is over.
    worked_s: from the first to the last check-in of each attempt, so without waiting in a queue; None before the first.
    """

    paths: RunPaths
    name: str
    status: RunStatus
    started: float
    asked: Mapping[str, Any] = field(default_factory=dict)
    best: Mapping[str, Any] = field(default_factory=dict)
    meta: Meta = field(default_factory=Meta)
    epochs: int = 0
    bytes: int | None = None
    worked_s: float | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.paths.id

    @property
    def asked_epochs(self) -> int | None:
        """How many epochs it is to train; None where that is not known."""
        epochs = self.asked.get("epochs")
        return epochs if isinstance(epochs, int) else None

    @property
    def kind(self) -> str:
        """What for: "train", "check" or "rate"."""
        return str(self.asked.get("kind", "train"))

    @property
    def backbone(self) -> str:
        """The network's name; empty where it is not known."""
        return str(self.asked.get("backbone", ""))

    @property
    def pipeline(self) -> str:
        """The pipeline's name, else its steps; empty where it has none or cannot be read."""
        asked = self.asked.get("pipeline")
        if not isinstance(asked, dict):
            return ""
        return str(asked.get("name") or "") or steps_in_words(asked.get("nodes"))

    @property
    def dataset(self) -> str:
        """The data set in a word or two: its kind, or the name of its folder."""
        spec = self.asked.get("dataset")
        if not isinstance(spec, dict):
            return ""
        return Path(str(spec["path"])).name if "path" in spec else str(spec.get("kind", ""))


def steps_in_words(nodes: Any) -> str:
    """The transforms that are switched on, inside the composers that hold them, such as "Blur, OneOf(A, B)".

    Args:
        nodes: the nodes of a pipeline as they lie in JSON. What is damaged is left out.

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
    """The summary of one run at this moment, also of a damaged one."""
    asked = read_json_object(paths.config) or {}
    status, meta = derive(paths), metas.read(paths)
    launch, outcome = read_launch(paths, 1), outcomes.read(paths)
    return RunSummary(
        paths=paths,
        name=meta.name or str(asked.get("name") or paths.id),
        status=status,
        started=launch.time if launch else 0.0,
        asked=asked,
        best=outcome.best if outcome else {},
        meta=meta,
        epochs=_validated(paths),
        bytes=disk_use(paths).total if status.over else None,
        worked_s=_worked_s(paths),
    )


def _validated(paths: RunPaths) -> int:
    try:
        names = [path.name for path in paths.epoch(1, 0).parent.iterdir()]
    except OSError:
        return 0
    return max((int(found[1]) + 1 for name in names if (found := _EPOCH.fullmatch(name))), default=0)


def _worked_s(paths: RunPaths) -> float | None:
    files = map(paths.events, paths.attempts())
    spans = [_between(first, last) for file in files if (first := first_event(file)) and (last := last_event(file))]
    return sum(spans) if spans else None


def _between(first: Event, last: Event) -> float:
    return max(Moment(last.time, last.mono, last.boot).since(first.time, first.mono, first.boot), 0.0)


def summaries() -> tuple[RunSummary, ...]:
    """All runs, newest first. Those that are over are read once; a living one is read each time."""
    return _INDEX.all()


def _encode(run: RunSummary) -> dict[str, Any]:
    return {name: value for name, value in vars(run).items() if name not in ("paths", "status", "meta")} | {
        "status": asdict(run.status),
        "meta": asdict(run.meta),
    }


def _decode(paths: RunPaths, found: Mapping[str, Any]) -> RunSummary:
    status = found["status"]
    return RunSummary(
        paths=paths,
        name=str(found["name"]),
        status=RunStatus(State(status["state"]), str(status["reason"]), float(status["since"])),
        started=float(found["started"]),
        asked=dict(found["asked"]),
        best=dict(found["best"]),
        meta=metas.from_mapping(found["meta"]),
        epochs=int(found["epochs"]),
        bytes=int(found["bytes"]),
        worked_s=None if found["worked_s"] is None else float(found["worked_s"]),
    )


def _stamp() -> str:
    return f"{boot_id()} {time.strftime('%Y-%m-%d %z')}"


def _ages(run: RunSummary) -> bool:
    # The reason of a lost or killed run names times of the day, and depends on whether the computer was restarted.
    return run.status.state in (State.LOST, State.STOPPED)


def _is_settled(run: RunSummary) -> bool:
    return run.status.over and not run.status.processes


_INDEX = Index("runs", summarize, _is_settled, _ages, _stamp, _encode, _decode)
