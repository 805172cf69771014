# gymlab: `make run` is all a newcomer needs; `make` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-tests setup-checks python-found run test check test-full kills bench bench-speed bench-curves wheel constraints format clean

# The first Python that is new enough, looked for once and only where it is needed;
# scripts/require_python.py explains when there is none.
PYTHON ?= $(eval PYTHON := $$(shell $$(find_python)))$(PYTHON)
define find_python
for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  if found=$$(command -v $$p 2>/dev/null) && \
    path=$$($$p -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print(sys.executable)' 2>/dev/null); \
  then echo "$${path:-$$found}"; exit; fi; done; echo python3
endef
VENV := .venv/bin/python

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One process checks the Python and does what is out of date: a second `make run` waits for it.
BOOTSTRAP = "$(PYTHON)" scripts/require_python.py scripts/bootstrap.py

setup: python-found ## install what is needed in .venv and build the web app; does nothing when nothing changed
	@$(BOOTSTRAP)

python-found:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "gymlab: no Python found. Install Python 3.11 or newer from https://www.python.org." >&2; exit 1; }

setup-tests: python-found
	@$(BOOTSTRAP) --for-tests

setup-checks: python-found
	@$(BOOTSTRAP) --only python --only web-packages --only web

run: setup ## start the lab on http://127.0.0.1:8000 (settings: GYMLAB_PORT=..., see docs/settings.md)
	@exec $(VENV) -m gymlab serve

test: setup-tests ## everything: lint, types, unit, integration, conformance, security, docs, browser
	@$(VENV) scripts/run_checks.py test

check: setup-checks ## the quick part, under two minutes
	@$(VENV) scripts/run_checks.py check

test-full: setup-tests ## `test` and the slow science and soak tests
	@$(VENV) scripts/run_checks.py test-full

kills: setup-tests ## kill every exact algorithm 20 times in every family of environments; prints a table, hours; KILLS="--only ppo" for a part
	@$(VENV) -m tests.integration.reliability.kill_matrix $(KILLS)

bench: setup ## measure the figures that the README quotes
	@$(VENV) -m benchmarks

bench-speed: setup ## measure the engines against each other; BENCH="--only cartpole-ppo --extras" for a part
	@$(VENV) -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt -r requirements/bench.txt \
	  || echo "sbx-rl cannot be installed here: its column stays empty"
	@$(VENV) -m benchmarks.speed_table --write --extras solved live num-envs first-frame $(BENCH)

bench-curves: setup ## train ten seeds of every preset that the docs show, and draw them; hours. BENCH="--only snake" for a part
	@$(VENV) -m benchmarks.learning_curves $(BENCH)

wheel: setup ## build dist/gymlab-*.whl with the web app inside
	@$(VENV) scripts/build_wheel.py

constraints: ## write the versions of .venv to requirements/constraints.txt
	@$(VENV) scripts/write_constraints.py

format: setup-checks ## format the code
	@$(VENV) -m ruff format . && $(VENV) -m ruff check --fix . && cd web && npm run format

clean: ## remove what the set-up made; runs in .gymlab/ stay
	rm -rf .venv .setup dist build web/node_modules web/dist src/gymlab/server/static \
	  .pytest_cache .ruff_cache .hypothesis .import_linter_cache
