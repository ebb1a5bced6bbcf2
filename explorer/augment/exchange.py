"""Reads pipelines in all forms that people have them in, and writes them as Python, JSON and YAML."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticSerializationError

from explorer.augment import files, plain_yaml
from explorer.augment.catalog import catalog, exclusions
from explorer.augment.code import CLASS_KEYS, CodeError, FoundPipeline, Version, read_code, read_notebook, read_values
from explorer.augment.code.parsing import MAX_NOTEBOOK
from explorer.augment.code.writing import to_python
from explorer.augment.files import PipelineFileError
from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import MAX_DEPTH, MAX_NODES, Draft, Pipeline, Step, walk
from explorer.augment.plain_yaml import YamlError

SUFFIXES = ("py", "ipynb", "json", "yaml", "yml", "md", "txt")
MAX_SIZE = MAX_NOTEBOOK // 1_000_000  # MB of a file
Answers = Mapping[str, JsonValue]
_NOTHING: Answers = {}


@dataclass(frozen=True)
class Form:
    """A form to write a pipeline in; `write` takes the pipeline, and whether it is for boxes and for keypoints."""

    suffix: str
    mime: str
    language: str
    write: Callable[[Pipeline, bool, bool], str]


PYTHON = "Python"
FORMS: Mapping[str, Form] = {
    PYTHON: Form("py", "text/x-python", "python", lambda p, b, k: to_python(p, bboxes=b, keypoints=k)),
    "JSON": Form("json", "application/json", "json", lambda p, *_: files.dumps(p)),
    "YAML": Form("yaml", "application/yaml", "yaml", lambda p, *_: files.dumps_yaml(p)),
}  # fmt: skip


def read(
    content: str | bytes, name: str = "", answers: Answers = _NOTHING, version: Version | None = None
) -> tuple[FoundPipeline, ...]:
    """The pipelines in a text: a file of ours or of `A.save`, a configuration, a notebook, or Python code.

    Nothing is ever executed. Raises PipelineFileError with the place of the mistake.

    Args:
        content: The text.
        name: Name of the file, as a hint.
        answers: Values of names that the code does not contain, see `Unknown`.
        version: Generation of albumentations for steps that do not show it, see `Generation`.
    """
    limit = MAX_NOTEBOOK if name.lower().endswith(".ipynb") else files.MAX_CHARACTERS
    text = files.decoded(content, limit).removeprefix("\ufeff")
    if not text.strip():
        raise PipelineFileError("There is no text.")
    try:
        found = _reader(text, name.lower())(text, (answers, version))
    except (CodeError, YamlError) as error:
        raise PipelineFileError(str(error)) from error
    except PydanticSerializationError as error:  # of a text that code has put together
        raise PipelineFileError(files.NO_TEXT) from error
    for pipeline in found:
        _check(pipeline.draft)
        files.check_values([node.model_dump() for node in pipeline.draft.nodes])
    return found


def draft_of(record: Mapping[str, Any]) -> Draft:
    """The draft of a file's content as plain values, checked as `read` does. Raises PipelineFileError."""
    draft = files.draft_of(record)
    _check(draft)
    return draft


Wish = tuple[Answers, Version | None]  # a person's answers to an earlier reading
Reader = Callable[[str, Wish], tuple[FoundPipeline, ...]]


def _reader(text: str, name: str) -> Reader:
    if name.endswith((".yaml", ".yml")):
        return _yaml
    start = text.lstrip()
    if name.endswith((".json", ".ipynb")) or (start.startswith("{") and not name.endswith(".py")):
        return _json
    return _yaml if start.startswith(("format:", "__version__:", "transform:", "---")) else _code


def _code(text: str, wish: Wish) -> tuple[FoundPipeline, ...]:
    """Python code, or a pasted configuration, which has no file name but is recognized by its keys."""
    try:
        return read_code(text, *wish)
    except CodeError:
        if _CONFIGURATION.search(text):
            with suppress(YamlError, PipelineFileError):
                return _yaml(text, wish)
        raise


_CONFIGURATION = re.compile(rf"\b({'|'.join(CLASS_KEYS)})[\"']?:")


def _json(text: str, wish: Wish) -> tuple[FoundPipeline, ...]:
    try:
        record = files.read_json_value(text)
    except PipelineFileError:
        try:
            return _code(text, wish)  # a dict of Python may begin as JSON does
        except CodeError:
            pass
        raise
    if isinstance(record, dict) and (isinstance(record.get("cells"), list) or "nbformat" in record):
        return read_notebook(text, *wish)
    return _record(record, text, wish, {})


def _yaml(text: str, wish: Wish) -> tuple[FoundPipeline, ...]:
    record, lines = plain_yaml.read_with_lines(text)
    return _record(record, text, wish, lines)


def _record(record: Any, text: str, wish: Wish, lines: Mapping[int, int]) -> tuple[FoundPipeline, ...]:
    """A pipeline of ours, one that albumentations saved, or all that a configuration describes."""
    if isinstance(record, dict) and "format" in record and "nodes" in record:
        draft = files.draft_of(record)
        return (FoundPipeline(draft.name, 1, draft, (), ()),)
    files.check_values(record)
    if found := read_values(record, text, lines, *wish):
        return found
    if isinstance(record, dict) and "format" in record:
        files.draft_of(record)  # says what is wrong with it
    raise PipelineFileError(_NOT_FOUND)


_NOT_FOUND = (
    "No pipeline was found in this file. What can be read of YAML and JSON: a file of this app, what A.save and "
    "A.to_dict write, also inside a larger file, and mappings that name a class of albumentations under _target_, "
    "under class_name with params, or under type in a list of Albu."
)


def _check(draft: Draft) -> None:
    """Raise PipelineFileError for mistakes that no form can correct: unknown names and too many nodes."""
    for count, (node, depth) in enumerate(walk(draft.nodes), start=1):
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise PipelineFileError(f"A pipeline has at most {MAX_NODES} nodes, nested at most {MAX_DEPTH} deep.")
        if isinstance(node, Step) and node.transform not in catalog():
            why = exclusions().get(node.transform, "There is no transform of this name in albumentations 2.0.8.")
            raise PipelineFileError(f"Step {node.id}, {node.transform[:60]}: {why}")
