# Two commands: `make demo` and `make test`. Each sets up what it needs in .venv first. `make fuzz` reads damaged files for a minute.
VENV ?= .venv
PYTHON ?= python3
SECONDS ?= 60
BIN := $(VENV)/bin

.PHONY: demo test check fuzz clean

demo: $(VENV)/.installed
	$(BIN)/ecg-cases demo

test: $(VENV)/.installed-test check
	$(BIN)/python -m pytest

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/mypy data encoders agent ui

fuzz: $(VENV)/.installed-test
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off --config-settings editable_mode=compat --editable .
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off --config-settings editable_mode=compat --editable '.[test]'
	touch $@ $(VENV)/.installed
