"""Find a Chromium that starts, or install one: `python -m scripts.chromium` prints its path.

Order: EXPLORER_CHROMIUM; chromium or google-chrome on PATH or among macOS's applications; playwright's own download;
apt on Debian. A browser counts as found only when it has opened a page: Ubuntu's `chromium` may be a stub that asks for
a snap, and a download may lack system libraries.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPLICATIONS = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = """\
No Chromium that starts was found, so nothing can be tried in a browser.
Debian:          sudo apt-get install chromium
Ubuntu, others:  .venv/bin/python -m playwright install --with-deps chromium
macOS:           .venv/bin/python -m playwright install chromium
Or name one:     EXPLORER_CHROMIUM=/path/to/chrome make test"""


class NoChromium(RuntimeError):
    """No browser could be started; the message says what was tried and what to do."""


def candidates(playwright: Playwright) -> Iterator[str]:
    """Paths that may be a Chromium, best first. What EXPLORER_CHROMIUM names is the only one where it is set."""
    named = os.environ.get("EXPLORER_CHROMIUM")
    if named:
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / name) for name in MAC_APPLICATIONS if (folder / name).exists())
    own = playwright.chromium.executable_path
    if Path(own).exists():
        yield own


def launch(playwright: Playwright) -> tuple[Browser, str]:
    """A running headless browser and the path of its program. Raises NoChromium."""
    tried = []
    for path in candidates(playwright):
        try:
            return _start(playwright, path), path
        except Error as error:
            tried.append(f"{path}: {_first_line(error)}")
    raise NoChromium("\n".join([ADVICE, *(f"Tried {line}" for line in tried)]))


def _start(playwright: Playwright, path: str) -> Browser:
    # Chromium refuses its sandbox to root. Some kernels refuse it to everybody: then, too, it shows only our own pages.
    if os.geteuid() != 0:
        try:
            return _open(playwright, path, sandbox=True)
        except Error as error:
            if "sandbox" not in str(error).lower():
                raise
            print(f"{path}: no sandbox on this machine; going on without.", file=sys.stderr)
    return _open(playwright, path, sandbox=False)


def _open(playwright: Playwright, path: str, sandbox: bool) -> Browser:
    browser = playwright.chromium.launch(
        executable_path=path,
        chromium_sandbox=sandbox,
        args=["--force-color-profile=srgb", "--disable-lcd-text"],  # the same pixels on every machine
    )
    try:
        page = browser.new_page()
        page.goto("data:text/html,<title>up</title>")
        page.close()
    except Error:
        browser.close()
        raise
    return browser


def _first_line(error: Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def installed() -> Iterator[str]:
    """Try one way of installing after the other; yield what was done after each."""
    if _run(sys.executable, "-m", "playwright", "install", "chromium"):
        yield "playwright's download"
        # The download brings no system libraries; playwright itself would ask for a password.
        if _may_apt() and _run(sys.executable, "-m", "playwright", "install-deps", "chromium"):
            yield "playwright's download with its libraries"
    # Ubuntu's package is a snap, which may not read the profile folder that playwright makes.
    if platform.system() == "Linux" and "ubuntu" not in _distribution() and _run("sh", "-c", APT):
        yield "Debian's package"


APT = ". scripts/apt.sh && apt_install chromium"


def _may_apt() -> bool:
    if shutil.which("apt-get") is None:
        return False
    return os.geteuid() == 0 or (
        shutil.which("sudo") is not None and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    )


def _distribution() -> str:
    try:
        fields = platform.freedesktop_os_release()
    except OSError:
        return ""
    return f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}"


def _run(*command: str) -> bool:
    # Where nothing can be downloaded, say so after seconds, not minutes. What it prints is not our answer: to stderr.
    environment = os.environ | {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr).returncode == 0


def find_or_install() -> str:
    """The path of a Chromium that starts. Raises NoChromium."""
    with sync_playwright() as playwright:
        try:
            return _path(playwright)
        except NoChromium as nothing:
            if os.environ.get("EXPLORER_CHROMIUM"):
                raise
            print("No Chromium that starts yet; getting one.", file=sys.stderr)
            last = nothing
        for _way in installed():
            try:
                return _path(playwright)
            except NoChromium as nothing:
                last = nothing
        raise last


def _path(playwright: Playwright) -> str:
    browser, path = launch(playwright)
    browser.close()
    return path


if __name__ == "__main__":
    try:
        print(find_or_install())
    except NoChromium as nothing:
        print(nothing, file=sys.stderr)
        sys.exit(1)
