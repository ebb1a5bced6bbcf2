"""What a run of kind "predict" does: which networks predict which images, and with which views."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explorer.augment.pipeline import Pipeline
from explorer.base.names import expanded
from explorer.data.specs import DatasetSpec, Encoding
from explorer.runs.spec.fields import Misfit
from explorer.runs.spec.plans.plan import Part, RunId

PredictedPart = Literal["train", "val", "test", "all"]


class Network(Part):
    """A trained network.

    Attributes:
        run: The id of the training run, or of a study that has trained several runs.
        member: Which of the runs of that study, from 0; None for a training run.
        which: The epoch of the weights.
    """

    run: RunId
    member: Annotated[int | None, Field(ge=0, lt=100)] = None
    which: Literal["best", "last"] = "best"


class Images(Part):
    """Images without labels: a folder, or a table with a column of paths.

    Attributes:
        path: The folder or the table.
        folder: Where the paths of a table begin; empty for the folder of the table.
        image_column: The column of paths or ids; empty for the first one with a usual name.
        encoding: Of a table that is a CSV file; empty for UTF-8.
        links: "inside" refuses links that lead out of the folders that pages may read.
    """

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    folder: Annotated[str, Field(max_length=4096)] = ""
    image_column: Annotated[str, Field(max_length=200)] = ""
    encoding: Encoding = ""
    links: Literal["any", "inside"] = "any"


class PredictPlan(Part):
    """A prediction. Scores of several networks, and of several views of an image, are averaged as probabilities.

    Attributes:
        networks: They have the same classes in the same order.
        part: Which images of `dataset` are predicted; the data set of the first run where that is None.
        dataset: A data set with labels other than that of the run.
        images: Images without labels, in place of a data set.
        views: The pipeline of test-time augmentation, with new random numbers for each view; None for none.
        count: How many views, besides the image as validation sees it, which is always one.
        seed: Of the views.
        skip_unusable: Whether images that do not decode are left out; otherwise they are an error.
        sample: The path of a sample submission, whose columns, order and ids the submission follows; empty for none.
        fills: What the columns of the sample take; None recognizes it, see explorer.runs.overview.sample_submission.
        fill_missing: Whether rows of the sample whose image is missing get the mean prediction; otherwise they are an
            error.
    """

    networks: Annotated[tuple[Network, ...], Field(min_length=1, max_length=100)]
    part: PredictedPart = "val"
    dataset: DatasetSpec | None = None
    images: Images | None = None
    views: Pipeline | None = None
    count: Annotated[int, Field(ge=1, le=64, title="Views")] = 4
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    skip_unusable: bool = False
    sample: Annotated[str, Field(max_length=4096)] = ""
    fills: Literal["probabilities", "probability", "label", "number"] | None = None
    fill_missing: bool = False

    def at(self, base: Path) -> Self:
        """The plan with its relative paths taken from `base`."""

        def absolute(path: str) -> str:
            return str((base / expanded(path)).absolute()) if path else ""

        images = self.images
        if images is not None:
            images = images.model_copy(update={"path": absolute(images.path), "folder": absolute(images.folder)})
        dataset = None if self.dataset is None else self.dataset.at(base)
        return self.model_copy(update={"images": images, "dataset": dataset, "sample": absolute(self.sample)})

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if len(set(self.networks)) < len(self.networks):
            raise Misfit("networks", "Each network can be given once.")
        if self.dataset is not None and self.images is not None:
            raise Misfit("images", "Give a data set or images, not both.")
        return self
