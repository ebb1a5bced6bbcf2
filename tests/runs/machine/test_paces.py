"""How fast networks are is measured once, in a child, and turned into the time of a run."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.runs.machine import machine, paces
from explorer.runs.machine.paces import Pace, PaceError, estimate_s, known, machine_key, measure
from explorer.runs.spec.config import from_values
from tests.runs.machine.test_machine import ANSWER, CONFIG, TWO_GPUS, machine_of

ANSWERED: dict[str, Any] = {
    "format": "augmentation-explorer/pace",
    "version": 1,
    "train_images_per_second": 10.0,
    "frozen_images_per_second": 50.0,
    "validate_images_per_second": 100.0,
    "size": 160,
    "precision": "32-true",
}
PACE = Pace.model_validate(ANSWERED)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the backbone that each child was asked for; what looks for devices is a stand-in too."""
    note = tmp_path / "asked"
    answer = "noise\n" + json.dumps(ANSWERED)
    code = f"import sys; open({str(note)!r}, 'a').write(' '.join([*sys.argv[1:], ''])); print({answer!r})"
    monkeypatch.setattr(paces, "COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", f"print({json.dumps(ANSWER)!r})"))
    return note


def test_a_pace_is_kept_for_its_backbone_and_its_machine(asked: Path, home: Path) -> None:
    home.mkdir()
    key = machine_key(machine_of(ANSWER))
    assert known("efficientnet-lite0", key) is None
    assert measure("efficientnet-lite0") == known("efficientnet-lite0", key) == PACE
    measure("deit-tiny")
    assert asked.read_text() == "efficientnet-lite0 deit-tiny "
    assert known("efficientnet-lite0", key) == PACE
    assert known("small-cnn", key) is None
    assert known("efficientnet-lite0", key, "segmentation") is None  # a U-Net is several times slower
    assert measure("efficientnet-lite0", "segmentation") == known("efficientnet-lite0", key, "segmentation")
    assert asked.read_text().endswith("efficientnet-lite0 segmentation ")
    assert known("deit-tiny", machine_key(machine_of(ANSWER | {"devices": TWO_GPUS}))) is None
    (home / "cache" / "paces.json").write_text("{ damaged")
    assert known("deit-tiny", key) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit('no such network')", "failed: no such network"),
        ("print('{}')", "gave no answer"),
        ("print(1)", "gave no answer"),
    ],
)
def test_a_child_that_cannot_tell_is_an_error_with_its_words(
    code: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paces, "COMMAND", (sys.executable, "-c", code))
    with pytest.raises(PaceError, match=words):
        measure("efficientnet-lite0")


def test_a_pace_without_speed_is_no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in (0, -1, "Infinity"):
        answer = json.dumps(ANSWERED | {"train_images_per_second": rate})
        monkeypatch.setattr(paces, "COMMAND", (sys.executable, "-c", f"print({answer!r})"))
        with pytest.raises(PaceError, match="gave no answer"):
            measure("efficientnet-lite0")


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"frozen": False, "epochs": 4}, 4 * (1000 / 10 + 200 / 100)),
        ({"frozen": True, "epochs": 4}, 4 * 1000 / 50 + 200 / 100),
        ({"frozen": True, "epochs": 4, "unfreeze_epoch": 2}, 1000 / 50 + 3 * 1000 / 10 + 4 * 200 / 100),
        ({"frozen": False, "epochs": 1, "image_size": 320}, 4 * (1000 / 10 + 200 / 100)),
    ],
)
def test_the_time_of_a_run_follows_from_its_images_epochs_and_pixels(changes: dict[str, Any], seconds: float) -> None:
    config = from_values(CONFIG | {"image_size": 160} | changes)
    assert estimate_s(config, 1000, 200, PACE) == pytest.approx(seconds)


def test_masks_are_validated_in_each_epoch_also_while_the_encoder_is_frozen() -> None:
    masks = {"kind": "shapes", "learn": "masks"}
    config = from_values({"dataset": masks, "pipeline": {}, "image_size": 160, "epochs": 4})
    assert estimate_s(config, 1000, 200, PACE) == pytest.approx(4 * (1000 / 50 + 200 / 100))
