"""What the formats with boxes, outlines and keypoints have in common: they are looked at, and not trained on."""

from typing import TYPE_CHECKING, ClassVar

from explorer.data.formats.spec import FileSpec

if TYPE_CHECKING:
    from explorer.data.marks.annotated import Annotated


ONLY_SHOWN = "it holds boxes. Augment and Data show them; networks are trained for classes of images or of pixels."


class MarkedSpec(FileSpec):
    """Images with boxes, outlines or keypoints. Outlines can be drawn as masks, which are a data set to train on."""

    trainable: ClassVar[bool] = False
    why_untrained: ClassVar[str] = f"{ONLY_SHOWN} The Data page draws outlines, if it has some, as masks to train on."

    def annotated(self) -> "Annotated":
        """List the images with what is known of each of them, also what cannot be used. Raises DatasetError."""
        raise NotImplementedError
