"""`python -m bench masks`: training on masks, beside a plain Lightning script of the same network. About 8 minutes.

Each figure is printed as soon as it is there:

- From Start to the first number on CamVid (16 training and 8 validation images, 11 classes and void).
- Images per second, side by side: both take turns, an epoch each, on three copies of CamVid.
- The mean IoU that the defaults reach on CamVid, beside that of the script, for several seeds.
- The mean Dice on generated shapes with the default settings, after each epoch with the seconds since the start.
- What counting adds to a validation, and the memory of a run at 512 px beside what the form says.

CamVid is read from the folder of EXPLORER_TEST_DATA. `python -m bench masks 3` takes three seeds.
"""

import io
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.train.contenders import Contender, reference, run_folder, run_of
from bench.train.counting import PRECISIONS, batch_of, counting_share, one_thread, random_case
from bench.train.plain_masks import MaskJob
from explorer.data.dataset import Split
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.life import launcher
from explorer.runs.life.control import end_now
from explorer.runs.machine.machine import machine
from explorer.runs.machine.needs import estimate
from explorer.runs.record.events import Event
from explorer.runs.record.history import History
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, from_values, loads
from explorer.training.checkpoint_files import bound_of, read
from explorer.training.saliency import network_of

SEEDS, TURNS = 2, 3
COPIES = 3
SIZE, BATCH, EPOCHS = 224, 4, 30  # of the runs on CamVid
ASKED_DICE = 0.9  # on shapes
FIRST_NUMBER_S, CAMVID_S, SHAPES_S = 20.0, 180.0, 60.0
IGNORED = 11  # CamVid's value for what is unlabeled
_PATIENCE_S = 900.0
_FLIP = {"nodes": [{"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5}]}


def main(seeds: int = SEEDS) -> None:
    """Measure and print."""
    # As Ctrl-C does: those who wait for their turn must not be left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begun = time.monotonic()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # also into a pipe or a file
    data = os.environ.get("EXPLORER_TEST_DATA")
    if not data or not (Path(data) / "camvid").is_dir():
        raise SystemExit("Set EXPLORER_TEST_DATA to the folder that camvid/ is in.")
    machine()  # looked at once for all runs
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        os.environ["EXPLORER_HOME"], os.environ["EXPLORER_DATA_ROOTS"] = str(scratch / "home"), f"{data}:{scratch}"
        camvid = Path(data) / "camvid"
        _first_number(camvid)
        _speed(_copied(camvid, scratch / "copies"), scratch)
        _quality(camvid, scratch, seeds)
        run = _shapes(scratch)
        _counting(run)
        _memory()
    print(f"\nAll of it took {time.monotonic() - begun:.0f} s")


def _config(folder: Path, **changes: Any) -> RunConfig:
    spec = {"kind": "mask_folder", "path": str(folder), "ignore_index": IGNORED, "val_fraction": 0.34}
    values = {"dataset": spec, "pipeline": _FLIP, "image_size": SIZE, "batch_size": BATCH, "accelerator": "cpu"}
    return from_values(values | {"epochs": EPOCHS} | changes)


def _first_number(camvid: Path) -> None:
    """From the start of a run, as a page starts it, to its first step."""
    for name in ("nothing cached", "cached"):
        begun = time.time()
        paths = launcher.start(_config(camvid, epochs=1))
        first = _wait(paths, "step").time
        end_now(paths)
        print(f"Start to the first number, {name}: {first - begun:.1f} s (asked: less than {FIRST_NUMBER_S:.0f})")


def _speed(folder: Path, scratch: Path) -> None:
    """Images per second of ours to those of plain Lightning, the middle of the turns."""
    print(f"\nU-Net on EfficientNet-Lite0, {SIZE} px, batch {BATCH}, CamVid {COPIES} times; {TURNS} turns of an epoch")
    for frozen in (True, False):
        config = _config(folder, epochs=TURNS + 2, frozen=frozen)
        with tempfile.TemporaryDirectory(dir=scratch) as name, ExitStack() as stack:
            own = Path(name)  # marks and logs of this setting
            run, paths = run_of(config, own)
            stack.callback(run.end)
            run.run_to(1)
            plain = reference("plain_masks", _job(config, _wait(paths, "start"), own / "turns.txt"), own)
            stack.callback(plain.end)
            contenders = [run, plain]
            for turn in range(1, TURNS + 2):
                for contender in contenders:
                    contender.run_to(turn)
                contenders.reverse()
            _print_speed("encoder frozen" if frozen else "all layers", run, plain)


def _print_speed(what: str, run: Contender, plain: Contender) -> None:
    words = f"{what:16}"
    for part, mine, other in zip(("training", "epoch"), run.seconds(), plain.seconds(), strict=True):
        ratio = statistics.median(b / a for a, b in zip(mine[1:], other[1:], strict=False))
        each = [statistics.median(seconds[1:]) for seconds in (mine, other)]
        words += f"{part} {each[0]:.2f} s, plain {each[1]:.2f} s, {ratio:.2f} times as fast; "
    print(f"{words}asked: 0.98")


def _quality(camvid: Path, scratch: Path, seeds: int) -> None:
    """Print the best mean IoU of a run of the app and of the script, for each seed, with the seconds that each took."""
    print(f"\nMean IoU on CamVid, {EPOCHS} epochs of the defaults (asked: within {CAMVID_S:.0f} s, 0.02 of the script)")
    found: list[tuple[float, float]] = []
    for seed in range(seeds):
        config = _config(camvid, seed=seed)
        run, paths = run_of(config, scratch)
        took = _end(run)
        ours = max(_values(paths, "iou"))
        print(f"  seed {seed}: {ours:.3f} in {took:.0f} s, ", end="", flush=True)
        results = scratch / f"iou-{seed}.txt"
        plain = reference("plain_masks", _job(config, _wait(paths, "start"), results), scratch)
        plain_took = _end(plain)
        script = max(map(float, results.read_text().split()))
        found.append((ours, script))
        print(f"script {script:.3f} in {plain_took:.0f} s")
    mine, other = (statistics.mean(column) for column in zip(*found, strict=True))
    print(f"  mean: {mine:.3f}, script {other:.3f}, difference {mine - other:+.3f}")


def _shapes(scratch: Path) -> RunPaths:
    """The mean Dice on shapes, by the time since the start, with the settings that a run has by default; the run."""
    dataset = {"kind": "shapes", "learn": "masks"}
    config = from_values({"dataset": dataset, "pipeline": {}, "image_size": ShapesSpec.network_size})
    begun = time.time()
    run, paths = run_of(config, scratch)
    _end(run)
    found = [(float(event.values["dice"]), event.time - begun) for event in _epochs(paths)]
    print("\nShapes: mean Dice " + ", ".join(f"{value:.2f} after {seconds:.0f} s" for value, seconds in found))
    print(f"  asked: {ASKED_DICE} within {SHAPES_S:.0f} s")
    return paths


def _counting(run: RunPaths) -> None:
    """What counting adds to a validation, with random weights and with those of a run on shapes, at `SIZE` px."""
    config = loads(run.config.read_bytes())
    trained = network_of(config, read(run.best, bound_of(config)))
    larger = from_values({"dataset": config.dataset, "pipeline": {}, "image_size": SIZE})
    cases = {"random weights": random_case(SIZE), "trained on shapes": (trained, batch_of(larger), larger)}
    with one_thread():
        for name, case in cases.items():
            shares = ", ".join(f"{100 * counting_share(*case, each):.1f} % in {each}" for each in PRECISIONS)
            print(
                f"Counting beside network, loss and likeliest class, {name}: {shares} (asked: at most 5 %)", flush=True
            )


def _memory() -> None:
    """The peak of a run at 512 px, batches of 8, beside the form's estimate."""
    for frozen in (True, False):
        spec = {"kind": "shapes", "learn": "masks", "num_classes": 6, "train_images": 16, "val_images": 8}
        values = {"image_size": 512, "batch_size": 8, "epochs": 1, "frozen": frozen, "accelerator": "cpu"}
        config = from_values({"dataset": spec, "pipeline": {}} | values)
        found = machine()
        backbone = found.backbone(config.backbone)
        assert backbone is not None
        needed = estimate(config, train_images=16, val_images=8, backbone=backbone, device=found.devices[0]).memory
        peak = _peak(config)
        name = "encoder frozen" if frozen else "all layers"
        print(f"Memory at 512 px, batch 8, {name}: {peak / 1e9:.2f} GB, foretold {needed / 1e9:.2f} GB "
              f"({needed / peak:.2f}; asked: 0.75 to 1.25)", flush=True)  # fmt: skip


def _peak(config: RunConfig) -> int:
    """Bytes at the peak of a run in a process of its own."""
    paths = run_folder(config)
    # A child's peak memory (ru_maxrss) starts at the size of its parent, so a small process starts it.
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); " \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # fmt: skip
    command = [sys.executable, "-c", code, sys.executable, "-m", "explorer.training", str(paths.root)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return int(printed[-1]) * (1 if sys.platform == "darwin" else 1024)


def _copied(camvid: Path, folder: Path) -> Path:
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True)
        for file in sorted((camvid / part).iterdir()):
            for copy in range(COPIES):
                shutil.copy(file, folder / part / f"{copy}-{file.name}")
    return folder


def _job(config: RunConfig, start: Event, results: Path) -> MaskJob:
    """The same training for the script, with what the run has chosen for this machine."""
    data = config.dataset.open()
    return MaskJob(
        _files(data.train, config), _files(data.val, config), len(data.classes), IGNORED, config.image_size,
        config.batch_size, config.epochs, config.frozen,
        start.values["precision"], config.learning_rate, config.seed, int(start.number("threads")),
        int(start.number("workers")), str(results),
    )  # fmt: skip


def _files(split: Split, config: RunConfig) -> list[list[str]]:
    folder = Path(config.dataset.path)  # type: ignore[union-attr]
    images = {path.stem: path for path in (folder / "images").iterdir()}
    stems = [Path(name).stem for name in split.ids]
    return [[str(images[stem]), str(folder / "masks" / f"{stem}.png")] for stem in stems]


def _wait(paths: RunPaths, kind: str) -> Event:
    """The first event of a kind. Raises RuntimeError where there is none in time."""
    reader, deadline = EventReader(paths.events(1)), time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        for event in reader.read():
            if event.kind == kind:
                return event
        time.sleep(0.02)
    raise RuntimeError(f"no {kind}: {paths.log.read_text()[-2000:] if paths.log.exists() else 'no log'}")


def _end(contender: Contender) -> float:
    """Wait for its end; seconds since now. Raises RuntimeError where it fails or takes too long."""
    begun = time.monotonic()
    try:
        code = contender.process.wait(_PATIENCE_S)
    finally:
        contender.end()
    if code:
        raise RuntimeError(f"{contender.name} failed:\n{contender.log.read_text()[-3000:]}")
    return time.monotonic() - begun


def _values(paths: RunPaths, key: str) -> list[float]:
    return [float(event.values[key]) for event in _epochs(paths)]


def _epochs(paths: RunPaths) -> list[Event]:
    history = History(paths)
    history.read_on()
    return [epoch.event for epoch in history.epochs.values()]
