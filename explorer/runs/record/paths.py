"""Where runs live, and the name of every file of a run. Nobody else builds such a path."""

import os
import re
import secrets
import time
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from explorer.base.home import made_home

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ATTEMPT = re.compile(r"(?:launch|events)-([1-9][0-9]{0,5})\.jsonl?")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another when read out


class RunNotFound(LookupError):
    """No run has this id."""


TICKET_VARIABLE = "EXPLORER_TICKET"  # in the environment of a trainer: the number of its open ticket of the queue


def pipelines_folder() -> Path:
    """Where saved pipelines lie; not made."""
    return made_home() / "pipelines"


def runs_root() -> Path:
    """The folder with one folder per run. Made if missing."""
    folder = made_home() / "runs"
    folder.mkdir(exist_ok=True)
    return folder


def trash_folder() -> Path:
    """Where deleted runs wait for a while, in case somebody wants them back; not made, so that any disk can be read."""
    return made_home() / "trash"


def trash_root() -> Path:
    """The same folder, made if missing. Raises OSError."""
    folder = trash_folder()
    folder.mkdir(exist_ok=True)
    return folder


def queue_folder() -> Path:
    """Where runs that wait for a device hold their tickets; not made, so that any disk can be read."""
    return made_home() / "queue"


def queue_root() -> Path:
    """The same folder, made if missing. Raises OSError."""
    folder = queue_folder()
    folder.mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True)
class RunPaths:
    """The files of one run. An attempt is one life of its trainer, counted from 1; epochs count from 0."""

    root: Path

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self.root.name

    @property
    def config(self) -> Path:
        """run.json: what was asked; never changes."""
        return self.root / "run.json"

    @property
    def lock(self) -> Path:
        """alive.lock: held by the trainer for life."""
        return self.root / "alive.lock"

    def launch(self, attempt: int) -> Path:
        """launch-<attempt>.json: who started it, and its process."""
        return self.root / f"launch-{attempt}.json"

    def ended(self, attempt: int) -> Path:
        """ended-<attempt>.json: how the process ended, if its launcher lived to see it. For words only."""
        return self.root / f"ended-{attempt}.json"

    def events(self, attempt: int) -> Path:
        """events-<attempt>.jsonl: append only, a record per line."""
        return self.root / f"events-{attempt}.jsonl"

    def epoch(self, attempt: int, epoch: int) -> Path:
        """epochs/<attempt>-<epoch>.npz: counts and scores of one validation."""
        return self.root / "epochs" / f"{attempt}-{epoch}.npz"

    @property
    def running(self) -> Path:
        """running.npz: the confusion counts of the training batches of this epoch so far, replaced each second."""
        return self.root / "running.npz"

    @property
    def result(self) -> Path:
        """result.json: what a quick check or a search for a learning rate has found so far."""
        return self.root / "result.json"

    @property
    def logged(self) -> Path:
        """The folder that Lightning's own loggers write into, where the run asks for some."""
        return self.root / "logged"

    @property
    def stop(self) -> Path:
        """control/stop: the trainer is asked to stop while this exists."""
        return self.root / "control" / "stop"

    def terminated(self, attempt: int) -> Path:
        """control/terminated-<attempt>.json: SIGTERM was sent to one that did not answer the stop."""
        return self.root / "control" / f"terminated-{attempt}.json"

    def killed(self, attempt: int) -> Path:
        """control/killed-<attempt>.json: who ended the attempt with SIGKILL, and why."""
        return self.root / "control" / f"killed-{attempt}.json"

    def step(self, attempt: int) -> Path:
        """control/step-<attempt>.txt: the transform that the trainer is in, blank between images; gone at its end."""
        return self.root / "control" / f"step-{attempt}.txt"

    @property
    def rank_failed(self) -> Path:
        """control/rank-failed.txt: why one of several processes that train together has failed."""
        return self.root / "control" / "rank-failed.txt"

    @property
    def outcome(self) -> Path:
        """outcome.json: how it ended, written by the trainer."""
        return self.root / "outcome.json"

    @property
    def log(self) -> Path:
        """log.txt: everything the trainer prints."""
        return self.root / "log.txt"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.root / "checkpoints"

    @property
    def best(self) -> Path:
        """The checkpoint with the best validation score."""
        return self.checkpoints / "best.ckpt"

    @property
    def last(self) -> Path:
        """The latest checkpoint."""
        return self.checkpoints / "last.ckpt"

    @property
    def first(self) -> Path:
        """The checkpoint of another run that this one starts from; only in a run that extends another."""
        return self.checkpoints / "first.ckpt"

    @property
    def weights(self) -> Path:
        """best.safetensors: the weights of the best checkpoint by the names of their library, once somebody asks."""
        return self.checkpoints / "best.safetensors"

    @property
    def meta(self) -> Path:
        """meta.json: what people call the run and say about it; the one file that they may change."""
        return self.root / "meta.json"

    def announced(self, attempt: int) -> Path:
        """announced-<attempt>: exists once EXPLORER_ON_FINISH was run for the end of the attempt."""
        return self.root / f"announced-{attempt}"

    def attempts(self) -> tuple[int, ...]:
        """Every attempt that left a launch record or events, ascending; empty for a missing folder."""
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
        """The number of the attempt that the calling trainer is; call it with the lock held.

        The launcher's latest number, unless that attempt has written events before: then the next one.
        """
        latest = max(self.attempts(), default=1)
        return latest + 1 if self.events(latest).exists() else latest


def slug(text: str, limit: int = 40) -> str:
    """`text` as lower-case ASCII words joined by hyphens; empty if nothing of it can be written so."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:limit].strip("-")


def new_run_id(name: str, fallback: str = "run") -> str:
    """An id such as 20261123-142501-ants-bees-x7k: sorts by (local) time, safe as a file name everywhere."""
    words = slug(name) or slug(fallback) or "run"
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(3))
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{words}-{letters}"


def run_paths(run_id: str) -> RunPaths:
    """The files of an existing run. Raises RunNotFound, also for an id that is a path."""
    if not _ID.fullmatch(run_id):
        raise RunNotFound(f"{run_id!r} is not the id of a run. Ids look like 20261123-142501-ants-bees-x7k.")
    paths = RunPaths(runs_root() / run_id)
    if not is_run(paths):
        raise RunNotFound(f"There is no run {run_id!r} in {paths.root.parent}.")
    return paths


def list_ids(known: Container[str] = ()) -> list[str]:
    """The names of all folders that may be runs, newest first; `is_run` tells which ones are.

    known: names that were found good before, and need not be looked at again.
    """
    with os.scandir(runs_root()) as entries:
        names = [entry.name for entry in entries]
    return sorted((name for name in names if name in known or _ID.fullmatch(name)), reverse=True)


def list_runs() -> tuple[RunPaths, ...]:
    """Every run, newest first. Damaged ones are listed too: hiding them would not mend them."""
    root = runs_root()
    return tuple(filter(is_run, (RunPaths(root / run_id) for run_id in list_ids())))


def is_run(paths: RunPaths) -> bool:
    """Whether a folder holds anything of a run."""
    return paths.config.exists() or paths.outcome.exists() or bool(paths.attempts())
