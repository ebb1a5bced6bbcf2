"""The label of a score of the final set."""

from explorer.runs.record.final import FinalResult
from explorer.ui.run.final_set import label


def test_the_label_says_whether_the_images_were_unseen() -> None:
    assert label(FinalResult(0.0, "k", 12, 0, 0.5)).startswith("Final set, opened once on 19")
    assert "opening number 21 on 19" in label(FinalResult(0.0, "k", 12, 0, 0.5, before=20))
    part = FinalResult(0.0, "k", 12, 0, 0.5, before=1, contents=("a", "b", "c"), seen=2)
    assert "when 2 of its images had been opened before" in label(part)
