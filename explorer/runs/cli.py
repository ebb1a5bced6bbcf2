"""`python -m explorer`: runs from a terminal, on servers without a browser, and for scripts."""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Sequence

from explorer.runs import commands
from explorer.runs.commands import FAILED, CommandError
from explorer.runs.paths import RunNotFound

_EPILOG = """\
exit codes: 0 success, 1 it did not work, 2 wrong usage or a mistake in the config
ID may be the whole id of a run, a beginning of it that only one run has, or "latest".
Runs live in EXPLORER_HOME (default ~/.augmentation-explorer)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a wrong usage ends in SystemExit(2)."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except CommandError as error:
        return _complain(options.json, error, error.code)
    except RunNotFound as error:
        return _complain(options.json, CommandError(str(error.args[0])), FAILED)
    except BrokenPipeError:
        # `... list | head` closes the pipe: no reason for a traceback, also none at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _complain(options.json, CommandError(f"{error}. Is there space and permission?"), FAILED)
    except KeyboardInterrupt:
        print("Interrupted. A run that was started goes on.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer",
        description="Start, list, watch and stop training runs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    table = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        command = table.add_parser(name, help=words, description=words, epilog=_EPILOG)
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.add_argument("--json", action="store_true", help="print JSON for machines")
        command.set_defaults(run=run)
        return command

    begin = add("start", commands.start, "start a run in the background and print its id")
    begin.add_argument("config", metavar="CONFIG.json", help='the run\'s config; "-" reads standard input')
    begin.add_argument("--wait", action="store_true", help="wait for its end; success only if it finishes")
    add("list", commands.list_all, "list all runs, newest first")
    show = add("show", commands.show, "show one run: its state and why, its progress, its results")
    show.add_argument("id", metavar="ID")
    stop = add("stop", commands.stop, "ask a run to save and stop, and wait until it has")
    stop.add_argument("id", metavar="ID")
    stop.add_argument("--wait", action=argparse.BooleanOptionalAction, default=True, help="wait for its end")
    stop.add_argument("--timeout", type=_seconds, default=60.0, metavar="S", help="wait so long (default 60)")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"must be seconds from 0 up, not {text}")
    return value


def _complain(as_json: bool, error: CommandError, code: int) -> int:
    if as_json:
        print(json.dumps({"error": str(error), "errors": error.errors}, ensure_ascii=False), file=sys.stderr)
    else:
        print(error, file=sys.stderr)
    return code
