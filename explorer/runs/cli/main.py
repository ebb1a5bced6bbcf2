"""`python -m explorer`: commands for terminals, for servers without a browser and for scripts."""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from explorer.runs.cli import commands, comparing, decided, exporting, keeping, lookups, predicting, queueing, studying
from explorer.runs.cli.exit_codes import FAILED, INTERRUPTED, as_command_error
from explorer.runs.life.housekeeping import tend
from explorer.runs.queue import queue
from explorer.runs.record import logs
from explorer.runs.spec.devices import DEVICES
from explorer.runs.state.status import State

Command = Callable[[argparse.Namespace], int]

_EPILOG = """\
exit codes: 0 success, 1 failure, 2 usage error or error in the config, 3 no such run,
            4 the state of the run does not allow it, 130 interrupted
ID is the whole id of a run, the beginning of only one id, or "latest".
Runs are kept in EXPLORER_HOME (default ~/.augmentation-explorer). When a run is over, the command in
EXPLORER_ON_FINISH is run once, with EXPLORER_RUN_ID, _STATE, _REASON and _FOLDER."""


class Add(Protocol):
    """Adds a command to the table of commands."""

    def __call__(self, name: str, run: Command, words: str) -> argparse.ArgumentParser:
        """Return the parser of a new command, which takes `--json` already."""


def main(arguments: Sequence[str] | None = None, more: Iterable[Callable[[Add], None]] = ()) -> int:
    """Run one command and return its exit code. A usage error raises SystemExit(2).

    Args:
        arguments: Those of the process by default.
        more: Functions of rooms above this one, each of which adds commands of its own.
    """
    logs.write_any_name()
    options = _parser(more).parse_args(arguments)
    command: Command = options.run
    try:
        tend()
        return command(options)
    except BrokenPipeError:
        # `... list | head` closes the pipe. Without another standard output Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("Interrupted. A run that was started continues.", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        known = as_command_error(error)
        if known is None:
            raise
        value = {"error": str(known), "errors": known.errors}
        print(json.dumps(value, ensure_ascii=False) if options.json else known, file=sys.stderr)
        return known.code


def _parser(more: Iterable[Callable[[Add], None]] = ()) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m explorer",
        description="Start, list, watch and stop training runs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    table = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: Command, words: str) -> argparse.ArgumentParser:
        command = table.add_parser(name, help=words, description=words, epilog=_EPILOG)
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        command.set_defaults(run=run)
        return command

    def add_for_run(name: str, run: Command, words: str) -> argparse.ArgumentParser:
        command = add(name, run, words)
        command.add_argument("id", metavar="ID")
        return command

    begin = add("start", commands.start, "start a run in the background and print its id")
    begin.add_argument("config", metavar="CONFIG.json", help='the config of the run; "-" reads standard input')
    _add_wait(begin)
    decided.add_option(begin)
    asked = add("study", studying.study, "start a study: does each step of the pipeline of a config help?")
    asked.add_argument(
        "config", metavar="CONFIG.json", help='a config with or without a plan; "-" reads standard input'
    )
    _add_wait(asked)
    decided.add_option(asked)
    predicting.add_arguments(
        add("predict", predicting.predict, "predict images by trained networks, and write a table")
    )
    every = add("list", lookups.list_all, "list runs, newest first")
    every.add_argument("--state", type=State, choices=list(State), action="append", help="only runs in this state")
    every.add_argument("--tag", action="append", default=[], metavar="T", help="only runs with this tag")
    every.add_argument("--metric", metavar="NAME", help="the metric to print (default: the headline of each run)")
    every.add_argument("--all", action="store_true", help="archived runs too")
    add_for_run("show", lookups.show, "show the state, progress and results of one run")
    studying.add_out(
        add_for_run("verdict", studying.verdict, "print what a study has found, with intervals; of folds also a table")
    )
    both = add("compare", comparing.compare, "compare two runs on the same validation images, with intervals")
    both.add_argument("id", nargs=2, metavar="ID")
    both.add_argument("--common", action="store_true", help="on the common images, where others differ")
    _add_log(add_for_run("logs", lookups.show_log, "print the end of the log of a run"))
    _add_stop(add_for_run("stop", commands.stop, "ask a run to save and stop, or to leave the queue, and wait for it"))
    add_for_run("cancel", commands.cancel, "take a run that has not begun out of the queue")
    _add_wait(add_for_run("resume", commands.resume, "continue a stopped, failed or lost run from its checkpoint"))
    longer = add_for_run("extend", commands.extend, "start a new run from the weights that a run ended with")
    how_long = longer.add_mutually_exclusive_group(required=True)
    how_long.add_argument("--epochs", type=int, metavar="N", help="how many epochs to train")
    how_long.add_argument("--repeats", type=int, metavar="N", help="of a study: how many repeats in all")
    _add_wait(longer)
    _add_out(add_for_run("export", exporting.export, "write a run as one Python file, or its weights as safetensors"))
    move = add_for_run("move", queueing.move, "move a waiting run forward or back in its queue")
    move.add_argument("place", type=_place, metavar="first|up|down|last|PLACE", help="1 is the next to begin")
    slots = add("slots", queueing.slots, "print or set how many runs train at once on a device")
    slots.add_argument("lane", nargs="?", choices=DEVICES, metavar="DEVICE", help=", ".join(DEVICES))
    slots.add_argument("count", nargs="?", type=int, metavar="N", help=f"1 to {queue.MOST_AT_ONCE}")
    _add_label(add_for_run("label", keeping.label, "change a run's name, tags and note, or archive it"))
    delete = add("delete", keeping.delete, "move runs that are over into the trash")
    delete.add_argument("id", nargs="+", metavar="ID")
    restore = add("restore", keeping.restore, "put a deleted run back; without ENTRY: list the trash")
    restore.add_argument(
        "entry", nargs="?", metavar="ENTRY", help="what `delete` has printed, or the whole id of the run"
    )
    for adding in more:
        adding(add)
    return parser


def _add_wait(command: argparse.ArgumentParser) -> None:
    command.add_argument("--wait", action="store_true", help="wait for its end; success only if it has finished")


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--code", metavar="FILE.py", help='plain Lightning and albumentations; "-" prints it')
    command.add_argument("--weights", metavar="FILE.safetensors", help="with the names of the network's own library")
    command.add_argument("--which", choices=("best", "last"), default="best", help="the epoch of the weights")


def _add_stop(command: argparse.ArgumentParser) -> None:
    command.add_argument("--wait", action=argparse.BooleanOptionalAction, default=True, help="wait for its end")
    command.add_argument("--timeout", type=_seconds, default=60.0, metavar="S", help="seconds to wait (default 60)")
    command.add_argument("--now", action="store_true", help="end it without saving")


def _add_log(command: argparse.ArgumentParser) -> None:
    command.add_argument("-f", "--follow", action="store_true", help="continue printing until the run is over")
    command.add_argument(
        "--lines", type=_count, default=200, metavar="N", help="the number of last lines (default 200)"
    )
    command.add_argument("--grep", metavar="TEXT", help="only lines with this text, in upper or lower case")


def _add_label(command: argparse.ArgumentParser) -> None:
    command.add_argument("--name", help='"" goes back to the name in its config')
    command.add_argument("--tag", action="append", default=[], metavar="T", help="add a tag; may be repeated")
    command.add_argument("--untag", action="append", default=[], metavar="T", help="remove a tag; may be repeated")
    command.add_argument("--note", metavar="TEXT")
    archive = command.add_mutually_exclusive_group()
    archive.add_argument("--archive", action="store_true", default=None, help="leave it out of lists")
    archive.add_argument("--unarchive", action="store_false", dest="archive", default=None, help="list it again")


def _seconds(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"must be seconds from 0 up, not {text}")
    return value


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 up, not {text}")
    return int(text)


def _place(text: str) -> str:
    if text not in ("first", "up", "down", "last") and (not text.isdigit() or _count(text) < 1):
        raise argparse.ArgumentTypeError(f"must be first, up, down, last or a place from 1 up, not {text}")
    return text
