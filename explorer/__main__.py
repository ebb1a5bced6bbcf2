"""`python -m explorer`: see explorer/runs/cli/main.py."""

import sys

from explorer import installation


def _main() -> int:
    if broken := installation.problems():
        print(*broken, sep="\n", file=sys.stderr)
        return 1
    # Imported here: with such an installation it might fail with another reason.
    from explorer.runs.cli.main import main

    return main()


if __name__ == "__main__":
    sys.exit(_main())
