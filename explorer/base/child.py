"""Child processes that answer in JSON on their standard output."""

import subprocess
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

import explorer

Answer = TypeVar("Answer", bound=BaseModel)


class ChildError(RuntimeError):
    """A child process gave no answer. The message holds its last lines."""


def ask(
    kind: type[Answer], command: Sequence[str], timeout: float, environment: Mapping[str, str] | None = None
) -> Answer:
    """Run a command and read its answer, the line of JSON that it prints last. See `output`."""
    return parsed(kind, output(command, timeout, environment).decode(errors="replace"))


def output(
    command: Sequence[str],
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    lines: int = 5,
) -> bytes:
    """Run a command and return what it prints.

    Args:
        command: One of our modules, see `explorer.child_environment`.
        timeout: Seconds.
        environment: Variables in addition to those of this process.
        lines: How many of its last lines an error holds.

    Raises:
        ChildError: The command fails, takes longer, or cannot be started.
    """
    everything = {**explorer.child_environment(), **(environment or {})}
    try:
        child = subprocess.run(
            command, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL, env=everything, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ChildError(f"it took longer than {timeout:.0f} s") from error
    except OSError as error:
        raise ChildError(str(error)) from error
    if child.returncode != 0:
        raise ChildError(_last_lines((child.stderr or child.stdout).decode(errors="replace"), lines))
    return child.stdout


def parsed(kind: type[Answer], text: str) -> Answer:
    """Read the answer in what a child has printed. Raises ChildError."""
    try:
        return kind.model_validate_json(text.strip().splitlines()[-1])
    except (IndexError, ValidationError) as error:
        raise ChildError(f"it gave no answer: {_last_lines(text, 5)}") from error


def _last_lines(text: str, count: int) -> str:
    return "\n".join(text.strip().splitlines()[-count:]) or "it printed nothing"
