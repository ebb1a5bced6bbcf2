"""A quick check does everything that the run would do, a few times, and says what breaks."""

from typing import Any

import pytest

from explorer.runs.record import results
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Reason, in_words
from explorer.runs.record.results import CheckResult
from tests.training.conftest import config_of, run_here


def _checked(**changes: Any) -> tuple[RunPaths, CheckResult, str]:
    paths, outcome = run_here(config_of(kind="check", **changes))
    found = results.check_result(paths)
    assert found is not None, outcome.reason
    return paths, found, outcome.reason


def test_everything_is_tried_and_the_whole_run_estimated() -> None:
    paths, found, reason = _checked(epochs=40)
    assert [step.name for step in found.steps] == list(results.CHECKS)
    assert {step.state for step in found.steps} == {"ok"}
    assert [step.detail.code for step in found.steps if isinstance(step.detail, Reason)] == [
        f"check_{name}" for name in results.CHECKS
    ]
    assert found.estimate is not None
    assert found.estimate.run_s == pytest.approx(40 * found.estimate.epoch_s)
    assert 1e8 < found.estimate.memory_bytes < 1e11
    assert reason.startswith("All 7 checks passed. The run would take about ")
    assert list(paths.root.glob("**/*.ckpt")) == []


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"batch_size": 64}, "data", "only 21 training images"),
        (
            {"pipeline": {"nodes": [{"kind": "step", "id": "a", "transform": "RandomScale", "p": 1.0}]}},
            "pipeline",
            "RandomScale: the images come out in different sizes",
        ),
        ({"weights": "file", "weights_file": "/dev/null"}, "network", "null is no file of weights"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)  # fmt: skip
def test_what_breaks_is_told_where_it_breaks(changes: dict[str, Any], name: str, words: str) -> None:
    paths, outcome = run_here(config_of(kind="check", **changes))
    found = results.check_result(paths)
    assert found is not None
    assert (found.steps[-1].name, found.steps[-1].state) == (name, "failed")
    assert words in in_words(found.steps[-1].detail)
    assert outcome.state == "failed"
    assert found.estimate is None


def test_a_class_without_validation_images_is_a_warning(tmp_path: Any) -> None:
    from tests.training.conftest import make_image_folder

    make_image_folder(tmp_path, {"ants": 12, "bees": 12})
    make_image_folder(tmp_path, {"ants": 4, "bees": 1}, "val")
    for picture in (tmp_path / "val" / "bees").iterdir():
        picture.unlink()
    (tmp_path / "val" / "bees").rmdir()
    _, found, reason = _checked(dataset={"kind": "image_folder", "path": str(tmp_path)}, epochs=1)
    assert (found.steps[0].name, found.steps[0].state) == ("data", "warn")
    assert "bees has no validation images" in in_words(found.steps[0].detail)
    assert reason.startswith("1 of 7 checks warn")
