"""A run of kind "predict": its scores are those of a plain loop, and an interrupted one ends with the same numbers."""

from hashlib import blake2b
from pathlib import Path

import albumentations as A
import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from explorer.augment.streams import Stream
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import loads
from explorer.training.networks import build
from tests.training.predictions.conftest import FLIPS, Trained, plan_of, predict


def _network(paths: RunPaths, outputs: int) -> torch.nn.Module:
    """The network of a run with the weights of its last checkpoint, loaded as PyTorch does."""
    state = torch.load(paths.last, weights_only=True)["state_dict"]
    network = build(loads(paths.config.read_bytes()), outputs, None)
    network.load_state_dict({name.removeprefix("network."): value for name, value in state.items()})
    return network.eval()


def _square(file: Path, size: int) -> NDArray[np.uint8]:
    """The middle square of a picture of 40 × 50 px, whose short side is scaled to `size`."""
    image = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    wide = round(50 * size / 40)
    method = cv2.INTER_AREA if size < 40 else cv2.INTER_LINEAR
    left = (wide - size) // 2
    return cv2.resize(image, (wide, size), interpolation=method)[:, left : left + size]


@torch.no_grad()
def _plain_scores(network: torch.nn.Module, squares: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    images = torch.stack([torch.from_numpy(np.ascontiguousarray(one)).permute(2, 0, 1) for one in squares])
    outputs = network(images).double()
    if outputs.shape[1] == 1:
        positive = torch.sigmoid(outputs)
        return torch.cat([1 - positive, positive], dim=1).numpy()
    return torch.softmax(outputs, dim=1).numpy()


def test_scores_of_two_networks_with_views_are_those_of_a_plain_loop(here: Trained) -> None:
    plan = plan_of(here.first, here.second, part="all", views=FLIPS, count=3, seed=5)
    _, outcome, found = predict(plan, "averaged")
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert (found.complete, len(found)) == (True, 52)
    each, plain = [], []
    for paths, outputs, size in ((here.first, 2, 32), (here.second, 1, 48)):
        network = _network(paths, outputs)
        squares = [_square(here.folder / file, size) for file in found.files]
        views = [squares]
        for view in range(3):
            flipped = [_flips(5, view, index) for index in range(len(squares))]
            views.append([one[:, ::-1] if flip else one for one, flip in zip(squares, flipped, strict=True)])
        scores = [_plain_scores(network, images) for images in views]
        plain.append(scores[0])
        each.append(np.mean(scores, axis=0))
    np.testing.assert_allclose(found.each, np.stack(each), atol=1e-6)
    np.testing.assert_allclose(found.scores, np.mean(each, axis=0), atol=1e-6)
    np.testing.assert_allclose(found.plain, np.mean(plain, axis=0), atol=1e-6)
    assert found.labels.tolist() == [int("bees" in name) for name in found.ids]


def _flips(seed: int, view: int, index: int) -> bool:
    """Whether the step of FLIPS fires for a view: drawn with albumentations from the stream of that step."""
    flip = A.HorizontalFlip(p=0.5)
    stream = Stream("v1")
    stream.begin(blake2b(f"{seed} {view} {index} ".encode(), digest_size=32))
    flip.set_random_state(stream.generator, stream)
    image = np.array([[0, 255]], np.uint8)
    return bool(flip(image=image)["image"][0, 0] == 255)


def test_an_image_is_predicted_as_in_the_validation_of_its_run(here: Trained) -> None:
    _, _, found = predict(plan_of(here.first), "validated")
    assert found is not None
    record = EpochRecord.load(here.first.epoch(1, 0))
    assert record.logits is not None
    expected = torch.softmax(torch.from_numpy(record.logits).double(), dim=1).numpy()
    assert found.ids == ValidationImages.load(here.first.validation).ids
    assert np.array_equal(found.scores, expected.astype(np.float32))
