"""The folders of runs, and the name of each file of a run. No other module builds such a path."""

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import made_home

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ATTEMPT = re.compile(r"(?:launch|events)-([1-9][0-9]{0,5})\.jsonl?")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look alike


class RunNotFound(LookupError):
    """No run has this id."""


TICKET_VARIABLE = "EXPLORER_TICKET"  # in the environment of a trainer: the number of its open ticket of the queue


def pipelines_folder() -> Path:
    """Return the folder of saved pipelines, which is not made here."""
    return made_home() / "pipelines"


def runs_root() -> Path:
    """Return the folder with one folder for each run, and make it. Raises OSError."""
    return _made(made_home() / "runs")


def trash_folder() -> Path:
    """Return the folder of deleted runs. It is not made here, so that a read-only disk can be read."""
    return made_home() / "trash"


def trash_root() -> Path:
    """Return the folder of deleted runs, and make it. Raises OSError."""
    return _made(trash_folder())


def queue_folder() -> Path:
    """Return the folder of the queue. It is not made here, so that a read-only disk can be read."""
    return made_home() / "queue"


def queue_root() -> Path:
    """Return the folder of the queue, and make it. Raises OSError."""
    return _made(queue_folder())


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


class _Name:
    """An attribute of RunPaths: a file or folder of the run, by its path inside the run's folder."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, run: "RunPaths", _owner: type | None = None) -> Path:
        return run.root / self._name


def _of_attempt(name: str) -> Callable[["RunPaths", int], Path]:
    """Make a method of RunPaths for a file of each attempt. `name` holds a {} for the number of the attempt."""
    return lambda run, attempt: run.root / name.format(attempt)


@dataclass(frozen=True)
class RunPaths:
    """The files of one run. An attempt is one life of its trainer, counted from 1; epochs count from 0."""

    root: Path

    config = _Name("run.json")
    """What was asked for. It never changes."""
    lock = _Name("alive.lock")
    """Held by the trainer for as long as it lives."""
    launch = _of_attempt("launch-{}.json")
    """Who started the attempt, and as which process."""
    ended = _of_attempt("ended-{}.json")
    """How the process ended, if its launcher lived to see it. It is used in messages only."""
    events = _of_attempt("events-{}.jsonl")
    """One JSON record per line, appended and never rewritten."""
    running = _Name("running.npz")
    """The confusion counts of the training batches of this epoch so far, replaced each second."""
    validation = _Name("validation.npz")
    """Ids and hashes of the validation images, in the order of the rows of the logits."""
    result = _Name("result.json")
    """What a quick check or a search for a learning rate has found so far."""
    study = _Name("study")
    """The folder of what a study has found so far, a file for each repeat."""
    predictions = _Name("predictions")
    """The folder of what a prediction has found: parts, the whole, and tables that people download."""
    members = _Name("members")
    """The folder of the training runs that a study has made, each with the files of a run."""
    logged = _Name("logged")
    """The folder that Lightning's own loggers write into, where the run asks for some."""
    stop = _Name("control/stop")
    """The trainer is asked to stop while this file exists."""
    terminated = _of_attempt("control/terminated-{}.json")
    """Written when SIGTERM was sent to a trainer that did not answer the stop."""
    killed = _of_attempt("control/killed-{}.json")
    """Why the attempt was ended with SIGKILL."""
    step = _of_attempt("control/step-{}.txt")
    """The transform that the trainer is in, blank between images; deleted when the attempt ends."""
    rank_failed = _Name("control/rank-failed.txt")
    """Why one of several processes that train together has failed."""
    outcome = _Name("outcome.json")
    """How the run ended, written by the trainer."""
    log = _Name("log.txt")
    """Everything that the trainer prints."""
    checkpoints = _Name("checkpoints")
    """The folder of checkpoints."""
    best = _Name("checkpoints/best.ckpt")
    """The checkpoint with the best validation score."""
    last = _Name("checkpoints/last.ckpt")
    """The latest checkpoint."""
    first = _Name("checkpoints/first.ckpt")
    """The checkpoint of another run that this one starts from; only in a run that extends another."""
    weights = _Name("checkpoints/best.safetensors")
    """The weights of the best checkpoint by the names of their library, made when an export asks for them."""
    package = _Name("checkpoints/best.zip")
    """The model of the best checkpoint with its card, made when an export asks for it."""
    meta = _Name("meta.json")
    """The run's name, tags and note, which people change."""
    final_scores = _Name("final.npz")
    """Counts and scores of the final set, from when it was opened for this run."""
    final = _Name("final.json")
    """When the final set was opened for this run, and what belongs to its scores."""
    flags = _Name("flags.json")
    """The validation images that people have flagged, with their notes."""
    thresholds = _Name("thresholds.json")
    """The thresholds of classes that people keep for predictions."""
    announced = _of_attempt("announced-{}")
    """Exists once EXPLORER_ON_FINISH was run for the end of the attempt."""

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.root.name

    def epoch(self, attempt: int, epoch: int) -> Path:
        """Return the file of counts and scores of one validation."""
        return self.root / "epochs" / f"{attempt}-{epoch}.npz"

    def masks(self, attempt: int, epoch: int) -> Path:
        """Return the file of the masks that one validation has predicted."""
        return self.root / "epochs" / f"{attempt}-{epoch}-masks.npz"

    def member(self, number: int) -> "RunPaths":
        """Return the files of one of the training runs that a study has made, from 0."""
        return RunPaths(self.members / str(number))

    @property
    def place_in_study(self) -> "tuple[RunPaths, int] | None":
        """The study that has made this run, and its number there, from 0; None for a run of its own."""
        if self.root.parent != RunPaths(self.root.parents[1]).members or not self.root.name.isdecimal():
            return None
        return RunPaths(self.root.parents[1]), int(self.root.name)

    def attempts(self) -> tuple[int, ...]:
        """Return each attempt that left a launch record or events, ascending; none for a missing folder."""
        try:
            names = [path.name for path in self.root.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted({int(found[1]) for name in names if (found := _ATTEMPT.fullmatch(name))}))

    @property
    def latest_attempt(self) -> int:
        """The number of the latest attempt; 0 before the first."""
        return max(self.attempts(), default=0)

    def begin_attempt(self) -> int:
        """Return the number of the attempt of the calling trainer, which holds the lock.

        It is the number of the latest launch record, or the next one if that attempt has already written events.
        """
        latest = max(self.attempts(), default=1)
        return latest + 1 if self.events(latest).exists() else latest


def slug(text: str, limit: int = 40) -> str:
    """Write a text as lower-case ASCII words joined by hyphens; empty if it has no ASCII letters or digits."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:limit].strip("-")


def new_run_id(name: str, fallback: str = "run") -> str:
    """Make an id such as 20261123-142501-ants-bees-x7k, which sorts by local time and is a safe file name."""
    words = slug(name) or slug(fallback) or "run"
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(3))
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{words}-{letters}"


def run_paths(run_id: str) -> RunPaths:
    """Return the files of an existing run. Raises RunNotFound, also for an id that is a path."""
    if not _ID.fullmatch(run_id):
        raise RunNotFound(f"{run_id!r} is not the id of a run. Ids look like 20261123-142501-ants-bees-x7k.")
    paths = RunPaths(runs_root() / run_id)
    if not is_run(paths):
        raise RunNotFound(f"There is no run {run_id!r} in {paths.root.parent}.")
    return paths


def list_ids(known: Container[str] = ()) -> list[str]:
    """Return the names of all folders that may be runs, newest first; `is_run` decides which ones are.

    Names that are `known` to be ids are not checked again.
    """
    with os.scandir(runs_root()) as entries:
        names = [entry.name for entry in entries]
    return sorted((name for name in names if name in known or _ID.fullmatch(name)), reverse=True)


def list_runs() -> tuple[RunPaths, ...]:
    """Return each run, newest first, also damaged ones."""
    root = runs_root()
    return tuple(filter(is_run, (RunPaths(root / run_id) for run_id in list_ids())))


def is_run(paths: RunPaths) -> bool:
    """Whether a folder holds anything of a run."""
    return paths.config.exists() or paths.outcome.exists() or bool(paths.attempts())
