"""What is said about the composers is what they do."""

import inspect
from collections import Counter
from typing import get_args

import albumentations as A
import numpy as np
import pytest

from explorer.augment.documentation import composer
from explorer.augment.pipeline import GroupKind
from explorer.augment.streams import random_state

KINDS = get_args(GroupKind)
DRAWS = 1500
IMAGE = np.zeros((4, 4, 3), np.uint8)


class Stamp(A.ImageOnlyTransform):
    """Appends its number to a list, so that it shows which steps ran and in which order."""

    def __init__(self, number: int, ran: list[int], p: float) -> None:
        super().__init__(p=p)
        self.number, self.ran = number, ran

    def apply(self, img: np.ndarray, **_: object) -> np.ndarray:
        self.ran.append(self.number)
        return img


def runs(kind: str, p_of_steps: tuple[float, ...], **options: object) -> Counter[tuple[int, ...]]:
    """Which steps ran, in which order, in many draws."""
    ran: list[int] = []
    steps = [Stamp(number, ran, p) for number, p in enumerate(p_of_steps)]
    compose = A.Compose([getattr(A, kind)(transforms=steps, **options)])
    found: Counter[tuple[int, ...]] = Counter()
    for index in range(DRAWS):
        ran.clear()
        compose.set_random_state(*random_state(0, 0, index))
        compose(image=IMAGE)
        found[tuple(ran)] += 1
    return found


def near(count: int, share: float) -> bool:
    """Within five standard deviations of what a share of all draws gives."""
    return abs(count - share * DRAWS) <= 5 * np.sqrt(DRAWS * share * (1 - share))


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_of_every_composer_has_a_meaning(kind: str) -> None:
    documentation = composer(kind)
    signature = set(inspect.signature(getattr(A, kind).__init__).parameters)
    assert set(documentation.parameters) == signature - {"self", "transforms", "first", "second"}
    for sentence in (documentation.summary, *documentation.parameters.values()):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert documentation.summary.count(". ") == 0
    assert "In the words of albumentations" in documentation.markdown
    assert ">>>" not in documentation.markdown


def test_one_of_takes_p_as_weights_and_forces_the_chosen_step() -> None:
    found = runs("OneOf", (0.1, 0.3), p=0.8)
    assert set(found) == {(), (0,), (1,)}
    assert near(found[0,], 0.2)
    assert near(found[1,], 0.6)


def test_some_of_draws_evenly_keeps_the_order_and_lets_each_step_fire_with_its_own_p() -> None:
    found = runs("SomeOf", (1.0, 0.5, 1.0), n=2, p=1.0)
    assert all(list(order) == sorted(order) for order in found)
    assert near(found[0, 2], 1 / 3)
    assert near(found[0, 1], 1 / 6)


def test_random_order_applies_what_it_drew_in_any_order() -> None:
    found = runs("RandomOrder", (1.0, 1.0), n=2, p=1.0)
    assert near(found[0, 1], 0.5)
    assert near(found[1, 0], 0.5)


def test_sequential_runs_its_steps_in_order_each_with_its_own_p() -> None:
    found = runs("Sequential", (1.0, 0.5), p=0.5)
    assert near(found[0, 1], 0.25)
    assert near(found[0,], 0.25)
    assert near(found[()], 0.5)


def test_the_p_of_one_or_other_is_that_of_its_first_step_and_one_always_fires() -> None:
    found = runs("OneOrOther", (0.1, 0.1), p=0.7)
    assert set(found) == {(0,), (1,)}
    assert near(found[0,], 0.7)


def test_selective_channels_leave_the_others_and_the_mask_alone() -> None:
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    mask = image[:, :, 0] // 100
    compose = A.Compose([A.SelectiveChannelTransform([A.HorizontalFlip(p=1.0)], channels=[1], p=1.0)])
    result = compose(image=image, mask=mask)
    np.testing.assert_array_equal(result["image"][:, :, [0, 2]], image[:, :, [0, 2]])
    np.testing.assert_array_equal(result["image"][:, :, 1], image[:, ::-1, 1])
    np.testing.assert_array_equal(result["mask"], mask)


def test_a_kind_that_is_no_composer_is_told() -> None:
    with pytest.raises(KeyError):
        composer("Compose")
