from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.errors import StudyError
from explorer.training.studies.features import Features
from explorer.training.studies.folds import check_labels, divided, folds_of
from explorer.training.studies.heads import (
    INNER_FOLDS,
    PENALTIES,
    HeadJob,
    HeadPool,
    fit_heads,
    one_thread,
    processes_for,
)

N, VIEWS, DIMENSIONS = 60, 2, 30


def job_of(num_classes: int = 3, **changes: object) -> HeadJob:
    """Images whose classes can nearly be told apart, and two noisy views of each."""
    generator = np.random.default_rng(0)
    labels = np.arange(N) % num_classes
    images = generator.normal(0, 1, (N, DIMENSIONS)) * generator.uniform(0.5, 3, DIMENSIONS)
    images[:, :num_classes] += 2.0 * np.eye(num_classes)[labels]
    views = images[:, None] + generator.normal(0, 0.5, (N, VIEWS, DIMENSIONS))
    vectors = views.reshape(-1, DIMENSIONS).astype(np.float16)
    features = Features(vectors, np.arange(N * VIEWS).reshape(N, VIEWS))
    values = {"views": features, "labels": labels, "fold": folds_of(labels, 3, 0, folds=2), "num_classes": num_classes}
    return HeadJob(**(values | {"seed": 3, "repeat": 0} | changes))  # type: ignore[arg-type]


def by_scikit_learn(job: HeadJob, held: int, clean: NDArray[np.float16]) -> tuple[float, NDArray[np.float64]]:
    """The penalty that scikit-learn's parts choose in a training fold, and the probabilities of all images."""
    images = np.flatnonzero(job.fold != held)
    rows = job.views.take()[images][:, job.chosen_views()].reshape(-1, DIMENSIONS).astype(np.float64)
    labels = np.repeat(job.labels[images], VIEWS)
    scaler = StandardScaler().fit(rows)
    rotated = PCA(min(len(rows), DIMENSIONS), svd_solver="full").fit(scaler.transform(rows))
    x = rotated.transform(scaler.transform(rows))
    inner = np.repeat(divided(job.labels[images], [job.seed, job.repeat, held], INNER_FOLDS, None), VIEWS)

    def fitted(penalty: float, chosen: NDArray[np.bool_]) -> LogisticRegression:
        # Of two classes scikit-learn penalizes the difference of the weights, which has half the squares of both.
        c = (2 if job.num_classes == 2 else 1) / (penalty * chosen.sum())
        return LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(x[chosen], labels[chosen])

    losses = []
    for penalty in PENALTIES:
        fits = [(fitted(penalty, inner != part), inner == part) for part in range(INNER_FOLDS)]
        losses.append(sum(log_loss(labels[out], fit.predict_proba(x[out]), normalize=False) for fit, out in fits))
    best = PENALTIES[int(np.argmin(losses))]
    final = fitted(best, np.ones(len(x), bool))
    return best, final.predict_proba(rotated.transform(scaler.transform(clean.astype(np.float64))))


@pytest.mark.parametrize("num_classes", [2, 3])
def test_heads_are_those_of_scikit_learn(num_classes: int) -> None:
    job = job_of(num_classes)
    heads, clean = fit_heads(job), job.views.take()[:, 0]
    logits = heads.logits(clean)
    for held in range(job.folds):
        with one_thread():
            penalty, expected = by_scikit_learn(job, held, clean)
        assert heads.penalties[held] == np.float32(penalty)
        ours = np.exp(logits[held] - logits[held].max(axis=1, keepdims=True))
        assert ours / ours.sum(axis=1, keepdims=True) == pytest.approx(expected, abs=1e-3)
    out = heads.out_of_fold(clean, job.fold)
    assert np.array_equal(out, logits[job.fold, np.arange(N)])
    assert (out.argmax(axis=1) == job.labels).mean() > 0.6


def test_each_repeat_learns_from_other_views_and_all_its_variants_from_the_same_ones() -> None:
    views = Features(np.zeros((1, 3), np.float16), np.zeros((N, 8), np.int64))
    drawn = [job_of(views=views, repeat=repeat).chosen_views() for repeat in range(40)]
    assert len({tuple(one) for one in drawn}) == 40
    assert np.bincount(np.concatenate(drawn), minlength=8).min() > 20, "no view is left out"
    other = job_of(views=Features(np.ones((1, 3), np.float16), np.zeros((N, 8), np.int64)), repeat=7)
    np.testing.assert_array_equal(other.chosen_views(), drawn[7])


def test_a_feature_that_hardly_varies_among_few_training_images_gives_no_huge_logit() -> None:
    job = job_of(2)
    vectors = job.views.vectors.copy()
    vectors[:, 5] = np.where(
        np.arange(len(vectors)) % 40 < 2, 1.0, 1.0e-3 * vectors[:, 5]
    )  # one image in twenty has it
    few = np.zeros(N, bool)
    few[:20] = True
    few[(np.arange(N) * VIEWS) % 40 < 2] = False
    fold = folds_of(job.labels, 3, 0)
    heads = fit_heads(job_of(2, views=Features(vectors, job.views.places), may_train=few, fold=fold))
    clean = vectors[job.views.places[:, 0]]
    assert np.abs(heads.logits(clean)).max() < 50


def test_any_number_of_threads_gives_the_same_bits() -> None:
    job = job_of()
    first, second = HeadPool(2).fit([job, job])
    alone = fit_heads(job)
    for heads in (first, second):
        assert np.array_equal(heads.weights, alone.weights)
        assert np.array_equal(heads.penalties, alone.penalties)


def test_the_bank_gives_heads_that_were_fitted_before(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[int] = []
    real = HeadPool._fitted
    monkeypatch.setattr(
        HeadPool, "_fitted", lambda self, jobs, report: fitted.append(len(jobs)) or real(self, jobs, report)
    )
    jobs = [job_of(), job_of(seed=4)]
    first = HeadPool(1, FeatureBank.open()).fit(jobs[:1])
    pool = HeadPool(1, FeatureBank.open())
    again = pool.fit(jobs)
    assert fitted == [1, 1]
    assert pool.fitted == jobs[1].folds
    assert np.array_equal(again[0].weights, first[0].weights)
    assert np.array_equal(again[0].penalties, first[0].penalties)


def test_fewer_processes_fit_heads_where_memory_is_short() -> None:
    jobs = [job_of()]
    assert [processes_for(jobs, 4, free) for free in (0, 10**12)] == [1, 4]
    many = replace(jobs[0], num_classes=1000)
    free = 10 * 8.5 * 4 * 1000 * many.views.places.size
    assert processes_for([*jobs, many], 16, int(free)) == 7


def test_heads_learn_only_from_images_that_may_train() -> None:
    may_train = np.arange(N) < 40
    some = job_of(may_train=may_train)
    vectors = some.views.vectors.copy()
    vectors[40 * VIEWS :] += 1
    changed = job_of(may_train=may_train, views=Features(vectors, some.views.places))
    assert np.array_equal(fit_heads(some).weights, fit_heads(changed).weights)
    with pytest.raises(StudyError, match="learn from 0 images of a class"):
        fit_heads(job_of(may_train=np.arange(N) % 3 > 0))


def test_folds_are_stratified_and_keep_groups_whole() -> None:
    labels = np.array([0] * 40 + [1] * 20)
    groups = np.arange(60) // 2
    fold = folds_of(labels, 1, 0, groups=groups)
    assert [tuple(np.bincount(labels[fold == held])) for held in range(5)] == [(8, 4)] * 5
    assert all(len(set(fold[groups == group])) == 1 for group in range(30))
    assert np.array_equal(fold, folds_of(labels, 1, 0, groups=groups))
    assert not np.array_equal(fold, folds_of(labels, 1, 1, groups=groups))


@pytest.mark.parametrize(
    ("labels", "groups", "message"),
    [
        ([0] * 20, None, "at least two classes"),
        ([0] * 20 + [1] * 9, None, r"at least 10 images for a study with 5 folds. Too few: bees \(9\)"),
        ([0] * 20 + [1] * 20, [*range(20), *[20, 21] * 10], r"in at least 5 groups. Too few: bees \(2\)"),
    ],
)
def test_images_that_cannot_be_divided_into_folds_are_refused(
    labels: list[int], groups: list[int] | None, message: str
) -> None:
    with pytest.raises(StudyError, match=message):
        check_labels(np.array(labels), ("ants", "bees"), groups=None if groups is None else np.array(groups))
