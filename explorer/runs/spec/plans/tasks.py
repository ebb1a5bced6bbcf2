"""Which studies there are of networks that learn a task, and why the others are not."""

from collections.abc import Mapping

from explorer.base.task_names import TaskName
from explorer.runs.spec.plans.table import Ask

_OF_HEADS = (
    "Its heads on features of a frozen network tell classes of whole images apart, and have no answer for {answers}."
)
_OF_RUNS = "It judges one class for each image, and these runs learn {answers}."
_WHY: Mapping[Ask, str] = {
    "effects": f"A study of steps is for classification. {_OF_HEADS}",
    "worth": f"Learning curves are for classification. {_OF_HEADS}",
    "search": f"A search for a pipeline is for classification. {_OF_HEADS}",
    "immunity": f"An immunity map is for classification. {_OF_RUNS}",
}
_ANSWERS: Mapping[TaskName, str] = {"segmentation": "masks", "labels": "several labels of an image"}
_INSTEAD: Mapping[TaskName, str] = {
    "segmentation": "Pairs of short full runs (confirm) judge steps for masks.",
    "labels": "Pairs of short full runs (confirm) judge steps for several labels.",
}


def why_not(task: TaskName, ask: Ask) -> str:
    """Return why a study does not fit what its networks learn, and what to do instead; "" where it fits."""
    if task == "classification" or ask not in _WHY:  # what trains full runs is for all tasks
        return ""
    return f"{_WHY[ask].format(answers=_ANSWERS[task])} {_INSTEAD[task]}"
