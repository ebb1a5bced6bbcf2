"""What the start says and does, on a real server."""

import time
from pathlib import Path

import pytest

from scripts.server import Server


def test_the_start_names_the_address_and_what_is_wrong_and_opens_a_browser_where_there_is_a_screen(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setenv("EXPLORER_KEEP_DAYS", "ninety")
    home.mkdir()
    server = Server(home, settings=["--server.headless", "false", "--server.showEmailPrompt", "false"])
    server.start()
    try:
        deadline = time.monotonic() + 20
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert opened.read_text().strip() == server.url
        said = server.log.read_text()
        assert f"Augmentation Explorer: {server.url}\nOnly this computer can open it." in said
        assert "EXPLORER_KEEP_DAYS='ninety' has to be a number of at least 1. Nothing old is cleared." in said
        assert "There is no login" not in said
    finally:
        server.kill()
