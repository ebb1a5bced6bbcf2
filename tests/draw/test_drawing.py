"""A drawing on its way: its parts, its one end, and how far it is."""

import threading
import time

import pytest

from explorer.draw.drawing import CancelledError, Drawing, DrawingError, Ending
from tests.draw.breaking import Says
from tests.draw.conftest import LONG_S, order


def test_the_first_end_counts_and_is_said_once() -> None:
    ends: list[Drawing[object]] = []
    drawing = Drawing(Says(), order(), ends.append)
    drawing.add("here")
    drawing.end()
    drawing.end(DrawingError(Ending.TIME))
    drawing.cancel()
    assert ends == [drawing]
    assert drawing.result() == ["here"]
    assert not drawing.cancelled


def test_a_drawing_that_is_cancelled_gives_nothing_whatever_comes_later() -> None:
    drawing = Drawing(Says(), order())
    drawing.add("here")
    drawing.cancel()
    drawing.add("late")
    drawing.end()
    assert drawing.done
    with pytest.raises(CancelledError):
        drawing.result()


def test_whoever_waits_is_woken_by_the_part_or_by_the_end() -> None:
    drawing = Drawing(Says(), order())
    assert not drawing.wait(0.0)
    threading.Thread(target=lambda: drawing.add("here")).start()
    assert drawing.wait(LONG_S, parts=1)
    assert not drawing.wait(0.0)
    threading.Thread(target=drawing.end).start()
    assert drawing.wait(LONG_S)
    assert drawing.wait(0.0, parts=5)


def test_once_more_from_its_beginning_it_has_no_parts_of_before() -> None:
    drawing = Drawing(Says(), order())
    drawing.add("of a worker that was killed")
    drawing.restart()
    with pytest.raises(CancelledError, match="not there yet"):
        drawing.result()
    drawing.add("of the next")
    assert drawing.result() == ["of the next"]
    assert drawing.retries == 1


def test_progress_grows_and_never_says_that_all_is_done() -> None:
    drawing = Drawing(Says(), order())
    assert drawing.progress().share == 0.0
    drawing.begun = time.monotonic()
    first = drawing.progress()
    while drawing.progress().share <= first.share and drawing.progress().share < 0.97:
        pass
    assert 0 <= first.share <= drawing.progress().share <= 0.97
    assert drawing.progress().seconds_left >= 0
