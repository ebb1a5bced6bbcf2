"""A memory limit for a process, so that the system itself kills it when it asks for more; on Linux as root."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_VERSIONS = ((_ROOT / "memory", "memory.limit_in_bytes"), (_ROOT, "memory.max"))


class NoMemoryLimit(RuntimeError):
    """None may be set here."""


@contextlib.contextmanager
def memory_limit(pid: int, megabytes: int) -> Iterator[None]:
    """Let a process take so much more memory than it has, until the block ends. Raises NoMemoryLimit."""
    for root, name in _VERSIONS:
        group = root / f"explorer-{pid}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / name).write_text(str(megabytes * 1_000_000))
            (group / "cgroup.procs").write_text(str(pid))
        except OSError:
            group.rmdir()
            continue
        try:
            yield
        finally:
            for member in (group / "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    (root / "cgroup.procs").write_text(member)
            with contextlib.suppress(OSError):
                group.rmdir()
        return
    raise NoMemoryLimit("no group with a memory limit may be made here")
