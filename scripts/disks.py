"""A small file system of its own, to be filled; on Linux as root."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


class NoSmallDisk(RuntimeError):
    """None may be mounted here."""


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A tmpfs of some MB at `folder`, until the block ends. Raises NoSmallDisk."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoSmallDisk("there is no mount here") from error
    if done.returncode != 0:
        raise NoSmallDisk(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, leave_bytes: int = 0) -> None:
    """Write into `disk`/filling until `leave_bytes` are left."""
    with (disk / "filling").open("wb", buffering=0) as file:
        for size in (65536, 512):  # coarse, then what is left
            with contextlib.suppress(OSError):
                while file.write(bytes(size)):
                    pass
    if leave_bytes:
        with (disk / "filling").open("r+b") as file:
            file.truncate(max(0, file.seek(0, 2) - leave_bytes))


def make_read_only(disk: Path) -> None:
    """Let nobody write to a small disk any more, not even root."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
