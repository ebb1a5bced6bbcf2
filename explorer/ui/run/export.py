"""Exports of a run: its code, its weights, its checkpoint, and its curves in TensorBoard."""

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.base.child import ChildError, output
from explorer.base.confined import PAGE_PID
from explorer.export.facts import ExportError, of_run
from explorer.export.script import script
from explorer.export.verdict import verdict_script
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.texts import Card, Report
from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.table_downloads import MOST_BYTES
from explorer.ui.run import reports
from explorer.ui.session.keys import widget_key

CODE_FILE = "train.py"  # docs/export.md imports it as a module
VERDICT_FILE = "verdict.py"
WIDTH = 680  # px
PREVIEW_HEIGHT = 260  # px
_CHILD_S = 180.0


class WeightsError(RuntimeError):
    """The weights could not be written; the message says why."""


def show(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the popover, whose content is computed only while it is open."""
    config = snapshot.config
    if config is None or config.kind not in ("train", "study"):
        return
    export = st.popover(
        T.EXPORT, key=widget_key("run", paths.id, "export"), on_change="rerun", icon=":material/ios_share:"
    )
    if export.open:
        with export, st.container(width=WIDTH):
            st.markdown(f"**{Report.OFFER}**")
            st.caption(Report.OFFER_WHAT if config.study is None else Report.OFFER_STUDY)
            reports.show((paths.id,))
            if config.study is not None:
                _verdict_code(paths, config)
                if isinstance(config.study, FoldsPlan):
                    _package_of_fold(paths, config.study)
                return
            _code(paths, config)
            _files(paths)
            if "tensorboard" in config.loggers:
                st.code(T.TENSORBOARD.format(folder=shlex.quote(str(paths.logged))), language="bash")


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


def _verdict_code(paths: RunPaths, config: RunConfig) -> None:
    """Draw the code that computes the verdict of a study again."""
    if not isinstance(config.study, EffectsPlan):
        return
    text = verdict_script(config)
    st.markdown(f"**{Report.STUDY_CODE}**")
    st.caption(T.VERDICT_WHAT.format(file=VERDICT_FILE, folder=paths.root))
    st.code(text, language="python", height=PREVIEW_HEIGHT)
    st.download_button(
        T.CODE.format(file=VERDICT_FILE), text, file_name=VERDICT_FILE, mime="text/x-python", type="primary",
        key=widget_key("run", paths.id, "verdict"), on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _files(paths: RunPaths) -> None:
    st.markdown(f"**{T.WEIGHTS_TITLE}**")
    if not paths.best.exists():
        st.caption(T.NO_WEIGHTS)
        return
    with st.container(horizontal=True, gap="small"):
        for kind in _PREPARED:
            _prepared(paths, kind)
        _download(
            paths.best, paths.best.name, T.CHECKPOINT_HELP, widget_key("run", paths.id, "checkpoint"), paths.best.name
        )


@dataclass(frozen=True)
class _Prepared:
    """A file that a process with torch makes of the best checkpoint when it is asked for.

    Attributes:
        key: Of its widgets.
        file: The file of a run.
        command: Run and file -> the arguments of the process.
        label, prepare, preparing, help, failed: Words of the download, the button, the wait, both, and an error.
    """

    key: str
    file: Callable[[RunPaths], Path]
    command: Callable[[RunPaths, Path], list[str]]
    label: str
    prepare: str
    preparing: str
    help: str
    failed: str


_WEIGHTS, _PACKAGE = _PREPARED = (
    _Prepared(
        "weights",
        lambda paths: paths.weights,
        lambda paths, file: ["explorer.training.exporting", str(paths.root), str(file)],
        T.WEIGHTS, T.WRITE_WEIGHTS, T.WRITING_WEIGHTS, T.WEIGHTS_HELP, T.WEIGHTS_FAILED,
    ),
    _Prepared(
        "package",
        lambda paths: paths.package,
        lambda paths, file: ["explorer", "package", *_named(paths), "-o", str(file), "--force", "--inside"],
        Card.DOWNLOAD, Card.WRITE, Card.WRITING, Card.WHAT, Card.PAGE_FAILED,
    ),
)  # fmt: skip


def _named(paths: RunPaths) -> list[str]:
    """The arguments of a command that name a run, or that of a fold."""
    place = paths.place_in_study
    return [paths.id] if place is None else [place[0].id, "--fold", str(place[1] + 1)]


def _package_of_fold(paths: RunPaths, plan: FoldsPlan) -> None:
    """Draw the package of the network of one fold, which is chosen."""
    trained = [fold for fold in range(plan.folds) if paths.member(fold).best.exists()]
    if not trained:
        return
    st.markdown(f"**{Card.TITLE}**")
    st.caption(Card.WHAT)
    fold = st.selectbox(
        Card.WHICH_FOLD, trained, format_func=lambda number: Card.FOLD_NUMBER.format(number=number + 1),
        key=widget_key("run", paths.id, "package_fold"),
    )  # fmt: skip
    _prepared(paths.member(fold), _PACKAGE)


def _prepared(paths: RunPaths, kind: _Prepared) -> None:
    """Draw a button that makes a file, which takes a process with torch, or else its download."""
    file = kind.file(paths)
    if file.exists() and file.stat().st_mtime >= paths.best.stat().st_mtime:
        key = widget_key("run", paths.id, kind.key)
        _download(file, kind.label, kind.help, key, f"{'-'.join(_named(paths)).replace('---', '-')}{file.suffix}")
        return
    if st.button(
        kind.prepare, key=widget_key("run", paths.id, "write", kind.key), help=kind.help, icon=":material/output:"
    ):
        try:
            with st.spinner(kind.preparing, show_time=True):
                _write(paths, kind)
        except WeightsError as error:
            st.error(escape(str(error)))  # here and not above the page, which the open menu hides
            return
        st.rerun()


def _write(paths: RunPaths, kind: _Prepared) -> None:
    """Make a file in a process of its own. Raises WeightsError."""
    command = [sys.executable, "-P", "-m", *kind.command(paths, kind.file(paths))]
    try:
        output(command, _CHILD_S, {PAGE_PID: str(os.getpid())}, lines=1)
    except ChildError as error:
        raise WeightsError(kind.failed.format(reason=error)) from error


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
