"""A file is the old one or the new one, also for a reader in the middle and a writer that dies."""

import json
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from explorer.base.atomic import read_json_object, write_atomic, write_json_atomic
from tests.runs.conftest import wait_for


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "value.json"
    write_json_atomic(target, {"a": 1})

    def write(file: BinaryIO) -> None:
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_atomic(target, write)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json_atomic(target, {"a": float("nan")})
    assert read_json_object(target) == {"a": 1}
    assert list(tmp_path.iterdir()) == [target]


WRITER = """
import sys
from pathlib import Path
from explorer.base.atomic import write_json_atomic
number = 0
while True:
    number += 1
    write_json_atomic(Path(sys.argv[1]), {"values": [number] * 2000})
"""


def test_a_reader_and_a_kill_meet_whole_files_only(tmp_path: Path) -> None:
    target = tmp_path / "value.json"
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], cwd=Path(__file__).parents[2])
    try:
        wait_for(target.exists, "the first file")
        seen = [json.loads(target.read_bytes())["values"] for _ in range(300)]
    finally:
        child.kill()
        child.wait()
    seen.append(json.loads(target.read_bytes())["values"])
    assert all(len(values) == 2000 and len(set(values)) == 1 for values in seen)
    assert len({values[0] for values in seen}) > 1


def test_a_json_file_of_a_terabyte_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "outcome.json").open("wb") as file:
        file.write(b"{}")
        file.truncate(1 << 40)  # it takes a few kilobytes of the disk
    assert read_json_object(tmp_path / "outcome.json") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"[" * 200_000])
def test_what_is_no_json_object_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "value.json").write_bytes(content)
    assert read_json_object(tmp_path / "value.json") is None
    assert read_json_object(tmp_path / "missing.json") is None
