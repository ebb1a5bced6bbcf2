"""The search for labels that are probably wrong."""

from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.judgments import Judgments
from explorer.runs.overview.view import RunView
from explorer.runs.record.events import EventWriter
from explorer.ui.evidence import label_errors
from explorer.ui.evidence.look import Look
from tests.runs.validated import ended_run, scored


def test_an_epoch_that_a_resumed_run_validates_again_is_searched_again() -> None:
    paths = ended_run([scored(60)], ("ants", "bees"))
    view = RunView(paths)
    snapshot, evidence = view.refresh(), Evidence(view)
    judgments = Judgments(evidence)
    judged = judgments.of(0)
    assert judged is not None
    seen = Look(view, snapshot, evidence, judgments, (0,), 0, 0, judged, {})
    before = label_errors._job(seen)
    with EventWriter(paths, 2) as writer:
        writer.write("start", step=0, promise_s=60, resumed_from_step=0)
        writer.write("epoch", epoch=0, step=2, promise_s=60, train_loss=0.5, val_loss=0.4)
    view.refresh()
    assert label_errors._job(seen) != before
