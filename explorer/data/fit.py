"""The size of images before augmentation: whole and within limits, or their middle squares."""

from dataclasses import dataclass

LONGEST = 16_384  # px of a whole image's long side: OpenCV moves no images of 32,768 px and more
FARTHEST = 4  # no image is enlarged beyond a long side of so many times `least`


@dataclass(frozen=True)
class Fit:
    """A size that samples are brought to before they are kept.

    Attributes:
        most: the short side in px that larger images are shrunk to.
        least: the short side in px that smaller images are enlarged to.
        square: whether only the middle square of `most` px is kept, and not the whole image with its aspect ratio.
        long: whether the long side of the whole image, and not its short one, becomes `most` px.
    """

    most: int
    least: int
    square: bool = False
    long: bool = False

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width in px that an image of this height and width is brought to."""
        if self.long:
            scale = self.most / max(height, width)
            return max(1, round(height * scale)), max(1, round(width * scale))
        return (self.most, self.most) if self.square else whole_size(height, width, self.most, self.least)


def whole_size(height: int, width: int, most: int, least: int) -> tuple[int, int]:
    """Height and width that a whole image is brought to; the arguments are those of `Fit`.

    A very long image is enlarged less, so that it does not take memory without need.
    """
    short, long = min(height, width), max(height, width)
    scale = min(most, max(short, least)) / short
    if scale > 1:
        scale = max(1.0, min(scale, FARTHEST * least / long))
    scale = min(scale, LONGEST / long)
    return max(1, round(height * scale)), max(1, round(width * scale))


def square(size: int) -> Fit:
    """The fit to the middle square of `size` px, as in validation."""
    return Fit(size, size, square=True)


def longest(size: int) -> Fit:
    """The fit to a long side of `size` px with the aspect ratio kept, as in the validation of masks."""
    return Fit(size, size, long=True)
