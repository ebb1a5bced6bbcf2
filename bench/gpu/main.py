"""`python -m bench gpu`: whether training on this computer's GPU is right, and how fast it is. Takes under 5 minutes.

Trains EfficientNet-Lite0 for two epochs on generated images, as a page would start it, in each precision that the
device offers, with the backbone frozen and with all layers. Checked are

- the training loss, the validation loss and the AUROC of each epoch, against the same run on the processor;
- that a run which was stopped after its first step and resumed ends as on the processor, and so as one that was not;
- ddp, with half of the batch on each GPU, where there are two;
- that the run took no more of the GPU's memory than the form would have said.

Images per second are those of the second epoch, beside plain Lightning of equal work; they are not judged. Dropout is
off, since each device draws it from a generator of its own. Nothing is downloaded.

`python -m bench gpu --rehearse` does the same on the processor, with fewer and smaller images. Exits with 0 where all
checks hold, with 1 where one does not, and with 2 where there is no GPU.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.gpu.table import Table
from bench.gpu.trained import Trained, train, train_with_a_break
from bench.train import pictures
from bench.train.contenders import config_of, reference
from bench.train.job import Job
from explorer.runs.machine.machine import DeviceInfo, Machine, machine
from explorer.runs.spec.config import RunConfig, from_values
from explorer.training.ranks import RANKS_VARIABLE

EPOCHS, BATCH, RATE = 2, 32, 1e-3
SIDE, TRAIN_IMAGES, VAL_IMAGES = 160, 480, 160  # px, and how many
REHEARSED = 96, 160, 64


def main(arguments: Sequence[str]) -> None:
    """Train, compare and print."""
    parser = argparse.ArgumentParser(prog="python -m bench gpu", description="Checks training on a GPU.")
    parser.add_argument("--rehearse", action="store_true", help="do all of it on the processor, without a GPU")
    rehearse: bool = parser.parse_args(arguments).rehearse
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended."))  # else the run that trains would go on
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = str(Path(scratch) / "home")
        found = machine()
        table = Table(found, device_of(found, rehearse=rehearse))
        _introduce(table, rehearse=rehearse)
        table.head()
        _fill(table, Path(scratch))
    print(f"\n{time.monotonic() - begun:.0f} s.", "Not all checks hold:" if table.failed else "All checks hold.")
    print(*table.failed, sep="\n")
    if table.failed:
        raise SystemExit(1)


def device_of(found: Machine, *, rehearse: bool) -> DeviceInfo:
    """The GPU to check, or the processor for a rehearsal. Where there is no GPU, says so and exits with 2."""
    wanted = ("cpu",) if rehearse else ("gpu", "mps")
    devices = [device for device in found.devices if device.accelerator in wanted]
    if not devices:
        print(
            f"There is no GPU here that torch {found.torch} can use, so nothing was checked. "
            "`python -m bench gpu --rehearse` does the same on the processor.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    return devices[0]


def _introduce(table: Table, *, rehearse: bool) -> None:
    for device in table.found.devices:
        memory = "memory not known" if device.memory_gb is None else f"{device.memory_gb} GB"
        print(f"{device.accelerator}: {device.name}, {memory}")
    if rehearse:
        print("This is a rehearsal on the processor, with fewer and smaller images. It has no columns of GPU memory,")
        print("and says nothing about a GPU.")
    print(f"torch {table.found.torch}; EfficientNet-Lite0, {EPOCHS} epochs, batch {BATCH}.")
    print("Losses and AUROC: the largest difference of an epoch to the processor in 32-true.\n", flush=True)


def _fill(table: Table, scratch: Path) -> None:
    """Train everything; a row for each run."""
    device, processor = table.device, table.found.device("cpu")
    side, train_images, val_images = REHEARSED if device == processor else (SIDE, TRAIN_IMAGES, VAL_IMAGES)
    folder = pictures.generated(scratch / "pictures", train_images, val_images)
    assert processor is not None  # every computer has one
    for frozen, layers in ((True, "frozen"), (False, "all layers")):
        job = Job(str(folder), side, BATCH, EPOCHS, frozen, "32-true", RATE)
        expected = train(_config(job), processor)
        table.add(f"{layers}, processor", expected)
        job = replace(job, accelerator=device.accelerator)
        for precision in [precision.name for precision in device.precisions if precision.offered]:
            mixed = replace(job, precision=precision)
            trained = train(_config(mixed), device)
            table.add(f"{layers}, {precision}", trained, expected, _plain(mixed, trained, scratch))
        table.add(f"{layers}, stopped, resumed", train_with_a_break(_config(job), device), expected)
        if frozen:  # all layers would differ: batch norm takes its statistics from the part of a batch that it sees
            _add_ddp(table, job, expected)


def _add_ddp(table: Table, job: Job, expected: Trained) -> None:
    """Two processes with half of the batch each see the batches that one process sees."""
    gpus = [gpu.index for gpu in table.found.gpus()][:2]
    half = replace(job, batch_size=job.batch_size // 2)
    if job.accelerator == "cpu":
        os.environ[RANKS_VARIABLE] = "2"
        table.add("frozen, ddp of two", train(_config(half), table.device), expected)
        del os.environ[RANKS_VARIABLE]
    elif len(gpus) == 2:
        table.add("frozen, ddp of two", train(_config(half, gpus=gpus), table.device), expected)
    else:
        print("ddp was not tried: it needs two GPUs.")


def _config(job: Job, **more: Any) -> RunConfig:
    same = {"epochs": job.epochs, "dropout": 0.0, "drop_connect": 0.0}
    return from_values(config_of(job).model_dump() | same | more)


def _plain(job: Job, trained: Trained, scratch: Path) -> float | None:
    """Training images per second of the plain script in its last epoch; None where the run did not get that far."""
    if trained.start is None:
        return None
    workers, threads = (int(trained.start.number(name)) for name in ("workers", "threads"))
    alike = replace(job, workers=workers, threads=threads)
    script = reference("plain", alike, Path(tempfile.mkdtemp(dir=scratch)))
    try:
        if script.process.wait() != 0:
            raise RuntimeError(f"The plain script has failed:\n{script.log.read_text()[-3000:]}")
        return len(job.files("train")) / script.seconds()[0][-1]
    finally:
        script.end()
