"""Images of every format that is read, damaged at random, and read as data sets, masks and measurements read them."""

import io
import os
import random
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.damaged.annotations import LATE_S, Outcomes
from bench.damaged.damage import cut_off, damaged
from explorer.base.names import ShownError
from explorer.data import stored
from explorer.data.images import decode, decode_mask
from explorer.data.overview import look

_CHUNK = 250  # tries in one process: a native crash ends the process, and is counted once
_SIZE = (37, 29)  # px


def whole() -> dict[str, bytes]:
    """An intact image of each kind, by a name with the suffix of its format."""
    generator = np.random.default_rng(0)
    colors = Image.fromarray(generator.integers(0, 256, (*_SIZE[::-1], 3), np.uint8))
    alpha = Image.fromarray(generator.integers(0, 256, (*_SIZE[::-1], 4), np.uint8))
    deep = Image.fromarray(generator.integers(0, 4096, _SIZE[::-1], np.uint16))
    fractions = Image.fromarray(generator.random(_SIZE[::-1], np.float32))
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds: Mapping[str, tuple[Image.Image, Mapping[str, Any]]] = {
        "plain.jpg": (colors, {}),
        "progressive.jpg": (colors, {"progressive": True, "exif": exif}),
        "cmyk.jpg": (colors.convert("CMYK"), {}),
        "plain.png": (colors, {}),
        "alpha.png": (alpha, {}),
        "deep.png": (deep, {}),
        "palette.png": (colors.convert("P"), {"transparency": 3}),
        "animated.png": (alpha, {"save_all": True, "append_images": [alpha.rotate(180)]}),
        "plain.webp": (colors, {}),
        "lossless.webp": (alpha, {"lossless": True}),
        "animated.gif": (colors.convert("P"), {"save_all": True, "append_images": [colors.convert("P")]}),
        "plain.bmp": (colors, {}),
        "deflated.tif": (colors, {"compression": "tiff_adobe_deflate"}),
        "deep.tif": (deep, {}),
        "fractions.tif": (fractions, {}),
        "plain.avif": (colors, {}),
        "plain.jp2": (colors, {}),
        "plain.ppm": (colors, {}),
        "plain.pcx": (colors, {}),
        "plain.sgi": (colors, {}),
        "plain.ico": (alpha, {"sizes": [(16, 16)]}),
        "plain.tga": (colors, {}),
        "plain.dib": (colors, {}),
    }
    return {name: _saved(image, name, options) for name, (image, options) in kinds.items()}


def _saved(image: Image.Image, name: str, options: Mapping[str, Any]) -> bytes:
    content = io.BytesIO()
    image.save(content, Image.registered_extensions()[Path(name).suffix], **options)
    return content.getvalue()


def tried(count: int, seed: int) -> Outcomes:
    """Damage images one after the other, so many times, and read each; in processes of their own."""
    outcomes = Outcomes()
    for start in range(0, count, _CHUNK):
        with ProcessPoolExecutor(1, initializer=_quiet) as pool:
            try:
                found = pool.submit(chunk, min(_CHUNK, count - start), seed + start).result()
            except BrokenProcessPool:
                outcomes.kinds["crashed"] += 1
                outcomes.crashed.append(f"a process ended in the {_CHUNK} tries from {start:,} on")
                continue
        outcomes.kinds.update(found.kinds)
        outcomes.crashed += found.crashed
        outcomes.late += found.late
    return outcomes


def _quiet() -> None:
    """Let decoders say on no output what they find in thousands of damaged files."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def chunk(count: int, seed: int) -> Outcomes:
    """The same in this process."""
    chance, outcomes, kinds = random.Random(seed), Outcomes(), list(whole().items())
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(count):
            name, content = kinds[number % len(kinds)]
            file = Path(scratch, name)
            # Half of them are only cut off, which is what people meet most; the others may be anything.
            file.write_bytes((cut_off if chance.random() < 0.3 else damaged)(content, chance))
            begun = time.process_time()
            outcomes.kinds[_read(file, outcomes)] += 1
            if (took := time.process_time() - begun) > LATE_S:
                outcomes.late.append(f"{name}: {took:.1f} s")
    return outcomes


def _read(file: Path, outcomes: Outcomes) -> str:
    """Read a file in all ways. What the measurements say must be what decoding says."""
    ways: tuple[Callable[[], object], ...] = (
        lambda: decode(file, file.name),
        lambda: decode_mask(file, file.name),
        lambda: stored.read_size(file),
        lambda: stored.glance(file, file.name),
    )
    refused = []
    try:
        for way in ways:
            try:
                way()
            except ShownError:
                refused.append(way)
        measured = look.at_file(file, file.name)
        assert bool(measured.trouble) == (ways[0] in refused), f"measured: {measured.trouble or 'fine'}"
    except Exception:  # noqa: BLE001 - whatever it is, it is counted
        outcomes.crashed.append(f"{file.name}: {traceback.format_exc(limit=-4)}")
        return "crashed"
    return "refused with words" if ways[0] in refused else "read"
