"""The rows of an immunity map that share their images and their network."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.studies.answers import Logits, Row
from explorer.runs.spec.config import RunConfig
from explorer.training.prepared import Prepared
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.extractor import Extractor

Judge = Callable[[NDArray[np.float16]], Logits]  # (N, F) features of the images -> (R, N, C) logits


@dataclass(frozen=True, eq=False)
class Panel:
    """Rows that share their images and their network.

    Attributes:
        config: Its pipeline may scale pixels; its seed decides what distortions draw.
        squares: The N images as the network sees them in validation.
        network: Makes the network up to its head, which is in memory only while it is used.
        bank: Where its features are kept.
        workers: Processes that draw.
        rows: What the rows are.
        judges: The heads of each row.
        classes: How many.
        repeats: How many heads judge each image.
        notes: What is to be known about the rows, in sentences.
    """

    config: RunConfig
    squares: Prepared
    network: Callable[[], Extractor]
    bank: FeatureBank
    workers: int
    rows: tuple[Row, ...]
    judges: tuple[Judge, ...]
    classes: int
    repeats: int
    notes: tuple[str, ...] = ()
