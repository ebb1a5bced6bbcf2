"""Undo and redo return to every earlier draft."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.augment.pipeline import Draft, Step
from explorer.ui.session.history import LIMIT, History


def draft(name: str) -> Draft:
    return Draft(name=name)


@given(st.lists(st.text("abc", max_size=2), max_size=20))
def test_undo_returns_through_every_earlier_draft_and_redo_comes_back(names: list[str]) -> None:
    history, states = History(draft("start")), [draft("start")]
    for name in names:
        history = history.record(draft(name))
        if history.present != states[-1]:
            states.append(history.present)
    end = history
    for earlier in reversed(states[:-1]):
        history = history.undo()
        assert history.present == earlier
    assert history.undo() == history
    for later in states[1:]:
        history = history.redo()
        assert history.present == later
    assert (history.present, history.past) == (end.present, end.past)


def test_changes_of_one_field_in_a_row_are_one_step() -> None:
    history = History(draft("start"))
    for name in ("a", "ab", "abc"):
        history = history.record(draft(name), ("n1", "scale"))
    history = history.record(draft("other"), ("n1", "rotate"))
    assert history.undo().present == draft("abc")
    assert history.undo().undo().present == draft("start")


def test_a_change_after_undo_forgets_what_was_undone() -> None:
    history = History(draft("a")).record(draft("b")).undo().record(draft("c"))
    assert history.redo().present == draft("c")


def test_history_is_bounded() -> None:
    history = History(draft("0"))
    for number in range(1, 3 * LIMIT):
        history = history.record(draft(str(number)))
    assert len(history.past) == LIMIT


def test_a_series_that_comes_back_to_where_it_began_is_no_step() -> None:
    history = History(draft("before")).record(draft("start"))
    for name in ("a", "ab", "start"):
        history = history.record(draft(name), ("n1", "scale"))
    assert history.undo().present == draft("before")
    # What comes next is a series of its own, and its undo leads to the start.
    history = history.record(draft("b"), ("n1", "scale")).record(draft("bc"), ("n1", "scale"))
    assert history.undo().present == draft("start")
    assert history.undo().undo().present == draft("before")


def test_a_change_back_that_is_no_series_stays_a_step() -> None:
    history = History(draft("on")).record(draft("off")).record(draft("on"))
    assert history.undo().present == draft("off")


def test_true_and_one_are_different_values() -> None:
    number, truth = (Draft(nodes=(Step(id="a", transform="Affine", params={"x": value}),)) for value in (1, True))
    history = History(number).record(truth)
    assert history.present.nodes[0].params["x"] is True
    assert history.undo().present.nodes[0].params["x"] is not True


def test_the_order_of_parameters_is_no_change() -> None:
    one, other = (
        Draft(nodes=(Step(id="a", transform="Affine", params=params),))
        for params in ({"x": 1, "y": 2}, {"y": 2, "x": 1})
    )
    assert History(one).record(other).past == ()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "x", "y"])), max_size=30))
def test_with_and_without_merging_each_undo_changes_something(changes: list[tuple[str, str]]) -> None:
    history = History(draft(""))
    for field, value in changes:
        history = history.record(draft(value), ("n1", field))
    while history.past:
        earlier = history.undo()
        assert earlier.present != history.present
        assert earlier.redo().present == history.present
        history = earlier
    assert history.present == draft("")
