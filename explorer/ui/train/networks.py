"""Networks in the words of the Train page: their weights, a table of all, and their speed on this computer."""

import html
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import streamlit as st

from explorer.base.task_names import TaskName
from explorer.base.words import rate, span
from explorer.data.dataset import Dataset
from explorer.runs.machine import durations, paces
from explorer.runs.machine.durations import Duration
from explorer.runs.machine.machine import BackboneInfo, Machine, known_machine, weights_folder
from explorer.runs.machine.paces import Pace
from explorer.runs.record.paths import RunNotFound, run_paths
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import Values
from explorer.runs.state.status import derive
from explorer.settings.fields import FIELDS, learns_masks, task_of
from explorer.texts import Common, Probes
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.background.jobs import watch
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.train import measuring
from explorer.ui.train.measuring import JOBS
from explorer.ui.train.source import Source

_TABLE = (
    '<table style="width:100%;font-size:0.85rem;border-collapse:collapse;font-variant-numeric:tabular-nums">'
    "{rows}</table>"
)
_CELL = '<{tag} style="text-align:{align};padding:0.2rem 1rem 0.2rem 0;font-weight:{weight}">{text}</{tag}>'
_ALIGN = ("left", "right", "right", "left", "right", "right")


def titles(machine: Machine | None, values: Values) -> Mapping[str, str]:
    """Return the titles of the backbones by name; for masks, of those that can be the encoder of a U-Net."""
    listed = machine.backbones if machine else ()
    return {found.name: found.title for found in listed if found.is_encoder or not learns_masks(values)}


def weights(machine: Machine | None, backbone: str) -> Mapping[str, str]:
    """Return the words of the weights that a backbone has.

    A hint says which are downloaded, not these labels: a browser keeps showing the label that was chosen.
    """
    found = machine.backbone(backbone) if machine else None
    words = FIELDS["weights"].choices
    return {name: words[name] for name in found.weights} if found else words


def weights_hint(machine: Machine | None, values: Values) -> str:
    """Return a sentence about the chosen weights if they have to be downloaded, else ""."""
    found = machine.backbone(values["backbone"]) if machine else None
    if found is not None and values["weights"] in found.to_download:
        return F.DOWNLOADS.format(folder=weights_folder())
    return ""


def backbone_hint(machine: Machine | None, values: Values) -> str:
    """Return the size of the chosen backbone and a note about it."""
    found = machine.backbone(values["backbone"]) if machine else None
    return (
        T.PARAMETERS.format(millions=found.parameters / 1e6, note=found.note[:1].upper() + found.note[1:])
        if found
        else ""
    )


def along(values: Values, backbone: str) -> dict[str, Any]:
    """Return the fields that a new backbone changes: weights that it lacks, and frozen layers if it has no weights."""
    machine = known_machine()
    found = machine.backbone(backbone) if machine else None
    if found is None or values["weights"] in found.weights:
        return {}
    changes: dict[str, Any] = {"weights": found.weights[0]}
    if found.weights[0] == "none" and values["frozen"]:
        changes["frozen"] = False
    return changes


def pace_of(machine: Machine | None, backbone: str, task: TaskName = "classification") -> Pace | None:
    """Return the measured speed of a backbone on this computer for a task, if there is one."""
    return paces.known(backbone, paces.machine_key(machine), task) if machine else None


def takes(
    machine: Machine | None, config: RunConfig, dataset: Dataset, source: Source | None
) -> tuple[str, str] | None:
    """Return how long a run will take and how that is known, in words; None if nothing has measured it.

    Args:
        machine: The devices of this computer, or None.
        config: The run.
        dataset: Its data set.
        source: The run that the form was filled from, which may be older than the record of durations.
    """
    if machine is None:
        return None
    key = paces.machine_key(machine)
    found = durations.known(durations.work_of(config, key))
    if (found is None or found.by != "train") and source is not None:
        found = _as_source_took(config, source, key) or found
    if found is not None:
        return span(found.of(config.epochs)), Probes.KINDS[found.by].takes
    pace = pace_of(machine, config.backbone, config.task)
    if pace is None:
        return None
    return span(paces.estimate_s(config, len(dataset.train), len(dataset.val), pace)), T.TAKES_HELP


def _as_source_took(config: RunConfig, source: Source, key: str) -> Duration | None:
    if durations.work_of(config, key) != durations.work_of(source.config, key):
        return None
    try:
        paths = run_paths(source.id)
    except RunNotFound:
        return None
    return durations.of_training(paths, paths.latest_attempt) if derive(paths).over else None


def compare(machine: Machine | None, values: Values) -> None:
    """Draw the table of networks, and a button that measures the chosen one."""
    if machine is None:
        return
    with st.expander(T.COMPARE, key=widget_key("train_compare"), on_change="rerun") as box:
        if box.open:
            _opened(machine, values["backbone"], task_of(values))


def _opened(machine: Machine, backbone: str, task: TaskName) -> None:
    masks = task == "segmentation"
    offered = (found for found in machine.backbones if found.is_encoder or not masks)
    rows = [(found, pace_of(machine, found.name, task)) for found in offered]
    st.html(_table(rows, backbone, T.COLUMNS_MASKS if masks else T.COLUMNS))
    measured = [pace for _, pace in rows if pace is not None]
    st.caption(_note(measured, task) if measured else T.COMPARE_NONE)
    chosen = machine.backbone(backbone)
    if chosen is not None and (chosen.is_encoder or task != "segmentation"):
        words = T.MEASURE_AGAIN if pace_of(machine, backbone, task) else T.MEASURE
        _measure(chosen, task, words, (widget_key("train_measure"), widget_key("train_measure_cancel")))


def _note(measured: list[Pace], task: TaskName) -> str:
    sizes = ", ".join(sorted({str(pace.size) for pace in measured}))
    words = T.COMPARE_NOTE_MASKS if task == "segmentation" else T.COMPARE_NOTE
    return words.format(size=sizes, precision=", ".join(sorted({pace.precision for pace in measured})))


def _table(rows: list[tuple[BackboneInfo, Pace | None]], chosen: str, columns: Iterable[str]) -> str:
    head = _row(columns, "th", bold=True)
    return _TABLE.format(rows=head + "".join(_row(_cells(*row), "td", bold=row[0].name == chosen) for row in rows))


def _row(texts: Iterable[str], tag: str, *, bold: bool) -> str:
    weight = 600 if bold else 400
    cells = (
        _CELL.format(tag=tag, align=align, weight=weight, text=html.escape(text))
        for text, align in zip(texts, _ALIGN, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _cells(found: BackboneInfo, pace: Pace | None) -> Iterator[str]:
    yield found.title
    yield f"{found.parameters / 1e6:.1f}"
    yield T.MADE_FOR.format(size=found.default_size)
    yield _pretrained(found)
    yield "" if pace is None else rate(pace.frozen_images_per_second)
    yield "" if pace is None else rate(pace.train_images_per_second)


def _pretrained(found: BackboneInfo) -> str:
    here = [words for name, words in F.WEIGHTS_SHORT.items() if name in set(found.weights) - set(found.to_download)]
    elsewhere = [words for name, words in F.WEIGHTS_SHORT.items() if name in found.to_download]
    names = [*here, T.DOWNLOAD.format(weights=", ".join(elsewhere))] if elsewhere else here
    return ", ".join(names) or Common.NONE


def offer_measure(machine: Machine, backbone: str, task: TaskName) -> None:
    """Draw the button that measures a network, for a run whose duration is not known."""
    chosen = machine.backbone(backbone)
    if chosen is not None:
        _measure(chosen, task, T.MEASURE, (widget_key("train_measure_time"), widget_key("train_measure_time_cancel")))


def _measure(chosen: BackboneInfo, task: TaskName, words: str, keys: tuple[str, str]) -> None:
    """Draw the button that starts a measurement or cancels it, with the keys of both, and the progress."""
    job = paces.subject(chosen.name, task)

    def progress() -> None:
        if (measurement := JOBS.at_work(job)) is not None:
            st.progress(measurement.share, T.MEASURING.format(title=chosen.title, seconds=measurement.seconds))

    works = JOBS.at_work(job) is not None
    if works:
        st.button(Common.CANCEL, key=keys[1], on_click=JOBS.cancel, args=(job,))
    else:
        st.button(
            words.format(title=chosen.title), key=keys[0], help=T.MEASURE_HELP, icon=":material/speed:",
            on_click=measuring.start, args=(chosen.name, task),
        )  # fmt: skip
    watch(works, lambda: JOBS.at_work(job), progress)
    latest = JOBS.get(job)
    if latest is not None and not latest.running and latest.error:
        st.error(escape(T.MEASURE_FAILED.format(reason=latest.error)))
