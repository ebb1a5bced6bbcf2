"""The table of the kinds of runs."""

from collections.abc import Callable

from explorer.runs.record.reasons import Why
from explorer.runs.spec.config import RunConfig, loads
from explorer.training.attempt import Attempt
from explorer.training.quick_check import check
from explorer.training.rate_finder import find
from explorer.training.trainer import fit

KINDS: dict[str, Callable[[Attempt, RunConfig], Why]] = {"train": fit, "check": check, "rate": find}


def carry_out(attempt: Attempt) -> Why:
    """Carry out the kind of run that the config asks for; returns how it went. Raises what that kind raises."""
    config = loads(attempt.paths.config.read_bytes())
    attempt.stop.check("stopped_beginning")
    return KINDS[config.kind](attempt, config)
