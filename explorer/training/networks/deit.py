"""DeiT, data-efficient image transformers (https://arxiv.org/abs/2012.12877), as `transformers` has them."""

import math
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from explorer.training.networks.download import Download, Source
from explorer.training.networks.network import Cam, Design

PATCH = 16  # px
_NATIVE_SIZE = 224  # px that the position embeddings were learned at; those of other sizes are interpolated


HEAD = "classifier"  # the last layer


def features_of(net: Any, images: Tensor) -> Tensor:
    """Scaled images -> what goes into the head, (N, F): the last state of the class token."""
    tokens: Tensor = net.vit(images, interpolate_pos_encoding=True).last_hidden_state
    return tokens[:, 0, :]


def _patches(tokens: Tensor) -> Tensor:
    """The tokens of an image's patches as maps: (N, 1 + H * W, K) -> (N, K, H, W), without the class token."""
    side = math.isqrt(tokens.shape[1] - 1)
    return tokens[:, 1:].transpose(1, 2).reshape(len(tokens), -1, side, side)


# What goes into the last attention: behind it only the class token leads to the head, and patches have no gradient.
CAM = Cam(lambda net: net.vit.layers[-1].layernorm_before, _patches)


def deit(hidden_size: int, heads: int) -> Callable[[Design], nn.Module]:
    """Return a function that makes a DeiT, which without distillation is a plain ViT."""

    def make(design: Design) -> nn.Module:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read during the import: nothing here may call out
        # Imported here, since it takes seconds that other networks do not need.
        from transformers.models.vit.configuration_vit import ViTConfig
        from transformers.models.vit.modeling_vit import ViTForImageClassification

        config = ViTConfig(
            hidden_size=hidden_size,
            num_hidden_layers=12,
            num_attention_heads=heads,
            intermediate_size=4 * hidden_size,
            image_size=_NATIVE_SIZE,
            patch_size=PATCH,
            num_labels=design.num_outputs,
        )
        net: nn.Module = ViTForImageClassification(config)
        return net

    return make


def sources(name: str) -> Mapping[str, Source]:
    """The address of the authors' weights."""
    folder = f"{name}-patch{PATCH}-{_NATIVE_SIZE}"
    url = f"https://huggingface.co/facebook/{folder}/resolve/main/model.safetensors"
    return {"imagenet": Download(url, f"{folder}.safetensors")}


# Names of layers in the published weights -> in transformers 5, in the order in which they are replaced.
_RENAMED = (
    (r"encoder\.layer\.", "layers."),
    (r"attention\.attention\.query", "attention.q_proj"),
    (r"attention\.attention\.key", "attention.k_proj"),
    (r"attention\.attention\.value", "attention.v_proj"),
    (r"attention\.output\.dense", "attention.o_proj"),
    (r"intermediate\.dense", "mlp.fc1"),
    (r"output\.dense", "mlp.fc2"),
)


def renamed(name: str) -> str:
    """Today's name of a parameter of published weights; today's names stay as they are."""
    for old, new in _RENAMED:
        name = re.sub(old, new, name)
    return name
