"""Pipelines and drafts as JSON and YAML text. Only values are read from a text, and nothing is ever executed."""

import json
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from explorer.augment import plain_yaml
from explorer.augment.pipeline import MAX_DEPTH, Draft, DraftErrors, Pipeline, validate

FORMAT = "augmentation-explorer/pipeline"
VERSION = 2  # 1 had no streams
MAX_CHARACTERS = 4_000_000  # more than the largest pipeline that is allowed takes
_MAX_JSON_DEPTH = 4 * MAX_DEPTH  # a group is an object in a list in an object


class PipelineFileError(ValueError):
    """A text that is not a pipeline; the message names the place."""


def dumps(pipeline: Pipeline) -> str:
    """The pipeline as JSON; `loads` gives an equal one."""
    return _dumps(pipeline, indent=2)


def dumps_draft(draft: Draft) -> str:
    """The draft as JSON, right or wrong; `loads_draft` gives an equal one."""
    return _dumps(draft, indent=None)


def dumps_yaml(pipeline: Pipeline) -> str:
    """The pipeline as YAML; `draft_of(plain_yaml.read(text))` gives an equal one."""
    return plain_yaml.write(_record_of(pipeline))


def _dumps(value: Draft | Pipeline, indent: int | None) -> str:
    return json.dumps(_record_of(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def _record_of(value: Draft | Pipeline) -> dict[str, Any]:
    nodes = [node.model_dump(mode="json") for node in value.nodes]
    targets = value.targets.model_dump(mode="json")
    # What has one generator for all nodes stays in version 1, which had no others, so that it is the same text as ever.
    streams = {} if value.streams == 1 else {"streams": value.streams}
    version = VERSION if streams else 1
    return {"format": FORMAT, "version": version, "name": value.name, **streams, "targets": targets, "nodes": nodes}


def loads(text: str | bytes) -> Pipeline:
    """The pipeline of a text. Raises PipelineFileError for any mistake in the text or the pipeline."""
    try:
        return validate(loads_draft(text))
    except DraftErrors as error:
        (node, parameter), message = next(iter(error.errors.items()))
        place = f"step {node}" + (f", {parameter}" if parameter else "")
        raise PipelineFileError(f"At {place}: {message}") from error


def loads_draft(text: str | bytes) -> Draft:
    """The draft of a text; its parameters may be wrong. Raises PipelineFileError."""
    record = read_json_value(decoded(text))
    if not isinstance(record, dict):
        raise PipelineFileError("The file should hold one JSON object.")
    return draft_of(record)


def draft_of(record: Mapping[str, Any]) -> Draft:
    """The draft of a file's content as plain values; its parameters may be wrong. Raises PipelineFileError."""
    check_values(record)
    if record.get("format") != FORMAT:
        raise PipelineFileError(f'This is not a pipeline file: "format" should be "{FORMAT}".')
    version = record.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise PipelineFileError(f"The file has version {version}; up to {VERSION} can be read. Update the app.")
    unknown = set(record) - {"format", "version", "name", "streams", "targets", "nodes"}
    if unknown:
        raise PipelineFileError(f"The file has fields that mean nothing here: {', '.join(sorted(unknown))}.")
    if not isinstance(record.get("nodes"), list):
        raise PipelineFileError('"nodes" should be a list of steps.')
    try:
        return Draft.model_validate(
            {
                "name": record.get("name", ""),
                "nodes": record["nodes"],
                "targets": record.get("targets", {}),
                "streams": record.get("streams", 1),
            }
        )
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in detail["loc"])
        raise PipelineFileError(f"At {place}: {detail['msg']}.") from error
    except RecursionError as error:
        raise PipelineFileError("The steps are nested too deep.") from error


def decoded(text: str | bytes, limit: int = MAX_CHARACTERS) -> str:
    """The text of a file. Raises PipelineFileError if it is too large or no UTF-8."""
    if len(text) > limit:
        raise PipelineFileError(f"The file is larger than {limit // 1_000_000} MB. Is it a pipeline?")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PipelineFileError(f"The file is not UTF-8 text: byte {error.start} does not fit.") from error


def read_json_value(text: str) -> Any:
    """The value of a JSON text. Raises PipelineFileError."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=_whole)
    except RecursionError as error:
        raise PipelineFileError("The file is nested too deep.") from error
    except json.JSONDecodeError as error:
        raise PipelineFileError(f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except ValueError as error:
        raise PipelineFileError(f"Not usable JSON: {error}") from error


def _whole(digits: str) -> int:
    if plain_yaml.is_long_number(digits):
        raise ValueError(f"a number has more than {plain_yaml.MAX_DIGITS} digits.")
    return int(digits)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number that a pipeline can have.")


NO_TEXT = "A text in it holds half of a character, which no file can hold. Write it again."


def _can_be_written(value: Any) -> bool:
    try:
        value.encode() if isinstance(value, str) else None
    except UnicodeEncodeError:
        return False
    return True


def check_values(record: Any) -> None:
    """Raise PipelineFileError if values are nested too deep, or if no pipeline can have a number or a text."""
    level: list[Any] = [record]
    for _ in range(_MAX_JSON_DEPTH):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        if any(isinstance(value, float) and not math.isfinite(value) for value in level):
            raise PipelineFileError("The file has a number too large to be one.")  # 1e999 is read as infinity
        if not all(map(_can_be_written, level)):
            raise PipelineFileError(NO_TEXT)
        if not level:
            return
    raise PipelineFileError(f"The steps are nested more than {MAX_DEPTH} deep.")
