"""Gestures in the tree of steps, as the component sends them."""

from typing import Any

import pytest

from explorer.augment import edits
from explorer.augment.pipeline import MAX_NODES, Draft, Group, Step, walk
from explorer.ui.session.gestures import MOST, OPERATIONS, obey, obey_all
from explorer.ui.session.history import History
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace


def step(node_id: str) -> Step:
    return Step(id=node_id, transform="HorizontalFlip")


def group(node_id: str, *children: Step | Group) -> Group:
    return Group(id=node_id, kind="OneOf", children=children)


def open_on(draft: Draft, selected: str) -> Workspace:
    return Workspace("id", History(draft), View(selected=selected))


@pytest.fixture
def work() -> Workspace:
    """a, g(b, c), d, h(e), with b selected."""
    return open_on(Draft(nodes=(step("a"), group("g", step("b"), step("c")), step("d"), group("h", step("e")))), "b")


def outline(work: Workspace) -> str:
    """The tree as text: a g(b c) d h(e)."""

    def lines(nodes: Any) -> str:
        return " ".join(
            f"{node.id}({lines(node.children)})" if isinstance(node, Group) else str(node.id) for node in nodes
        )

    return lines(work.draft.nodes)


@pytest.mark.parametrize(
    ("op", "ids", "expected"),
    [
        ("up", "c", "a g(c b) d h(e)"),
        ("up", "b", "a b g(c) d h(e)"),  # out of the group at its upper end
        ("up", "a", "a g(b c) d h(e)"),
        ("down", "a", "g(b c) a d h(e)"),
        ("down", "c", "a g(b) c d h(e)"),  # and at its lower end
        ("down", "h", "a g(b c) d h(e)"),
        ("up", "bc", "a b c g() d h(e)"),
        ("down", "ag", "d a g(b c) h(e)"),
        ("out", "b", "a g(c) b d h(e)"),
        ("out", "bc", "a g() b c d h(e)"),
        ("out", "a", "a g(b c) d h(e)"),
        ("in", "d", "a g(b c d) h(e)"),  # into the group above rather than the one below
        ("in", "a", "g(a b c) d h(e)"),
        ("in", "b", "a g(b c) d h(e)"),
        ("in", "ga", "a g(b c) d h(e)"),  # between them and the next group is a step
        ("in", "gd", "a h(g(b c) d e)"),
    ],
)
def test_nodes_move_past_siblings_and_into_and_out_of_groups(work: Workspace, op: str, ids: str, expected: str) -> None:
    moved = obey(work, {"op": op, "id": ids[-1], "ids": list(ids)})
    assert outline(moved) == expected
    assert moved.view.selected == ids[-1]
    assert obey(moved, {"op": "undo"}).draft == work.draft


def test_up_alone_leads_out_of_every_group_to_the_top(work: Workspace) -> None:
    for _ in range(6):
        work = obey(work, {"op": "up", "id": "e"})
    assert outline(work) == "e a g(b c) d h()"


@pytest.mark.parametrize(
    ("ids", "parent", "index", "expected"),
    [
        ("a", "g", 2, "g(b c a) d h(e)"),
        ("b", None, 0, "b a g(c) d h(e)"),
        ("bc", "h", 1, "a g() d h(e b c)"),
        ("ad", None, 1, "g(b c) a d h(e)"),
        ("g", "h", 0, "a d h(g(b c) e)"),
        ("g", "g", 0, "a g(b c) d h(e)"),
    ],
)
def test_what_is_dragged_lands_where_it_is_dropped(
    work: Workspace, ids: str, parent: str | None, index: int, expected: str
) -> None:
    moved = obey(work, {"op": "move", "id": ids[0], "ids": list(ids), "parent": parent, "index": index})
    assert outline(moved) == expected


def test_wrap_puts_what_is_chosen_into_a_group_and_selects_it(work: Workspace) -> None:
    wrapped = obey(work, {"op": "wrap", "id": "b", "ids": ["b", "c"], "kind": "SomeOf"})
    new = wrapped.view.selected
    assert new is not None
    assert outline(wrapped).replace(new, "NEW") == "a g(NEW(b c)) d h(e)"
    opened = obey(wrapped, {"op": "unwrap", "id": new})
    assert opened.draft == work.draft
    assert opened.view.selected == "b"


def test_unwrap_of_an_empty_group_selects_its_neighbour(work: Workspace) -> None:
    empty = obey(work, {"op": "remove", "id": "e"})
    assert empty.view.selected == "h"  # the group around what is gone
    gone = obey(empty, {"op": "unwrap", "id": "h"})
    assert outline(gone) == "a g(b c) d"
    assert gone.view.selected == "d"


def test_toggle_gives_all_chosen_the_new_state_of_the_selected_one(work: Workspace) -> None:
    mixed = obey(work, {"op": "toggle", "id": "c"})
    off = obey(mixed, {"op": "toggle", "id": "b", "ids": ["b", "c"]})
    assert [node.enabled for node, _ in walk(off.draft.nodes) if node.id in "bc"] == [False, False]
    assert obey(off, {"op": "toggle", "id": "b", "ids": ["b", "c"]}).draft == work.draft
    assert obey(off, {"op": "undo"}).draft == mixed.draft


def test_duplicate_selects_the_copy_of_the_selected_one(work: Workspace) -> None:
    copied = obey(work, {"op": "duplicate", "id": "c", "ids": ["b", "c"]})
    parent, at = edits.place(copied.draft, str(copied.view.selected))
    assert (parent, at) == ("g", 3)


@pytest.mark.parametrize(
    ("ids", "left", "selected"),
    [("b", "a g(c) d h(e)", "c"), ("c", "a g(b) d h(e)", "b"), ("bc", "a g() d h(e)", "g"), ("ad", "g(b c) h(e)", "g")],
)
def test_remove_selects_what_is_nearest(work: Workspace, ids: str, left: str, selected: str) -> None:
    gone = obey(work, {"op": "remove", "id": ids[0], "ids": list(ids)})
    assert outline(gone) == left
    assert gone.view.selected == selected


def test_undo_selects_what_comes_back_and_redo_what_stands_in_its_place(work: Workspace) -> None:
    gone = obey(work, {"op": "remove", "id": "g"})
    back = obey(gone, {"op": "undo"})
    assert back.draft == work.draft
    assert back.view.selected == "g"
    again = obey(back, {"op": "redo"})
    assert again.draft == gone.draft
    assert edits.find(again.draft, str(again.view.selected)) is not None


def test_removing_every_step_leaves_an_empty_pipeline_with_nothing_selected(work: Workspace) -> None:
    for node in work.draft.nodes:
        work = obey(work, {"op": "remove", "id": node.id})
    assert work.draft.nodes == ()
    assert work.view.selected is None
    assert obey(work, {"op": "undo"}).view.selected == "h"


def test_what_would_be_too_large_changes_nothing_and_is_told() -> None:
    work = open_on(Draft(nodes=tuple(step(f"s{at}") for at in range(MAX_NODES))), "s0")
    messages: list[str] = []
    for command in ({"op": "duplicate", "id": "s0"}, {"op": "wrap", "id": "s0", "kind": "OneOf"}):
        assert obey(work, command, messages.append) == work
    assert [f"at most {MAX_NODES} nodes" in words for words in messages] == [True, True]


def test_gestures_that_arrive_together_are_obeyed_in_their_order(work: Workspace) -> None:
    together = obey_all(work, [{"op": "out", "id": "b"}, {"op": "fly"}, {"op": "down", "id": "b"}])
    assert outline(together) == "a g(c) d b h(e)"
    assert obey_all(work, [{"op": "toggle", "id": "b"}] * (MOST + 1)).draft == work.draft  # no more than MOST


HUGE = 10**30
MALFORMED: list[Any] = [
    None, 3, "up", [], {}, {"op": None}, {"op": ["up"], "id": "b"}, {"op": "fly", "id": "b"},
    *({"op": op} for op in OPERATIONS),
    *({"op": op, "id": wrong} for op in OPERATIONS for wrong in (None, 3, ["b"], {}, "gone", "", "b" * 9000)),
    *({"op": op, "id": "b", "ids": wrong} for op in OPERATIONS
      for wrong in (None, "bc", [], ["c"], ["b", 3], ["b", None], ["b", "gone"], ["b", "a"], [["b"]], {"b": 1})),
    *({"op": "wrap", "id": "b", "kind": wrong} for wrong in (None, 3, "Compose", ["OneOf"], {})),
    *({"op": "move", "id": "b", "parent": "h", "index": wrong}
      for wrong in (None, "0", -1, 2, HUGE, 0.5, 1.0, True, float("nan"), float("inf"), [0])),
    *({"op": "move", "id": "b", "parent": wrong, "index": 0} for wrong in (3, "gone", "a", [], {}, True)),
    {"op": "move", "id": "b", "parent": "h"}, {"op": "move", "id": "b", "index": 0},
]  # fmt: skip


def test_a_gesture_that_is_malformed_or_about_nothing_changes_nothing(
    work: Workspace, subtests: pytest.Subtests
) -> None:
    for command in MALFORMED:
        with subtests.test(str(command)[:60]):
            assert obey(work, command) == work
            assert obey_all(work, command) == work
            assert obey_all(work, [command]) == work


def test_select_only_looks(work: Workspace) -> None:
    selected = obey(work, {"op": "select", "id": "e"})
    assert selected.view.selected == "e"
    assert selected.history is work.history
