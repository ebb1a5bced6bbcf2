"""What names a data set: small frozen values that travel in a run's config."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seed = Annotated[int, Field(ge=0, lt=2**32)]
ValFraction = Annotated[float, Field(gt=0, lt=1)]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ShapesSpec(_Spec):
    """Generated pictures of shapes. imbalance: largest class to smallest; noise: 0 clean to 1 hard to see."""

    kind: Literal["shapes"] = "shapes"
    num_classes: Annotated[int, Field(ge=2, le=6)] = 3
    train_images: Annotated[int, Field(ge=2, le=100_000)] = 240
    val_images: Annotated[int, Field(ge=2, le=100_000)] = 120
    image_size: Annotated[int, Field(ge=32, le=512)] = 96
    imbalance: Annotated[float, Field(ge=1, le=20)] = 1.0
    noise: Annotated[float, Field(ge=0, le=1)] = 0.1
    seed: Seed = 0


class DigitsSpec(_Spec):
    """scikit-learn's 1,797 handwritten digits of 8 × 8 px."""

    kind: Literal["digits"] = "digits"
    val_fraction: ValFraction = 0.2
    seed: Seed = 0


class ImageFolderSpec(_Spec):
    """A folder `train/<class>/*` and `val/<class>/*`, or `<class>/*`, which is then split class by class."""

    kind: Literal["image_folder"] = "image_folder"
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    val_fraction: ValFraction = 0.2
    seed: Seed = 0


DatasetSpec = Annotated[ShapesSpec | DigitsSpec | ImageFolderSpec, Field(discriminator="kind")]
