"""What breaks an installation, found before anything heavy is imported: from what is noted of the packages alone.

pip does not keep packages apart that hold the same module, nor builds that do not fit together: what then fails at its
import names something else.
"""

import functools
import re
from collections.abc import Iterator
from importlib import metadata

# Packages that hold the module cv2, besides the one that is required: whichever was installed last has overwritten it.
_OTHER_CV2 = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
_CV2 = "opencv-python-headless"
_COMPROMISED = ("2.6.2", "2.6.3")  # releases of Lightning that stole credentials, and were withdrawn


@functools.cache
def problems() -> tuple[str, ...]:
    """What stands in the way, a sentence or two each with what to do; empty for an installation that works.

    Looked at once for each process: what is installed into it later does not reach it.
    """
    return (*_torchvision(), *_cv2(), *_lightning(), *_albumentations())


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _torchvision() -> Iterator[str]:
    torch, torchvision = _version("torch"), _version("torchvision")
    if torch is None or torchvision is None:
        return
    (number, build), (_, build_of_vision) = _parts(torch), _parts(torchvision)
    wanted = _torch_of_torchvision()
    other_number = wanted is not None and wanted != number
    if other_number or (build == "cpu" and build_of_vision != "cpu"):
        why = f"is for torch {wanted}" if other_number else "is not the CPU build"
        yield (
            f"torchvision {torchvision} {why}, but torch {torch} is installed: PyTorch Lightning and transformers fail "
            "with “operator torchvision::nms does not exist”. Nothing here needs torchvision. "
            "Remove it: python -m pip uninstall torchvision"
        )


def _parts(version: str) -> tuple[str, str]:
    """2.13.0+cpu -> 2.13.0, cpu."""
    number, _, build = version.partition("+")
    return number, build


def _torch_of_torchvision() -> str | None:
    """The version of torch that torchvision was built for; None where it does not say."""
    for requirement in metadata.requires("torchvision") or ():
        if found := re.fullmatch(r"torch\s*\(?==\s*([0-9.]+)[^;]*", requirement.strip()):
            return found[1]
    return None


def _cv2() -> Iterator[str]:
    own = _version(_CV2)
    others = [f"{name} {version}" for name in _OTHER_CV2 if (version := _version(name))]
    if own is None or not others:
        return
    names = " ".join(one.split()[0] for one in others)
    yield (
        f"{' and '.join(others)} and {_CV2} {own} hold the same module, cv2, and have overwritten each other's files. "
        f"Keep one: python -m pip uninstall {names} {_CV2}, then python -m pip install {_CV2}=={own}"
    )


def _lightning() -> Iterator[str]:
    for package in ("pytorch-lightning", "lightning"):
        if (version := _version(package)) in _COMPROMISED:
            yield (
                f"{package} {version} is a compromised release that steals passwords and keys. Remove it, install "
                "another version (python -m pip install pytorch-lightning==2.6.6), and replace the keys that this "
                "computer holds."
            )


def _albumentations() -> Iterator[str]:
    other = _version("albumentationsx")
    if other is None:
        return
    yield (
        f"albumentationsx {other} holds the same module as albumentations, and has overwritten its files. Keep "
        "albumentations: python -m pip uninstall albumentationsx albumentations, then python -m pip install "
        "albumentations==2.0.8"
    )
