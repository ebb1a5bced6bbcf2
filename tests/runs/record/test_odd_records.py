"""Records that hold what no record should: the list, each run's lines and its view are there all the same."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from explorer.augment.pipeline import Pipeline
from explorer.base import records
from explorer.base.processes import Moment
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.cli import main as cli
from explorer.runs.cli.main import main
from explorer.runs.overview.view import RunView
from explorer.runs.queue import queue
from explorer.runs.record import launch_record, meta, outcome, results
from explorer.runs.record.events import EventWriter
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, queue_root, runs_root
from explorer.runs.record.results import CheckResult, CheckStep
from explorer.runs.spec.config import RunConfig, dumps

ODD = {
    "infinity": "1e999", "nothing": "-1e999", "no number": "NaN", "half a character": '"\\ud800"',
    "a byte of a name": '"\\udcff"', "too many digits": "9" * 5000, "too large": "9" * 400, "large": "1e300",
    "no such year": "1e15", "below zero": "-1e15", "null": "null", "a list": '[[["x"]]]',
    "an object": '{"\\ud800": 1e999}', "a text": '"x"', "true": "true", "deep": "[" * 3000 + "]" * 3000,
}  # fmt: skip
# What reading makes nothing of, and what it makes text of.
ALIKE = (("infinity", "nothing", "no number", "too large"), ("half a character", "a byte of a name"))
UNREADABLE = ("too many digits", "deep")
RUN = "20261123-142501-ants-x7k"


def make_run() -> RunPaths:
    """A run with every record that there is."""
    paths = RunPaths(runs_root() / RUN)
    paths.root.mkdir()
    paths.config.write_text(dumps(RunConfig(name="ants", kind="check", dataset=DigitsSpec(), pipeline=Pipeline())))
    launch_record.write_launch(paths, 1, Launch.prepared(Moment.now(), paths))
    launch_record.write_ended(paths, 1, -9)
    with EventWriter(paths, 1) as writer:
        writer.write("phase", promise_s=5, phase="importing")
        writer.write("start", promise_s=5, total_steps=4, steps_per_epoch=2, epochs=2, train_images=9, val_images=3)
        writer.write("step", step=1, promise_s=5, loss=0.5, lr=0.1, images_per_second=9.0)
        writer.write("step", step=2, promise_s=5, loss=0.4, lr=0.1, images_per_second=9.0)
        writer.write("epoch", step=2, promise_s=5, train_loss=0.4, val_loss=0.5, auroc=0.9, duration_s=2.0)
    meta.change(paths, name="my ants", tags=["a"], note="good")
    results.write(paths, CheckResult(steps=(CheckStep(name="data", state="ok", seconds=1.0),)))
    paths.stop.parent.mkdir()
    paths.stop.write_text(json.dumps(asdict(Moment.now())))
    paths.killed(1).write_text(json.dumps({"reason": "It was ended.", "time": 1.0}))
    paths.terminated(1).write_text(json.dumps({"time": 1.0}))
    queue_root()
    queue.set_slots("cpu", 2)
    outcome.write(paths, Outcome("finished", "All 2 epochs are done.", 1.8e9, best={"epoch": 1, "auroc": 0.9}))
    return paths


def fields(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of each value in a record, also inside of others."""
    if place:
        yield place
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from fields(inner, (*place, name))


def spoilt(line: str, name: str) -> Iterator[str]:
    """The record with one of its values after the other replaced, and with all of them.

    Of a config only some are: nobody but a resume reads the others one by one. Of odd values that are read alike,
    each place gets another one, and of those that make a record unreadable the first place does.
    """
    mark, odd = "a value to be replaced", ODD[name]
    alike = next((names for names in ALIKE if name in names), (name,))
    places = islice(fields(json.loads(line)), alike.index(name), 1 if name in UNREADABLE else 14, len(alike))
    for place in places:
        record = json.loads(line)
        inside = record
        for name in place[:-1]:
            inside = inside[name]
        inside[place[-1]] = mark
        yield json.dumps(record).replace(f'"{mark}"', odd)
    every = json.dumps(dict.fromkeys(json.loads(line), mark)).replace(f'"{mark}"', odd)
    yield every
    yield odd


def look(paths: RunPaths) -> None:
    """All that pages and commands read of a run."""
    assert main(["list"]) == 0
    assert main(["show", paths.id, "--json"]) == 0
    view = RunView(paths)
    view.refresh()
    results.check_result(paths)
    results.rate_result(paths)


@pytest.fixture(autouse=True, scope="module")
def _one_parser() -> Iterator[None]:
    """To make the parser takes longer than the commands do, hundreds of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "_parser", cache(cli._parser))
        yield


@pytest.mark.parametrize("odd", ODD)
def test_a_run_with_an_odd_value_in_a_record_is_listed_and_shown(odd: str, capsys: pytest.CaptureFixture[str]) -> None:
    paths = make_run()
    files = [*paths.root.rglob("*.json*"), paths.stop, queue_root() / "settings.json"]
    assert len(files) == 11
    for file in sorted(files, key=lambda file: file != paths.outcome):
        whole = file.read_text()
        lines = whole.splitlines() if file.suffix == ".jsonl" else [whole]
        for line in lines:
            for other in spoilt(line, odd):
                file.write_text(whole.replace(line, other))
                look(paths)
                said = capsys.readouterr().out
                assert paths.id in said
                said.encode()  # no half of a character reaches a terminal or a page
        file.write_text(whole)
        paths.outcome.unlink(missing_ok=True)  # all others belong to a run that was lost: more of them is looked at


@pytest.mark.parametrize("best", [None, [], "none"])
def test_an_outcome_without_a_best_epoch_is_read(best: object) -> None:
    paths = make_run()
    paths.outcome.write_text(json.dumps(json.loads(paths.outcome.read_text()) | {"best": best}))
    found = outcome.read(paths)
    assert found is not None
    assert (found.state, found.best) == ("finished", {})


def test_what_is_read_of_json_is_what_a_page_can_take() -> None:
    text = b'{"a": 1e999, "b": [NaN, 2], "c": "\\ud800", "d": "\\ud83d\\ude00", "e": 9223372036854775808}'
    assert records.parse(text) == {
        "a": None, "b": [None, 2], "c": "\\ud800", "d": "😀", "e": None,
    }  # fmt: skip
    assert records.parse(b"\xef\xbb\xbf[1e300, -9223372036854775807]") == [1e300, -9223372036854775807]


def test_names_that_are_no_text_are_written_as_they_are_shown(folder: RunPaths) -> None:
    outcome.write(folder, Outcome("failed", "ants/\udcff.png is damaged.", 1.0))
    assert outcome.read(folder) == Outcome("failed", "ants/\\xff.png is damaged.", 1.0)
    with EventWriter(folder, 1) as writer:
        writer.write("start", promise_s=5, classes=["a\udcfe"])
    assert json.loads(Path(folder.events(1)).read_text())["values"]["classes"] == ["a\\xfe"]
