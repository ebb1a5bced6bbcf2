"""`python -m bench.crowd.clients`: all sessions but the real browser's, in one process.

Standard input: a `Job` in one line; then, when all pages are open ("ready" on standard output), a line to begin.
Standard output: the presses of each session, in one line.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Self

from bench.crowd.person import GIVE_UP_S, UPPER, Cadence, sweeps
from bench.crowd.session import Press, Session, opened

OPENING_S = 60.0
STAGGER_S = 0.25  # between two people who open the page
WARM_UP = 2  # presses of each session that are not counted


@dataclass(frozen=True)
class Job:
    """url: of the server. queries: one for each session. slider: the key of the widget that is moved."""

    url: str
    queries: tuple[str, ...]
    slider: str
    seconds: float
    cadence: Cadence

    @classmethod
    def read(cls, text: str) -> Self:
        """From `dumps`."""
        values = json.loads(text)
        return cls(**{**values, "queries": tuple(values["queries"]), "cadence": Cadence(**values["cadence"])})

    def dumps(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Told:
    """What one session has to say. times: ms of each press; None: its image never came. opened: ms."""

    opened: float
    times: list[float | None]
    errors: list[str]
    stuck: bool


async def _visit(job: Job, number: int, ready: asyncio.Barrier, go: asyncio.Event) -> Told:
    await asyncio.sleep(number * STAGGER_S)
    begun = time.perf_counter()
    async with opened(job.url, job.queries[number], job.slider) as session:
        async with asyncio.timeout(OPENING_S):
            await session.framed.wait()
            until_image = (time.perf_counter() - begun) * 1000
            await session.complete.wait()
        values = sweeps()
        for _ in range(WARM_UP):
            await session.answer(await session.press(next(values), UPPER), OPENING_S)
        await ready.wait()
        await go.wait()
        stuck = await _press(job, session, values, random.Random(number))
        return Told(until_image, [_ms(press) for press in session.presses[WARM_UP:]], session.errors, stuck)


async def _press(job: Job, session: Session, values: Iterator[float], chance: random.Random) -> bool:
    """Press keys until the time is over; return whether the page is stuck: its last image never came."""
    end, stuck = time.perf_counter() + job.seconds, False
    await asyncio.sleep(job.cadence.rest(chance))
    while time.perf_counter() < end:
        for _ in range(job.cadence.burst - 1):
            await session.press(next(values), UPPER)
            await asyncio.sleep(job.cadence.gap)
        stuck = not await session.answer(await session.press(next(values), UPPER), GIVE_UP_S)
        await asyncio.sleep(job.cadence.rest(chance))
    return stuck


def _ms(press: Press) -> float | None:
    return None if press.answered is None else (press.answered - press.sent) * 1000


async def play(job: Job, opened: Callable[[], None], go: Awaitable[object]) -> list[Told]:
    """Play all sessions of a job.

    Args:
        job: What they do.
        opened: Called when all pages are open and at rest.
        go: They press keys once this has ended.
    """
    ready, begun = asyncio.Barrier(len(job.queries) + 1), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_visit(job, number, ready, begun)) for number in range(len(job.queries))]
        await ready.wait()
        opened()
        await go
        begun.set()
    return [task.result() for task in tasks]


async def main() -> None:
    """Play the job of standard input."""
    lines = await _standard_input()
    job = Job.read((await lines.readline()).decode())
    visits = await play(job, lambda: print("ready", flush=True), lines.readline())
    print(json.dumps([asdict(one) for one in visits]), flush=True)


async def _standard_input() -> asyncio.StreamReader:
    # Not by a thread that reads: it would keep the process from ending where a session has failed.
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


if __name__ == "__main__":
    asyncio.run(main())
