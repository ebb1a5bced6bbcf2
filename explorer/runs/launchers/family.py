"""The processes of an attempt: its trainer and all that it has started and that is still of its group."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from explorer.base.home import ATTEMPT_VARIABLE
from explorer.base.processes import Process, boot_id, descendants, every
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths


def mark(launch: Launch) -> str:
    """What the environment of an attempt's processes says: the device and inode of the run's folder."""
    return "" if launch.folder is None else f"{launch.folder[0]}:{launch.folder[1]}"


def family(paths: RunPaths, launch: Launch, *, lives: bool) -> tuple[Process, ...]:
    """The living processes of a run's attempt, its trainer among them, ascending by pid. lives: whether that does.

    The kernel gives the number of a group to no new process while the group has a member. So where its trainer is
    gone, one member that surely is of the run proves that all are; without one they are a later owner's.
    """
    if launch.pid is None or launch.pid <= 1:  # a damaged record: 0 would name our own group
        return ()
    if launch.boot != boot_id() or not launch.is_of(paths):
        return ()
    if not lives and not _group_exists(launch.pid):
        return ()  # two calls of the system, where a look at all processes takes milliseconds
    table = every()
    found = [process for process in _members(paths, launch, launch.pid, table) if not process.dead]
    return tuple(sorted(found, key=lambda process: process.pid))


def _members(paths: RunPaths, launch: Launch, pid: int, table: Mapping[int, Process]) -> list[Process]:
    trainer = table.get(pid)
    group = [process for process in table.values() if process.group == pid]
    if trainer is None:
        return group if any(_is_marked(paths, launch, process.pid) for process in group) else []
    if trainer.ticks != launch.ticks:
        return []  # a later owner of the pid
    if trainer.group == pid:
        return group
    # Somebody started it by hand, in a group of a shell or a script.
    own = descendants([pid], table) | {pid}
    return [process for process in table.values() if process.pid in own and process.group == trainer.group]


def _group_exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, OverflowError):  # a damaged record may hold any number
        return False
    except PermissionError:
        return True
    return True


def _is_marked(paths: RunPaths, launch: Launch, pid: int) -> bool:
    command, environment = _said_at_start(pid)
    # A version of before the mark is known by its command: `python -P -m explorer.training FOLDER`.
    by_command = command[-1:] == [str(paths.root)] and command[-3:-2] == ["-m"]
    return by_command or (bool(mark(launch)) and f"{ATTEMPT_VARIABLE}={mark(launch)}" in environment)


def _said_at_start(pid: int) -> tuple[list[str], list[str]]:
    """The command and the environment that a process was started with; empty where they may not be read."""
    if sys.platform != "linux":
        return _said_elsewhere(pid)
    try:
        texts = [Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="surrogateescape") for name in _SAID]
    except OSError:
        return [], []
    command, environment = (text.rstrip("\0").split("\0") for text in texts)
    return command, environment


_SAID = ("cmdline", "environ")


def _said_elsewhere(pid: int) -> tuple[list[str], list[str]]:
    import psutil

    try:
        process = psutil.Process(pid)
        return process.cmdline(), [f"{name}={value}" for name, value in process.environ().items()]
    except (psutil.Error, OSError):
        return [], []
