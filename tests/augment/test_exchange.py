"""Pipelines come and go in every form that people have; what is wrong is told with its place, and nothing is run."""

import json
from contextlib import suppress
from pathlib import Path

import albumentations as A
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.augment import exchange, presets
from explorer.augment.files import FORMAT, PipelineFileError
from explorer.augment.pipeline import Draft, Group, Pipeline, Step, validate


def one(content: str | bytes, name: str = "") -> Draft:
    (found,) = exchange.read(content, name)
    assert found.unknowns == ()
    return found.draft


def written(pipeline: Pipeline, form: str) -> str:
    return exchange.FORMS[form].write(pipeline, True, True)


def test_every_form_is_known_by_its_text_and_by_the_name_of_its_file() -> None:
    pipeline = validate(presets.draft("strong").model_copy(update={"name": "개미"}))
    for form, name in (("JSON", ""), ("YAML", ""), ("JSON", "x.json"), ("YAML", "x.YML")):
        assert validate(one(written(pipeline, form), name)) == pipeline, (form, name)
    for name in ("", "x.py"):
        again = validate(one(written(pipeline, "Python"), name))
        assert [node.id for node in again.nodes] == [node.id for node in pipeline.nodes]
        assert again.targets == pipeline.targets


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_file_of_albumentations_own_save_is_read(form: str, tmp_path: Path) -> None:
    compose = A.Compose([A.OneOf([A.HorizontalFlip(p=0.2), A.Affine(rotate=(-5, 5), p=0.7)], p=0.9), A.Resize(64, 80)])
    file = tmp_path / f"saved.{form}"
    A.save(compose, file, data_format=form)
    draft = one(file.read_bytes(), file.name)
    group, resize = draft.nodes
    assert isinstance(group, Group)
    assert isinstance(resize, Step)
    assert (group.kind, group.p, [child.p for child in group.children]) == ("OneOf", 0.9, [0.2, 0.7])
    assert (resize.params["height"], resize.params["width"]) == (64, 80)


STEP = {"kind": "step", "id": "a", "transform": "HorizontalFlip"}


def file_of(**changes: object) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "nodes": [], **changes})


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"\xff\xfe\x00a", "x.py", "not UTF-8"),
        (b"\x80\x04\x95", "x.pkl", "not UTF-8"),
        ("", "", "no text"),
        ("\n \n", "x.yaml", "no text"),
        ("x" * 5_000_000, "x.py", "larger than"),
        (file_of(nodes=[{**STEP, "transform": "os.system"}]), "", "os.system"),
        (file_of(nodes=[{**STEP, "transform": "Lambda"}]), "", "Lambda"),
        (file_of(nodes=[{**STEP, "id": f"n{i}"} for i in range(10_000)]), "", "at most 1000"),
        (file_of(nodes=[{**STEP, "id": "../../etc/passwd"}]), "", "id"),
        ("[" * 100_000, "x.json", "nested too deep"),
        ('{"a":' * 100_000, "", "nested too deep"),
        (file_of(nodes=[{**STEP, "p": float("nan")}]), "", "NaN"),
        (file_of(nodes=[{**STEP, "params": {"x": 1}}]).replace("1}", "1e999}"), "", "too large"),
        (file_of(nodes=[]).replace("[]", "[" + "9" * 3_000_000 + "]"), "", "more than 400 digits"),
        (file_of(nodes=[]).replace("[]", "[" + "9" * 2_000 + "]"), "", "more than 400 digits"),
        ("a: 1" + ":59" * 300_000, "x.yaml", "more than 400 digits at line 1"),
        ("a: !!python/object/apply:os.system [id]", "x.yml", "Tags are not read at line 1"),
        ("- 1", "x.yaml", "No pipeline was found"),
        ("[1, 2]", "x.json", "No pipeline was found"),
        ("format: x", "", "format"),
        ("def f(:\n  pass", "x.py", "[Ll]ine 1"),
        ("print 'hello'", "x.py", "Python 2"),
        ('{"cells": 3, "nbformat": 4}', "x.ipynb", r"\w"),
        ('{"transform": 3}', "", r"\w"),
    ],
)
def test_what_is_wrong_is_told(content: str | bytes, name: str, words: str) -> None:
    with pytest.raises(PipelineFileError, match=words):
        exchange.read(content, name)


def test_a_class_of_a_saved_file_that_is_no_transform_is_left_out_with_a_note() -> None:
    (found,) = exchange.read('{"transform": {"__class_fullname__": "os.system"}}')
    assert found.draft.nodes == ()
    (note,) = found.notes
    assert note.kind == "left out"
    assert "system" in note.text


def test_a_number_beyond_64_bits_is_told_at_its_field() -> None:
    draft = one(file_of(nodes=[{**STEP, "transform": "Resize", "params": {"height": 10**30, "width": 10}}]))
    with pytest.raises(ValueError, match="height"):
        validate(draft)


@given(st.text() | st.binary(), st.sampled_from(["", "x.py", "x.json", "x.yaml", "x.ipynb"]))
def test_anything_gives_pipelines_or_a_message(content: str | bytes, name: str) -> None:
    with suppress(PipelineFileError):
        assert exchange.read(content, name)
