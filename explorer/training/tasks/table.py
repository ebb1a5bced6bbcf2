"""The tasks that there are."""

from explorer.runs.spec.config import RunConfig
from explorer.training.tasks.classification import CLASSIFICATION
from explorer.training.tasks.task import Task


def task_of(config: RunConfig) -> Task:
    """The task of a run. Every run names one class for each image; another task will be a field of the config."""
    del config
    return CLASSIFICATION
