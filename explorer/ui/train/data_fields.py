"""The fields of the Train page that the formats of data sets ask for, and their words beside those of all others."""

from collections.abc import Mapping
from typing import Any

from explorer.data.formats.spec import Ask, FileSpec
from explorer.data.specs import FORMATS, TRAINABLE
from explorer.texts import TrainFields as F

DEPTHS = ("depth", "depth_low", "depth_high", "depth_center", "depth_width")
ASKS: Mapping[str, Ask] = {ask.name: ask for spec in TRAINABLE for ask in spec.asks}
PLACES = tuple(name for name, ask in ASKS.items() if ask.place)
MORE = tuple(name for name, ask in ASKS.items() if not ask.place)
DEFAULTS: Mapping[str, Any] = {
    ask.name: spec.model_fields[ask.field].default if ask.start is None else ask.start
    for spec in TRAINABLE
    for ask in spec.asks
}
KINDS: dict[str, str] = {spec.name(): spec.title for spec in TRAINABLE}
LABELS: Mapping[str, str] = F.LABELS | {name: ask.label for name, ask in ASKS.items()}
HELP: Mapping[str, str] = F.HELP | {name: ask.help for name, ask in ASKS.items() if ask.help}
CONFIG_NAMES: Mapping[str, str] = {name: f"dataset.{ask.field}" for name, ask in ASKS.items()}


def asks(kind: str) -> Mapping[str, Ask]:
    """What a format asks for, by the names of the fields."""
    return {ask.name: ask for ask in FORMATS[kind].asks}


def place_field(kind: str) -> str | None:
    """The field that says where the data lie; None for a data set that comes with the app."""
    return next((name for name, ask in asks(kind).items() if ask.place), None)


def is_of_files(kind: str) -> bool:
    """Whether a format reads image files, which may have more than 8 bits."""
    return issubclass(FORMATS[kind], FileSpec)


def choice(name: str) -> str:
    """What to choose so that a field matters, after "Choose"."""
    if name in F.CHOICES:
        return F.CHOICES[name]
    fitting = (kind for kind in KINDS if name in asks(kind) or (name == "depth" and is_of_files(kind)))
    *most, last = [FORMATS[kind].choice for kind in fitting]
    return f"{', '.join(most)} or {last}" if most else last
