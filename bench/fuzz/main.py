"""The options of `python -m bench fuzz`, and its report."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import Any

from explorer.draw.limits import MEMORY
from scripts.server import PROJECT

COUNT, SEED, SECONDS = 20_000, 14, 0.4  # a request takes 25 ms of a core at the middle; one of 17 reaches the limit
_MOST = 40  # lines of what has ended a worker


def main(arguments: Sequence[str]) -> None:
    """Ask, and report. Exits with 1 where something died, was late, too large, or a mistake of ours."""
    options = _options(arguments)
    found = _played(options)
    if found is None:
        raise SystemExit("The process that plays the server has died: server deaths 1.")
    print(_report(found))
    if _failed(found):
        raise SystemExit(1)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench fuzz", description="Requests with extreme values.")
    parser.add_argument("count", type=int, nargs="?", default=COUNT, help="how many")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed asks for the same")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="the limit of each; one of 500 has 6 s")
    return parser.parse_args(arguments)


def _played(options: argparse.Namespace) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "bench.fuzz.server", *map(str, (options.count, options.seed, options.seconds))]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        # What albumentations warns of is wanted nowhere here, and there would be thousands of lines.
        environment = {**os.environ, "EXPLORER_HOME": scratch, "PYTHONWARNINGS": "ignore"}
        played = subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return dict(json.loads(played.stdout.splitlines()[-1])) if played.returncode == 0 else None


def _failed(found: dict[str, Any]) -> bool:
    deaths = found["templates"] - 1
    return bool(deaths or found["beyond"] or found["late"] or found["kinds"].get("broken"))


def _report(found: dict[str, Any]) -> str:
    kinds, count = found["kinds"], sum(found["kinds"].values())
    seconds, name, values = found["slowest"]
    return "\n".join(
        [
            f"{count} requests in {found['seconds']:.0f} s, {count / found['seconds']:.0f} a second",
            *(f"  {kinds[kind]:>6} {kind}" for kind in sorted(kinds, key=lambda kind: -kinds[kind])),
            f"server deaths 0, template deaths {found['templates'] - 1}, workers {found['workers']}",
            f"memory: the largest worker {_mb(found['largest'])}, beyond the limit of {_mb(MEMORY)} above its start "
            f"{found['beyond']}; template and workers together at most {_mb(found['together'])}",
            f"answered after the limit: at most {found['longest']:.2f} s, too late {len(found['late'])}",
            f"validation, in the server itself: {found['tried']} tried, {found['refused']} refused; the slowest took "
            f"{seconds * 1000:.0f} ms: {name} {values}",
            *_ended(found["ended"]),
            *(f"  late by {late:.1f} s: {name} {values}" for late, name, values in found["late"][:_MOST]),
            *found["words"][:3],
        ]
    )


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def _ended(ended: list[list[str]]) -> list[str]:
    """Each crash and each mistake; of the rest, how often it was which transform."""
    rare = [f"  {kind}: {name} {values}" for kind, name, values in ended if kind in ("crashed", "killed", "broken")]
    lines = ["what has crashed a worker, or was a mistake of ours:", *rare[:_MOST]] if rare else []
    for kind in ("time", "memory"):
        counted = Counter(name for found, name, _ in ended if found == kind)
        lines.append(f"{kind}: {', '.join(f'{name} {times}' for name, times in counted.most_common(_MOST)) or 'none'}")
    return lines
