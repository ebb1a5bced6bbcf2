"""The folders that visitors fill. None of these functions makes one."""

from pathlib import Path

from explorer.base.home import made_home
from explorer.data import references
from explorer.runs.record.paths import pipelines_folder


def drafts_folder() -> Path:
    """Where drafts and what belongs to them lie; not made, so that a disk that is full or read-only can be read."""
    return made_home() / "drafts"


def browsers_folder() -> Path:
    """Where the lists of what each browser has opened lie."""
    return made_home() / "browsers"


def statistics_folder() -> Path:
    """Where the results of measurements are kept; they can be measured again."""
    return made_home() / "cache" / "statistics"


def filled() -> tuple[Path, ...]:
    """All of these folders that are there, also those of reference images and of saved pipelines."""
    folders = (drafts_folder(), browsers_folder(), references.folder(), pipelines_folder())
    return tuple(folder for folder in folders if folder.is_dir())
