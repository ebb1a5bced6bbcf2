"""The command that exports the code and the weights of a run. A child process makes each of them."""

import argparse
import sys
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import FAILED, USAGE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.record.paths import RunPaths

_CODE = "explorer.export"
_WEIGHTS = "explorer.training.exporting"


def export(options: argparse.Namespace) -> int:
    """Write a run's code, its weights, or both."""
    paths = find(options.id)
    if options.code is None and options.weights is None:
        raise CommandError("Say what to export: --code FILE.py, --weights FILE.safetensors, or both.", USAGE)
    if options.weights is not None and not options.weights.endswith(".safetensors"):
        raise CommandError(f"Weights are written as .safetensors; {options.weights} has another ending.", USAGE)
    if options.json and options.code == "-":
        raise CommandError("--code - prints the code itself, so it has no --json.", USAGE)
    written = {}
    if options.code is not None:
        _write_code(paths, options.code)
        written["code"] = options.code
    if options.weights is not None:
        target = Path(options.weights).absolute()
        _made(_WEIGHTS, str(paths.root), str(target), "--which", options.which)
        written["weights"] = options.weights
    note = "\n".join(f"{what}: {target}" for what, target in written.items() if target != "-")
    return report.answer(options, "", note, value={"id": paths.id, **written})


def _write_code(paths: RunPaths, target: str) -> None:
    code = _made(_CODE, str(paths.root))
    if target == "-":
        sys.stdout.write(code.decode())
    else:
        write_bytes_atomic(Path(target).absolute(), code)


def _made(module: str, *arguments: str) -> bytes:
    """Return what a process prints. Raises CommandError with its message where it fails."""
    from explorer.base.child import ChildError, output  # imported here: it imports pydantic

    try:
        return output([sys.executable, "-P", "-m", module, *arguments], lines=1)
    except ChildError as error:
        raise CommandError(str(error), FAILED) from error
