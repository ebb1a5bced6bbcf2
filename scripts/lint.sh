#!/bin/sh
# Linters and types. Expects .venv with requirements-dev.txt.
set -eu
cd "$(dirname "$0")/.."

.venv/bin/python -m ruff check .
.venv/bin/python -m ruff format --check .
.venv/bin/python -m mypy
