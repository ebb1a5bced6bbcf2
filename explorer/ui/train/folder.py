"""What the chosen image folder decides for other fields of the Train page."""

from explorer.data import image_folder
from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.ui.train.relevance import Values


def is_split(values: Values) -> bool:
    """Whether the chosen folder has its own train/ and val/, so that the validation share has no effect."""
    if values["dataset"] != "image_folder":
        return False
    try:
        return image_folder.is_split(resolve_inside(values["path"]))
    except DatasetError:
        return False  # the field of the folder says what is wrong
