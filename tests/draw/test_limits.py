"""How many workers there are, and the page by which the last step is known."""

import os

import pytest

from explorer.draw.limits import workers
from explorer.draw.protocol import Note


def test_there_are_as_many_workers_as_cores_one_less_beside_a_run_and_two_at_least(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("EXPLORER_DRAW_WORKERS", raising=False)
    found = {}
    for cores in (1, 2, 3, 8):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        found[cores] = workers(training=False), workers(training=True)
    assert found == {1: (2, 2), 2: (2, 2), 3: (3, 2), 8: (8, 7)}


def test_another_number_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)))
    found = {}
    for given in ("5", "1", "0", "-2", "many", ""):
        monkeypatch.setenv("EXPLORER_DRAW_WORKERS", given)
        found[given] = workers(training=False)
    assert found == {"5": 5, "1": 1, "0": 3, "-2": 3, "many": 3, "": 3}


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
