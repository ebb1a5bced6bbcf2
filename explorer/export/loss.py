"""The part of an exported file that says how wrong the network's outputs are."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.export.imports import Setting
from explorer.runs.spec.config import RunConfig


def settings(config: RunConfig) -> list[Setting]:
    """The constants that the code below may use."""
    odds = math.log(config.threshold / (1 - config.threshold))
    return [
        Setting("LABEL_SMOOTHING", config.label_smoothing),
        Setting("POS_WEIGHT", config.pos_weight, "of class 1"),
        Setting("CLASS_WEIGHTS", config.class_weights),
        Setting("FOCAL_GAMMA", config.focal_gamma),
        Setting("ODDS", odds, f"log odds of a probability of {config.threshold:g}, above which class 1 is predicted"),
    ]


def balances(config: RunConfig) -> bool:
    """Whether the loss has weights that are worked out from the training images."""
    return "balanced" in (config.pos_weight, config.class_weights)


def section(config: RunConfig) -> str:
    """`loss_of(outputs, labels)`, with a third argument where the loss is balanced."""
    text = _LOSSES[config.loss](config)
    return f"{_BALANCED[config.loss]}\n\n{text}" if balances(config) else text


@dataclass(frozen=True)
class _Weight:
    """parameter: a further one of `loss_of`. before: a line in it. argument: of torch's own loss."""

    parameter: str = ""
    before: str = ""
    argument: str = ""


def _weight(value: object, name: str, constant: str) -> _Weight:
    """value: as in the config. name: as torch calls it."""
    if value is None:
        return _Weight()
    if value == "balanced":
        before = "    weight = None if weights is None else outputs.new_tensor(weights)\n"
        return _Weight(", weights=None", before, f", {name}=weight")
    return _Weight(argument=f", {name}=outputs.new_tensor({constant})")


def _cross_entropy(config: RunConfig) -> str:
    weight = _weight(config.class_weights, "weight", "CLASS_WEIGHTS")
    return f'''\
def loss_of(outputs, labels{weight.parameter}):
    """Mean cross entropy of (N, C) outputs and (N,) labels."""
{weight.before}    return F.cross_entropy(outputs, labels{weight.argument}{_smoothing(config)})
'''


def _focal(config: RunConfig) -> str:
    weight = _weight(config.class_weights, "weight", "CLASS_WEIGHTS")
    return f'''\
def loss_of(outputs, labels{weight.parameter}):
    """Cross entropy times (1 - p)^gamma, p of the true class. https://arxiv.org/abs/1708.02002"""
{weight.before}    entropy = F.cross_entropy(outputs, labels{weight.argument}{_smoothing(config)}, reduction="none")
    right = outputs.softmax(dim=1).gather(1, labels[:, None])[:, 0]
    return ((1 - right) ** FOCAL_GAMMA * entropy).mean()
'''


def _smoothing(config: RunConfig) -> str:
    return ", label_smoothing=LABEL_SMOOTHING" if config.label_smoothing else ""


def _bce(config: RunConfig) -> str:
    weight = _weight(config.pos_weight, "pos_weight", "POS_WEIGHT")
    smoothed = " * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 2" if config.label_smoothing else ""
    return f'''\
def loss_of(outputs, labels{weight.parameter}):
    """Mean binary cross entropy of (N, 1) log odds of class 1 and (N,) labels."""
    targets = labels.to(outputs.dtype){smoothed}
{weight.before}    return F.binary_cross_entropy_with_logits(outputs[:, 0], targets{weight.argument})


def logits_of(outputs):
    """(N, 1) -> (N, 2): the softmax of [0, z] is the sigmoid of z."""
    return torch.cat([torch.zeros_like(outputs), outputs], dim=1)
'''


_LOSSES: Mapping[str, Callable[[RunConfig], str]] = {"cross_entropy": _cross_entropy, "focal": _focal, "bce": _bce}

_BALANCED_CLASSES = '''\
def balanced(labels):
    """A weight for each class: N / (C * N_c), as scikit-learn has it."""
    counts = np.bincount(labels, minlength=len(CLASSES))
    return [float(counts.sum() / (len(counts) * count)) for count in counts]
'''
_BALANCED_POSITIVE = '''\
def balanced(labels):
    """The weight of class 1: negatives over positives."""
    counts = np.bincount(labels, minlength=2)
    return float(counts[0] / counts[1])
'''
_BALANCED = {"cross_entropy": _BALANCED_CLASSES, "focal": _BALANCED_CLASSES, "bce": _BALANCED_POSITIVE}
