"""What code does not say is asked for once, and an answer takes its place as if it had been written there."""

import pytest

from explorer.augment.code import Unknown, read_code, read_notebook
from explorer.augment.pipeline import DraftErrors, validate
from tests.augment.code.plain import nodes

CODE = """\
import albumentations as A

def build(opt, **options):
    return A.Compose([
        A.Resize(opt.size, opt.size),
        A.RandomCrop(opt.size - 32, width=int(opt.crop[0] * 2)),
        A.HorizontalFlip(p=opt.flip if opt.train else 0.5),
        A.Rotate(limit=(-opt.angle, opt.angle)),
        A.Blur(**options),
    ])
"""


def test_each_name_is_asked_for_once_with_its_place() -> None:
    (found,) = read_code(CODE)
    assert found.unknowns == (
        Unknown("opt.size", 5, "Resize, height"),
        Unknown("opt.crop[0]", 6, "RandomCrop, width"),
        Unknown("opt.flip if opt.train else 0.5", 7, "HorizontalFlip, p"),
        Unknown("opt.angle", 8, "Rotate, limit"),
    )


def test_answers_are_filled_in_wherever_the_name_stands() -> None:
    answers = {"opt.size": 128, "opt.crop[0]": 20.5, "opt.flip if opt.train else 0.5": 0.25, "opt.angle": 12}
    (found,) = read_code(CODE, answers, "2.x")
    assert found.unknowns == ()
    assert nodes(validate(found.draft).nodes)[:4] == [
        ["Resize", 1.0, {"height": 128, "width": 128}],
        ["RandomCrop", 1.0, {"height": 96, "width": 41}],
        ["HorizontalFlip", 0.25, {}],
        ["Rotate", 0.5, {"limit": [-12.0, 12.0]}],
    ]


def test_some_answers_leave_the_rest_open() -> None:
    (found,) = read_code(CODE, {"opt.size": 128, "nothing": 3})
    assert [one.name for one in found.unknowns] == ["opt.crop[0]", "opt.flip if opt.train else 0.5", "opt.angle"]


@pytest.mark.parametrize("wrong", ["wide", None, [1, 2, 3], -5, {"a": 1}])
def test_a_wrong_answer_is_an_error_at_its_field(wrong: object) -> None:
    (found,) = read_code("t = A.Compose([A.Resize(size, 5)])", {"size": wrong})
    with pytest.raises(DraftErrors) as caught:
        validate(found.draft)
    assert list(caught.value.errors) == [(found.draft.nodes[0].id, "height")]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 2**80])
def test_an_answer_that_is_no_ordinary_number_is_left_out_with_a_note(wrong: float) -> None:
    (found,) = read_code("t = A.Compose([A.Rotate(limit=angle)])", {"angle": wrong}, "2.x")
    assert nodes(found.draft.nodes) == [["Rotate", 0.5, {}]]
    assert [note.kind for note in found.notes] == ["left out"]


def test_arguments_that_come_with_a_star_can_be_answered_with_a_list_or_an_object() -> None:
    code = "t = A.Compose([A.Resize(*size), A.Blur(**options)])"
    assert [one.name for one in read_code(code)[0].unknowns] == ["size", "options"]
    (found,) = read_code(code, {"size": [30, 40], "options": {"blur_limit": [5, 9], "p": 1}})
    assert nodes(validate(found.draft).nodes) == [
        ["Resize", 1.0, {"height": 30, "width": 40}],
        ["Blur", 1.0, {"blur_limit": [5, 9]}],
    ]


def test_an_answer_reaches_the_branches_that_ask_for_it() -> None:
    first_one, second_one = "return A.Compose([A.Resize(size, size)])", "return A.Compose([A.NoOp()])"
    code = f"def f(size, train):\n    if train:\n        {first_one}\n    {second_one}"
    assert [found.title for found in read_code(code)] == ["f(), if train", "f(), if not train"]
    (first, second) = read_code(code, {"size": 9})
    assert nodes(first.draft.nodes) == [["Resize", 1.0, {"height": 9, "width": 9}]]
    assert nodes(second.draft.nodes) == [["NoOp", 0.5, {}]]


def test_old_arguments_are_translated_after_the_answer() -> None:
    code = "t = A.Compose([A.GaussNoise(var_limit=(v, v), p=1), A.RandomResizedCrop(h, w)])"
    (found,) = read_code(code, {"v": 25, "h": 30, "w": 40})
    assert nodes(validate(found.draft).nodes) == [
        ["GaussNoise", 1.0, {"std_range": [5 / 255, 5 / 255]}],
        ["RandomResizedCrop", 1.0, {"size": [30, 40]}],
    ]
    (open_one,) = read_code(code)
    assert nodes(validate(open_one.draft).nodes) == [
        ["GaussNoise", 1.0, {}],
        ["RandomResizedCrop", 1.0, {"size": [256, 256]}],
    ]


def test_a_notebook_asks_too() -> None:
    text = '{"cells": [{"cell_type": "code", "source": ["t = A.Compose([A.Resize(side, 4)])"]}]}'
    assert read_notebook(text)[0].unknowns == (Unknown("side", 1, "Resize, height"),)
    assert nodes(read_notebook(text, {"side": 3})[0].draft.nodes) == [["Resize", 1.0, {"height": 3, "width": 4}]]
