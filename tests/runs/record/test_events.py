"""Events: appended in one piece, read on from a byte offset, torn and damaged lines survived."""

import json
import math
import threading

import numpy as np
import pytest

from explorer.runs.record.events import EventWriter, last_event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader


def _write(folder: RunPaths, steps: range) -> None:
    with EventWriter(folder, 1) as writer:
        for step in steps:
            writer.write("step", epoch=0, step=step, promise_s=30, loss=1 / (step + 1))


def test_a_reader_reads_on_from_where_it_was(folder: RunPaths) -> None:
    reader = EventReader(folder.events(1))
    assert list(reader.read()) == []
    _write(folder, range(3))
    assert [event.step for event in reader.read()] == [0, 1, 2]
    assert reader.offset == folder.events(1).stat().st_size
    assert list(reader.read()) == []
    _write(folder, range(3, 5))
    assert [(event.seq, event.step) for event in reader.read()] == [(3, 3), (4, 4)]


def test_what_was_read_before_is_never_read_again(folder: RunPaths) -> None:
    reader = EventReader(folder.events(1))
    with EventWriter(folder, 1) as writer:
        writer.write("step", step=1, promise_s=30)
        list(reader.read())
        folder.events(1).write_bytes(b"\xff" * (reader.offset - 1) + b"\n")  # if it looked there, it would find damage
        writer.write("step", step=2, promise_s=30)
    assert [event.step for event in reader.read()] == [2]
    assert reader.skipped == 0


def test_a_file_that_grows_byte_by_byte_gives_each_record_once(folder: RunPaths) -> None:
    _write(folder, range(4))
    content = folder.events(1).read_bytes()
    whole = list(EventReader(folder.events(1)).read())
    for cut in range(len(content)):
        folder.events(1).write_bytes(content[:cut])
        reader = EventReader(folder.events(1))
        first = list(reader.read())
        assert first == whole[: content[:cut].count(b"\n")]
        folder.events(1).write_bytes(content)
        assert first + list(reader.read()) == whole
        assert reader.skipped == 0


def test_a_writer_ends_the_line_that_a_killed_one_left_torn(folder: RunPaths) -> None:
    _write(folder, range(2))
    with folder.events(1).open("ab") as file:
        file.write(b'{"kind": "step", "se')
    _write(folder, range(2, 4))
    reader = EventReader(folder.events(1))
    assert [(event.seq, event.step) for event in reader.read()] == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert reader.skipped == 1


GOOD = {"kind": "step", "seq": 9, "time": 1.0, "mono": 1.0, "boot": "b", "epoch": 0, "step": 1, "promise_s": 1.0}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        "3",
        "not JSON",
        "\xff\xfe",
        "[" * 100_000,
        json.dumps(GOOD),
        json.dumps(GOOD | {"values": []}),
        json.dumps(GOOD | {"values": {}, "time": math.nan}),
        json.dumps(GOOD | {"values": {}, "seq": "first"}),
        json.dumps(GOOD | {"values": {}, "step": math.inf}),
    ],
)
def test_a_damaged_line_is_skipped_and_counted(folder: RunPaths, line: str) -> None:
    _write(folder, range(1))
    with folder.events(1).open("a", encoding="latin-1") as file:
        file.write(line + "\n")
    _write(folder, range(1, 2))
    reader = EventReader(folder.events(1))
    assert [event.step for event in reader.read()] == [0, 1]
    assert reader.skipped == 1
    last = last_event(folder.events(1))
    assert last is not None
    assert last.step == 1


def test_a_file_put_back_from_a_copy_counts_nothing_twice(folder: RunPaths) -> None:
    _write(folder, range(3))
    content = folder.events(1).read_bytes()
    reader = EventReader(folder.events(1))
    list(reader.read())
    folder.events(1).write_bytes(content.splitlines(keepends=True)[0])
    assert list(reader.read()) == []
    folder.events(1).write_bytes(content)
    assert list(reader.read()) == []


def test_records_of_several_threads_stay_whole(folder: RunPaths) -> None:
    with EventWriter(folder, 1) as writer:

        def tell(thread: int) -> None:
            for step in range(100):
                writer.write("step", epoch=thread, step=step, promise_s=30, words="x" * 500)

        threads = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    reader = EventReader(folder.events(1))
    events = list(reader.read())
    assert [event.seq for event in events] == list(range(400))
    assert {(event.epoch, event.step) for event in events} == {(t, s) for t in range(4) for s in range(100)}
    assert reader.skipped == 0


def test_numbers_of_numpy_are_numbers_and_what_is_none_is_nan(folder: RunPaths) -> None:
    with EventWriter(folder, 1) as writer:
        values = {"loss": math.nan, "auroc": np.float32(0.5), "counts": np.array([1, 2]), "per_class": [math.inf, 0.25]}
        writer.write("epoch", epoch=2, step=7, promise_s=30, **values)
    event = last_event(folder.events(1))
    assert event is not None
    assert event.values == {"loss": None, "auroc": 0.5, "counts": [1, 2], "per_class": [None, 0.25]}
    assert math.isnan(event.number("loss"))
    assert math.isnan(event.number("unknown"))
    assert event.number("auroc") == 0.5
    assert "NaN" not in folder.events(1).read_text()


def test_the_last_event_is_found_behind_a_long_history(folder: RunPaths) -> None:
    _write(folder, range(2000))
    last = last_event(folder.events(1))
    assert last is not None
    assert last.step == 1999
    assert last_event(folder.events(2)) is None


@pytest.mark.parametrize("promise_s", [0, -1, math.nan, math.inf])
def test_a_promise_must_be_one(folder: RunPaths, promise_s: float) -> None:
    with EventWriter(folder, 1) as writer, pytest.raises(ValueError, match="promise_s must be seconds above 0"):
        writer.write("step", promise_s=promise_s)


def test_an_unknown_kind_is_refused(folder: RunPaths) -> None:
    with EventWriter(folder, 1) as writer, pytest.raises(ValueError, match="kind must be one of phase, start"):
        writer.write("batch", promise_s=1)  # type: ignore[arg-type]
