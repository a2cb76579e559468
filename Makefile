# The two commands a newcomer needs: `make demo` and `make test`. Both set up what they stand on.
#   make setup            .venv with the command `carebell`, and the built pages
#   make demo             a whole town on this machine; ARGS="--port 9000 --residents 500" to change it
#   make test             every test, on all cores; ARGS="tests/unit -k triage" for some, WORKERS=0 for
#                         one after the other
#   make check            formatting, lint, types, import rules, and the same for the front end
#   make bench            speed of the alarm path, of ingest and of the solver
#   make clean            remove what was built; your data (.carebell) stays

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
UI := web/ui
UI_SOURCES := $(shell find $(UI) -path $(UI)/node_modules -prune -o -path $(UI)/dist -prune \
	-o -type f -print 2>/dev/null)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Each worker has a database server of its own; what shares an expensive fixture shares a worker.
WORKERS := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)

.PHONY: setup demo test check bench clean
.DEFAULT_GOAL := setup

setup: $(VENV)/.installed $(UI)/dist/.built $(VENV)/.warm

demo: setup
	@exec $(BIN)/carebell demo $(ARGS)

test: setup $(VENV)/.installed-dev
	@./.ci/needs test-tools
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: $(VENV)/.installed-dev $(UI)/node_modules/.package-lock.json
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	cd $(UI) && npm run --silent check

bench: setup $(VENV)/.installed-bench
	@exec $(BIN)/carebell bench $(ARGS)

clean:
	rm -rf $(VENV) $(UI)/node_modules $(UI)/dist build dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(./.ci/needs python) && "$$python" -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Carebell into $(VENV) …"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --group dev
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	@$(PIP) install --constraint constraints.txt --group bench
	@touch $@

# Compiles the solver's inner loops once, so that the first plan does not wait for it.
$(VENV)/.warm: $(VENV)/.installed $(wildcard scheduler/solve/core/*.py)
	@echo "Compiling the solver …"
	@$(BIN)/python -m carebell.warm
	@touch $@

$(UI)/node_modules/.package-lock.json: $(UI)/package.json $(UI)/package-lock.json
	@./.ci/needs node
	@echo "Installing the front end's packages …"
	@cd $(UI) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(UI)/dist/.built: $(UI)/node_modules/.package-lock.json $(UI_SOURCES)
	@./.ci/needs node
	@echo "Building the pages …"
	@cd $(UI) && npm run --silent build -- --logLevel warn
	@touch $@
