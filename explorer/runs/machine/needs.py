"""How much memory and disk a run will need, and whether there is enough.

The estimate for a processor was calibrated on 48 real runs of 2 cores (both networks, head only and all layers, 96 to
224 px, batches of 8 to 64, a few in 16 bits or with workers): it was 0.93 to 1.19 times the true peak. Bytes per pixel
of the other networks come from single steps of each (peaks of two batch sizes), times the 1.27 by which whole runs of
the first two networks exceeded theirs; runs of b3, b5, b7, DeiT-Tiny and the small CNN took 0.86 to 1.04 times the
estimate. The estimate for GPUs follows from that one and has not been measured.
"""

import math
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.base.home import made_home
from explorer.base.task_names import TaskName
from explorer.runs.machine.capacity import in_words, memory
from explorer.runs.machine.machine import (
    BackboneInfo,
    DeviceInfo,
    Machine,
    automatic_precision,
    effective_precision,
    known_machine,
)
from explorer.runs.record.budget import ScoreBudget, keeps_cells
from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.config_errors import ConfigError
from explorer.runs.spec.members import keeps_checkpoints, runs_of
from explorer.runs.spec.predict import PredictPlan
from explorer.runs.spec.schedules import validation_batch

_CLASSES = 10  # a guess for a folder of images
_PHOTOGRAPH = 2000, 3000  # px; a guess for an image, larger than what is kept of it

_PROCESS = 510e6  # Python with torch, Lightning and albumentations after a first step
_GPU_PROCESS = 2.5e9  # the same with CUDA's libraries: not measured
_GPU_CONTEXT = 0.6e9  # of a GPU's memory: not measured
_WORKER = 60e6  # of each worker alone; a forked worker shares the rest
_HALF = 0.55  # the memory of a batch in 16 bits divided by that in 32 bits
_STUDY_BATCH = 32  # images of a frozen backbone, see explorer.training.studies.extractor
_KEPT_BYTES = 3 * 1.35  # per pixel of images in memory, with their masks
_KEPT_SHARE = 0.4  # of the free memory, see explorer.data.cache.limits; other images are kept in a file
_FEATURES_BYTES = 4 * 1280  # per validation image of a frozen backbone, see explorer.training.module
_FEATURES_BUDGET = 256e6
# Of a U-Net on EfficientNet-Lite0, per image and pixel of a batch: what the decoder adds where all layers learn, what
# it takes where it learns alone and in validation, and what each class adds. From single steps times 1.15, but where
# the decoder learns alone from whole runs: 1,375 at 256 px in batches of 16, and 1,190 at 512 px in batches of 8.
_DECODER_BYTES, _DECODER_ALONE, _DECODER_VALIDATED, _CLASS_BYTES = 880.0, 1390.0, 600.0, 20.0
_IMAGE_BYTES = 3 * 5.0  # per pixel of an image over which windows slide: as bytes, and as 32 bit numbers
_DECODER_WEIGHTS = 9e6  # bytes of one copy
_MOMENTS = {"adamw": 2, "sgd": 1}  # copies of the weights that an optimizer keeps
_MARGINS_BYTES = 7 * 4  # per validation image and class of an epoch: 3 counts of pixels and 4 of their borders
_BINS_BYTES = 66_000  # per class of an epoch's histograms
_EVENT_BYTES = 300  # per step
_LOG_BYTES = 1_000_000
_ID_BYTES = 60  # of the name of a predicted image


@dataclass(frozen=True)
class Batches:
    """How memory grows with the batch: fixed bytes, and bytes per image of a batch in training and in validation.

    Attributes:
        val_images: How many images can be validated at once; where windows slide, the windows of the largest image.
        beside: Bytes of a validation beside its batch.
    """

    fixed: float
    trained: float
    validated: float
    val_images: int
    task: TaskName = "classification"
    beside: float = 0.0

    def at(self, batch_size: int) -> int:
        """Return the bytes at the peak."""
        validated = min(validation_batch(batch_size, self.task), self.val_images) * self.validated + self.beside
        return round(self.fixed + max(batch_size * self.trained, validated))

    def largest(self, room: int, below: int) -> int | None:
        """Return the largest batch smaller than `below` that fits into `room` bytes, if possible a multiple of 8."""
        fitting = [size for size in range(1, below) if self.at(size) <= room]
        best = max(fitting, default=None)
        return best if best is None or best < 8 else best - best % 8


@dataclass(frozen=True)
class Needs:
    """Bytes at the peak, and how memory grows with the batch. Those of a GPU are None for runs without one."""

    memory: int
    gpu_memory: int | None
    disk: int
    memory_of: Batches
    gpu_memory_of: Batches | None = None


@dataclass(frozen=True)
class Room:
    """Bytes that there are. Those of the GPU are None where they are not known."""

    memory_available: int
    memory_total: int
    disk_free: int
    disk_total: int
    gpu_available: int | None = None
    gpu_total: int | None = None


@dataclass(frozen=True)
class Verdict:
    """Why a run can never fit here, by field of RunConfig, and warnings about what does not fit at the moment."""

    errors: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def estimate(
    config: RunConfig,
    *,
    train_images: int,
    val_images: int,
    backbone: BackboneInfo,
    device: DeviceInfo,
    classes: int | None = None,
    available: int | None = None,
    precision: str | None = None,
    sizes: Sequence[tuple[int, int]] = (),
) -> Needs:
    """Estimate what a run needs on a device, or on each of its GPUs.

    Args:
        config, train_images, val_images, backbone, device: What is trained, and where.
        classes: How many there are, if the spec of the data set does not know.
        available: Bytes of free memory, which limit the images that are kept. None: all are kept.
        precision: That of the run, if it is known what "auto" means.
        sizes: Heights and widths in px of some training images. Without any, `original_size` guesses.
    """
    if config.predict is not None:
        return _of_prediction(
            config, config.predict, backbone, device, precision or _precision(config, device), val_images
        )
    if _has_heads(config):
        # All of its images are kept for augmentation, and again as validation sees them.
        config, train_images = _frozen(config), train_images + val_images
        val_images = train_images
    on_gpu = device.accelerator == "gpu"
    precision = precision or _precision(config, device)
    count = classes or config.dataset.known.class_count or _CLASSES
    steps = _of_network(config, backbone, val_images, precision, count)
    host_fixed = (
        _kept(config, train_images, val_images, available, sizes) + _workers(config, device, precision) * _WORKER
    )
    if on_gpu:
        # A batch waits as bytes, and again in pinned memory. Each GPU has a process.
        pixels = 2.0 * 3 * config.image_size**2 * _ranks(config)
        processes = _ranks(config) * (_GPU_PROCESS + backbone.weight_bytes)
        of_memory = Batches(processes + host_fixed, pixels, pixels, val_images, config.task)
        of_gpu = replace(_sliding(config, steps, sizes, count), fixed=_GPU_CONTEXT + steps.fixed)
    else:
        of_memory = replace(_sliding(config, steps, sizes, count), fixed=_PROCESS + steps.fixed + host_fixed)
        of_gpu = None
    return Needs(
        memory=of_memory.at(config.batch_size),
        gpu_memory=of_gpu.at(config.batch_size) if of_gpu else None,
        disk=_disk(config, backbone, train_images, val_images, classes),
        memory_of=of_memory,
        gpu_memory_of=of_gpu,
    )


def _of_prediction(
    config: RunConfig, plan: PredictPlan, backbone: BackboneInfo, device: DeviceInfo, precision: str, images: int
) -> Needs:
    """Estimate what a prediction needs: all of its networks, one batch in one of them, and images that wait.

    The networks are taken to be as large as the first. An image is decoded at its own size by each thread.
    """
    networks = len(plan.networks)
    pixels = config.image_size**2
    batch = pixels * backbone.pixel_bytes_frozen * (1.0 if precision == "32-true" else _HALF)
    waiting = 2.0 * 3 * pixels * (1 + (plan.count if plan.views is not None else 0))
    decoded = (os.cpu_count() or 1) * 3.0 * math.prod(original_size(config)) * 2
    weights = (networks + 1) * backbone.weight_bytes
    on_gpu = device.accelerator == "gpu"
    host = Batches(_GPU_PROCESS + weights + decoded, waiting, waiting, images)
    if not on_gpu:
        host = Batches(_PROCESS + weights + decoded, batch + waiting, batch + waiting, images)
    of_gpu = Batches(_GPU_CONTEXT + weights, batch, batch, images) if on_gpu else None
    classes = config.dataset.known.class_count or _CLASSES
    return Needs(
        memory=host.at(config.batch_size),
        gpu_memory=of_gpu.at(config.batch_size) if of_gpu else None,
        disk=_LOG_BYTES + images * (2 * networks * 4 * classes + _ID_BYTES),
        memory_of=host,
        gpu_memory_of=of_gpu,
    )


def _has_heads(config: RunConfig) -> bool:
    """Whether it computes with a frozen backbone only: a study that does not train."""
    return config.study is not None and not runs_of(config.study)


def _frozen(config: RunConfig) -> RunConfig:
    changes = {"frozen": True, "unfreeze_epoch": None, "batch_size": _STUDY_BATCH, "gpus": config.gpus[:1]}
    return config.model_copy(update=changes)


def _precision(config: RunConfig, device: DeviceInfo) -> str:
    """Return the precision with the largest need: whether this processor is fast in bf16 is not known here."""
    return config.precision if config.precision != "auto" else automatic_precision(device, None, only_head=False)


def _ranks(config: RunConfig) -> int:
    return max(1, len(config.gpus))


def _learns_all(config: RunConfig) -> bool:
    """Whether the backbone learns in some epoch."""
    return not config.frozen or config.unfreeze_epoch is not None


def _of_network(config: RunConfig, backbone: BackboneInfo, val_images: int, precision: str, classes: int) -> Batches:
    pixels = config.image_size**2 * (1.0 if precision == "32-true" else _HALF)
    if config.task == "segmentation":
        return _of_unet(config, backbone, val_images, pixels, classes)
    frozen = pixels * backbone.pixel_bytes_frozen
    trained = pixels * backbone.pixel_bytes_trained if _learns_all(config) else frozen
    # Weights, and a copy while a checkpoint is made; in training also gradients and moments of the optimizer.
    copies = 3 + _MOMENTS[config.optimizer] if _learns_all(config) else 2
    features = min(_FEATURES_BUDGET, val_images * _FEATURES_BYTES) if config.frozen else 0.0
    return Batches(copies * backbone.weight_bytes + features, trained, frozen, val_images)


def _of_unet(config: RunConfig, backbone: BackboneInfo, val_images: int, pixels: float, classes: int) -> Batches:
    """Return what a U-Net needs: its decoder learns always, and its outputs are as large as the images."""
    outputs = _CLASS_BYTES * classes
    frozen = max(backbone.pixel_bytes_frozen, _DECODER_ALONE) + outputs
    trained = backbone.pixel_bytes_trained + _DECODER_BYTES + outputs if _learns_all(config) else frozen
    validated = max(backbone.pixel_bytes_frozen, _DECODER_VALIDATED) + outputs
    moments = _MOMENTS[config.optimizer]
    copies = 3 + moments if _learns_all(config) else 2
    weights = copies * backbone.weight_bytes + (3 + moments) * _DECODER_WEIGHTS
    return Batches(weights, pixels * trained, pixels * validated, val_images, config.task)


def _sliding(config: RunConfig, steps: Batches, sizes: Sequence[tuple[int, int]], classes: int) -> Batches:
    """Return what a run needs whose windows slide over one image after the other: the image's own outputs, too."""
    if config.evaluation != "sliding":
        return steps
    largest = max(_kept_sizes(config, sizes), key=math.prod)
    windows = math.prod(-(-2 * max(side, config.image_size) // config.image_size) for side in largest)
    pixels = math.prod(max(side, config.image_size) for side in largest)
    return replace(steps, val_images=windows, beside=pixels * (_IMAGE_BYTES + _CLASS_BYTES * classes))


def _kept_sizes(config: RunConfig, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return heights and widths in px at which images enter augmentation."""
    kept = config.kept
    return [size if kept is None else kept.size(*size) for size in sizes or (original_size(config),)]


def _kept(
    config: RunConfig, train_images: int, val_images: int, available: int | None, sizes: Sequence[tuple[int, int]]
) -> float:
    """Return the bytes of kept images: those for training before augmentation, and those over which windows slide.

    Others are kept at the image size.
    """
    if config.kept is None:
        return 0.0
    each = list(map(math.prod, _kept_sizes(config, sizes)))
    mean = sum(each) / len(each)
    pixels = train_images * mean + val_images * (mean if config.evaluation == "sliding" else config.image_size**2)
    needed = _ranks(config) * pixels * _KEPT_BYTES
    return needed if available is None else min(needed, _KEPT_SHARE * available)


def original_size(config: RunConfig) -> tuple[int, int]:
    """Return height and width in px of an image, by the spec of the data set; a guess for a folder of images."""
    side = config.dataset.known.image_side
    return _PHOTOGRAPH if side is None else (side, side)


def _workers(config: RunConfig, device: DeviceInfo, precision: str) -> int:
    """Return the number of loader workers: that of the config, else about as many as the trainer takes."""
    if config.workers is not None:
        return config.workers
    if device.accelerator != "cpu":
        return max(1, min(8, (os.cpu_count() or 1) - 1))
    return 2 if config.frozen and precision == "bf16-mixed" else 0


def _disk(config: RunConfig, backbone: BackboneInfo, train_images: int, val_images: int, classes: int | None) -> int:
    if _has_heads(config):
        return _LOG_BYTES  # what it stores is checked as it begins, when its images are counted
    runs = runs_of(config.study) or 1
    # The best checkpoint, the last one, and a new one before it replaces one of them.
    kept = kept_checkpoints(config, backbone) if keeps_checkpoints(config.study) else 0
    checkpoints = kept + 3 * _checkpoint(config, backbone)
    count = classes or config.dataset.known.class_count or _CLASSES
    evidence = config.epochs * _BINS_BYTES * count
    if config.task == "segmentation":
        of_images = (
            val_images * count * (_MARGINS_BYTES + (4 * count if keeps_cells(val_images, count, config.epochs) else 0))
        )
        evidence += config.epochs * of_images + MaskBudget(val_images, config.image_size, config.epochs).run_bytes
    else:
        evidence += ScoreBudget(val_images, count, config.epochs).run_bytes
    steps = config.epochs * -(-train_images // config.batch_size)
    return checkpoints + runs * (evidence + steps * _EVENT_BYTES) + _LOG_BYTES


def kept_checkpoints(config: RunConfig, backbone: BackboneInfo) -> int:
    """Return the bytes of the checkpoints of a study that keeps them: two of each of its runs."""
    return runs_of(config.study) * 2 * _checkpoint(config, backbone)


def _checkpoint(config: RunConfig, backbone: BackboneInfo) -> int:
    moments = _MOMENTS[config.optimizer] if _learns_all(config) else 0
    return backbone.weight_bytes * (1 + moments) + 100_000


def look(folder: Path, device: DeviceInfo, gpu_used: int | None = None) -> Room:
    """Measure the room for runs in a folder, with `gpu_used` bytes of the GPU in use. Raises OSError."""
    found, storage = memory(), shutil.disk_usage(folder)
    total = round(device.memory_gb * 1e9) if device.accelerator == "gpu" and device.memory_gb else None
    free = None if total is None or gpu_used is None else max(total - gpu_used, 0)
    return Room(found.available, found.total, storage.free, storage.total, free, total)


def check(config: RunConfig, needs: Needs, room: Room) -> Verdict:
    """Compare: an error at a field if the machine has less in all, a warning if less is free at the moment."""
    errors: dict[str, str] = {}
    warnings: list[str] = []
    memories = [(needs.memory, needs.memory_of, room.memory_total, room.memory_available, "memory")]
    if needs.gpu_memory is not None and needs.gpu_memory_of and room.gpu_total is not None:
        available = room.gpu_total if room.gpu_available is None else room.gpu_available
        memories.append((needs.gpu_memory, needs.gpu_memory_of, room.gpu_total, available, "GPU memory"))
    for needed, batches, total, available, what in memories:
        if needed > total:
            batch_field, message = _too_much(config, needed, batches, total, what, "this computer has {room} in all")
            errors.setdefault(batch_field, message)
        elif needed > available:
            warnings.append(_too_much(config, needed, batches, available, what, "{room} are free just now")[1])
    message, folder = f"Checkpoints and scores need about {in_words(needs.disk)} of disk; ", made_home()
    if needs.disk > room.disk_total:
        errors.setdefault("epochs", f"{message}the disk of {folder} has {in_words(room.disk_total)} in all. {_DISK}")
    elif needs.disk > room.disk_free:
        warnings.append(f"{message}{in_words(room.disk_free)} are free in {folder}. {_DISK}")
    return Verdict(errors, tuple(warnings))


_DISK = "Delete runs that are no longer needed, or set EXPLORER_HOME to a folder on a larger disk."


def _too_much(config: RunConfig, needed: int, batches: Batches, there: int, what: str, saying: str) -> tuple[str, str]:
    """Return the field to change, and why and to what."""
    size = f"{config.image_size} px"
    words = f"needs about {in_words(needed)} of {what}; {saying.format(room=in_words(there))}."
    if _has_heads(config):  # which has a batch size of its own
        return "image_size", f"A study at {size} {words} Choose smaller images, or another network."
    fits = batches.largest(there, config.batch_size)
    if fits is not None:
        return "batch_size", f"Batch size {config.batch_size} at {size} {words} Batch size {fits} fits."
    smallest = in_words(batches.at(1))
    return "image_size", f"Image size {size} {words} Even batch size 1 needs {smallest}: choose smaller images."


def check_start(config: RunConfig) -> None:
    """Refuse what can never fit on this computer, without reading data or asking torch. Raises ConfigError.

    An image folder passes, because its images would have to be counted. So does a run on a device other than the
    processor that was not looked at yet.
    """
    counts = config.dataset.known.counts
    found = known_machine()
    device = _device(config, found)
    if counts is None or device is None:
        return
    train_images, val_images = counts
    backbone = (found.backbone(config.backbone) if found else None) or _SMALLEST
    there = look(made_home(), device)
    needs = estimate(
        config,
        train_images=train_images,
        val_images=val_images,
        backbone=backbone,
        device=device,
        available=there.memory_available,
        precision=effective_precision(config, found) if found else None,
    )
    if errors := check(config, needs, there).errors:
        raise ConfigError(errors)


_SMALLEST = BackboneInfo(name="", title="", parameters=0, default_size=224, weights=())


def _device(config: RunConfig, found: Machine | None) -> DeviceInfo | None:
    if found is not None:
        return next(iter(found.chosen(config)), None)
    # Not looked at yet: "auto" is the processor if there is no sign of a GPU.
    without_gpu = shutil.which("nvidia-smi") is None and sys.platform != "darwin"
    if config.accelerator == "cpu" or (config.accelerator == "auto" and without_gpu):
        return DeviceInfo(accelerator="cpu", name="")
    return None
