"""Results of measurements are kept, found by what they are of, and make room."""

import json
import os
from pathlib import Path

import pytest

from explorer.augment.draws import counts
from explorer.augment.pipeline import Pipeline, Step

MILD = Pipeline(nodes=(Step(id="a", transform="HorizontalFlip"),))
OTHER = Pipeline(nodes=(Step(id="a", transform="PiecewiseAffine"),))


def test_results_are_found_by_what_they_are_of(tmp_path: Path) -> None:
    name = counts.key(["ants"], MILD, 1, 50)
    assert counts.load(tmp_path, name) is None
    counts.keep(tmp_path, name, {"draws": 50})
    assert counts.load(tmp_path, name) == {"draws": 50}
    others = [
        counts.key(["bees"], MILD, 1, 50), counts.key(["ants", "ants"], MILD, 1, 50),
        counts.key(["ants"], OTHER, 1, 50), counts.key(["ants"], MILD, 2, 50), counts.key(["ants"], MILD, 1, 51),
    ]  # fmt: skip
    assert len({name, *others}) == 6
    (tmp_path / f"{name}.json").write_text('{"draws": 5')
    assert counts.load(tmp_path, name) is None


def test_the_oldest_results_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_BYTES", 2 * len(json.dumps({"draws": 1})))
    for at, name in enumerate(("a", "b", "c")):
        counts.keep(tmp_path, name, {"draws": 1})
        os.utime(tmp_path / f"{name}.json", (at, at))
    counts.keep(tmp_path, "d", {"draws": 1})
    assert [name for name in "abcd" if counts.load(tmp_path, name)] == ["c", "d"]
