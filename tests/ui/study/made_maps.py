"""Records of immunity maps with known effects, as a trainer writes them."""

import numpy as np

from explorer.augment.distortions import STRENGTHS, Distortion, distortions
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.answers import Logits, Row, Rows
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import images_path
from explorer.runs.spec.config import dumps, loads
from explorer.runs.spec.plans.immunity import ImmunityPlan

FEW = tuple(one for one in distortions() if one.name in ("noise", "jpeg"))
_ROWS = ("pipeline", "nothing", "without GaussNoise")
_REPEATS = 4


def immunity_map(study: RunPaths, *, done: int = 2, few: tuple[Distortion, ...] = FEW) -> RunPaths:
    """Write a map of a made study: the pipeline bears noise better than nothing, and costs nothing on clean images."""
    paths = RunPaths(runs_root() / f"20261128-152501-{study.id[-9:]}-map")
    paths.root.mkdir(parents=True)
    config = loads(study.config.read_bytes())
    plan = ImmunityPlan(study=study.id, distortions=few)
    paths.config.write_text(dumps(config.model_copy(update={"study": plan, "name": "map"})))
    with EventWriter(paths, 1) as writer:
        writer.write("phase", promise_s=60, phase="importing")
    listed = StudyImages.load(images_path(study))
    paths.study.mkdir()
    listed.save(images_path(paths))
    classes = len(listed.classes)
    made = [Row(name, name.removeprefix("without "), listed.labels) for name in _ROWS]
    rows = Rows.choose(made, classes, 11, _REPEATS)
    answers.write(paths, answers.CLEAN, rows.words() | _part(rows, [0.0], bears=False))
    for number in range(done):
        missed = [0.6 * (strength + 1) for strength in range(STRENGTHS)]
        answers.write(paths, number + 1, _part(rows, missed, bears=few[number].name == "noise"))
    if done == len(few):
        outcome.write(paths, Outcome("finished", "All distortions are done.", 1.0))
    return paths


def _part(rows: Rows, missed: list[float], *, bears: bool) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for number, row in enumerate(rows.rows):
        borne = 0.2 if bears and row.name == "pipeline" else 1.0
        arrays |= rows.kept(number, [_logits(rows, row, each * borne) for each in missed])
    return arrays


def _logits(rows: Rows, row: Row, missed: float) -> Logits:
    """Logits in which the true class misses so much."""
    hard = np.random.default_rng(0).normal(1.2, 1.0, len(row.labels))
    noise = np.random.default_rng(len(row.name)).normal(0, 0.2, (_REPEATS, len(row.labels), rows.classes))
    noise[:, np.arange(len(row.labels)), row.labels] += hard - missed
    return noise.astype(np.float32)
