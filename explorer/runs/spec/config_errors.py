"""What is wrong with a run's config, in plain words, field by field."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

LABELS = {
    "name": "Run name",
    "dataset": "Data set",
    "pipeline": "Pipeline",
    "backbone": "Backbone",
    "weights": "Weights",
    "weights_file": "Weights file",
    "normalise": "Normalization",
    "image_size": "Image size (px)",
    "dropout": "Dropout",
    "drop_connect": "Drop-connect",
    "frozen": "Layers to train",
    "unfreeze_epoch": "Unfreeze at epoch",
    "backbone_lr_factor": "Backbone learning rate factor",
    "loss": "Loss",
    "label_smoothing": "Label smoothing",
    "pos_weight": "Positive-class weight",
    "class_weights": "Class weights",
    "focal_gamma": "Focal gamma",
    "threshold": "Threshold",
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "accumulate": "Accumulated batches",
    "gradient_clip": "Gradient clipping",
    "early_stopping": "Early stopping (epochs)",
    "monitor": "Monitor",
    "optimizer": "Optimizer",
    "learning_rate": "Learning rate",
    "weight_decay": "Weight decay",
    "momentum": "Momentum",
    "nesterov": "Nesterov momentum",
    "schedule": "Schedule",
    "pct_start": "pct_start",
    "div_factor": "div_factor",
    "final_div_factor": "final_div_factor",
    "anneal_strategy": "anneal_strategy",
    "cycle_momentum": "cycle_momentum",
    "base_momentum": "base_momentum",
    "max_momentum": "max_momentum",
    "three_phase": "three_phase",
    "warmup_epochs": "Warm-up (epochs)",
    "mixing": "Mixing",
    "mix_alpha": "Mixing alpha",
    "mix_probability": "Share of mixed batches",
    "seed": "Seed",
    "accelerator": "Accelerator",
    "gpus": "GPUs",
    "precision": "Precision",
    "workers": "Loader workers",
    "threads": "Threads",
    "kept_as": "Images before augmentation",
    "cache_size": "Kept images",
    "loggers": "Also log to",
}

# pydantic's error type -> what to say after the field's label; {input} is what was given.
_SAYINGS: dict[str, str] = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be an ordinary number",
    "literal_error": "must be one of {expected}",
    "missing": "is missing",
    "extra_forbidden": "is not a setting: check the spelling",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "union_tag_invalid": "must be of one of the kinds {expected_tags}",
    "union_tag_not_found": 'needs a "kind"',
    "model_type": "must be an object such as {{...}}",
    "model_attributes_type": "must be an object such as {{...}}",
}
_SAYS_NOTHING = {"missing", "union_tag_not_found", "string_too_short"}

# Fields of several kinds of values: pydantic reports each kind that it has tried.
_EITHER = {
    "pos_weight": 'must be a number above 0, or "balanced"',
    "class_weights": 'must be a number above 0 for each class, or "balanced"',
    "dataset.depth": 'must be "auto", "by_image", or a range such as {"low": 0, "high": 4095} with high above low',
}


class ConfigError(ValueError):
    """A config that cannot be run.

    errors: field -> sentence; nested fields are joined by dots ("dataset.num_classes"), "" is the whole.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors: Mapping[str, str] = dict(errors)


def from_validation(error: ValidationError) -> ConfigError:
    """pydantic's report in plain words."""
    errors: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        field, message = _explain(detail)
        errors.setdefault(field, message)
    return ConfigError(errors)


def _explain(detail: Any) -> tuple[str, str]:
    field = _field(detail["loc"])
    either = next((name for name in _EITHER if f"{field}.".startswith(f"{name}.")), None)
    if either is not None:
        return either, f"{label(either)} {_EITHER[either]}. You gave {_short(detail['input'])}."
    if detail["type"] == "value_error":
        return _own_words(field, str(detail["ctx"]["error"]))
    saying = _SAYINGS.get(detail["type"])
    words = saying.format(**_limits(detail)) if saying else detail["msg"][:1].lower() + detail["msg"][1:]
    sentence = f"{label(field)} {words}."
    if detail["type"] not in _SAYS_NOTHING:
        sentence += f" You gave {_short(detail['input'])}."
    return field, sentence


def _limits(detail: Any) -> dict[str, Any]:
    # pydantic turns the limits of a float into floats: "above 0" reads better than "above 0.0".
    context = detail.get("ctx", {})
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}


def _own_words(field: str, message: str) -> tuple[str, str]:
    # RunConfig's checks over several fields name the field to blame before a colon.
    head, colon, rest = message.partition(": ")
    if not field and colon and head in LABELS:
        return head, rest
    return field, message if message.endswith((".", "!", "?")) else message + "."


def _field(location: tuple[str | int, ...]) -> str:
    # A tagged union puts the tag into the place: ("dataset", "shapes", "num_classes").
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] == "dataset":
        del parts[1]
    return ".".join(parts)


def label(field: str) -> str:
    """The name people see for a field: "Learning rate", "Data set: num classes"."""
    head, _, rest = field.partition(".")
    first = LABELS.get(head, f'"{head}"' if head else "It")
    return f"{first}: {rest.replace('_', ' ')}" if rest else first


def _short(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
