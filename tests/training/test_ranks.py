"""Two processes that train together (ddp), here on a processor, learn what one with larger batches learns."""

import numpy as np
import pytest
import torch

from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.training.ranks import RANKS_VARIABLE
from tests.training.conftest import config_of, events_of, run_here, wait_for_end, wait_until

DATASET = {"kind": "shapes", "num_classes": 3, "train_images": 40, "val_images": 25, "image_size": 32}
# Five batches in an epoch, the last of which is a step alone. The rate does not depend on the number of epochs.
COMMON = {"dataset": DATASET, "dropout": 0.0, "schedule": "constant", "accumulate": 2, "gradient_clip": 0.5}


def epochs_of(paths: RunPaths) -> list[Event]:
    return [event for event in events_of(paths) if event.kind == "epoch"]


def test_two_ranks_learn_what_one_with_a_larger_batch_learns_and_a_stop_ends_both_in_the_same_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone, _ = run_here(config_of(batch_size=8, epochs=2, **COMMON), "alone")
    monkeypatch.setenv(RANKS_VARIABLE, "2")
    paths = launcher.start(config_of(batch_size=4, epochs=300, name="together", **COMMON))
    wait_until(paths, lambda: len(epochs_of(paths)) >= 2)
    request_stop(paths)
    assert wait_for_end(paths).state == "stopped", paths.log.read_text()
    assert torch.load(paths.last, weights_only=True)["global_step"] >= 5

    for found, wanted in zip(epochs_of(paths)[:2], epochs_of(alone), strict=True):
        assert found.step == wanted.step == 3 * (wanted.epoch + 1)
        for name in ("train_loss", "val_loss", "auroc", "accuracy"):
            assert found.number(name) == pytest.approx(wanted.number(name), rel=1e-4)
        records = [EpochRecord.load(each.epoch(1, found.epoch)) for each in (paths, alone)]
        np.testing.assert_array_equal(records[0].labels, records[1].labels)
        # All that is learned goes into the logits of the validation images.
        np.testing.assert_allclose(records[0].logits, records[1].logits, atol=1e-4, rtol=1e-4)
