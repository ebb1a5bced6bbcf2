"""The table of networks that can be trained; a network is an entry here, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import nn

from explorer.training.networks import deit, efficientnet, small
from explorer.training.networks.network import IMAGENET, SYMMETRIC, Design, Family, Normalisation
from explorer.training.networks.sources import Download, Source

_SIZES = (32, 800)  # px; what a run's config allows


def _same(name: str) -> str:
    return name


@dataclass(frozen=True)
class Backbone:
    """A network on offer.

    make: the library's network, drawn from torch's generator. sources: where each choice of pretrained weights comes
    from. scale: what its weights expect; those of AdvProp are another matter. parameters: with a head of 2 outputs.
    default_size, sizes, size_step: the side of its input in px, the smallest and largest, and what it is a multiple of.
    drop_connect: the network's own; None for one that has none. renamed: name in published weights -> name in `make`.
    from_scratch_note: what to expect without pretrained weights.
    pixel_bytes_trained, pixel_bytes_frozen: of memory that a batch takes per image and pixel, where all layers learn
    and where only the head does; on a processor in 32 bits, see explorer.runs.machine.needs.
    """

    title: str
    make: Callable[[Design], nn.Module]
    family: Family
    sources: Mapping[str, Source]
    parameters: int
    default_size: int
    note: str
    pixel_bytes_trained: float
    pixel_bytes_frozen: float
    scale: Normalisation = IMAGENET
    sizes: tuple[int, int] = _SIZES
    size_step: int = 1
    drop_connect: float | None = None
    renamed: Callable[[str], str] = field(default=_same)
    from_scratch_note: str = ""

    @property
    def weight_bytes(self) -> int:
        """One copy of the weights in 32 bits, with what batch norms keep (about 1 % more)."""
        return round(4 * 1.01 * self.parameters)

    @property
    def weights(self) -> tuple[str, ...]:
        """The choices of weights, the best to begin with first."""
        return (*self.sources, "file", "none") if self.sources else ("none", "file")

    @property
    def downloads(self) -> dict[str, str]:
        """Weights that come from elsewhere -> the file in the store that they are kept in."""
        return {name: source.name for name, source in self.sources.items() if isinstance(source, Download)}

    def scale_of(self, weights: str) -> Normalisation:
        """What these weights expect. AdvProp was trained on -1 to 1, see efficientnet_pytorch's documentation.

        A file is taken for the first that there are of the network: of b8 there are none but those of AdvProp.
        """
        kind = next(iter(self.sources), "none") if weights == "file" else weights
        return SYMMETRIC if kind == "advprop" else self.scale


_MANY = "From random weights it needs many images and epochs."
_TRANSFORMER = (
    "A transformer from random weights hardly learns from few images: on ants and bees it reached an AUROC of 0.71 in "
    "12 epochs, where EfficientNet-Lite0 with its weights reaches 0.98. Take it as a lesson."
)


def _efficientnet(letter: str, size: int, parameters: int, trained: float, frozen: float) -> Backbone:
    name = f"efficientnet-{letter}"
    sources = efficientnet.sources(name)
    kinds = "ImageNet or AdvProp" if "imagenet" in sources else "AdvProp only"
    return Backbone(
        title=f"EfficientNet-{letter.upper()}",
        make=efficientnet.full(name),
        family=efficientnet.FAMILY,
        sources=sources,
        parameters=parameters,
        default_size=size,
        note=f"weights to download: {kinds}",
        pixel_bytes_trained=trained,
        pixel_bytes_frozen=frozen,
        drop_connect=efficientnet.DROP_CONNECT,
        from_scratch_note=_MANY,
    )


def _deit(size_name: str, hidden_size: int, heads: int, parameters: int, trained: float, frozen: float) -> Backbone:
    name = f"deit-{size_name}"
    return Backbone(
        title=f"DeiT-{size_name.title()}",
        make=deit.deit(hidden_size, heads),
        family=deit.FAMILY,
        sources=deit.sources(name),
        parameters=parameters,
        default_size=224,
        note="a transformer; weights to download: ImageNet",
        pixel_bytes_trained=trained,
        pixel_bytes_frozen=frozen,
        size_step=deit.PATCH,
        renamed=deit.renamed,
        from_scratch_note=_TRANSFORMER,
    )


BACKBONES: dict[str, Backbone] = {
    "efficientnet-lite0": Backbone(
        title="EfficientNet-Lite0",
        make=efficientnet.lite("efficientnet-lite0"),
        family=efficientnet.FAMILY,
        sources=efficientnet.LITE0_SOURCES,
        parameters=3_373_570,
        default_size=224,
        note="ImageNet weights come with the installation",
        pixel_bytes_trained=2350,
        pixel_bytes_frozen=505,
        scale=efficientnet.LITE,
        drop_connect=efficientnet.DROP_CONNECT,
        from_scratch_note=_MANY,
    ),
    "efficientnet-b0": _efficientnet("b0", 224, 4_010_110, 3450, 1000),
    "efficientnet-b1": _efficientnet("b1", 240, 6_515_746, 4520, 1000),
    "efficientnet-b2": _efficientnet("b2", 260, 7_703_812, 5330, 1000),
    "efficientnet-b3": _efficientnet("b3", 300, 10_699_306, 6550, 1500),
    "efficientnet-b4": _efficientnet("b4", 380, 17_552_202, 8400, 1500),
    "efficientnet-b5": _efficientnet("b5", 456, 28_344_882, 11900, 1500),
    "efficientnet-b6": _efficientnet("b6", 528, 40_740_314, 13800, 2000),
    "efficientnet-b7": _efficientnet("b7", 600, 63_792_082, 17200, 2000),
    "efficientnet-b8": _efficientnet("b8", 672, 84_601_776, 21900, 2000),
    "deit-tiny": _deit("tiny", 192, 3, 5_524_802, 940, 140),
    "deit-small": _deit("small", 384, 6, 21_666_434, 2170, 200),
    "small-cnn": Backbone(
        title="Small CNN",
        make=small.small,
        family=small.FAMILY,
        sources=small.SOURCES,
        parameters=389_410,
        default_size=128,
        note="four convolutions, for lessons: starts from random weights",
        pixel_bytes_trained=1260,
        pixel_bytes_frozen=570,
    ),
}
