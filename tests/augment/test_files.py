"""Pipelines survive a journey through JSON; hostile text gives a message and nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.augment import library
from explorer.augment.files import FORMAT, MAX_CHARACTERS, PipelineFileError, dumps, dumps_draft, loads, loads_draft
from explorer.augment.pipeline import Draft, Group, Pipeline, Step
from explorer.augment.targets import BoxRules, PointRules, TargetRules


def test_a_wrong_draft_survives_too() -> None:
    draft = Draft(name="개미", nodes=(Step(id="a", transform="Nothing", params={"x": [1, "y", None]}, p=7),))
    assert loads_draft(dumps_draft(draft)) == draft


def test_nesting_survives() -> None:
    leaf = Step(id="a", transform="Affine", params={"rotate": [-5.0, 5.0]})
    pipeline = Pipeline(nodes=(Group(kind="SomeOf", id="g", children=(leaf,), params={"n": 1}, p=0.4, enabled=False),))
    assert loads(dumps(pipeline)) == pipeline


def test_the_rules_of_targets_survive_and_a_file_without_them_has_the_usual_ones() -> None:
    rules = TargetRules(
        use_mask=False,
        mask_interpolation="INTER_LINEAR",
        boxes=BoxRules(format="yolo", min_visibility=0.3, max_accept_ratio=4.0),
        keypoints=PointRules(format="xya", remove_invisible=False),
    )
    assert loads(dumps(Pipeline(targets=rules))).targets == rules
    assert loads(text()).targets == TargetRules()


def text(**changes: object) -> str:
    return json.dumps({"format": FORMAT, "version": 1, "name": "", "nodes": [], **changes})


STEP = {"kind": "step", "id": "a", "transform": "Affine", "params": {}, "p": 0.5, "enabled": True}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "Not JSON at line 1"),
        ("[]", "one JSON object"),
        ("{}", '"format" should be'),
        (text(version=99), "version 99"),
        (text(nodes={}), "list of steps"),
        (text(extra=1), "extra"),
        (text(targets={"boxes": {"min_visibility": 2}}), "targets.boxes.min_visibility"),
        (text(targets={"boxes": {"format": "__import__('os')"}}), "targets.boxes.format"),
        (text(targets=[]), "targets"),
        (text(nodes=[{**STEP, "kind": "exec"}]), "nodes.0"),
        (text(nodes=[{**STEP, "cls": "os.system"}]), "cls"),
        (text(nodes=[{**STEP, "id": "../../x"}]), "id"),
        (text(nodes=[{**STEP, "transform": "os.system"}]), 'no transform "os.system"'),
        (text(nodes=[{**STEP, "params": {"rotate": "x"}}]), "step a, rotate"),
        (text(nodes=[{**STEP, "params": {"rotate": [float("nan"), 1]}}]), "NaN"),
        (text(nodes=[STEP]).replace("0.5", "1e999"), "too large"),
        ("[" * 100_000, "too deep"),
        ('{"a":' * 300 + "1" + "}" * 300, "nested more than"),
        (text(name="x" * (MAX_CHARACTERS + 1)), "4 MB"),
        (b"\xff\xfe", "UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_text_gives_a_message_that_names_the_place(content: str | bytes, words: str) -> None:
    with pytest.raises(PipelineFileError) as caught:
        loads(content)
    assert words in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_json_is_a_pipeline_or_a_message(value: object) -> None:
    with pytest.raises(PipelineFileError):
        loads(json.dumps(value))
    with pytest.raises(PipelineFileError):
        loads(text(nodes=[value]))


def test_the_library_finds_a_pipeline_by_its_name_in_any_script(tmp_path: Path) -> None:
    for name in ("개미 사진", "../../etc/passwd", "a b", "a-b", "con.json"):
        pipeline = Pipeline(name=name, nodes=(Step(id="a", transform="HorizontalFlip"),))
        library.save(tmp_path / "p", pipeline)
        assert library.load(tmp_path / "p", name) == pipeline
    assert set(library.names(tmp_path / "p")) == {"개미 사진", "../../etc/passwd", "a b", "a-b", "con.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["p"]
    library.delete(tmp_path / "p", "a b")
    with pytest.raises(PipelineFileError, match="no saved pipeline"):
        library.load(tmp_path / "p", "a b")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb"])
def test_a_name_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineFileError, match="A name has"):
        library.save(tmp_path, Pipeline(name=name))


def test_a_damaged_file_does_not_hide_the_others(tmp_path: Path) -> None:
    library.save(tmp_path, Pipeline(name="good"))
    (tmp_path / "bad.pipeline.json").write_text("{")
    assert library.names(tmp_path) == ("good",)
