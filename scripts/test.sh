#!/bin/sh
# make test: everything that has to hold. The first part that fails ends it.
set -eu
cd "$(dirname "$0")/.."

sh scripts/setup.sh requirements-dev.txt
python=.venv/bin/python

# Without a browser the other parts still run; the browser tests then fail and say what to do.
EXPLORER_CHROMIUM=$("$python" -m scripts.chromium) || EXPLORER_CHROMIUM=
export EXPLORER_CHROMIUM

sh scripts/lint.sh
# Threads of OpenMP that wait for each other sleep: spinning, they take the cores from the other process of the tests.
export OMP_WAIT_POLICY=passive
# Two processes, a file to each: what a file sets up once is set up once. Browser tests measure, so they run alone.
"$python" -m pytest --ignore=tests/browser -n 2 --dist loadfile --no-loadscope-reorder
"$python" -m pytest tests/browser
