# The two commands: `make run` and `make test`. What they do is in scripts/, in plain sh.
# Variables: DATA=/folder (make run: folders with images, several joined by ":"), PORT=8600 (make run),
# HOST=0.0.0.0 NAMES=lab.example.org (make run: let others in, see README; only as words of the command, for some shells
# export a HOST of their own),
# PYTHON=python3.12 (which Python makes .venv), EXPLORER_CHROMIUM=/path (which browser the tests drive).

.PHONY: help run test lint format bench screenshots clean

help:
	@echo "make run          start the app (DATA=/folder, PORT=8600; HOST=0.0.0.0 NAMES=lab.example.org lets others in)"
	@echo "make test         linters, types, unit tests, page tests, browser tests"
	@echo "make lint         linters and types only"
	@echo "make format       lay out the code as make lint wants it"
	@echo "make bench        measure from key press to painted picture"
	@echo "make screenshots  take docs/screenshots again"
	@echo "make clean        remove .venv and everything else that was made here"

run:
	@$(foreach name,HOST NAMES,$(if $(filter environment,$(origin $(name))),unset $(name); \
	echo "The $(name) of the environment is ignored: make run $(name)=... decides who is let in." >&2;)) sh scripts/run.sh

test:
	@sh scripts/test.sh

lint:
	@sh scripts/setup.sh requirements-dev.txt
	@sh scripts/lint.sh

format:
	@sh scripts/setup.sh requirements-dev.txt
	@.venv/bin/python -m ruff check --fix .
	@.venv/bin/python -m ruff format .

bench:
	@sh scripts/setup.sh requirements-dev.txt
	@EXPLORER_CHROMIUM="$$(.venv/bin/python -m scripts.chromium)" && export EXPLORER_CHROMIUM && .venv/bin/python -m bench preview

screenshots:
	@sh scripts/setup.sh requirements-dev.txt
	@EXPLORER_CHROMIUM="$$(.venv/bin/python -m scripts.chromium)" && export EXPLORER_CHROMIUM && .venv/bin/python -m scripts.screenshots

clean:
	rm -rf .venv build static .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
