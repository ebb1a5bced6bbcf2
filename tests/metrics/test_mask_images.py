"""The Dice of single images, and the images behind a cell of the matrix of pixels."""

import numpy as np
from sklearn.metrics import f1_score

from explorer.metrics.mask_images import mean_dice, most_pixels_first, worst_first


def test_dice_of_images_is_the_f1_of_their_pixels_over_classes_that_occur() -> None:
    random = np.random.default_rng(5)
    truth, predicted = random.integers(0, 3, (2, 4, 50))
    truth[1] = predicted[1] = 1  # two classes are absent
    truth[2][truth[2] == 2] = 0  # one is predicted only
    margins = np.zeros((5, 4, 3), np.int64)  # the fourth class is nowhere, and nothing counts in the fifth image
    for image in range(4):
        for one in range(4):
            of, as_one = truth[image] == one, predicted[image] == one
            margins[image, one] = ((of & as_one).sum(), of.sum(), as_one.sum())
    found = mean_dice(margins)
    for image in range(4):
        classes = np.union1d(truth[image], predicted[image])
        expected = f1_score(truth[image], predicted[image], labels=classes, average="macro", zero_division=0)
        assert found[image] == np.float64(expected) or abs(found[image] - expected) < 1e-12
    assert np.isnan(found[4])
    assert worst_first(found).tolist()[-2:] == [1, 4]


def test_images_of_a_cell_a_row_and_a_column_come_with_most_pixels_first() -> None:
    cells = np.zeros((3, 2, 2), np.int64)
    cells[:, 0, 1] = [4, 0, 9]
    cells[:, 1, 1] = [1, 7, 0]
    for row, column, places, counts in (
        (0, 1, [2, 0], [9, 4]),
        (1, None, [1, 0], [7, 1]),
        (None, 1, [2, 1, 0], [9, 7, 5]),
    ):
        found = most_pixels_first(cells, row, column)
        assert [part.tolist() for part in found] == [places, counts]
