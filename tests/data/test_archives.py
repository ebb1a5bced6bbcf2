"""Zip files from strangers: what is unpacked is what they hold, and nothing is written elsewhere."""

import io
import random
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.data import archives
from explorer.data.archives import ArchiveError, Unpacked, unpack


def packed(folder: Path, *files: tuple[str, bytes], mode: int = 0) -> Path:
    """A zip file with these names and contents."""
    target = folder / "given.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target


def test_images_and_annotations_are_unpacked_and_the_rest_is_counted(tmp_path: Path) -> None:
    noise = random.Random(0).randbytes
    given = {
        "set/train/개미/a b.jpg": noise(3000),
        "set\\train\\bees\\c.PNG": noise(2000),
        "set/labels.csv": b"path,label\n",
    }
    clutter = {"__MACOSX/set/._a.jpg": b"x", "set/.DS_Store": b"x", "set/Thumbs.db": b"x"}
    others = {"set/run.py": b"print()", "set/inner.zip": b"PK"}
    file = packed(tmp_path, *{**given, **clutter, **others}.items())
    found = unpack(file, tmp_path / "out")
    assert found == Unpacked(files=3, bytes=5011, others={".py": 1, ".zip": 1}, top="set")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names == {name.replace("\\", "/") for name in given}
    assert (tmp_path / "out" / "set/train/개미/a b.jpg").read_bytes() == given["set/train/개미/a b.jpg"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../out.jpg", "outside"),
        ("/etc/a.jpg", "outside"),
        ("C:\\a.jpg", "outside"),
        ("a/..\\..\\b.jpg", "outside"),
        ("a" * 300 + ".jpg", "too long"),
        ("a/" * 30 + "b.jpg", "too long"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str, words: str) -> None:
    file = packed(tmp_path, ("good.jpg", b"good"), (name, b"bad"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ArchiveError, match=words):
        unpack(file, tmp_path / "out")
    assert sorted(tmp_path.rglob("*")) == before


def _bomb(folder: Path) -> Path:
    return packed(folder, ("a.bmp", bytes(30_000_000)))


def _link(folder: Path) -> Path:
    return packed(folder, ("a.jpg", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)


def _twins(folder: Path) -> Path:
    return packed(folder, ("\u00e9.jpg", b"1"), ("e\u0301.jpg", b"2"))


def _file_as_folder(folder: Path) -> Path:
    return packed(folder, ("a.jpg", b"1"), ("a.jpg/b.jpg", b"2"))


def _encrypted(folder: Path) -> Path:
    file = packed(folder, ("a.jpg", b"secret"))
    content = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    file.write_bytes(content)
    return file


def _liar(folder: Path) -> Path:
    """A file whose directory says that it is small."""
    file = packed(folder, ("a.bmp", bytes(100_000)))
    content = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.index(signature) + offset, 10)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_bomb, "times as large"),
        (_link, "link"),
        (_twins, "twice"),
        (_file_as_folder, "twice"),
        (_encrypted, "encrypted"),
        (_liar, "damaged|larger than"),
        (lambda folder: packed(folder, ("a.exe", b"MZ")), "no images"),
        (lambda folder: packed(folder), "no images"),
    ],
)
def test_what_is_hostile_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    file = make(tmp_path)
    with pytest.raises(ArchiveError, match=words):
        unpack(file, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == [file]


def test_limits_of_count_and_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(tmp_path, *((f"{number}.txt", b"a") for number in range(20)))
    with pytest.raises(ArchiveError, match="there is room for"):
        unpack(file, tmp_path / "out", room=10_000)  # small files take blocks of the disk
    monkeypatch.setattr(archives, "MOST_FILES", 10)
    with pytest.raises(ArchiveError, match="20 files"):
        unpack(file, tmp_path / "out")


def test_damaged_files_never_crash(tmp_path: Path) -> None:
    whole = packed(tmp_path, *((f"{number}.txt", bytes(range(200))) for number in range(5))).read_bytes()
    generator = random.Random(0)
    for number in range(300):
        content = bytearray(whole)
        for _ in range(generator.randrange(1, 6)):
            content[generator.randrange(len(content))] = generator.randrange(256)
        if generator.random() < 0.3:
            del content[generator.randrange(len(content)) :]
        file, target = tmp_path / "damaged.zip", tmp_path / f"out-{number}"
        file.write_bytes(content)
        try:
            unpack(file, target)
        except ArchiveError:
            assert not target.exists()


def test_a_process_of_its_own_answers_in_json_or_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "explorer.data.archives"]
    file = packed(tmp_path, ("a.csv", b"path,label\n"))
    done = subprocess.run([*command, file, tmp_path / "out", "5000"], capture_output=True, check=True)
    assert Unpacked.model_validate_json(done.stdout).files == 1
    file.write_bytes(io.BytesIO(b"no zip").getvalue())
    done = subprocess.run([*command, file, tmp_path / "other", "1000"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"no zip file" in done.stderr
