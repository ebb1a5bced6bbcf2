"""What a run waits for: the runs that hold its device, how long they still take, and those before it."""

import streamlit as st

from explorer.base.words import counted, span
from explorer.runs.life import launcher
from explorer.runs.overview.summary import summarize
from explorer.runs.overview.view import RunView
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.progress import progress_of
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.devices import DEVICES
from explorer.texts import Common
from explorer.texts import Runs as T

_KEPT_S = 5.0  # the record of a long run is not read again for each drawing of a page
_LEAST_LEFT_S = 1.0  # less is not worth a word


def of_next(config: RunConfig) -> str:
    """Return what a run that is started now would wait for, in words; "" where it would begin at once."""
    if not any(map(_is_taken, DEVICES)):
        return ""  # which device "auto" means may take seconds to find out, and does not matter
    lane = launcher.lane_of(config)
    return _in_words(lane, len(_living(lane))) if _is_taken(lane) else ""


def of_waiting(run_id: str) -> str:
    """Return what a run in the queue waits for, in words; "" where it is about to begin."""
    place = queue.find(run_id)
    if place is None:
        return ""
    return _in_words(place.lane, queue.ahead_of(place))


def _living(lane: str) -> list[queue.Waiting]:
    return [place for place in queue.waiting(lane) if place.alive]


def _is_taken(lane: str) -> bool:
    return bool(_living(lane)) or queue.in_use(lane) >= queue.slots()[lane]


def _in_words(lane: str, ahead: int) -> str:
    """Return which runs hold a device, how long until one of them ends, and how many wait before, in sentences."""
    held = [RunPaths(runs_root() / holder.run) for holder in queue.holding(lane)]
    several = len(held) > 1
    known = [seconds for paths in held if (seconds := _left_s(paths.id)) is not None]
    left = ""
    if known and len(known) == len(held) and min(known) >= _LEAST_LEFT_S:
        left = (T.TURN_LEFT_FIRST if several else T.TURN_LEFT).format(left=span(min(known)))
    said = []
    if len(held) == 1:
        said.append(T.TURN_ONE.format(name=summarize(held[0]).name, lane=lane, left=left))
    elif several:
        said.append(T.TURN_SEVERAL.format(runs=counted(len(held), *Common.RUN), lane=lane, left=left))
    if ahead:
        said.append(T.TURN_AHEAD.format(runs=counted(ahead, *T.AHEAD_COUNTED), lane=lane))
    return " ".join(said)


@st.cache_data(max_entries=64, ttl=_KEPT_S, show_spinner=False)
def _left_s(run_id: str) -> float | None:
    """Return the seconds until a run ends, as it estimates them; None where that is not known."""
    snapshot = RunView(RunPaths(runs_root() / run_id)).refresh()
    if snapshot.config is not None and snapshot.config.kind == "train":
        return snapshot.eta_s
    now = progress_of(snapshot.doing)
    return None if now.of_phase else now.left_s
