"""Python that the app writes is read back as the same pipeline."""

import pytest

from explorer.augment import presets
from explorer.augment.catalog import catalog
from explorer.augment.code import read_code
from explorer.augment.code.writing import to_python
from explorer.augment.edits import add, set_p
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from tests.augment.code.plain import nodes


def back(pipeline: Pipeline) -> Draft:
    (found,) = read_code(to_python(pipeline))
    assert found.unknowns == ()
    return found.draft


def test_every_transform_comes_back_from_its_code(subtests: pytest.Subtests) -> None:
    for name, offered in catalog().items():
        with subtests.test(name):
            draft, step = add(Draft(), name, None)
            pipeline = validate(set_p(draft, step, 0.35))
            again = back(pipeline)
            (mine,), (read,) = nodes(pipeline.nodes), nodes(again.nodes)
            further = {parameter.name for parameter in EXTRAS[name].parameters} if name in EXTRAS else set()
            usual = {key: parameter.default for key, parameter in offered.parameters.items()}
            assert read[:2] == mine[:2]
            for key in set(usual) - further:  # what comes with each call is no part of the code
                assert read[2].get(key, usual[key]) == mine[2].get(key, usual[key])
            assert again.targets == pipeline.targets
            assert to_python(validate(again)) == to_python(pipeline)


def test_every_preset_comes_back_from_its_code(subtests: pytest.Subtests) -> None:
    for name in presets.presets():
        with subtests.test(name):
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
