"""Results that are computed in a thread, shared by all sessions."""

import threading

from explorer.ui.study.latest import Latest


def test_a_study_says_that_it_is_computed_only_while_it_is_itself() -> None:
    latest, goes_on = Latest[int](), threading.Event()
    assert latest.get("other", 1, lambda: int(goes_on.wait(60))) is None
    assert latest.computes("other", 1)
    assert not latest.computes("this", 1)
    goes_on.set()
