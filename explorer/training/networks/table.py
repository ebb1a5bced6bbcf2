"""The table of networks that can be trained; a network is an entry here, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from explorer.base.task_names import TaskName
from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks import deit, efficientnet, small
from explorer.training.networks.download import Download, Source
from explorer.training.networks.network import (
    IMAGENET,
    SYMMETRIC,
    UNIT,
    Cam,
    Design,
    Features,
    Network,
    Scale,
    take_scale,
    take_weights,
)
from explorer.training.networks.unet import Encoder, Segmenter

_SIZES = (32, 800)  # px; what a run's config allows
_SCALES: dict[str, Scale] = {"imagenet": IMAGENET, "symmetric": SYMMETRIC, "none": UNIT}


def _same(name: str) -> str:
    return name


@dataclass(frozen=True)
class Backbone:
    """A network on offer. BackboneInfo of explorer.runs.machine.machine has what pages show of it.

    Attributes:
        title: Its name on pages.
        make: Makes the library's network; its weights are drawn from torch's generator.
        features_of: Gives what goes into its head, (N, F).
        head: The name of its last layer.
        cam: Where Grad-CAM looks into it.
        sources: Choice of pretrained weights -> where they come from.
        parameters: How many numbers it learns, with a head of 2 outputs.
        default_size: Side of its input in px.
        note: What to know about it, in a clause.
        pixel_bytes_trained: Memory that a batch takes per image and pixel if all layers learn, on a processor in 32
            bits; explorer.runs.machine.needs says how it is measured.
        pixel_bytes_frozen: The same if only the head learns.
        scale: The scale that its weights expect, except those of AdvProp.
        sizes: The smallest and largest side of its input in px.
        size_step: The side is a multiple of this.
        drop_connect: The network's own probability; None if it has no drop-connect.
        renamed: Name of a parameter in published weights -> its name in the network.
        from_scratch_note: What to expect without pretrained weights.
        encoder: How it is the encoder of a U-Net; None where it cannot be.
    """

    title: str
    make: Callable[[Design], nn.Module]
    features_of: Features
    head: str
    cam: Cam
    sources: Mapping[str, Source]
    parameters: int
    default_size: int
    note: str
    pixel_bytes_trained: float
    pixel_bytes_frozen: float
    scale: Scale = IMAGENET
    sizes: tuple[int, int] = _SIZES
    size_step: int = 1
    drop_connect: float | None = None
    renamed: Callable[[str], str] = field(default=_same)
    from_scratch_note: str = ""
    encoder: Encoder | None = None

    @property
    def is_encoder(self) -> bool:
        """Whether it can be the encoder of a U-Net."""
        return self.encoder is not None

    @property
    def weight_bytes(self) -> int:
        """Bytes of one copy of the weights in 32 bits; the statistics of batch norms add about 1 %."""
        return round(4 * 1.01 * self.parameters)

    @property
    def weights(self) -> tuple[str, ...]:
        """The choices of weights, with the best to start from first."""
        return (*self.sources, "file", "none") if self.sources else ("none", "file")

    @property
    def downloads(self) -> dict[str, str]:
        """Choices of weights that are downloaded -> their file in the store."""
        return {name: source.name for name, source in self.sources.items() if isinstance(source, Download)}

    def scale_of(self, weights: str) -> Scale:
        """The scale that these weights expect. AdvProp was trained on -1 to 1, as efficientnet_pytorch documents.

        A file is expected to hold the first kind in `sources`; of b8 there are only weights of AdvProp.
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
        features_of=efficientnet.features_of,
        head=efficientnet.HEAD,
        cam=efficientnet.CAM,
        sources=sources,
        parameters=parameters,
        default_size=size,
        note=f"weights to download: {kinds}",
        pixel_bytes_trained=trained,
        pixel_bytes_frozen=frozen,
        drop_connect=efficientnet.DROP_CONNECT,
        encoder=efficientnet.ENCODER,
        from_scratch_note=_MANY,
    )


def _deit(size_name: str, hidden_size: int, heads: int, parameters: int, trained: float, frozen: float) -> Backbone:
    name = f"deit-{size_name}"
    return Backbone(
        title=f"DeiT-{size_name.title()}",
        make=deit.deit(hidden_size, heads),
        features_of=deit.features_of,
        head=deit.HEAD,
        cam=deit.CAM,
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
        features_of=efficientnet.features_of,
        head=efficientnet.HEAD,
        cam=efficientnet.CAM,
        sources=efficientnet.LITE0_SOURCES,
        parameters=3_373_570,
        default_size=224,
        note="ImageNet weights come with the installation",
        pixel_bytes_trained=2350,
        pixel_bytes_frozen=505,
        scale=efficientnet.LITE,
        drop_connect=efficientnet.DROP_CONNECT,
        encoder=efficientnet.ENCODER,
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
        features_of=small.features_of,
        head=small.HEAD,
        cam=small.CAM,
        sources=small.SOURCES,
        parameters=389_410,
        default_size=128,
        note="four convolutions, for lessons: starts from random weights",
        pixel_bytes_trained=1260,
        encoder=small.ENCODER,
        pixel_bytes_frozen=570,
    ),
}


def build(
    recipe: NetworkRecipe, num_outputs: int, state: Mapping[str, Tensor] | None, task: TaskName = "classification"
) -> Network:
    """Make the network of a recipe; its head, and without `state` all of it, is drawn from torch's generator.

    Args:
        recipe: Names the backbone and its settings.
        num_outputs: Outputs of the head.
        state: Weights of the backbone as explorer.training.weights loads them, or None. Its "mean" and "std" are the
            scale if the recipe leaves that open.
        task: What the network answers: a class of each pixel needs a decoder.

    Raises:
        KeyError: There is no such backbone, or it cannot be an encoder.
        RuntimeError: The state does not fit.
    """
    backbone = BACKBONES[recipe.backbone]
    net = backbone.make(Design(recipe.image_size, num_outputs, recipe.dropout, recipe.drop_connect))
    scale = _SCALES.get(recipe.normalise) or backbone.scale_of(recipe.weights)
    network = Network(net, backbone.features_of, backbone.head, scale, recipe.dropout)
    if state is not None:
        take_weights(network, backbone.head, state)
        if recipe.normalise == "auto":
            take_scale(network, state)
    if task == "segmentation":
        network = unet(backbone, network, num_outputs, recipe.dropout)
    network.freeze(recipe.frozen)
    return network


def last_layer(recipe: NetworkRecipe, task: TaskName) -> str:
    """The name of the last layer in the state of a network that `build` has made."""
    return "top" if task == "segmentation" else f"net.{BACKBONES[recipe.backbone].head}"


def unet(backbone: Backbone, network: Network, num_outputs: int, dropout: float) -> Segmenter:
    """Turn a network for whole images into a U-Net with the same encoder and scale.

    Raises KeyError for a backbone that cannot be an encoder.
    """
    if backbone.encoder is None:
        raise KeyError(f"{backbone.title} cannot be the encoder of a U-Net")
    found = Segmenter(network.net, backbone.encoder, num_outputs, UNIT, dropout)
    found.mean, found.std = network.mean, network.std
    return found
