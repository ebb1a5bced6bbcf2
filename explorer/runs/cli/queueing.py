"""Commands that change the order of the queue and the number of runs that train at once."""

import argparse

from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import USAGE, WRONG_STATE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.queue import queue
from explorer.runs.spec.devices import DEVICES


def move(options: argparse.Namespace) -> int:
    """Move a waiting run to another place of its queue."""
    paths = find(options.id)
    with queue.guard():  # so that the other runs keep their places meanwhile
        mine = queue.find(paths.id)
        if mine is None:
            raise CommandError(f"{paths.id} does not wait in the queue.", WRONG_STATE)
        queue.move(paths.id, _target(options.place, _lane(mine.lane), paths.id))
        ids = _lane(mine.lane)
    place = ids.index(paths.id) + 1
    text = f"{paths.id}: place {place} of {len(ids)} on {mine.lane}"
    return report.answer(options, text, value={"lane": mine.lane, "place": place, "waiting": ids})


def _lane(name: str) -> list[str]:
    return [place.id for place in queue.waiting(name)]


def _target(word: str, ids: list[str], run_id: str) -> int:
    now = ids.index(run_id)
    places = {"first": 0, "up": max(now - 1, 0), "down": now + 1, "last": len(ids)}
    return places[word] if word in places else int(word) - 1


def slots(options: argparse.Namespace) -> int:
    """Print or set how many runs of a device train at once."""
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
    lines = [f"{lane:6}  {of['slots']:5}  {of['training']:8}  {of['waiting']:7}" for lane, of in found.items()]
    return report.answer(options, "\n".join(["DEVICE  SLOTS  TRAINING  WAITING", *lines]), value=found)
