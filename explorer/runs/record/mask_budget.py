"""How many bytes of a run's folder predicted masks may take, and for which images and epochs they are kept."""

from dataclasses import dataclass

EPOCH_PIXELS = 500_000_000  # of masks that one validation stores: about 1,900 images of 512 px
RUN_BYTES = 500_000_000
_BYTES_PER_PIXEL = 0.125  # of a mask as PNG; of shapes 0.1, of photographs 0.02 to 0.06, of noise 0.3
_BESIDE = 2  # the best and the latest epoch, which keep the masks of more images than the others


@dataclass(frozen=True)
class MaskBudget:
    """The predicted masks of a training run with N validation images, which the network sees as `side` px.

    The best and the latest epoch keep the masks of every `stored`-th image, the others those of every `followed`-th.
    Both are powers of two, so that images that are followed are among those that are stored.
    """

    images: int
    side: int
    epochs: int

    @property
    def stored(self) -> int:
        """1 where the masks of all images are stored."""
        stride = 1
        while self._count(stride) > 1 and self._count(stride) * self.side**2 > EPOCH_PIXELS:
            stride *= 2
        return stride

    @property
    def followed(self) -> int:
        """1 where the masks of all images are kept for all epochs."""
        stride = self.stored
        room = RUN_BYTES - _BESIDE * self._bytes(stride)
        if self.epochs > _BESIDE:
            while self._count(stride) > 1 and (self.epochs - _BESIDE) * self._bytes(stride) > room:
                stride *= 2
        return stride

    @property
    def run_bytes(self) -> int:
        """About how many bytes the masks of the whole run take at most."""
        whole = min(self.epochs, _BESIDE)
        return whole * self._bytes(self.stored) + (self.epochs - whole) * self._bytes(self.followed)

    def _count(self, stride: int) -> int:
        return -(-self.images // stride)

    def _bytes(self, stride: int) -> int:
        return int(self._count(stride) * self.side**2 * _BYTES_PER_PIXEL)
