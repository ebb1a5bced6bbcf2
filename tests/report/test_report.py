"""A report is one file that loads nothing, says what the run says, and holds its numbers for programs."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from explorer.data.roots import OutsideRoots
from explorer.metrics.intervals import intervals
from explorer.report import command
from explorer.report.pictures import opened, worst
from explorer.report.reported import read
from explorer.runs.cli.main import main
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths
from explorer.texts import Report as T
from tests.report.conftest import data_of, written_run

LOADING = {"src", "href", "srcset", "data", "poster", "action", "background", "cite", "ping"}


def report(target: Path, *runs: RunPaths, more: tuple[str, ...] = ()) -> str:
    """The text of a report, written by the command."""
    assert main(["report", *(paths.id for paths in runs), "-o", str(target), *more], more=(command.add,)) == 0
    return target.read_text()


class Page(HTMLParser):
    """Collects the elements, what they would load, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.elements: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.policy = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.loaded += [value or "" for name, value in attrs if name in LOADING]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        found = dict(attrs)
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""
        if tag not in ("meta", "img", "br", "link"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_a_report_loads_nothing_and_parses(target: Path) -> None:
    page = Page(report(target, written_run()))
    assert "default-src 'none'" in page.policy
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.loaded)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(page.elements)
    assert "finished" in page.said
    assert "AUROC" in page.said


def test_the_numbers_inside_are_those_of_the_run(target: Path) -> None:
    paths = written_run(epochs=3)
    (found,) = data_of(report(target, paths))["runs"]
    run = read(paths)
    assert run.best is not None
    assert run.record is not None
    assert run.record.labels is not None
    assert run.record.logits is not None
    assert (found["id"], found["state"], found["best_epoch"]) == (paths.id, "finished", 2)
    assert [point["auroc"] for point in found["epochs"]] == [point.value("auroc") for point in run.snapshot.epochs]
    matrix = np.zeros((2, 2), int)
    for true, predicted, count in found["confusion"]:
        matrix[true, predicted] = count
    predictions = run.record.logits.argmax(axis=1)
    assert matrix.tolist() == confusion_matrix(run.record.labels, predictions).tolist()
    assert len(found["mistakes"]) == (predictions != run.record.labels).sum()
    for key, interval in intervals(evaluation_of(run.record, run.best.value("val_loss")), found["scores"]).items():
        assert (found["scores"][key]["low"], found["scores"][key]["high"]) == (interval.low, interval.high)
    assert found["config"] == json.loads(paths.config.read_text())


HOSTILE = "</script><script>document.title='taken'</script><img src=https://example.org/x onerror=alert(1)>\"'&\u202e"


def test_what_people_type_stays_text(target: Path) -> None:
    paths = written_run(HOSTILE[:100], [HOSTILE, "</title><!--<script>" * 500, "c"])
    meta.change(paths, note=f"{HOSTILE}{'x' * 9000}", tags=["<b>tag</b>", "</style>"])
    plain = Page(report(target, written_run("plain", ["a", "b", "c"])))
    target.unlink()
    page = Page(report(target, paths))
    assert page.elements.count("script") == plain.elements.count("script") == 4
    assert page.elements.count("style") == 1
    assert "b" not in set(page.elements) - set(plain.elements)
    assert page.handlers == plain.handlers
    assert page.loaded == plain.loaded == []
    assert "document.title='taken'" in page.said
    assert data_of(target.read_text())["runs"][0]["classes"][0] == HOSTILE


def test_a_file_is_not_replaced_without_force(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = written_run()
    target.write_text("mine")
    assert main(["report", paths.id, "-o", str(target)], more=(command.add,)) == 2
    assert "--force" in capsys.readouterr().err
    assert target.read_text() == "mine"
    assert "finished" in report(target, paths, more=("--force",))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["nothing"], 3), (["latest", "latest"], 2), (["latest", "--most", "1"], 2), (["latest", "--most", "nan"], 2)],
)
def test_what_cannot_be_reported_has_the_exit_code_of_other_commands(
    target: Path, arguments: list[str], code: int
) -> None:
    written_run()
    assert main(["report", *arguments, "-o", str(target)], more=(command.add,)) == code
    assert not target.exists()


def test_a_run_without_scores_says_so_and_keeps_its_counts(target: Path) -> None:
    page = Page(report(target, written_run(scores=False)))
    assert T.NO_SCORES in page.said
    assert "ants" in page.said


def test_a_comparison_shows_each_run_and_what_differs(target: Path) -> None:
    text = report(target, written_run("first"), written_run("second", epochs=3, transform="VerticalFlip"))
    page = Page(text)
    assert "Pipeline HorizontalFlip VerticalFlip" in page.said
    assert "+ VerticalFlip, p = 0.5" in page.said
    assert T.THESE_TWO in page.said
    assert T.COMPARISON.format(count=2) in page.said
    assert "Epochs 2 3" in page.said
    assert "Data: Pipeline" in page.said
    assert page.said.count("validation loss and training loss") == 1
    assert [run["name"] for run in data_of(text)["runs"]] == ["first", "second"]


def test_flags_that_cannot_be_read_are_named_as_such_in_the_report(target: Path) -> None:
    paths = written_run("flagged", epochs=1)
    paths.flags.mkdir()  # reading it is an OSError
    assert T.FLAGS_UNREADABLE.format(why="") in Page(report(target, paths)).said


def test_a_file_stays_below_its_limit(target: Path) -> None:
    paths = written_run("large", [f"class {number}" for number in range(300)], images=600, epochs=1)
    text = report(target, paths, more=("--most", "8"))
    assert target.stat().st_size < 8e6
    assert "too large to be drawn" in Page(text).said


def test_mistakes_show_their_images_within_a_budget(tmp_path: Path) -> None:
    import cv2

    for part, label, number in ((p, c, n) for p in ("train", "val") for c in ("a", "b") for n in range(8)):
        file = tmp_path / "set" / part / label / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (40, 60, 3), np.uint8)
        cv2.imwrite(str(file), pixels)
    run = read(written_run("pictures", ["a", "b"], folder=tmp_path / "set"))
    assert run.images is not None
    dataset = opened(run, inside=False)
    everything = worst(run, dataset, 1_000_000, inside=False)
    assert everything.total
    assert everything.shown == everything.total == len(everything.listed)
    first = everything.listed[0]
    assert first.jpeg is not None
    decoded = cv2.imdecode(np.frombuffer(first.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (40, 60, 3)
    few = worst(run, dataset, len(first.jpeg) + 1, inside=False)
    assert (few.shown, few.listed[1].why_not) == (1, T.NO_ROOM)
    with pytest.raises(OutsideRoots):
        opened(run, inside=True)

    changed = tmp_path / "set" / first.id.replace("\\", "/")
    changed = changed if changed.exists() else next((tmp_path / "set").rglob(Path(first.id).name))
    cv2.imwrite(str(changed), np.zeros((40, 60, 3), np.uint8))
    again = worst(run, dataset, 1_000_000, inside=False)
    assert again.shown < everything.shown
    assert T.IMAGE_CHANGED in {mistake.why_not for mistake in again.listed}


def test_settings_are_reported_in_the_words_of_the_app(target: Path) -> None:
    said = Page(report(target, written_run())).said.partition(T.CONFIGURATION_HEAD[2])[2]
    assert "Layers to train Head only (frozen backbone)" in said
    assert "cross_entropy" not in said


def test_equal_models_have_no_difference_and_no_interval(target: Path) -> None:
    page = Page(report(target, written_run("first"), written_run("second")))
    assert "0.000 no difference on these images" in page.said
    assert "+0.000" not in page.said
