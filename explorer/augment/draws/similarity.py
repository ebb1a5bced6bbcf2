"""How alike two pictures are: SSIM and PSNR, as scikit-image has them, at the speed of OpenCV.

SSIM: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity",
IEEE Transactions on Image Processing 13 (2004), with its Gaussian window of 11 × 11 px and sigma 1.5.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

WINDOW = 11  # px
_SIGMA = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
Image = NDArray[np.uint8]


def ssim(first: Image, second: Image) -> float:
    """Mean structural similarity of the luminances over all pixels, -1 to 1; 1 for equal pictures.

    Both are (H, W, 3) uint8 RGB of one shape, at least WINDOW px in both directions. It is that of the paper and of
    `skimage.metrics.structural_similarity(gray, gray, gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    data_range=255)` with `cv2.COLOR_RGB2GRAY`.
    """
    x, y = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) for image in (first, second))
    mean_x, mean_y = _blurred(x), _blurred(y)
    xx, yy, xy = mean_x * mean_x, mean_y * mean_y, mean_x * mean_y
    spread = _blurred(x * x) + _blurred(y * y) - xx - yy
    both = _blurred(x * y) - xy
    similarity = (2 * xy + _C1) * (2 * both + _C2) / ((xx + yy + _C1) * (spread + _C2))
    edge = WINDOW // 2  # nothing is counted where the window reaches beyond the border
    return float(similarity[edge:-edge, edge:-edge].mean(dtype=np.float64))


def _blurred(image: NDArray[np.float32]) -> NDArray[np.float32]:
    blurred: NDArray[np.float32] = cv2.GaussianBlur(image, (WINDOW, WINDOW), _SIGMA, borderType=cv2.BORDER_REFLECT)
    return blurred


def psnr(first: Image, second: Image) -> float:
    """Peak signal-to-noise ratio in dB of two uint8 images of one shape; infinite if they are equal."""
    error = cv2.norm(first, second, cv2.NORM_L2SQR) / first.size
    return 10 * math.log10(255**2 / error) if error else math.inf
