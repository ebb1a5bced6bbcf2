"""Grad-CAM: the maps of captum for each family of networks, and the child process that computes them for a run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

import explorer
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.saliency import SaliencyMaps, SaliencyRecordError
from explorer.runs.record.validation import ValidationImages
from explorer.training.networks import BACKBONES, Network, build
from explorer.training.saliency import grad_cam, main
from tests.training.conftest import config_of, outcome_of


class _AsMaps(nn.Module):
    """Tokens pass through a layer as maps, so that captum can look at maps."""

    def __init__(self, norm: nn.Module, side: int) -> None:
        super().__init__()
        self.norm, self.side, self.maps = norm, side, nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = self.norm(tokens)
        count, _, width = tokens.shape
        patches = tokens[:, 1:].reshape(count, self.side, self.side, width).permute(0, 3, 1, 2)
        back = self.maps(patches).permute(0, 2, 3, 1).reshape(count, -1, width)
        return torch.cat([tokens[:, :1], back], dim=1)


def layer_for_captum(network: Network, backbone: str) -> nn.Module:
    if not backbone.startswith("deit"):
        return BACKBONES[backbone].cam.layer(network.net)
    last = network.net.vit.layers[-1]
    last.layernorm_before = _AsMaps(last.layernorm_before, 4)
    return last.layernorm_before.maps


@pytest.mark.parametrize("backbone", ["efficientnet-lite0", "efficientnet-b0", "deit-tiny", "small-cnn"])
def test_maps_are_those_of_captum(backbone: str) -> None:
    torch.manual_seed(3)
    config = config_of(backbone=backbone, weights="none", image_size=64, frozen=False)
    network = build(config, 3, None).eval()
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    classes = torch.tensor([2, 0])
    maps, logits, _ = grad_cam(network, backbone, images, classes)
    layer = layer_for_captum(network, backbone)
    expected = LayerGradCam(network, layer).attribute(images.float() / 255, target=classes)
    torch.testing.assert_close(
        maps, expected[:, 0].detach(), rtol=1e-3, atol=1e-5 * float(expected.detach().abs().max())
    )
    assert float(maps.abs().max()) > 0
    torch.testing.assert_close(logits, network(images).detach())


def test_one_output_speaks_for_one_class_and_against_the_other() -> None:
    network = build(config_of(backbone="small-cnn", weights="none", frozen=False), 1, None).eval()
    images = torch.randint(0, 256, (1, 3, 32, 32), dtype=torch.uint8)
    first, second = (grad_cam(network, "small-cnn", images, torch.tensor([each])) for each in (0, 1))
    torch.testing.assert_close(first[0], -second[0])
    assert first[1].shape == (1, 2)


def test_a_child_explains_images_of_a_run_by_its_best_checkpoint(trained: RunPaths, tmp_path: Path) -> None:
    target = tmp_path / "무게.npz"
    command = [sys.executable, "-P", "-m", "explorer.training.saliency", str(trained.root), str(target)]
    subprocess.run([*command, "--images", "5,0"], env=explorer.child_environment(), check=True, capture_output=True)
    found = SaliencyMaps.load(target)
    best = outcome_of(trained).best["epoch"]
    record = EpochRecord.load(trained.epoch(1, best))
    assert record.logits is not None
    assert (found.epoch, found.indices.tolist(), found.maps.shape) == (best, [5, 0], (2, 32, 32))
    np.testing.assert_allclose(found.logits, record.logits[[5, 0]], atol=1e-4)
    assert found.classes.tolist() == record.logits[[5, 0]].argmax(axis=1).tolist()
    assert found.maps.min() >= 0
    assert found.maps.max() <= 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--images", "12"], "The run has 12 validation images; got 12."),
        (["--images", "1", "--classes", "3"], "Classes are numbers from 0 to 2; got 3."),
    ],
)
def test_what_cannot_be_explained_is_said(
    trained: RunPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert main([str(trained.root), str(tmp_path / "maps.npz"), *asked]) == 1
    assert capsys.readouterr().err.strip() == said


def test_damaged_checkpoints_changed_images_and_damaged_maps_are_refused(
    trained: RunPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = RunPaths(tmp_path / "copy")
    paths.checkpoints.mkdir(parents=True)
    paths.config.write_bytes(trained.config.read_bytes())
    paths.best.write_bytes(trained.best.read_bytes()[:-2000])
    target = tmp_path / "maps.npz"
    assert main([str(paths.root), str(target), "--images", "0"]) == 1
    assert "best.ckpt of copy cannot be used: it is damaged" in capsys.readouterr().err
    paths.best.write_bytes(trained.best.read_bytes())
    assert main([str(paths.root), str(target), "--images", "0"]) == 1
    assert "has no readable list of its validation images" in capsys.readouterr().err
    listed = ValidationImages.load(trained.validation)
    others = ("00" * 16, *listed.hashes[1:])
    ValidationImages(listed.ids, listed.labels, others, listed.reading).save(paths.validation)
    assert main([str(paths.root), str(target), "--images", "0"]) == 1
    assert "has changed since the run" in capsys.readouterr().err
    target.write_bytes(b"PK\x03\x04")
    with pytest.raises(SaliencyRecordError):
        SaliencyMaps.load(target)
