"""Saved pipelines: a folder with one JSON file for each, found again by the name that a person gave."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from explorer.augment.files import MAX_CHARACTERS, PipelineFileError, dumps, loads
from explorer.augment.pipeline import Pipeline
from explorer.base.atomic import write_bytes_atomic

_SUFFIX = ".pipeline.json"
_MAX_NAME = 60


def names(folder: Path) -> tuple[str, ...]:
    """The names of the saved pipelines, sorted without regard to case; files that cannot be read are left out."""
    found = []
    for file in folder.glob(f"*{_SUFFIX}"):
        try:
            found.append(_read(file).name)
        except PipelineFileError:
            continue
    return tuple(sorted(filter(None, found), key=str.casefold))


def load(folder: Path, name: str) -> Pipeline:
    """The pipeline saved under this name. Raises PipelineFileError."""
    return _read(_file(folder, name))


def saved(folder: Path, name: str) -> Pipeline | None:
    """The pipeline saved under this name, which is read again only if its file changes; None if it cannot be read."""
    try:
        file = _file(folder, name)
        found = file.stat()
        return _kept(file, found.st_mtime_ns, found.st_ino)
    except (PipelineFileError, OSError):
        return None


@lru_cache(maxsize=16)
def _kept(file: Path, *version: int) -> Pipeline:  # noqa: ARG001 - another version is read again
    return _read(file)


def save(folder: Path, pipeline: Pipeline) -> None:
    """Save the pipeline under its own name, and replace one of the same name. Raises PipelineFileError."""
    target = _file(folder, pipeline.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes_atomic(target, dumps(pipeline).encode(), sync=False)
    except OSError as error:
        raise PipelineFileError(f"It could not be written: {_reason(error)}.") from error


def restore(folder: Path, pipeline: Pipeline) -> None:
    """Save a pipeline that was deleted, unless its name is taken by now. Raises PipelineFileError."""
    if _file(folder, pipeline.name).exists():
        raise _taken(pipeline.name)
    save(folder, pipeline)


def _taken(name: str) -> PipelineFileError:
    return PipelineFileError(f'There is a pipeline named "{name.strip()}" already.')


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def rename(folder: Path, old: str, new: str) -> None:
    """Rename a saved pipeline. Raises PipelineFileError, also if the new name is taken."""
    if _file(folder, new) == _file(folder, old):
        return
    if _file(folder, new).exists():
        raise _taken(new)
    save(folder, load(folder, old).model_copy(update={"name": new.strip()}))
    delete(folder, old)


def delete(folder: Path, name: str) -> None:
    """Delete the pipeline saved under this name, if it exists. Raises PipelineFileError."""
    try:
        _file(folder, name).unlink(missing_ok=True)
    except OSError as error:
        raise PipelineFileError(f"It could not be deleted: {_reason(error)}.") from error


def _file(folder: Path, name: str) -> Path:
    # The file's name has only the harmless part of the name, and a hash to distinguish it from others.
    text = unicodedata.normalize("NFC", name).strip()
    if not text or len(text) > _MAX_NAME or not text.isprintable():
        raise PipelineFileError(f"A name has 1 to {_MAX_NAME} printable characters.")
    harmless = re.sub(r"[^\w-]+", "-", text).strip("-") or "pipeline"
    mark = blake2b(text.encode(), digest_size=4).hexdigest()
    return folder / f"{harmless[:40]}-{mark}{_SUFFIX}"


def _read(file: Path) -> Pipeline:
    try:
        with file.open("rb") as stream:
            return loads(stream.read(4 * MAX_CHARACTERS))
    except FileNotFoundError as error:
        raise PipelineFileError("There is no saved pipeline of this name any more.") from error
    except OSError as error:
        raise PipelineFileError(f"{file.name} cannot be read: {_reason(error)}.") from error
