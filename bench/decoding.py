"""Memory that decoding takes, per pixel and format: what explorer.data.limits is made of."""

import io
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import explorer

_SIDE = 4000  # px


def _files(folder: Path) -> list[Path]:
    grey = np.zeros((_SIDE, _SIDE), np.uint8)
    grey[::7, ::11] = 200
    rgb, rgba = np.dstack([grey, grey // 2, grey]), np.dstack([grey, grey // 2, grey, 255 - grey])
    for name in ("rgb.jpg", "rgb.png", "rgb.tif", "rgb.bmp", "rgb.webp", "rgb.avif", "rgb.jp2", "rgb.ppm", "rgb.tga"):
        Image.fromarray(rgb).save(folder / name)
    for name in ("rgba.png", "rgba.webp", "rgba.avif", "rgba.jp2"):
        Image.fromarray(rgba).save(folder / name)
    Image.fromarray(rgb).save(folder / "progressive.jpg", progressive=True, subsampling=0)
    Image.fromarray(grey.astype(np.float32)).save(folder / "float.tif")
    Image.fromarray(grey.astype(np.uint16) * 257).save(folder / "16 bits.png")
    for name, colors in (("16 bits RGB.png", rgb), ("16 bits RGBA.png", rgba), ("16 bits RGB.tif", rgb)):
        cv2.imwrite(str(folder / name), colors.astype(np.uint16) * 257)
    return sorted(folder.iterdir())


def _measure(file: Path) -> None:
    from explorer.data import images

    tiny = io.BytesIO()
    Image.new("RGB", (8, 8)).save(tiny, "PNG")
    images.decode(tiny.getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    images.decode(file)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(f"{file.name:20} {file.stat().st_size / 1e6:6.1f} MB  {peak / _SIDE**2:5.1f} bytes per pixel")


def main() -> None:
    """Each file in a process of its own, whose peak is its own."""
    with tempfile.TemporaryDirectory() as folder:
        for file in _files(Path(folder)):
            command = [sys.executable, "-m", "bench.decoding", str(file)]
            subprocess.run(command, check=True, env=explorer.child_environment())


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
