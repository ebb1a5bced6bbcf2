"""What a person has uploaded for one workspace: a picture, and a mask with it, each a file beside the draft."""

from dataclasses import dataclass
from pathlib import Path

from explorer.runs.atomic import write_bytes_atomic
from explorer.runs.paths import home

PARTS = ("picture", "mask")
IMAGE_TYPES = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif"]  # endings that an uploader takes


def drafts_folder() -> Path:
    """Where drafts and what belongs to them lie."""
    folder = home() / "drafts"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True)
class Uploads:
    """The uploads of a workspace. Raises KeyError for a part that is not one of `PARTS`."""

    workspace_id: str

    def read(self, part: str) -> bytes | None:
        """What was uploaded, or None."""
        target = self._file(part)
        return target.read_bytes() if target.exists() else None

    def stamp(self, part: str) -> tuple[int, int] | None:
        """What tells one version of a part from the next, without reading it; None where there is none."""
        try:
            found = self._file(part).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def keep(self, part: str, content: bytes | None) -> None:
        """Keep a part, or drop it where `content` is None. Raises OSError."""
        if content is None:
            self._file(part).unlink(missing_ok=True)
        else:
            write_bytes_atomic(self._file(part), content)

    def _file(self, part: str) -> Path:
        if part not in PARTS:
            raise KeyError(part)
        return drafts_folder() / f"{self.workspace_id}.{part}"
