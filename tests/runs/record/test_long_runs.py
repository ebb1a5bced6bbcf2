"""Runs of days: what is read of their events is the same as a full read gives, and bounded in what it holds."""

import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.runs.overview.view import RunView
from explorer.runs.record import events, scanning, thinning
from explorer.runs.record.events import Event, EventWriter, first_event, last_event
from explorer.runs.record.history import History, remaining_s
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import saved_step, started
from explorer.runs.record.scanning import EventReader, milestones

STEPS = 4000
PER_EPOCH = 250
KEPT = 64


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a thousand records counts as one of days."""
    monkeypatch.setattr(thinning, "MOST_STEPS", KEPT)
    monkeypatch.setattr(scanning, "RECENT_BYTES", 16_384)
    monkeypatch.setattr(scanning, "FIRST_BYTES", 2048)
    monkeypatch.setattr(scanning, "PORTION_BYTES", 8192)


def lines(steps: int = STEPS, resumed: int = 0) -> list[bytes]:
    """What a trainer tells, a line each; a step takes 2 s, a validation 30 s."""
    told: list[tuple[str, int, int, dict[str, Any]]] = [
        ("phase", 0, resumed, {"phase": "importing", **({"resumed_from_step": resumed} if resumed else {})}),
        ("start", 0, resumed, {"classes": ["a", "b"], "total_steps": 2 * STEPS, "steps_per_epoch": PER_EPOCH}
         | {"epochs": 2 * STEPS // PER_EPOCH, "train_images": 100, "val_images": 10, "resumed_from_step": resumed}),
    ]  # fmt: skip
    for step in range(resumed + 1, steps + 1):
        epoch = (step - 1) // PER_EPOCH
        values = {"loss": math.sin(step), "lr": 1 / step, "images_per_second": step / 2, "accuracy": step % 7 / 7}
        told.append(("step", epoch, step, values))
        if step % PER_EPOCH == 0:
            told += [("phase", epoch, step, {"phase": "validating"}), ("epoch", epoch, step, {"auroc": epoch / 100})]
            told += [("phase", epoch, step, {"phase": "saving"}), ("phase", epoch, step, {"phase": "training"})]
    mono, found = 1000.0, []
    for seq, (kind, epoch, step, values) in enumerate(told):
        mono += 2 if kind == "step" else 10
        head = {"kind": kind, "seq": seq, "time": mono, "mono": mono, "boot": "b", "epoch": epoch, "step": step}
        found.append(json.dumps(head | {"promise_s": 30.0, "values": values}).encode() + b"\n")
    return found


def ends(path: Path) -> tuple[Event, Event]:
    first, last = first_event(path), last_event(path)
    assert first is not None
    assert last is not None
    return first, last


def read(paths: RunPaths) -> History:
    history = History(paths)
    history.read_on()
    return history


def state(history: History) -> dict[str, Any]:
    """All that a page shows of it."""
    steps = history.steps.arrays()
    return {
        "steps": [column.tolist() for column in (steps.step, steps.loss, steps.lr, steps.accuracy)],
        "one_in": steps.one_in,
        "epochs": history.epochs,
        "at": (history.epoch, history.step, history.phase, history.images_per_second, history.skipped),
        "left": remaining_s(history, history.last.moment) if history.last else None,
        "last": history.last,
    }


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The lines that were decoded."""
    found: list[bytes] = []

    def noted(line: bytes) -> Event | None:
        found.append(line)
        return events.parse(line)

    monkeypatch.setattr(scanning, "parse", noted)
    return found


@pytest.fixture
def amounts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each look at a file has taken."""
    found: list[int] = []
    pread = os.pread

    def noted(descriptor: int, length: int, offset: int) -> bytes:
        data = pread(descriptor, length, offset)
        found.append(len(data))
        return data

    monkeypatch.setattr(os, "pread", noted)
    return found


@pytest.mark.parametrize("cuts", [[1000, 1001, 2500, 2501, 2502, 4060], list(range(0, 2100, 53))])
def test_reading_a_long_run_bit_by_bit_gives_the_same_as_at_once(folder: RunPaths, cuts: list[int]) -> None:
    followed, told = History(folder), lines()
    for begin, end in zip([0, *cuts], [*cuts, len(told)], strict=True):
        with folder.events(1).open("ab") as file:
            file.write(b"".join(told[begin:end]))
        followed.read_on()
        assert state(followed) == state(read(folder))
    assert len(followed.epochs) == STEPS // PER_EPOCH


def test_the_series_of_a_long_run_is_short_even_and_made_of_real_records(folder: RunPaths) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    steps = read(folder).steps.arrays()
    assert KEPT / 2 <= len(steps.step) <= KEPT + 1
    assert steps.step[-1] == STEPS
    assert np.diff(steps.step).max() <= 3 * steps.one_in
    for values, expected in ((steps.loss, np.sin(steps.step)), (steps.lr, 1 / steps.step)):
        np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("every", [1, 2, 4, 8, 64])
def test_steps_told_in_a_rhythm_do_not_fall_through(every: int) -> None:
    """Where each so-manieth record only is one of a step, as in short epochs, the series is no shorter for it."""
    series = thinning.StepSeries()
    for place in range(STEPS):
        series.add(Event("step", every * place + 1, 0, 0, "b", 0, place, 1, {"loss": 1.0}), 0.0)
    assert len(series) > KEPT / 4


def test_a_short_run_has_every_step(folder: RunPaths) -> None:
    folder.events(1).write_bytes(b"".join(lines(KEPT)))
    steps = read(folder).steps.arrays()
    assert (steps.step.tolist(), steps.one_in) == (list(range(1, KEPT + 1)), 1)


def test_a_long_run_that_was_resumed_has_neither_gap_nor_double(folder: RunPaths) -> None:
    followed = History(folder)
    folder.events(1).write_bytes(b"".join(lines(3000)))
    followed.read_on()
    folder.events(2).write_bytes(b"".join(lines(4000, resumed=2000)))
    followed.read_on()
    assert state(followed) == state(read(folder))
    steps = followed.steps.arrays()
    assert (np.diff(steps.step) > 0).all()
    np.testing.assert_array_equal(steps.loss, np.sin(steps.step))
    assert {found.attempt for epoch, found in followed.epochs.items() if epoch >= 8} == {2}
    # The clock of work goes on where the first attempt ended, though the second one has other times.
    assert (np.diff(steps.seconds) > 0).all()
    worked = [last.moment.since(first.moment) for first, last in map(ends, (folder.events(1), folder.events(2)))]
    assert followed.last is not None
    assert steps.seconds[-1] == pytest.approx(sum(worked), abs=60)
    assert followed.epochs[8].seconds > worked[0]


def test_hardly_any_step_of_a_long_run_is_decoded(folder: RunPaths, decoded: list[bytes]) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    read(folder)
    others = 7 * STEPS // PER_EPOCH  # of other kinds, with the steps around them
    halvings = KEPT + math.log2(STEPS / KEPT) * KEPT
    assert len(decoded) < others + halvings + scanning.RECENT_BYTES / 200 + 20
    assert len(decoded) < STEPS / 4


def test_no_look_at_the_events_takes_more_than_a_portion(folder: RunPaths, amounts: list[int]) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    found = list(EventReader(folder.events(1)).read())
    assert found == [events.parse(line) for line in lines()]
    assert max(amounts) == scanning.PORTION_BYTES
    assert sum(amounts) < 1.2 * folder.events(1).stat().st_size


def test_a_tick_of_a_long_run_reads_what_is_new(folder: RunPaths, amounts: list[int], decoded: list[bytes]) -> None:
    *before, last = lines()
    folder.events(1).write_bytes(b"".join(before))
    view = RunView(folder)
    view.refresh()
    amounts.clear()
    decoded.clear()
    with folder.events(1).open("ab") as file:
        file.write(last)
    assert view.refresh().phase == ""  # nobody trains here: the run is lost
    assert decoded == [last[:-1]]
    assert sum(amounts) <= 2 * len(last) + 2 * events._TAIL_BYTES  # with the state, which is made of the last record


def test_the_records_of_other_kinds_are_all_there(folder: RunPaths) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    expected = [event for line in lines() if (event := events.parse(line)) and event.kind != "step"]
    assert list(milestones(folder.events(1))) == expected
    assert started(folder, 1) == expected[1]


def test_the_step_that_was_saved_is_found_in_a_long_run(folder: RunPaths, decoded: list[bytes]) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    folder.checkpoints.mkdir()
    folder.last.write_bytes(b"x")
    assert saved_step(folder) == STEPS
    assert len(decoded) < STEPS / 4


def test_who_writes_on_reads_the_end_only(folder: RunPaths, amounts: list[int]) -> None:
    folder.events(1).write_bytes(b"".join(lines()))
    with EventWriter(folder, 1) as writer:
        writer.write("step", step=STEPS + 1, promise_s=30)
    assert sum(amounts) <= events._TAIL_BYTES + 1
    last = last_event(folder.events(1))
    assert last is not None
    assert (last.seq, last.step) == (len(lines()), STEPS + 1)


def test_a_record_longer_than_the_end_that_is_looked_at_is_found(folder: RunPaths) -> None:
    with EventWriter(folder, 1) as writer:
        writer.write("start", promise_s=30, classes=["ant" * 10] * 5000)
    for event in (first_event(folder.events(1)), last_event(folder.events(1))):
        assert event is not None
        assert len(event.values["classes"]) == 5000
    with folder.events(1).open("ab") as file:
        file.write(b'{"kind": "step"' + b" " * 3 * events._TAIL_BYTES)
    torn = last_event(folder.events(1))
    assert torn is not None
    assert torn.kind == "start"


def damaged() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    yield "torn", lambda line: line[:40] + b"\n"
    yield "without an end", lambda line: line[:-2] + b"\n"
    yield "longer than a portion", lambda line: b"x" * 30_000 + b"\n"
    yield "no number", lambda line: line.replace(b'"seq": ', b'"seq": x')


@pytest.mark.parametrize("damage", [pytest.param(one, id=name) for name, one in damaged()])
def test_damage_in_a_long_run_costs_its_line(folder: RunPaths, damage: Callable[[bytes], bytes]) -> None:
    told = lines()
    told[1000] = damage(told[1000])
    folder.events(1).write_bytes(b"".join(told))
    history = read(folder)
    assert (history.skipped, history.step) == (1, STEPS)
    reader = EventReader(folder.events(1))
    assert [event.seq for event in reader.read()] == [seq for seq in range(len(told)) if seq != 1000]
    assert reader.skipped == 1


def test_a_long_file_put_back_from_a_copy_counts_nothing_twice(folder: RunPaths) -> None:
    told = lines()
    folder.events(1).write_bytes(b"".join(told))
    history = read(folder)
    before = state(history)
    folder.events(1).write_bytes(b"".join(told[:2000]))
    history.read_on()
    folder.events(1).write_bytes(b"".join(told))
    history.read_on()
    assert state(history) == before
