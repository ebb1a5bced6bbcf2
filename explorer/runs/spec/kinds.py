"""The purposes of runs. explorer/training/kinds.py has the code of each, explorer/texts/probes.py its words."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["train", "check", "rate", "study", "predict"]
Probe = Literal["check", "rate"]  # kinds that only try something before a training
PROBES: tuple[Probe, ...] = get_args(Probe)


@dataclass(frozen=True)
class RunKind:
    """A row of the table.

    Attributes:
        duration_rank: Its measured durations replace those with a lower rank, see machine/durations.py.
        indifferent: Fields of a config that may change without changing the result.
        indifferent_with_rest: Such fields, together with all that depend on them.
    """

    duration_rank: int
    indifferent: tuple[str, ...] = ("kind", "name", "loggers")
    indifferent_with_rest: tuple[str, ...] = ()


KINDS: dict[Kind, RunKind] = {
    "train": RunKind(duration_rank=2),  # measures all of its epochs
    "check": RunKind(duration_rank=1),  # tries a few batches of everything
    "rate": RunKind(  # raises the learning rate in each step and validates nothing
        duration_rank=0,
        indifferent=(
            "kind", "name", "loggers",
            "learning_rate", "epochs", "early_stopping", "monitor", "unfreeze_epoch", "threshold",
        ),
        indifferent_with_rest=("schedule",),
    ),
    "study": RunKind(duration_rank=0),  # what an augmentation is worth, see plans/
    "predict": RunKind(duration_rank=0),  # classes of images by trained networks, see predict.py
}  # fmt: skip
