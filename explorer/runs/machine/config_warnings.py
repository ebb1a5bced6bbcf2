"""Warnings about settings that work but are seldom intended, shown before a run starts."""

from collections.abc import Iterator, Sequence

from explorer.augment.pipeline import scaling_step
from explorer.augment.resolution import narrowest
from explorer.runs.machine.machine import BackboneInfo, DeviceInfo, Machine
from explorer.runs.machine.needs import original_size
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import batches_per_epoch, steps_per_epoch

_MANY = 8  # names of classes in a sentence at most
_HIGH_RATE = 5e-3  # of AdamW, for the pretrained layers of a U-Net
_FEW_STEPS = 100  # of the optimizer, for a U-Net


def cautions(
    config: RunConfig,
    *,
    classes: Sequence[str],
    train_counts: Sequence[int],
    val_counts: Sequence[int],
    machine: Machine | None,
    sizes: Sequence[tuple[int, int]] = (),
    images: int | None = None,
) -> dict[str, str]:
    """Return a warning for each field of RunConfig that needs one.

    Args:
        config: What the run is asked to do.
        classes, train_counts, val_counts: The names of the classes and their numbers of images.
        machine: None where it is not known.
        sizes: Heights and widths in px of some training images. Without any, `original_size` guesses.
        images: How many training images there are, where they can have several labels; None for the sum of the counts.
    """
    backbone = machine.backbone(config.backbone) if machine else None
    device = machine.device(config.accelerator) if machine else None
    return _first(
        *_scaling(config),
        *_crops(config, sizes),
        *(
            _classes(config, classes, train_counts, val_counts)
            if images is None
            else _labels(config, classes, train_counts, val_counts, images)
        ),
        *_network(config, backbone),
        *_device(config, device),
        *_schedule(config),
        *_rate(config),
        *_steps(config, sum(train_counts) if images is None else images),
    )


Found = Iterator[tuple[str, str]]


def cautions_of_config(config: RunConfig) -> dict[str, str]:
    """Return those of `cautions` that need neither the data nor the machine."""
    return _first(*_scaling(config), *_crops(config, ()), *_schedule(config), *_rate(config))


def _first(*found: tuple[str, str]) -> dict[str, str]:
    words: dict[str, str] = {}
    for field, sentence in found:
        words.setdefault(field, sentence)
    return words


def _scaling(config: RunConfig) -> Found:
    step = scaling_step(config.pipeline)
    if step is not None and config.normalise != "none":
        yield (
            "normalise",
            f"Normalized twice: by {step.transform} in the pipeline, and again for the network. "
            f"Choose None here, or leave {step.transform} out.",
        )
    if step is None and config.normalise == "none" and config.weights != "none":
        yield "normalise", "Not normalized: these weights were trained on normalized images and expect them so."


def _crops(config: RunConfig, sizes: Sequence[tuple[int, int]]) -> Found:
    kept, size = config.kept, config.image_size
    sizes = sizes or (original_size(config),)
    shortest = min(map(min, sizes))
    if kept is not None and not kept.square and shortest < kept.least and kept.least > size:
        yield (
            "pipeline",
            f"Crops of a fixed size take {kept.least} px, and images have as few as {shortest} px on their short side: "
            "small images are enlarged first. Choose smaller crops, or crops that pad.",
        )
    seen = [kept.size(*each) if kept else each for each in sizes]
    found = narrowest(config.pipeline, seen, size)
    if found is not None:
        yield (
            "pipeline",
            f"The smallest crops of {found.transform} have {found.pixels} px on a side, and are enlarged to {size} px. "
            "Let it crop less, or choose a smaller image size.",
        )


def _labels(config: RunConfig, labels: Sequence[str], train: Sequence[int], val: Sequence[int], images: int) -> Found:
    if unseen := [name for name, count in zip(labels, val, strict=True) if count == 0]:
        yield "dataset", f"No validation image has the labels {_listed(unseen)}: their AUROC is undefined."
    if untaught := [name for name, count in zip(labels, train, strict=True) if count in (0, images)]:
        yield "dataset", f"No training image, or each, has the labels {_listed(untaught)}: they cannot be learned."
    rare = [name for name, count in zip(labels, train, strict=True) if 0 < 10 * count < images]
    if rare and config.pos_weight is None:
        yield (
            "pos_weight",
            f"Less than a tenth of the training images have {_listed(rare)}: without a weight the network may never "
            "predict a rare label. Consider balanced, or lower thresholds after training.",
        )


def _classes(config: RunConfig, classes: Sequence[str], train: Sequence[int], val: Sequence[int]) -> Found:
    if unseen := [name for name, count in zip(classes, val, strict=True) if count == 0]:
        yield "dataset", f"No validation images of {_listed(unseen)}: F1 and AUROC of these classes are undefined."
    if untaught := [name for name, count in zip(classes, train, strict=True) if count == 0]:
        yield "dataset", f"No training images of {_listed(untaught)}: these classes cannot be learned."
    balanced = "balanced" in (config.class_weights, config.pos_weight)
    if min(train, default=1) > 0 and max(train, default=1) / max(min(train, default=1), 1) >= 10 and not balanced:
        yield "loss", "The largest class has ten times the images of the smallest: consider balanced weights."


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MANY])
    return shown if len(names) <= _MANY else f"{shown} and {len(names) - _MANY} more"


def _network(config: RunConfig, backbone: BackboneInfo | None) -> Found:
    if backbone and config.weights == "none" and backbone.from_scratch_note:
        yield "weights", backbone.from_scratch_note
    if config.normalise != "auto" and config.weights in ("imagenet", "advprop") and config.normalise != "none":
        yield "normalise", "These weights have a scale of their own, which Auto follows."


def _device(config: RunConfig, device: DeviceInfo | None) -> Found:
    if device and device.accelerator == "cpu" and config.precision == "bf16-mixed" and not config.frozen:
        yield "precision", "Where all layers learn, bf16 on a processor is seldom faster than 32-true."


def _schedule(config: RunConfig) -> Found:
    if config.schedule == "onecycle" and config.early_stopping is not None:
        yield (
            "early_stopping",
            "OneCycleLR is at its best in the last epochs: a run that stops early never gets there.",
        )
    if config.mixing != "none" and config.label_smoothing > 0:
        yield "label_smoothing", "Mixed labels are soft already; smoothing comes on top."


def _rate(config: RunConfig) -> Found:
    pretrained_learn = config.weights != "none" and (not config.frozen or config.unfreeze_epoch is not None)
    rate = config.learning_rate * config.backbone_lr_factor
    if config.task == "segmentation" and config.optimizer == "adamw" and pretrained_learn and rate > _HIGH_RATE:
        yield (
            "learning_rate",
            f"High for the pretrained layers of a network for masks, which learn at {rate:g} here: in a comparison on "
            "CamVid, all layers reached a mean IoU of 0.12 at 0.01, and of 0.34 at 0.002. Consider 0.002.",
        )


def _steps(config: RunConfig, images: int) -> Found:
    batches = batches_per_epoch(images, config.batch_size)
    if config.accumulate > batches:
        yield (
            "accumulate",
            f"An epoch has {batches} batches, so each step is the mean of {batches} of them, not of "
            f"{config.accumulate}: a step does not reach into the next epoch.",
        )
    each = steps_per_epoch(config, images)
    if config.task == "segmentation" and 0 < config.epochs * each < _FEW_STEPS:
        yield (
            "epochs",
            f"{config.epochs * each} steps in all are few for a network for masks, whose decoder begins at random: on "
            "CamVid, 24 steps reached a mean IoU of 0.21, and 120 steps 0.40. "
            f"Consider {-(-_FEW_STEPS // each)} epochs.",
        )
