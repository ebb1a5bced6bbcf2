"""Two runs image by image: what can be compared, and the reason why the rest cannot."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.runs.overview.comparison import NotComparable, Pair, pair_of, side_of
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths
from tests.runs.paired import digits, digits_run

A_WRONG, B_WRONG = (3, 10, 11, 12), (3, 40, 41)


def compare(a: RunPaths, b: RunPaths, *, common: bool = False) -> Pair:
    sides = []
    for paths in (a, b):
        view = RunView(paths)
        snapshot = view.refresh()
        sides.append(side_of(view, snapshot, snapshot.config.name if snapshot.config else paths.id))
    return pair_of(*sides, common=common)


def test_the_images_that_changed_sides_are_those_that_one_model_gets_wrong() -> None:
    pair = compare(digits_run("one", A_WRONG), digits_run("two", B_WRONG))
    lost, won = pair.changed_sides()
    assert {each.row_a for each in lost} == {40, 41}
    assert {each.row_a for each in won} == {10, 11, 12}
    assert all(each.a == each.true != each.b and 0.3 < each.score_b < 1 for each in lost)
    found = pair.mcnemar()
    images = len(digits()[1])
    assert (found.both_right, found.only_a, found.only_b, found.both_wrong) == (images - 6, 2, 3, 1)
    assert pair.differences()["accuracy"].difference == pytest.approx(1 / images)
    assert pair.notes == ()


def test_images_are_found_wherever_they_are_in_the_list() -> None:
    order = np.random.default_rng(0).permutation(len(digits()[1]))
    pair = compare(digits_run("one", A_WRONG), digits_run("two", B_WRONG, rows=order.tolist()))
    lost, won = pair.changed_sides()
    assert {int(order[each.row_b]) for each in lost} == {40, 41}
    assert {each.row_a for each in won} == {int(order[each.row_b]) for each in won} == {10, 11, 12}


def test_runs_with_partly_the_same_images_are_compared_on_those_only_if_asked() -> None:
    images = len(digits()[1])
    one, two = digits_run("one", A_WRONG), digits_run("two", B_WRONG, rows=range(11, images), changed=(40,))
    with pytest.raises(
        NotComparable, match=f"{images - 12} are the same, only “one” has 11, 1 were changed"
    ) as refused:
        compare(one, two)
    assert refused.value.common == images - 12
    pair = compare(one, two, common=True)
    assert len(pair.labels) == images - 12
    assert "only “one” has 11" in pair.notes[0]
    assert [{each.row_a for each in part} for part in pair.changed_sides()] == [{41}, {11, 12}]


SAME_DATA = {"validation images": "0a", "contents": "1b 2c"}


def test_runs_without_lists_are_compared_if_they_have_recorded_the_same_data() -> None:
    one, two = (digits_run(name, A_WRONG, listed=False, identity=SAME_DATA) for name in ("one", "two"))
    assert compare(one, two).alignment.complete
    other = digits_run("other", listed=False, identity=SAME_DATA | {"contents": "1b 3d"})
    with pytest.raises(NotComparable, match="has no readable list of its validation images"):
        compare(one, other)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: digits_run("odd", epochs=0), "“odd” has no validated epoch"),
        (lambda: digits_run("odd", scores=False), "“odd” has no scores of single images"),
        (lambda: digits_run("odd", listed=False), "“odd” has no readable list"),
        (lambda: digits_run("odd", classes=[f"digit {n}" for n in range(10)]), "have different classes"),
        (lambda: digits_run("odd", rows=range(5)), "5 are the same"),
        (lambda: digits_run("odd", state="failed", epochs=0), "“odd” has no validated epoch"),
    ],
)
def test_what_cannot_be_compared_says_why_not(make: Callable[[], RunPaths], reason: str) -> None:
    one = digits_run("one")
    with pytest.raises(NotComparable, match=reason) as refused:
        compare(one, make())
    assert refused.value.common == 0


def test_a_damaged_epoch_is_no_number() -> None:
    one, two = digits_run("one"), digits_run("two")
    two.epoch(1, 1).write_bytes(b"PK nothing")
    with pytest.raises(NotComparable, match="The record of epoch 2 of “two” is damaged"):
        compare(one, two)
