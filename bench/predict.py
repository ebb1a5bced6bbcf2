"""`python -m bench predict`: images per second of a prediction, beside plain PyTorch inference with the same batch.

Both predict the same files with the same network, precision, batch and threads, and take turns in one process, so that
whatever else the machine does hits both alike. Plain is the loop that people write: a Dataset that reads with OpenCV, a
DataLoader, `inference_mode` and softmax, once without workers and once with two; the faster one counts. Ours is a run
of kind "predict" from its first image to its end, with its files and events. Asked for is 0.95 of plain. Seconds of
the processor are given beside those of the clock: on a busy machine only they say something. Last, ONNX Runtime is
compared with PyTorch. `python -m bench predict 4` takes so many turns.
"""

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from bench import onnx_runtime
from bench.train import pictures
from explorer.runs.life.predicting import prediction
from explorer.runs.record import outcome
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.predictions import read
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, dumps, from_values
from explorer.runs.spec.predict import Images, Network, PredictPlan
from explorer.training.__main__ import run
from explorer.training.checkpoint_files import bound_of
from explorer.training.checkpoint_files import read as read_checkpoint
from explorer.training.saliency import network_of
from explorer.training.stopping import StopRequest

TURNS = 5
SIZE, IMAGES, ASKED = 160, 960, 0.95
Seconds = tuple[float, float]  # by the clock, and of the processor
_KINDS = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}


def main(turns: int = TURNS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = f"{scratch}/home"
        folder = _many(pictures.folder(Path(scratch)), Path(scratch) / "many")
        trained = _carried_out(_training(Path(scratch)), "trained")
        for precision in ("32-true", "bf16-mixed"):
            _compare(trained, folder, precision, turns)
    onnx_runtime.compare(turns)


def _many(source: Path, target: Path) -> Path:
    """A folder of so many links to photographs."""
    files = sorted(path for path in source.rglob("*") if path.suffix == ".jpg")
    target.mkdir()
    for number in range(IMAGES):
        (target / f"{number:06}.jpg").symlink_to(files[number % len(files)].resolve())
    return target


def _training(scratch: Path) -> RunConfig:
    return from_values(
        {
            "dataset": {"kind": "image_folder", "path": str(pictures.folder(scratch))},
            "pipeline": {"nodes": [], "streams": 2},
            "backbone": "efficientnet-lite0",
            "image_size": SIZE,
            "frozen": True,
            "epochs": 1,
            "batch_size": 32,
            "accelerator": "cpu",
            "precision": "32-true",
            "workers": 0,
        }
    )


def _carried_out(config: RunConfig, name: str) -> RunPaths:
    """Carry out a run in this process."""
    paths = RunPaths(runs_root() / name)
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(config))
    run(paths, StopRequest(paths.stop))
    ended = outcome.read(paths)
    assert ended is not None
    assert ended.state == "finished", ended.reason
    return paths


def _events(paths: RunPaths) -> list[Event]:
    return list(EventReader(paths.events(1)).read())


def _compare(trained: RunPaths, folder: Path, precision: str, turns: int) -> None:
    """Take turns, and print images per second and the ratio."""
    network = Network(run=trained.id, which="last")
    plan = PredictPlan(networks=(network,), images=Images(path=str(folder)))
    config = prediction(plan, precision=precision)
    speeds: dict[str, list[tuple[float, float]]] = {"ours": [], "plain, 0 workers": [], "plain, 2 workers": []}
    works: dict[str, Callable[[int], Seconds]] = {
        "ours": lambda turn: _ours(config, f"{precision}-{turn}"),
        "plain, 0 workers": lambda turn: _plain(trained, folder, config, 0),
        "plain, 2 workers": lambda turn: _plain(trained, folder, config, 2),
    }
    order = list(works)
    for turn in range(turns + 1):
        for name in order:
            seconds = works[name](turn)
            if turn:  # the first turn of each also plans and allocates
                speeds[name].append((IMAGES / seconds[0], IMAGES / seconds[1]))
        order.append(order.pop(0))
    threads = torch.get_num_threads()
    print(f"EfficientNet-Lite0, {SIZE} px, {precision}, batch {config.batch_size}, {threads} threads, {IMAGES} files")
    for name, found in speeds.items():
        clock, processor = (statistics.median(column) for column in zip(*found, strict=True))
        print(f"  {name:18}{clock:8.1f} images/s, {processor:8.1f} images per second of the processor")
    for place, words in enumerate(("by the clock", "by the processor")):
        medians = {name: statistics.median(one[place] for one in speeds[name]) for name in speeds if name != "ours"}
        plain = max(medians, key=lambda name: medians[name])
        pairs = zip(speeds["ours"], speeds[plain], strict=True)
        ratios = [mine[place] / other[place] for mine, other in pairs]
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        median = statistics.median(ratios)
        print(f"  {words}: {median:.2f} of {plain} (asked {ASKED}; turns {each})", flush=True)


def _processor() -> float:
    """Seconds of the processor of this process and of its children that have ended."""
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _ours(config: RunConfig, name: str) -> Seconds:
    """Seconds of a prediction: by the clock from its first image to its end, by the processor as a whole."""
    before = _processor()
    paths = _carried_out(config, f"predicted-{name}")
    used = _processor() - before
    begun = next(event.time for event in _events(paths) if event.values.get("phase") == "predicting")
    ended = outcome.read(paths)
    found = read(paths)
    assert ended is not None
    assert found is not None
    assert len(found) == IMAGES
    return ended.time - begun, used


class _Files(Dataset[Tensor]):
    """Squares of photographs, as people write it."""

    def __init__(self, folder: Path) -> None:
        self._files = sorted(folder.iterdir())

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Tensor:
        image = cv2.cvtColor(cv2.imread(str(self._files[index])), cv2.COLOR_BGR2RGB)
        height, width = image.shape[:2]
        scale = SIZE / min(height, width)
        image = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        top, left = (image.shape[0] - SIZE) // 2, (image.shape[1] - SIZE) // 2
        return torch.from_numpy(np.ascontiguousarray(image[top : top + SIZE, left : left + SIZE])).permute(2, 0, 1)


def _plain(trained: RunPaths, folder: Path, config: RunConfig, workers: int) -> Seconds:
    """Seconds of a plain loop over all files: by the clock without loading the network, by the processor with it."""
    before = _processor()
    checkpoint: Any = read_checkpoint(trained.last, bound_of(config))
    network = network_of(config, checkpoint).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loader = DataLoader(_Files(folder), config.batch_size, num_workers=workers)
    kind = _KINDS.get(config.precision)
    found = []
    begun = time.time()
    with torch.inference_mode(), torch.autocast("cpu", kind, enabled=kind is not None):
        for batch in loader:
            outputs = network(batch.contiguous(memory_format=torch.channels_last))
            found.append(outputs.float().softmax(dim=1).numpy())
    assert len(np.concatenate(found)) == IMAGES
    return time.time() - begun, _processor() - before
