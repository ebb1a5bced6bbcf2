"""The status of a run, derived on each read from what its folder and the kernel say. It is never stored."""

from dataclasses import dataclass, replace
from enum import StrEnum

from explorer.base.atomic import read_json_object
from explorer.base.processes import Moment, Process, host
from explorer.base.words import clock, span
from explorer.runs.launchers import table
from explorer.runs.queue import queue
from explorer.runs.queue.queue import Waiting
from explorer.runs.record.events import Event
from explorer.runs.record.launch_record import how_it_ended, why_killed
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, in_words, joined, reason, to_json
from explorer.runs.state.facts import Facts, look

FIRST_CHECK_IN_S = 60.0  # a new process takes its lock and checks in within this time
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
    """A state and why the run is in it.

    Attributes:
        why: See reasons.py. It is codes where the run is over, so that a list can keep it.
        since: Seconds since 1970; 0 where it is not known.
        processes: Those that outlive an attempt that has ended.
    """

    state: State
    why: Why
    since: float
    processes: tuple[int, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in a sentence or two."""
        return in_words(self.why)

    @property
    def over(self) -> bool:
        """Whether the run has ended and will not change by itself."""
        return self.state in OVER


def derive(paths: RunPaths, now: Moment | None = None) -> RunStatus:
    """Derive the status at this moment. Changes nothing; raises OSError only if the folder may not be read."""
    status = _judge(paths, look(paths, now or Moment.now()))
    if status.state is State.LOST:
        # The trainer may have taken its lock, or written its outcome, between two reads of that look. What is dead
        # now was dead before the second look began, so the second look is right.
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
        if table.paused(facts.launch):
            return _paused(facts)
        state, asked = (State.STOPPING, " A stop was requested.") if facts.stop else (State.STARTING, "")
        return RunStatus(state, f"The process started at {_at(facts, facts.began)}.{asked}", facts.began)
    return _lost(paths, facts)


def of_outcome(outcome: Outcome) -> RunStatus:
    """Return the status of a run whose trainer has written its outcome, once its processes are gone."""
    return RunStatus(State(outcome.state), outcome.why or f"The run {outcome.state}.", outcome.time)


def _leaving(ended: RunStatus, left: tuple[Process, ...]) -> RunStatus:
    """Return the status of a run that has ended while some of its processes live. It is over when they are gone."""
    processes = tuple(process.pid for process in left)
    return replace(ended, state=State.STOPPING, why=joined(ended.why, _who_is_left(left)), processes=processes)


def _who_is_left(left: tuple[Process, ...]) -> str:
    named = ", ".join(f"{process.pid} (paused)" if process.paused else str(process.pid) for process in left)
    if len(left) > 1:
        return f"These of its processes have not ended yet: {named}."
    return f"Its process {named} has not ended yet." if left else "Its process has not ended yet."


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
    silence = _broken_promise(paths, facts)
    if facts.stop is not None:
        words = f"Saving before it stops, as requested at {_at(facts, facts.stop)}."
        return RunStatus(State.STOPPING, joined(words, silence or _last_update(facts)), facts.stop)
    if table.paused(facts.launch):
        return _paused(facts)
    if silence:
        return RunStatus(State.STALLED, silence, facts.last_time)
    last = facts.last
    starts = last is None or (last.kind == "phase" and last.values.get("phase") in _STARTING)
    return RunStatus(State.STARTING if starts else State.RUNNING, _progress(facts), facts.began)


def _paused(facts: Facts) -> RunStatus:
    pid = facts.launch.pid if facts.launch else None
    words = f"The process is paused. `kill -CONT {pid}` continues it."
    return RunStatus(State.STALLED, joined(words, _last_update(facts)), facts.last_time)


def _broken_promise(paths: RunPaths, facts: Facts) -> Why:
    """Return which promise the trainer broke; "" where it kept them."""
    promised = facts.last.promise_s if facts.last else FIRST_CHECK_IN_S
    checked_in = facts.last or facts.launch
    silent = facts.now.since(checked_in.moment) if checked_in else 0.0
    if silent <= promised:
        return ""
    words = f"The process is alive, but sent no update for {span(silent)}; one was due within {span(promised)}."
    found = table.of(facts.launch).processes(paths, facts.launch) if facts.launch else ()
    paused = " ".join(str(process.pid) for process in found if process.paused)
    waits = f"It waits for a process that is paused. `kill -CONT {paused}` continues it." if paused else ""
    return joined(words, _last_update(facts), waits)


def _last_update(facts: Facts) -> Why:
    return _update_of(facts.last) if facts.last else "There was no update yet."


def _update_of(event: Event) -> Why:
    """Return when an event was written and what it reports."""
    phase = str(event.values.get("phase"))
    if event.kind == "phase" and phase in _STARTING:
        return reason("last_update_starting", at=event.time, doing=phase)
    doing = {"step": "training", "epoch": "validated", "start": "ready to train"}.get(event.kind, phase)
    return reason("last_update", at=event.time, doing=doing, epoch=event.epoch + 1, step=event.step)


def _progress(facts: Facts) -> str:
    """Return where a run that works is, and how old that is: "epoch 4 of 5 · updated 2 s ago"."""
    last = facts.last
    if last is None:
        return "There was no update yet."
    age = span(max(round(facts.now.since(last.moment)), 0)).replace("0.0 s", "0 s")
    phase = str(last.values.get("phase", ""))
    if last.kind == "phase" and phase in _STARTING:
        stage = phase
    elif facts.epochs == 0:
        stage = phase or f"step {last.step}"
    else:
        stage = f"epoch {last.epoch + 1}" + (f" of {facts.epochs}" if facts.epochs else "")
        stage += f", {phase}" if phase and phase != "training" else ""
    return f"{stage} · updated {age} ago"


def _lost(paths: RunPaths, facts: Facts) -> RunStatus:
    launch, last = facts.launch, _update_of(facts.last) if facts.last else reason("no_update")
    if launch is None and facts.last is None:
        return RunStatus(State.LOST, joined(reason("never_started"), _copied(paths)), 0.0)
    if launch and launch.pid is None and facts.last is None:
        return RunStatus(State.LOST, reason("start_interrupted"), facts.began)
    if killed := why_killed(paths, facts.attempt):
        ended = RunStatus(State.STOPPED, joined(killed, last), facts.last_time)
        return _leaving(ended, facts.left) if facts.left else ended
    if facts.is_copy and launch and table.alive(launch):
        return RunStatus(State.LOST, joined(reason("copy_of_living", pid=launch.pid), last), facts.last_time)
    how = to_json(how_it_ended(paths, facts.attempt))
    boot = facts.last.boot if facts.last else launch and launch.boot
    why = joined(
        reason("copy_of_ended", how=how)
        if facts.is_copy
        else reason("process_ended", how=how)
        if boot == facts.now.boot
        else reason("ended_elsewhere", host=launch.host, how=how)
        if launch and launch.host != host()
        else reason("ended_in_restart", how=how),
        last,
        "" if facts.stop is None else reason("stop_requested", at=facts.stop),
        "" if facts.outcome or not paths.outcome.exists() else reason("outcome_damaged"),
        _who_is_left(facts.left) if facts.left else "",
        reason("see_log"),
    )
    return RunStatus(State.LOST, why, facts.last_time, tuple(process.pid for process in facts.left))


def _copied(paths: RunPaths) -> Why:
    if not paths.config.exists():
        return reason("no_config")
    return "" if read_json_object(paths.config) is not None else reason("config_damaged")


def _at(facts: Facts, moment: float) -> str:
    return clock(moment, facts.now.wall)
