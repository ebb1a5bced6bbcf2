"""A study of data whose answer is known: one step helps, one harms, one does nothing."""

import colorsys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from explorer.runs.overview.studies.effects import read
from tests.training.conftest import SMALL, config_of, run_here

OF_A_CLASS = 48
# Upside down and mirrored, a 6 is a 9.
TURN = {
    "kind": "Sequential", "id": "turn", "p": 0.3,
    "children": [
        {"kind": "step", "id": "v", "transform": "VerticalFlip", "p": 1.0},
        {"kind": "step", "id": "h", "transform": "HorizontalFlip", "p": 1.0},
    ],
}  # fmt: skip
# The digits have random colors, which say nothing about their class and fill the features.
HUE = {
    "kind": "step", "id": "hue", "transform": "HueSaturationValue", "p": 0.8,
    "params": {"hue_shift_limit": [-90, 90], "sat_shift_limit": [0, 0], "val_shift_limit": [0, 0]},
}  # fmt: skip
NOTHING = {"kind": "step", "id": "none", "transform": "NoOp", "p": 0.5}


def colored_digits(root: Path) -> Path:
    """Write sixes and nines in random colors, two thirds of them for training."""
    digits, draw = load_digits(), np.random.default_rng(0)
    for name, label in (("six", 6), ("nine", 9)):
        for count, index in enumerate(np.flatnonzero(digits.target == label)[:OF_A_CLASS]):
            folder = root / ("val" if count % 3 == 0 else "train") / name
            folder.mkdir(parents=True, exist_ok=True)
            ink = cv2.resize((digits.images[index] / 16).astype(np.float32), (32, 32), interpolation=cv2.INTER_CUBIC)
            ink = ink.clip(0, 1)[..., None]
            front, back = (np.array(colorsys.hsv_to_rgb(draw.random(), 1, value)) for value in (1, 0.5))
            pixels = ink * front + (1 - ink) * back
            Image.fromarray((255 * pixels).astype(np.uint8)).save(folder / f"{count}.png")
    return root


def test_a_study_finds_the_step_that_helps_the_one_that_harms_and_the_one_that_does_nothing(
    home: Path, tmp_path: Path
) -> None:
    del home
    config = config_of(
        **SMALL,
        kind="study",
        study={"ask": "effects", "repeats": 3, "folds": 3, "views": 3},
        dataset={"kind": "image_folder", "path": str(colored_digits(tmp_path / "digits"))},
        pipeline={"nodes": [HUE, TURN, NOTHING], "streams": 2},
        monitor="val_loss",
    )
    paths, outcome = run_here(config, "known")
    assert outcome.state == "finished", outcome.why
    found = read(paths, config)
    assert found is not None
    effects = found.effects()
    assert {effect.minus: effect.word for effect in effects.main} == {
        "without hue": "helps", "without turn": "harms", "without none": "same",
    }  # fmt: skip
    nothing = effects.main[2]
    assert (nothing.effect, nothing.low, nothing.high) == (0.0, 0.0, 0.0), "its views are the same to the last pixel"
    assert {effect.minus: effect.word for effect in found.effects("accuracy").main}["without turn"] == "harms"
