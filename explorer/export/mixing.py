"""The part of an exported file that mixes the images of a batch."""

from explorer.augment.pipeline import scaling_step
from explorer.export.imports import Setting
from explorer.runs.spec.config import RunConfig


def settings(config: RunConfig) -> list[Setting]:
    """The constants that the code below may use."""
    return [
        Setting("MIX_ALPHA", config.mix_alpha),
        Setting("MIX_PROBABILITY", config.mix_probability, "of a batch"),
    ]


def sections(config: RunConfig) -> list[str]:
    """`mixed(epoch, batch, images)`; nothing where batches are not mixed."""
    if config.mixing == "none":
        return []
    scaled = scaling_step(config.pipeline) is not None
    kind, pixels = ("float32", _SCALED) if scaled else ("uint8", _BYTES)
    parts = [part.format(pixels=pixels) for part in _MIXING[config.mixing]]
    return [*parts, _MIXED.format(kind=kind, mix=_MIX[config.mixing])]


_BYTES = "    pixels = images.float() / 255\n"
_SCALED = "    pixels = images.clone()\n"


_MIXED = '''\
def mixed(epoch, batch, images):
    """(N, 3, S, S) {kind} -> mixed images, the share of each image itself, its partners; None where it is not mixed.

    What is drawn follows from the place in the run; the last number keeps it apart from what augments images.
    """
    draw = np.random.default_rng([SEED, epoch, batch, 0x6D6978])
    if draw.random() >= MIX_PROBABILITY:
        return None
{mix}'''

_MIXUP = '''\
def mixup(draw, images):
    """Each image and a partner, one shining through the other. https://arxiv.org/abs/1710.09412"""
    lam = float(np.float32(draw.beta(MIX_ALPHA, MIX_ALPHA)))
    partners = torch.from_numpy(draw.permutation(len(images))).to(images.device)
{pixels}    return pixels * lam + pixels[partners] * (1 - lam), lam, partners
'''

_CUTMIX = '''\
def cutmix(draw, images):
    """Each image with a box of a partner. https://arxiv.org/abs/1905.04899"""
    height, width = images.shape[2:]
    lam = float(draw.beta(MIX_ALPHA, MIX_ALPHA))
    partners = torch.from_numpy(draw.permutation(len(images))).to(images.device)
    side = np.sqrt(1 - lam)
    cut_height, cut_width = int(height * side), int(width * side)
    row, column = int(draw.integers(height)), int(draw.integers(width))
    top, left = max(row - cut_height // 2, 0), max(column - cut_width // 2, 0)
    bottom, right = min(row + cut_height // 2, height), min(column + cut_width // 2, width)
{pixels}    partner = pixels[partners]
    pixels[:, :, top:bottom, left:right] = partner[:, :, top:bottom, left:right]
    # The border may have cut the box: what counts is what is left of it.
    return pixels, 1 - (bottom - top) * (right - left) / (height * width), partners
'''

_MIXING = {"mixup": [_MIXUP], "cutmix": [_CUTMIX], "both": [_MIXUP, _CUTMIX]}
_MIX = {
    "mixup": "    return mixup(draw, images)\n",
    "cutmix": "    return cutmix(draw, images)\n",
    "both": "    return cutmix(draw, images) if draw.random() < 0.5 else mixup(draw, images)\n",
}
