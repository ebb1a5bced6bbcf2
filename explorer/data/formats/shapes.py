"""Generated pictures of shapes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from explorer.base.task_names import TaskName
from explorer.data.formats.spec import Ask, Known, Seed, Spec

if TYPE_CHECKING:
    from explorer.data.dataset import Dataset
    from explorer.data.inspection import Looking


class ShapesSpec(Spec):
    """Generated pictures of shapes.

    Attributes:
        imbalance: the size of the largest class divided by that of the smallest.
        noise: how hard the shapes are to see, from 0 (clean) to 1.
        learn: what a network learns: the shape in the picture, or the class of each pixel.
    """

    title: ClassVar[str] = "Generated shapes"
    choice: ClassVar[str] = "generated shapes"
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask("num_classes", "Classes", start=5, start_of_masks=3),
        Ask("train_images", "Training images", step=20),
        Ask("val_images", "Validation images", step=20),
        Ask("image_size", "Size (px)", called="shapes_size", step=16),
        Ask("imbalance", "Imbalance", "Ratio of the largest to the smallest class", step=0.5),
        Ask("learn", "Learn", "The shape in the picture, or the class of each pixel"),
        # Hard enough that the confusion matrix has something to show, and for masks easy enough for a minute.
        Ask("noise", "Noise", "0 is clean, 1 is hard to recognize", start=0.6, start_of_masks=0.1, step=0.05),
    )
    network_size: ClassVar[int] = 96
    pictured: ClassVar[Mapping[str, Any]] = {"num_classes": 6, "image_size": 256}  # large enough to look at

    kind: Literal["shapes"] = "shapes"
    num_classes: Annotated[int, Field(ge=2, le=6)] = 3
    train_images: Annotated[int, Field(ge=2, le=100_000)] = 240
    val_images: Annotated[int, Field(ge=2, le=100_000)] = 120
    image_size: Annotated[int, Field(ge=32, le=512)] = 96
    imbalance: Annotated[float, Field(ge=1, le=20)] = 1.0
    noise: Annotated[float, Field(ge=0, le=1)] = 0.1
    learn: Annotated[Literal["class", "masks"], Field(title="Learn")] = "class"
    seed: Seed = 0

    @property
    def task(self) -> TaskName:
        return "segmentation" if self.learn == "masks" else "classification"

    def whole(self, looking: "Looking | None" = None) -> "Dataset":
        """Two splits with the same shares of classes; training and validation pictures never coincide."""
        from explorer.data.drawn_shapes import open_shapes

        del looking
        return open_shapes(self)

    @property
    def known(self) -> Known:
        return Known((self.train_images, self.val_images), self.image_size, self.num_classes)
