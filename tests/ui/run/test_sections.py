"""The sections of a training run's page."""

from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.ui.evidence.look import judgments_of
from explorer.ui.run.sections import evidence_of


def test_a_view_that_was_made_again_has_evidence_and_judgments_of_its_own() -> None:
    paths = RunPaths(runs_root() / "20261123-142501-ants-x7k")
    before, after = RunView(paths), RunView(paths)
    evidence = evidence_of(before)
    assert evidence_of(before) is evidence
    assert evidence_of(after).view is after
    assert judgments_of(evidence, 0.5) is judgments_of(evidence, 0.5)
    assert judgments_of(evidence_of(after), 0.5).evidence.view is after
