"""The constants at the head of an exported file."""

import math
from string import Template

from explorer.base.names import expanded
from explorer.data.depth import ValueRange
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.spec import Spec
from explorer.export import masks
from explorer.export.facts import Facts
from explorer.export.glue import literal
from explorer.export.imports import names
from explorer.export.sources import SOURCES, kept_side
from explorer.runs.spec.config import RunConfig

_KEPT_BYTES = 2_000_000_000
_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any


def settings(code: str, config: RunConfig, facts: Facts) -> str:
    """Assignments of those constants that the code uses, in their order."""
    known = names(code)
    source = (SOURCES if facts.masks is None else masks.SOURCES)[config.dataset.kind]
    text = _filled(source.settings, _of_data(config.dataset))
    text += _filled(_SETTINGS, dict(config) | vars(facts) | _worked_out(config, facts))
    return "\n".join(line for line in text.splitlines() if line.partition(" = ")[0] in known)


def _filled(template: str, values: dict[str, object]) -> str:
    return Template(template).substitute({name: literal(value) for name, value in values.items()})


def _of_data(spec: Spec) -> dict[str, object]:
    values = dict(spec)
    places = {name: str(expanded(values[name])) for name in ("path", "folder") if values.get(name)}
    depth = values.get("depth")
    if isinstance(spec, CsvSpec):
        values["columns"] = spec.columns
    return values | places | {"depth": (depth.low, depth.high) if isinstance(depth, ValueRange) else None}


def _worked_out(config: RunConfig, facts: Facts) -> dict[str, object]:
    kept = config.kept
    side = kept.most if kept else config.image_size
    return {
        "kept_size": kept and (kept.most, kept.least),
        "kept_side": kept_side(config),
        "kept_images": _KEPT_BYTES // (3 * side * side),
        "outputs": 1 if config.loss == "bce" and config.task == "classification" else len(facts.classes),
        "pos_weight": _weights(config, len(facts.classes)),
        "weights_file": str(expanded(config.weights_file.strip())),
        "values": facts.masks.values if facts.masks else (),
        "odds": math.log(config.threshold / (1 - config.threshold)),
        "backbone_rate": config.learning_rate * config.backbone_lr_factor,
        "accelerator": _ACCELERATORS.get(facts.accelerator, facts.accelerator),
        "start": str(facts.start or ""),
    }


def _weights(config: RunConfig, classes: int) -> object:
    """The weight of class 1; of each label where an image can have several."""
    if config.task != "labels" or isinstance(config.pos_weight, str | None):
        return config.pos_weight
    return list(config.pos_weight) if isinstance(config.pos_weight, tuple) else [config.pos_weight] * classes


_SETTINGS = """\
CLASSES = $classes
VALUES = $values  # the mask value of each class
IMAGE_SIZE = $image_size  # px, what the network sees
KEPT_SIZE = $kept_size  # px of the short side that is augmented, at most and at least
KEPT_SIDE = $kept_side  # px of the squares that are augmented
KEPT_IMAGES = $kept_images  # in memory: up to 2 GB
BATCH_SIZE = $batch_size
BACKBONE = $backbone
NUM_OUTPUTS = $outputs
DROPOUT = $dropout
DROP_CONNECT = $drop_connect
WEIGHTS = $weights_file  # a state dict
UNFREEZE_EPOCH = $unfreeze_epoch  # the first in which the backbone learns, from 1
LABEL_SMOOTHING = $label_smoothing
POS_WEIGHT = $pos_weight  # of class 1, or of each label
CLASS_WEIGHTS = $class_weights
FOCAL_GAMMA = $focal_gamma
ODDS = $odds  # log odds of a probability of $threshold, above which class 1, or a label, is predicted
MIXING = $mixing
MIX_ALPHA = $mix_alpha
MIX_PROBABILITY = $mix_probability  # of a batch
EPOCHS = $epochs
ACCUMULATE = $accumulate  # batches to one step of the optimizer
LEARNING_RATE = $learning_rate
BACKBONE_RATE = $backbone_rate
WEIGHT_DECAY = $weight_decay
WARMUP_EPOCHS = $warmup_epochs
MIN_LR_RATIO = $min_lr_ratio
SEED = $seed
ACCELERATOR = $accelerator
PRECISION = $precision
THREADS = $threads  # another number gives other last digits
WORKERS = $workers
START = $start  # the run began with the weights of this checkpoint
"""
