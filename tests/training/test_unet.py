"""The U-Net on every encoder: against a module written by hand, at odd sizes, frozen, and through a checkpoint."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import efficientnet_lite_pytorch
import efficientnet_pytorch
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.runs.machine.machine import Machine, check_network
from explorer.runs.spec.config import ConfigError
from explorer.training.checkpoints import AtomicCheckpointIO, load_weights
from explorer.training.devices import backbones
from explorer.training.module import classifier
from explorer.training.networks import BACKBONES, Network, build
from explorer.training.networks.small import SmallCNN
from tests.training.conftest import config_of

CLASSES = 3
MASKED = {"kind": "shapes", "num_classes": 2, "image_size": 32, "learn": "masks"}
ENCODERS = tuple(name for name, backbone in BACKBONES.items() if backbone.encoder is not None)
SMALLEST = ("small-cnn", "efficientnet-lite0", "efficientnet-b0")
BLOCKS = {"efficientnet-lite0": (0, 2, 4, 10, 15), "efficientnet-b0": (0, 2, 4, 10, 15)}  # the last of each size


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Pictures so small are not worth sharing between threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("size", "batch", "refused"), [(32, 1, True), (33, 1, False), (32, 2, False)])
def test_batch_of_one_image_is_refused_where_the_last_maps_have_one_pixel(size: int, batch: int, refused: bool) -> None:
    values = {"backbone": "efficientnet-lite0", "weights": "none", "frozen": False, "batch_size": batch}
    config = config_of(dataset=MASKED, image_size=size, **values)
    counts = np.ones(3, np.int64)
    if refused:
        with pytest.raises(ConfigError, match="one pixel") as found:
            classifier(config, ("a", "b", "c"), 1, counts)
        assert set(found.value.errors) == {"batch_size"}
    else:
        images = torch.zeros(batch, 3, size, size, dtype=torch.uint8)
        assert classifier(config, ("a", "b", "c"), 1, counts).network(images).shape[1] == CLASSES


def built(name: str, size: int = 64, **changes: Any) -> Network:
    torch.manual_seed(5)
    values = {"weights": "none", "frozen": False, "image_size": size} | changes
    return build(config_of(dataset=MASKED, backbone=name, **values), CLASSES, None, "segmentation")


def images_of(size: int, count: int = 2) -> Tensor:
    return torch.randint(0, 256, (count, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


class Plain(nn.Module):
    """A U-Net written from the paper, for an encoder whose maps are given."""

    def __init__(self, encoder: nn.Module, maps: Callable[[Any, Tensor], list[Tensor]], sizes: Sequence[int]) -> None:
        super().__init__()
        self.encoder, self.maps = encoder, maps
        self.up = nn.ModuleList()
        before = sizes[-1]
        for skip, width in zip([*reversed(sizes[:-1]), 0], (256, 128, 64, 32, 16)[-len(sizes) :], strict=True):
            self.up.append(
                nn.Sequential(
                    nn.Conv2d(before + skip, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                    nn.Conv2d(width, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                )
            )
            before = width
        self.last = nn.Conv2d(before, CLASSES, kernel_size=1)

    def forward(self, images: Tensor) -> Tensor:
        *skips, found = self.maps(self.encoder, images)
        for block in self.up[:-1]:
            skip = skips.pop()
            found = functional.interpolate(found, skip.shape[2:], mode="nearest")
            found = block(torch.cat((found, skip), 1))
        found = self.up[-1](functional.interpolate(found, images.shape[2:], mode="nearest"))
        outputs: Tensor = self.last(found)
        return outputs


def efficient_maps(blocks: Sequence[int]) -> Callable[[Any, Tensor], list[Tensor]]:
    def maps(net: Any, images: Tensor) -> list[Tensor]:
        found, kept = net._swish(net._bn0(net._conv_stem(images))), []
        for number, block in enumerate(net._blocks):
            found = block(found)
            if number in blocks:
                kept.append(found)
        return kept

    return maps


def small_maps(net: Any, images: Tensor) -> list[Tensor]:
    kept = []
    for block in net.blocks:
        images = block(images)
        kept.append(images)
    return kept


def plain(name: str, size: int) -> Plain:
    if name == "small-cnn":
        return Plain(SmallCNN(2, 0.2), small_maps, (32, 64, 128, 256))
    library = efficientnet_lite_pytorch if "lite" in name else efficientnet_pytorch
    net = library.EfficientNet.from_name(name, image_size=size)
    return Plain(net, efficient_maps(BLOCKS[name]), (16, 24, 40, 112, 320))


@pytest.mark.parametrize("name", SMALLEST)
def test_it_is_the_module_that_is_written_by_hand(name: str) -> None:
    size = 75  # odd, and no multiple of 32
    network, own = built(name, size), plain(name, size)
    state = network.state_dict()
    renamed = (("encoder.", "net."), ("up.", "decoder.steps."), ("last.", "top."))
    own_state = {
        key: state.get(next(key.replace(new, old, 1) for new, old in renamed if key.startswith(new)), value)
        for key, value in own.state_dict().items()
    }
    own.load_state_dict(own_state)
    with torch.no_grad():
        found = network.eval()(images_of(size))
        wanted = own.eval()((images_of(size) - network.mean) / network.std)
    assert found.shape == (2, CLASSES, size, size)
    assert found.std() > 1e-3
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", SMALLEST)
def test_every_encoder_takes_every_size_and_has_no_layer_that_is_unused(name: str) -> None:
    with torch.device("meta"):  # shapes without numbers
        for size in (32, 33, 47, 799):
            assert built(name, size)(images_of(size).to("meta")).shape == (2, CLASSES, size, size)
    network = built(name, 32, drop_connect=None if name == "small-cnn" else 0.0).train()
    network(images_of(32)).square().mean().backward()
    unused = [key for key, value in network.named_parameters() if value.grad is None]
    assert unused == []  # with several GPUs each of them would end the run


def test_a_frozen_encoder_stays_as_it_is_and_gives_every_map_without_a_graph() -> None:
    network = built("efficientnet-lite0", 32).train()
    network.freeze(True)
    encoder, decoder = network.parts()
    assert len(encoder) + len(decoder) == len(list(network.parameters()))
    before = {key: value.clone() for key, value in network.net.state_dict().items()}
    maps, size = network.features(images_of(32))
    assert not any(each.requires_grad for each in maps)
    network.classify((maps, size)).square().mean().backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is None for parameter in encoder)
    assert all(parameter.grad is not None for parameter in decoder)
    assert all(torch.equal(before[key], value) for key, value in network.net.state_dict().items())


def test_a_checkpoint_gives_its_decoder_to_another_run_and_weights_of_a_backbone_leave_it_as_drawn(
    tmp_path: Path,
) -> None:
    network = built("small-cnn")
    state = {f"network.{key}": value for key, value in network.state_dict().items()}
    rest = dict.fromkeys(("epoch", "optimizer_states", "loops", "callbacks"), 0)
    file = tmp_path / "last.ckpt"
    AtomicCheckpointIO(config_of()).save_checkpoint({"state_dict": state, "global_step": 1, **rest}, file)
    other = built("small-cnn")
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(1)
    load_weights(file, other, config_of(dataset=MASKED, backbone="small-cnn", weights="none", frozen=False))
    assert all(torch.equal(value, other.state_dict()[key]) for key, value in network.state_dict().items())

    backbone = SmallCNN(7, 0.2).state_dict()
    torch.manual_seed(5)
    config = config_of(dataset=MASKED, backbone="small-cnn", weights="none", frozen=False)
    given = build(config, CLASSES, backbone, "segmentation")
    assert torch.equal(given.net.state_dict()["blocks.0.0.weight"], backbone["blocks.0.0.weight"])
    assert torch.equal(given.state_dict()["decoder.steps.0.0.weight"], network.state_dict()["decoder.steps.0.0.weight"])


def test_transformers_are_refused_at_the_field() -> None:
    found = Machine(torch="", devices=(), backbones=backbones())
    for name, backbone in BACKBONES.items():
        weights = backbone.weights[0]
        config = config_of(dataset=MASKED, backbone=name, weights=weights, frozen=weights != "none", image_size=64)
        if name in ENCODERS:
            check_network(config, found)
        else:
            with pytest.raises(ConfigError, match="cannot be the encoder") as refused:
                check_network(config, found)
            assert list(refused.value.errors) == ["backbone"]


def test_it_learns_one_batch_by_heart() -> None:  # `python -m bench masks` shows it for every encoder
    network = built("small-cnn", 32, dropout=0.0).train()
    images, masks = _shapes(32)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    for _ in range(40):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images), masks)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert _dice(network(images).argmax(1), masks) > 0.99


def _shapes(size: int) -> tuple[Tensor, Tensor]:
    """Four noisy pictures of a square or a disk."""
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    masks = torch.zeros(4, size, size, dtype=torch.int64)
    for place in range(4):
        if place % 2:
            masks[place][(rows - size // 2) ** 2 + (columns - 3 * place - 5) ** 2 < (size // 4) ** 2] = 1
        else:
            masks[place][4 + 3 * place : 4 + 3 * place + size // 3, 6 : 6 + size // 2] = 2
    noise = torch.randint(0, 40, (4, 3, size, size), generator=torch.Generator().manual_seed(2))
    return (noise + 100 * masks[:, None]).clamp(max=255).to(torch.uint8), masks


def _dice(predicted: Tensor, masks: Tensor) -> float:
    shared = [((predicted == each) & (masks == each)).sum() for each in range(CLASSES)]
    sizes = [(predicted == each).sum() + (masks == each).sum() for each in range(CLASSES)]
    return float(sum(2 * a / b for a, b in zip(shared, sizes, strict=True)) / CLASSES)
