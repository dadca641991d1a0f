# Everything a newcomer calls; `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PEOPLE ?= 1000
DEMO ?= demo
XDIST ?= -n 2 --dist worksteal
PIP = $(BIN)/python -m pip install -q --disable-pip-version-check
COMPILE = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

# Where the surroundings forbid it, each worker and each server that a test starts would compile everything anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo test lint check bench lock system clean
.NOTPARALLEL:

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## sets up, builds a registry from a CSV of people in ./demo and serves its page on 127.0.0.1:8000
	$(BIN)/attesto demo $(DEMO) --people $(PEOPLE)

test: system $(VENV)/.develop ## sets up and passes every test, on SQLite, a real PostgreSQL and a real browser
	$(BIN)/pytest $(XDIST)

lint: $(VENV)/.develop ## form, imports and types, cheapest first
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

check: system lint test ## what CI runs

bench: $(VENV)/.develop ## prints what was measured, as JSON, each figure beside its raw limit
	@scripts/system-packages nginx-light wrk
	$(BIN)/python -m tests.benchmarks

lock: ## writes the pinned requirements anew (needs uv)
	$(COMPILE) --extra registry --extra pkcs11 pyproject.toml -o requirements/attesto.txt
	$(COMPILE) --extra registry --extra pkcs11 pyproject.toml requirements/develop.in -o requirements/develop.txt
	$(COMPILE) -c requirements/develop.txt requirements/build.in -o requirements/build.txt

system: ## installs what the tests need from Debian, where it is missing
	@scripts/system-packages chromium poppler-utils softhsm2 libzbar0 libnss3-tools
	@scripts/system-packages chromium-headless-shell # not everywhere; it is faster

clean: ## removes what make has made
	rm -rf $(VENV) demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@PYTHON=$(PYTHON) scripts/system-packages python3-venv tzdata
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/attesto.txt requirements/build.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/attesto.txt -r requirements/build.txt
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.develop: requirements/develop.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/develop.txt
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $@
