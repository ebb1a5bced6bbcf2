"""Pipelines and drafts as JSON text. Whatever the text holds, only values come of it: nothing is ever executed."""

import json
import math
from typing import Any, TypeVar

from pydantic import ValidationError

from explorer.augment.pipeline import MAX_DEPTH, Draft, DraftErrors, Pipeline, validate

FORMAT = "augmentation-explorer/pipeline"
VERSION = 1
MAX_CHARACTERS = 4_000_000  # more than the largest pipeline that is allowed takes
_MAX_JSON_DEPTH = 4 * MAX_DEPTH  # a group is an object in a list in an object

Parsed = TypeVar("Parsed", Draft, Pipeline)


class PipelineFileError(ValueError):
    """A text that is not a pipeline; the message names the place."""


def dumps(pipeline: Pipeline) -> str:
    """The pipeline as JSON; `loads` gives an equal one."""
    return _dumps(pipeline, indent=2)


def dumps_draft(draft: Draft) -> str:
    """The draft as JSON, right or wrong; `loads_draft` gives an equal one."""
    return _dumps(draft, indent=None)


def _dumps(value: Draft | Pipeline, indent: int | None) -> str:
    record: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": value.name}
    nodes = [node.model_dump(mode="json") for node in value.nodes]
    record["targets"] = value.targets.model_dump(mode="json")
    return json.dumps({**record, "nodes": nodes}, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def loads(text: str | bytes) -> Pipeline:
    """The pipeline of a text. Raises PipelineFileError for whatever is wrong, in the text or with the pipeline."""
    try:
        return validate(loads_draft(text))
    except DraftErrors as error:
        (node, parameter), message = next(iter(error.errors.items()))
        place = f"step {node}" + (f", {parameter}" if parameter else "")
        raise PipelineFileError(f"At {place}: {message}") from error


def loads_draft(text: str | bytes) -> Draft:
    """The draft of a text; its parameters may be wrong. Raises PipelineFileError."""
    record = _record(_decoded(text))
    if record.get("format") != FORMAT:
        raise PipelineFileError(f'This is not a pipeline file: "format" should be "{FORMAT}".')
    version = record.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise PipelineFileError(f"The file has version {version}; up to {VERSION} can be read. Update the app.")
    unknown = set(record) - {"format", "version", "name", "targets", "nodes"}
    if unknown:
        raise PipelineFileError(f"The file has fields that mean nothing here: {', '.join(sorted(unknown))}.")
    if not isinstance(record.get("nodes"), list):
        raise PipelineFileError('"nodes" should be a list of steps.')
    try:
        return Draft.model_validate(
            {"name": record.get("name", ""), "nodes": record["nodes"], "targets": record.get("targets", {})}
        )
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in detail["loc"])
        raise PipelineFileError(f"At {place}: {detail['msg']}.") from error
    except RecursionError as error:
        raise PipelineFileError("The steps are nested too deep.") from error


def _decoded(text: str | bytes) -> str:
    if len(text) > MAX_CHARACTERS:
        raise PipelineFileError(f"The file is larger than {MAX_CHARACTERS // 1_000_000} MB. Is it a pipeline?")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PipelineFileError(f"The file is not UTF-8 text: byte {error.start} does not fit.") from error


def _record(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise PipelineFileError("The file is nested too deep.") from error
    except json.JSONDecodeError as error:
        raise PipelineFileError(f"Not JSON at line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except ValueError as error:
        raise PipelineFileError(f"Not usable JSON: {error}") from error
    if not isinstance(record, dict):
        raise PipelineFileError("The file should hold one JSON object.")
    _check_depth(record)
    return record


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number that a pipeline can have.")


def _check_depth(record: dict[str, Any]) -> None:
    level: list[Any] = [record]
    for _ in range(_MAX_JSON_DEPTH):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        if any(isinstance(value, float) and not math.isfinite(value) for value in level):
            raise PipelineFileError("The file has a number too large to be one.")  # 1e999 is read as infinity
        if not level:
            return
    raise PipelineFileError(f"The steps are nested more than {MAX_DEPTH} deep.")
