"""Starting, resuming and extending runs, whose processes outlive the one that started them and wait in the queue."""

import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path

from explorer.base import locks
from explorer.base.atomic import sync_folder, write_bytes_atomic
from explorer.base.home import made_home
from explorer.base.locks import Held
from explorer.base.processes import Moment
from explorer.runs.launchers.launcher import Unreachable
from explorer.runs.life.process import LaunchError as LaunchError
from explorer.runs.life.process import WrongState as WrongState
from explorer.runs.life.process import launch_attempt as launch_attempt
from explorer.runs.machine import needs
from explorer.runs.queue import queue
from explorer.runs.queue.queue import QueueError
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import Launch, write_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, new_run_id, runs_root
from explorer.runs.record.reasons import in_words, reason
from explorer.runs.record.resume_point import first_identity
from explorer.runs.record.studies import origin
from explorer.runs.record.studies.parts import SCORES, parts
from explorer.runs.spec.config import (
    ConfigError,
    RunConfig,
    check_size,
    dumps,
    from_values,
    loads,
    with_absolute_paths,
)
from explorer.runs.spec.devices import Device
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.runs.state.escalation import clear
from explorer.runs.state.status import State, derive

_HALF_MADE = ".new-"
_HALF_MADE_AGE_S = 3600
_LEAVE_S = 5.0
_good: set[Path] = set()  # homes whose locks work


def start(config: RunConfig, name: str = "", first: Path | None = None, study: RunPaths | None = None) -> RunPaths:
    """Make the run's folder, put it into the queue and start its process.

    Args:
        config: What to do. A relative data folder is taken from the current directory.
        name: For the id, where the config has none.
        first: The checkpoint whose weights it starts from.
        study: The study whose repeats it goes on from.

    Raises:
        ConfigError: The run can never fit on this computer, or its config into a file.
        LaunchError: The folder cannot be written, locks do not work there, or no process can be made.
    """
    config = with_absolute_paths(config, Path.cwd())
    check_size(config)
    try:
        _check_locks()
        needs.check_start(config)
        ticket, paths = _make_folder(config, name, lane_of(config), first, study)
    except (OSError, QueueError) as error:
        raise LaunchError(f"No folder could be made for the run: {error}") from error
    try:
        _launch(paths, 1, ticket)
    except LaunchError:
        if outcome.read(paths) is None:
            shutil.rmtree(paths.root, ignore_errors=True)  # the disk has no room even for the reason
        raise
    return paths


def resume(paths: RunPaths) -> None:
    """Continue a stopped, failed or lost run from its latest checkpoint, or from its beginning without one.

    Raises:
        WrongState: The run lives or has finished.
        LaunchError: The run cannot be read, or no process can be made.
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
                more = (
                    ": there is nothing to resume"
                    if config.kind == "predict"
                    else ". To train it for longer, extend it"
                )
                raise WrongState(f"{paths.id} has finished{more}.")
            if not clear(paths):
                raise WrongState(f"{paths.id} cannot be resumed yet: {derive(paths).reason}")
            attempt = paths.latest_attempt + 1
            ticket = _line_up_again(paths, lane, attempt)
    except (OSError, QueueError, Unreachable) as error:
        raise LaunchError(f"{paths.id} could not be resumed: {error}") from error
    _launch(paths, attempt, ticket)


def _let_it_end(paths: RunPaths) -> None:
    """Wait for the process of an attempt that has written its outcome: EXPLORER_ON_FINISH may resume it at once."""
    deadline = time.monotonic() + _LEAVE_S
    while not (status := derive(paths)).over and status.processes and time.monotonic() < deadline:
        time.sleep(0.01)


def _unshare(paths: RunPaths) -> None:
    """Give a copy that was made of hard links its own lock and log. Other files are replaced when they change."""
    locks.unshare(paths.lock)
    with contextlib.suppress(FileNotFoundError):
        if paths.log.stat().st_nlink > 1:
            write_bytes_atomic(paths.log, paths.log.read_bytes())


def _line_up_again(paths: RunPaths, lane: Device, attempt: int) -> Held:
    paths.stop.unlink(missing_ok=True)
    _unshare(paths)
    queue.drop(paths.id)
    ticket = queue.take(paths.id, lane)
    try:
        write_launch(paths, attempt, Launch.prepared(Moment.now(), paths))
    except OSError:
        ticket.release()  # otherwise this process would hold up the queue for as long as it lives
        queue.drop(paths.id)
        raise
    return ticket


def extend(paths: RunPaths, epochs: int) -> RunPaths:
    """Start a new run that trains `epochs` more, from the weights that a run ended with.

    It gets another seed, since the same one would repeat the augmented images of the first epochs. Its learning rate
    schedule begins again.

    Raises:
        WrongState: The run is not over.
        LaunchError: There is no checkpoint to start from.
        ConfigError: The number of epochs is not allowed.
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


def extend_study(paths: RunPaths, repeats: int) -> RunPaths:
    """Start a new study that goes on from the repeats that another one has done.

    Args:
        paths: The study, which is over.
        repeats: How many repeats there shall be in all.

    Raises:
        WrongState: The study is not over, or there is nothing to add.
        LaunchError: Its files cannot be read or copied.
        ConfigError: The number of repeats is not allowed, or it is no study that has repeats.
    """
    if not derive(paths).over:
        raise WrongState(f"{paths.id} is not over yet: it can be extended when it is.")
    try:
        config = loads(paths.config.read_bytes())
    except OSError as error:
        raise LaunchError(f"run.json cannot be read: {error}") from error
    if config.study is None or config.study.ask != "effects":
        raise ConfigError({"study": "Only a study of effects can be extended by more repeats."})
    if repeats <= config.study.repeats:
        raise WrongState(f"{paths.id} has {config.study.repeats} repeats: give more in all than these.")
    looked = (*config.study.looked, config.study.repeats) if _speaks(paths, config.study) else config.study.looked
    plan = config.study.model_dump() | {"repeats": repeats, "extends": paths.id, "looked": looked}
    return start(from_values(config.model_dump() | {"study": plan, "pair": None}), study=paths)


def _speaks(paths: RunPaths, plan: EffectsPlan) -> bool:
    """Return whether a study has given verdicts."""
    # Imported here: a training has no need of it.
    from explorer.metrics.verdicts.effects import speaks

    return speaks(len(parts(paths, SCORES)), plan.repeats)


def lane_of(config: RunConfig) -> Device:
    """Return the queue that a run waits in, which is that of the device that it will train on."""
    if config.accelerator != "auto":
        return config.accelerator
    # Imported here: the first call asks torch in another process what "auto" means.
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
            f"{folder} cannot hold runs: {problem}, so a living run could not be distinguished from a dead one. "
            "Set EXPLORER_HOME to a folder on a local disk."
        )
    _good.add(folder)


def _launch(paths: RunPaths, attempt: int, ticket: Held) -> None:
    try:
        launch_attempt(paths, attempt, ticket=ticket)
    except OSError as error:
        why = reason("not_started", error=str(error))
        with contextlib.suppress(OSError):  # the cause, such as a full disk, may also prevent this
            outcome.write(paths, Outcome("failed", why, time.time(), attempt))
        with contextlib.suppress(OSError, QueueError), queue.guard():
            queue.drop(paths.id)
        raise LaunchError(f"{paths.id}: {in_words(why)}") from error


def _make_folder(
    config: RunConfig, name: str, lane: Device, first: Path | None, study: RunPaths | None
) -> tuple[Held, RunPaths]:
    # Made under another name and renamed: a visible run has its config, its launch record and its ticket.
    root = runs_root()
    _sweep(root)
    half = RunPaths(root / f"{_HALF_MADE}{secrets.token_hex(6)}")
    half.root.mkdir()
    try:
        write_bytes_atomic(half.config, dumps(config).encode())
        half.stop.parent.mkdir()
        if first is not None:
            half.checkpoints.mkdir()
            _copy(first, half.first)
        if study is not None:
            half.study.mkdir()
            for part in sorted(study.study.glob("*.npz")):
                _copy(part, half.study / part.name)
            origin.write(half, origin.read(study) or first_identity(study, study.latest_attempt + 1))
        write_launch(half, 1, Launch.prepared(Moment.now(), half))
        return _publish(half, name or config.name, config.dataset.kind, lane)
    except BaseException:
        shutil.rmtree(half.root, ignore_errors=True)
        raise


def _publish(half: RunPaths, name: str, fallback: str, lane: Device) -> tuple[Held, RunPaths]:
    """Give a complete folder its id and its ticket."""
    root = half.root.parent
    paths = RunPaths(root / new_run_id(name, fallback))
    while paths.root.exists():
        paths = RunPaths(root / new_run_id(name, fallback))
    ticket = queue.take(paths.id, lane)
    try:
        half.root.rename(paths.root)
        sync_folder(root)
    except OSError:
        ticket.release()  # the next housekeeping finds it dead and removes it
        raise
    return ticket, paths


def _copy(file: Path, target: Path) -> None:
    # The new run owns its copy, since the old run may be deleted. A hard link costs nothing.
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def _sweep(root: Path) -> None:
    """Delete half-made folders of launchers that were killed."""
    for folder in root.glob(f"{_HALF_MADE}*"):
        with contextlib.suppress(OSError):  # another launcher may sweep at the same time
            if time.time() - folder.stat().st_mtime > _HALF_MADE_AGE_S:
                shutil.rmtree(folder)
