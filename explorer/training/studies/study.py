"""The kind of run that asks what an augmentation is worth; its plan says what exactly is asked."""

from explorer.runs.record.reasons import Why
from explorer.runs.spec.config import RunConfig
from explorer.training.attempt import Attempt
from explorer.training.studies.table import ASKS


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Carry out what the plan of a study asks; returns what was found.

    Raises:
        StopRun: The run was asked to stop. What was found so far is kept.
        ConfigError, DatasetError, ImageError, AugmentError, WeightsError, TrainingError: The study cannot be made; the
            message says why.
        Exception: What torch raises.
    """
    assert config.study is not None  # RunConfig checks it
    return ASKS[config.study.ask](attempt, config)
