"""Gallery: every transform of the catalog on the picture, as a contact sheet; a click adds one to the pipeline."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.catalog import GROUPS, Transform, catalog
from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, Step, validate, walk
from explorer.augment.targets import TargetRules
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.texts import Augment
from explorer.texts import Lab as T
from explorer.ui import workspace
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.components.preview import Classes
from explorer.ui.lab import board, cells
from explorer.ui.lab.cells import Drawn, Spec
from explorer.ui.lab.fills import Fill, OnStep, Task
from explorer.ui.pictures import Picture
from explorer.ui.sources import Found
from explorer.ui.state import Key

SIDE = 192  # px of a card
LONG_SIDE, SLOW_LONG_SIDE = 512, 256  # px of the copy that is drawn on, and of that for what is slow
SLOW = 60.0  # milliseconds
PATIENCE = 0.25  # seconds before the first cards are shown
NODE = "gallery"


def show(work: workspace.Workspace, found: Found) -> None:  # noqa: ARG001 - every mode is given both
    """The sheet, over the whole width."""
    board.show(lambda: _plan(workspace.current(), st.session_state.get(Key.FOUND, found)))


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A transform at its start values, always applied, and what it is shown on.

    note: what is left out of the sample. message: why it cannot be shown.
    """

    transform: Transform
    picture: Picture
    note: str
    message: str
    task: Task


def step(transform: Transform) -> Step:
    """The step that is shown."""
    return Step(id=NODE, transform=transform.name, params={**transform.starts, **transform.gentle}, p=1.0)


def pipeline(transform: Transform, rules: TargetRules) -> Pipeline:
    """The pipeline that is shown."""
    return validate(Draft(nodes=(step(transform),), targets=rules))


def exhibits(found: Found, seed: int, rules: TargetRules, targets: bool) -> tuple[Exhibit, ...]:
    """Every transform of the catalog, by group and name."""
    names = sorted(catalog(), key=lambda name: (GROUPS.index(catalog()[name].group), name))
    written = rules.model_dump_json()
    return tuple(_exhibit(catalog()[name], found, seed, (rules, written), targets) for name in names)


def _exhibit(
    transform: Transform, found: Found, seed: int, rules: tuple[TargetRules, str], targets: bool
) -> Exhibit:  # fmt: skip
    side = LONG_SIDE if _estimate(transform, _copy(found.picture, LONG_SIDE)) <= SLOW else SLOW_LONG_SIDE
    picture = _copy(found.picture, side)
    sample, note = without_refused(picture.sample, transform)
    message = lacking(sample, transform)
    key = (NODE, transform.name, rules[1], picture.id, seed, found.classes, targets)
    shown, classes = replace(picture, sample=sample), found.classes
    task = Task(
        key, _estimate(transform, picture) + 2.0,
        lambda on_step: draw(transform, Spot(shown, seed, rules[0], classes, targets), on_step),
    )  # fmt: skip
    return Exhibit(transform, picture, note, message, task)


@dataclass(frozen=True)
class Spot:
    """What a card is drawn on. targets: whether mask, boxes and keypoints are laid over."""

    picture: Picture
    seed: int
    rules: TargetRules
    classes: Classes
    targets: bool = False


def draw(transform: Transform, on: Spot, on_step: OnStep | None = None) -> Drawn:
    """Draw a card; a transform that fails on the picture leaves its reason."""
    try:
        spec = Spec(on.picture, pipeline(transform, on.rules), on.seed, on.classes, SIDE, on.targets)
        return cells.of_result(cells.augmented(spec, on_step), spec)
    except AugmentError as error:
        return Drawn(None, message=error.reason)
    except DraftErrors as error:
        return Drawn(None, message=str(error))


def without_refused(sample: Sample, transform: Transform) -> tuple[Sample, str]:
    """The sample without the targets with which the transform raises, and which these were, in words."""
    refused = [name for name in sorted(transform.refuses) if getattr(sample, name, None) is not None]
    if not refused:
        return sample, ""
    words = ", ".join(Augment.TARGET_NAMES[name] for name in refused)
    none: dict[str, Any] = dict.fromkeys(refused)
    return replace(sample, **none), T.WITHOUT.format(targets=words)


def lacking(sample: Sample, transform: Transform) -> str:
    """Why the sample is not enough for the transform; "" where it is."""
    missing = [
        name for name in sorted(transform.needs) if getattr(sample, name) is None or not len(getattr(sample, name))
    ]
    words = ", ".join(Augment.TARGET_NAMES[name] for name in missing)
    return T.NEEDS.format(targets=words) if missing else ""


def _estimate(transform: Transform, picture: Picture) -> float:
    return OBSERVED.estimate(transform.name, step(transform).params, picture.sample.size)


@lru_cache(maxsize=16)
def _copy(picture: Picture, long_side: int) -> Picture:
    sample = shrink(picture.sample, long_side)
    # What a transform does is shown by itself, without the square that training makes at the end.
    return replace(picture, id=f"{picture.id}@{long_side}", sample=sample, square=None)


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    shown = exhibits(found, work.view.seed, work.draft.targets, work.view.lab.targets_gallery)
    tasks = sorted((each.task for each in shown if not each.message), key=lambda task: task.milliseconds)
    return board.Plan(tasks, lambda fill: _board(work, shown, fill), choose, patience=PATIENCE)


def _board(work: workspace.Workspace, shown: tuple[Exhibit, ...], fill: Fill) -> Board:
    present = Counter(node.transform for node, _ in walk(work.draft.nodes) if isinstance(node, Step))
    groups = [
        Group(
            [_card(each, fill, present[each.transform.name]) for each in shown if each.transform.group == group], group
        )
        for group in GROUPS
    ]
    return Board([group for group in groups if group.cells], WORDS, width=8.4)


WORDS = Words(
    T.GALLERY_LABEL, T.GALLERY_HINT, T.WAITING, T.BACK, T.PREVIOUS, T.FOLLOWING, T.SEARCH, T.SEARCH_FOUND,
    T.SEARCH_NOTHING,
)  # fmt: skip


def _card(each: Exhibit, fill: Fill, present: int) -> Cell:
    drawn: Drawn | None = fill.get(each.task.key)
    name = each.transform.name
    return Cell(
        id=name,
        title=name,
        alt=T.GALLERY_ALT.format(name=name),
        picture=None if drawn is None else drawn.picture,
        note=each.note,
        message=each.message or ("" if drawn is None else drawn.message),
        mark="" if not present else T.ADDED if present == 1 else T.ADDED_TIMES.format(count=present),
        search=T.CARD_HINT.format(group=each.transform.group, summary=each.transform.summary.replace("``", "")),
    )


def choose(name: str) -> None:
    """Add the transform behind the selected step."""
    if name not in catalog():
        return
    if workspace.add_behind_selected(name):
        st.session_state[Key.NOTICE] = T.ADDED_NOTICE.format(name=name)
    board.change_page()
