"""The predicted masks that a training leaves for the page of its run."""

import cv2
import numpy as np
import pytest
import torch

from explorer.runs.record import mask_budget
from explorer.runs.record.events import EventWriter
from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.record.masks import PredictedMasks, directory
from explorer.runs.record.paths import RunPaths
from explorer.training.attempt import Attempt
from explorer.training.mask_pictures import MaskPictures, as_png, joined
from explorer.training.mask_writer import MaskWriter
from explorer.training.stopping import StopRequest
from tests.training.conftest import config_of, folder_of

SIDE = 16


def predicted(count: int) -> torch.Tensor:
    return torch.randint(0, 5, (count, SIDE, SIDE), generator=torch.Generator().manual_seed(count))


def test_ranks_together_keep_the_pixels_that_were_predicted_in_the_order_of_the_split() -> None:
    masks, ranks = predicted(7), [MaskPictures(), MaskPictures()]
    for place in range(7):
        ranks[place % 2].add(masks[place : place + 1], torch.tensor([place]))
    found = joined([rank.part for rank in ranks])
    assert sorted(found.pictures) == list(range(7))
    for place, picture in found.pictures.items():
        values = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(values, masks[place].numpy())


def test_of_too_many_images_every_second_or_fourth_is_kept_whatever_the_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mask_budget, "EPOCH_PIXELS", 6 * SIDE**2)
    masks, pictures = predicted(20), MaskPictures()
    for start in range(0, 20, 3):
        pictures.add(masks[start : start + 3], torch.arange(start, min(start + 3, 20)))
    assert sorted(pictures.part.pictures) == sorted(joined([pictures.part]).pictures) == [0, 4, 8, 12, 16]


def writer_of(paths: RunPaths, budget: MaskBudget, number: int = 1) -> MaskWriter:
    with EventWriter(paths, number) as events:
        return MaskWriter(Attempt(paths, number, events, StopRequest(paths.stop)), budget)


def test_earlier_epochs_keep_the_masks_of_images_that_are_followed_also_after_a_resume(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mask_budget, "RUN_BYTES", int(2.2 * 8 * SIDE**2 * 0.125 + 4 * 2 * SIDE**2 * 0.125))
    budget = MaskBudget(8, SIDE, epochs=6)
    assert (budget.stored, budget.followed) == (1, 4)
    whole = PredictedMasks(SIDE, {place: as_png(np.zeros((SIDE, SIDE), np.uint8)) for place in range(8)})
    paths = folder_of(config_of())
    writer = writer_of(paths, budget)
    for epoch in range(4):
        writer.save(whole, epoch)
        writer.thin(best=min(epoch, 1), latest=epoch)
    kept = [len(directory(paths.masks(1, epoch)).places) for epoch in range(4)]
    assert kept == [2, 8, 2, 8]
    again = writer_of(paths, budget, number=2)  # it validates the last epoch again
    for epoch in (3, 4):
        again.save(whole, epoch)
        assert paths.masks(1, epoch).exists() == (epoch == 3)  # until the event of the epoch, after which `thin` comes
        again.thin(best=4 if epoch == 4 else 1, latest=epoch)
    assert [len(directory(paths.masks(1, epoch)).places) for epoch in range(3)] == [2, 2, 2]
    assert not paths.masks(1, 3).exists()
    assert [len(directory(paths.masks(2, epoch)).places) for epoch in (3, 4)] == [2, 8]


def test_masks_that_cannot_be_written_do_not_end_the_run() -> None:
    paths = folder_of(config_of())
    paths.masks(1, 0).parent.write_text("no folder")
    writer = writer_of(paths, MaskBudget(1, SIDE, 1))
    writer.save(PredictedMasks(SIDE, {}), 0)
    writer.thin(None, 0)
    assert not paths.masks(1, 0).exists()
