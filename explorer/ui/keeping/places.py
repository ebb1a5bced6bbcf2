"""The folders that visitors fill. These functions do not create them, so that a read-only disk can be read."""

from pathlib import Path

from explorer.base.home import made_home
from explorer.data import curation, references
from explorer.data.roots import uploads_folder
from explorer.runs.record.paths import pipelines_folder

_PREDICTED = ".predict-"


def drafts_folder() -> Path:
    """The folder of drafts and their uploads."""
    return made_home() / "drafts"


def browsers_folder() -> Path:
    """The folder of the lists of drafts that browsers have opened."""
    return made_home() / "browsers"


def statistics_folder() -> Path:
    """The cache of measured statistics."""
    return made_home() / "cache" / "statistics"


def reports_folder() -> Path:
    """The cache of reports that pages have made to be downloaded."""
    return made_home() / "cache" / "reports"


def predicted_folder(key: str) -> Path:
    """The folder of files that were uploaded for a prediction; it is hidden, so that it is not offered as a data set.

    Args:
        key: Hexadecimal digits that name it.
    """
    return uploads_folder() / f"{_PREDICTED}{key}"


def is_predicted(folder: Path) -> bool:
    """Whether a folder is one of those of `predicted_folder`."""
    return folder.name.startswith(_PREDICTED) and folder.parent == uploads_folder()


def predicted_folders() -> tuple[Path, ...]:
    """The existing folders of files that were uploaded for predictions."""
    return tuple(folder for folder in uploads_folder().glob(f"{_PREDICTED}*") if folder.is_dir())


def filled() -> tuple[Path, ...]:
    """The existing folders whose size is limited, with those of reference images, saved pipelines and decisions."""
    folders = (drafts_folder(), browsers_folder(), references.folder(), pipelines_folder(), curation.folder())
    return tuple(folder for folder in folders if folder.is_dir())
