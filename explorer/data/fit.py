"""How large images are when augmentation gets them: whole within bounds, or their middle squares."""

from dataclasses import dataclass

LONGEST = 16_384  # px of a whole image's long side: OpenCV moves no images of 32,768 px and more
FARTHEST = 4  # an image is enlarged until its long side is so many times `least`, at most


@dataclass(frozen=True)
class Fit:
    """A size that samples are brought to before they are kept.

    most: px of the short side, which a larger image is scaled down to. least: px that a smaller one is enlarged to.
    square: only the middle square is left, of `most` px; otherwise the image keeps its borders and its aspect ratio.
    """

    most: int
    least: int
    square: bool = False

    def size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width in px that an image of this height and width gets."""
        return (self.most, self.most) if self.square else whole_size(height, width, self.most, self.least)


def whole_size(height: int, width: int, most: int, least: int) -> tuple[int, int]:
    """Height and width of an image that keeps its borders, as `Fit` says.

    One that is very long for its height is enlarged less, so that it takes no memory without need.
    """
    short, long = min(height, width), max(height, width)
    scale = min(most, max(short, least)) / short
    if scale > 1:
        scale = max(1.0, min(scale, FARTHEST * least / long))
    scale = min(scale, LONGEST / long)
    return max(1, round(height * scale)), max(1, round(width * scale))


def square(size: int) -> Fit:
    """The middle square of `size` px, as validation sees images."""
    return Fit(size, size, square=True)
