"""How long a study of folds will take, from how long runs with the same work took on this computer."""

from explorer.runs.machine import durations
from explorer.runs.machine.machine import Machine, effective_precision
from explorer.runs.machine.paces import machine_key
from explorer.runs.record.history import VALIDATION_SHARE
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.members import config_of_fold
from explorer.runs.spec.plans.folds import FoldsPlan


def seconds_of(config: RunConfig, whole: RunConfig, sizes: tuple[int, int], machine: Machine) -> float | None:
    """Return what a study of folds takes; None where nothing has measured such runs here.

    Args:
        config: Of the study, whose plan is a `FoldsPlan`.
        whole: The training run that has no folds but is otherwise the same.
        sizes: How many images train and validate in `whole`.
        machine: This computer.
    """
    plan = config.study
    assert isinstance(plan, FoldsPlan)
    threads = config.threads or machine.threads
    decided = {"precision": effective_precision(config, machine), "threads": threads}
    key = machine_key(machine)
    of_fold = durations.known(durations.work_of(config_of_fold(config.model_copy(update=decided), 0), key))
    if of_fold is not None:
        return plan.folds * of_fold.of(config.epochs)
    for asked in (whole, whole.model_copy(update=decided)):
        if (found := durations.known(durations.work_of(asked, key))) is not None:
            each = found.start_s + config.epochs * found.epoch_s * _share(plan.folds, *sizes)
            return plan.folds * each
    return None


def _share(folds: int, train: int, val: int) -> float:
    """Return the work of an epoch of a fold as a share of that of the whole run."""
    every = train + val
    of_fold = every * (folds - 1) / folds + VALIDATION_SHARE * every / folds
    return of_fold / max(train + VALIDATION_SHARE * val, 1.0)
