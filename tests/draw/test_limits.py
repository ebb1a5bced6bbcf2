"""How many workers there are, and the page by which the last step is known."""

import os

import pytest

from explorer.draw.limits import workers
from explorer.draw.note import Note


@pytest.mark.parametrize(("cores", "alone", "beside"), [(1, 2, 2), (2, 2, 2), (3, 3, 2), (8, 8, 7)])
def test_there_are_as_many_workers_as_cores_one_less_beside_a_run_and_two_at_least(
    cores: int, alone: int, beside: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXPLORER_DRAW_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert (workers(training=False), workers(training=True)) == (alone, beside)


@pytest.mark.parametrize(("given", "expected"), [("5", 5), ("1", 1), ("0", 3), ("-2", 3), ("many", 3), ("", 3)])
def test_another_number_can_be_set(given: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)))
    monkeypatch.setenv("EXPLORER_DRAW_WORKERS", given)
    assert workers(training=False) == expected


def test_a_note_is_read_on_the_other_side_and_holds_the_last_step_only() -> None:
    ours, descriptor = Note.new()
    theirs = Note(descriptor)
    os.close(descriptor)
    assert ours.read() == ""
    for node in ("a-rather-long-name", "n1", "걸음", ""):
        theirs.write(node)
        assert ours.read() == node
    theirs.write("x" * 10_000)
    assert set(ours.read()) == {"x"}
