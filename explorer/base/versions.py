"""Versions of installed packages."""

import functools
from importlib import metadata


@functools.cache
def version(package: str) -> str | None:
    """Return the version of an installed package; None where it is not installed.

    Read once in each process: it takes milliseconds, since all that is noted of a package is parsed, and what is
    installed later does not reach a process that has imported the package.
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
