"""The table of tasks."""

from collections.abc import Mapping

from explorer.base.task_names import TaskName
from explorer.runs.spec.config import RunConfig
from explorer.training.tasks.classification import CLASSIFICATION
from explorer.training.tasks.labels import LABELS
from explorer.training.tasks.segmentation import SEGMENTATION
from explorer.training.tasks.task import Task

TASKS: Mapping[TaskName, Task] = {task.name: task for task in (CLASSIFICATION, SEGMENTATION, LABELS)}


def task_of(config: RunConfig) -> Task:
    """The task of a run, which follows from its data set."""
    return TASKS[config.dataset.task]
