"""DeiT, data-efficient image transformers (https://arxiv.org/abs/2012.12877), as `transformers` has them."""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from explorer.training.networks.network import Design, Family
from explorer.training.networks.sources import Download, Source

PATCH = 16  # px
_NATIVE_SIZE = 224  # px that the position embeddings were learnt at; others are interpolated from these


def _features(net: Any, images: Tensor) -> Tensor:
    tokens: Tensor = net.vit(images, interpolate_pos_encoding=True).last_hidden_state
    return tokens[:, 0, :]


FAMILY = Family(features=_features, head="classifier")


def deit(hidden_size: int, heads: int) -> Callable[[Design], nn.Module]:
    """What makes a DeiT. It is a plain ViT: the published weights without distillation are of that class."""

    def make(design: Design) -> nn.Module:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when it is imported: nothing here may call out
        # Here, for the import takes seconds that other networks need not wait for.
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
    """Where the authors' weights are."""
    folder = f"{name}-patch{PATCH}-{_NATIVE_SIZE}"
    url = f"https://huggingface.co/facebook/{folder}/resolve/main/model.safetensors"
    return {"imagenet": Download(url, f"{folder}.safetensors")}


# What the layers were called when the weights were published, in the order to replace; transformers 5 renamed them.
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
    """The name of a parameter today, from the one that it has in published weights; today's stay as they are."""
    for old, new in _RENAMED:
        name = re.sub(old, new, name)
    return name
