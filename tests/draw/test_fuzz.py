"""The short form of `python -m bench fuzz`: the real pool is asked for extreme values, and lives on."""

import itertools

from bench.fuzz.drafts import Checked
from bench.fuzz.outcomes import BROKEN
from bench.fuzz.requests import requests
from bench.fuzz.server import Player
from bench.fuzz.watching import watched
from explorer.augment.catalog import catalog
from explorer.draw.pool import Pool

COUNT = 40


def test_the_same_seed_asks_for_the_same_and_every_transform_has_its_turn() -> None:
    first, second = (list(itertools.islice(requests(5, Checked()), len(catalog()))) for _ in range(2))

    assert [(one.seed, one.subject, _steps(one)) for one in first] == [
        (one.seed, one.subject, _steps(one)) for one in second
    ]
    assert [name for one in first for name, _ in _steps(one)] == list(catalog())
    assert sum(bool(params) for one in first for _, params in _steps(one)) > len(first) / 2


def test_the_pool_answers_requests_with_extreme_values_and_outlives_them() -> None:
    pool = Pool()
    try:
        with watched(pool) as seen:
            player = Player(pool, seen, 1.0)
            for number, request in enumerate(itertools.islice(requests(6, Checked()), COUNT), start=1):
                player.ask(number, request)
            player.wait()
    finally:
        pool.close()

    assert player.outcomes.kinds.total() == COUNT
    assert player.outcomes.kinds[BROKEN] == 0, player.outcomes.words
    assert len(seen.templates) == 1
    assert not seen.beyond


def _steps(request):
    return [(step.transform, step.params) for step in request.pipeline.nodes]
