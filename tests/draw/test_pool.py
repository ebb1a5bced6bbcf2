"""The pool of workers: what they send, what ends them, and what becomes of the drawing then."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.augment.apply import AugmentError
from explorer.data.stored import ImageError
from explorer.draw import limits
from explorer.draw import pool as pool_module
from explorer.draw import pool as pools
from explorer.draw.drawing import BrokenError, CancelledError, Drawing, DrawingError, Ending, Urgency
from explorer.draw.encoding import Classes
from explorer.draw.pictures import NoPicture, Photograph, Subject
from explorer.draw.pool import Pool
from explorer.draw.requests import Preview
from tests.draw.breaking import HUGE, Crashes, Parts, Raises, Says, SendsPickles, Stuck, Wants
from tests.draw.conftest import LONG_S, Sign, drawn, gone, kill, order, over
from tests.runs.conftest import wait_for

NewSign = Callable[[], Sign]
CLASSES = Classes((), ((255, 0, 0),))


def ended(pool: Pool, drawing: Drawing[Any]) -> DrawingError:
    """Why a worker could not make it; the pool draws other things afterwards."""
    error = over(drawing).error
    assert isinstance(error, DrawingError)
    assert drawn(pool, Says())
    return error


# What comes back


def test_parts_arrive_in_their_order_and_the_first_is_there_before_the_last_is_drawn(
    pool: Pool, tmp_path: Path
) -> None:
    drawing = pool.submit(Parts(tmp_path / "go on"), order())
    assert drawing.wait(LONG_S, parts=1)
    first = ["preview", b"one", b"", bytes(range(256)) * 5000]
    assert drawing.result() == [first]
    assert not drawing.done
    (tmp_path / "go on").touch()
    assert over(drawing).result() == [first, {"strip": b"two"}]


def test_a_preview_comes_before_its_strip(pool: Pool) -> None:
    drawing = pool.submit(
        Preview(Subject(Photograph("coffee")), HUGE.model_copy(update={"nodes": ()}), 0, CLASSES), order()
    )
    assert drawing.wait(LONG_S, parts=1)
    assert drawing.result().frame
    assert over(drawing).result().strip


@pytest.mark.parametrize(
    ("name", "expected"), [("augment", AugmentError), ("picture", NoPicture), ("image", ImageError)]
)
def test_errors_cross_by_their_name_and_a_drawing_that_raises_does_not_end_its_worker(
    pool: Pool, name: str, expected: type[Exception]
) -> None:
    assert drawn(pool, Says())
    before = set(pool.pids())
    with pytest.raises(expected) as caught:
        drawn(pool, Raises(name))
    if isinstance(caught.value, AugmentError):
        assert (caught.value.node_id, caught.value.transform) == ("n7", "Blur")
        assert str(caught.value) == "Blur: It is too blurred."
    assert before <= set(pool.pids())


def test_a_mistake_of_ours_comes_with_its_traceback(pool: Pool) -> None:
    with pytest.raises(BrokenError, match=r"(?s)breaking\.py.*ZeroDivisionError: a mistake"):
        drawn(pool, Raises("ours"))


def test_what_a_worker_sends_is_never_unpickled(pool: Pool, tmp_path: Path) -> None:
    drawing = over(pool.submit(SendsPickles(tmp_path / "executed"), order()))
    assert isinstance(drawing.error, DrawingError)
    assert not (tmp_path / "executed").exists()
    assert drawn(pool, Says())


def test_a_worker_draws_with_the_home_of_the_one_who_asks(
    pool: Pool, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {drawn(pool, Says())[0][1] for _ in range(4)} == {str(home)}
    monkeypatch.setenv("EXPLORER_HOME", str(home / "another"))
    assert {drawn(pool, Says())[0][1] for _ in range(4)} == {str(home / "another")}
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", "/somewhere")
    assert drawn(pool, Says("EXPLORER_DATA_ROOTS"))[0][1] == "/somewhere"
    monkeypatch.delenv("EXPLORER_DATA_ROOTS")
    assert {drawn(pool, Says("EXPLORER_DATA_ROOTS"))[0][1] for _ in range(4)} == {None}


def test_a_crash_is_not_written_to_the_disk_and_each_worker_shares_a_core(pool: Pool, tmp_path: Path) -> None:
    drawing = pool.submit(Stuck(tmp_path / "sign"), order())
    pid = Sign(tmp_path / "sign").wait()
    status = Path(f"/proc/{pid}/limits").read_text()
    core = next(line for line in status.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    drawing.cancel()


# What ends a worker


def test_a_drawing_whose_worker_is_killed_from_outside_is_made_again_by_itself(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    drawing = pool.submit(Stuck(begun.path, good=1), order())
    kill(begun.wait())
    assert over(drawing).result() == ["begun", "done"]
    assert len(begun.pids()) == 2


def test_killed_again_and_again_it_is_given_up_and_may_be_drawn_the_next_time(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    drawing = pool.submit(Stuck(begun.path, good=pool_module._TRIES + 2, key="killed"), order())
    for number in range(pool_module._TRIES + 1):
        kill(begun.wait(number + 1))
    assert ended(pool, drawing).ending is Ending.KILLED
    again = pool.submit(Stuck(begun.path, good=pool_module._TRIES + 1, key="killed"), order())
    assert over(again).result()[-1] == "done"


def test_where_the_template_is_killed_the_next_drawing_starts_another(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    busy, template = pool.submit(Stuck(begun.path, good=1), order()), pool.pids()[0]
    worker = begun.wait()
    kill(template)
    assert over(busy).result()[-1] == "done"
    wait_for(lambda: gone(worker), "the end of its worker")
    assert drawn(pool, Says())
    assert pool.pids()[0] != template
    wait_for(lambda: gone(template), "the end of the template")


def test_a_step_that_crashes_ends_with_its_name_and_is_not_drawn_again_unasked(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    request = Crashes(begun.path, key="this draft")
    error = ended(pool, pool.submit(request, order()))
    assert (error.ending, error.node_id) == (Ending.CRASHED, "flip")
    for session in ("me", "somebody else"):
        again = pool.submit(request, order(session))
        assert again.done
        assert again.error is error
    assert len(begun.pids()) == 1
    assert ended(pool, pool.submit(request, order(asked=True))).ending is Ending.CRASHED
    assert len(begun.pids()) == 2
    assert ended(pool, pool.submit(Crashes(begun.path, key="another draft"), order())).ending is Ending.CRASHED
    assert len(begun.pids()) == 3


def test_a_step_that_wants_more_memory_than_a_worker_may_have_is_named(pool: Pool) -> None:
    request = Preview(Subject(Photograph("coffee")), HUGE, 0, CLASSES)
    error = ended(pool, pool.submit(request, order()))
    assert (error.ending, error.node_id, error.limit) == (Ending.MEMORY, "huge", limits.MEMORY)
    assert pool.submit(request, order()).error is error


def test_memory_that_is_wanted_outside_of_a_step_is_said_without_one(pool: Pool) -> None:
    assert drawn(pool, Wants(limits.MEMORY // 4)) == [limits.MEMORY // 4]
    # Twice as much: what earlier drawings have given back counts as room.
    error = ended(pool, pool.submit(Wants(2 * limits.MEMORY), order()))
    assert (error.ending, error.node_id, error.limit) == (Ending.MEMORY, "", limits.MEMORY)


def test_native_code_that_does_not_come_back_is_ended_at_its_limit_of_time(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    drawing = pool.submit(Stuck(begun.path, key="slow"), order(seconds=0.5))
    pid = begun.wait()
    error = ended(pool, drawing)
    assert (error.ending, error.limit) == (Ending.TIME, 0.5)
    wait_for(lambda: gone(pid), "the end of the worker")
    assert pool.submit(Stuck(begun.path, key="slow"), order(seconds=0.5)).error is error
    assert len(begun.pids()) == 1


def test_cancel_ends_the_process_in_the_middle_of_native_code(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    drawing = pool.submit(Stuck(begun.path, key="cancelled"), order())
    pid = begun.wait()
    drawing.cancel()
    assert drawing.done
    with pytest.raises(CancelledError):
        drawing.result()
    wait_for(lambda: gone(pid), "the end of the worker")
    again = pool.submit(Stuck(begun.path, key="cancelled", good=1), order())
    assert over(again).error is None  # nothing was wrong with the draft


def test_what_waits_is_cancelled_without_a_worker(pool: Pool, sign: NewSign) -> None:
    begun, never = sign(), sign()
    busy = [pool.submit(Stuck(begun.path), order(session)) for session in "abcd"]
    begun.wait(len(busy))
    waiting = pool.submit(Stuck(never.path, good=0), order())
    waiting.cancel()
    for drawing in busy:
        drawing.cancel()
    assert drawn(pool, Says())
    assert never.pids() == []


def test_a_drawing_that_nobody_asks_about_any_more_is_ended(
    pool: Pool, sign: NewSign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "ABANDONED_SECONDS", 0.4)
    begun = sign()
    left = pool.submit(Stuck(begun.path), order())
    pid = begun.wait()
    wait_for(lambda: gone(pid), "the end of the worker", LONG_S)
    assert isinstance(over(left).error, CancelledError)


def test_a_newer_drawing_of_a_widget_ends_the_slow_one_and_others_stay(pool: Pool, sign: NewSign) -> None:
    old_sign, other_sign = sign(), sign()
    old = pool.submit(Stuck(old_sign.path), order(channel="preview"))
    other = pool.submit(Stuck(other_sign.path), order("you", channel="preview"))
    pid = old_sign.wait()
    other_sign.wait()
    wait_for(lambda: pool._older(old.order) == [old], "the old one being slow")
    new = pool.submit(Says(), order(channel="preview"))
    assert isinstance(old.error, CancelledError)
    assert over(new).result()
    wait_for(lambda: gone(pid), "the end of the worker")
    assert not other.done
    other.cancel()


# Fairness


def test_a_session_cannot_take_all_workers(pool: Pool, sign: NewSign) -> None:
    begun = sign()
    greedy = [pool.submit(Stuck(begun.path), order("greedy", urgency=Urgency.FILL)) for _ in range(8)]
    begun.wait()
    for session in ("modest", "quiet"):
        assert over(pool.submit(Says(), order(session, urgency=Urgency.FILL))).result()
    assert len(begun.pids()) <= 2  # both begun at once, before they were slow
    for drawing in greedy:
        drawing.cancel()


def test_many_threads_ask_and_each_gets_its_own(pool: Pool) -> None:
    results: dict[int, Any] = {}

    def ask(number: int) -> None:
        results[number] = drawn(pool, Says(f"NUMBER_{number}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert len(results) == 40
    assert len(pool.pids()) <= 1 + 4
    assert os.getpid() not in {result[0][0] for result in results.values()}
