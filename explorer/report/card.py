"""The model card of a run: data, augmentation, metrics with intervals, versions and use, in Markdown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from explorer.base.words import number
from explorer.metrics.table import EVERY
from explorer.report import numbers
from explorer.report.reported import CLASS_SCORES, Reported
from explorer.report.sections import in_words
from explorer.runs.record.packed import GOLDEN, ONNX, WEIGHTS, Packed
from explorer.runs.spec.config import RunConfig
from explorer.settings.rows import settings
from explorer.texts import Card as T

PREPROCESSING = "preprocess.py"
_MARKS = re.compile(r"([\\`*_\[\]<>|])")
_ONNX_CODE = f"""\
```python
import cv2
import onnxruntime

from preprocess import CLASSES, pixels

session = onnxruntime.InferenceSession("{ONNX}")
image = cv2.cvtColor(cv2.imread("photograph.jpg"), cv2.COLOR_BGR2RGB)
print(dict(zip(CLASSES, session.run(None, {{"images": pixels(image)[None]}})[0][0].tolist())))
```"""
_LABELS_CODE = f"""\
```python
import cv2
import onnxruntime

from preprocess import CLASSES, labels_of, pixels

session = onnxruntime.InferenceSession("{ONNX}")
image = cv2.cvtColor(cv2.imread("photograph.jpg"), cv2.COLOR_BGR2RGB)
probabilities = session.run(None, {{"images": pixels(image)[None]}})[0][0]
print(dict(zip(CLASSES, probabilities.tolist())), labels_of(probabilities))
```"""
_MASKS_CODE = f"""\
```python
import cv2
import onnxruntime

from preprocess import mask_of, pixels

session = onnxruntime.InferenceSession("{ONNX}")
image = cv2.cvtColor(cv2.imread("photograph.jpg"), cv2.COLOR_BGR2RGB)
probabilities = session.run(None, {{"images": pixels(image)[None]}})[0][0]
cv2.imwrite("mask.png", mask_of(probabilities, *image.shape[:2]))
```"""
_LIBRARIES = {
    "efficientnet-lite": "from efficientnet_lite_pytorch import EfficientNet",
    "efficientnet-b": "from efficientnet_pytorch import EfficientNet",
}
_WEIGHTS_CODE = f"""\
```python
import cv2
import torch
$library
from safetensors.torch import load_file

from preprocess import CLASSES, network_input

net = EfficientNet.from_name("$backbone", num_classes=$outputs, image_size=$size)
net.load_state_dict(load_file("{WEIGHTS}"))
net.eval()
image = cv2.cvtColor(cv2.imread("photograph.jpg"), cv2.COLOR_BGR2RGB)
with torch.no_grad():
    outputs = net(torch.from_numpy(network_input(image))[None])
print($probabilities)
```"""


def card(run: Reported, config: RunConfig, packed: Packed, called: str) -> str:
    """Return the card of a model whose files are described by `packed`, of a run that is called so."""
    parts = [
        T.HEADING.format(name=escaped(config.name or called)),
        _of(packed, T.LEAD, T.LEAD_MASKS, T.LEAD_LABELS).format(
            backbone=packed.backbone, count=len(packed.classes), size=packed.image_size, id=called,
            epoch=packed.epoch + 1,
        ),
        T.FILES, *_files(packed),
        T.USE, *_use(packed),
        T.METRICS, *_metrics(run, config, packed),
        T.DATA, *_data(run),
        T.PIPELINE, _pipeline(config),
        T.SETTINGS, table(T.SETTINGS_TABLE, ((one.label, one.value) for one in settings(config))),
        T.VERSIONS, table(T.VERSIONS_TABLE, ((str(name), str(value)) for name, value in run.identity.items())),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return a name so that Markdown shows it as it is, in one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


Kind = TypeVar("Kind")


def _of(packed: Packed, one: Kind, masks: Kind, labels: Kind) -> Kind:
    """What fits a network that gives one class, masks, or several labels."""
    return masks if packed.mask_values else labels if packed.thresholds else one


def _files(packed: Packed) -> Iterator[str]:
    there = [WEIGHTS, *([ONNX] if packed.onnx else []), PREPROCESSING, GOLDEN]
    words = T.FILE_WORDS | _of(packed, {}, T.FILE_WORDS_MASKS, T.FILE_WORDS_LABELS)
    yield table(T.FILES_TABLE, ((name, words[name]) for name in there))
    if packed.onnx is None:
        yield T.NO_ONNX.format(reason=escaped(packed.why_no_onnx))
    else:
        yield T.ONNX_CHECKED.format(images=packed.onnx.images, difference=packed.onnx.difference)


def _use(packed: Packed) -> Iterator[str]:
    yield T.CLASSES.format(names=", ".join(map(escaped, packed.classes)))
    if packed.mask_values:
        named = zip(packed.classes, packed.mask_values, strict=True)
        yield T.MASK_VALUES.format(values=", ".join(f"{escaped(name)} {value}" for name, value in named))
    if packed.thresholds:
        limits = zip(packed.classes, packed.thresholds, strict=True)
        yield T.THRESHOLDS.format(values=", ".join(f"{escaped(name)} {value:.3g}" for name, value in limits))
    if packed.onnx is not None:
        yield T.USE_ONNX
        yield _of(packed, _ONNX_CODE, _MASKS_CODE, _LABELS_CODE)
    if packed.mask_values:
        yield T.UNET_WEIGHTS
        return
    library = next((line for start, line in _LIBRARIES.items() if packed.backbone.startswith(start)), None)
    if library is not None:
        function = "sigmoid()" if packed.thresholds else "softmax(1)"
        several = f"dict(zip(CLASSES, outputs.{function}[0].tolist()))"
        odds = "outputs.sigmoid().item()" if packed.outputs == 1 else several
        filled = {
            "library": library, "backbone": packed.backbone, "outputs": packed.outputs, "size": packed.image_size,
            "probabilities": odds,
        }  # fmt: skip
        yield T.USE_WEIGHTS
        yield re.sub(r"\$(\w+)", lambda found: str(filled[found[1]]), _WEIGHTS_CODE)
    if packed.outputs == 1:
        yield T.ONE_OUTPUT.format(positive=escaped(packed.classes[1]))


def _metrics(run: Reported, config: RunConfig, packed: Packed) -> Iterator[str]:
    if run.best is None or run.best.epoch != packed.epoch or not run.scores:
        yield T.NO_METRICS
        return
    images = _images(run)
    yield T.METRICS_OF.format(images=f"{images:,}", epoch=run.best.number, monitor=EVERY[config.monitor].title)
    rows = []
    for key, found in run.scores.items():
        value = T.UNDEFINED.format(why=found.why) if found.value is None else number(found.value)
        low, high = found.low, found.high
        interval = T.NONE if low is None or high is None else f"{number(low)} – {number(high)}"
        rows.append((EVERY[key].title, value, interval))
    yield table(T.METRICS_TABLE, rows)
    per_class = numbers.per_class(run)
    yield table(
        T.CLASS_TABLES[run.task],
        (
            (name, *(f"{row[key]:,}" for key in ("images", "pixels") if key in row), *_values(run, row))
            for name, row in zip(packed.classes, per_class, strict=False)
        ),
    )


def _values(run: Reported, row: Mapping[str, Any]) -> list[str]:
    """The values of a class, in words."""
    return [T.NONE if row[key] is None else in_words(row[key]) for key in CLASS_SCORES[run.task].values()]


def _images(run: Reported) -> int:
    """How many validation images its counts are of."""
    if run.record is None:
        return 0
    return run.record.counted if run.record.pixels is None else len(run.record.pixels)


def _data(run: Reported) -> Iterator[str]:
    start = run.snapshot.start
    counts = [f"{start.number(name):,.0f}" if start else T.NONE for name in ("train_images", "val_images")]
    yield T.DATA_LINE.format(name=escaped(run.summary.dataset), train=counts[0], val=counts[1])
    if digest := run.identity.get("contents"):
        yield T.DATA_HASH.format(digest=digest)


def _pipeline(config: RunConfig) -> str:
    if not config.pipeline.nodes:
        return T.NO_STEPS
    from explorer.augment.exchange import FORMS  # here: it imports albumentations, which takes seconds

    return f"```python\n{FORMS['Python'].write(config.pipeline, False, False).rstrip()}\n```"
