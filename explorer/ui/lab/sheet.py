"""Gallery mode: every transform of the catalog on the picture; a click adds one to the pipeline."""

from collections import Counter
from dataclasses import dataclass

import streamlit as st

from explorer.augment.catalog import GROUPS, Transform, catalog
from explorer.augment.costs import OBSERVED
from explorer.augment.pipeline import Draft, DraftErrors, Step, validate, walk
from explorer.augment.targets import TargetRules
from explorer.draw.cells import Cell as Request
from explorer.draw.pictures import Picture
from explorer.texts import Lab as T
from explorer.texts import Targets
from explorer.ui.background.fills import Fill, Task
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.lab import board, cells
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key

SIDE = 192  # px of a card
LONG_SIDE, SLOW_LONG_SIDE = 512, 256  # px of the copy to draw on, for quick and for slow transforms
SLOW = 60.0  # milliseconds
PATIENCE = 0.25  # seconds before the first cards are shown
NODE = "gallery"


def show(work: workspace.Workspace, found: Found) -> None:  # noqa: ARG001 - every mode takes both
    """Draw the sheet over the whole width."""
    board.show(_plan, found)


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A transform at its start values, always applied.

    Attributes:
        note: Targets that are left out of the sample.
        message: Why the transform cannot be shown; `task` is None then.
    """

    transform: Transform
    note: str
    message: str
    task: Task | None


def step(transform: Transform) -> Step:
    return Step(id=NODE, transform=transform.name, params={**transform.starts, **transform.gentle}, p=1.0)


def exhibits(found: Found, seed: int, rules: TargetRules, targets: bool) -> tuple[Exhibit, ...]:
    """Return every transform of the catalog, by group and name."""
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
        made = validate(Draft(nodes=(step(transform),), targets=rules[0]))
        request = Request(found.subject, made, seed, found.classes, SIDE, targets, copy=side, without=without)
    except DraftErrors as error:
        message = message or str(error)
    task = None
    if request is not None and not message:
        task = Task(key, _estimate(transform, found.picture, side) + 2.0, request, cells.failed)
    return Exhibit(transform, note, message, task)


def refused(picture: Picture, transform: Transform) -> tuple[frozenset[str], str]:
    """Return the targets of the picture with which the transform raises, and a sentence that names them."""
    # Present means that the sample has the target at all, even if it is empty.
    have = {"mask": picture.mask, "bboxes": picture.bboxes is not None, "keypoints": picture.keypoints is not None}
    names = [name for name in sorted(transform.refuses) if have.get(name)]
    words = ", ".join(Targets.TARGET_NAMES[name] for name in names)
    return frozenset(names), T.WITHOUT.format(targets=words) if names else ""


def lacking(picture: Picture, transform: Transform) -> str:
    """Return which targets the transform needs and the picture lacks, in words; "" for none."""
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


WORDS = Words(T.GALLERY_LABEL, T.GALLERY_HINT, search=T.SEARCH, found=T.SEARCH_FOUND, nothing=T.SEARCH_NOTHING)


def _card(each: Exhibit, fill: Fill, present: int) -> Cell:
    name = each.transform.name
    return cells.cell(
        None if each.task is None else fill.get(each.task.key),
        id=name,
        title=name,
        alt=T.GALLERY_ALT.format(name=name),
        note=each.note,
        message=each.message,
        mark="" if not present else T.ADDED if present == 1 else T.ADDED_TIMES.format(count=present),
        search=T.CARD_HINT.format(group=each.transform.group, summary=each.transform.summary.replace("``", "")),
    )


def choose(name: str) -> None:
    """Insert the transform after the selected step."""
    if name not in catalog():
        return
    if workspace.add_behind_selected(name):
        st.session_state[Key.NOTICE] = T.ADDED_NOTICE.format(name=name)
    board.change_page()
