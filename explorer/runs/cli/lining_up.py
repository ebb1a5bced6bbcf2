"""Commands on the queue: who comes next, and how many train at once."""

import argparse

from explorer.runs.cli import report
from explorer.runs.cli.exits import OK, USAGE, WRONG_STATE, CommandError
from explorer.runs.cli.picking import find
from explorer.runs.life.housekeeping import tend
from explorer.runs.queue import queue
from explorer.runs.spec.devices import DEVICES


def move(options: argparse.Namespace) -> int:
    """Let a waiting run come earlier or later."""
    tend()
    paths = find(options.id)
    with queue.guard():  # its neighbours stay where they are meanwhile
        mine = queue.find(paths.id)
        if mine is None:
            raise CommandError(f"{paths.id} does not wait in the queue.", WRONG_STATE)
        queue.move(paths.id, _target(options.place, [place.id for place in _lane(mine.lane)], paths.id))
        ids = [place.id for place in _lane(mine.lane)]
    if options.json:
        report.print_json({"lane": mine.lane, "place": ids.index(paths.id) + 1, "waiting": ids})
    else:
        print(f"{paths.id}: place {ids.index(paths.id) + 1} of {len(ids)} on {mine.lane}")
    return OK


def _lane(name: str) -> list[queue.Waiting]:
    return [place for place in queue.waiting() if place.lane == name]


def _target(word: str, ids: list[str], run_id: str) -> int:
    now = ids.index(run_id)
    places = {"first": 0, "up": max(now - 1, 0), "down": now + 1, "last": len(ids)}
    return places[word] if word in places else int(word) - 1


def slots(options: argparse.Namespace) -> int:
    """Print or set how many runs of a device train at once."""
    tend()
    if options.count is not None:
        try:
            queue.set_slots(options.lane, options.count)
        except ValueError as error:
            raise CommandError(str(error), USAGE) from error
    lanes = [options.lane] if options.lane else list(DEVICES)
    found = {
        lane: {"slots": queue.slots()[lane], "training": queue.in_use(lane), "waiting": len(_lane(lane))}
        for lane in lanes
    }
    if options.json:
        report.print_json(found)
    else:
        print("DEVICE  SLOTS  TRAINING  WAITING")
        for lane, numbers in found.items():
            print(f"{lane:6}  {numbers['slots']:5}  {numbers['training']:8}  {numbers['waiting']:7}")
    return OK
