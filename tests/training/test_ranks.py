"""Two processes that train together (ddp), here on a processor, learn what one with larger batches learns."""

import numpy as np
import pytest
import torch

from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.record.epochs import EpochRecord
from explorer.training.ranks import RANKS_VARIABLE
from tests.training.conftest import config_of, events_of, has_stepped, run_here, wait_for_end, wait_until

DATASET = {"kind": "shapes", "num_classes": 3, "train_images": 40, "val_images": 25, "image_size": 32}


def test_two_ranks_learn_what_one_with_a_larger_batch_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    # Five batches in an epoch, the last of which is a step alone.
    common = {"dataset": DATASET, "dropout": 0.0, "epochs": 2, "accumulate": 2, "gradient_clip": 0.5}
    alone, _ = run_here(config_of(batch_size=8, **common), "alone")
    monkeypatch.setenv(RANKS_VARIABLE, "2")
    paths = launcher.start(config_of(batch_size=4, name="together", **common))
    assert wait_for_end(paths).state == "finished", paths.log.read_text()

    one, other = (torch.load(each.last, weights_only=True) for each in (alone, paths))
    assert one["global_step"] == other["global_step"] == 6
    for name, value in one["state_dict"].items():
        torch.testing.assert_close(other["state_dict"][name], value, atol=1e-5, rtol=1e-4)
    epochs, expected = ([e for e in events_of(each) if e.kind == "epoch"] for each in (paths, alone))
    assert len(epochs) == 2
    for found, wanted in zip(epochs, expected, strict=True):
        for name in ("train_loss", "val_loss", "auroc", "accuracy"):
            assert found.number(name) == pytest.approx(wanted.number(name), rel=1e-4)
        records = [EpochRecord.load(each.epoch(1, found.epoch)) for each in (paths, alone)]
        np.testing.assert_array_equal(records[0].labels, records[1].labels)


def test_a_stop_ends_both_in_the_same_step_and_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RANKS_VARIABLE, "2")
    paths = launcher.start(config_of(dataset=DATASET, batch_size=4, epochs=300, name="stopped"))
    wait_until(paths, has_stepped(paths))
    request_stop(paths)
    outcome = wait_for_end(paths)
    assert outcome.state == "stopped"
    saved = torch.load(paths.last, weights_only=True)["global_step"]
    assert saved > 0
