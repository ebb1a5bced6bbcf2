"""The last quick check and the last learning rate search of a form, kept in a file beside it."""

from pathlib import Path

import streamlit as st

from explorer.base.atomic import read_json_object
from explorer.runs.record import rates, results
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.spec.config import ConfigError, RunConfig, loads, with_absolute_paths
from explorer.runs.spec.fields import depending_on, rules_of
from explorer.runs.spec.kinds import KINDS, PROBES, Probe
from explorer.texts import Probes as T
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import write_shared

Kept = dict[str, str]  # kind -> id of the run


def last(kind: Probe) -> str | None:
    """Return the id of the last run of this kind that was started from this workspace's form."""
    return _kept()[1].get(kind)


def keep(kind: Probe, run_id: str) -> None:
    """Remember a run. If the file cannot be written, only this window remembers it."""
    # An unchanged pipeline has no file yet, and this is kept beside it.
    workspace.update(lambda work: work)
    work, here = _kept()
    with workspace.turn():
        kept = {**here, **_load(_file(work)), kind: run_id}
        st.session_state[Key.PROBES] = (work, kept)
        workspace.note_unwritten(Key.FORM_NOT_WRITTEN, lambda: write_shared(_file(work), kept))


def find(run_id: str) -> RunPaths | None:
    """Return the files of a run; None if it was deleted."""
    try:
        return run_paths(run_id)
    except RunNotFound:
        return None


def is_about(paths: RunPaths, kind: Probe, now: RunConfig | None) -> bool:
    """Return whether a run tries what the form describes now. `now` is None if the form has errors."""
    try:
        asked = loads(paths.config.read_bytes())
    except (OSError, ConfigError):
        return False
    return now is not None and _essence(asked, kind) == _essence(with_absolute_paths(now, Path.cwd()), kind)


def rate_caution(now: RunConfig) -> str:
    """Return a warning if the form's learning rate is far outside of the range that the last search found, else ""."""
    run_id = last("rate")
    paths = find(run_id) if run_id else None
    found = results.rate_result(paths) if paths is not None and is_about(paths, "rate", now) else None
    if found is None or found.low is None or found.high is None:
        return ""
    if found.low / rates.FAR <= now.learning_rate <= found.high * rates.FAR:
        return ""
    low, high = rates.in_words(found.low), rates.in_words(found.high)
    words = T.RATE_FAR_ABOVE if now.learning_rate > found.high else T.RATE_FAR_BELOW
    return words.format(rate=rates.in_words(now.learning_rate), low=low, high=high)


def _essence(config: RunConfig, kind: Probe) -> dict[str, object]:
    asked, rules = KINDS[kind], rules_of(RunConfig)
    depending = (name for field in asked.indifferent_with_rest for name in depending_on(field, rules))
    names = (*asked.indifferent, *depending)
    return config.model_dump(exclude=dict.fromkeys(names, True) | {"dataset": {"links"}})


def _kept() -> tuple[str, Kept]:
    work = workspace.current().id
    kept: tuple[str, Kept] | None = st.session_state.get(Key.PROBES)
    if kept is None or kept[0] != work:
        kept = (work, _load(_file(work)))
        st.session_state[Key.PROBES] = kept
    return kept


def _load(file: Path) -> Kept:
    try:
        known = read_json_object(file) or {}  # a missing or damaged file only loses the way to the last results
    except OSError:
        return {}
    return {kind: known[kind] for kind in PROBES if isinstance(known.get(kind), str)}


def _file(workspace_id: str) -> Path:
    return drafts_folder() / f"{workspace_id}.probes.json"
