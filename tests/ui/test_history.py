"""Undo and redo return to every earlier draft."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.augment.pipeline import Draft
from explorer.ui.history import LIMIT, History


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
