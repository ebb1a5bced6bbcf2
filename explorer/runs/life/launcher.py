"""Starts runs as processes that outlive the one that started them; each waits for its turn in the queue."""

import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path

from explorer.base import locks
from explorer.base.atomic import sync_folder, write_bytes_atomic
from explorer.base.home import made_home
from explorer.base.processes import Moment
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life.process import LaunchError, WrongState, launch_attempt
from explorer.runs.machine import needs
from explorer.runs.queue import queue
from explorer.runs.queue.queue import QueueError, Ticket
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, new_run_id, runs_root
from explorer.runs.record.reasons import in_words, reason
from explorer.runs.spec.config import ConfigError, RunConfig, dumps, from_values, loads, with_absolute_paths
from explorer.runs.spec.devices import Device
from explorer.runs.state.escalation import clear
from explorer.runs.state.status import State, derive

__all__ = ["LaunchError", "WrongState", "extend", "lane_of", "launch_attempt", "resume", "start"]

_HALF_MADE = ".new-"
_HALF_MADE_AGE_S = 3600
_LEAVE_S = 5.0
_good: set[Path] = set()  # homes whose locks have been tried


def start(config: RunConfig, name: str = "", first: Path | None = None) -> RunPaths:
    """Make the run's folder, put it into the queue and start its process; returns once that exists.

    name: for the id, where the config has none. A relative data folder is taken from the current directory.
    first: the checkpoint whose weights it starts from. Raises ConfigError for what can never fit on this computer,
    LaunchError where the folder cannot be written, locks do not work there, or no process can be made.
    """
    config = with_absolute_paths(config, Path.cwd())
    try:
        _check_locks()
        needs.check_start(config)
        ticket, paths = _make_folder(config, name, lane_of(config), first)
    except (OSError, QueueError) as error:
        raise LaunchError(f"No folder could be made for the run: {error}") from error
    try:
        launch_attempt(paths, 1, ticket=ticket)
    except OSError as error:
        words = _note_failure(paths, 1, error)
        if outcome.read(paths) is None:
            shutil.rmtree(paths.root, ignore_errors=True)  # no room even for the reason: nothing has begun
        raise LaunchError(f"{paths.id}: {words}") from error
    return paths


def resume(paths: RunPaths) -> None:
    """Let a run that was stopped, failed or got lost go on from its latest checkpoint, or from its beginning.

    Raises WrongState where it lives or has finished, LaunchError where it cannot be read or no process can be made.
    """
    try:
        config = loads(paths.config.read_bytes())
    except (OSError, ConfigError) as error:
        raise LaunchError(f"run.json cannot be read: {error}") from error
    lane = lane_of(config)
    _let_it_end(paths)
    try:
        _check_locks()
        with queue.guard():
            status = derive(paths)
            if not status.over:
                raise WrongState(f"{paths.id} is {status.state}: there is nothing to resume.")
            if status.state is State.FINISHED:
                raise WrongState(f"{paths.id} has finished. To train it for longer, extend it.")
            if not clear(paths):
                raise WrongState(f"{paths.id} cannot be resumed yet: {derive(paths).reason}")
            attempt = paths.latest_attempt + 1
            ticket = _line_up_again(paths, lane, attempt)
    except (OSError, QueueError, Unreachable) as error:
        raise LaunchError(f"{paths.id} could not be resumed: {error}") from error
    try:
        launch_attempt(paths, attempt, ticket=ticket)
    except OSError as error:
        raise LaunchError(f"{paths.id}: {_note_failure(paths, attempt, error)}") from error


def _let_it_end(paths: RunPaths) -> None:
    """Wait a moment for the process of an attempt that has said how it ended, as EXPLORER_ON_FINISH may not."""
    deadline = time.monotonic() + _LEAVE_S
    while not (status := derive(paths)).over and status.processes and time.monotonic() < deadline:
        time.sleep(0.01)


def _unshare(paths: RunPaths) -> None:
    """Give a copy that was made of hard links a lock and a log of its own: others are replaced when they change."""
    locks.unshare(paths.lock)
    with contextlib.suppress(FileNotFoundError):
        if paths.log.stat().st_nlink > 1:
            write_bytes_atomic(paths.log, paths.log.read_bytes())


def _line_up_again(paths: RunPaths, lane: Device, attempt: int) -> Ticket:
    paths.stop.unlink(missing_ok=True)
    _unshare(paths)
    queue.drop(paths.id)
    ticket = queue.take(paths.id, lane)
    try:
        write_launch(paths, attempt, Launch.prepared(Moment.now(), paths))
    except OSError:
        ticket.close()  # else this process would hold up the queue for as long as it lives
        queue.drop(paths.id)
        raise
    return ticket


def extend(paths: RunPaths, epochs: int) -> RunPaths:
    """Start a new run that trains `epochs` more, from the weights that a run ended with; returns the new run.

    Its seed is another one: with the same it would see the very pictures of the first epochs again. Its learning rate
    schedule begins again. Raises WrongState where the run is not over, LaunchError where there is nothing to start
    from, ConfigError for the epochs.
    """
    if not derive(paths).over:
        raise WrongState(f"{paths.id} is not over yet: it can be extended when it is.")
    found = next((path for path in (paths.last, paths.best) if path.exists()), None)
    if found is None:
        raise LaunchError(f"{paths.id} has no checkpoint to start from.")
    try:
        config = loads(paths.config.read_bytes())
    except OSError as error:
        raise LaunchError(f"run.json cannot be read: {error}") from error
    seed = (config.seed + 1) % 2**32
    name = f"{config.name or paths.id}, {epochs} more"[-100:]
    changes = {"epochs": epochs, "start_from": paths.id, "name": name, "seed": seed, "pair": None, "rules": 2}
    return start(from_values(config.model_dump() | changes), first=found)


def lane_of(config: RunConfig) -> Device:
    """The queue that a run waits in: by the device that it will train on."""
    if config.accelerator != "auto":
        return config.accelerator
    # Imported here: tells what "auto" means by asking torch in a process of its own, the first time.
    from explorer.runs.machine.machine import MachineError, machine

    try:
        devices = machine().devices
    except MachineError:
        return "cpu"
    return devices[0].accelerator if devices else "cpu"


def _check_locks() -> None:
    folder = made_home()
    if folder in _good:
        return
    if problem := locks.probe(folder):
        raise LaunchError(
            f"{folder} cannot hold runs: {problem}, so a living run could not be told from a dead one. "
            "Set EXPLORER_HOME to a folder on a local disk."
        )
    _good.add(folder)


def _note_failure(paths: RunPaths, attempt: int, error: OSError) -> str:
    why = reason("not_started", error=str(error))
    with contextlib.suppress(OSError):  # what kept it from starting may keep this from being written
        outcome.write(paths, Outcome("failed", why, time.time(), attempt))
    with contextlib.suppress(OSError, QueueError), queue.guard():
        queue.drop(paths.id)
    return in_words(why)


def _make_folder(config: RunConfig, name: str, lane: Device, first: Path | None) -> tuple[Ticket, RunPaths]:
    # Made under another name and then renamed: a run that can be seen has its config, its launch record and its ticket.
    root = runs_root()
    _sweep(root)
    half = RunPaths(root / f"{_HALF_MADE}{secrets.token_hex(6)}")
    half.root.mkdir()
    try:
        write_bytes_atomic(half.config, dumps(config).encode())
        half.stop.parent.mkdir()
        if first is not None:
            _copy(first, half.first)
        write_launch(half, 1, Launch.prepared(Moment.now(), half))
        return _publish(half, name or config.name, config.dataset.kind, lane)
    except BaseException:
        shutil.rmtree(half.root, ignore_errors=True)
        raise


def _publish(half: RunPaths, name: str, fallback: str, lane: Device) -> tuple[Ticket, RunPaths]:
    """Give a folder that is ready its id and its ticket."""
    root = half.root.parent
    paths = RunPaths(root / new_run_id(name, fallback))
    while paths.root.exists():
        paths = RunPaths(root / new_run_id(name, fallback))
    ticket = queue.take(paths.id, lane)
    try:
        half.root.rename(paths.root)
        sync_folder(root)
    except OSError:
        ticket.close()  # what is left of it is found dead, and removed, by the next housekeeping
        raise
    return ticket, paths


def _copy(checkpoint: Path, target: Path) -> None:
    # A copy that the new run owns: the old one may be deleted. Hard links cost nothing, where they can be made.
    target.parent.mkdir()
    try:
        os.link(checkpoint, target)
    except OSError:
        shutil.copyfile(checkpoint, target)


def _sweep(root: Path) -> None:
    """Delete what launchers left that died while they made a folder."""
    for folder in root.glob(f"{_HALF_MADE}*"):
        with contextlib.suppress(OSError):  # another launcher may sweep at the same time
            if time.time() - folder.stat().st_mtime > _HALF_MADE_AGE_S:
                shutil.rmtree(folder)
