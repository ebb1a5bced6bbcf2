"""Values that are computed in threads while the page goes on."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from explorer.ui.evidence.later import Later


def wait_for(later: Later[int], compute: Callable[[], int]) -> int:
    while (found := later.get(compute, compute)) is None:
        pass
    return found


def test_a_value_comes_and_an_error_is_raised() -> None:
    later: Later[int] = Later()
    assert wait_for(later, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        wait_for(later, lambda: 1 // 0)
    assert not later.computing


def test_the_server_ends_while_values_are_computed() -> None:
    code = (
        "import threading\n"
        "from explorer.ui.evidence.later import Later\n"
        "later, never = Later(), threading.Event()\n"
        "print([later.get(key, never.wait) for key in range(3)])\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "[None, None, None]\n"
