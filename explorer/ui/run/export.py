"""Exports of a run: its code, its weights, its checkpoint, and its curves in TensorBoard."""

import shlex
import sys
from pathlib import Path

import streamlit as st

from explorer.base.child import ChildError, output
from explorer.export.facts import ExportError, of_run
from explorer.export.script import script
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.texts import Report
from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.run import last_action, reports
from explorer.ui.session.keys import widget_key

CODE_FILE = "train.py"  # docs/export.md imports it as a module
WIDTH = 680  # px
PREVIEW_HEIGHT = 260  # px
MOST_BYTES = 400_000_000  # the largest file to download; of a larger one the page shows the path
_CHILD_S = 180.0


class WeightsError(RuntimeError):
    """The weights could not be written; the message says why."""


def show(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the popover, whose content is computed only while it is open."""
    config = snapshot.config
    if config is None or config.kind != "train":
        return
    export = st.popover(
        T.EXPORT, key=widget_key("run", paths.id, "export"), on_change="rerun", icon=":material/ios_share:"
    )
    if export.open:
        with export, st.container(width=WIDTH):
            st.markdown(f"**{Report.OFFER}**")
            st.caption(Report.OFFER_WHAT)
            reports.show((paths.id,))
            _code(paths, config)
            _files(paths)
            if "tensorboard" in config.loggers:
                st.code(T.TENSORBOARD.format(folder=shlex.quote(str(paths.logged))), language="bash")
            st.caption(T.NO_PREDICTION)


def _code(paths: RunPaths, config: RunConfig) -> None:
    """Draw the code, or why the run cannot be written as code."""
    st.markdown(f"**{T.CODE_TITLE}**")
    try:
        text = script(config, of_run(paths))
    except ExportError as error:
        st.caption(escape(T.NO_CODE.format(reason=error)))
        return
    st.caption(T.CODE_WHAT.format(file=CODE_FILE, module=Path(CODE_FILE).stem))
    st.code(text, language="python", height=PREVIEW_HEIGHT)
    st.download_button(
        T.CODE.format(file=CODE_FILE), text, file_name=CODE_FILE, mime="text/x-python", type="primary",
        key=widget_key("run", paths.id, "script"), on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _files(paths: RunPaths) -> None:
    st.markdown(f"**{T.WEIGHTS_TITLE}**")
    if not paths.best.exists():
        st.caption(T.NO_WEIGHTS)
        return
    with st.container(horizontal=True, gap="small"):
        _weights(paths)
        _download(
            paths.best, paths.best.name, T.CHECKPOINT_HELP, widget_key("run", paths.id, "checkpoint"), paths.best.name
        )


def _weights(paths: RunPaths) -> None:
    """Draw a button that writes the weights, which takes a process with torch, or else their download."""
    file = paths.weights
    if file.exists() and file.stat().st_mtime >= paths.best.stat().st_mtime:
        _download(file, T.WEIGHTS, T.WEIGHTS_HELP, widget_key("run", paths.id, "weights"), f"{paths.id}.safetensors")
        return
    if st.button(
        T.WRITE_WEIGHTS, key=widget_key("run", paths.id, "write"), help=T.WEIGHTS_HELP, icon=":material/output:"
    ):
        with last_action.attempt(paths.id, WeightsError), st.spinner(T.WRITING_WEIGHTS):
            write_weights(paths, file)
        st.rerun()


def write_weights(paths: RunPaths, file: Path) -> None:
    """Write the weights in a process of its own. Raises WeightsError."""
    command = [sys.executable, "-P", "-m", "explorer.training.exporting", str(paths.root), str(file)]
    try:
        output(command, _CHILD_S, lines=1)
    except ChildError as error:
        raise WeightsError(T.WEIGHTS_FAILED.format(reason=error)) from error


def _download(file: Path, label: str, explanation: str, key: str, name: str) -> None:
    size = file.stat().st_size
    words = T.FILE.format(label=label, size=in_words(size))
    if size > MOST_BYTES:
        st.caption(words)
        st.code(str(file), language=None)
        return
    # A callable, so that the file is read only when it is downloaded.
    st.download_button(
        words, file.read_bytes, file_name=name, mime="application/octet-stream", key=key, help=explanation,
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
