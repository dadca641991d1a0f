# Everything a newcomer calls; `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PEOPLE ?= 1000
DEMO ?= demo
XDIST ?= -n 2

.PHONY: help demo test check bench lock clean system

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.run ## sets up, builds a registry from a CSV of people in ./demo and serves its page on 127.0.0.1:8000
	$(BIN)/attesto demo $(DEMO) --people $(PEOPLE)

test: $(VENV)/.develop system ## sets up and passes every test, on SQLite, a real PostgreSQL and a real browser
	$(BIN)/pytest $(XDIST)

check: $(VENV)/.develop ## what CI runs, cheapest first
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest $(XDIST) -m "not journey and not browser"

bench: $(VENV)/.develop ## prints what was measured, as JSON, each figure beside its raw limit
	$(BIN)/python -m tests.benchmarks

lock: $(VENV)/.develop ## writes the pinned requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --extra registry --extra pkcs11 pyproject.toml -o requirements/attesto.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --extra registry --extra pkcs11 pyproject.toml requirements/develop.in -o requirements/develop.txt

system: ## installs what the tests need from Debian, where it is missing
	@scripts/system-packages

clean: ## removes what make has made
	rm -rf $(VENV) demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/attesto.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/attesto.txt
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.develop: requirements/develop.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/develop.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@
