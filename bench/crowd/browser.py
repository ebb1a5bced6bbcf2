"""The one session that is a real browser: from key press to painted, measured inside the page."""

import math
import random
import time

from playwright.sync_api import Page

from bench import preview
from bench.crowd.person import Cadence, keys

SUBJECT = next(subject for subject in preview.SUBJECTS if subject.name == "ours")
_WARM_UP = 2


class Visitor:
    """A page that is open, and the person before it."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._keys = page, keys()
        preview.open_page(page, url, SUBJECT)
        preview.focus(page, SUBJECT)
        for _ in range(_WARM_UP):
            self._press()

    def visit(self, seconds: float, cadence: Cadence) -> list[float | None]:
        """Milliseconds of each press; None where its image never came."""
        chance, end = random.Random(0), time.monotonic() + seconds
        times = []
        while time.monotonic() < end:
            self._page.wait_for_timeout(cadence.rest(chance) * 1000)
            for _ in range(cadence.burst - 1):
                self._page.keyboard.press(next(self._keys))
                self._page.wait_for_timeout(cadence.gap * 1000)
            times.append(self._press())
        return times

    def errors(self) -> list[str]:
        """What the page shows in red."""
        return [found.inner_text() for found in self._page.locator("[data-testid=stException], [kind=error]").all()]

    def _press(self) -> float | None:
        found = preview.press_key(self._page, SUBJECT, next(self._keys))
        return None if math.isinf(found) else found
