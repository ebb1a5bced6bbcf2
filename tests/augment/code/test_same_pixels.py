"""Code that is right for 2.0.8 gives, once read, the pixels that it gives when it is run."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.augment.code import FoundPipeline, read_code
from explorer.augment.pipeline import validate

CASES = Path(__file__).with_name("cases")
PICTURE = np.random.default_rng(1).integers(0, 256, (400, 420, 3), np.uint8)
RUN = [  # the case, and the name that the code gives its pipeline
    ("arithmetic", "t"),
    ("branches_append", "make(True, True)"),
    ("class_attribute", "Leaves.augment"),
    ("composers", "t"),
    ("compose_in_compose", "t"),
    ("comprehension", "t"),
    ("config_class", "train"),
    ("config_dict", "t"),
    ("flattened_lists", "train"),
    ("flattened_lists", "valid"),
    ("function_called", "large"),
    ("function_default", "get_transform()"),
    ("import_as_albu", "aug"),
    ("import_from", "light"),
    ("import_star", "steps"),
    ("list_in_a_variable", "pipeline"),
    ("method_return", "Config.transforms"),
    ("nested_function", "outer()"),
    ("spread_lists", "both"),
    ("spread_lists", "joined"),
]
TITLES = {"make(True, True)": "make(), if train, if heavy", "outer()": "outer(), inner()"}
EXPRESSIONS = {"Config.transforms": "Config().transforms()"}


class _Stub:
    """Stands in for the data set class that a case derives from."""


def theirs(name: str, expression: str) -> Any:
    """The pipeline that a case of this corpus really makes: our own text, written for this test."""
    text = (CASES / f"{name}.py.txt").read_text().replace("from torch.utils.data import Dataset", "")
    names: dict[str, Any] = {"Dataset": _Stub}
    exec(text, names)  # noqa: S102
    return eval(EXPRESSIONS.get(expression, expression), names)  # noqa: S307


def ours(name: str, title: str) -> FoundPipeline:
    found = read_code((CASES / f"{name}.py.txt").read_text(), version="2.x")
    return next(one for one in found if one.title == TITLES.get(title, title))


def pixels(compose: Any, seed: int) -> Any:
    compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
    return compose(image=PICTURE)["image"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "title"), RUN, ids=lambda part: str(part))
def test_reading_code_gives_what_running_it_gives(name: str, title: str) -> None:
    read = validate(ours(name, title).draft).to_compose(bboxes=False, keypoints=False)
    run = theirs(name, title)
    for seed in range(3):
        assert np.array_equal(pixels(read, seed), pixels(run, seed))


def test_p_of_a_compose_is_how_often_it_runs() -> None:
    compose = validate(ours("compose_p", "t").draft).to_compose(bboxes=False, keypoints=False)
    times = 400
    small = PICTURE[:8, :8]
    changed = 0
    for seed in range(times):
        compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
        changed += not np.array_equal(compose(image=small)["image"], small)
    assert changed / times == pytest.approx(0.5, abs=4 * 0.5 / times**0.5)
