"""What the tree of steps shows for a draft, and which of the browser's messages count."""

from typing import Any

import pytest

from explorer.augment.pipeline import GROUP_KINDS, Draft, Group, Step, validate
from explorer.texts import Augment as T
from explorer.ui.augment.steps import Batch, percent, received, rows


def step(node_id: str, p: float = 0.5, enabled: bool = True) -> Step:
    return Step(id=node_id, transform="HorizontalFlip", p=p, enabled=enabled)


def group(kind: Any, *children: Step | Group, p: float = 1.0, **params: Any) -> Group:
    return Group(id="g", kind=kind, children=children, p=p, params=params)


def shown(draft: Draft, field: str) -> dict[str, Any]:
    return {row["id"]: row[field] for row in rows(draft, {})}


def test_rows_stand_in_the_order_of_application_with_their_depth() -> None:
    inner = Group(id="h", kind="Sequential", children=(step("b"),))
    draft = Draft(nodes=(step("a"), group("OneOf", inner, step("c")), step("d")))
    assert shown(draft, "depth") == {"a": 0, "g": 0, "h": 1, "b": 2, "c": 1, "d": 0}
    assert [row["id"] for row in rows(draft, {})] == ["a", "g", "h", "b", "c", "d"]
    assert shown(draft, "group") == {"a": False, "g": True, "h": True, "b": False, "c": False, "d": False}
    assert shown(draft, "title") | {"a": ""} == {
        "a": "", "g": "OneOf", "h": "Sequential", "b": "HorizontalFlip", "c": "HorizontalFlip", "d": "HorizontalFlip",
    }  # fmt: skip


def test_each_row_has_its_own_p_and_what_the_groups_leave_of_it() -> None:
    draft = Draft(nodes=(group("OneOf", step("a", 0.5), step("b", 0.25), step("c", enabled=False), p=0.6),))
    assert shown(draft, "share") == pytest.approx({"g": 0.6, "a": 0.4, "b": 0.2, "c": 0})
    assert shown(draft, "percent") == {"g": "60 %", "a": "40 %", "b": "20 %", "c": "0 %"}
    assert shown(draft, "p") == {"g": "p 0.6", "a": "p 0.5", "b": "p 0.25", "c": T.OFF}
    assert shown(draft, "tip")["a"] == T.NODE_TIP_WEIGHT.format(name="HorizontalFlip", p=0.5, share="40 %")


def test_a_wrong_draft_has_no_effective_probabilities_and_shows_its_errors() -> None:
    draft = Draft(nodes=(step("a", p=7), group("OneOrOther", step("b"))))
    found = rows(draft, {("a", "p"): "too large", ("a", "x"): "second", ("g", ""): "takes two"})
    assert [row["share"] for row in found] == [None, None, None]
    assert [row["percent"] for row in found] == ["", "", ""]
    assert [(row["wrong"], row["tip"]) for row in found[:2]] == [(True, "too large"), (True, "takes two")]
    assert not found[2]["wrong"]
    assert found[2]["tip"]


def test_an_error_that_only_the_picture_shows_leaves_the_probabilities() -> None:
    draft = Draft(nodes=(step("a"),))
    validate(draft)
    (row,) = rows(draft, {("a", ""): "larger than the picture"})
    assert (row["wrong"], row["share"]) == (True, 0.5)


@pytest.mark.parametrize(
    ("made", "detail"),
    [
        (group("OneOf", step("a"), step("b"), step("c", enabled=False)), "1 of 2"),
        (group("SomeOf", step("a"), step("b"), step("c"), n=2), "2 of 3"),
        (group("SomeOf", step("a"), n=2), "1 of 1"),
        (group("SomeOf", step("a"), n=4, replace=True), "4 of 1, repeats allowed"),
        (group("RandomOrder", step("a"), step("b")), "1 of 2"),
        (group("Sequential", step("a"), step("b")), "all 2"),
        (group("OneOrOther", step("a"), step("b")), "1 of 2"),
        (group("SelectiveChannelTransform", step("a"), channels=[0, 2]), "channels 0 2"),
        (group("OneOf"), T.GROUP_EMPTY),
        (group("SomeOf", step("a"), n="many", replace=3), "many of 1"),
        (group("SelectiveChannelTransform", step("a"), channels="red"), "channels red"),
    ],
)
def test_a_group_says_what_it_draws(made: Group, detail: str) -> None:
    assert shown(Draft(nodes=(made,)), "detail")["g"] == detail


def test_every_kind_of_group_has_its_words() -> None:
    assert set(T.GROUP_HINTS) == set(T.GROUP_DETAILS) == set(GROUP_KINDS)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (1e-6, "<1 %"),
        (0.004, "<1 %"),
        (0.166, "17 %"),
        (0.996, ">99 %"),
        (1 - 1e-15, "100 %"),
        (1, "100 %"),
    ],
)
def test_a_probability_is_never_rounded_to_never_or_always(share: float, words: str) -> None:
    assert percent(share) == words


def test_what_was_heard_once_is_not_heard_again() -> None:
    assert received({"number": 4, "commands": ["x"]}, heard=3) == Batch(4, ["x"])
    assert received({"number": 4, "commands": ["x"]}, heard=4) is None


@pytest.mark.parametrize(
    "sent", [None, 3, "x", [], {}, {"number": "4"}, {"number": 4.5}, {"number": True}, {"number": -1}]
)
def test_what_is_no_message_is_not_heard(sent: Any) -> None:
    assert received(sent, heard=0) is None
