"""Edits are pure, keep ids, and never lose a node that they were not asked to remove."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.augment import edits
from explorer.augment.pipeline import Draft, Group, Step, walk

NAMES = ("HorizontalFlip", "Affine", "RandomCrop")
EDIT = st.tuples(st.sampled_from(["add", "remove", "move", "duplicate", "off"]), st.integers(0, 9), st.integers(-3, 3))


def ids(draft: Draft) -> list[str]:
    return [node.id for node, _ in walk(draft.nodes)]


@settings(max_examples=60)
@given(st.lists(EDIT, max_size=25))
def test_any_edits_in_any_order_keep_ids_apart_and_lose_nothing_else(operations: list[tuple[str, int, int]]) -> None:
    draft = Draft(nodes=(Group(kind="OneOf", id="g", children=(Step(id="n1", transform="Affine"),)),))
    for operation, at, delta in operations:
        before = ids(draft)
        target: Any = before[at % len(before)] if before else None
        if operation == "add" or target is None:
            draft, new = edits.add(draft, NAMES[at % 3], target)
            assert sorted(ids(draft)) == sorted([*before, new])
        elif operation == "remove":
            node = edits.find(draft, target)
            assert node is not None
            gone = {found.id for found, _ in walk((node,))}
            draft = edits.remove(draft, target)
            assert ids(draft) == [found for found in before if found not in gone]
        elif operation == "move":
            draft = edits.move(draft, target, delta)
            assert sorted(ids(draft)) == sorted(before)
        elif operation == "duplicate":
            draft, new = edits.duplicate(draft, target)
            assert new not in before
        else:
            draft = edits.set_enabled(draft, target, False)
            found = edits.find(draft, target)
            assert found is not None
            assert not found.enabled
        assert len(set(ids(draft))) == len(ids(draft))


def test_a_new_step_goes_behind_the_given_one_at_any_depth() -> None:
    inner = Step(id="n1", transform="Affine")
    draft = Draft(nodes=(Group(kind="OneOf", id="n2", children=(inner,)),))
    draft, new = edits.add(draft, "HorizontalFlip", "n1")
    group = draft.nodes[0]
    assert isinstance(group, Group)
    assert [node.id for node in group.children] == ["n1", new]


def test_a_parameter_that_comes_back_to_its_default_is_left_out() -> None:
    draft, step = edits.add(Draft(), "RandomBrightnessContrast", None)
    changed = edits.set_param(draft, step, "brightness_limit", [-0.5, 0.5])
    assert changed.nodes[0].params == {"brightness_limit": [-0.5, 0.5]}
    assert edits.set_param(changed, step, "brightness_limit", [-0.2, 0.2]) == draft
    assert edits.unset_param(changed, step, "brightness_limit") == draft


def test_a_required_parameter_stays_and_goes_back_to_its_start() -> None:
    draft, step = edits.add(Draft(), "Resize", None)
    changed = edits.set_param(draft, step, "height", 99)
    assert edits.unset_param(changed, step, "height") == draft
    assert draft.nodes[0].params["height"] == 256
