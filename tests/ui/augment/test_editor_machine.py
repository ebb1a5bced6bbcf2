"""Whatever is done in the editor, in any order: nothing raises, nothing is lost, and undo returns to every state."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from explorer.augment import edits
from explorer.augment.files import dumps_draft, loads_draft
from explorer.augment.pipeline import GROUP_KINDS, Draft, Group, Step, check, walk
from explorer.augment.targets import TargetRules
from explorer.ui.augment.steps import rows
from explorer.ui.session.gestures import OPERATIONS, TRAVELS, obey, obey_all
from explorer.ui.session.history import LIMIT, History
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, demo_draft

MOST_NODES, DEEPEST = 24, 5  # small, so that the limits are met often
NAMES = ("HorizontalFlip", "Affine", "Resize", *GROUP_KINDS)
PRESET = Draft(
    name="preset",
    nodes=(
        Group(id="preset-1", kind="OneOf", children=(Step(id="preset-2", transform="Affine"),)),
        Step(id="preset-3", transform="HorizontalFlip"),
    ),
)

AT = st.integers(0, 30)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
MALFORMED = JUNK | st.fixed_dictionaries(
    {"op": st.sampled_from([*OPERATIONS, "fly"])},
    optional={"id": JUNK, "ids": JUNK, "kind": JUNK, "parent": JUNK, "index": JUNK},
)


def text(draft: Draft) -> str:
    """The same for drafts that hold the same values."""
    return json.dumps(json.loads(dumps_draft(draft)), sort_keys=True)


class Editor(RuleBasedStateMachine):
    """The editor beside a model of its history: the states that undo must lead to, oldest first, the present last."""

    def __init__(self) -> None:
        super().__init__()
        draft = demo_draft()
        self.work = Workspace("id", History(draft), View(selected=draft.nodes[0].id))
        self.states = [text(draft)]
        self.undone: list[str] = []  # the next redo last
        self.series: tuple[str, str] | None = None
        self.ever: set[str] = set()

    # What the editor can do

    @rule(op=st.sampled_from(list(OPERATIONS)), at=AT, count=st.integers(1, 3), kind=st.sampled_from(GROUP_KINDS),
          parent=st.none() | AT, index=st.integers(0, 4))  # fmt: skip
    def gesture(self, op: str, at: int, count: int, kind: str, parent: int | None, index: int) -> None:
        if self.node(at) is None:
            return
        chosen = self.siblings(at, count)
        into = self.node(parent) if parent is not None else None
        command = {"op": op, "id": chosen[-1], "ids": chosen, "kind": kind, "parent": into and into.id, "index": index}
        self.carry_out(lambda work: obey(work, command, self.told))

    @rule(at=AT, by=st.integers(1, 3))
    def several_gestures_at_once(self, at: int, by: int) -> None:
        if (node := self.node(at)) is not None:
            for _ in range(by):  # each is a state of its own
                self.carry_out(
                    lambda work: obey_all(work, [{"op": "select", "id": node.id}, {"op": "down", "id": node.id}])
                )

    @rule(command=MALFORMED)
    def malformed(self, command: Any) -> None:
        assert obey(self.work, command) == self.work
        assert obey_all(self.work, [command]) == obey_all(self.work, command) == self.work

    @rule(name=st.sampled_from(NAMES), at=st.none() | AT)
    def add(self, name: str, at: int | None) -> None:
        after = self.node(at) if at is not None else None
        try:
            draft, new = edits.add(self.work.draft, name, after.id if after else None)
        except edits.TooLargeError as error:
            self.told(str(error))
        else:
            self.carry_out(lambda work: replace(self.recorded(work, draft), view=replace(work.view, selected=new)))

    @rule(at=AT, value=st.sampled_from([[-20.0, 20.0], [0, 1], 1, True, "wrong", None]))
    def set_param(self, at: int, value: Any) -> None:
        self.edit_field(at, "rotate", lambda draft, node_id: edits.set_param(draft, node_id, "rotate", value), Step)

    @rule(at=AT)
    def unset_param(self, at: int) -> None:
        self.edit_field(at, "rotate", lambda draft, node_id: edits.unset_param(draft, node_id, "rotate"), Step)

    @rule(at=AT, p=st.sampled_from([0.0, 0.5, 1.0, 7.0]))
    def set_p(self, at: int, p: float) -> None:
        self.edit_field(at, "p", lambda draft, node_id: edits.set_p(draft, node_id, p))

    @rule(at=AT, name=st.sampled_from(["n", "replace", "channels"]), value=st.sampled_from([1, 2, True, False, [0, 2]]))
    def set_group_param(self, at: int, name: str, value: Any) -> None:
        self.edit_field(at, name, lambda draft, node_id: edits.set_param(draft, node_id, name, value), Group)

    @rule(use_mask=st.booleans())
    def set_targets(self, use_mask: bool) -> None:
        rules = TargetRules(use_mask=use_mask)
        merge = ("targets", "use_mask")
        self.carry_out(lambda work: self.recorded(work, edits.set_targets(work.draft, rules), merge), merge)

    @rule(draft=st.sampled_from([PRESET, Draft()]))
    def open_another(self, draft: Draft) -> None:
        self.ever -= {node.id for node, _ in walk(draft.nodes)}  # it brings its own
        first = draft.nodes[0].id if draft.nodes else None
        self.carry_out(lambda work: replace(self.recorded(work, draft), view=replace(work.view, selected=first)))

    @rule()
    def undo(self) -> None:
        self.work = obey(self.work, {"op": "undo"})
        self.series = None if len(self.states) > 1 else self.series
        if len(self.states) > 1:
            self.undone.append(self.states.pop())

    @rule()
    def redo(self) -> None:
        self.work = obey(self.work, {"op": "redo"})
        self.series = None if self.undone else self.series
        if self.undone:
            self.states.append(self.undone.pop())

    # How it is followed

    def node(self, at: int) -> Any:
        nodes = [node for node, _ in walk(self.work.draft.nodes)]
        return nodes[at % len(nodes)] if nodes else None

    def siblings(self, at: int, count: int) -> list[str]:
        parent, index = edits.place(self.work.draft, self.node(at).id)
        return [node.id for node in edits.level(self.work.draft, parent)[index : index + count]]

    def told(self, words: str) -> None:
        assert f"{MOST_NODES} nodes" in words or f"{DEEPEST} deep" in words

    def recorded(self, work: Workspace, draft: Draft, merge: tuple[str, str] | None = None) -> Workspace:
        return replace(work, history=work.history.record(draft, merge))

    def edit_field(self, at: int, field: str, edit: Callable[[Draft, str], Draft], kind: Any = Step | Group) -> None:
        node = self.node(at)
        if isinstance(node, kind):
            merge = (node.id, field)
            self.carry_out(lambda work: self.recorded(work, edit(work.draft, node.id), merge), merge)

    def carry_out(self, change: Callable[[Workspace], Workspace], merge: tuple[str, str] | None = None) -> None:
        """Do it, see that new nodes have ids that were never there, and follow it in the model."""
        before = {node.id for node, _ in walk(self.work.draft.nodes)}
        self.ever |= before
        self.work = change(self.work)
        assert not ({node.id for node, _ in walk(self.work.draft.nodes)} - before) & self.ever
        present = text(self.work.draft)
        if present == self.states[-1]:
            return
        self.undone = []
        if merge is not None and merge == self.series:
            self.states[-1] = present
            if present == self.states[-2]:
                self.states.pop()
                self.series = None
        else:
            self.states = [*self.states, present][-LIMIT - 1 :]
            self.series = merge

    # What always holds

    @invariant()
    def ids_are_apart_and_limits_hold(self) -> None:
        nodes = list(walk(self.work.draft.nodes))
        assert len({node.id for node, _ in nodes}) == len(nodes) <= MOST_NODES
        assert max((depth for _, depth in nodes), default=0) <= DEEPEST
        assert self.work.view.selected is None or edits.find(self.work.draft, self.work.view.selected)

    @invariant()
    def a_file_gives_the_same_draft(self) -> None:
        assert loads_draft(dumps_draft(self.work.draft)) == self.work.draft

    @invariant()
    def it_can_be_shown(self) -> None:
        assert len(rows(self.work.draft, check(self.work.draft.nodes))) == len(list(walk(self.work.draft.nodes)))

    @invariant()
    def undo_returns_to_every_state_and_redo_comes_back(self) -> None:
        history = self.work.history
        for state in reversed(self.states):
            assert text(history.present) == state
            earlier = history.undo()
            if earlier is not history:
                assert earlier.redo().present == history.present
            history = earlier
        assert history.past == ()
        history = self.work.history
        for state in reversed(self.undone):
            history = history.redo()
            assert text(history.present) == state
        assert history.future == ()


def test_the_editor_survives_whatever_is_done_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "MAX_NODES", MOST_NODES)
    monkeypatch.setattr(edits, "MAX_DEPTH", DEEPEST)
    run_state_machine_as_test(Editor, settings=settings(max_examples=60, stateful_step_count=50, deadline=None))  # type: ignore[no-untyped-call]


def test_more_changes_than_can_be_undone_keep_the_latest() -> None:
    editor = Editor()
    for at in range(LIMIT + 10):
        editor.gesture("toggle", at, 1, "OneOf", None, 0)
    editor.undo_returns_to_every_state_and_redo_comes_back()
    assert len(editor.states) == LIMIT + 1
    assert set(TRAVELS) == {"undo", "redo"}
