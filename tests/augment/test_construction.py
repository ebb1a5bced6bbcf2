"""What albumentations warns of when a step is made is told of that step, and of no other."""

import threading
import warnings

from explorer.augment import catalog
from explorer.augment.checks import check_step


def test_a_warning_of_another_thread_is_not_taken_for_a_mistake_in_the_step() -> None:
    stop = threading.Event()

    def warn() -> None:
        while not stop.is_set():
            warnings.warn("from elsewhere", UserWarning, stacklevel=1)

    noisy = threading.Thread(target=warn)
    noisy.start()
    try:
        warned = [catalog.build("InvertImg", {})[1] for _ in range(300)]
    finally:
        stop.set()
        noisy.join()
    assert set(warned) == {()}


def test_a_warning_of_the_step_itself_is_still_told() -> None:
    _, warned = catalog.build("ShiftScaleRotate", {})
    assert warned
    assert check_step("ShiftScaleRotate", {}) == {}  # it is the same for all its parameters: advice, no mistake
