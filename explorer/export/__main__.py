"""`python -m explorer.export RUN_DIR`: prints a run, or the verdict of a study, as one Python file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from explorer.export.facts import ExportError, config_of, of_run
from explorer.export.script import script
from explorer.export.verdict import verdict_script
from explorer.runs.record.paths import RunPaths


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if the file was printed, 1 if the run cannot be exported, 2 for wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1 or not Path(given[0]).is_dir():
        print("usage: python -m explorer.export RUN_DIR", file=sys.stderr)
        return 2
    paths = RunPaths(Path(given[0]).resolve())
    try:
        config = config_of(paths)
        if config.predict is not None:
            networks = ", ".join(dict.fromkeys(network.run for network in config.predict.networks))
            raise ExportError(
                f"{paths.id} is a prediction, which trains nothing. Export a run that it uses: {networks}."
            )
        text = verdict_script(config) if config.kind == "study" else script(config, of_run(paths, inside=False))
    except (ExportError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
