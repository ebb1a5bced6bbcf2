"""The loss of an exported file."""

from collections.abc import Set

from explorer.export.lifting import Part, lift
from explorer.runs.spec.config import RunConfig

_PLAIN = "functional.cross_entropy"  # torch's own does the same as ours if it has no arguments


def parts(config: RunConfig, having: Set[str]) -> list[Part]:
    """The functions that `expression` names, and `two_logits` if the network has one output."""
    names: list[str] = [] if expression(config) == _PLAIN else [config.loss]
    names += ["two_logits"] if "binary" in having else []
    names += [f"balanced_{_argument(config)}"] if "balances" in having else []
    return [lift(*(f"training.losses.{name}" for name in names))]


def expression(config: RunConfig) -> str:
    """The loss with its arguments; a balanced one needs `counts`, the training images of each class."""
    argument, value = _argument(config), config.pos_weight if config.loss == "bce" else config.class_weights
    arguments = ["gamma=FOCAL_GAMMA"] if config.loss == "focal" else []
    if value == "balanced":
        arguments.append(f"{argument}=balanced_{argument}(counts)")
    elif value is not None:
        arguments.append(f"{argument}={'POS_WEIGHT' if config.loss == 'bce' else 'CLASS_WEIGHTS'}")
    if config.label_smoothing:
        arguments.append("smoothing=LABEL_SMOOTHING")
    if arguments:
        return f"partial({config.loss}, {', '.join(arguments)})"
    return _PLAIN if config.loss == "cross_entropy" else config.loss


def _argument(config: RunConfig) -> str:
    """The name of the loss's argument for weights."""
    return "positive" if config.loss == "bce" else "weights"
