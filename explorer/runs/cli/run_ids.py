"""Finding the run that a command names."""

from explorer.runs.cli.exit_codes import USAGE, CommandError
from explorer.runs.record.paths import RunPaths, list_runs, run_paths


def find(text: str) -> RunPaths:
    """Return the run of an id, of the beginning of an id, or the latest run. Raises RunNotFound, CommandError."""
    runs = list_runs()
    if text == "latest" and runs:
        return runs[0]
    matching = [paths for paths in runs if text and paths.id.startswith(text)]
    if len(matching) > 1 and not any(paths.id == text for paths in matching):
        ids = "".join(f"\n  {paths.id}" for paths in matching)
        raise CommandError(f"{text!r} is the beginning of several runs:{ids}", USAGE)
    return matching[0] if len(matching) == 1 else run_paths(text)
