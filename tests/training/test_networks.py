"""Every network of the table: against the plain library that it comes from, and through a step and a checkpoint."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import efficientnet_lite_pytorch
import efficientnet_pytorch
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.training.checkpoints import AtomicCheckpointIO
from explorer.training.networks import BACKBONES, Network, build
from explorer.training.networks.small import SmallCNN
from tests.training.conftest import config_of

SIZE = 32
CLASSES = 3
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Pictures so small are not worth sharing between threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def built(name: str, outputs: int = CLASSES, **changes: Any) -> Network:
    torch.manual_seed(5)
    values = {"weights": "none", "frozen": False, "image_size": SIZE} | changes
    return build(config_of(backbone=name, **values), outputs, None)


def plain(name: str, outputs: int = CLASSES) -> nn.Module:
    """The same network as whoever has never heard of this project would make it."""
    if name == "small-cnn":
        return SmallCNN(outputs, 0.2)
    if name.startswith("deit"):
        from transformers import ViTConfig, ViTForImageClassification

        width, heads = {"deit-tiny": (192, 3), "deit-small": (384, 6)}[name]
        sizes = {"hidden_size": width, "intermediate_size": 4 * width, "num_attention_heads": heads}
        return ViTForImageClassification(ViTConfig(num_labels=outputs, **sizes))
    library = efficientnet_lite_pytorch if "lite" in name else efficientnet_pytorch
    net: nn.Module = library.EfficientNet.from_name(name, num_classes=outputs, image_size=SIZE)
    return net


def images_of(count: int = 2, size: int = SIZE) -> Tensor:
    return torch.randint(0, 256, (count, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


def logits_of(net: nn.Module, scaled: Tensor) -> Tensor:
    with torch.no_grad():
        found = net(scaled, interpolate_pos_encoding=True).logits if hasattr(net, "vit") else net(scaled)
    assert isinstance(found, Tensor)
    return found


SMALLEST_OF_EACH_LIBRARY = ("efficientnet-lite0", "efficientnet-b0", "deit-tiny", "small-cnn")


@pytest.mark.parametrize("name", SMALLEST_OF_EACH_LIBRARY)
def test_each_trains_a_step_and_its_checkpoint_fits_into_the_plain_library(name: str, tmp_path: Path) -> None:
    network = built(name).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0  # what it validates with is what it has just seen, not still what it began with
    before = [parameter.detach().clone() for parameter in network.parameters()]
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4)
    loss = nn.functional.cross_entropy(network(images_of(4)), torch.tensor([0, 1, 2, 1]))
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    assert torch.isfinite(loss)
    moved = [not torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True)]
    assert sum(moved) > 0.95 * len(moved)

    state = {f"network.{key}": value for key, value in network.state_dict().items()}
    rest = dict.fromkeys(("epoch", "optimizer_states", "loops", "callbacks"), 0)
    file = tmp_path / "last.ckpt"
    AtomicCheckpointIO(config_of()).save_checkpoint({"state_dict": state, "global_step": 1, **rest}, file)
    kept = torch.load(file, weights_only=True)["state_dict"]
    net = plain(name)
    net.load_state_dict({key.removeprefix("network.net."): value for key, value in kept.items() if ".net." in key})
    scaled = (images_of() - kept["network.mean"]) / kept["network.std"]
    with torch.no_grad():
        ours = network.eval()(images_of())
    assert torch.isfinite(ours).all()
    assert ours.std(dim=0).min() > 1e-4
    assert torch.equal(ours, logits_of(net.eval(), scaled))
    file.unlink()  # the largest take hundreds of megabytes


@pytest.mark.parametrize("name", BACKBONES)
def test_each_is_that_of_the_plain_library_and_has_as_many_parameters_as_the_table_says(name: str) -> None:
    backbone = BACKBONES[name]
    with torch.device("meta"):  # shapes without numbers
        net, own = plain(name, outputs=2), built(name, outputs=2)
        assert own(images_of().to("meta")).shape == (2, 2)
    shapes, wanted = ({key: value.shape for key, value in each.state_dict().items()} for each in (own.net, net))
    assert shapes == wanted
    assert sum(parameter.numel() for parameter in net.parameters()) == backbone.parameters
    stored = sum(value.numel() * value.element_size() for value in net.state_dict().values())
    assert backbone.weight_bytes == pytest.approx(stored, rel=0.01)
    if "efficientnet-b" in name:
        assert backbone.default_size == efficientnet_pytorch.EfficientNet.get_image_size(name)


@pytest.mark.parametrize("name", SMALLEST_OF_EACH_LIBRARY)
@pytest.mark.parametrize("outputs", [1, 5])
def test_only_the_head_of_a_frozen_network_learns(name: str, outputs: int) -> None:
    network = built(name, outputs).train()
    network.freeze(True)
    backbone, head = network.parts()
    assert len(backbone) + len(head) == len(list(network.parameters()))
    assert [tuple(parameter.shape) for parameter in head] == [(outputs, head[0].shape[1]), (outputs,)]
    buffers = {key: value.clone() for key, value in network.named_buffers()}
    features = network.features(images_of())
    assert not features.requires_grad
    network.classify(features).square().sum().backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is None for parameter in backbone)
    assert all(parameter.grad is not None for parameter in head)
    assert all(torch.equal(buffers[key], value) for key, value in network.named_buffers())
    network.freeze(False)
    network(images_of()).square().sum().backward()
    assert all(parameter.grad is not None for parameter in backbone)


@pytest.mark.parametrize("name", SMALLEST_OF_EACH_LIBRARY)
def test_dropout_stays_alive_before_the_head_of_a_frozen_network(name: str) -> None:
    network = built(name, dropout=0.5).train()
    network.freeze(True)
    assert torch.equal(network.features(images_of()), network.features(images_of()))
    features = torch.ones(2, network.head.in_features)
    assert not torch.equal(network.classify(features), network.classify(features))
    network.eval()
    assert torch.equal(network.classify(features), network.classify(features))


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-b0"])
def test_drop_connect_drops_blocks_as_often_as_it_says(name: str) -> None:
    always, never = built(name, drop_connect=0.9, dropout=0), built(name, drop_connect=0.0, dropout=0)
    own = built(name)
    assert own.net._global_params.drop_connect_rate == BACKBONES[name].drop_connect
    for module in (*always.modules(), *never.modules()):
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    assert torch.equal(never.features(images_of()), never.features(images_of()))
    assert not torch.equal(always.features(images_of()), always.features(images_of()))


@pytest.mark.parametrize(
    ("changes", "mean", "std"),
    [
        ({"backbone": "efficientnet-b0"}, *IMAGENET),
        ({"backbone": "deit-tiny"}, *IMAGENET),
        ({"backbone": "efficientnet-b0", "weights": "advprop"}, [0.5] * 3, [0.5] * 3),
        ({"backbone": "efficientnet-b8", "weights": "file", "weights_file": "mine.pth"}, [0.5] * 3, [0.5] * 3),
        ({"backbone": "efficientnet-b8", "weights": "advprop", "normalise": "imagenet"}, *IMAGENET),
        ({"backbone": "efficientnet-lite0"}, [127 / 255] * 3, [128 / 255] * 3),
        ({"backbone": "efficientnet-lite0", "normalise": "symmetric"}, [0.5] * 3, [0.5] * 3),
        ({"backbone": "small-cnn", "normalise": "none"}, [0.0] * 3, [1.0] * 3),
    ],
)
def test_pixels_are_scaled_as_the_weights_expect(changes: dict[str, Any], mean: list[float], std: list[float]) -> None:
    name = changes["backbone"]
    network = built(name, **{key: value for key, value in changes.items() if key != "backbone"})
    pixels = images_of().numpy().transpose(0, 2, 3, 1)
    expected = (pixels / 255.0 - np.array(mean)) / np.array(std)
    seen: list[Tensor] = []
    first = next(module for module in network.net.modules() if isinstance(module, nn.Conv2d))
    hook = first.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    network(images_of())
    network(images_of().float() / 255)
    hook.remove()
    for scaled in seen:
        np.testing.assert_allclose(scaled.numpy().transpose(0, 2, 3, 1), expected, atol=2e-6)


def test_the_generator_of_torch_decides_all_that_is_new() -> None:
    first, second = built("small-cnn"), built("small-cnn")
    torch.manual_seed(6)
    other = build(config_of(backbone="small-cnn", weights="none", frozen=False), CLASSES, None)
    assert torch.equal(first.head.weight, second.head.weight)
    assert not torch.equal(first.head.weight, other.head.weight)
    assert not torch.equal(first.parts()[0][0], other.parts()[0][0])


def test_a_transformer_takes_every_size_that_its_patches_fill() -> None:
    network = built("deit-tiny").eval()
    for size in (32, 48, 224, 240):
        assert network(images_of(1, size)).shape == (1, CLASSES)


def test_a_transformer_is_made_without_calling_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise AssertionError("it asked for a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert built("deit-small").head.out_features == CLASSES
