"""The line that says how often the validation images of a run have been looked at."""

import functools
from collections.abc import Sequence

import streamlit as st

from explorer.runs.record import ledger
from explorer.runs.record.ledger import Entry, Ledger, Looks
from explorer.runs.record.paths import RunPaths
from explorer.texts import Looks as T


def show(paths: RunPaths, over: bool) -> None:
    """Draw the line for a training run or a study; nothing before its first validation.

    Args:
        paths: The run.
        over: Whether it has ended. Its looks are then noted, unless its trainer has noted them; before that they are
            not counted yet.
    """
    key = _key(paths)
    if not key:
        return
    own, problem = _noted(paths, over)
    found = ledger.read()
    looks = found.looks(key, own)
    if looks.total:
        st.caption(T.LOOKED.format(times=_times(looks)), help=_explained(looks, found, problem))


def show_all(runs: Sequence[RunPaths]) -> None:
    """Draw the line for several training runs, where all have the same validation images."""
    keys = {_key(paths) for paths in runs}
    if len(keys) != 1 or not (key := keys.pop()):
        return
    found = ledger.read()
    looks = found.looks(key)
    if looks.total:
        st.caption(T.LOOKED_ALL.format(times=_times(looks)), help=_explained(looks, found, ""))


def _times(looks: Looks) -> str:
    return T.ONCE if looks.total == 1 else T.TIMES.format(count=looks.total)


def _noted(paths: RunPaths, over: bool) -> tuple[Entry | None, str]:
    """Return the looks of a run that has ended, and why the ledger cannot be written."""
    if not over:
        return None, ""  # reading all events of a long run each second would slow it down
    try:
        return _of_ended(paths, paths.latest_attempt), ""
    except OSError as error:
        return ledger.of_run(paths), str(error.strerror or error)


@functools.lru_cache(maxsize=256)
def _of_ended(paths: RunPaths, _attempt: int) -> Entry | None:
    return ledger.note_run(paths)


def _key(paths: RunPaths) -> str:
    try:
        return _known_key(paths)
    except LookupError:
        return ""


@functools.lru_cache(maxsize=256)
def _known_key(paths: RunPaths) -> str:
    """Return the key of a run, which never changes. Raises LookupError, which is not kept, while it is not known."""
    key = ledger.key_of_looked(paths)
    if not key:
        raise LookupError
    return key


def _explained(looks: Looks, found: Ledger, problem: str) -> str:
    said = T.HELP.format(
        validations=_counted(looks.validations, T.VALIDATION, T.VALIDATIONS, T.VALIDATIONS.format(count=0)),
        runs=_counted(looks.runs, T.RUN, T.RUNS, T.RUNS.format(count=0)),
        studies=_counted(looks.studies, T.STUDY, T.STUDIES, T.NO_STUDY),
    )
    more = [T.PROBLEM.format(problem=problem or found.problem)] if problem or found.problem else []
    more += [T.DAMAGED.format(count=found.skipped)] if found.skipped else []
    confirmed = [T.CONFIRMED.format(count=looks.studied)] if looks.studied > looks.studies else []
    return " ".join([said, *confirmed, *more])


def _counted(count: int, one: str, many: str, none: str) -> str:
    return none if count == 0 else one if count == 1 else many.format(count=count)
