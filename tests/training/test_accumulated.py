"""A step of the optimizer follows the mean of the batches that it was made of, also where an epoch ends with fewer."""

from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import dumps, from_values
from explorer.training.data import Images
from explorer.training.module import classifier
from explorer.training.prepared import Prepared
from tests.training.conftest import SHAPES, config_of, run_here

# Five batches in an epoch: a step of three and a step of two; no part of the network draws anything.
PLAIN: dict[str, Any] = {
    "dataset": SHAPES | {"train_images": 37},
    "backbone": "small-cnn", "weights": "none", "frozen": False, "dropout": 0.0, "optimizer": "sgd", "momentum": 0.0,
    "learning_rate": 0.05, "schedule": "constant", "epochs": 2,
}  # fmt: skip


def _weights(paths: RunPaths) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(paths.last, weights_only=True)["state_dict"]
    return state


def _by_hand(config: Any) -> dict[str, torch.Tensor]:
    """The same training as a plain loop of torch."""
    dataset = config.dataset.open()
    model = classifier(config, dataset.classes, 1, dataset.train.counts(3))
    train = Prepared(dataset.train, config.kept, keep=True)
    optimizer = torch.optim.SGD(model.network.parameters(), lr=config.learning_rate, weight_decay=0.0)
    model.train()
    for epoch in range(config.epochs):
        loader = Images(config, train, train, 0).train_dataloader()
        loader.batch_sampler.sampler.set_epoch(epoch)  # type: ignore[union-attr]
        batches = list(loader)
        for first in range(0, len(batches), config.accumulate):
            losses = [
                nn.functional.cross_entropy(model.network(batch.images), batch.labels)
                for batch in batches[first : first + config.accumulate]
            ]
            torch.stack(losses).mean().backward()
            nn.utils.clip_grad_norm_(model.network.parameters(), config.gradient_clip)
            optimizer.step()
            optimizer.zero_grad()
    return dict(model.state_dict())


def test_the_steps_are_those_of_a_loop_by_hand_and_a_run_of_before_keeps_its_own() -> None:
    config = config_of(**PLAIN, accumulate=3, gradient_clip=0.3, weight_decay=0.0)
    paths, outcome = run_here(config, "three")
    assert outcome.state == "finished", outcome.reason
    expected = _by_hand(config)
    for name, value in _weights(paths).items():
        torch.testing.assert_close(value, expected[name], atol=1e-6, rtol=1e-4, msg=name)

    # Whatever `accumulate` is: where one batch makes a step, it is that batch.
    common = PLAIN | {"dataset": SHAPES | {"train_images": 16}, "batch_size": 16}
    alone, eight = (_weights(run_here(config_of(**common, accumulate=n), f"by-{n}")[0]) for n in (1, 8))
    assert [name for name in alone if not torch.equal(alone[name], eight[name])] == []
    before = from_values(config_of(**common, accumulate=8).model_dump(exclude={"rules"}) | {"version": 1})
    assert (before.rules, from_values({**before.model_dump()}).rules) == (1, 1), "and so it is when it is resumed"
    assert '"rules": 1' in dumps(before)
    begun = dict(classifier(before, ("a", "b", "c"), 1, np.array([6, 5, 5])).state_dict())
    old = _weights(run_here(before.model_copy(update={"epochs": 1}), "before")[0])
    new = _weights(run_here(before.model_copy(update={"epochs": 1, "rules": 2}), "now")[0])
    name = "network.net.fc.weight" if "network.net.fc.weight" in old else next(n for n in old if n.endswith("weight"))
    moved, whole = (float((state[name] - begun[name]).norm()) for state in (old, new))
    np.testing.assert_allclose(moved / whole, 1 / 8, rtol=1e-2)
