"""What a leak has cost a run, from its stored scores, beside what scikit-learn computes from the same."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import roc_auc_score

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.runs.overview.leak_cost import NoCost, cost_of, runs_of
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, dumps
from tests.runs.validated import ended_run, scored

IDS = tuple(f"val/{number:03}.png" for number in range(120))
LEAKED = frozenset(IDS[:30])


@pytest.fixture
def run(tmp_path: Path) -> RunPaths:
    """A run that knows the images that leaked better than the others."""
    logits, labels = scored(len(IDS), seed=1, apart=1.0)
    logits[np.arange(30), labels[:30]] += 5
    paths = ended_run([(logits, labels)], ["ants", "bees"])
    ValidationImages(IDS, labels, ("",) * len(IDS)).save(paths.validation)
    (tmp_path / "insects").mkdir()
    spec = ImageFolderSpec(path=str(tmp_path / "insects"), seed=4)
    paths.config.write_text(dumps(RunConfig(name="scored", dataset=spec, pipeline=Pipeline(), epochs=1)))
    return paths


def test_the_score_without_the_leak_is_that_of_scikit_learn(run: RunPaths) -> None:
    view = RunView(run)
    cost = cost_of(view, view.refresh(), "scored", LEAKED | {"val/not-of-this-run.png"})
    assert (cost.epoch, cost.images, cost.leaked) == (1, 120, 30)
    record = view.record(0, scores=True)
    assert record is not None
    assert record.logits is not None
    assert record.labels is not None
    second, rest = softmax(record.logits, axis=1)[:, 1], slice(30, None)
    area = cost.scores["auroc"]
    assert area.every.value == pytest.approx(roc_auc_score(record.labels, second), abs=1e-6)
    assert area.rest.value == pytest.approx(roc_auc_score(record.labels[rest], second[rest]), abs=1e-6)
    assert area.high is not None
    assert area.high < 0


def test_a_run_without_leaked_images_has_lost_nothing(run: RunPaths) -> None:
    view = RunView(run)
    assert cost_of(view, view.refresh(), "scored", ()).scores == {}
    with pytest.raises(NoCost, match="Only 5 of the 120 validation images"):
        cost_of(view, view.refresh(), "scored", IDS[5:])


def test_runs_on_the_data_set_are_found_in_whichever_way_it_was_divided(run: RunPaths, tmp_path: Path) -> None:
    assert [one.id for one in runs_of("image_folder", tmp_path / "insects")] == [run.id]
    assert runs_of("image_folder", tmp_path) == ()
    assert runs_of("csv", tmp_path / "insects") == ()
