"""The report of a study: its verdict in words, and code that computes the same verdict from what the file holds."""

import html
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline, Step
from explorer.data.formats.shapes import ShapesSpec
from explorer.report.writing import write_report
from explorer.runs.overview.studies.effects import read
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import SCORES, images_path, write_part
from explorer.runs.spec.config import RunConfig, loads
from explorer.runs.spec.plans.effects import EffectsPlan

IMAGES = 60
REPEATS = 4
ADDS = {"pipeline": 1.2, "nothing": 0.5, "without flip": 1.1, "without b": 0.2}


def written_study(metric: str = "accuracy") -> RunPaths:
    """Write a study whose variants are right about more or fewer images."""
    paths = RunPaths(runs_root() / f"20261123-142501-study-{metric}")
    paths.study.mkdir(parents=True)
    nodes = (Step(id="flip", transform="HorizontalFlip"), Step(id="b", transform="Blur"))
    config = RunConfig(
        kind="study", name="A study </script>", monitor=metric, dataset=ShapesSpec(), pipeline=Pipeline(nodes=nodes),
        study=EffectsPlan(repeats=REPEATS),
    )  # fmt: skip
    paths.config.write_text(config.model_dump_json())
    labels = np.arange(IMAGES) % 2
    StudyImages(
        tuple(f"image {row}" for row in range(IMAGES)), tuple(f"{row:032x}" for row in range(IMAGES)), labels,
        np.arange(IMAGES), 40, ("ants", "bees"),
    ).save(images_path(paths))  # fmt: skip
    draw = np.random.default_rng(0)
    hardness = draw.normal(size=IMAGES)
    for repeat in range(REPEATS):
        scores = {}
        for name, adds in ADDS.items():
            lead = adds + hardness + 0.3 * draw.normal(size=IMAGES)
            scores[name] = np.stack([np.where(labels == 0, lead, 0), np.where(labels == 1, lead, 0)], axis=1).astype(
                np.float32
            )
        write_part(paths, SCORES, repeat, scores)
    return paths


def run_script(script: Path, source: Path) -> str:
    """Return what the script prints in a process of its own."""
    asked = [sys.executable, "-I", script, source, "300"]
    return subprocess.run(asked, capture_output=True, text=True, check=True, cwd=script.parent).stdout


def call_main(script: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the script's `main` prints in this process."""
    spec = importlib.util.spec_from_file_location("verdict", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    capsys.readouterr()
    module.main(source, 300)
    return capsys.readouterr().out


@pytest.mark.parametrize("metric", ["accuracy", "auroc", "mcc", "f1_macro", "val_loss"])
def test_a_report_says_the_verdict_and_its_code_computes_it_again(
    metric: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home
    paths = written_study(metric)
    target = tmp_path / "report.html"
    write_report([paths], target, most_mb=15, inside=False, progress=lambda words: None)
    text = target.read_text()
    found = read(paths, loads(paths.config.read_bytes()))
    assert found is not None
    effects = found.effects()
    assert "With a frozen backbone" in text
    assert 'data-figure="1-forest"' in text
    assert "A study </script>" not in text
    data = re.search(r'id="explorer-data">([^<]*)<', text)
    assert data is not None
    held = json.loads(data[1])["runs"][0]["study"]
    assert ("<th>Log loss" in text or "Log loss, " in text) or metric != "val_loss"
    assert text.count("Log loss, ") <= 1, "one column for each metric"
    assert ">100%<" not in text
    assert held["effects"][effects.metric]["main"][1]["effect"] == pytest.approx(effects.main[1].effect)

    code = re.search(r"<pre><code>(&#34;&#34;&#34;The verdict of a study.*?)</code></pre>", text, re.DOTALL)
    assert code is not None
    script = tmp_path / "verdict.py"
    script.write_text(html.unescape(code[1]))
    # As people run it, from both of its sources, once; for the other metrics the start of a process is not the point.
    said = [run_script(script, source) for source in (target, paths.root)] if metric == "accuracy" else []
    for lines in said or [call_main(script, target, capsys)]:
        rows = [list(map(float, re.findall(r"[+-]\d\.\d+", line))) for line in lines.splitlines()[1:]]
        assert effects.gate is not None
        for row, effect in zip(rows, (effects.gate, *effects.main), strict=True):
            assert effect.effect is not None
            assert effect.low is not None
            assert effect.high is not None
            assert row[0] == pytest.approx(effect.effect, abs=6e-5)
            assert row[1:] == pytest.approx([effect.low, effect.high], abs=0.25 * (effect.high - effect.low))


def test_a_report_of_a_study_without_a_repeat_says_so(home: Path, tmp_path: Path) -> None:
    del home
    paths = written_study()
    for part in paths.study.glob("scores-*"):
        part.unlink()
    write_report([paths], tmp_path / "report.html", most_mb=15, inside=False, progress=lambda words: None)
    assert "ended before its first repeat" in (tmp_path / "report.html").read_text()
