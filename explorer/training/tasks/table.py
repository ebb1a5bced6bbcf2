"""The table of tasks."""

from explorer.runs.spec.config import RunConfig
from explorer.training.tasks.classification import CLASSIFICATION
from explorer.training.tasks.task import Task


def task_of(config: RunConfig) -> Task:
    """The task of a run. Every run predicts one class for each image; with another task this will be a field."""
    del config
    return CLASSIFICATION
