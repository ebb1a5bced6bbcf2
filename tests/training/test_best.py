"""Of epochs with equal values the best is the one with the lower validation loss, everywhere; and a run that still
learns is not ended."""

import itertools
import random
from typing import Any

import pytest
import torch

from explorer.runs.overview import summary
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import from_values
from explorer.runs.spec.ranking import best_of, learned_last
from tests.training.conftest import config_of, events_of, run_here

# So easy that all metrics reach 1 while the loss goes on falling.
EASY: dict[str, Any] = {
    "dataset": {"kind": "shapes", "num_classes": 2, "train_images": 40, "val_images": 12, "image_size": 48,
                "noise": 0.0},
    "pipeline": {}, "epochs": 6, "learning_rate": 0.02, "early_stopping": 1, "schedule": "constant",
}  # fmt: skip


def _epochs(paths: RunPaths) -> list[dict[str, Any]]:
    return [{"epoch": event.epoch, **event.values} for event in events_of(paths) if event.kind == "epoch"]


@pytest.mark.parametrize("monitor", ["auroc", "val_loss"])  # of the others the rule itself is tested
def test_checkpoint_outcome_and_list_keep_the_best_of_equal_epochs(monitor: str) -> None:
    paths, outcome = run_here(config_of(**EASY, monitor=monitor))
    assert outcome.state == "finished", outcome.reason
    epochs = _epochs(paths)
    sign = -1 if monitor == "val_loss" else 1
    top = max(sign * values[monitor] for values in epochs)
    equals = [values for values in epochs if sign * values[monitor] == top]
    best = min(equals, key=lambda values: (values["val_loss"], -values["epoch"]))
    if monitor != "val_loss":
        assert len(equals) > 2, "the case of this test is that several epochs are equal"
        assert best["epoch"] > equals[0]["epoch"]
    assert outcome.best["epoch"] == best["epoch"]
    assert torch.load(paths.best, weights_only=True)["epoch"] == best["epoch"]
    assert summary.summarize(paths).best == outcome.best
    # The loss fell in every epoch, so none of them was without progress, whatever the monitor did.
    assert all(after["val_loss"] < before["val_loss"] for before, after in itertools.pairwise(epochs))
    assert len(epochs) == EASY["epochs"]


def test_a_run_of_before_keeps_the_first_of_equals_and_looks_at_its_monitor_alone() -> None:
    before = from_values(config_of(**EASY, monitor="accuracy").model_dump(exclude={"rules"}) | {"version": 1})
    paths, outcome = run_here(before)
    epochs = _epochs(paths)
    first = next(values for values in epochs if values["accuracy"] == max(one["accuracy"] for one in epochs))
    assert outcome.best["epoch"] == torch.load(paths.best, weights_only=True)["epoch"] == first["epoch"]
    assert len(epochs) == first["epoch"] + 2 < EASY["epochs"]
    assert outcome.reason.startswith(f"Stopped early after {len(epochs)} of 6 epochs: 1 without a better accuracy.")


def _plateau(scores: list[float], losses: list[float], monitor: str = "accuracy") -> list[dict[str, Any]]:
    return [{monitor: score, "val_loss": loss} for score, loss in zip(scores, losses, strict=True)]


def test_the_rule_itself() -> None:
    draw = random.Random(0)
    for _ in range(200):
        count = draw.randrange(1, 9)
        epochs = _plateau([draw.randrange(3) / 2 for _ in range(count)], [draw.randrange(4) / 4 for _ in range(count)])
        places = range(count)
        expected = sorted(places, key=lambda at: (epochs[at]["accuracy"], -epochs[at]["val_loss"], at))[-1]
        assert best_of(epochs, "accuracy") == expected, epochs
        fresh = [
            at for at in places
            if all(epochs[at]["accuracy"] > old["accuracy"] for old in epochs[:at])
            or all(epochs[at]["val_loss"] < old["val_loss"] for old in epochs[:at])
        ]  # fmt: skip
        assert learned_last(epochs, "accuracy") == fresh[-1], epochs
    # The mean of the same numbers in another order is the same value.
    swapped = _plateau([(0.9 + 0.8 + 0.7) / 3, (0.7 + 0.8 + 0.9) / 3], [0.2, 0.3], "f1_macro")
    assert swapped[0]["f1_macro"] != swapped[1]["f1_macro"]
    assert best_of(swapped, "f1_macro") == best_of(swapped[::-1], "f1_macro") - 1 == 0
    # Where AUROC is undefined in each epoch, the loss decides alone.
    assert best_of(_plateau([None, None, None], [0.5, 0.3, 0.4], "auroc"), "auroc") == 1  # type: ignore[list-item]
    assert best_of(_plateau([1.0, 1.0], [0.5, 0.1]), "accuracy", rules=1) == 0
