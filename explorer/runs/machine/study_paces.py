"""How fast studies draw views and train heads on this computer, as earlier ones have measured."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from explorer.runs.machine.kept import Kept
from explorer.runs.spec.config import RunConfig

_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class StudyPace(BaseModel):
    """Seconds for one view, from augmentation to features, and for the head of one fold with the choice of its penalty.

    None where it has not been measured. Views that the feature bank already has are not counted.
    """

    model_config = ConfigDict(frozen=True)

    view_s: _Seconds | None = None
    head_s: _Seconds | None = None


_PACES = Kept("study-paces", StudyPace, 500)


def known(config: RunConfig, machine_key: str) -> StudyPace:
    """Return the pace of studies with this backbone and image size; without any values where none is known."""
    return _PACES.get(_key(config, machine_key)) or StudyPace()


def keep(config: RunConfig, machine_key: str, **measured: float) -> None:
    """Keep what a study has measured: `view_s` or `head_s`."""
    _PACES.put(_key(config, machine_key), known(config, machine_key).model_copy(update=measured))


def _key(config: RunConfig, machine_key: str) -> str:
    return f"{config.backbone} {config.image_size} px on {machine_key}"
