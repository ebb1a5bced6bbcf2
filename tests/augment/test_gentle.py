"""Where the library's defaults leave little of a photograph, a step that is added here starts gentler."""

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from explorer.augment import exchange
from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.edits import add, unset_param
from explorer.augment.pipeline import Draft, Pipeline, Step
from explorer.augment.soft import GENTLE
from explorer.data.sample import Sample


def kept(sample: Sample, step: Step) -> float:
    """How much of the image is left, 0 to 1: what is alike in the mean of its channels and of some seeds."""
    pipeline = Pipeline(nodes=(step.model_copy(update={"p": 1.0}),))
    results = [augment(sample, pipeline, seed).image for seed in range(6)]
    return float(np.mean([structural_similarity(sample.image, result, channel_axis=2) for result in results]))


def test_what_is_added_starts_gentler_than_the_library_and_can_go_back(photograph: Sample) -> None:
    small = Sample(cv2.resize(photograph.image, (160, 160), interpolation=cv2.INTER_AREA))
    assert {"ColorJitter", "GaussNoise"} <= set(GENTLE)
    for name, gentle in GENTLE.items():
        draft, node = add(Draft(), name, None)
        added = draft.nodes[0]
        assert isinstance(added, Step)
        assert added.params.items() >= dict(gentle).items(), name
        for parameter in gentle:
            draft = unset_param(draft, node, parameter)
        library = draft.nodes[0]
        assert isinstance(library, Step)
        assert library.params == catalog()[name].starts, name  # "Back to library defaults"
        assert kept(small, added) > max(0.55, kept(small, library) + 0.05), name


def test_what_is_imported_keeps_the_librarys_defaults() -> None:
    code = "transform = A.Compose([A.SaltAndPepper(p=1), A.PlasmaShadow(p=1), A.ShotNoise(p=1)])"
    nodes = exchange.read(f"import albumentations as A\n{code}", "x.py")[0].draft.nodes
    assert [node.params for node in nodes] == [{}, {}, {}]
