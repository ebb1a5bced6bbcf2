"""Where pretrained weights come from, and their download into the store: a file is there whole and checked, or not."""

import hashlib
import http.client
import os
import queue
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from explorer.base.atomic import write_atomic
from explorer.training.stopping import WeightsError

OPEN_S = 4.0  # for looking up the name, connecting and redirects together
READ_S = 20.0  # without a byte
_REPORT_S = 0.3
_CHUNK = 1 << 18
_HASH = re.compile(r"-([0-9a-f]{8,64})\.[a-z]+$")
_PART = re.compile(r"\.(?P<name>.+)\.(?P<pid>[0-9]+)-[0-9a-f]+\.part")

Report = Callable[[int, int], None]
_INSTEAD = (
    "Connect this computer, or fetch the file elsewhere and choose it as a weights file, or take a backbone whose "
    "weights come with the installation (EfficientNet-Lite0)."
)


@dataclass(frozen=True)
class Bundled:
    """A file that an installed package has."""

    path: Callable[[], Path]


@dataclass(frozen=True)
class Download:
    """A file on a server. name: of the file in the store; one such as ...-355c32eb.pth has digits of its SHA-256."""

    url: str
    name: str


Source = Bundled | Download


def fetch(source: Download, folder: Path, report: Report) -> Path:
    """Return the file of a source in `folder`; it is downloaded if it is not there yet.

    Args:
        source: What to download.
        folder: The store; made if it is missing.
        report: Called a few times a second with the bytes that are done and all bytes (0 if the server does not say
            how many). What it raises ends the download.

    Raises:
        WeightsError: The server does not answer within 4 s, the download breaks off, or the file is not what its name
            says.
    """
    target = folder / source.name
    if target.exists():
        _check_stored(target)
        return target
    folder.mkdir(exist_ok=True)
    _sweep(folder)
    with _opened(source.url) as response:
        try:
            write_atomic(target, lambda file: _copy(response, file, source, report))
        except (OSError, http.client.HTTPException) as error:
            raise WeightsError(
                f"The download of {source.name} broke off: {_reason(error)}. Start again, or see that there is room "
                f"in {folder}."
            ) from error
    return target


def _opened(url: str) -> Any:
    """Open a response. A thread asks, since nothing else bounds the time that looking up a name takes."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=READ_S))
        except (OSError, ValueError, http.client.HTTPException) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="asks for weights").start()
    try:
        answer = answers.get(timeout=OPEN_S)
    except queue.Empty:
        raise WeightsError(f"{url} did not answer within {OPEN_S:.0f} s. {_INSTEAD}") from None
    if isinstance(answer, urllib.error.HTTPError):
        raise WeightsError(f"{url} answered {answer.code} ({answer.reason}). {_INSTEAD}") from answer
    if isinstance(answer, Exception):
        raise WeightsError(f"{url} cannot be reached: {_reason(answer)}. {_INSTEAD}") from answer
    return answer


def _reason(error: Exception) -> str:
    found = getattr(error, "reason", error)
    if isinstance(found, OSError) and found.errno:
        return os.strerror(found.errno) if found.errno > 0 else str(found.strerror)
    return str(found) or type(found).__name__


def _copy(response: Any, file: BinaryIO, source: Download, report: Report) -> None:
    total = int(response.headers.get("Content-Length") or 0)
    digest, done, reported = hashlib.sha256(), 0, 0.0
    report(0, total)
    while chunk := response.read1(_CHUNK):
        file.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        if time.monotonic() - reported > _REPORT_S:
            reported = time.monotonic()
            report(done, total)
    report(done, total)
    if total and done < total:
        raise WeightsError(f"The download of {source.name} ended after {done} of {total} bytes. Start again.")
    _check_hash(source.name, digest.hexdigest())


def _check_hash(name: str, digest: str) -> None:
    expected = _HASH.search(name)
    if expected and not digest.startswith(expected[1]):
        raise WeightsError(
            f"{name} is not what its name says: its SHA-256 begins with {digest[: len(expected[1])]}. Something on the "
            "way has changed or replaced it. Start again, or choose a weights file that you trust."
        )


def _check_stored(target: Path) -> None:
    if not _HASH.search(target.name):
        return
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        _check_hash(target.name, digest)
    except WeightsError as error:
        raise WeightsError(f"{target} is damaged. Delete it, and it is downloaded again.") from error


def _sweep(folder: Path) -> None:
    """Delete the parts of downloads whose process was killed."""
    for part in folder.glob(".*.part"):
        found = _PART.fullmatch(part.name)
        if found and not psutil.pid_exists(int(found["pid"])):
            part.unlink(missing_ok=True)
