# make run · make test · make lint: everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Processes that the tests run in; `make test JOBS=1` runs them one after the other.
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
TESTS ?= tests
# These start servers on the embedded defaults, or need no database: the second run would repeat the first.
ONCE := tests/e2e tests/completions tests/rendering tests/texts
# What is another thing where PostgreSQL has pgvector, in a third run, on a server of its own.
NEAR := $(addprefix tests/retrieval/test_,near.py local.py building.py calibrating.py contract.py)

.DEFAULT_GOAL := help
.PHONY: run test lint format lock messages bench clean help

run: $(VENV)/run.stamp ## set up what is missing and serve on http://127.0.0.1:8000
	@exec $(PY) manage.py serve

test: $(VENV)/dev.stamp ## run the tests; with TEST_POSTGRES_URL and TEST_REDIS_URL set, also on those
	$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)
ifneq ($(and $(TEST_POSTGRES_URL),$(TEST_REDIS_URL)),)
	DATABASE_URL=$(TEST_POSTGRES_URL) REDIS_URL=$(TEST_REDIS_URL) \
	SECRET_KEY=only-for-tests FIELD_ENCRYPTION_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
	$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(if $(filter tests,$(TESTS)),$(ONCE:%=--ignore=%)) $(TESTS)
ifeq ($(TESTS),tests)
	SECRET_KEY=only-for-tests FIELD_ENCRYPTION_KEYS=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= \
	$(PY) -m tests.pgvector pytest -n $(JOBS) --dist loadfile $(NEAR)
endif
endif

lint: $(VENV)/dev.stamp ## ruff, mypy, migrations and Django's checks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check

format: $(VENV)/dev.stamp ## put the code into its form
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

lock: ## pin the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c requirements.lock --extra azure pyproject.toml -o requirements-azure.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c requirements.lock --extra mongo pyproject.toml -o requirements-mongo.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c requirements.lock --group pyproject.toml:dev pyproject.toml -o requirements-dev.lock

messages: $(VENV)/dev.stamp ## gather texts for translation, and compile what is translated (needs gettext)
	$(PY) manage.py makemessages --all --no-location --no-wrap --ignore .venv --ignore data --ignore tests
	$(PY) manage.py compilemessages --ignore .venv

bench: $(VENV)/dev.stamp ## measure; see docs/performance.md
	$(PY) -m tests.benchmarks.relay

clean: ## remove the environment and what was built; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

# An environment is made once, and again only when its lock file changed.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/dev.stamp: requirements-dev.lock | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/run.stamp

$(VENV)/run.stamp: requirements.lock | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
