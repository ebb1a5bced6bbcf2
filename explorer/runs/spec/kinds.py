"""What a run can be for. explorer/training/kinds.py says what carries each out, explorer/texts/probes.py its words."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["train", "check", "rate"]
Probe = Literal["check", "rate"]  # those that only try something before a training
PROBES: tuple[Probe, ...] = get_args(Probe)


@dataclass(frozen=True)
class RunKind:
    """A row of the table.

    duration_rank: how far its measured durations are trusted, see machine/durations.py; higher ones replace lower ones.
    indifferent: fields of a config that may change without making what it found untrue.
    indifferent_with_rest: such fields, together with all that depend on them.
    """

    duration_rank: int
    indifferent: tuple[str, ...] = ("kind", "name", "loggers")
    indifferent_with_rest: tuple[str, ...] = ()


KINDS: dict[Kind, RunKind] = {
    "train": RunKind(duration_rank=2),  # all of itself
    "check": RunKind(duration_rank=1),  # a few batches of everything
    "rate": RunKind(  # a rising learning rate; it validates nothing
        duration_rank=0,
        indifferent=(
            "kind", "name", "loggers",
            "learning_rate", "epochs", "early_stopping", "monitor", "unfreeze_epoch", "threshold",
        ),
        indifferent_with_rest=("schedule",),
    ),
}  # fmt: skip
