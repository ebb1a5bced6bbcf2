"""A trial of the pipeline in a child process before a run, which names the step in which the child dies.

Native code that is given an absurd value may crash, ask for gigabytes, or never end. Each of these would end the
trainer without a message.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from explorer.augment.apply import AugmentError
from explorer.augment.masked_input import training_pair
from explorer.augment.network_input import check_pipeline, training_image
from explorer.base import confined
from explorer.data.sample import Sample
from explorer.runs.machine.capacity import in_words
from explorer.runs.spec.config import RunConfig
from explorer.training.noted_steps import NotedSteps, transforms_of
from explorer.training.stopping import TrainingError

# Bytes of address space beyond what the trainer has already; as much as a page may take for a drawing.
MEMORY = 2 << 30
_COPIES = 30  # of an image, on top of that: images may be large, and steps copy them as floats
STEP_S = 60.0  # for one step on one image; at that pace an epoch of a thousand images would take a night
_LOOK_S = 0.2


def check(config: RunConfig, samples: Sequence[Sample], report: Callable[[], None]) -> None:
    """Find out before the training what would break it, with `check_pipeline`.

    Args:
        config: Of the run.
        samples: Some training samples, as augmentation gets them; at least one.
        report: Called a few times a second; what it raises ends the trial.

    Raises:
        AugmentError: A step fails or would end the trainer; the message names it.
        TrainingError: The pipeline fails for another reason.
    """
    noted = NotedSteps(transforms_of(config.pipeline), count=1)
    memory = MEMORY + _COPIES * max(sample.image.nbytes for sample in samples)
    # Forked where that is safe, so that the samples are not copied; elsewhere the child imports what it needs.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_try, args=(theirs, noted, memory, os.getpid(), config, list(samples)), daemon=True)
    child.start()
    theirs.close()
    try:
        answer = _answer(ours, noted, report)
    finally:
        child.kill()
        child.join()
        ours.close()
    if answer is None:
        report()  # a signal to the process group ends the child a moment before the trainer gets it
        raise _died(noted, child.exitcode or 0)
    _raise(answer, noted, memory)


def _answer(connection: Connection, noted: NotedSteps, report: Callable[[], None]) -> dict[str, Any] | None:
    """The answer of the child; None if it died. Raises AugmentError if a step does not end."""
    seen, since = noted.count(0), time.monotonic()
    while not connection.poll(_LOOK_S):
        report()
        if noted.count(0) != seen:
            seen, since = noted.count(0), time.monotonic()
        elif time.monotonic() - since > STEP_S:
            raise _of_step(
                noted, f"it takes more than {STEP_S:.0f} s on one image. Reduce its sizes and counts, or turn it off."
            )
    try:
        found = json.loads(connection.recv_bytes())
    except EOFError:
        return None
    return dict(found)


def _try(
    connection: Connection, noted: NotedSteps, memory: int, parent: int, config: RunConfig, samples: list[Sample]
) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    confined.end_with(parent)
    confined.limit_memory(memory)
    noted.note_steps_of(0)
    connection.send_bytes(json.dumps(_outcome(config, samples)).encode())


def _outcome(config: RunConfig, samples: list[Sample]) -> dict[str, Any]:
    try:
        sees = training_pair if config.task == "segmentation" else training_image
        check_pipeline(config.pipeline, samples, config.seed, config.image_size, sees)
    except MemoryError:
        return {"memory": True}
    except AugmentError as error:
        if error.out_of_memory:
            return {"memory": True}
        return {"step": [error.node_id, error.transform, error.reason]}
    except Exception as error:  # noqa: BLE001 - the trainer raises it
        return {"other": f"{type(error).__name__}: {error}"}
    return {}


def _raise(answer: dict[str, Any], noted: NotedSteps, memory: int) -> None:
    if "step" in answer:
        node_id, transform, reason = answer["step"]
        raise AugmentError(str(node_id), str(transform), str(reason))
    if "memory" in answer:
        raise _of_step(
            noted,
            f"it asks for more memory than the {in_words(memory)} that a step may take. Reduce its sizes and counts, "
            "or put a step that crops or shrinks before it.",
        )
    if "other" in answer:
        raise TrainingError(f"The pipeline cannot be tried: {answer['other']}")


def _died(noted: NotedSteps, code: int) -> AugmentError:
    if code == -signal.SIGKILL:
        return _of_step(noted, "the system ended it, most likely because memory ran out. Reduce its sizes and counts.")
    name = signal.Signals(-code).name if code < 0 else f"code {code}"
    return _of_step(noted, f"it crashed ({name}). Change its values, or turn it off.")


def _of_step(noted: NotedSteps, reason: str) -> AugmentError:
    node_id = noted.step(0)
    return AugmentError(node_id, noted.transform(node_id) or "The pipeline", reason)
