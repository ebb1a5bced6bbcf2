"""Python that the app writes is read back as the same pipeline."""

import pytest

from explorer.augment import presets
from explorer.augment.catalog import catalog
from explorer.augment.code import read_code
from explorer.augment.code.writing import to_python
from explorer.augment.edits import add
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from tests.augment.code.plain import nodes


def back(pipeline: Pipeline) -> Draft:
    (found,) = read_code(to_python(pipeline))
    assert found.unknowns == ()
    return found.draft


@pytest.mark.parametrize("name", sorted(catalog()))
def test_every_transform_comes_back_from_its_code(name: str) -> None:
    pipeline = validate(add(Draft(), name, None)[0])
    (mine,), (read,) = nodes(pipeline.nodes), nodes(back(pipeline).nodes)
    further = {parameter.name for parameter in EXTRAS[name].parameters} if name in EXTRAS else set()
    usual = {key: parameter.default for key, parameter in catalog()[name].parameters.items()}
    assert read[:2] == mine[:2]
    for key in set(usual) - further:  # what comes with each call is no part of the code
        assert read[2].get(key, usual[key]) == mine[2].get(key, usual[key])


@pytest.mark.parametrize("name", sorted(presets.presets()))
def test_every_preset_comes_back_from_its_code(name: str) -> None:
    pipeline = validate(presets.draft(name))
    assert nodes(back(pipeline).nodes) == nodes(pipeline.nodes)


def test_rules_of_targets_come_back_from_their_code() -> None:
    rules = TargetRules(
        mask_interpolation="INTER_CUBIC",
        boxes=BoxRules(format="coco", min_area=12.5, clip=False, max_accept_ratio=8),
        keypoints=PointRules(format="yx", remove_invisible=False),
    )
    pipeline = Pipeline(nodes=validate(presets.draft("flips")).nodes, targets=rules)
    assert back(pipeline).targets == rules
