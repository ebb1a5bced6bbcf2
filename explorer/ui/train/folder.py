"""What the chosen image folder decides for other fields of the Train page."""

from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS
from explorer.ui.train.data_fields import place_field
from explorer.ui.train.relevance import Values


def is_split(values: Values) -> bool:
    """Whether the chosen folder has its own train/ and val/, so that the validation share has no effect."""
    place = place_field(values["dataset"])
    if place is None:
        return False
    try:
        return FORMATS[values["dataset"]].is_split(resolve_inside(values[place]))
    except DatasetError:
        return False  # the field of the folder says what is wrong
