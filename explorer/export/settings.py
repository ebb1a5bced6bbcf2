"""The constants at the head of an exported file."""

import math

from explorer.base.names import expanded
from explorer.export.facts import Facts
from explorer.export.glue import Setting
from explorer.export.imports import names
from explorer.export.sources import SOURCES
from explorer.runs.spec.config import RunConfig

_KEPT_BYTES = 2_000_000_000
_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any


def settings(code: str, config: RunConfig, facts: Facts) -> str:
    """Assignments of those constants that the code uses, in their order."""
    known = names(code)
    return "\n".join(one.assignment for one in _offered(config, facts) if one.name in known)


def _offered(config: RunConfig, facts: Facts) -> list[Setting]:
    kept = config.kept
    side = kept.most if kept else config.image_size
    odds = math.log(config.threshold / (1 - config.threshold))
    return [
        Setting("CLASSES", facts.classes),
        Setting("IMAGE_SIZE", config.image_size, "px, what the network sees"),
        Setting("KEPT_SIZE", kept and (kept.most, kept.least), "px of the short side that is augmented: most, least"),
        Setting("KEPT_IMAGES", _KEPT_BYTES // (3 * side * side), "in memory: up to 2 GB"),
        Setting("DATA_SEED", config.dataset.seed),
        Setting("BATCH_SIZE", config.batch_size),
        *SOURCES[config.dataset.kind].settings(config.dataset),
        Setting("BACKBONE", config.backbone),
        Setting("NUM_OUTPUTS", 1 if config.loss == "bce" else len(facts.classes)),
        Setting("DROPOUT", config.dropout),
        Setting("DROP_CONNECT", config.drop_connect),
        Setting("WEIGHTS", str(expanded(config.weights_file.strip())), "a state dict"),
        Setting("UNFREEZE_EPOCH", config.unfreeze_epoch, "the first in which the backbone learns, from 1"),
        Setting("LABEL_SMOOTHING", config.label_smoothing),
        Setting("POS_WEIGHT", config.pos_weight, "of class 1"),
        Setting("CLASS_WEIGHTS", config.class_weights),
        Setting("FOCAL_GAMMA", config.focal_gamma),
        Setting("ODDS", odds, f"log odds of a probability of {config.threshold:g}, above which class 1 is predicted"),
        Setting("MIXING", config.mixing),
        Setting("MIX_ALPHA", config.mix_alpha),
        Setting("MIX_PROBABILITY", config.mix_probability, "of a batch"),
        Setting("EPOCHS", config.epochs),
        Setting("ACCUMULATE", config.accumulate, "batches to one step of the optimizer"),
        Setting("LEARNING_RATE", config.learning_rate),
        Setting("BACKBONE_RATE", config.learning_rate * config.backbone_lr_factor),
        Setting("WEIGHT_DECAY", config.weight_decay),
        Setting("WARMUP_EPOCHS", config.warmup_epochs),
        Setting("SEED", config.seed),
        Setting("ACCELERATOR", _ACCELERATORS.get(facts.accelerator, facts.accelerator)),
        Setting("PRECISION", facts.precision),
        Setting("THREADS", facts.threads, "another number gives other last digits"),
        Setting("WORKERS", facts.workers),
        Setting("START", str(facts.start or ""), "the run began with the weights of this checkpoint"),
    ]
