"""`python -m explorer`: see explorer/runs/cli/main.py."""

import sys

from explorer import installation


def _main() -> int:
    if broken := installation.problems():
        print(*broken, sep="\n", file=sys.stderr)
        return 1
    # Imported here: with such an installation it might fail with another reason.
    from explorer.report.command import add
    from explorer.runs.cli.main import main

    return main(more=(add,))


if __name__ == "__main__":
    sys.exit(_main())
