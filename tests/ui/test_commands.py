"""Gestures in the list of steps, as the component sends them."""

import pytest

from explorer.ui.commands import obey
from explorer.ui.history import History
from explorer.ui.workspace import View, Workspace, demo_draft


@pytest.fixture
def work() -> Workspace:
    draft = demo_draft()
    return Workspace("id", History(draft), View(selected=draft.nodes[1].id))


def titles(work: Workspace) -> list[str]:
    return [node.transform for node in work.draft.nodes]  # type: ignore[union-attr]


def test_up_and_down_move_a_step_and_keep_it_selected(work: Workspace) -> None:
    second = work.draft.nodes[1]
    up = obey(work, {"op": "up", "id": second.id})
    assert up.draft.nodes[0].id == second.id
    assert up.view.selected == second.id
    assert titles(obey(up, {"op": "down", "id": second.id})) == titles(work)


def test_move_carries_a_dragged_step_over_several_places(work: Workspace) -> None:
    first = work.draft.nodes[0]
    moved = obey(work, {"op": "move", "id": first.id, "delta": 2})
    assert [node.id for node in moved.draft.nodes][2] == first.id


def test_toggle_turns_a_step_off_and_on_again(work: Workspace) -> None:
    node = work.draft.nodes[0]
    off = obey(work, {"op": "toggle", "id": node.id})
    assert not off.draft.nodes[0].enabled
    assert obey(off, {"op": "toggle", "id": node.id}).draft == work.draft


def test_duplicate_selects_the_copy_beside_the_original(work: Workspace) -> None:
    copied = obey(work, {"op": "duplicate", "id": work.draft.nodes[1].id})
    assert titles(copied).count("Affine") == 2
    assert copied.view.selected not in [node.id for node in work.draft.nodes]


def test_remove_selects_the_neighbour_and_undo_brings_the_step_back(work: Workspace) -> None:
    gone = obey(work, {"op": "remove", "id": work.draft.nodes[1].id})
    assert gone.view.selected == work.draft.nodes[2].id
    assert obey(gone, {"op": "undo"}).draft == work.draft
    assert obey(obey(gone, {"op": "undo"}), {"op": "redo"}).draft == gone.draft


def test_removing_every_step_leaves_an_empty_pipeline_with_nothing_selected(work: Workspace) -> None:
    for node in work.draft.nodes:
        work = obey(work, {"op": "remove", "id": node.id})
    assert work.draft.nodes == ()
    assert work.view.selected is None


@pytest.mark.parametrize("command", [{"op": "remove", "id": "gone"}, {"op": "fly", "id": "n1"}, {}])
def test_a_gesture_about_nothing_changes_nothing(work: Workspace, command: dict[str, str]) -> None:
    assert obey(work, command) == work
