"""The part of an exported file that makes the network, from its library, and finds its weights."""

from collections.abc import Mapping

from explorer.augment.pipeline import scaling_step
from explorer.base.names import expanded
from explorer.export import weights
from explorer.export.imports import Import, Setting
from explorer.export.libraries import Library, library
from explorer.runs.spec.config import RunConfig

Triple = tuple[float, float, float]

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_SYMMETRIC = ((0.5,) * 3, (0.5,) * 3)
_SCALES: Mapping[str, tuple[Triple, Triple]] = {
    "imagenet": _IMAGENET,
    "symmetric": _SYMMETRIC,
    "none": ((0.0,) * 3, (1.0,) * 3),
}
_LITE = ((127 / 255,) * 3, (128 / 255,) * 3)


def scale(config: RunConfig) -> tuple[Triple, Triple]:
    """Mean and deviation of the input, of pixels in 0 to 1, that the run trains with; a file may bring its own."""
    if config.normalise != "auto":
        return _SCALES[config.normalise]
    if config.weights == "advprop":
        return _SYMMETRIC
    return _LITE if config.backbone.startswith("efficientnet-lite") else _IMAGENET


def imports(config: RunConfig) -> tuple[Import, ...]:
    """What the library is imported by."""
    return library(config.backbone).imports


def head(config: RunConfig) -> str:
    """The name of the last layer in the library's network."""
    return library(config.backbone).head


def settings(config: RunConfig, num_outputs: int) -> list[Setting]:
    """The constants that the code below may use."""
    mean, std = scale(config)
    return [
        Setting("BACKBONE", config.backbone),
        Setting("NUM_OUTPUTS", num_outputs),
        Setting("MEAN", mean, "of pixels from 0 to 1"),
        Setting("STD", std),
        Setting("DROPOUT", config.dropout),
        Setting("DROP_CONNECT", config.drop_connect),
        Setting("WEIGHTS", str(expanded(config.weights_file.strip())), "a state dict"),
        Setting("UNFREEZE_EPOCH", config.unfreeze_epoch, "the first in which the backbone learns, from 1"),
    ]


def sections(config: RunConfig) -> list[str]:
    """Definitions in their order; `load_pretrained` where there are weights to take."""
    found = library(config.backbone)
    freeze, methods = _freezing(config, found.head)
    network = _NETWORK.format(
        make=found.make(config),
        freeze=freeze,
        methods=methods,
        takes=takes(config),
        pixels=_pixels(config),
        forward=_forward(config, found),
    )
    return [*([found.before] if found.before else []), network, *weights.sections(config, found)]


def _pixels(config: RunConfig) -> str:
    if scaling_step(config.pipeline) is not None:
        return "        scaled = (images * 255 - self.mean) / self.std\n"
    return _MIXED_PIXELS if config.mixing != "none" else _PIXELS


def takes(config: RunConfig) -> str:
    """What the network is given, in words."""
    return "(N, 3, S, S) uint8 RGB" if scaling_step(config.pipeline) is None else "(N, 3, S, S) float32, `scaled`"


_NETWORK = '''\
class Network(nn.Module):
    """The library's own network with its own head, and the scaling of pixels that its weights expect."""

    def __init__(self):
        super().__init__()
{make}        self.dropout = nn.Dropout(DROPOUT)
        # Buffers, so that a checkpoint holds them: the weights are worth nothing with another scale.
        self.register_buffer("mean", 255 * torch.tensor(MEAN).view(3, 1, 1))
        self.register_buffer("std", 255 * torch.tensor(STD).view(3, 1, 1))
{freeze}{methods}
    def forward(self, images):
        """{takes} -> (N, NUM_OUTPUTS)."""
{pixels}{forward}'''


_PIXELS = "        scaled = (images.float() - self.mean) / self.std\n"
_MIXED_PIXELS = """\
        pixels = images * 255 if images.is_floating_point() else images.float()  # mixed ones are numbers from 0 to 1
        scaled = (pixels - self.mean) / self.std
"""


def _freezing(config: RunConfig, head: str) -> tuple[str, str]:
    """What `__init__` ends with, and further methods."""
    if not config.frozen:
        return "", ""
    if config.unfreeze_epoch is None:
        learns = f"        self.net.requires_grad_(False)\n        self.net.{head}.requires_grad_(True)\n"
        return f"{learns}        self.train()\n", _STAYS_FROZEN
    return "        self.freeze(True)\n", _FREEZE.format(head=head) + _STAYS_WHILE_FROZEN


_STAYS_FROZEN = '''
    def train(self, mode=True):
        """As in torch, but the frozen backbone keeps the statistics of its batch norms."""
        super().train(mode)
        self.net.eval()
        return self
'''

_STAYS_WHILE_FROZEN = '''
    def train(self, mode=True):
        """As in torch, but a frozen backbone keeps the statistics of its batch norms."""
        super().train(mode)
        if self.frozen:
            self.net.eval()
        return self
'''

_FREEZE = '''
    def freeze(self, frozen):
        """With True only the head learns from now on."""
        self.frozen = frozen
        self.net.requires_grad_(not frozen)
        self.net.{head}.requires_grad_(True)
        self.train(self.training)
'''


def _forward(config: RunConfig, family: Library) -> str:
    features, head = family.features, f"        return self.net.{family.head}(self.dropout(features))\n"
    if not config.frozen:
        return f"        features = {features}\n{head}"
    if config.unfreeze_epoch is None:
        return f"        with torch.no_grad():\n            features = {features}\n{head}"
    grad = "        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):\n"
    return f"{grad}            features = {features}\n{head}"
