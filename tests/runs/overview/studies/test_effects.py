"""What a study of effects has found is read within a budget of memory, and a damaged part is named."""

import numpy as np
import pytest

from explorer.metrics.verdicts.answers import OutOfFold
from explorer.runs.overview.studies import effects, worth
from explorer.runs.overview.studies.effects import EffectsFound
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.curves import CURVES
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.parts import SCORES, part_path, read_part, write_part
from explorer.runs.spec.config import RunConfig, loads
from explorer.runs.spec.plans.worth import WorthPlan
from tests.ui.study import made


def config_of(paths: RunPaths) -> RunConfig:
    return loads(paths.config.read_bytes())


@pytest.mark.usefixtures("home")
def test_older_states_of_a_study_are_forgotten_and_none_holds_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_read", type(effects._read)())
    paths = made.study(repeats=3, images=60)
    whole = effects.read(paths, config_of(paths))
    assert whole is not None
    whole.effects()
    part_path(paths, SCORES, 2).unlink()
    found = effects.read(paths, config_of(paths))
    assert found is not None
    assert (whole.done, found.done) == (3, 2)
    assert list(effects._read.values()) == [found]
    held = (*vars(found).values(), *found._kept.values())
    assert not any(isinstance(value, OutOfFold) for value in held)
    assert found.answers is found.answers, "they are read once while there is room"
    assert effects._ANSWERS.held <= effects._MOST_BYTES


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("damage", ["lacks a variant", "other shape", "nan"])
def test_a_damaged_part_is_an_error_of_the_record(damage: str) -> None:
    paths = made.study(f"damaged-{damage.replace(' ', '-')}", repeats=3, images=60)
    arrays = read_part(paths, SCORES, 1)
    if damage == "lacks a variant":
        arrays.pop("nothing")
    elif damage == "other shape":
        arrays["nothing"] = arrays["nothing"][:-1]
    else:
        arrays["nothing"][0, 0] = np.nan
    write_part(paths, SCORES, 1, arrays)
    with pytest.raises(StudyRecordError):
        effects.read(paths, config_of(paths))


@pytest.mark.usefixtures("home")
def test_a_damaged_repeat_of_learning_curves_is_an_error_of_the_record() -> None:
    paths = made.study(repeats=3, images=60)
    config = config_of(paths).model_copy(update={"study": WorthPlan()})
    answers = np.zeros((2, 60, 5), np.float32)
    for plus, sizes in ((answers[:1], 2), (answers * np.nan, 2), (answers, 3)):
        write_part(paths, CURVES, 0, {"sizes": np.arange(sizes) + 8, "plus": plus, "minus": answers})
        with pytest.raises(StudyRecordError):
            worth.read(paths, config)


@pytest.mark.usefixtures("home")
def test_the_validation_loss_and_the_log_loss_are_one_metric_with_one_smallest_effect() -> None:
    paths = made.study(repeats=3, images=60, metric="val_loss")
    config = config_of(paths)
    assert config.study is not None
    asked = config.model_copy(update={"study": config.study.model_copy(update={"smallest": 0.123})})
    effects._read.pop(paths, None)
    found = effects.read(paths, asked)
    assert isinstance(found, EffectsFound)
    assert found.effects("log_loss") is found.effects()
    assert found.effects().smallest == 0.123
