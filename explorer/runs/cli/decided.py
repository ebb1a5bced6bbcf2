"""What was decided on the Data page about the images of a data set, for runs that the command line starts."""

import argparse
import sys
from typing import TYPE_CHECKING

from explorer.runs.cli.exit_codes import USAGE, CommandError

if TYPE_CHECKING:
    from explorer.runs.spec.config import RunConfig

_IGNORED = (
    "caution: dataset: on the Data page it was decided to leave out {left_out:,} images and to keep {together:,} "
    "groups together, and this config says otherwise. Start with --as-decided to do so."
)


def add_option(command: argparse.ArgumentParser) -> None:
    """Add the option that takes over what was decided."""
    command.add_argument(
        "--as-decided",
        action="store_true",
        help="leave out the images, and keep together those, that the Data page lists for this data set",
    )


def as_decided(options: argparse.Namespace, config: "RunConfig") -> "RunConfig":
    """Return the config with the decisions of the Data page for `--as-decided`, else print how it differs from them.

    Raises:
        CommandError: It cannot be read what was decided.
    """
    from explorer.data.curation import CurationError, curated, read

    try:
        dataset = curated(config.dataset)
        kept = read(config.dataset)
    except CurationError as error:
        raise CommandError(str(error), USAGE) from error
    if options.as_decided:
        return config.model_copy(update={"dataset": dataset})
    if dataset != config.dataset and not options.json:
        print(_IGNORED.format(left_out=len(kept.left_out), together=len(kept.together)), file=sys.stderr)
    return config
