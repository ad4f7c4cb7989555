.DEFAULT_GOAL := help
.PHONY: help setup run test bench storm lint format clean

PYTHON := var/venv/bin/python
SOURCES := core codes directory listing importers web migrations bench tests scripts
PYTEST_ARGS ?= -n 2

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing (system packages, virtual environment)
	@sh scripts/setup.sh run

run: ## set up, migrate, load the demo data and serve on http://127.0.0.1:8000 (PORT=...)
	@sh scripts/setup.sh run
	@exec $(PYTHON) -m web.cli run

test: ## every test, against a real database and a real browser
	@sh scripts/setup.sh test
	@$(PYTHON) -m pytest $(PYTEST_ARGS)

bench: ## the benchmarks; figures go to var/bench
	@sh scripts/setup.sh dev
	@$(PYTHON) -m bench

storm: ## a storm over the listing register: many clients, few places, everything is killed (STORM_ARGS=...)
	@sh scripts/setup.sh dev
	@$(PYTHON) -m bench.storm $(STORM_ARGS)

lint: ## formatter, linter and type checker
	@sh scripts/setup.sh dev
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy $(wildcard $(SOURCES))

format: ## format the code and mend what the linter can mend
	@sh scripts/setup.sh dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

clean: ## delete everything generated, the embedded database included
	@sh scripts/clean.sh
