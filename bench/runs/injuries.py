"""What can happen to a run: each injury acts on a real process or a real file, and says when it could not."""

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from explorer.runs.launchers import table
from explorer.runs.life.control import request_stop
from explorer.runs.queue import queue
from explorer.runs.record.launch_record import Launch, latest_launch
from explorer.runs.record.paths import RunPaths
from scripts.memory_limit import NoMemoryLimit, memory_limit

_MEMORY_S = 10.0  # it may never ask for more: then it is not hurt

Injury = Callable[[RunPaths, random.Random], bool]


def _launch(paths: RunPaths) -> Launch | None:
    launch = latest_launch(paths)
    return launch if launch is not None and table.alive(launch) else None


def _signal(paths: RunPaths, number: signal.Signals, *, group: bool = False) -> bool:
    launch = _launch(paths)
    if launch is None or launch.pid is None:
        return False
    try:
        (os.killpg if group else os.kill)(launch.pid, number)
    except ProcessLookupError:
        return False
    return True


def kill(paths: RunPaths, _random: random.Random) -> bool:
    """SIGKILL to the trainer, as when memory runs out."""
    return _signal(paths, signal.SIGKILL)


def kill_group(paths: RunPaths, _random: random.Random) -> bool:
    """SIGKILL to the trainer and its workers."""
    return _signal(paths, signal.SIGKILL, group=True)


def terminate(paths: RunPaths, _random: random.Random) -> bool:
    """SIGTERM to the trainer, as at a shutdown."""
    return _signal(paths, signal.SIGTERM)


def terminate_group(paths: RunPaths, _random: random.Random) -> bool:
    """SIGTERM to all of the group, which takes the workers away from the trainer."""
    return _signal(paths, signal.SIGTERM, group=True)


def stop(paths: RunPaths, _random: random.Random) -> bool:
    """A stop by the file, as a page asks for it."""
    return request_stop(paths)


def freeze(paths: RunPaths, dice: random.Random) -> bool:
    """SIGSTOP for a while, then SIGCONT; the run goes on."""
    if not _signal(paths, signal.SIGSTOP):
        return False
    time.sleep(dice.uniform(0.2, 1.0))
    _signal(paths, signal.SIGCONT)
    return True


def freeze_group_and_stop(paths: RunPaths, _random: random.Random) -> bool:
    """SIGSTOP to the trainer and its workers, then a stop: whoever looks has to continue all of them."""
    return _signal(paths, signal.SIGSTOP, group=True) and request_stop(paths)


def delete_lock(paths: RunPaths, _random: random.Random) -> bool:
    """Somebody deletes the lock under a living trainer; the run goes on."""
    if _launch(paths) is None or not paths.lock.exists():
        return False
    paths.lock.unlink(missing_ok=True)
    return True


def freeze_and_kill(paths: RunPaths, dice: random.Random) -> bool:
    """SIGSTOP, then SIGKILL."""
    if not _signal(paths, signal.SIGSTOP):
        return False
    time.sleep(dice.uniform(0.1, 0.5))
    return _signal(paths, signal.SIGKILL)


def out_of_memory(paths: RunPaths, _random: random.Random) -> bool:
    """The system ends it for lack of memory: it may take 5 MB more, and no more."""
    launch = _launch(paths)
    if launch is None or launch.pid is None:
        return False
    deadline = time.monotonic() + _MEMORY_S
    try:
        with memory_limit(launch.pid, megabytes=5):
            while table.alive(launch) and time.monotonic() < deadline:
                time.sleep(0.02)
    except NoMemoryLimit:
        return False
    return not table.alive(launch)


def kill_while_it_waits(paths: RunPaths, _random: random.Random) -> bool:
    """SIGKILL before its turn."""
    return queue.find(paths.id) is not None and _signal(paths, signal.SIGKILL)


# What may be done to the files of a run that has been killed.


def cut_last(paths: RunPaths, dice: random.Random) -> bool:
    """last.ckpt ends too early."""
    return _change(paths.last, lambda content: content[: dice.randrange(len(content))])


def flip_last(paths: RunPaths, dice: random.Random) -> bool:
    """A bit of last.ckpt is another one."""

    def flip(content: bytes) -> bytes:
        place = dice.randrange(len(content))
        return content[:place] + bytes([content[place] ^ 1 << dice.randrange(8)]) + content[place + 1 :]

    return _change(paths.last, flip)


def _change(path: Path, change: Callable[[bytes], bytes]) -> bool:
    content = path.read_bytes() if path.exists() else b""
    if not content:
        return False
    path.write_bytes(change(content))
    return True


def tear_events(paths: RunPaths, dice: random.Random) -> bool:
    """The last record is half a record, as after a power cut."""
    path = paths.events(max(paths.attempts(), default=1))
    return _change(path, lambda content: content[: max(1, len(content) - dice.randrange(1, 80))])


def garbage_outcome(paths: RunPaths, _random: random.Random) -> bool:
    """An outcome.json that is none."""
    paths.outcome.write_text('{"state": "fini')
    return True


def cut_launch(paths: RunPaths, dice: random.Random) -> bool:
    """A launch record that ends too early."""
    path = paths.launch(max(paths.attempts(), default=1))
    return _change(path, lambda content: content[: dice.randrange(len(content))])


def leave_parts(paths: RunPaths, _random: random.Random) -> bool:
    """What a kill in the middle of a save leaves."""
    paths.checkpoints.mkdir(exist_ok=True)
    (paths.checkpoints / ".last.ckpt.1-abcd.part").write_bytes(b"half a checkpoint")
    return True


ALIVE: dict[str, Injury] = {
    found.__name__: found
    for found in (
        kill, kill_group, terminate, terminate_group, stop, freeze, freeze_and_kill, out_of_memory,
        kill_while_it_waits, freeze_group_and_stop, delete_lock,
    )
}  # fmt: skip
AFTER_A_KILL: dict[str, Injury] = {
    found.__name__: found
    for found in (cut_last, flip_last, tear_events, garbage_outcome, cut_launch, leave_parts)
}  # fmt: skip
