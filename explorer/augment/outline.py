"""The part of the image before a step that is visible after it: the rectangle of a crop, the quadrilateral of a warp.

Every transform of albumentations that moves pixels also moves keypoints, with the same drawn parameters. So the step
moves a grid of points, a homography is fitted to them, and its inverse gives the corners of the result on the image
before. A step that bends the image fits no homography, and has no outline.
"""

import copy
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.observe import nodes

Matrix = NDArray[np.float64]
Size = tuple[int, int]  # height and width in px
_ROWS = 5  # of the grid of points
_COLUMNS = 6  # of a keypoint inside albumentations: x, y, z, angle, scale, class
_TOLERANCE = 0.5  # px between a point of the grid and where the homography puts it
_MOVING = ("albumentations.augmentations.geometric", "albumentations.augmentations.crops")
_REORDERING = frozenset({"Mosaic", "RandomGridShuffle"})  # they put pieces together: there is no one outline
# They scale the image between the edges of pixels, and keypoints as if these were centers.
_SCALING = frozenset(
    {
        "CropAndPad", "LongestMaxSize", "RandomResizedCrop", "RandomScale", "RandomSizedBBoxSafeCrop",
        "RandomSizedCrop", "Resize", "SmallestMaxSize",
    }
)  # fmt: skip
# They scale the whole image to a whole number of pixels, and keypoints by the factor that was drawn before rounding.
_WHOLE = frozenset({"LongestMaxSize", "RandomScale", "SmallestMaxSize"})
_RAISED = (NotImplementedError, ValueError, TypeError, KeyError, IndexError, AttributeError, cv2.error)


class BentError(ValueError):
    """A step that bends the image or puts pieces together, so that its outline has no four corners.

    The message is the name of the transform.
    """


def steps(compose: Any) -> dict[str, Any]:
    """Node id -> its transform of albumentations."""
    return {node.explorer_node: node for node in nodes(compose) if isinstance(node, A.BasicTransform)}


def moves(node: Any) -> bool:
    """Whether a transform can move pixels at all."""
    modules = {cls.__module__ for cls in type(node).__mro__}
    named = type(node).__name__ in _REORDERING
    return named or any(module.startswith(_MOVING) for module in modules)


def homography(node: Any, params: Mapping[str, Any], size: Size) -> Matrix:
    """The (3, 3) matrix from the centers of pixels before a step to those after it.

    Args:
        node: The transform of albumentations, which is not changed.
        params: The values that it drew, with albumentations' own names.
        size: Size of the image before the step.

    Raises:
        BentError: No homography describes the step.
    """
    if not moves(node):
        return np.eye(3)
    if type(node).__name__ in _REORDERING:
        raise BentError(type(node).__name__)
    height, width = size
    # A step that mirrors the border would give each point several places.
    twin = copy.copy(node)
    if hasattr(twin, "border_mode"):
        twin.border_mode = cv2.BORDER_CONSTANT
    grid = np.stack(np.meshgrid(np.linspace(0, width - 1, _ROWS), np.linspace(0, height - 1, _ROWS)), axis=-1)
    given = np.zeros((_ROWS * _ROWS, _COLUMNS), np.float32)
    given[:, :2] = grid.reshape(-1, 2)
    try:
        found = np.asarray(twin.apply_to_keypoints(given.copy(), **params))
    except _RAISED as error:  # albumentations raises any error; the step itself has worked
        raise BentError(type(node).__name__) from error
    return _fitted(given, found, type(node).__name__)


def of_pixels(node: Any, params: Mapping[str, Any], size: Size, after: Size) -> Matrix:
    """The matrix of `homography`, to a fraction of a pixel as the step has moved pixels.

    Args:
        node, params, size: As in `homography`.
        after: Size of the image after the step.

    Raises:
        BentError: No homography describes the step.
    """
    name = type(node).__name__
    found = np.diag([after[1] / size[1], after[0] / size[0], 1.0]) if name in _WHOLE else homography(node, params, size)
    if name not in _SCALING:
        return found
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return np.asarray(np.linalg.inv(shift) @ found @ shift, np.float64)


def _fitted(given: NDArray[Any], found: NDArray[Any], name: str) -> Matrix:
    if found.shape[0] != given.shape[0] or not np.isfinite(found[:, :2]).all():
        raise BentError(name)
    source, target = given[:, :2].astype(np.float64), found[:, :2].astype(np.float64)
    if np.array_equal(source, target):
        return np.eye(3)
    matrix, _ = cv2.findHomography(source, target, 0)
    if matrix is None or not np.isfinite(matrix).all():
        raise BentError(name)
    if np.abs(cv2.perspectiveTransform(source[None], matrix)[0] - target).max() > _TOLERANCE:
        raise BentError(name)
    return np.asarray(matrix, np.float64)


def corners(matrices: Sequence[Matrix], after: Size) -> NDArray[np.float64]:
    """The corners of the result on the image before.

    Args:
        matrices: Matrices of the steps in their order, see `homography`.
        after: Size of the result.

    Returns:
        (4, 2) x and y in px from the upper left edge of the image before: the corners of the result, clockwise from its
        upper left one. They are outside of the image if the result shows more than the image.

    Raises:
        BentError: A corner comes from beyond the horizon of a perspective.
    """
    whole = functools.reduce(lambda before, matrix: matrix @ before, matrices, np.eye(3))
    if abs(np.linalg.det(whole)) < 1e-12:
        raise BentError
    height, width = after
    # Points are centers of pixels, so the edges of the image are half a pixel outside.
    ends = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)]) - np.array([0.5, 0.5, 0])
    back = ends @ np.linalg.inv(whole).T
    if not (back[:, 2] * back[0, 2] > 0).all():
        raise BentError
    found: NDArray[np.float64] = back[:, :2] / back[:, 2:] + 0.5
    return found
