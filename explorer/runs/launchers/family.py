"""The processes of an attempt: its trainer, and the processes of its group that it has started."""

import os
from collections.abc import Mapping

from explorer.base.home import ATTEMPT_VARIABLE
from explorer.base.processes import Process, boot_id, descendants, every
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths


def mark(launch: Launch) -> str:
    """Return what marks the environment of an attempt's processes: device and inode of the run's folder."""
    return "" if launch.folder is None else f"{launch.folder[0]}:{launch.folder[1]}"


def family(paths: RunPaths, launch: Launch, *, lives: bool) -> tuple[Process, ...]:
    """Return the living processes of an attempt, ascending by pid. `lives` says whether its trainer does.

    The kernel gives the number of a group to no new process while the group has a member. So if the trainer is gone,
    one member that surely belongs to the run proves that all do; without one they belong to a later owner.
    """
    if launch.pid is None or launch.pid <= 1:  # a damaged record: 0 would name our own group
        return ()
    if launch.boot != boot_id() or not launch.is_of(paths):
        return ()
    if not lives and not _group_exists(launch.pid):
        return ()  # a system call, while the process table takes milliseconds
    table = every()
    found = [process for process in _members(paths, launch, launch.pid, table) if not process.dead]
    return tuple(sorted(found, key=lambda process: process.pid))


def _members(paths: RunPaths, launch: Launch, pid: int, table: Mapping[int, Process]) -> list[Process]:
    trainer = table.get(pid)
    group = [process for process in table.values() if process.group == pid]
    if trainer is None:
        return group if any(_is_marked(paths, launch, process.pid) for process in group) else []
    if trainer.ticks != launch.ticks:
        return []  # the pid has a later owner
    if trainer.group == pid:
        return group
    # It was started by hand, in the group of a shell or a script.
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
    import psutil  # here: a waiting run does without its megabytes

    try:
        process = psutil.Process(pid)
        command, found = process.cmdline(), process.environ().get(ATTEMPT_VARIABLE)
    except (psutil.Error, OSError):
        return False
    # A trainer of a version without marks has the command `python -P -m explorer.training FOLDER`.
    return (command[-1:] == [str(paths.root)] and command[-3:-2] == ["-m"]) or bool(found and found == mark(launch))
