"""The loss of an exported file."""

from collections.abc import Set

from explorer.export.lifting import Part, lift
from explorer.runs.spec.config import RunConfig

_PLAIN = "functional.cross_entropy"  # torch's own does the same as ours if it has no arguments


def parts(config: RunConfig, having: Set[str]) -> list[Part]:
    """The functions that `expression` names, and `two_logits` if the network has one output."""
    balances = "balances" in having
    if "masks" in having:
        balanced = ["training.losses.balanced_weights"] if balances else []
        return [lift(f"training.pixel_losses.{config.loss}", *balanced)]
    if "labels" in having:
        return [lift("training.label_loss.label_bce", *(["training.label_loss.balanced_labels"] if balances else []))]
    names: list[str] = [] if expression(config) == _PLAIN else [config.loss]
    names += ["two_logits"] if "binary" in having else []
    names += [_balanced(config)] if balances else []
    return [lift(*(f"training.losses.{name}" for name in names))]


def expression(config: RunConfig) -> str:
    """The loss with its arguments; a balanced one needs `counts`, the training images of each class."""
    name = "label_bce" if config.task == "labels" else config.loss
    argument, value = _argument(config), config.pos_weight if config.loss == "bce" else config.class_weights
    arguments = ["gamma=FOCAL_GAMMA"] if config.loss == "focal" else []
    if value == "balanced":
        arguments.append(f"{argument}={_balanced(config)}(counts)")
    elif value is not None:
        arguments.append(f"{argument}={'POS_WEIGHT' if config.loss == 'bce' else 'CLASS_WEIGHTS'}")
    if config.label_smoothing and config.loss != "dice":
        arguments.append("smoothing=LABEL_SMOOTHING")
    if arguments:
        return f"partial({name}, {', '.join(arguments)})"
    plain = config.loss == "cross_entropy" and config.task == "classification"
    return _PLAIN if plain else name


def _balanced(config: RunConfig) -> str:
    """The function that gives balanced weights."""
    return "balanced_labels" if config.task == "labels" else f"balanced_{_argument(config)}"


def _argument(config: RunConfig) -> str:
    """The name of the loss's argument for weights."""
    return "positive" if config.loss == "bce" else "weights"
