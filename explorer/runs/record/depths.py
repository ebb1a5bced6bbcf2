"""How values of more than 8 bits became pixels in a run: recorded when it starts, for its resumes and its code."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from explorer.data.depth import Decided, ValueRange

NOTED = "depth"  # the key in what a run records as its identity


def noted(depth: Decided | None) -> dict[str, str]:
    """Return what is recorded; nothing where no files are read."""
    if depth is None:
        return {}
    return {NOTED: depth if isinstance(depth, str) else depth.model_dump_json()}


def recorded_depth(identity: Mapping[str, Any]) -> Decided | None:
    """Read what an earlier attempt has recorded; None if it did not come so far or was of format 1."""
    found = identity.get(NOTED)
    if found == "by_image":
        return "by_image"
    try:
        return None if found is None else ValueRange.model_validate_json(str(found))
    except ValidationError:
        return None
