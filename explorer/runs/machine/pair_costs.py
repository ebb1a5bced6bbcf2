"""How long a confirmation will take, from how long runs with the same work took on this computer."""

from dataclasses import dataclass

from explorer.runs.machine import durations
from explorer.runs.machine.machine import Machine, effective_precision
from explorer.runs.machine.paces import machine_key
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.members import Member, config_of, members_of
from explorer.runs.spec.plans.confirm import DRAWN, ConfirmPlan


@dataclass(frozen=True)
class PairCosts:
    """What a confirmation takes.

    Attributes:
        runs: Training runs.
        seconds: Of all of them; None where nothing has measured such runs here.
        both: Whether runs of both pipelines were measured; else both are taken to be as fast as the one that was.
    """

    runs: int
    seconds: float | None
    both: bool


def cost_of(config: RunConfig, machine: Machine) -> PairCosts:
    """Return what a confirmation will take. Its plan is a `ConfirmPlan`."""
    assert isinstance(config.study, ConfirmPlan)
    members = members_of(config.study)
    threads = config.threads or machine.threads
    decided = config.model_copy(update={"precision": effective_precision(config, machine), "threads": threads})
    each = [_known(config, decided, member, machine_key(machine)) for member in members[:2]]
    measured = [one for one in each if one is not None]
    if not measured:
        return PairCosts(len(members), None, both=False)
    mean = sum(measured) / len(measured)
    return PairCosts(len(members), len(members) * mean, both=len(measured) == len(each))


def _known(config: RunConfig, decided: RunConfig, member: Member, key: str) -> float | None:
    """Return the seconds of one of the runs, by a run of a confirmation or by one with all training images."""
    found = durations.known(durations.work_of(config_of(decided, member), key))
    if found is not None:
        return found.of(config.epochs)
    for asked in (config, decided):
        own = config_of(asked, member)
        whole = own.model_copy(update={"dataset": asked.dataset})
        if (found := durations.known(durations.work_of(whole, key))) is not None:
            return found.start_s + config.epochs * found.epoch_s * DRAWN
    return None
