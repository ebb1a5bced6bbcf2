"""Benchmarks that are made of parts: the words of a command choose some of them, and a number says how much is done."""

import sys
from collections.abc import Callable, Mapping


def run(parts: Mapping[str, Callable[..., None]], words: list[str]) -> None:
    """Run the parts that are named, or all, each with the first number if there is one."""
    numbers = [int(word) for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()] or list(parts)
    if unknown := [name for name in names if name not in parts]:
        sys.exit(f"There is no part {', '.join(unknown)}. Choose: {', '.join(parts)}.")
    for name in names:
        parts[name](*numbers[:1])
        print(flush=True)
