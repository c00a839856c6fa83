# Needs only make and Python 3.11 or later; every target sets up what it needs in .venv.
PYTHON ?= python3
ARGS ?=
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
UV := $(BIN)/uv
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test test-full check format messages bench requirements clean

help: ## show what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done

install: $(VENV)/run.stamp ## make .venv with the intercity command in it
	@echo "Ready: $(BIN)/intercity --help"

demo: $(VENV)/demo.stamp ## try it out, without accounts: a page with both messengers (ARGS=--script: in the terminal)
	@$(BIN)/intercity demo $(ARGS)

test: $(VENV)/dev.stamp ## run the tests (ARGS="-k relay"; WORKERS=0: one after the other)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-full: $(VENV)/dev.stamp ## run the tests, the long ones at full length
	INTERCITY_TEST_FULL=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile -o faulthandler_timeout=3600 $(ARGS)

check: $(VENV)/dev.stamp ## check form, types, imports, translations and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m locales.messages --check
	$(BIN)/pytest -q tests/storage/test_schema.py -k migrations

format: $(VENV)/dev.stamp ## format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/dev.stamp ## bring the catalogues in locales/ up to date with the source
	$(BIN)/python -m locales.messages

bench: $(VENV)/dev.stamp ## measure what docs/figures.md shows (ARGS=--quick)
	$(BIN)/python -m tests.bench $(ARGS)

requirements: $(VENV)/dev.stamp ## pin what pyproject.toml asks for anew (ARGS=--upgrade: newest)
	$(PIN) --group build -o requirements/build.txt
	$(PIN) pyproject.toml --extra dev -c requirements/build.txt -o requirements/dev.txt
	$(PIN) pyproject.toml --extra demo -c requirements/dev.txt -o requirements/demo.txt
	$(PIN) pyproject.toml -c requirements/dev.txt -o requirements/run.txt

PIN = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make requirements" $(ARGS)

clean: ## remove .venv and what tools keep
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

# A stamp is newer than what its set of packages was made from.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml $(VENV)/build.stamp
	@echo "Installing requirements/$*.txt: less than a minute, the first time"
	@$(call sync,requirements/$*.txt)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# uv takes 10 s where pip takes 45, but does not read pip's configuration: where that names an index, or uv cannot
# reach its own, pip does it. The hashes make both install the same files.
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
