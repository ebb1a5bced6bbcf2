"""Standardizing features and rotating them to their principal components, without whitening."""

from dataclasses import dataclass

import torch
from torch import Tensor

DIMENSIONS = 400
_LEAST_SPREAD = 0.05  # of the median deviation; a feature that varies less is divided by that instead of blown up
_ROUNDING = 1e-6  # deviations below are none
_LEAST_SHARE = 1e-6  # of the largest variance; components below are rounding


@dataclass(frozen=True, eq=False)
class Rotation:
    """How features become standardized principal components.

    Attributes:
        mean, scale: (F,) of each feature; scale is 0 for one that does not vary, else 1 / its deviation, which counts
            as no less than a twentieth of the median one.
        axes: (F, D) the components.
    """

    mean: Tensor
    scale: Tensor
    axes: Tensor

    @classmethod
    def fit(cls, features: Tensor, most: int = DIMENSIONS) -> tuple["Rotation", Tensor]:
        """Fit it to rows of features.

        Args:
            features: (n, F) float16.
            most: The largest number of components.

        Returns:
            The rotation, and (n, D) the components of the rows: centered, not correlated.
        """
        x = features.float()
        mean = x.mean(dim=0)
        x -= mean
        spread = x.square().mean(dim=0).sqrt()
        # In a few plain images some features hardly vary. Divided by their own deviation, the first image in which they
        # do would get a logit in the thousands, and the log loss of "nothing" would flatter every augmentation.
        varies = spread > _ROUNDING
        least = _LEAST_SPREAD * float(spread[varies].median()) if varies.any() else 1.0
        scale = torch.where(varies, 1 / spread.clamp(min=least), 0.0)
        x *= scale
        axes = _axes(x, most)
        return cls(mean, scale, axes), x @ axes

    def undone(self, weights: Tensor) -> Tensor:
        """Weights for components (D + 1, C), the last row is the intercept -> weights for features (F + 1, C)."""
        own = (self.axes.double() @ weights[:-1].double()) * self.scale.double()[:, None]
        return torch.cat([own, weights[-1:] - self.mean.double() @ own]).float()


def _axes(x: Tensor, most: int) -> Tensor:
    """(F, D) the principal axes of centered rows (n, F), from the smaller of the matrices F × F and n × n."""
    rows, features = x.shape
    squares, vectors = torch.linalg.eigh(x.T @ x if features <= rows else x @ x.T)
    first = max(0, len(squares) - most, int((squares <= _LEAST_SHARE * squares[-1]).sum()))
    vectors, squares = vectors[:, first:].flip(1), squares[first:].flip(0)
    axes: Tensor = vectors.contiguous() if features <= rows else (x.T @ vectors) / squares.sqrt()
    return axes
