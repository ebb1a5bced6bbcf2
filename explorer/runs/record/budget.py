"""How many bytes of a run's folder the scores of single validation images may take, and which epochs keep theirs."""

from dataclasses import dataclass

EPOCH_BYTES = 64_000_000
RUN_BYTES = 1_000_000_000
_BESIDE = 2  # the best and the latest epoch, which keep their scores beside those of every k-th
_CELL_BYTES = 4  # of a count, which is stored in 32 bits


def keeps_cells(images: int, classes: int, epochs: int) -> bool:
    """Return whether the (C, C) cells of the pixels of each image are kept in all epochs of a run.

    Where they are not, as with thousands of images of a hundred classes, the margins of each image remain, from which
    all metrics and intervals are computed, but not which images have pixels in a cell of the matrix.
    """
    each = _CELL_BYTES * images * classes**2
    return each <= EPOCH_BYTES and epochs * each <= RUN_BYTES


@dataclass(frozen=True)
class ScoreBudget:
    """The scores of a training run: float32 logits and a label for each validation image, in each planned epoch.

    Counts and histograms have the same size for any number of images, and every epoch keeps them.
    """

    images: int
    classes: int
    epochs: int

    @property
    def epoch_bytes(self) -> int:
        """The bytes of one epoch's scores."""
        return self.images * (4 * self.classes + 4)

    @property
    def fits(self) -> bool:
        """Whether the scores of one epoch are small enough to be kept at all."""
        return self.epoch_bytes <= EPOCH_BYTES

    @property
    def every(self) -> int:
        """Keep every k-th epoch: k, which is 1 where all epochs together fit. It is 0 where no epoch is kept."""
        if not self.fits:
            return 0
        if self.epochs * self.epoch_bytes <= RUN_BYTES:
            return 1
        regular = max(1, RUN_BYTES // self.epoch_bytes - _BESIDE)
        return -(-self.epochs // regular)

    def keeps(self, epoch: int, best: int | None, latest: int) -> bool:
        """Whether an epoch keeps its scores, given the numbers of the best and the latest epoch, from 0."""
        every = self.every
        return every > 0 and (epoch % every == 0 or epoch in (best, latest))

    @property
    def run_bytes(self) -> int:
        """The most bytes that the scores of the whole run take."""
        every = self.every
        kept = 0 if every == 0 else self.epochs if every == 1 else -(-self.epochs // every) + _BESIDE
        return kept * self.epoch_bytes
