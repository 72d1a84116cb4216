# Everything one does here. `make` alone prints the list. Nothing is needed beforehand but Python ≥ 3.11.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
LOCK := requirements/dev.txt
# The environment is made anew whenever the lock differs from the one it was made from.
READY := .venv/made-from-$(shell cksum < $(LOCK) | cut -d' ' -f1)
COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header $(if $(UPGRADE),--upgrade)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test browser check bench fix docs messages pictures lock

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) ## demonstration register, one pass of the main job, then the console (ONCE=1: stop after printing; ARGS="--port 8080")
	@$(BIN)/python manage.py run $(if $(ONCE),--once) $(ARGS)

test: $(READY) ## the whole suite; DATABASE_URL and REDIS_URL choose PostgreSQL and Redis (ARGS="-k name")
	@$(BIN)/python -m pytest -n 2 $(ARGS)

browser: $(READY) ## the tests that drive a real Chromium
	@$(BIN)/python -m pytest -m browser -n 2 --dist loadfile $(ARGS)

check: $(READY) ## format, lint, types, import contracts, migrations, deployment settings, generated docs
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@PRODUCTION=1 $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(BIN)/python manage.py build_docs --check
	@$(BIN)/python manage.py messages --check

bench: $(READY) ## what the main work costs, as ratios (SIZES="2000 20000")
	@DJANGO_SETTINGS_MODULE=config.settings $(BIN)/python -m tests.bench $(SIZES)

fix: $(READY) ## repair what formatter and linter can repair
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

docs: $(READY) ## write docs/rules.md and docs/lifecycle.md from the code
	@$(BIN)/python manage.py build_docs

pictures: $(READY) ## take the pictures of the manual anew from a demonstration register (needs Chromium)
	@$(BIN)/python -m tests.browser.pictures

messages: $(READY) ## collect the texts to be translated and compile the English
	@$(BIN)/python manage.py messages

lock: $(READY) ## lock requirements/*.in (UPGRADE=1: to the newest versions)
	@$(COMPILE) requirements/dev.in -o requirements/dev.txt
	@$(COMPILE) requirements/base.in -c requirements/dev.txt -o requirements/base.txt
	@$(COMPILE) requirements/base.in requirements/postgres.in -c requirements/dev.txt -o requirements/postgres.txt

$(READY):
	@echo "Making the environment in .venv …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install -qq --require-hashes --no-deps -r $(LOCK)
	@touch $@
