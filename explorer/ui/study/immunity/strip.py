"""One image under a distortion in its five strengths, as it was judged; worker processes draw it."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.draw.distorted import Distorted
from explorer.draw.recorded import Card, Recorded
from explorer.runs.overview.studies.immunity import CLEAN, STRENGTHS, ImmunityMap, Place
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.resume_point import started
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import images_path
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.texts import Immunity as T
from explorer.texts import RecordedImages
from explorer.ui.background.fills import Drawings, Fill, Task
from explorer.ui.components import grid
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.pictures import PATIENCE, POLL_MS, Refused
from explorer.ui.evidence.sources import with_recorded_range
from explorer.ui.session.keys import widget_key

_known = Drawings(200)  # pictures of some 50 kB, shared by all sessions
_EXPECTED_MS = 40.0
_WIDTH = 9.0  # rem


@dataclass(frozen=True, eq=False)
class _Images:
    """The images that a row has judged.

    Attributes:
        config: Its data set, image size and seed.
        recorded: Each image as a worker finds it.
    """

    config: RunConfig
    recorded: tuple[Recorded, ...]


@dataclass(eq=False)
class _State:
    """What is drawn."""

    fill: Fill = field(default_factory=lambda: Fill(()))


def show(view: RunView, snapshot: RunSnapshot, plan: ImmunityPlan, found: ImmunityMap, place: Place, row: int) -> None:
    """Draw one image under the distortion of a place; nothing for clean images.

    Args:
        view, snapshot: The map.
        plan: What it asks.
        found: What it has found.
        place: The column that is chosen.
        row: The row that is chosen, whose images are shown.
    """
    if place.distortion == CLEAN:
        return
    images = _of_study(view.paths, snapshot) if plan.study is not None else _of_run(found.rows[row].row.name)
    if isinstance(images, str):
        st.caption(escape(T.NO_IMAGES.format(reason=images)))
        return
    key = widget_key("immunity", snapshot.id, "image")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{T.STRIP}**", width="content")
        st.button(T.ANOTHER, key=widget_key(key, "next"), icon=":material/shuffle:", type="tertiary", on_click=_next,
                  args=(key,))  # fmt: skip
    index = int(np.random.default_rng(st.session_state.get(key, 0)).integers(len(images.recorded)))
    _strip(images, plan, place, index, widget_key("strip", snapshot.id))


def _next(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _of_study(paths: RunPaths, snapshot: RunSnapshot) -> _Images | str:
    config = snapshot.config
    assert config is not None
    try:
        listed = StudyImages.load(images_path(paths))
    except StudyRecordError as error:
        return str(error)
    config = with_recorded_range(config, snapshot.start)
    places = (listed.place(row) for row in range(len(listed)))
    recorded = tuple(
        Recorded(config.dataset, part, at, listed.ids[row], listed.hashes[row]) for row, (part, at) in enumerate(places)
    )
    return _Images(config, recorded)


def _of_run(run: str) -> _Images | str:
    try:
        paths = run_paths(run)
        config = with_recorded_range(loads(paths.config.read_bytes()), started(paths, 1))
        listed = ValidationImages.load(paths.validation)
    except (RunNotFound, ConfigError, OSError, ValidationRecordError) as error:
        return str(error)
    recorded = tuple(
        Recorded(config.dataset, "val", row, listed.ids[row], listed.hashes[row]) for row in range(len(listed))
    )
    return _Images(config, recorded)


def _strip(images: _Images, plan: ImmunityPlan, place: Place, index: int, key: str) -> None:
    distortion = plan.distortions[place.distortion]
    config, image = images.config, images.recorded[index]
    pipelines = (Pipeline(), *distortion.strengths)
    asked = [Distorted(image, pipeline, config.seed, index, config.image_size) for pipeline in pipelines]
    # A pipeline with parameters cannot be hashed, and its key can.
    keys = [(one.pipeline.key, image, config.seed, index, config.image_size) for one in asked]
    tasks = [Task(key, _EXPECTED_MS, one, Refused) for key, one in zip(keys, asked, strict=True)]
    state: _State = st.session_state.setdefault(widget_key("opened", key), _State())
    renewed = state.fill.renewed(tasks, _known)
    state.fill = renewed or state.fill
    state.fill.wait(0.0 if renewed is None else PATIENCE)
    titles = (T.CLEAN, *(T.STRENGTH.format(number=number + 1) for number in range(STRENGTHS)))
    notes = ("", *distortion.amounts)
    parts = zip(keys, titles, notes, strict=True)
    cells = [_cell(state, drawn, title, note, image.id) for drawn, title, note in parts]
    label = T.STRIP_LABEL.format(distortion=distortion.title)
    board = Board(
        [Group(cells)], Words(label, "", RecordedImages.WAITING), columns=len(cells), width=_WIDTH, poll=POLL_MS
    )
    grid.show(
        grid.frame(board, state.fill.sent), key, on_choose=lambda _: None, on_missing=lambda _: state.fill.sent.clear()
    )


def _cell(state: _State, key: Hashable, title: str, note: str, name: str) -> Cell:
    drawn = state.fill.get(key)
    return Cell(
        id=title,
        title=title,
        alt=T.PICTURE_ALT.format(id=name, title=title),
        picture=drawn.picture if isinstance(drawn, Card) else None,
        note=note,
        message=drawn.message if isinstance(drawn, Refused) else "",
        exact=True,
    )
