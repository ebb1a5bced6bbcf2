"""What a person decides about a data set: kept, undone, and not lost between two windows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer import child_environment
from explorer.data import curation
from explorer.data.curation import CurationError, curated
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec

_WRITER = """
import sys
from explorer.data import curation
from explorer.data.formats.image_folder import ImageFolderSpec
spec = ImageFolderSpec(path=sys.argv[1])
for number in range(20):
    curation.leave_out(spec, {f"{sys.argv[2]}-{number}.png": "tried"})
    curation.keep_together(spec, [(f"{sys.argv[2]}-{number}.png", f"{sys.argv[2]}-{number}b.png")])
"""


@pytest.fixture
def spec(tmp_path: Path) -> ImageFolderSpec:
    (tmp_path / "cells").mkdir()
    return ImageFolderSpec(path=str(tmp_path / "cells"))


def test_nothing_was_decided_about_a_new_data_set(spec: ImageFolderSpec) -> None:
    assert curation.read(spec).empty
    assert curated(spec) is spec
    assert curated(ShapesSpec()) == ShapesSpec()


def test_what_was_decided_is_part_of_the_spec(spec: ImageFolderSpec) -> None:
    curation.leave_out(spec, {"a.png": "a copy of b.png"})
    curation.keep_together(spec, [("c.png", "d.png")])
    found = curated(spec.model_copy(update={"left_out": ("z.png",), "together": (("d.png", "e.png"),)}))
    assert found.left_out == ("a.png", "z.png")
    assert found.together == (("c.png", "d.png", "e.png"),)


def test_it_is_found_by_another_path_to_the_same_folder(spec: ImageFolderSpec, tmp_path: Path) -> None:
    curation.leave_out(spec, {"a.png": "damaged"})
    (tmp_path / "link").symlink_to(spec.root)
    assert curation.read(ImageFolderSpec(path=str(tmp_path / "link"))).left_out == {"a.png": "damaged"}


def test_each_change_can_be_undone_in_turn(spec: ImageFolderSpec) -> None:
    curation.leave_out(spec, {"a.png": "damaged", "b.png": "a copy"})
    curation.take_back(spec, ["b.png", "was-never-left-out.png"])
    curation.keep_together(spec, [("c.png", "d.png"), ("e.png", "f.png")])
    now = curation.keep_together(spec, [("d.png", "e.png")])
    assert now.together == (("c.png", "d.png", "e.png", "f.png"),)
    now = curation.undo(spec, now.changes)
    assert now.together == (("c.png", "d.png"), ("e.png", "f.png"))
    now = curation.undo(spec, now.changes)
    assert (now.together, dict(now.left_out)) == ((), {"a.png": "damaged"})
    now = curation.undo(spec, now.changes)
    assert dict(now.left_out) == {"a.png": "damaged", "b.png": "a copy"}
    now = curation.undo(spec, now.changes)
    assert now.empty
    with pytest.raises(CurationError, match="nothing to undo"):
        curation.undo(spec, now.changes)


def test_a_window_does_not_undo_what_it_has_not_seen(spec: ImageFolderSpec) -> None:
    seen = curation.leave_out(spec, {"a.png": "damaged"})
    curation.leave_out(spec, {"b.png": "of another window"})
    with pytest.raises(CurationError, match="Another window"):
        curation.undo(spec, seen.changes)
    assert set(curation.read(spec).left_out) == {"a.png", "b.png"}


def test_a_change_that_changes_nothing_is_no_step(spec: ImageFolderSpec) -> None:
    curation.leave_out(spec, {"a.png": "damaged"})
    assert len(curation.leave_out(spec, {"a.png": "again"}).steps) == 1
    assert curation.read(spec).left_out == {"a.png": "damaged"}


def test_two_processes_that_write_at_once_lose_nothing(spec: ImageFolderSpec) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, spec.path, name], env=child_environment()) for name in "xy"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    found = curation.read(spec)
    assert set(found.left_out) == {f"{name}-{number}.png" for name in "xy" for number in range(20)}
    assert len(found.together) == 40
    assert found.changes == 80


def test_a_damaged_file_is_an_error_and_not_an_empty_list(spec: ImageFolderSpec) -> None:
    curation.leave_out(spec, {"a.png": "damaged"})
    (place,) = curation.folder().glob("*.json")
    whole = json.loads(place.read_text())
    step = whole["steps"][0]
    damaged = [
        whole | {"left_out": []},
        whole | {"together": ["ab"]},
        whole | {"changes": float("inf")},
        whole | {"steps": [step | {"what": "else"}]},
        whole | {"steps": [step | {"removed": []}]},
    ]
    for number, text in enumerate(['{"left_out": ', *map(json.dumps, damaged)]):
        place.write_text(text)
        os.utime(place, (number, number))
        with pytest.raises(CurationError, match=r"is damaged.*Move it away"):
            curated(spec)


def test_long_reasons_are_cut_and_what_does_not_fit_is_forgotten_or_refused(
    spec: ImageFolderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(curation.leave_out(spec, {"a.png": "가" * 5000}).left_out["a.png"]) == curation.MOST_REASON
    monkeypatch.setattr(curation, "MOST_BYTES", 8000)
    for number in range(9):
        now = curation.leave_out(spec, {f"{number}.png": "why " * 60})
    assert (len(now.left_out), now.changes) == (10, 10)
    assert 0 < len(now.steps) < 10
    (place,) = curation.folder().glob("*.json")
    assert place.stat().st_size <= 8000
    with pytest.raises(CurationError, match="Nothing was changed"):
        curation.leave_out(spec, {f"more-{number}.png": "why " * 60 for number in range(30)})
    assert curation.read(spec) == now


def test_more_than_a_spec_may_name_is_refused(spec: ImageFolderSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curation, "MOST", 2)
    with pytest.raises(CurationError, match="At most 2 images"):
        curation.leave_out(spec, dict.fromkeys(["a", "b", "c"], "too many"))
    assert curation.read(spec).empty
