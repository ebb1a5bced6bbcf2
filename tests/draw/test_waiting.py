"""Which drawing comes next, by a clock that the test sets."""

from collections.abc import Sequence
from typing import Any

from explorer.draw.drawing import Drawing, Urgency
from explorer.draw.limits import SLOW_SECONDS
from explorer.draw.waiting import MOST_WAITING, Waiting
from tests.draw.breaking import Says
from tests.draw.conftest import order

LOOK, FILL, COUNT = Urgency
LATER = 100.0  # nobody has looked for a while


def asked(session: str = "me", urgency: Urgency = LOOK, channel: str = "", begun: float | None = None) -> Drawing[Any]:
    drawing = Drawing(Says(), order(session, channel, urgency))
    drawing.begun = begun
    return drawing


def added(*drawings: Drawing[Any], now: float = 0.0) -> Waiting:
    waiting = Waiting()
    for drawing in drawings:
        assert waiting.add(drawing, now) == []
    return waiting


def taken(waiting: Waiting, running: Sequence[Drawing[Any]] = (), workers: int = 2, now: float = 0.0) -> Any:
    return waiting.take(running, workers, now)


def emptied(waiting: Waiting) -> list[Drawing[Any]]:
    """Everything, one after the other."""
    return [taken(waiting, now=LATER) for _ in range(len(waiting))]


def test_what_somebody_waits_for_comes_before_what_is_one_of_many_and_statistics_last() -> None:
    count, fill, look = asked(urgency=COUNT), asked(urgency=FILL), asked(urgency=LOOK)
    assert emptied(added(count, fill, look)) == [look, fill, count]


def test_of_a_widget_only_the_newest_is_drawn() -> None:
    waiting = Waiting()
    other, strange = asked(channel="strip"), asked("you", channel="preview")
    old, new = asked(channel="preview"), asked(channel="preview")
    for drawing in (other, strange, old):
        assert waiting.add(drawing, 0.0) == []
    assert waiting.add(new, 0.0) == [old]
    assert set(emptied(waiting)) == {other, strange, new}


def test_many_come_in_the_order_that_they_were_asked_for_and_looks_from_the_newest() -> None:
    fills = [asked(urgency=FILL) for _ in range(3)]
    assert emptied(added(*fills)) == fills
    looks = [asked() for _ in range(3)]
    assert emptied(added(*looks)) == looks[::-1]


def test_what_is_drawn_once_more_comes_first() -> None:
    fills = [asked(urgency=FILL) for _ in range(2)]
    waiting, once_more = added(*fills), asked(urgency=FILL)
    assert waiting.add(once_more, 0.0, again=True) == []
    assert emptied(waiting) == [once_more, *fills]


def test_what_is_drawn_once_more_does_not_drop_a_newer_one_of_its_widget() -> None:
    newer, once_more = asked(channel="preview"), asked(channel="preview")
    assert added(newer).add(once_more, 0.0, again=True) == []


def test_sessions_take_turns() -> None:
    greedy = [asked("greedy", FILL) for _ in range(4)]
    modest = [asked("modest", FILL) for _ in range(2)]
    sessions = [drawing.order.session for drawing in emptied(added(*greedy, *modest))]
    assert sessions == ["greedy", "modest", "greedy", "modest", "greedy", "greedy"]


def test_no_more_are_drawn_at_once_than_there_are_workers() -> None:
    running = [asked(begun=1.0), asked("you", begun=1.0)]
    waiting = added(asked("third"))
    assert taken(waiting, running) is None
    assert taken(waiting, running[:1]) is not None


def test_slow_drawings_keep_no_place_but_are_at_most_as_many_as_workers() -> None:
    now = 1.0 + SLOW_SECONDS * 2
    slow = [asked(f"slow {number}", begun=1.0) for number in range(4)]
    waiting, third = Waiting(), asked("third")
    waiting.add(third, 0.0)
    assert taken(waiting, slow, now=now) is None  # 4 of 2 workers
    assert taken(waiting, [*slow[:2], asked("quick", begun=now), asked("quick", begun=now)], now=now) is None
    assert taken(waiting, slow[:2], now=now) is third


def test_a_session_has_one_slow_drawing_at_a_time_and_others_go_on() -> None:
    now = 1.0 + SLOW_SECONDS * 2
    slow, next_one, other = asked(urgency=FILL, begun=1.0), asked(urgency=FILL), asked("you", FILL)
    waiting = added(next_one, other)
    assert taken(waiting, [slow], now=now) is other
    assert taken(waiting, [slow], now=now) is None
    assert taken(waiting, [], now=now) is next_one


def test_a_slow_cell_does_not_keep_the_same_session_from_its_preview() -> None:
    slow, look = asked(urgency=FILL, begun=1.0), asked(urgency=LOOK)
    assert taken(added(look), [slow], now=1.0 + SLOW_SECONDS * 2) is look


def test_statistics_leave_a_worker_free_while_somebody_looks_and_take_all_when_nobody_does() -> None:
    counting = asked("statistics", COUNT, begun=LATER)
    waiting, next_one = Waiting(), asked("more statistics", COUNT)
    waiting.add(asked(), LATER)
    waiting.add(next_one, LATER)
    assert taken(waiting, [counting], now=LATER) is not next_one  # the look comes first
    assert taken(waiting, [counting], now=LATER + 0.1) is None
    assert taken(waiting, [], now=LATER + 0.1) is next_one  # one of them goes on, however busy it is
    waiting.add(next_one, LATER)
    counting.begun = 2 * LATER
    assert taken(waiting, [counting], now=2 * LATER) is next_one


def test_a_session_can_have_only_so_many_waiting_and_the_last_of_them_are_dropped() -> None:
    fills = [asked(urgency=FILL) for _ in range(MOST_WAITING)]
    waiting, one_more = added(*fills), asked(urgency=FILL)
    assert waiting.add(one_more, 0.0) == [one_more]
    assert waiting.add(asked("you", FILL), 0.0) == []
    assert len(waiting) == MOST_WAITING + 1


def test_what_was_removed_is_not_drawn_and_nothing_is_left_of_it() -> None:
    first, second = asked(urgency=FILL), asked(urgency=FILL)
    waiting = added(first, second)
    waiting.remove(first)
    waiting.remove(first)
    waiting.remove(asked("nobody"))
    assert waiting.all() == [second]
    assert emptied(waiting) == [second]
    assert len(waiting) == 0
    assert taken(waiting) is None
