"""Gallery: every transform of the catalog on the picture, as a contact sheet; a click adds one to the pipeline."""

from collections import Counter
from dataclasses import dataclass

import streamlit as st

from explorer.augment.catalog import GROUPS, Transform, catalog
from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, Step, validate, walk
from explorer.augment.targets import TargetRules
from explorer.draw.cells import Cell as Request
from explorer.draw.pictures import Picture
from explorer.texts import Lab as T
from explorer.texts import Targets
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.lab import board, cells
from explorer.ui.lab.cells import Drawn
from explorer.ui.lab.fills import Fill, Task
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key

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

    note: what is left out of the sample. message: why it cannot be shown; there is no task then.
    """

    transform: Transform
    note: str
    message: str
    task: Task | None


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
    side = LONG_SIDE if _estimate(transform, found.picture, LONG_SIDE) <= SLOW else SLOW_LONG_SIDE
    without, note = refused(found.picture, transform)
    key = (NODE, transform.name, rules[1], found.picture.id, side, seed, found.classes, targets)
    message, request = lacking(found.picture, transform), None
    try:
        made = pipeline(transform, rules[0])
        request = Request(found.subject, made, seed, found.classes, SIDE, targets, copy=side, without=without)
    except DraftErrors as error:
        message = message or str(error)
    task = None
    if request is not None and not message:
        task = Task(key, _estimate(transform, found.picture, side) + 2.0, request, cells.failed)
    return Exhibit(transform, note, message, task)


def refused(picture: Picture, transform: Transform) -> tuple[frozenset[str], str]:
    """The targets of the picture with which the transform raises, and the same in words."""
    names = [name for name in sorted(transform.refuses) if name in _present(picture)]
    words = ", ".join(Targets.TARGET_NAMES[name] for name in names)
    return frozenset(names), T.WITHOUT.format(targets=words) if names else ""


def _present(picture: Picture) -> frozenset[str]:
    """The targets that the picture has, also where there is nothing in them."""
    have = {"mask": picture.mask, "bboxes": picture.bboxes is not None, "keypoints": picture.keypoints is not None}
    return frozenset(name for name, there in have.items() if there)


def lacking(picture: Picture, transform: Transform) -> str:
    """Why the picture is not enough for the transform; "" where it is."""
    missing = sorted(transform.needs - picture.targets)
    words = ", ".join(Targets.TARGET_NAMES[name] for name in missing)
    return T.NEEDS.format(targets=words) if missing else ""


def _estimate(transform: Transform, picture: Picture, long_side: int) -> float:
    height, width = picture.size
    scale = min(1.0, long_side / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    return OBSERVED.estimate(transform.name, step(transform).params, size)


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    shown = exhibits(found, work.view.seed, work.draft.targets, work.view.lab.targets_gallery)
    tasks = sorted((each.task for each in shown if each.task is not None), key=lambda task: task.milliseconds)
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
    drawn: Drawn | None = None if each.task is None else fill.get(each.task.key)
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
