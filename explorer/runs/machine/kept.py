"""What was measured on this computer, kept in a file of the cache folder."""

from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.home import made_home

Model = TypeVar("Model", bound=BaseModel)


class Kept(Generic[Model]):
    """Values by key, in `cache/<name>.json`. A value that cannot be read counts as missing, so it is measured again.

    Args:
        name: Of the file.
        kind: What the values are.
        most: How many are kept; the oldest are dropped.
    """

    def __init__(self, name: str, kind: type[Model], most: int) -> None:
        self._name, self._kind, self._most = name, kind, most
        self._unwritten: dict[tuple[Path, str], Model] = {}  # values that a full or read-only disk did not take

    def get(self, key: str) -> Model | None:
        """Return the value of a key; None where there is none."""
        if (self._file(), key) in self._unwritten:
            return self._unwritten[self._file(), key]
        try:
            return self._kind.model_validate((read_json_object(self._file()) or {})[key])
        except (KeyError, ValidationError, OSError):
            return None

    def put(self, key: str, value: Model) -> None:
        """Keep a value, at least for as long as this process lives."""
        file = self._file()
        try:
            entries: dict[str, Any] = read_json_object(file) or {}
            entries.pop(key, None)
            kept = [*entries.items(), (key, value.model_dump())][-self._most :]
            file.parent.mkdir(exist_ok=True)
            write_json_atomic(file, dict(kept))
            self._unwritten.pop((file, key), None)
        except OSError:
            self._unwritten[file, key] = value

    def _file(self) -> Path:
        return made_home() / "cache" / f"{self._name}.json"
