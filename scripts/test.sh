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
# A disk makes the tests wait at each of tens of thousands of syncs, so they write into memory where there is room.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ "${room:-0}" -gt 8000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/explorer-tests.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
fi
# Two processes, a file to each: what a file sets up once is set up once. Each browser test process has a server of its own.
for tests in --ignore=tests/browser tests/browser; do
    "$python" -m pytest "$tests" -n 2 --dist loadfile --no-loadscope-reorder
done
