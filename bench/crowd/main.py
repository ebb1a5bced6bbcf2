"""The options of `python -m bench crowd`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.crowd import report
from bench.crowd.person import Cadence
from bench.crowd.trial import Setting, hold
from scripts.chromium import launch

SESSIONS = [10, 20, 40]


def main(arguments: Sequence[str]) -> None:
    """Measure and print. Exits with 1 where an image was lost, a page stuck, or something left behind."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended."))  # else the run that trains would go on
    ours = Setting(
        seconds=options.seconds,
        cadence=Cadence(options.pause, options.jitter, options.burst),
        trains=not options.no_training,
        killer=options.killer,
        workers=options.workers,
        afterwards=not options.quick,
    )
    apps = {"ours": ours}
    if options.against is not None:
        apps = {"other": replace(ours, code=options.against.resolve()), **apps}
    print(f"{_heading(ours)}\n{report.HEAD}", flush=True)
    with sync_playwright() as playwright:
        browser, _ = launch(playwright)
        failed = False
        for count in options.sessions:
            found = {}
            for name, app in apps.items():
                found[name] = hold(replace(app, sessions=count), browser)
                print(report.rows(count, name, found[name]), flush=True)
            print(report.verdict(count, found), flush=True)
            failed |= report.failed(found["ours"])
        browser.close()
    if failed:
        raise SystemExit(1)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench crowd", description="Many people move sliders at once.")
    parser.add_argument("sessions", type=int, nargs="*", default=SESSIONS, help="how many at once")
    parser.add_argument("--seconds", type=float, default=Setting.seconds, help="for how long")
    parser.add_argument("--pause", type=float, default=Cadence.pause, help="mean s between an image and the next press")
    parser.add_argument("--jitter", type=float, default=Cadence.jitter, help="share by which a pause may differ")
    parser.add_argument("--burst", type=int, default=Cadence.burst, help="presses in a row")
    parser.add_argument("--no-training", action="store_true", help="no run trains beside")
    parser.add_argument("--killer", action="store_true", help="kill a process that draws about every second")
    parser.add_argument("--workers", type=int, help="how many processes draw")
    parser.add_argument("--against", type=Path, help="another checkout, measured in the same run")
    parser.add_argument("--quick", action="store_true", help="do not wait until closed sessions are forgotten")
    return parser.parse_args(arguments)


def _heading(setting: Setting) -> str:
    cadence = setting.cadence
    return (
        f"key press -> image, {os.cpu_count()} cores, {'a run trains' if setting.trains else 'nothing trains'} beside, "
        f"{setting.seconds:.0f} s; pauses of {cadence.pause:.2f} s +- {cadence.jitter:.0%}, presses in a row: "
        f"{cadence.burst}{', processes that draw are killed' if setting.killer else ''}\n"
        "all sessions but one are websocket clients (sent -> arrived), one is Chromium (pressed -> painted)"
    )
