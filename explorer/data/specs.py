"""What names a data set: small frozen values that travel in a run's config."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class ValueRange(_Spec):
    """How values of images with more than 8 bits become pixels: `low` becomes 0, `high` becomes 255, others are cut."""

    low: float
    high: float

    @model_validator(mode="after")
    def _has_width(self) -> Self:
        if self.high <= self.low:
            raise ValueError(f"The range needs a high value above its low value {self.low:g}, but got {self.high:g}.")
        return self


# "auto": one range for the whole data set, found in its files when a run starts, and recorded with the run.
# "by_image": the rule of runs of format 1: 16 bits by 257, all others from the darkest to the brightest of each image.
Depth = Literal["auto", "by_image"] | ValueRange


class ImageFolderSpec(_Spec):
    """A folder `train/<class>/*` and `val/<class>/*`, or `<class>/*`, which is then split class by class.

    depth: how values of images with more than 8 bits become pixels.
    listing: "nested" takes the images of a class folder and of all folders in it, in every format that can be read;
    "flat" is the rule of runs of format 1: the class folder itself, and files of eight suffixes.
    links: "inside" refuses links that lead out of the folders that pages may read, as does all that a page starts.
    """

    kind: Literal["image_folder"] = "image_folder"
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    val_fraction: ValFraction = 0.2
    seed: Seed = 0
    depth: Depth = "auto"
    listing: Literal["nested", "flat"] = "nested"
    links: Literal["any", "inside"] = "any"


DatasetSpec = Annotated[ShapesSpec | DigitsSpec | ImageFolderSpec, Field(discriminator="kind")]
