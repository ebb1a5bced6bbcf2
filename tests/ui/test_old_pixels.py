"""What was made before each step had its own stream of random numbers draws the same images.

The images in tests/fixtures/replays.npz were drawn by the version before.
"""

import numpy as np

from tests.fixtures import replays

ROUNDED = 2  # of 255: how far processors differ in the mean of a block of pixels


def test_runs_drafts_links_and_files_of_before_draw_the_same_images() -> None:
    drawn = replays.replays()
    with np.load(replays.EXPECTED) as expected:
        assert set(expected) == set(drawn)
        for name, images in drawn.items():
            difference = np.abs(images.astype(int) - expected[name])
            assert difference.max() <= ROUNDED, name
    assert {draft.streams for _, draft in replays.drafts()} == {1}
