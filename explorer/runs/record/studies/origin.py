"""study/origin.json: on which machine and with which versions a study began whose repeats another one goes on from."""

import json
from collections.abc import Mapping

from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.runs.record.paths import RunPaths

_NAME = "origin.json"


def write(paths: RunPaths, identity: Mapping[str, str]) -> None:
    """Write the identity of the study that is extended into the folder of the new one. Raises OSError."""
    write_bytes_atomic(paths.study / _NAME, json.dumps(dict(identity)).encode())


def read(paths: RunPaths) -> dict[str, str]:
    """Read the identity of the study that is extended; empty where there is none, or it is not known."""
    found = read_json_object(paths.study / _NAME) or {}
    return {str(name): str(value) for name, value in found.items()}
