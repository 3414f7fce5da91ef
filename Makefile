# demo, test, check: each sets itself up in .venv first (once), needs Python >= 3.11 and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt

# One thread a test worker: two workers on two cores are quicker than two that fight over both.
TESTS  := OMP_NUM_THREADS=1 MPLBACKEND=agg $(BIN)/python -m pytest -n auto --maxprocesses=4

.PHONY: demo test check clean

demo: $(VENV)/.core
	$(BIN)/mixreal demo

test: $(VENV)/.dev
	$(TESTS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(TESTS) -m "not slow"

# The stamps stand for an installation; they are older than pyproject.toml when it has to be done again.
$(VENV)/.core: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.core

# Told before anything is made; a half-made environment is taken away, or the next try would find it.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mixreal needs Python 3.11 or newer, and $(PYTHON) is older: make demo PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
