#!/bin/sh
# sh scripts/setup.sh REQUIREMENTS: makes .venv and installs REQUIREMENTS into it, again only when they have changed.
# The stamp is a copy of what was installed, written last: an interrupted install is done again.
set -eu
cd "$(dirname "$0")/.."
. scripts/apt.sh

requirements=$1
stamp=.venv/installed-$requirements
recent='import sys; sys.exit(sys.version_info < (3, 11))'

wanted() {
    if [ "$requirements" = requirements.txt ]; then cat requirements.txt; else cat requirements.txt requirements-onnx.txt "$requirements"; fi
}

# find_python CODE: the first Python of at least 3.11 that can run CODE.
find_python() {
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c "$recent" 2>/dev/null && "$name" -c "$1" 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

need_python() {
    find_python "" >/dev/null && return 0
    [ -z "${PYTHON:-}" ] || { echo "PYTHON=$PYTHON is no Python of at least 3.11." >&2; exit 1; }
    apt_install python3 python3-venv && find_python "" >/dev/null && return 0
    apt_install python3.11 python3.11-venv && find_python "" >/dev/null && return 0 # Ubuntu 22.04: its python3 is 3.10
    echo "No Python of at least 3.11 was found (looked for python3.13, python3.12, python3.11, python3)." >&2
    echo "Debian, Ubuntu:  sudo apt-get install python3 python3-venv" >&2
    echo "macOS:           brew install python@3.13, or the installer from python.org" >&2
    echo "Elsewhere:       make ... PYTHON=/path/to/python3.12" >&2
    exit 1
}

# Debian keeps venv and pip for it in a package of its own.
need_venv() {
    complete='import venv, ensurepip'
    find_python "$complete" && return 0
    python=$(find_python "")
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    apt_install "$package" && find_python "$complete" && return 0
    echo "$python cannot make a virtual environment: its venv module is incomplete." >&2
    echo "Debian, Ubuntu:  sudo apt-get install $package" >&2
    exit 1
}

if .venv/bin/python -c "$recent" 2>/dev/null; then
    if wanted | cmp -s - "$stamp"; then exit 0; fi
    # The requirements of the tests hold those of the app.
    if [ "$requirements" = requirements.txt ] && cat requirements.txt requirements-onnx.txt requirements-dev.txt | cmp -s - .venv/installed-requirements-dev.txt; then exit 0; fi
fi

if ! .venv/bin/python -c "$recent" 2>/dev/null || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    need_python
    python=$(need_venv)
    echo "Making .venv with $("$python" --version)" >&2
    "$python" -m venv --clear .venv
fi

echo "Installing $requirements (the first time takes some minutes)" >&2
rm -f .venv/installed-* # whatever they say is not true any more
quiet=--quiet
if [ -t 1 ]; then quiet=; fi
# shellcheck disable=SC2086 # $quiet is empty or one word
PIP_ROOT_USER_ACTION=ignore .venv/bin/python -m pip install --disable-pip-version-check --no-input $quiet -r "$requirements"
wanted > "$stamp.new"
mv "$stamp.new" "$stamp"
