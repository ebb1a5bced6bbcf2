"""A child process that answers in JSON on its standard output."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import explorer

Answer = TypeVar("Answer", bound=BaseModel)


class ChildError(RuntimeError):
    """It gave no answer; the message holds its last lines."""


def ask(
    kind: type[Answer], command: Sequence[str], timeout: float, environment: Mapping[str, str] | None = None
) -> Answer:
    """The answer of a command, a line of JSON, the last that it prints.

    Args:
        kind: the model of the answer.
        command: one of our modules, see `explorer.child_environment`.
        timeout: seconds.
        environment: variables besides those of this process.

    Raises:
        ChildError: it fails, takes longer, cannot be started, or answers something else.
    """
    try:
        child = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            env={**explorer.child_environment(), **(environment or {})},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ChildError(f"it took longer than {timeout:.0f} s") from error
    except OSError as error:
        raise ChildError(str(error)) from error
    if child.returncode != 0:
        raise ChildError(_last_lines(child.stderr or child.stdout))
    return parsed(kind, child.stdout)


def parsed(kind: type[Answer], output: str) -> Answer:
    """The answer in what a child has printed. Raises ChildError."""
    try:
        return kind.model_validate_json(output.strip().splitlines()[-1])
    except (IndexError, ValidationError) as error:
        raise ChildError(f"it gave no answer: {_last_lines(output)}") from error


def _last_lines(text: str, count: int = 5) -> str:
    return "\n".join(text.strip().splitlines()[-count:]) or "it printed nothing"
