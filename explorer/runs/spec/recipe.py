"""How a network is trained: the part of a run's config that people know as the recipe."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from explorer.metrics.table import HEADLINE, METRICS

Weights = Literal["imagenet", "advprop", "file", "none"]
Normalise = Literal["auto", "imagenet", "symmetric", "none"]
Loss = Literal["cross_entropy", "bce", "focal"]
Optimizer = Literal["adamw", "sgd"]
Schedule = Literal["onecycle", "cosine", "constant"]
Mixing = Literal["none", "mixup", "cutmix", "both"]
if TYPE_CHECKING:
    Monitor = str
else:
    Monitor = Literal[tuple(METRICS)]  # every metric of the table

_Momentum = Annotated[float, Field(ge=0, lt=1)]
_Weight = Annotated[float, Field(gt=0, le=1000)]


class Recipe(BaseModel):
    """Network, loss, optimiser, schedule, mixing. Field names are those of PyTorch where it has one.

    weights: "imagenet" and "advprop" come with the installation or are downloaded; "file" is `weights_file`.
    normalise: "auto" is what the weights expect, "imagenet" its mean and deviation, "symmetric" -1 to 1, "none" 0 to 1.
    frozen: only the head learns, until `unfreeze_epoch` (counted from 1) where there is one.
    backbone_lr_factor: the backbone's learning rate to the head's. drop_connect: None is the network's own.
    pos_weight: of class 1, for "bce"; "balanced" is negatives over positives. class_weights: for "cross_entropy" and
    "focal"; "balanced" is N / (C * N_c). threshold: of the probability of class 1, for "bce".
    learning_rate: the highest of the schedule. pct_start to three_phase: of OneCycleLR. warmup_epochs: of "cosine".
    accumulate: batches to one step of the optimiser, which follows the mean of their gradients; at the end of an epoch
    the mean of those that are left. monitor: chooses the best epoch; the validation loss decides among equals.
    early_stopping: epochs without a better `monitor` or a lower validation loss; None: never.
    mix_alpha: of the Beta distribution that the share is drawn from; mix_probability: of a batch to be mixed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    backbone: Annotated[str, Field(min_length=1, max_length=100)] = "efficientnet-lite0"
    weights: Weights = "imagenet"
    weights_file: Annotated[str, Field(max_length=4096)] = ""
    normalise: Normalise = "auto"
    image_size: Annotated[int, Field(ge=32, le=800)] = 224
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    drop_connect: Annotated[float, Field(ge=0, lt=1)] | None = None

    frozen: bool = True
    unfreeze_epoch: Annotated[int, Field(ge=2, le=1000)] | None = None
    backbone_lr_factor: Annotated[float, Field(gt=0, le=1)] = 1.0

    loss: Loss = "cross_entropy"
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    pos_weight: _Weight | Literal["balanced"] | None = None
    class_weights: tuple[_Weight, ...] | Literal["balanced"] | None = None
    focal_gamma: Annotated[float, Field(ge=0, le=10)] = 2.0
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5

    epochs: Annotated[int, Field(ge=1, le=1000)] = 8
    batch_size: Annotated[int, Field(ge=1, le=1024)] = 16
    accumulate: Annotated[int, Field(ge=1, le=256)] = 1
    gradient_clip: Annotated[float, Field(gt=0, le=1000)] | None = None
    early_stopping: Annotated[int, Field(ge=1, le=1000)] | None = None
    monitor: Monitor = HEADLINE

    optimizer: Optimizer = "adamw"
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 1e-2
    weight_decay: Annotated[float, Field(ge=0, le=10)] = 1e-2
    momentum: _Momentum = 0.9
    nesterov: bool = False

    schedule: Schedule = "onecycle"
    pct_start: Annotated[float, Field(gt=0, lt=1)] = 0.3
    div_factor: Annotated[float, Field(ge=1, le=1e6)] = 25.0
    final_div_factor: Annotated[float, Field(ge=1, le=1e9)] = 1e4
    anneal_strategy: Literal["cos", "linear"] = "cos"
    cycle_momentum: bool = True
    base_momentum: _Momentum = 0.85
    max_momentum: _Momentum = 0.95
    three_phase: bool = False
    warmup_epochs: Annotated[float, Field(ge=0, le=1000)] = 1.0

    mixing: Mixing = "none"
    mix_alpha: Annotated[float, Field(gt=0, le=10)] = 0.4
    mix_probability: Annotated[float, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for wrong, message in (
            (self.pos_weight is not None and self.loss != "bce", _POS_WEIGHT),
            (self.class_weights is not None and self.loss == "bce", _CLASS_WEIGHTS),
            (self.frozen and self.weights == "none" and self.unfreeze_epoch is None, _FROZEN),
            (self.weights == "file" and not self.weights_file.strip(), _NO_FILE),
            (self.unfreeze_epoch is not None and not self.frozen, _UNFREEZE),
            (self.unfreeze_epoch is not None and self.unfreeze_epoch > self.epochs, _UNFREEZE_LATE),
            (self.base_momentum > self.max_momentum, _MOMENTA),
            (self.nesterov and self.momentum == 0, _NESTEROV),
            (self.schedule == "cosine" and self.warmup_epochs >= self.epochs, _WARMUP),
            (self.mixing != "none" and self.batch_size == 1, _MIXING),
        ):
            if wrong:
                raise ValueError(message.format(recipe=self))
        return self


# The field to blame, a colon, and what is wrong with it.
_POS_WEIGHT = (
    "pos_weight: Positive-class weight works with the loss bce only. Choose that loss or leave the weight out."
)
_CLASS_WEIGHTS = "class_weights: Class weights are for cross_entropy and focal. With bce use the positive-class weight."
_FROZEN = (
    "frozen: A frozen backbone without pretrained weights cannot learn. Train all layers, or choose pretrained weights."
)
_NO_FILE = "weights_file: Choose the file of weights, or other weights."
_UNFREEZE = "unfreeze_epoch: All layers learn from the beginning. Freeze the backbone, or leave this empty."
_UNFREEZE_LATE = "unfreeze_epoch: The run has only {recipe.epochs} epochs. Choose an earlier one, or train longer."
_MOMENTA = (
    "base_momentum: The lowest momentum, {recipe.base_momentum:g}, is above the highest, {recipe.max_momentum:g}."
)
_NESTEROV = "nesterov: Nesterov needs a momentum above 0."
_WARMUP = "warmup_epochs: The warm-up must be shorter than the run, which has {recipe.epochs} epochs."
_MIXING = "mixing: A batch of one image has nothing to mix with. Choose a larger batch size."
