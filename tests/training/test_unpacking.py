"""A file of weights or a checkpoint that would take far more memory than it should is refused before it is loaded."""

import copy
import io
import json
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from efficientnet_pytorch import EfficientNet

import explorer
from explorer.runs.record.reasons import in_words
from explorer.training import exporting, unpacking
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.checkpoints import latest
from explorer.training.networks.state_files import read as read_weights
from explorer.training.networks.table import BACKBONES
from explorer.training.stopping import WeightsError
from explorer.training.unpacking import Bound, TooLargeError
from tests.training.conftest import config_of, folder_of

B0 = BACKBONES["efficientnet-b0"]
_ZEROS = bytes(1 << 20)
_RESERVES = b"\x80\x02c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R."  # 2 GB in 35 bytes


def zipped(path: Path, megabytes: int, *, pickled: bytes = b"\x80\x02}.", packed: bool = True) -> Path:
    """What torch would take for its own: a zip with a pickle and a part of zeros."""
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", how, compresslevel=1) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/version", "3\n")
        with archive.open("archive/data/0", "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(_ZEROS)
    return path


@pytest.fixture(scope="module")
def gigabyte(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of 5 MB that unpacks to 1 GB: a second's work, done once."""
    return zipped(tmp_path_factory.mktemp("bomb") / "gigabyte", 1000)


def repacked(path: Path, content: Any) -> Path:
    """As torch saves it, and then compressed."""
    whole = io.BytesIO()
    torch.save(content, whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
    return path


def refused(path: Path) -> str:
    with pytest.raises(WeightsError) as error:
        read_weights(path, B0)
    assert str(error.value).startswith(f"{path.name} was not used: it ") or "damaged" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["w.pt", "w.pth", "w.pth.tar", "w.ckpt", "w.bin"])
def test_a_zip_that_unpacks_to_far_more_than_the_network_needs_is_refused(
    name: str, gigabyte: Path, tmp_path: Path
) -> None:
    words = refused(shutil.copy(gigabyte, tmp_path / name))
    assert "it would take 1.0 GB of memory, from a file of 5 MB, and the weights of EfficientNet-B0 take 16 MB" in words
    assert "Save the state dict alone" in words


def test_a_real_bomb_is_refused_by_a_process_that_could_not_hold_it(tmp_path: Path) -> None:
    repacked(tmp_path / "bomb.pt", {"a": torch.zeros(1_000_000_000, dtype=torch.uint8)})
    code = (
        "import resource, psutil\n"
        "from pathlib import Path\n"
        "from explorer.training.networks.state_files import read\n"
        "from explorer.training.networks.table import BACKBONES\n"
        "limit = psutil.Process().memory_info().vms + 400_000_000\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        f"read(Path({str(tmp_path / 'bomb.pt')!r}), BACKBONES['efficientnet-b0'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=explorer.child_environment()
    )
    assert "WeightsError: bomb.pt was not used: it would take 1.0 GB" in done.stderr


def test_parts_that_are_compressed_as_no_weights_can_be_are_refused(tmp_path: Path) -> None:
    assert "it would unpack to 300 MB, from a file of 1 MB" in refused(zipped(tmp_path / "w.pt", 286))


def test_parts_that_lie_on_each_other_count_as_often_as_they_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "w.pt", 50, packed=False)
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.getinfo("archive/data/0")
        for number in range(1, 40):
            again = copy.copy(first)
            again.filename = f"archive/data/{number}"
            archive.filelist.append(again)
        archive.writestr("archive/end", "")
    assert "it would take 2.1 GB of memory, from a file of 52 MB" in refused(path)


def test_a_directory_of_a_million_parts_is_not_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "w.pt", 0)
    content = path.read_bytes()
    start = content.index(b"PK\1\2")
    entry = content[start : content.index(b"PK\1\2", start + 4)]
    end = bytearray(content[content.index(b"PK\5\6") :])
    end[12:16] = struct.pack("<L", 200_000 * len(entry))
    path.write_bytes(content[:start] + entry * 200_000 + bytes(end))
    assert "it takes 12 MB to list its tensors, and 8 MB are plenty" in refused(path)


def test_weights_that_somebody_compressed_are_read(tmp_path: Path) -> None:
    state = EfficientNet.from_name("efficientnet-b0", num_classes=2).state_dict()
    found = read_weights(repacked(tmp_path / "w.pt", {"state_dict": state}), B0)
    assert all(torch.equal(found[name], value) for name, value in state.items())


@pytest.mark.parametrize("save", [True, False], ids=["zip", "older"])
def test_a_tensor_that_is_larger_than_what_it_is_stored_as_is_refused(save: bool, tmp_path: Path) -> None:
    content = {"state_dict": {"a": torch.zeros(1).expand(1_000_000_000)}}
    torch.save(content, tmp_path / "w.pt", _use_new_zipfile_serialization=save)
    assert (tmp_path / "w.pt").stat().st_size < 5000
    assert "it holds a tensor of 4.0 GB that is stored as less, shape 1,000,000,000" in refused(tmp_path / "w.pt")


def test_a_sparse_tensor_of_a_billion_zeros_is_refused(tmp_path: Path) -> None:
    torch.save(
        {"a": torch.sparse_coo_tensor(torch.tensor([[0]]), torch.tensor([1.0]), (1_000_000_000,))}, tmp_path / "w.pt"
    )
    refused(tmp_path / "w.pt")


@pytest.mark.parametrize("older", [False, True])
def test_a_file_that_only_asks_for_memory_is_refused(older: bool, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    if older:
        path.write_bytes(_RESERVES)
    else:
        zipped(path, 0, pickled=_RESERVES)
    assert "it reserves memory instead of holding numbers" in refused(path)


def test_a_list_of_tensors_of_many_megabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pickled = b"\x80\x02(" + b"}" * 20_000_000 + b"l."
    path = zipped(tmp_path / "w.pt", 0, pickled=pickled, packed=False)
    assert "it takes 20 MB to list its tensors, and 8 MB are plenty" in refused(path)
    (tmp_path / "w.pth").write_bytes(pickled)
    monkeypatch.setattr(unpacking, "_STRUCTURE", 1_000_000)  # what is read of an older file before it is refused
    assert "it takes 1 MB to list its tensors" in refused(tmp_path / "w.pth")


def _safetensors(shape: int, end: int, length: int | None = None) -> bytes:
    head = json.dumps({"a": {"dtype": "F32", "shape": [shape], "data_offsets": [0, end]}}).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + bytes(4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_safetensors(1_000_000_000, 4), "damaged or cut off"),
        (_safetensors(1_000_000_000, 4_000_000_000), "damaged or cut off"),
        (_safetensors(1, 4, 5_000_000_000), "it takes 5.0 GB to list its tensors"),
    ],
    ids=["shape", "place", "head"],
)
def test_a_head_of_safetensors_that_lies_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    assert words in refused(tmp_path / "w.safetensors")


def test_a_file_that_is_really_that_large_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "_BESIDE", 0)
    (tmp_path / "w.safetensors").write_bytes(bytes(400_000_000))
    words = refused(tmp_path / "w.safetensors")
    assert "it would take 400 MB of memory, and the weights of EfficientNet-B0 take 16 MB" in words


def test_lists_that_hold_each_other_are_looked_at_once() -> None:
    content: list[Any] = [torch.zeros(3)]
    for _ in range(200):
        content = [content, content]  # 2 ** 200 of them
    Bound(B0).check_content(content)
    with pytest.raises(TooLargeError):
        Bound(B0).check_content([content, torch.zeros(1).expand(1_000_000_000)])


@pytest.mark.parametrize(
    "make",
    [
        lambda path, gigabyte: shutil.copy(gigabyte, path),
        lambda path, _: zipped(path, 0, pickled=_RESERVES),
        lambda path, _: torch.save({"optimizer_states": [torch.zeros(1).expand(1_000_000_000)]}, path),
    ],
    ids=["packed", "reserves", "expanded"],
)
def test_a_checkpoint_that_somebody_put_into_a_run_is_passed_over_with_words(
    make: Callable[[Path, Path], Any], gigabyte: Path
) -> None:
    config = config_of()
    paths = folder_of(config)
    paths.checkpoints.mkdir()
    for file in (paths.last, paths.best):
        make(file, gigabyte)
    found = latest(paths, config)
    assert (found.path, found.step) == (None, 0)
    assert len(found.notes) == 2
    assert all(
        in_words(note).startswith(f"{name} was not used: it ")
        for note, name in zip(found.notes, ("last.ckpt", "best.ckpt"), strict=True)
    )
    with pytest.raises(CheckpointError):
        read(paths.last, bound_of(config))
    with pytest.raises(exporting.WeightsExportError, match=r"best\.ckpt of .* cannot be exported: it "):
        exporting.export(paths, paths.root / "out.safetensors")
