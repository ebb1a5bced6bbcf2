"""What was made before each step had its own stream of random numbers draws the same pixels, to the bit.

The hashes in tests/fixtures/replays.json were written by the version before.
"""

import json

from tests.fixtures import replays


def test_runs_drafts_links_and_files_of_before_draw_the_same_pixels() -> None:
    assert replays.replays() == json.loads(replays.EXPECTED.read_text("utf-8"))
    assert {draft.streams for _, draft in replays.drafts()} == {1}
