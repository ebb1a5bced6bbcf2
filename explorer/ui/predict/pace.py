"""How long a prediction will take, by the measured speed of its networks, or else by how fast their trainings were."""

import streamlit as st

from explorer.base.words import span
from explorer.runs.life import predicting
from explorer.runs.machine import paces
from explorer.runs.machine.machine import known_machine
from explorer.runs.record.history import VALIDATION_SHARE, History
from explorer.runs.record.paths import RunNotFound
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.predict import Network
from explorer.texts import Predict as T

_KEPT_S = 300.0


def takes(networks: tuple[Network, ...], trained: tuple[RunConfig, ...], each: int) -> str:
    """Return how long all networks take for as many images each, in words.

    Args:
        networks: The networks.
        trained: The configs of the runs that trained them.
        each: Images, with their views.
    """
    found = [_measured(config) or _trained(one, config) for one, config in zip(networks, trained, strict=True)]
    known = [seconds for seconds in found if seconds is not None]
    if len(known) < len(found):
        return T.TAKES_UNKNOWN
    return T.TAKES.format(takes=span(max(each * sum(known), 1.0)))


def _measured(config: RunConfig) -> float | None:
    """Return the seconds of an image by the measured speed of the network; None where it was not measured."""
    machine = known_machine()
    pace = paces.known(config.backbone, paces.machine_key(machine), config.task) if machine else None
    return None if pace is None else (config.image_size / pace.size) ** 2 / pace.validate_images_per_second


@st.cache_data(max_entries=200, ttl=_KEPT_S, show_spinner=False)
def _seconds_of_a_step(run: str, member: int | None) -> float | None:
    try:
        history = History(predicting.paths_of(Network(run=run, member=member)))
    except RunNotFound:
        return None
    history.read_on()
    return history.times.step_s()


def _trained(network: Network, config: RunConfig) -> float | None:
    """Return the seconds of an image by the last steps of the training; None where they are not known."""
    step_s = _seconds_of_a_step(network.run, network.member)
    if step_s is None:
        return None
    # With a frozen backbone a step is little more than what a prediction does.
    share = 1.0 if config.frozen and config.unfreeze_epoch is None else VALIDATION_SHARE
    return share * step_s / config.batch_size
