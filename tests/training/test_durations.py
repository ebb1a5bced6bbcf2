"""How long a run takes is known after a quick check, a search or a training of the same work has measured it."""

import pytest

from explorer.base.words import span
from explorer.runs.machine import durations
from explorer.runs.machine.machine import known_machine, remember
from explorer.runs.machine.paces import machine_key
from explorer.runs.record import results
from explorer.texts import Probes
from explorer.training.devices import here
from explorer.ui.train import networks
from explorer.ui.train.source import Source
from tests.training.conftest import SMALL, config_of, events_of, run_here


def test_what_has_measured_the_work_says_how_long_a_run_takes() -> None:
    remember(here(measure=False))
    machine = known_machine()
    assert machine is not None
    key = machine_key(machine)
    config = config_of(epochs=2, batch_size=4, **SMALL)
    dataset = config.dataset.open()
    assert networks.takes(machine, config, dataset, None) is None

    searched, _ = run_here(config.model_copy(update={"kind": "rate"}), "rate")
    found = durations.known(durations.work_of(config, key))
    assert found is not None
    assert found.by == "rate"
    first, last = (event.mono for event in (events_of(searched)[0], events_of(searched)[-1]))
    assert 0 < found.epoch_s < last - first, "an epoch is 6 of the 100 steps, and a validation"

    checked, _ = run_here(config.model_copy(update={"kind": "check"}), "check")
    estimate = results.check_result(checked)
    assert estimate is not None
    assert estimate.estimate is not None
    expected = (span(estimate.estimate.run_s), Probes.KINDS["check"].takes)
    assert networks.takes(machine, config, dataset, None) == expected
    # Neither another rate nor another seed is other work; another size is.
    same = config.model_copy(update={"learning_rate": 0.5, "seed": 3, "schedule": "constant", "early_stopping": 1})
    assert networks.takes(machine, same, dataset, None) == expected
    assert networks.takes(machine, config.model_copy(update={"image_size": 64}), dataset, None) is None

    trained, _ = run_here(config, "train")
    events = events_of(trained)
    epochs = [event.number("duration_s") for event in events if event.kind == "epoch"]
    took = durations.known(durations.work_of(config, key))
    assert took is not None
    assert took.by == "train"
    assert took.epoch_s == pytest.approx(sum(epochs) / 2)
    begun = next(event.mono for event in events if event.values.get("phase") == "training")
    assert took.start_s == pytest.approx(begun - events[0].mono)
    assert took.of(4) == pytest.approx(took.of(2) + sum(epochs))
    # A later check, which has seen less, does not take its place.
    durations.keep(durations.work_of(config, key), durations.Duration(by="check", epoch_s=99.0))
    assert durations.known(durations.work_of(config, key)) == took

    # A run of before, of which nothing was noted: its duplicate takes what it took.
    durations._DURATIONS._file().unlink()
    source = Source(trained.id, "before", config, {})
    assert networks.takes(machine, config, dataset, source) == (span(took.of(2)), Probes.KINDS["train"].takes)
    assert networks.takes(machine, config.model_copy(update={"image_size": 64}), dataset, source) is None
