"""A trained network as an ONNX file that takes pixels and gives probabilities, and its check against the network.

The packages `onnx` and `onnxruntime` are an extra: see requirements-onnx.txt.
"""

import importlib.util
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from typing_extensions import override

from explorer.augment.network_input import validation_image
from explorer.augment.pipeline import Pipeline, scaling_step
from explorer.base.atomic import write_bytes_atomic
from explorer.data.sample import Sample
from explorer.runs.record.packed import OnnxFile
from explorer.training.networks import Network

MOST_DIFFERENT = 1e-4  # of two probabilities; more than the rounding of 32-bit sums in another order
INPUT, OUTPUT = "images", "probabilities"
_OPSET = 18
_PACKAGES = ("onnx", "onnxruntime")


class OnnxError(ValueError):
    """The ONNX file cannot be written, or gives other probabilities; the message says why."""


def missing() -> str:
    """Words about packages that are not installed; "" where ONNX files can be written."""
    lacking = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if not lacking:
        return ""
    return f"{' and '.join(lacking)} not installed: pip install -r requirements-onnx.txt"


@dataclass(frozen=True)
class Scaling:
    """What the last step of a pipeline makes of pixels: pixel * factor + shift by channel."""

    factor: tuple[float, ...]
    shift: tuple[float, ...]


def scaling_of(pipeline: Pipeline, image: NDArray[np.uint8]) -> Scaling | None:
    """Measure how a pipeline that ends with Normalize or ToFloat scales pixels; None if it ends with no such step.

    Args:
        pipeline: Of the run.
        image: (S, S, 3), a real image that the measured scaling is checked with.

    Raises:
        OnnxError: The step scales each image in its own way, which one graph cannot do.
    """
    if scaling_step(pipeline) is None:
        return None
    black = validation_image(Sample(np.zeros((8, 8, 3), np.uint8)), pipeline)[0, 0]
    white = validation_image(Sample(np.full((8, 8, 3), 255, np.uint8)), pipeline)[0, 0]
    found = Scaling(tuple(map(float, (white - black) / 255)), tuple(map(float, black)))
    expected = image * np.array(found.factor, np.float32) + np.array(found.shift, np.float32)
    if not np.allclose(validation_image(Sample(image), pipeline), expected, atol=1e-4):
        raise OnnxError("the pipeline scales each image by its own values, which cannot be written into the graph")
    return found


class _WithScaling(nn.Module):
    """(N, S, S, 3) uint8 RGB pixels -> (N, C) probabilities."""

    factor: Tensor
    shift: Tensor

    def __init__(self, network: Network, answer: Callable[[Tensor], Tensor], scaling: Scaling | None) -> None:
        super().__init__()
        self._network, self._answer = network, answer
        self._scales = scaling is not None
        for name, values in (("factor", scaling and scaling.factor), ("shift", scaling and scaling.shift)):
            self.register_buffer(name, torch.tensor(values or (0.0,) * 3).view(3, 1, 1))

    @override
    def forward(self, images: Tensor) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        # A network takes floats as fractions of 255, which is what a pipeline's own scaling makes.
        scaled = pixels * self.factor + self.shift if self._scales else pixels / 255
        return self._answer(self._network(scaled))


def write(
    target: Path,
    network: Network,
    answer: Callable[[Tensor], Tensor],
    scaling: Scaling | None,
    images: NDArray[np.uint8],
    expected: NDArray[np.float32],
) -> OnnxFile:
    """Write a network with its preprocessing and its probabilities, and check it on real images.

    Args:
        target: The file.
        network: In evaluation mode.
        answer: Outputs of the network -> probabilities of the classes.
        scaling: The pipeline's own, from `scaling_of`.
        images: (N, S, S, 3) RGB, at least one.
        expected: (N, C), the probabilities that the network itself gives.

    Raises:
        OnnxError: A package is missing, the network cannot be written, or ONNX Runtime computes something else.
        OSError: The file cannot be written.
    """
    if lacking := missing():
        raise OnnxError(lacking)
    _make_exportable(network)
    with tempfile.TemporaryDirectory() as place:
        content = _exported(_WithScaling(network, answer, scaling).eval(), images[:1], Path(place) / "model.onnx")
    difference = float(np.abs(probabilities(content, images) - expected).max())
    if not difference <= MOST_DIFFERENT:
        raise OnnxError(f"ONNX Runtime gives other probabilities than PyTorch, by up to {difference:.2g}")
    write_bytes_atomic(target, content)
    return OnnxFile(images=len(images), difference=difference)


def _exported(module: nn.Module, images: NDArray[np.uint8], file: Path) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter, about itself and about sizes that are fixed here
            torch.onnx.export(
                module,
                (torch.from_numpy(images),),
                file,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_axes={INPUT: {0: "count"}, OUTPUT: {0: "count"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except RuntimeError as error:
        raise OnnxError(f"the network cannot be written ({str(error).splitlines()[0]})") from error
    return file.read_bytes()


def _make_exportable(network: Network) -> None:
    """Replace the swish that saves memory in training, and is no operation of ONNX, by PyTorch's own.

    EfficientNet's own `set_swish` is of no use: it would also replace the ReLU6 of the lite networks.
    """
    for module in list(network.modules()):
        for name, child in module.named_children():
            if type(child).__name__ == "MemoryEfficientSwish":
                setattr(module, name, nn.SiLU())


def probabilities(model: bytes, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what ONNX Runtime computes: (N, S, S, 3) RGB -> (N, C)."""
    import onnxruntime  # type: ignore[import-untyped]  # here: it is an extra

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (found,) = session.run([OUTPUT], {INPUT: images})
    return np.asarray(found, np.float32)
