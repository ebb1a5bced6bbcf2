#!/bin/sh
# make run: the app, on this machine only. DATA: folders it may read images from, joined by ":". PORT: where it listens.
# HOST: an address of this machine at which others reach it (0.0.0.0: all). NAMES: names by which they call it.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "$1" >&2
    exit 1
}

# "~" is written out by some shells only. The app gets whole paths, so that it does not matter where it runs.
data_roots() {
    rest=$DATA:
    roots=
    while [ -n "$rest" ]; do
        folder=${rest%%:*}
        rest=${rest#*:}
        case $folder in
            "") continue ;;
            "~") folder=$HOME ;;
            "~/"*) folder=$HOME/${folder#"~/"} ;;
        esac
        [ -d "$folder" ] || fail "DATA names a folder that does not exist: $folder"
        folder=$(cd "$folder" && pwd) || fail "DATA names a folder that may not be read."
        roots=${roots:+$roots:}$folder
    done
    EXPLORER_DATA_ROOTS=$roots
    export EXPLORER_DATA_ROOTS
}

# A browser is opened where there is a screen; elsewhere streamlit prints the address and leaves it at that.
has_screen() {
    [ "$(uname)" = Darwin ] && return 0
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null 2>&1
}

if [ -n "${DATA:-}" ]; then data_roots; fi
case ${PORT:-0} in *[!0-9]*) fail "PORT must be a number such as 8600, not $PORT" ;; esac
sh scripts/setup.sh requirements.txt

# It would wait for an answer before the first start, and print addresses that it has asked a server outside for.
set -- --server.showEmailPrompt false --logger.hideWelcomeMessage true
if [ -n "${HOST:-}${NAMES:-}" ]; then
    names=$(.venv/bin/python -m scripts.names "${HOST:-localhost}" "${NAMES:-}") || exit 1
    for name in $names; do set -- "$@" --server.allowedHosts "$name"; done
    set -- "$@" --server.address "${HOST:-localhost}"
fi
if [ -n "${PORT:-}" ]; then set -- "$@" --server.port "$PORT"; fi
if has_screen; then set -- "$@" --server.headless false; else set -- "$@" --server.headless true; fi
mkdir -p static # the app fills it; streamlit warns where it is missing
# exec: Ctrl-C and kill reach the server itself. Training runs are processes of their own and go on.
exec .venv/bin/python -m streamlit run serve.py "$@"
