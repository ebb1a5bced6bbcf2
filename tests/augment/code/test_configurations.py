"""Pipelines that configurations describe: mappings that name a class, in YAML, JSON and the dicts of Python."""

import json

import albumentations as A
import pytest
import yaml

from explorer.augment import exchange
from explorer.augment.code import FoundPipeline, Unknown, read_code
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import validate
from tests.augment.code.plain import nodes

SAVED = """\
# of a competition
model: {name: resnet, size: 224}
train_aug:
  __class_fullname__: albumentations.core.composition.Compose
  bbox_params: {}
  transforms:
  - {__class_fullname__: albumentations.augmentations.transforms.HorizontalFlip, always_apply: false, p: 0.5}
  - __class_fullname__: albumentations.core.composition.OneOf
    p: 0.2
    transforms:
    - {__class_fullname__: Blur, always_apply: true, p: 0.5, blur_limit: [3, 7]}
valid_aug:
  transform:
    __class_fullname__: Compose
    transforms:
    - {__class_fullname__: Resize, always_apply: false, p: 1, height: 64, width: 80, interpolation: 1}
"""
HYDRA = """\
data:
  train:
    - {_target_: albumentations.HorizontalFlip, p: 0.5}
    - {_target_: albumentations.Resize, height: "${size}", width: "${size}"}
    - _target_: albumentations.OneOf
      p: 0.3
      transforms:
        - {_target_: albumentations.Rotate, limit: 20, border_mode: cv2.BORDER_WRAP, p: 1}
        - {_target_: torchvision.transforms.ToTensor}
    - {_target_: albumentations.pytorch.ToTensorV2}
  valid:
    _target_: albumentations.Compose
    transforms:
      - {_target_: albumentations.CenterCrop, _args_: [32, 48]}
    bbox_params: {_target_: albumentations.BboxParams, format: yolo}
  named:
    flip: {_target_: albumentations.VerticalFlip, p: 1}
    crop: {_target_: albumentations.RandomCrop, height: 8, width: 9}
loader: {_target_: torch.utils.data.DataLoader, batch_size: 8}
"""
PARAMS = """\
augmentations:
  train:
    - class_name: A.RandomResizedCrop
      params: {height: 32, width: 48, scale: [0.5, 1.0], p: 1}
    - class_name: albumentations.OneOf
      params:
        p: 0.4
        transforms:
          - {class_name: GaussianBlur, params: {blur_limit: [3, 5], sigma_limit: [0.5, 1.0], p: 1.0}}
model:
  - {class_name: Linear, params: {width: 3}}
"""


def read(text: str, name: str = "x.yaml") -> dict[str, FoundPipeline]:
    return {one.title: one for one in exchange.read(text, name)}


def test_what_to_dict_gives_is_found_anywhere_in_a_file() -> None:
    for text, name in ((SAVED, "x.yaml"), (SAVED, ""), (json.dumps(yaml.safe_load(SAVED)), "x.json")):
        found = read(text, name)
        assert list(found) == ["train_aug", "valid_aug.transform"], name
        flip, group = nodes(found["train_aug"].draft.nodes)
        assert (flip, group) == (
            ["HorizontalFlip", 0.5, {}],
            ["OneOf", 0.2, {}, [["Blur", 0.5, {}]]],  # its p is only a weight there
        )
        assert found["train_aug"].draft.targets.boxes.clip is True  # no rules of their own
        assert nodes(found["valid_aug.transform"].draft.nodes) == [["Resize", 1.0, {"height": 64, "width": 80}]]
    assert [one.line for one in read(SAVED).values()] == [4, 14]


def test_a_configuration_of_hydra_gives_one_pipeline_for_each_list() -> None:
    for name in ("conf.yaml", ""):
        found = read(HYDRA, name)
        assert list(found) == ["data.train", "data.valid", "data.named"], name
        train = found["data.train"]
        assert train.unknowns == (Unknown("${size}", 4, "Resize, height"),), name
        assert sorted(note.text.partition(". ")[0] for note in train.notes) == [
            "OneOf: 1 of its 2 steps is set aside, so the choice is between fewer.",
            "ToTensorV2 is set aside",
            "torchvision.transforms.ToTensor is set aside",
        ]
        (answered,) = [one for one in exchange.read(HYDRA, name, {"${size}": 96}) if one.title == "data.train"]
        assert nodes(validate(answered.draft).nodes) == [
            ["HorizontalFlip", 0.5, {}],
            ["Resize", 1.0, {"height": 96, "width": 96}],
            ["OneOf", 0.3, {}, [["Rotate", 1.0, {"limit": [-20.0, 20.0], "border_mode": 3}]]],
        ]
        assert nodes(found["data.valid"].draft.nodes) == [["CenterCrop", 1.0, {"height": 32, "width": 48}]]
        assert found["data.valid"].draft.targets.boxes.format == "yolo"
        assert [node[0] for node in nodes(found["data.named"].draft.nodes)] == ["VerticalFlip", "RandomCrop"]
        assert [one.line for one in found.values()] == [3, 12, 17]


def test_class_name_with_params_is_read_and_1_x_translated() -> None:
    (found,) = read(PARAMS).values()
    assert found.title == "augmentations.train"
    assert nodes(found.draft.nodes) == [
        ["RandomResizedCrop", 1.0, {"size": [32, 48], "scale": [0.5, 1.0]}],
        ["OneOf", 0.4, {}, [["GaussianBlur", 1.0, {"blur_limit": [3, 5], "sigma_limit": [0.5, 1.0]}]]],
    ]
    assert found.generation is not None
    assert (found.generation.version, found.generation.sure) == ("1.x", True)


def test_the_version_of_a_configuration_can_be_chosen() -> None:
    text = "- {_target_: albumentations.Rotate, limit: 20}"
    for version, params in (("1.x", {"limit": [-20.0, 20.0], "border_mode": 4}), ("2.x", {"limit": [-20.0, 20.0]})):
        (found,) = exchange.read(text, "x.yaml", version=version)  # type: ignore[arg-type]
        assert nodes(found.draft.nodes) == [["Rotate", 0.5, params]]
        assert found.generation is not None
        assert found.generation.is_open
    # A function that a configuration calls is no step; what it is given is found.
    inner = "{transform: {__class_fullname__: Compose, transforms: [{__class_fullname__: Blur, p: 1}]}}"
    (found,) = exchange.read(f"t: {{_target_: albumentations.from_dict, transform_dict: {inner}}}", "x.yaml")
    assert (found.title, nodes(found.draft.nodes)) == ("t.transform_dict.transform", [["Blur", 1.0, {}]])
    (found,) = exchange.read(f"# albumentations==2.0.8\n{text}", "x.yaml")
    assert nodes(found.draft.nodes) == [["Rotate", 0.5, {"limit": [-20.0, 20.0]}]]


@pytest.mark.parametrize(
    "text", ["a: 1", "a: {_target_: torch.nn.Linear}", "class_name: Linear", "{type: Resize, scale: 3}"]
)
def test_a_configuration_without_a_pipeline_says_what_is_read(text: str) -> None:
    with pytest.raises(PipelineFileError, match="_target_"):
        exchange.read(text, "x.yaml")
    # Tags and aliases are refused as ever.
    for text in ("a: &x {_target_: albumentations.Blur}\nb: *x", "a: !!python/name:albumentations.Blur {}"):
        with pytest.raises(PipelineFileError, match="not read"):
            exchange.read(text, "x.yaml")


MMDETECTION = """\
img_norm_cfg = dict(mean=[1, 2, 3], std=[1, 1, 1], to_rgb=True)
albu_steps = [
    dict(type="HorizontalFlip", p=0.5),
    dict(type="OneOf", transforms=[dict(type="Blur", p=1.0), dict(type="MedianBlur", p=1.0)], p=0.2)]
train_pipeline = [
    dict(type="LoadImageFromFile"),
    dict(type="Resize", img_scale=(1333, 800), keep_ratio=True),
    dict(type="Albu", transforms=albu_steps, keymap={"img": "image"}, skip_img_without_anno=True,
         bbox_params=dict(type="BboxParams", format="pascal_voc", label_fields=["gt_labels"], min_visibility=0.1,
                          filter_lost_elements=True)),
    dict(type="Normalize", **img_norm_cfg),
    dict(type="Pad", size_divisor=32)]
test_pipeline = [dict(type="Resize", img_scale=(1333, 800)), dict(type="Normalize", **img_norm_cfg)]
data = dict(train=dict(type="CocoDataset", pipeline=train_pipeline), test=dict(pipeline=test_pipeline))
"""


def test_steps_of_mmdetection_are_read_from_its_dicts() -> None:
    for wrapper in ("Albu", "mmdet.Albu", "Albumentation", "AlbuGray"):
        (found,) = read_code(MMDETECTION.replace('"Albu"', f'"{wrapper}"'))
        assert (found.title, found.line) == ("train_pipeline", 8), wrapper
        assert nodes(validate(found.draft).nodes) == [
            ["HorizontalFlip", 0.5, {}],
            ["OneOf", 0.2, {}, [["Blur", 1.0, {}], ["MedianBlur", 1.0, {}]]],
        ], wrapper
        boxes = found.draft.targets.boxes
        assert (boxes.format, boxes.min_visibility, boxes.clip) == ("pascal_voc", 0.1, False), wrapper
        assert found.notes == (), wrapper


def test_steps_of_mmdetection_are_found_in_functions_and_along_branches() -> None:
    code = (
        "def get(train):\n  if train:\n    return {'type': 'Albu', 'transforms': [dict(type='HorizontalFlip', p=1)]}\n"
        "  return dict(type='Albu', transforms=[dict(type='Blur', p=1), dict(type='OwnStep', a=1)])"
    )
    train, other = read_code(code)
    assert [one.title for one in (train, other)] == ["get(), if train", "get(), if not train"]
    assert (nodes(train.draft.nodes), nodes(other.draft.nodes)) == (
        [["HorizontalFlip", 1.0, {}]], [["Blur", 1.0, {}]]
    )  # fmt: skip
    assert [note.text.partition(".")[0] for note in other.notes] == ["OwnStep is set aside"]


def test_a_list_of_dicts_alone_is_read_where_all_of_it_is_of_albumentations() -> None:
    code = 'steps = [dict(type="HorizontalFlip", p=0.5), {"type": "RandomCrop", "height": size, "width": 9}]'
    (found,) = read_code(code)
    assert (found.title, [one.name for one in found.unknowns]) == ("steps", ["size"])
    assert [node[0] for node in nodes(found.draft.nodes)] == ["HorizontalFlip", "RandomCrop"]
    cfg = 'cfg = {"train": {"steps": [{"_target_": "albumentations.Blur", "p": 1}]}, "other": 3}'
    (found,) = read_code(cfg)
    assert (found.title, nodes(found.draft.nodes)) == ('cfg["train"]["steps"]', [["Blur", 1.0, {}]])


def test_a_record_in_python_is_read_like_one_in_a_file() -> None:
    record = A.to_dict(A.Compose([A.HorizontalFlip(p=0.3), A.Resize(8, 9)]))
    (found,) = read_code(f"record = {record!r}")
    assert nodes(found.draft.nodes) == [["HorizontalFlip", 0.3, {}], ["Resize", 1.0, {"height": 8, "width": 9}]]
