"""What all studies are planned with: how many folds, repeats and views, and which effect matters."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from explorer.augment.pipeline import Pipeline

RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class Part(BaseModel):
    """A part of a plan: a frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Further(Part):
    """A study that is started from another one.

    Attributes:
        origin: The id of that one; it changes nothing that is computed.
    """

    origin: RunId | None = None


class Variant(Part):
    """A pipeline that a study compares. The name is its key in the record of the study; it is shown by its title."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9 _.:+-]{1,80}$")]
    title: Annotated[str, Field(max_length=200)] = ""
    pipeline: Pipeline

    @property
    def label(self) -> str:
        """What it is called on pages: its title, or its name where it has none."""
        return self.title or self.name


_LEAST_OF_A_CLASS = 10  # images


def least_of_a_class(folds: int) -> int:
    """Return how many images of each class a study with so many folds needs, so that each fold has some."""
    return max(_LEAST_OF_A_CLASS, folds)


class CrossValidation(Part):
    """Repeated stratified cross-validation with heads on features of a frozen backbone."""

    folds: Annotated[int, Field(ge=2, le=20, title="Folds")] = 5
    """Parts of the data set. Each is predicted by heads that were trained on the others."""
    repeats: Annotated[int, Field(ge=1, le=100, title="Repeats")] = 6
    """How often the data set is divided in another way. More repeats make the interval shorter, down to what the number
    of images allows. No verdict is given with fewer than 3."""
    views: Annotated[int, Field(ge=1, le=32, title="Views")] = 4
    """Augmented views of each image that a head is trained on"""
    smallest: Annotated[float | None, Field(gt=0, le=1, title="Smallest effect that matters")] = None
    """Effects below it make no difference that matters. Empty: 0.01, which is one point, and 0.005 for AUROC"""
