"""ONNX Runtime beside PyTorch: images per second of the same network on the same batches, on the processor.

The file is the one that a model package holds, as explorer/training/onnx_file.py writes it: pixels in, probabilities
out. PyTorch does the same, in its fastest memory format. Both have as many threads and take turns, so that whatever
else the machine does hits both alike. The process keeps freed memory, as that of a run does: without it, PyTorch takes
about twice as much of the processor, and ONNX Runtime, which has an allocator of its own, does not. On a busy machine
set OMP_WAIT_POLICY=passive: threads of PyTorch that wait would otherwise spin and count as work.
"""

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.runs.spec.config import RunConfig, from_values
from explorer.training import onnx_file
from explorer.training.memory import keep_freed_memory
from explorer.training.networks import Network, build
from explorer.training.weights import load

SIZE, BATCH, BATCHES = 224, 32, 4
Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
Seconds = tuple[float, float]  # by the clock, and of the processor


def compare(turns: int) -> None:
    """Take turns, and print images per second and the ratio."""
    if lacking := onnx_file.missing():
        print(f"ONNX Runtime is not compared: {lacking}")
        return
    keep_freed_memory()
    images = np.random.default_rng(0).integers(0, 256, (BATCH, SIZE, SIZE, 3), np.uint8)
    works = _works(images)
    seconds: dict[str, list[Seconds]] = {name: [] for name in works}
    order = list(works)
    for turn in range(turns + 1):
        for name in order:
            taken = _seconds(works[name], images)
            if turn:  # the first turn of each also plans and allocates
                seconds[name].append(taken)
        order.append(order.pop(0))
    _tell(seconds)


def _config() -> RunConfig:
    values = {"dataset": {"kind": "shapes"}, "pipeline": {"nodes": [], "streams": 2}, "backbone": "efficientnet-lite0"}
    return from_values(values | {"image_size": SIZE, "accelerator": "cpu", "precision": "32-true"})


def _works(images: NDArray[np.uint8]) -> dict[str, Predict]:
    config = _config()
    network = build(config, 2, load(config, lambda done, total: None)).eval()
    expected = _by_pytorch(network)(images)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.onnx"
        # It checks that both give the same probabilities.
        onnx_file.write(file, network, lambda outputs: outputs, None, images, expected)
        by_onnx = _by_onnx_runtime(file.read_bytes())
    return {"PyTorch": _by_pytorch(network), "ONNX Runtime": by_onnx}


def _by_pytorch(network: Network) -> Predict:
    fast = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def predict(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        pixels = torch.from_numpy(images).permute(0, 3, 1, 2)  # a view, which is in that format
        found: NDArray[np.float32] = fast(pixels).softmax(dim=1).numpy()
        return found

    return predict


def _by_onnx_runtime(model: bytes) -> Predict:
    import onnxruntime  # type: ignore[import-untyped]  # here: it is an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda images: session.run([onnx_file.OUTPUT], {onnx_file.INPUT: images})[0]


def _seconds(predict: Predict, images: NDArray[np.uint8]) -> Seconds:
    used, begun = _processor(), time.perf_counter()
    for _ in range(BATCHES):
        predict(images)
    return time.perf_counter() - begun, _processor() - used


def _processor() -> float:
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def _tell(seconds: dict[str, list[Seconds]]) -> None:
    threads = torch.get_num_threads()
    print(f"EfficientNet-Lite0, {SIZE} px, batch {BATCH}, {threads} threads, the network alone with its preprocessing")
    for name, found in seconds.items():
        clock, processor = (BATCH * BATCHES / statistics.median(column) for column in zip(*found, strict=True))
        print(f"  {name:18}{clock:8.1f} images/s, {processor:8.1f} images per second of the processor")
    for place, words in enumerate(("by the clock", "by the processor")):
        pairs = zip(seconds["PyTorch"], seconds["ONNX Runtime"], strict=True)
        ratios = [plain[place] / onnx[place] for plain, onnx in pairs]
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"  {words}: ONNX Runtime has {statistics.median(ratios):.2f} of the speed of PyTorch (turns {each})")
