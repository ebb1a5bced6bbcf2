"""Runs exported pipelines with nothing but albumentations at hand: `python child.py FOLDER`, a line for what differs.

A case is NAME.py with NAME.npz (inputs and expected outputs) and NAME.json (what is handed over with the call).
"""

import json
import random
import runpy
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

TARGETS = ("image", "mask", "bboxes", "keypoints")


def given(value: Any, arrays: Any) -> Any:
    """JSON values, with {"array": name} as that array."""
    if isinstance(value, dict):
        return arrays[value["array"]] if "array" in value else {k: given(v, arrays) for k, v in value.items()}
    return [given(part, arrays) for part in value] if isinstance(value, list) else value


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    for case in sorted(folder.glob("*.py")):
        arrays = np.load(case.with_suffix(".npz"), allow_pickle=False)
        extra = {
            name: given(value, arrays) for name, value in json.loads(case.with_suffix(".json").read_text()).items()
        }
        transform = runpy.run_path(str(case))["transform"]
        generator = np.random.default_rng([3, 0, 0])
        transform.set_random_state(generator, random.Random(int(generator.integers(2**63))))
        result = transform(**{name: arrays[f"in_{name}"] for name in TARGETS if f"in_{name}" in arrays}, **extra)
        for name in TARGETS:
            if f"out_{name}" in arrays and not np.array_equal(np.asarray(result[name]), arrays[f"out_{name}"]):
                print(f"{case.stem}: {name} differs")
    assert not any(name.partition(".")[0] == "explorer" for name in sys.modules)
    print("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
