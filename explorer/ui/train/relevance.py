"""Which fields of the Train page matter for what is chosen: the others are not shown, not checked and not compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.ui.train.data_fields import ASKS, DEPTHS, asks, is_of_files

Values = Mapping[str, Any]

ONECYCLE = ("pct_start", "div_factor", "final_div_factor", "anneal_strategy", "cycle_momentum", "three_phase")
MOMENTA = ("base_momentum", "max_momentum")


@dataclass(frozen=True)
class Rule:
    """by: the field whose choice decides. when: whether these values let the field matter."""

    by: str
    when: Callable[[Values], bool]


def _one_of(field: str, *choices: Any) -> Rule:
    return Rule(field, lambda values: values[field] in choices)


def _of_data(name: str) -> Rule:
    return Rule("dataset", lambda values: name in asks(values["dataset"]))


def _depth_of(values: Values) -> str | None:
    return values["depth"] if is_of_files(values["dataset"]) else None


RULES: Mapping[str, Rule] = {
    **{name: _of_data(name) for name in ASKS},
    "depth": Rule("dataset", lambda values: is_of_files(values["dataset"])),
    **dict.fromkeys(DEPTHS[1:3], Rule("depth", lambda values: _depth_of(values) == "range")),
    **dict.fromkeys(DEPTHS[3:], Rule("depth", lambda values: _depth_of(values) == "window")),
    "weights_file": _one_of("weights", "file"),
    "unfreeze_epoch": _one_of("frozen", True),
    "backbone_lr_factor": Rule(
        "unfreeze_epoch", lambda values: not values["frozen"] or bool(values["unfreeze_epoch"].strip())
    ),
    "drop_connect": Rule("backbone", lambda values: values["backbone"].startswith("efficientnet")),
    "pos_weight": _one_of("loss", "bce"),
    "threshold": _one_of("loss", "bce"),
    "class_weights": _one_of("loss", "cross_entropy", "focal"),
    "focal_gamma": _one_of("loss", "focal"),
    "momentum": _one_of("optimizer", "sgd"),
    "nesterov": _one_of("optimizer", "sgd"),
    **dict.fromkeys(ONECYCLE, _one_of("schedule", "onecycle")),
    **dict.fromkeys(
        MOMENTA,
        Rule("cycle_momentum", lambda values: values["schedule"] == "onecycle" and bool(values["cycle_momentum"])),
    ),
    "warmup_epochs": _one_of("schedule", "cosine"),
    "mix_alpha": _one_of("mixing", "mixup", "cutmix", "both"),
    "mix_probability": _one_of("mixing", "mixup", "cutmix", "both"),
    "gpus": _one_of("accelerator", "auto", "gpu"),
}


def matters(name: str, values: Values) -> bool:
    """Whether the field changes anything with these values."""
    rule = RULES.get(name)
    return rule is None or rule.when(values)


def shown_by(name: str, values: Values) -> str:
    """The field itself where it matters, else the one that can be set so that it does."""
    while not matters(name, values):
        name = RULES[name].by
    return name
