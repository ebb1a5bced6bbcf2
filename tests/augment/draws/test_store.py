"""Results of measurements are kept, found by what they are of, and make room."""

import json
import os
from pathlib import Path

import pytest

from explorer.augment.draws import store
from explorer.augment.pipeline import Pipeline, Step

MILD = Pipeline(nodes=(Step(id="a", transform="HorizontalFlip"),))
OTHER = Pipeline(nodes=(Step(id="a", transform="PiecewiseAffine"),))


def test_results_are_found_by_what_they_are_of(tmp_path: Path) -> None:
    name = store.key(["ants"], MILD, 1, 50)
    assert store.load(tmp_path, name) is None
    store.keep(tmp_path, name, {"draws": 50})
    assert store.load(tmp_path, name) == {"draws": 50}
    others = [
        store.key(["bees"], MILD, 1, 50), store.key(["ants", "ants"], MILD, 1, 50), store.key(["ants"], OTHER, 1, 50),
        store.key(["ants"], MILD, 2, 50), store.key(["ants"], MILD, 1, 51),
    ]  # fmt: skip
    assert len({name, *others}) == 6
    (tmp_path / f"{name}.json").write_text('{"draws": 5')
    assert store.load(tmp_path, name) is None


def test_the_oldest_results_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 2 * len(json.dumps({"draws": 1})))
    for at, name in enumerate(("a", "b", "c")):
        store.keep(tmp_path, name, {"draws": 1})
        os.utime(tmp_path / f"{name}.json", (at, at))
    store.keep(tmp_path, "d", {"draws": 1})
    assert [name for name in "abcd" if store.load(tmp_path, name)] == ["c", "d"]
