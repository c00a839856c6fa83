# Requires only make and Python 3.11 or later; every target installs its dependencies in .venv.
PYTHON ?= python3
ARGS ?=
WORKERS ?= 3

VENV := .venv
ORACLE := .venv-oracle
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
UV := $(BIN)/uv
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test test-full check format messages bench oracle requirements clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done

install: $(VENV)/run.stamp ## create .venv with the intercity command
	@echo "Ready: $(BIN)/intercity --help"

demo: $(VENV)/demo.stamp ## try it out, without accounts: a page with both messengers (ARGS=--script: in the terminal)
	@$(BIN)/intercity demo $(ARGS)

test: $(VENV)/dev.stamp ## run the tests (ARGS="-k relay"; WORKERS=0: in one process)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-full: $(VENV)/dev.stamp ## run the tests, with the long ones at full length
	INTERCITY_TEST_FULL=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile -o faulthandler_timeout=3600 $(ARGS)

check: $(VENV)/dev.stamp ## check formatting, types, imports, translations and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m locales.messages --check
	$(BIN)/pytest -q tests/storage/test_schema.py -k migrations

format: $(VENV)/dev.stamp ## format the code and fix what can be fixed automatically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/dev.stamp ## update the catalogues in locales/ from the source
	$(BIN)/python -m locales.messages

bench: $(VENV)/dev.stamp ## run the measurements for docs/figures.md (ARGS=--quick)
	$(BIN)/python -m tests.bench $(ARGS)

oracle: $(VENV)/dev.stamp $(ORACLE)/oracle.stamp ## compare the counts of random polls with pref_voting (ARGS="--polls 500")
	$(BIN)/python -m tests.voting.oracle $(ARGS)

requirements: $(VENV)/dev.stamp ## re-pin the dependencies in pyproject.toml (ARGS=--upgrade: newest)
	$(PIN) --group build -o requirements/build.txt
	$(PIN) --group oracle -o requirements/oracle.txt
	$(PIN) pyproject.toml --extra dev -c requirements/build.txt -o requirements/dev.txt
	$(PIN) pyproject.toml --extra demo -c requirements/dev.txt -o requirements/demo.txt
	$(PIN) pyproject.toml -c requirements/dev.txt -o requirements/run.txt

PIN = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make requirements" $(ARGS)

clean: ## remove .venv and the tools' caches
	rm -rf $(VENV) $(ORACLE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

# A stamp marks an installed set of packages; it is newer than the files the set was installed from.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml $(VENV)/build.stamp
	@echo "Installing requirements/$*.txt: less than a minute, the first time"
	@$(call sync,requirements/$*.txt)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# uv takes 10 s and pip 45 s, but uv ignores pip's configuration: if that names an index, or uv cannot reach its own,
# fall back to pip. The hashes ensure that both install the same files.
define sync
if $(PIP) config list | grep -E '[.](index-url|no-index)=' >/dev/null \
	|| ! $(UV) pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r $(1); \
then echo "pip does it: that takes longer"; $(PIP) install --quiet --require-hashes -r $(1); fi
endef

$(VENV)/build.stamp: requirements/build.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
		"Intercity needs Python 3.11 or later; name one: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --quiet --require-hashes -r requirements/build.txt
	@touch $@

$(ORACLE)/oracle.stamp: requirements/oracle.txt
	@echo "Installing requirements/oracle.txt: some minutes, the first time"
	@$(PYTHON) -m venv $(ORACLE)
	@$(ORACLE)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@
