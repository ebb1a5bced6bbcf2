"""The status of a run, worked out on each read from what its folder and the kernel say. Never stored."""

import json
from dataclasses import dataclass, replace
from enum import StrEnum

from explorer.base.processes import Moment, Process, host
from explorer.base.words import clock, span
from explorer.runs.launchers import table
from explorer.runs.queue import queue
from explorer.runs.queue.queue import Waiting
from explorer.runs.record.events import Event
from explorer.runs.record.launch_record import Launch, how_it_ended, who_killed
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.facts import Facts, look

FIRST_CHECK_IN_S = 60.0  # a new process needs this long at most to take its lock and check in
_STARTING = ("importing", "reading data", "building model")


class State(StrEnum):
    """What a run is doing, or how it ended."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    STALLED = "stalled"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    LOST = "lost"


OVER = frozenset({State.STOPPED, State.FINISHED, State.FAILED, State.LOST})


@dataclass(frozen=True)
class RunStatus:
    """A state with its reason in a sentence or two.

    since: seconds since 1970, 0 where nobody knows. processes: those that outlive an attempt that has ended.
    """

    state: State
    reason: str
    since: float
    processes: tuple[int, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended and will not change by itself."""
        return self.state in OVER


def derive(paths: RunPaths, now: Moment | None = None) -> RunStatus:
    """The status at this moment. Changes nothing; raises OSError only where the folder may not be read."""
    status = _judge(paths, look(paths, now or Moment.now()))
    if status.state is State.LOST:
        # It may have taken its lock, or written its outcome, between two reads of that look. What is
        # dead now was dead before the second look began, so that one is right.
        status = _judge(paths, look(paths, now or Moment.now()))
    return status


def _judge(paths: RunPaths, facts: Facts) -> RunStatus:
    if facts.outcome and facts.outcome.attempt >= facts.attempt:
        ended = of_outcome(facts.outcome)
        return _leaving(ended, facts.left) if facts.locked or facts.left else ended
    if facts.place is not None and facts.last is None:
        return _waiting(facts, facts.place)
    if facts.alive:
        return _living(paths, facts)
    if facts.being_started:
        if facts.launch and table.paused(facts.launch):
            return _paused(facts, facts.launch)
        asked = " A stop was requested." if facts.stop else ""
        state = State.STOPPING if facts.stop else State.STARTING
        return RunStatus(state, f"The process started at {_at(facts, facts.began)}.{asked}", facts.began)
    return _lost(paths, facts)


def of_outcome(outcome: Outcome) -> RunStatus:
    """The status of a run whose trainer said how it ended, once its processes are gone."""
    return RunStatus(State(outcome.state), outcome.reason or f"The run {outcome.state}.", outcome.time)


def _leaving(ended: RunStatus, left: tuple[Process, ...]) -> RunStatus:
    """Of a run that has ended while some of its processes live on: it is over when they are gone."""
    words = f"{ended.reason} {_who_is_left(left)}".strip()
    return replace(ended, state=State.STOPPING, reason=words, processes=tuple(process.pid for process in left))


def _who_is_left(left: tuple[Process, ...]) -> str:
    if len(left) > 1:
        return f"These of its processes have not ended yet: {_named(left)}."
    return f"Its process {_named(left)} has not ended yet." if left else "Its process has not ended yet."


def _named(processes: tuple[Process, ...]) -> str:
    """Processes in words: "4711, 4712 (paused)"."""
    return ", ".join(f"{process.pid} (paused)" if process.paused else str(process.pid) for process in processes)


def _waiting(facts: Facts, place: Waiting) -> RunStatus:
    if facts.stop is not None:
        return RunStatus(State.STOPPING, f"Leaving the queue, as requested at {_at(facts, facts.stop)}.", facts.stop)
    if not place.alive:
        words = (
            "Its process ended, for example in a restart, and will start again soon. Its place in the queue is kept."
        )
    elif facts.launch and table.paused(facts.launch):
        words = f"The process is paused, so other runs go first. `kill -CONT {facts.launch.pid}` continues it."
    else:
        ahead = queue.ahead_of(place)
        line = f"{ahead} run{'s' if ahead > 1 else ''} before it" if ahead else "next in line"
        words = f"Waiting for its turn on {place.lane}: {line}."
    return RunStatus(State.QUEUED, words, facts.began)


def _living(paths: RunPaths, facts: Facts) -> RunStatus:
    silence = _broken_promise(facts)
    if silence and (paused := _paused_workers(paths, facts.launch)):
        silence += f" It waits for a process that is paused. `kill -CONT {paused}` continues it."
    if facts.stop is not None:
        words = f"Saving before it stops, as requested at {_at(facts, facts.stop)}."
        return RunStatus(State.STOPPING, f"{words} {silence or _last_update(facts)}", facts.stop)
    if facts.launch and table.paused(facts.launch):
        return _paused(facts, facts.launch)
    if silence:
        return RunStatus(State.STALLED, silence, facts.last.time if facts.last else facts.began)
    last = facts.last
    if last is None or (last.kind == "phase" and last.values.get("phase") in _STARTING):
        return RunStatus(State.STARTING, _now_at(facts), facts.began)
    return RunStatus(State.RUNNING, _now_at(facts), facts.began)


def _paused(facts: Facts, launch: Launch) -> RunStatus:
    words = f"The process is paused. `kill -CONT {launch.pid}` continues it. {_last_update(facts)}"
    return RunStatus(State.STALLED, words, facts.last.time if facts.last else facts.began)


def _paused_workers(paths: RunPaths, launch: Launch | None) -> str:
    found = table.of(launch).processes(paths, launch) if launch else ()
    return " ".join(str(process.pid) for process in found if process.paused)


def _broken_promise(facts: Facts) -> str:
    """What it promised and did not keep; empty where it kept its promise."""
    last, now = facts.last, facts.now
    if last:
        silent, promised = now.since(last.time, last.mono, last.boot), last.promise_s
    elif facts.launch:
        launch = facts.launch
        silent, promised = now.since(launch.time, launch.mono, launch.boot), FIRST_CHECK_IN_S
    else:
        return ""
    if silent <= promised:
        return ""
    return (
        f"The process is alive, but sent no update for {span(silent)}; one was due within {span(promised)}. "
        f"{_last_update(facts)}"
    )


def _last_update(facts: Facts) -> str:
    if facts.last is None:
        return "There was no update yet."
    return f"Last update at {_at(facts, facts.last.time)}: {describe(facts.last)}."


def _now_at(facts: Facts) -> str:
    """Where a run that works is, and how old that news is: "epoch 4 of 5 · updated 2 s ago"."""
    last = facts.last
    if last is None:
        return "There was no update yet."
    age = span(max(round(facts.now.since(last.time, last.mono, last.boot)), 0)).replace("0.0 s", "0 s")
    return f"{_stage(last, facts.epochs)} · updated {age} ago"


def _stage(event: Event, epochs: int | None) -> str:
    phase = str(event.values.get("phase", ""))
    if event.kind == "phase" and phase in _STARTING:
        return phase
    if epochs == 0:
        return phase or f"step {event.step}"
    words = f"epoch {event.epoch + 1}" + (f" of {epochs}" if epochs else "")
    return f"{words}, {phase}" if phase and phase != "training" else words


def describe(event: Event) -> str:
    """Where an event stands, such as "validating, epoch 3, step 120" (people count epochs from 1)."""
    phase = event.values.get("phase")
    if event.kind == "phase" and phase in _STARTING:
        return str(phase)
    doing = {"step": "training", "epoch": "validated", "start": "ready to train"}.get(event.kind, str(phase))
    return f"{doing}, epoch {event.epoch + 1}, step {event.step}"


def _lost(paths: RunPaths, facts: Facts) -> RunStatus:
    if facts.launch is None and facts.last is None:
        return RunStatus(
            State.LOST, f"The run never started: its folder has no record of a start.{_copied(paths)}", 0.0
        )
    if facts.launch and facts.launch.pid is None and facts.last is None:
        return RunStatus(State.LOST, "The start was interrupted before the process began.", facts.began)
    since = facts.last.time if facts.last else facts.began
    left = tuple(process.pid for process in facts.left)
    if killed := who_killed(paths, facts.attempt):
        ended = RunStatus(State.STOPPED, f"{killed} {_last_words(facts)}", since)
        return _leaving(ended, facts.left) if left else ended
    if facts.is_copy and facts.launch and table.alive(facts.launch):
        words = f"This folder is a copy of a run that goes on as process {facts.launch.pid}. {_last_words(facts)}"
        return RunStatus(State.LOST, words, since)
    how = how_it_ended(paths, facts.attempt)
    asked = f" A stop was requested at {_at(facts, facts.stop)}." if facts.stop else ""
    words = f"{_who_died(facts)} without a result{f' ({how})' if how else ''}. {_last_words(facts)}{asked}"
    broken = "" if facts.outcome or not paths.outcome.exists() else " Its outcome.json is damaged."
    remain = f" {_who_is_left(facts.left)}" if left else ""
    return RunStatus(State.LOST, f"{words}{broken}{remain} See the log.", since, left)


def _who_died(facts: Facts) -> str:
    if facts.is_copy:
        return "This folder is a copy of a run that ended"
    launch, boot = facts.launch, facts.last.boot if facts.last else facts.launch and facts.launch.boot
    if boot == facts.now.boot:
        return "The process ended"
    if launch and launch.host != host():
        return f"The run was on another computer ({launch.host}) and ended"
    return "The run ended when the computer restarted,"


def _last_words(facts: Facts) -> str:
    return _last_update(facts) if facts.last else "The process never sent an update."


def _copied(paths: RunPaths) -> str:
    try:
        json.loads(paths.config.read_bytes())
    except FileNotFoundError:
        return " It has no run.json."
    except ValueError:
        return " Its run.json is damaged."
    return ""


def _at(facts: Facts, moment: float) -> str:
    return clock(moment, facts.now.wall)
