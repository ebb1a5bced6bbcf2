"""Masks, scores of pixels and boxes of an augmented view, put back onto the image that the view was drawn of.

The trace of a view knows where each pixel has gone. What was cut away was not seen, so each answer comes with the
region that was. Where steps only mirror, turn by 90 degrees, cut or pad, each pixel that was seen gets exactly what the
view has for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.outline import BentError, Matrix, Size
from explorer.augment.pipeline import Group, Nodes, Pipeline, is_on, with_nodes
from explorer.augment.trace import Trace, trace
from explorer.data.sample import Sample

_WHOLE = 1e-4  # px; a matrix that is off whole numbers by less moves pixels onto pixels
_FLAT = 1e-6  # the determinant of a matrix that has lost a dimension
_TRIED = (240, 320)  # px of the image on which steps are tried
_TRIES = 2  # numbers that a step is tried with

Seen = NDArray[np.bool_]


class NotInvertible(ValueError):
    """A step whose effect on positions cannot be undone; the message names it, and so does the attribute `step`."""

    def __init__(self, step: str) -> None:
        super().__init__(
            f"{step or 'The pipeline'} moves pixels in a way that cannot be undone, so that masks and boxes of its "
            "views cannot be put back. Turn it off, or use steps that mirror, turn, shift, scale, crop or pad."
        )
        self.step = step


def check_steps(pipeline: Pipeline) -> None:
    """Look for a step that is on and cannot be undone, whatever its probability.

    Each step that may move pixels is drawn alone on a plain image. One that fails there, such as a crop that is larger,
    is left to the drawing of views.

    Raises:
        NotInvertible: There is one.
    """
    sample = Sample(np.zeros((*_TRIED, 3), np.uint8))
    for nodes in _alone(pipeline.nodes, ()):
        tried = with_nodes(pipeline, nodes)
        for seed in range(_TRIES):
            try:
                traced = trace(sample, tried, seed)
            except AugmentError:
                break
            WayBack.of(traced, _TRIED)


def _alone(nodes: Nodes, around: tuple[Group, ...]) -> Iterator[Nodes]:
    """Each step that is on, with p = 1, in the group that gives it single channels if there is one."""
    for node in filter(is_on, nodes):
        if isinstance(node, Group):
            yield from _alone(node.children, (*around, node) if node.kind == "SelectiveChannelTransform" else around)
        else:
            only: Nodes = (node.model_copy(update={"p": 1.0}),)
            for group in around[:1]:
                only = (group.model_copy(update={"p": 1.0, "children": only}),)
            yield only


@dataclass(frozen=True, eq=False)
class WayBack:
    """Where the pixels of an image are in a view.

    Attributes:
        legs: For each step that has moved pixels, the (3, 3) matrix from the centers of pixels of the image to those
            after the step, and height and width in px after it. A pixel that one step has cut away is not seen again.
        size: Height and width of the image in px.
    """

    legs: tuple[tuple[Matrix, Size], ...]
    size: Size

    @classmethod
    def of(cls, trace: Trace, size: Size) -> Self:
        """The way back from the result of a traced pipeline to the image of this height and width before it.

        Raises NotInvertible where a step bends the image, puts it together from pieces, or moves single channels.
        """
        try:
            moves = trace.moves()
        except BentError as error:
            raise NotInvertible(str(error)) from error
        legs = []
        matrix: Matrix = np.eye(3)
        for step, after in moves:
            matrix = step @ matrix
            legs.append((matrix, after))
        if abs(np.linalg.det(matrix)) < _FLAT:
            raise NotInvertible("")
        return cls(tuple(legs), size)

    @property
    def matrix(self) -> Matrix:
        """(3, 3), from the centers of pixels of the image to those of the view."""
        return self.legs[-1][0] if self.legs else np.eye(3)

    @property
    def view(self) -> Size:
        """Height and width of the view in px."""
        return self.legs[-1][1] if self.legs else self.size

    @property
    def exact(self) -> bool:
        """Whether each pixel of the image that was seen is exactly one pixel of the view."""
        matrix = self.matrix / self.matrix[2, 2]
        steps = (leg / leg[2, 2] for leg, _ in self.legs)
        whole = all(np.abs(leg - leg.round()).max() < _WHOLE for leg in steps)
        turned = np.abs(matrix[:2, :2]).round()
        return bool(whole and np.array_equal(turned.sum(axis=0), [1, 1]) and np.array_equal(turned.sum(axis=1), [1, 1]))

    def mask(self, mask: NDArray[np.uint8], unseen: int = 0) -> tuple[NDArray[np.uint8], Seen]:
        """Put a mask of the view back by the nearest pixel.

        Args:
            mask: (H', W') classes of the view's pixels.
            unseen: The class of pixels that the view does not show.

        Returns:
            (H, W) classes of the image's pixels, and which of them were seen.
        """
        x, y, seen = self._nearest(mask.shape[:2])
        found = np.full(self.size, unseen, np.uint8)
        found[seen] = mask[y[seen], x[seen]]
        return found, seen

    def scores(self, scores: NDArray[np.float32]) -> tuple[NDArray[np.float32], Seen]:
        """Put scores of the view's pixels back: exactly where the way is exact, else by bilinear interpolation.

        Args:
            scores: (H', W', C).

        Returns:
            (H, W, C), 0 where a pixel was not seen, and which pixels were seen.
        """
        x, y, seen = self._nearest(scores.shape[:2])
        found = np.zeros((*self.size, scores.shape[2]), np.float32)
        if self.exact:
            found[seen] = scores[y[seen], x[seen]]
            return found, seen
        across, down = (each.astype(np.float32) for each in self._places(self.matrix))
        for channel in range(scores.shape[2]):
            plane = np.ascontiguousarray(scores[:, :, channel], np.float32)
            found[:, :, channel] = cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        found[~seen] = 0
        return found, seen

    def boxes(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Put boxes of the view back: the least boxes around their corners, cut at the borders of the image.

        Args:
            boxes: (N, 5): x_min, y_min, x_max, y_max in px of the view, and a class.

        Returns:
            (M, 5) boxes in px of the image, without those that lie outside of it.
        """
        if not len(boxes):
            return boxes.astype(np.float32)
        corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2).astype(np.float64)
        back = cv2.perspectiveTransform(corners - 0.5, np.linalg.inv(self.matrix)) + 0.5
        ends = np.concatenate([back.min(axis=1), back.max(axis=1)], axis=1)
        height, width = self.size
        ends = ends.clip(0, [width, height, width, height])
        kept = (ends[:, 2:] - ends[:, :2] > 0).all(axis=1)
        return np.asarray(np.concatenate([ends, boxes[:, 4:]], axis=1)[kept], np.float32)

    def _places(self, matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(H, W) x and y of each pixel's center where a matrix has moved it."""
        height, width = self.size
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).reshape(1, -1, 2)
        moved: NDArray[Any] = cv2.perspectiveTransform(grid.astype(np.float64), matrix)
        return moved[0, :, 0].reshape(self.size), moved[0, :, 1].reshape(self.size)

    def _nearest(self, view: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64], Seen]:
        """(H, W) columns and rows of the nearest pixels of the view, and which of them were seen.

        Raises ValueError for a result that is not of the size of the view.
        """
        if view != self.view:
            raise ValueError(f"The view is {self.view} px high and wide; got {view}.")
        seen = np.ones(self.size, bool)
        x, y = self._rounded(np.eye(3))
        for matrix, (height, width) in self.legs:
            x, y = self._rounded(matrix)
            seen &= (x >= 0) & (x < width) & (y >= 0) & (y < height)
        return x, y, seen

    def _rounded(self, matrix: Matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        x, y = (np.rint(each).astype(np.int64) for each in self._places(matrix))
        return x, y
