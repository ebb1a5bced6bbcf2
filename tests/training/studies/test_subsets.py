"""Training sets of a learning curve."""

from itertools import pairwise

import numpy as np

from explorer.training.studies.subsets import nested


def test_training_sets_are_nested_stratified_and_leave_the_fold_out() -> None:
    labels = np.repeat([0, 1, 2], [120, 60, 20])
    fold = np.arange(200) % 5
    sizes = (15, 40, 80, 160)
    found = nested(labels, fold, sizes, seed=3, repeat=1)
    for count, allowed in zip(sizes, found, strict=True):
        assert allowed.shape == (5, 200)
        for held in range(5):
            assert allowed[held].sum() == count
            assert not allowed[held][fold == held].any()
            shares = np.bincount(labels[allowed[held]], minlength=3)
            assert (shares >= 5).all()
            if count >= 80:
                np.testing.assert_allclose(shares, count * np.array([0.6, 0.3, 0.1]), atol=3)
    for smaller, larger in pairwise(found):
        assert not (smaller & ~larger).any()
    again = nested(labels, fold, sizes, seed=3, repeat=1)
    assert all(np.array_equal(one, other) for one, other in zip(found, again, strict=True))
    assert not np.array_equal(found[0], nested(labels, fold, sizes, seed=3, repeat=2)[0])
