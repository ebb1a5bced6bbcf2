"""The plans of studies: which pipelines are compared, and what is refused."""

import json

import pytest

from explorer.augment.pipeline import Group, Pipeline, Step
from explorer.runs.cli.studying import with_plan
from explorer.runs.spec.config import ConfigError, dumps, from_values, loads
from explorer.runs.spec.plans.effects import EffectsPlan, removed_node, variants_of

PIPELINE = Pipeline(
    nodes=(
        Step(id="flip", transform="HorizontalFlip"),
        Step(id="off", transform="Blur", enabled=False),
        Step(id="never", transform="Blur", p=0),
        Group(id="one", kind="OneOf", children=(Step(id="noise", transform="GaussNoise"),)),
        Step(id="scale", transform="Normalize", p=1.0),
    )
)


def test_a_study_compares_the_pipeline_with_nothing_and_with_itself_without_each_step_that_can_do_something() -> None:
    variants = variants_of(EffectsPlan(), PIPELINE)
    assert [variant.name for variant in variants] == ["pipeline", "nothing", "without flip", "without one"]
    assert [node.id for node in variants[1].pipeline.nodes] == ["scale"], "nothing still scales pixels"
    assert [node.enabled for node in variants[2].pipeline.nodes] == [False, False, True, True, True]
    assert removed_node("without one") == "one"
    assert removed_node("nothing") is None


def test_a_plan_comes_back_from_its_file_and_belongs_to_studies_only() -> None:
    values = {"dataset": {"kind": "shapes"}, "pipeline": PIPELINE.model_dump(), "kind": "study"}
    config = from_values({**values, "study": {"ask": "effects", "repeats": 3}})
    assert loads(dumps(config)) == config
    with pytest.raises(ConfigError, match="has a plan"):
        from_values(values)
    with pytest.raises(ConfigError, match="other kinds have none"):
        from_values({**values, "kind": "train", "study": {"ask": "effects"}})
    with pytest.raises(ConfigError) as raised:
        from_values({**values, "study": {"ask": "effects", "repeats": 0}})
    assert "study.repeats" in raised.value.errors


def test_the_config_of_a_training_run_becomes_one_of_a_study_of_its_steps() -> None:
    run = from_values({"dataset": {"kind": "shapes"}, "pipeline": PIPELINE.model_dump() | {"streams": 1}})
    assert json.loads(dumps(run))["study"] is None
    config = loads(with_plan(dumps(run).encode()))
    assert (config.kind, config.study, config.pipeline.streams) == ("study", EffectsPlan(), 2)
    asked = loads(with_plan(dumps(from_values(config.model_dump() | {"study": {"ask": "worth"}})).encode()))
    assert asked.study is not None
    assert asked.study.ask == "worth", "a plan that is there stays"


@pytest.mark.parametrize(
    ("names", "streams", "said"),
    [
        (("a", "a"), 2, "a name of its own"),
        (("pipeline",), 2, "are taken"),
        (("fold",), 2, "are taken"),
        (("a",), 1, "from one generator"),
    ],
)
def test_variants_that_would_be_mixed_up_are_refused(names: tuple[str, ...], streams: int, said: str) -> None:
    pipeline = PIPELINE.model_dump() | {"streams": streams}
    values = {"dataset": {"kind": "shapes"}, "pipeline": PIPELINE.model_dump(), "kind": "study"}
    variants = [{"name": name, "pipeline": pipeline} for name in names]
    with pytest.raises(ConfigError, match=said):
        from_values({**values, "study": {"ask": "effects", "variants": variants}})
