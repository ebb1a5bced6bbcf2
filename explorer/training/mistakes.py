"""Why a run failed, in words for people. Imports no torch, since that import may be what failed."""

from explorer.augment.apply import AugmentError
from explorer.base.names import shown
from explorer.data.dataset import DatasetError
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.runs.record.reasons import Reason, Why, reason
from explorer.runs.spec.config_errors import ConfigError
from explorer.training.stopping import TrainingError, WeightsError

_PLAIN = (AugmentError, ConfigError, DatasetError, ImageError, SampleError, WeightsError)
_NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "cannot allocate memory",
    "insufficient memory",  # OpenCV
)
_WORKER = "DataLoader worker"


class LostWorkerError(TrainingError):
    """A loader worker has died; the message names the step of the pipeline."""


def lost_a_worker(error: BaseException) -> bool:
    """Whether a loader worker was killed or crashed; an error inside of one is something else."""
    return isinstance(error, LostWorkerError) or (isinstance(error, RuntimeError) and str(error).startswith(_WORKER))


def explain(error: BaseException) -> Why:
    """Say why the run failed; names of files in sentences are written as they are shown."""
    if isinstance(error, TrainingError) and not isinstance(error.why, str):
        return error.why
    why = _explained(error)
    return shown(why) if isinstance(why, str) else why


def _explained(error: BaseException) -> str | Reason:
    text = str(error).strip()
    if isinstance(error, TrainingError):
        # torch puts the traceback of an error in a worker before its message, which is the last line.
        return _sentence(text.rpartition(f"{TrainingError.__name__}: ")[2])
    if isinstance(error, _PLAIN):
        return _sentence(text)
    if isinstance(error, MemoryError) or any(words in text.lower() for words in _NO_MEMORY):
        return reason("no_memory")
    if lost_a_worker(error):
        return worker_words(text, "")
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return reason("system_error", error=f"{error.strerror}{where}")
    return _sentence(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def worker_words(text: str, transform: str) -> str:
    """Say in sentences why a loader worker has died.

    Args:
        text: The message of torch, such as "DataLoader worker (pid 7) is killed by signal: Segmentation fault."
        transform: The transform of the step that it was in last; "" if that is not known.
    """
    signal = text.splitlines()[0].partition("by signal: ")[2].strip().rstrip(".")
    how = {"": "died", "Killed": "was killed"}.get(signal, f"crashed ({signal})")
    why = {"": ": it crashed, or memory ran out", "Killed": ", most likely because memory ran out"}.get(signal, "")
    where = f" in the step {transform}" if transform else ""
    change = f"Change the values of {transform}, or choose" if transform else "Choose"
    return f"A loader worker {how}{where}{why}. {change} fewer loader workers or a smaller batch size."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ")")) else f"{text}."
