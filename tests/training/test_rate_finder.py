"""The search for a learning rate, trained."""

import math

import numpy as np
import pytest
import torch

from explorer.runs.record import rates, results
from explorer.training.data import Images
from explorer.training.losses import LOSSES
from explorer.training.module import classifier
from explorer.training.prepared import Prepared
from explorer.training.weights import load
from tests.training.conftest import SHAPES, SMALL, config_of, run_here


def test_it_walks_through_the_rates_and_leaves_its_curve_with_steps_as_the_run_makes_them() -> None:
    easy = SHAPES | {"noise": 0.0}
    config = config_of(
        dataset=easy,
        pipeline={},
        kind="rate",
        backbone_lr_factor=0.1,
        unfreeze_epoch=2,
        accumulate=2,
        dropout=0.0,
        batch_size=4,
        **SMALL | {"frozen": True},
    )
    paths, outcome = run_here(config)
    found = results.rate_result(paths)
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert len(found.lr) == len(found.loss) == len(found.smooth) == found.total == found.done
    assert found.lr[0] == pytest.approx(rates.LOWEST)
    steps = np.diff(np.log(found.lr))
    np.testing.assert_allclose(steps, math.log(rates.HIGHEST / rates.LOWEST) / (rates.STEPS - 1))
    assert found.suggestion is not None
    assert f"{found.suggestion:.2g}" in outcome.reason
    assert rates.judge(found.lr, found.loss).suggestion == found.suggestion
    # Nothing is learned yet in the first step, which is the mean of two batches.
    dataset = config.dataset.open()
    model = classifier(config, dataset.classes, 3, dataset.train.counts(3), load(config, lambda done, total: None))
    train = Prepared(dataset.train, config.kept, keep=True)
    batches = [batch for batch, _ in zip(Images(config, train, train, 0).train_dataloader(), range(2), strict=False)]
    loss = LOSSES["cross_entropy"](config, dataset.train.counts(3)).loss
    with torch.no_grad():
        own = [float(loss(model.train()(batch.images), batch.labels)) for batch in batches]
    assert found.loss[0] == pytest.approx(np.mean(own), rel=1e-4)


def test_a_network_that_breaks_ends_the_search_and_not_the_result() -> None:
    paths, outcome = run_here(config_of(kind="rate", optimizer="sgd", weight_decay=10.0, **SMALL))
    found = results.rate_result(paths)
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert len(found.loss) == found.total < rates.STEPS
    assert all(map(math.isfinite, found.loss))
