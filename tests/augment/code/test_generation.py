"""For which albumentations code was written: what shows it, what does not, and what each step is in either."""

import json

import pytest

from explorer.augment import exchange
from explorer.augment.catalog import catalog
from explorer.augment.code import Generation, Version, read_code, read_notebook
from tests.augment.code.plain import nodes

TURN = "t = A.Compose([A.Rotate(limit=20)])"
REFLECTS = ["Rotate", 0.5, {"limit": [-20.0, 20.0], "border_mode": 4}]
BLACK = ["Rotate", 0.5, {"limit": [-20.0, 20.0]}]


def generation(code: str, version: Version | None = None) -> Generation:
    found = read_code(code, version=version)[0].generation
    assert found is not None
    return found


def test_steps_that_differ_are_listed_once_and_one_choice_reads_all_of_them() -> None:
    code = (
        "import albumentations as A\nt = A.Compose([\n A.Rotate(limit=20, p=0.5),\n A.RandomRotate90(),\n"
        " A.ShiftScaleRotate(p=0.5),\n A.Affine(p=0.1),\n A.HorizontalFlip()])"
    )
    (old,) = read_code(code)
    assert old.generation is not None
    assert (old.generation.version, old.generation.sure, old.generation.is_open) == ("1.x", False, True)
    assert [(one.line, one.step, one.old, one.new) for one in old.generation.steps] == [
        (3, "Rotate", "border_mode=BORDER_REFLECT_101", "border_mode=BORDER_CONSTANT"),
        (4, "RandomRotate90", "p=0.5", "p=1"),
        (5, "ShiftScaleRotate", "border_mode=BORDER_REFLECT_101", "border_mode=BORDER_CONSTANT"),
        (6, "Affine",
         "scale=(0.9, 1.1), translate_percent=(-0.1, 0.1), rotate=(-15, 15), shear=(-10, 10)",
         "scale=(1, 1), translate_percent=None, rotate=(0, 0), shear=(0, 0)"),
    ]  # fmt: skip
    moves = {"scale": [0.9, 1.1], "translate_percent": [-0.1, 0.1], "rotate": [-15.0, 15.0], "shear": [-10.0, 10.0]}
    flip = ["HorizontalFlip", 0.5, {}]
    assert nodes(old.draft.nodes) == [
        REFLECTS,
        ["RandomRotate90", 0.5, {}],
        ["ShiftScaleRotate", 0.5, {"border_mode": 4}],
        ["Affine", 0.1, moves],
        flip,
    ]
    (new,) = read_code(code, version="2.x")
    assert nodes(new.draft.nodes) == [
        BLACK, ["RandomRotate90", 1.0, {}], ["ShiftScaleRotate", 0.5, {}], ["Affine", 0.1, {}], flip
    ]  # fmt: skip
    assert new.generation is not None
    assert (new.generation.version, new.generation.is_open) == ("2.x", True)
    assert new.generation.steps == old.generation.steps
    (through_the_door,) = exchange.read(code, "x.py", version="2.x")
    assert through_the_door == new


SURE: dict[str, Version] = {
    "!pip install -q albumentations==1.3.0": "1.x",
    "# pip install albumentations[imgaug]==0.5.2": "1.x",
    "# albumentations>=1.3,<2.0": "1.x",
    "# albumentations<2": "1.x",
    "# pip install -U albumentations~=1.4.8": "1.x",
    "assert A.__version__ == '1.1.0'": "1.x",
    "# Successfully installed albumentations-1.3.1 numpy-1.26": "1.x",
    "# A new version of Albumentations is available: 2.0.8 (you have 1.4.20).": "1.x",
    "from albumentations.augmentations.transforms import Blur": "1.x",
    "from albumentations.augmentations.functional import clip": "1.x",
    "import albumentations.imgaug.transforms": "1.x",
    "x = A.Blur(always_apply=True)": "1.x",
    "x = A.Cutout()": "1.x",
    "# pip install albumentations==2.0.8": "2.x",
    '"""A pipeline for albumentations 2.0.8."""': "2.x",
    "# albumentations>=2": "2.x",
    'albumentations = "^2.0.4"': "2.x",
    "from albumentations.augmentations.pixel.transforms import Blur": "2.x",
    "x = A.Resize(4, 4, area_for_downscale='image')": "2.x",
    "x = A.SquareSymmetry()": "2.x",
    "x = A.BboxParams('coco', filter_invalid_bboxes=True)": "2.x",
    "# albumentations==2.0.8\nx = A.Blur(always_apply=True)": "2.x",  # a version that is named counts more
}
UNSURE: dict[str, Version] = {
    "": "1.x",
    "# pip install albumentations": "1.x",
    "use_albumentations = 2.0\nalbumentations: float = 2.0\nn_albumentations == 2": "1.x",
    "# albumentations>=1.3": "1.x",
    "x = A.Affine()": "1.x",
    "x = A.RandomRotate90()": "1.x",
    "from albumentations.pytorch.transforms import ToTensorV2": "1.x",
    "from albumentations.augmentations.crops.transforms import CenterCrop": "1.x",
    # 1.4 has these arguments and steps too, with the border of 1.x
    "x = A.CoarseDropout(num_holes_range=(1, 2))": "2.x",
    "x = A.PlanckianJitter()": "2.x",
    "x = A.RandomRotate90()\ny = A.PlanckianJitter()": "1.x",
    "# albumentations==1.3.0 or albumentations==2.0.8": "1.x",
    "x = A.Blur(always_apply=True)\ny = A.SquareSymmetry()": "2.x",
}


def test_what_decides_for_a_generation_and_what_is_only_a_hint() -> None:
    for codes, sure in ((SURE, True), (UNSURE, False)):
        for code, version in codes.items():
            read = generation(f"{TURN}\n{code}")
            assert (read.version, read.sure) == (version, sure), code
            assert [step.step for step in read.steps][:1] == ["Rotate"], code
            assert read.is_open is not sure, code
            assert read.why, code
            (first, *_) = read_code(f"{TURN}\n{code}")
            assert nodes(first.draft.nodes) == [REFLECTS if version == "1.x" else BLACK], code


def test_where_both_read_the_same_nothing_is_open() -> None:
    read = generation(
        "t = A.Compose([A.HorizontalFlip(p=1), A.Rotate(limit=20, border_mode=0), A.Affine(rotate=(-5, 5))])"
    )
    assert (read.steps, read.is_open) == ((), False)


def test_a_notebook_names_its_version_in_its_metadata_its_outputs_and_its_installs() -> None:
    code = {"cell_type": "code", "source": TURN}
    python = {"metadata": {"language_info": {"name": "python", "version": "3.7.12"}}, "cells": [code]}
    output = {"output_type": "stream", "text": ["Successfully installed albumentations-2.0.8"]}
    printed = {"cells": [{"cell_type": "code", "source": "!pip install albumentations", "outputs": [output]}, code]}
    install = {"cells": [{"cell_type": "code", "source": "%pip install albumentations==1.3.0"}, code]}
    for notebook, version, turn in ((python, "1.x", REFLECTS), (printed, "2.x", BLACK), (install, "1.x", REFLECTS)):
        (found,) = read_notebook(json.dumps(notebook))
        assert found.generation is not None
        assert (found.generation.version, found.generation.sure) == (version, True), notebook
        assert nodes(found.draft.nodes) == [turn], notebook
    (found,) = read_notebook(json.dumps({"cells": [code]}), version="2.x")
    assert nodes(found.draft.nodes) == [BLACK]


def test_arguments_of_1_4_beside_those_of_1_x_have_the_defaults_of_1_4() -> None:
    (found,) = read_code("# albumentations==1.4.18\nt = A.Compose([A.CoarseDropout(num_holes_range=(2, 3))])")
    sizes = {"num_holes_range": [2, 3], "hole_height_range": [8, 8], "hole_width_range": [8, 8]}
    assert nodes(found.draft.nodes) == [["CoarseDropout", 0.5, sizes]]


@pytest.mark.parametrize(
    ("given", "count"), [("", 8), ("p=0.5", 8), ("max_height=8", 8), ("hole_height_range=(8, 8)", 1)]
)
def test_how_many_holes_code_without_a_count_has_depends_on_its_arguments(given: str, count: int) -> None:
    """1.x had eight by default, 1.4 with its own arguments one."""
    (found,) = read_code(f"# albumentations==1.4.18\nt = A.Compose([A.CoarseDropout({given})])")
    sizes = {"num_holes_range": [count, count], "hole_height_range": [8, 8], "hole_width_range": [8, 8]}
    assert nodes(found.draft.nodes) == [["CoarseDropout", 0.5, sizes]]


# Of the sources of albumentations 1.3.1: what 2.0.8 has more arguments for, with a value for each and what that means.
ORDERS = {
    "CenterCrop": {"height": 9, "width": 8},
    "Crop": {"x_min": 1, "y_min": 2, "x_max": 9, "y_max": 8},
    "MotionBlur": {"blur_limit": (5, 9), "allow_shifted": False},
    "Normalize": {"mean": (0.1, 0.2, 0.3), "std": (0.4, 0.5, 0.6), "max_pixel_value": 200.0},
    "RandomBrightnessContrast": {"brightness_limit": (0.1, 0.3), "contrast_limit": (0.2, 0.3),
                                 "brightness_by_max": False},
    "RandomCrop": {"height": 9, "width": 8},
    "RandomScale": {"scale_limit": (-0.2, 0.2), "interpolation": 2},
    "RandomSizedBBoxSafeCrop": {"height": 9, "width": 8, "erosion_rate": 0.1, "interpolation": 2},
    "RandomToneCurve": {"scale": 0.2},
    "Resize": {"height": 9, "width": 8, "interpolation": 2},
    "Sharpen": {"alpha": (0.3, 0.4), "lightness": (0.6, 0.9)},
    "ToRGB": {},
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_arguments_of_1_x_by_position_end_with_always_apply_and_p(name: str) -> None:
    named = {key: list(value) if isinstance(value, tuple) else value for key, value in ORDERS[name].items()}
    values = ", ".join(map(repr, ORDERS[name].values()))
    for always, p in ((False, 0.4), (True, 1.0)):
        call = f"A.{name}({', '.join(part for part in (values, str(always), '0.4') if part)})"
        (found,) = read_code(f"t = A.Compose([{call}])", version="1.x")
        ((transform, read_p, params),) = nodes(found.draft.nodes)
        assert (transform, read_p, {**params, **named}) == (name, p, params), call
        usual = {key: parameter.default for key, parameter in catalog()[name].parameters.items()}
        assert all(key in named or value == usual[key] for key, value in params.items()), call
        assert not any(note.kind != "translated" for note in found.notes), call


def test_true_where_2_x_takes_a_number_or_a_word_was_always_apply() -> None:
    for call in (
        "Resize(224, 224, 1, True)",
        "ToRGB(True, 1.0)",
        "RandomScale(0.1, 1, True)",
        "Normalize(M, S, 255, True)",
    ):
        code = f"M, S = (0.5, 0.5, 0.5), (0.2, 0.2, 0.2)\nx = A.{call}\n{TURN}"
        assert (generation(code).version, generation(code).sure) == ("1.x", True), call
    (found,) = read_code("t = A.Compose([A.CenterCrop(200, 200, True)])")  # both take it, and mean something else by it
    assert found.generation is not None
    assert [(one.old, one.new) for one in found.generation.steps] == [("pad_if_needed=False", "pad_if_needed=True")]
