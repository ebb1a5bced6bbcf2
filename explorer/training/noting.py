"""Noting how long the work of a run takes here, for those who ask before they start another."""

import contextlib

from explorer.runs.machine import durations
from explorer.runs.machine.durations import Duration
from explorer.runs.machine.machine import known_machine
from explorer.runs.machine.paces import machine_key
from explorer.runs.spec.config import RunConfig
from explorer.training.attempt import Attempt


def note(attempt: Attempt, config: RunConfig, found: Duration | None) -> None:
    """Keep what was measured; a disk that is full costs nothing but this.

    A check and a search see the beginning alone: where the backbone is set free later, they say too little.
    """
    machine = known_machine()
    if found is None or machine is None or not attempt.leads:
        return
    if found.by != "train" and config.unfreeze_epoch is not None:
        return
    with contextlib.suppress(OSError):
        durations.keep(durations.work_of(config, machine_key(machine)), found)
