"""Edits are pure, keep ids, and never lose a node that they were not asked to remove."""

import inspect
from collections.abc import Callable
from typing import Any

import albumentations as A
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.augment import edits
from explorer.augment.edits import TooLargeError
from explorer.augment.firing import effective
from explorer.augment.pipeline import (
    GROUP_KINDS,
    MAX_DEPTH,
    MAX_DRAWS,
    MAX_NODES,
    Draft,
    Group,
    Step,
    group_params,
    validate,
    walk,
)
from explorer.augment.targets import TargetRules


def step(node_id: str) -> Step:
    return Step(id=node_id, transform="HorizontalFlip")


def group(node_id: str, *children: Step | Group, kind: Any = "OneOf", **params: Any) -> Group:
    return Group(id=node_id, kind=kind, children=children, params=params)


def tree() -> Draft:
    """a, g(b, h(c, d), e), f"""
    return Draft(nodes=(step("a"), group("g", step("b"), group("h", step("c"), step("d")), step("e")), step("f")))


def outline(draft: Draft) -> str:
    """The tree as text: a g(b h(c d) e) f."""

    def lines(nodes: Any) -> str:
        return " ".join(
            f"{node.id}({lines(node.children)})" if isinstance(node, Group) else str(node.id) for node in nodes
        )

    return lines(draft.nodes)


def ids(draft: Draft) -> list[str]:
    return [node.id for node, _ in walk(draft.nodes)]


def contents(draft: Draft) -> dict[str, tuple[Any, ...]]:
    """What each node is, wherever it stands."""
    return {
        node.id: (type(node), node.p, node.enabled, tuple(node.params.items()), getattr(node, "transform", node.kind))
        for node, _ in walk(draft.nodes)
    }


EDIT = st.tuples(st.sampled_from(["add", "remove", "move", "in", "out", "to", "copy", "off", "wrap", "unwrap"]),
                 st.integers(0, 9), st.integers(0, 9), st.integers(-3, 3))  # fmt: skip
NAMES = ("HorizontalFlip", "Affine", "RandomCrop", *GROUP_KINDS)


def siblings(draft: Draft, node_id: str, count: int) -> tuple[str, ...]:
    """`count` neighbours from this one on."""
    parent, at = edits.place(draft, node_id)
    return tuple(node.id for node in edits.level(draft, parent)[at : at + max(count, 1)])


MOVES: dict[str, Callable[[Draft, tuple[str, ...], str, int], Draft]] = {
    "move": lambda draft, chosen, other, delta: edits.move(draft, chosen, delta),
    "in": lambda draft, chosen, other, delta: edits.move_in(draft, chosen),
    "out": lambda draft, chosen, other, delta: edits.move_out(draft, chosen),
    "to": lambda draft, chosen, other, delta: edits.move_to(
        draft, chosen, other if isinstance(edits.find(draft, other), Group) else None, delta
    ),
}


@settings(max_examples=150, deadline=None)
@given(st.lists(EDIT, max_size=25))
def test_any_edits_in_any_order_keep_ids_apart_and_lose_nothing_else(
    operations: list[tuple[str, int, int, int]],
) -> None:
    draft, ever = tree(), set(ids(tree()))
    for operation, at, other, delta in operations:
        before, old = ids(draft), contents(draft)
        if operation == "add" or not before:
            draft, new = edits.add(draft, NAMES[at % len(NAMES)], before[other % len(before)] if before else None)
            assert sorted(ids(draft)) == sorted([*before, new])
            assert new not in ever
        else:
            target = before[at % len(before)]
            chosen = siblings(draft, target, delta)
            if operation in MOVES:
                draft = MOVES[operation](draft, chosen, before[other % len(before)], delta)
                assert contents(draft) == old
            elif operation == "remove":
                gone = {found.id for one in chosen for found, _ in walk((edits.find(draft, one),))}  # type: ignore[arg-type]
                draft = edits.remove(draft, chosen)
                assert ids(draft) == [found for found in before if found not in gone]
            elif operation == "copy":
                draft, new_ids = edits.duplicate(draft, chosen)
                assert len(new_ids) == len(chosen)
                assert [found for found in ids(draft) if found in ever] == before
                assert {key: value for key, value in contents(draft).items() if key in old} == old
            elif operation == "wrap":
                flat = draft
                draft, new = edits.wrap(draft, chosen, GROUP_KINDS[other % len(GROUP_KINDS)])
                assert new not in ever
                assert edits.unwrap(draft, new) == flat
            elif operation == "unwrap":
                is_group = isinstance(edits.find(draft, target), Group)
                draft = edits.unwrap(draft, target)
                assert ids(draft) == [found for found in before if not is_group or found != target]
            else:
                draft = edits.set_enabled(draft, chosen, False)
                assert all(not found.enabled for found, _ in walk(draft.nodes) if found.id in chosen)
        ever |= set(ids(draft))
        assert len(set(ids(draft))) == len(ids(draft))


@pytest.mark.parametrize(
    ("after", "expected"),
    [("c", "a g(b h(c NEW d) e) f"), ("h", "a g(b h(c d NEW) e) f"), ("f", "a g(b h(c d) e) f NEW"),
     (None, "a g(b h(c d) e) f NEW"), ("gone", "a g(b h(c d) e) f NEW")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Affine", "SomeOf"])
def test_what_is_added_goes_into_a_group_and_behind_a_step(after: str | None, expected: str, name: str) -> None:
    draft, new = edits.add(tree(), name, after)
    assert outline(draft).replace(f"{new}()", "NEW").replace(new, "NEW") == expected


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_new_group_is_empty_and_has_the_p_of_albumentations(kind: str) -> None:
    draft, new = edits.add(Draft(), kind, None)
    added = edits.find(draft, new)
    assert isinstance(added, Group)
    assert (added.children, added.params) == ((), {})
    assert added.p == inspect.signature(getattr(A, kind)).parameters["p"].default


def test_an_id_is_not_used_again_after_its_node_is_gone() -> None:
    draft, first = edits.add(Draft(), "Affine", None)
    assert edits.add(edits.remove(draft, [first]), "Affine", None)[1] != first


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        edits.add(Draft(), "Sparkle", None)


def test_siblings_are_wrapped_in_their_order_at_the_first_ones_place() -> None:
    draft, new = edits.wrap(tree(), ["e", "b"], "OneOf")
    assert outline(draft).replace(new, "NEW") == "a g(NEW(b e) h(c d)) f"
    assert outline(edits.unwrap(draft, new)) == "a g(b e h(c d)) f"


@pytest.mark.parametrize("wrong", [["a", "b"], ["g", "c"], []])
def test_only_siblings_can_be_wrapped_duplicated_or_moved(wrong: list[str]) -> None:
    for edit in (
        lambda: edits.wrap(tree(), wrong, "OneOf"),
        lambda: edits.duplicate(tree(), wrong),
        lambda: edits.move(tree(), wrong, 1),
    ):
        with pytest.raises(ValueError, match=r"one level|at least one"):
            edit()


@pytest.mark.parametrize(
    ("kind", "p", "n"),
    [("OneOf", 1.0, None), ("Sequential", 1.0, None), ("SomeOf", 1.0, 1), ("RandomOrder", 1.0, 3),
     ("OneOrOther", 0.5, None), ("SelectiveChannelTransform", 1.0, None)],
)  # fmt: skip
def test_a_group_around_steps_starts_with_what_people_want_of_it(kind: Any, p: float, n: int | None) -> None:
    draft, new = edits.wrap(Draft(nodes=(step("a"), step("b"), step("c"))), ["a", "b", "c"], kind)
    made = edits.find(draft, new)
    assert isinstance(made, Group)
    assert made.p == p
    assert group_params(made).get("n") == n
    assert made.params == ({"n": 3} if kind == "RandomOrder" else {})


def test_a_sequence_around_steps_changes_nothing() -> None:
    draft = Draft(nodes=(step("a"), step("b")))
    wrapped, _ = edits.wrap(draft, ["a", "b"], "Sequential")
    assert {key: p for key, p in effective(wrapped.nodes).items() if key in "ab"} == effective(draft.nodes)


def test_a_long_random_order_draws_as_many_as_it_may() -> None:
    draft = Draft(nodes=tuple(step(f"a{at}") for at in range(MAX_DRAWS + 5)))
    assert validate(edits.wrap(draft, ids(draft), "RandomOrder")[0])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda draft: edits.move(draft, ["b"], 1), "a g(h(c d) b e) f"),
        (lambda draft: edits.move(draft, ["b"], -5), "a g(b h(c d) e) f"),
        (lambda draft: edits.move(draft, ["b", "h"], 9), "a g(e b h(c d)) f"),
        (lambda draft: edits.move(draft, ["b", "e"], 0), "a g(b e h(c d)) f"),
        (lambda draft: edits.move_out(draft, ["c"]), "a g(b h(d) c e) f"),
        (lambda draft: edits.move_out(draft, ["c", "d"]), "a g(b h() c d e) f"),
        (lambda draft: edits.move_out(draft, ["g"]), "a g(b h(c d) e) f"),
        (lambda draft: edits.move_in(draft, ["e"]), "a g(b h(c d e)) f"),
        (lambda draft: edits.move_in(draft, ["b"]), "a g(h(b c d) e) f"),
        (lambda draft: edits.move_in(draft, ["f"]), "a g(b h(c d) e f)"),
        (lambda draft: edits.move_in(draft, ["c"]), "a g(b h(c d) e) f"),
        (lambda draft: edits.move_to(draft, ["a"], "h", 1), "g(b h(c a d) e) f"),
        (lambda draft: edits.move_to(draft, ["h"], None, 0), "h(c d) a g(b e) f"),
        (lambda draft: edits.move_to(draft, ["f", "a"], "g", 99), "g(b h(c d) e a f)"),
        (lambda draft: edits.move_to(draft, ["g"], "h", 0), "a g(b h(c d) e) f"),
        (lambda draft: edits.move_to(draft, ["g"], "g", 0), "a g(b h(c d) e) f"),
        (lambda draft: edits.remove(draft, ["a", "h", "gone"]), "g(b e) f"),
        (lambda draft: edits.unwrap(draft, "g"), "a b h(c d) e f"),
        (lambda draft: edits.unwrap(draft, "a"), "a g(b h(c d) e) f"),
    ],
)
def test_nodes_move_through_the_tree(edit: Callable[[Draft], Draft], expected: str) -> None:
    assert outline(edit(tree())) == expected


@pytest.mark.parametrize("chosen", [["b"], ["e"], ["f"]])
def test_out_after_in_leads_beside_the_group_again(chosen: list[str]) -> None:
    draft = edits.move_out(edits.move_in(tree(), chosen), chosen)
    parent, at = edits.place(draft, chosen[0])
    assert parent == edits.place(tree(), chosen[0])[0]
    assert isinstance(edits.level(draft, parent)[at - 1], Group)


@given(st.sampled_from("abcdefgh"), st.sampled_from([None, "g", "h"]), st.integers(-2, 6))
def test_a_node_stands_where_it_was_moved_to(node_id: str, parent: str | None, index: int) -> None:
    draft = edits.move_to(tree(), [node_id], parent, index)
    if (node_id, parent) in [("g", "g"), ("g", "h"), ("h", "h")]:
        assert draft == tree()
    else:
        where, at = edits.place(draft, node_id)
        assert where == parent
        assert at == min(max(index, 0), len(edits.level(draft, parent)) - 1)


def test_a_step_holds_no_other() -> None:
    with pytest.raises(KeyError):
        edits.move_to(tree(), ["a"], "b", 0)


def test_copies_stand_together_behind_their_originals_with_ids_of_their_own() -> None:
    draft, copies = edits.duplicate(tree(), ["b", "h"])
    inner = [node.id for node, _ in walk((edits.find(draft, copies[1]),))][1:]  # type: ignore[arg-type]
    assert outline(draft) == f"a g(b h(c d) {copies[0]} {copies[1]}({' '.join(inner)}) e) f"


def test_several_are_switched_at_once() -> None:
    draft = edits.set_enabled(tree(), ["b", "h"], False)
    assert [node.id for node, _ in walk(draft.nodes) if not node.enabled] == ["b", "h"]
    assert edits.set_enabled(draft, ["b", "h"], True) == tree()


def full(count: int) -> Draft:
    return Draft(nodes=(group("g"), *(step(f"s{at}") for at in range(count - 1))))


def deep(depth: int) -> Draft:
    """Groups g1 to g<depth> in each other, beside a group that holds a step."""
    node = group(f"g{depth}")
    for at in range(depth - 1, 0, -1):
        node = group(f"g{at}", node)
    return Draft(nodes=(node, group("x", step("y"))))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda: edits.add(full(MAX_NODES), "Affine", None), f"at most {MAX_NODES} nodes; this would make 1001"),
        (lambda: edits.wrap(full(MAX_NODES), ["g"], "OneOf"), "1001"),
        (lambda: edits.duplicate(full(MAX_NODES - 1), ["g", "s1"]), "1001"),
        (lambda: edits.add(deep(MAX_DEPTH), "Affine", f"g{MAX_DEPTH}"), f"most {MAX_DEPTH} deep; this would make 41"),
        (lambda: edits.wrap(deep(MAX_DEPTH), ["g7"], "OneOf"), "41"),
        (lambda: edits.move_to(deep(MAX_DEPTH - 1), ["x"], f"g{MAX_DEPTH - 1}", 0), "41"),
        (lambda: edits.move_in(Draft(nodes=(group("t"), *deep(MAX_DEPTH).nodes)), ["g1"]), "41"),
    ],
)  # fmt: skip
def test_what_would_be_too_large_is_refused_with_the_limit(edit: Callable[[], Any], words: str) -> None:
    with pytest.raises(TooLargeError, match=words):
        edit()


def test_what_came_too_large_from_elsewhere_can_shrink_and_change() -> None:
    draft = full(MAX_NODES + 50)
    assert len(edits.move_to(draft, ["s1"], "g", 0).nodes) == MAX_NODES + 49
    assert len(ids(edits.remove(draft, ["s1"]))) == MAX_NODES + 49


def test_a_groups_parameter_that_comes_back_to_its_default_is_left_out() -> None:
    draft = Draft(nodes=(group("g", step("a"), kind="SomeOf"),))
    changed = edits.set_param(edits.set_param(draft, "g", "n", 2), "g", "replace", True)
    assert changed.nodes[0].params == {"n": 2, "replace": True}
    assert edits.set_param(edits.set_param(changed, "g", "replace", False), "g", "n", 1) == draft
    assert edits.set_param(draft, "g", "n", True).nodes[0].params == {"n": True}  # wrong, and for validate to say


def test_targets_are_set_and_nothing_else() -> None:
    rules = TargetRules(use_mask=False)
    assert edits.set_targets(tree(), rules) == tree().model_copy(update={"targets": rules})


def test_a_parameter_that_comes_back_to_its_default_is_left_out() -> None:
    draft, new = edits.add(Draft(), "RandomBrightnessContrast", None)
    changed = edits.set_param(draft, new, "brightness_limit", [-0.5, 0.5])
    assert changed.nodes[0].params == {"brightness_limit": [-0.5, 0.5]}
    assert edits.set_param(changed, new, "brightness_limit", [-0.2, 0.2]) == draft
    assert edits.unset_param(changed, new, "brightness_limit") == draft


def test_a_required_parameter_stays_and_goes_back_to_its_start() -> None:
    draft, new = edits.add(Draft(), "Resize", None)
    changed = edits.set_param(draft, new, "height", 99)
    assert edits.unset_param(changed, new, "height") == draft
    assert draft.nodes[0].params["height"] == 256
