"""Memory of the server with its drawing processes: idle, with pages open and used, and after they were closed."""

import io
import time

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Browser, Page

from scripts.browsing import app_and_browser
from scripts.server import Server

PAGES = 4
DRAWS = 15
SETTLE_S = 14  # longer than the app waits before it gives memory back
CLOSED_S = 45  # longer than a closed session is remembered
MEGAPIXELS = (6000, 4000)


def main() -> None:
    """Measure and print."""
    with app_and_browser() as (server, browser):
        _use(browser, server).close()  # everything is imported, and caches hold what they hold
        idle = _settled(server, CLOSED_S)
        pages = [_use(browser, server) for _ in range(PAGES)]
        opened = _settled(server, SETTLE_S)
        large = _upload(browser, server)
        with_large = _settled(server, SETTLE_S)
        for page in (*pages, large):
            page.close()
        _use(browser, server).close()  # closed sessions are let go when another one ends
        closed = _settled(server, CLOSED_S)
    print(f"\nmemory (proportional set size) of the server with what draws, {PAGES} pages with {DRAWS} draws each")
    print(f"{'idle':32}{idle:>7.0f} MB")
    print(f"{'each open page above idle':32}{(opened - idle) / PAGES:>7.1f} MB")
    print(f"{'a page with a 24 megapixel upload':32}{with_large - opened:>6.1f} MB")
    print(f"{'all closed, above idle':32}{closed - idle:>7.1f} MB")


def _settled(server: Server, seconds: float) -> float:
    time.sleep(seconds)
    process = psutil.Process(server.pid)
    return sum(each.memory_full_info().pss for each in (process, *process.children(recursive=True))) / 1e6


def _use(browser: Browser, server: Server) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(server.url)
    page.locator("[data-testid=preview][data-painted]").wait_for()
    if page.get_by_role("switch", name="Play").is_checked():
        page.get_by_text("Play", exact=True).click()
    _draw(page, DRAWS)
    return page


def _draw(page: Page, times: int) -> None:
    seed = page.get_by_role("spinbutton", name="Seed")
    for _ in range(times):
        old = seed.input_value()
        page.get_by_role("button", name="Next").click()
        while seed.input_value() == old:
            page.wait_for_timeout(20)


def _upload(browser: Browser, server: Server) -> Page:
    page = _use(browser, server)
    page.get_by_role("combobox", name="Image").click()
    page.get_by_role("option", name="Your own image").click()
    content = io.BytesIO()
    tiles = np.random.default_rng(0).integers(0, 256, (MEGAPIXELS[1] // 100, MEGAPIXELS[0] // 100, 3), np.uint8)
    Image.fromarray(np.kron(tiles, np.ones((100, 100, 1), np.uint8))).save(content, "JPEG")
    file = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(file)
    page.get_by_role("button", name="Full resolution").click(timeout=30_000)
    page.get_by_role("button", name="Back to the copy").click(timeout=60_000)
    _draw(page, DRAWS)
    return page
