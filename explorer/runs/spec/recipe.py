"""How a network is trained: the part of a run's config that is known as the recipe.

Each field is declared once, here. The Train page, the checks and the error messages take its title, its docstring, its
bounds and the choice that gives it an effect.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from explorer.base.task_names import TaskName
from explorer.metrics.table import HEADLINE, HEADLINES, TITLES
from explorer.runs.spec.fields import Misfit, Only, Values, has_effect, rules_of

Weights = Literal["imagenet", "advprop", "file", "none"]
Normalise = Literal["auto", "imagenet", "symmetric", "none"]
Loss = Literal["cross_entropy", "bce", "focal", "dice", "dice_cross_entropy"]
Optimizer = Literal["adamw", "sgd"]
Schedule = Literal["onecycle", "cosine", "constant"]
Mixing = Literal["none", "mixup", "cutmix", "both"]
Inputs = Literal["whole", "sliding"]
LOSSES_OF: Mapping[TaskName, tuple[Loss, ...]] = {  # the default first
    "classification": ("cross_entropy", "bce", "focal"),
    "segmentation": ("dice_cross_entropy", "cross_entropy", "dice", "focal"),
    "labels": ("bce",),
}
MIXINGS_OF: Mapping[TaskName, tuple[Mixing, ...]] = {
    "classification": ("none", "mixup", "cutmix", "both"),
    "segmentation": ("none", "cutmix"),  # a blend of two masks is none
    "labels": ("none", "mixup", "cutmix", "both"),
}
# Each pixel of a mask is an answer to learn from. So more steps help more than more images in a step: on generated
# shapes, 90 steps of 8 images reached a mean Dice of 0.93, and 90 steps of 16, which take twice as long, one of 0.91.
BATCH_OF: Mapping[TaskName, int] = {"classification": 16, "segmentation": 8, "labels": 16}
if TYPE_CHECKING:
    Monitor = str
else:
    Monitor = Literal[tuple(TITLES)]  # every metric that is listed for a task

_Weight = Annotated[float, Field(gt=0, le=1000)]
_SGD = Only("optimizer", ("sgd",))
_ONECYCLE = Only("schedule", ("onecycle",))
_COSINE = Only("schedule", ("cosine",))
_CYCLED = Only("cycle_momentum", (True,))
_MIXED = Only("mixing", ("mixup", "cutmix", "both"))
_UNFREEZE = "All layers learn from the beginning. Freeze the backbone, or leave this empty."
_POS_WEIGHT = "Positive-class weight works with the loss bce only. Choose that loss or leave the weight out."
_CLASS_WEIGHTS = "Class weights are for losses with a softmax over the classes. With bce use the positive-class weight."
_NEVER_LEARNS = (
    "A frozen backbone without pretrained weights cannot learn. Train all layers, or choose pretrained weights."
)


def defaults_of(task: TaskName) -> dict[str, str | int]:
    """Return the defaults of the fields whose default depends on the task."""
    return {"loss": LOSSES_OF[task][0], "monitor": HEADLINES[task], "batch_size": BATCH_OF[task]}


def _one_or_several(value: object) -> object:
    """A single weight in a list, as a form has it, is a number."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _backbone_learns(values: Values) -> bool:
    return not values["frozen"] or bool(str(values["unfreeze_epoch"] or "").strip())


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NetworkRecipe(_Part):
    """The network, where its weights come from, and which of its layers learn."""

    backbone: Annotated[str, Field(min_length=1, max_length=100, title="Backbone")] = "efficientnet-lite0"
    """The network. Its head is replaced by a new one for your classes."""
    weights: Annotated[Weights, Field(title="Weights")] = "imagenet"
    """ImageNet: the backbone was trained on a million photographs (transfer learning). AdvProp: the same, also trained
    on adversarial examples. This network expects inputs from -1 to 1. A file: your own weights, such as those of an
    earlier run."""
    weights_file: Annotated[str, Field(max_length=4096, title="Weights file"), Only("weights", ("file",))] = ""
    """.safetensors, or a state dict as .pt, .pth, .bin, .ckpt or .pth.tar. Only numbers are read, and no code in the
    file is executed. The head in the file is replaced by a new one for your classes."""
    normalise: Annotated[Normalise, Field(title="Normalization")] = "auto"
    """Auto: as the weights were trained. ImageNet: mean and standard deviation of ImageNet. -1 to 1: as AdvProp. None:
    0 to 1, for pipelines that contain their own normalization."""
    image_size: Annotated[int, Field(ge=32, le=800, title="Image size (px)")] = 224
    """Side of the square that goes into the network"""
    dropout: Annotated[float, Field(ge=0, lt=1, title="Dropout")] = 0.2
    """Share of features that are dropped before the head in a training step"""
    drop_connect: Annotated[
        float | None,
        Field(ge=0, lt=1, title="Drop-connect"),
        Only("backbone", when=lambda values: values["backbone"].startswith("efficientnet")),
    ] = None
    """Share of blocks that are skipped in a training step. Empty: model default, 0.2 for EfficientNet"""

    frozen: Annotated[bool, Field(title="Layers to train")] = True
    """Head only: the backbone is frozen. This is fast, and enough for a few hundred images. All layers: slower, for
    more data."""
    unfreeze_epoch: Annotated[
        int | None, Field(ge=2, le=1000, title="Unfreeze at epoch"), Only("frozen", (True,), refusal=_UNFREEZE)
    ] = None
    """Only the head is trained before this epoch, and all layers from this epoch on. The first epoch is 1. Empty:
    never"""
    backbone_lr_factor: Annotated[
        float, Field(gt=0, le=1, title="Backbone learning rate factor"), Only("unfreeze_epoch", when=_backbone_learns)
    ] = 1.0
    """Learning rate of the backbone divided by that of the head. With 0.1, the backbone changes less."""


class LossRecipe(_Part):
    """How the error of an answer is measured."""

    loss: Annotated[Loss, Field(title="Loss")] = "cross_entropy"
    """Cross entropy: any number of classes. BCE with logits: one output for two classes. Focal loss: cross entropy
    that gives easy images less weight. Dice: for masks, the overlap of each class, however small it is."""
    label_smoothing: Annotated[
        float,
        Field(ge=0, lt=1, title="Label smoothing"),
        Only("loss", ("cross_entropy", "bce", "focal", "dice_cross_entropy")),
    ] = 0.0
    """With 0.1, the target of the true class is 0.9, and the other classes share 0.1"""
    pos_weight: Annotated[
        _Weight | tuple[_Weight, ...] | Literal["balanced"] | None,
        BeforeValidator(_one_or_several),
        Field(title="Positive-class weight"),
        Only("loss", ("bce",), refusal=_POS_WEIGHT),
    ] = None
    """Weight of the second class in BCE. balanced: number of negatives divided by positives. Empty: 1. With several
    labels for an image, the weight of the images that have a label: one for all labels, or one for each in their order,
    such as 1, 4, 2"""
    class_weights: Annotated[
        tuple[_Weight, ...] | Literal["balanced"] | None,
        Field(title="Class weights"),
        Only("loss", ("cross_entropy", "focal", "dice", "dice_cross_entropy"), refusal=_CLASS_WEIGHTS),
    ] = None
    """One weight for each class, in order, such as 1, 2, 0.5. balanced: N / (C · N_c), so rare classes weigh more.
    Empty: equal weights"""
    focal_gamma: Annotated[float, Field(ge=0, le=10, title="Focal gamma"), Only("loss", ("focal",))] = 2.0
    """(1 - p)^gamma. 0 is cross entropy, 2 is the value in the paper"""
    threshold: Annotated[float, Field(gt=0, lt=1, title="Threshold"), Only("loss", ("bce",))] = 0.5
    """Images with at least this probability are counted as the second class, or as having a label. AUROC does not
    depend on the threshold."""


class LoopRecipe(_Part):
    """How long to train, in batches of which size, and which epoch is the best."""

    epochs: Annotated[int, Field(ge=1, le=1000, title="Epochs")] = 8
    batch_size: Annotated[int, Field(ge=1, le=1024, title="Batch size")] = BATCH_OF["classification"]
    """Images in each batch"""
    accumulate: Annotated[int, Field(ge=1, le=256, title="Accumulated batches")] = 1
    """`accumulate_grad_batches`: batches whose mean gradient makes one step of the optimizer; 4 batches of 16 act like
    one of 64. At the end of an epoch, the mean of the batches that are left"""
    gradient_clip: Annotated[float | None, Field(gt=0, le=1000, title="Gradient clipping")] = None
    """`gradient_clip_val`: gradients are scaled down to this norm over all layers. Empty: no clipping"""
    early_stopping: Annotated[int | None, Field(ge=1, le=1000, title="Early stopping (epochs)")] = None
    """`patience` of EarlyStopping: the run ends after so many epochs without a better monitor or a lower validation
    loss. Empty: never"""
    monitor: Annotated[Monitor, Field(title="Monitor")] = HEADLINE
    """best.ckpt is the epoch in which this was best; of equal epochs, the one with the lower validation loss"""


class OptimizerRecipe(_Part):
    """How a step changes the weights and the learning rate. Names are those of PyTorch where it has one."""

    optimizer: Annotated[Optimizer, Field(title="Optimizer")] = "adamw"
    """AdamW is less sensitive to its settings. SGD with momentum often ends slightly better after long training."""
    learning_rate: Annotated[float, Field(gt=0, le=10, title="Learning rate")] = 1e-2
    """The highest value of the schedule, such as 0.01 or 1e-2"""
    weight_decay: Annotated[float, Field(ge=0, le=10, title="Weight decay")] = 1e-2
    """Not applied to biases and normalization layers"""
    momentum: Annotated[float, Field(ge=0, lt=1, title="Momentum"), _SGD] = 0.9
    nesterov: Annotated[bool, Field(title="Nesterov momentum"), _SGD] = False
    """Evaluates the gradient ahead along the momentum"""

    schedule: Annotated[Schedule, Field(title="Schedule")] = "onecycle"
    """OneCycleLR: rises, then falls, at every step. Cosine: a warm-up, then half a cosine down. Constant: no change."""
    pct_start: Annotated[float, Field(gt=0, lt=1, title="pct_start"), _ONECYCLE] = 0.3
    """Share of all steps during which the learning rate rises"""
    div_factor: Annotated[float, Field(ge=1, le=1e6, title="div_factor"), _ONECYCLE] = 25.0
    """The learning rate starts at max_lr / div_factor"""
    final_div_factor: Annotated[float, Field(ge=1, le=1e9, title="final_div_factor"), _ONECYCLE] = 1e4
    """The learning rate ends at max_lr / div_factor / final_div_factor"""
    anneal_strategy: Annotated[Literal["cos", "linear"], Field(title="anneal_strategy"), _ONECYCLE] = "cos"
    """Shape of the rise and fall"""
    cycle_momentum: Annotated[bool, Field(title="cycle_momentum"), _ONECYCLE] = True
    """Momentum (beta1 of AdamW) falls while the learning rate rises, and the reverse"""
    base_momentum: Annotated[float, Field(ge=0, lt=1, title="base_momentum"), _CYCLED] = 0.85
    """Lowest momentum, at the highest learning rate"""
    max_momentum: Annotated[float, Field(ge=0, lt=1, title="max_momentum"), _CYCLED] = 0.95
    """Highest momentum, at the start and the end"""
    three_phase: Annotated[bool, Field(title="three_phase"), _ONECYCLE] = False
    """Rise, fall back to the start value, then fall to the end value"""
    warmup_epochs: Annotated[float, Field(ge=0, le=1000, title="Warm-up (epochs)"), _COSINE] = 1.0
    """Epochs of linear rise, such as 0.5"""
    min_lr_ratio: Annotated[float, Field(ge=0, lt=1, title="Lowest share of the rate"), _COSINE] = 0.0
    """The cosine ends at this share of the learning rate: 0.01 keeps the last epochs learning. `min_lr_rate` of
    transformers"""


class EvaluationRecipe(_Part):
    """How validation images go into the network."""

    evaluation: Annotated[Inputs, Field(title="Evaluation")] = "whole"
    """For masks. Whole image: it is shrunk to the network's square and counted there. Sliding window: windows of the
    network's size, half a window apart, go over the image at the size at which it is kept for training; logits are
    averaged where they overlap, and pixels are counted at that size. It is slower, and keeps small things visible."""


class MixingRecipe(_Part):
    """Images that are mixed within a batch."""

    mixing: Annotated[Mixing, Field(title="Mixing")] = "none"
    """MixUp blends two images and their labels. CutMix pastes a box of one image into another."""
    mix_alpha: Annotated[float, Field(gt=0, le=10, title="Mixing alpha"), _MIXED] = 0.4
    """The mixing share is sampled from Beta(alpha, alpha): mostly near 0 or 1 below 1, uniform at 1"""
    mix_probability: Annotated[float, Field(gt=0, le=1, title="Share of mixed batches"), _MIXED] = 1.0
    """1 mixes every batch"""


# Pydantic lists the fields of bases in reverse order.
class Recipe(MixingRecipe, EvaluationRecipe, OptimizerRecipe, LoopRecipe, LossRecipe, NetworkRecipe):
    """The whole recipe. A function that needs one part takes the class of that part, which says what it may read."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        values, rules = dict(self), rules_of(type(self))
        for name, rule in rules.items():
            default = type(self).model_fields[name].default
            if rule.refusal and values[name] != default and not has_effect(name, values, rules):
                raise Misfit(name, rule.refusal)
        for name, words in self._misfits():
            raise Misfit(name, words)
        return self

    def _misfits(self) -> Iterator[tuple[str, str]]:
        """Yield fields that do not fit the values of others, and why."""
        if self.frozen and self.weights == "none" and self.unfreeze_epoch is None:
            yield "frozen", _NEVER_LEARNS
        if self.weights == "file" and not self.weights_file.strip():
            yield "weights_file", "Choose the file of weights, or other weights."
        if self.unfreeze_epoch is not None and self.unfreeze_epoch > self.epochs:
            yield "unfreeze_epoch", f"The run has only {self.epochs} epochs. Choose an earlier one, or train longer."
        if self.base_momentum > self.max_momentum:
            low, high = f"{self.base_momentum:g}", f"{self.max_momentum:g}"
            yield "base_momentum", f"The lowest momentum, {low}, is above the highest, {high}."
        if self.nesterov and self.momentum == 0:
            yield "nesterov", "Nesterov needs a momentum above 0."
        if self.schedule == "cosine" and self.warmup_epochs >= self.epochs:
            yield "warmup_epochs", f"The warm-up must be shorter than the run, which has {self.epochs} epochs."
        if self.mixing != "none" and self.batch_size == 1:
            yield "mixing", "A batch of one image has nothing to mix with. Choose a larger batch size."
