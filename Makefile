PYTHON ?= python3
BIN := .venv/bin

.PHONY: bench demo dev test chaos fuzz topology soak lint audit lock screenshots clean

# Installs once: only a changed lock file or pyproject.toml installs again.
.venv/installed: requirements.lock pyproject.toml
	@echo "Installing the locked packages into .venv; this happens once and takes about two minutes."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq sheet_assets
	@touch $@

demo: .venv/installed
	@$(BIN)/sheet-assets demo

dev: .venv/installed
	@$(BIN)/sheet-assets dev

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/secrets.py

# A file at a time, in the order of tests/conftest.py; three workers, since some tests wait.
test: lint
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# Random runs under random faults, CASES of them, and then a kill at every boundary. SEED=n plays one
# case again, or with CASES the first of them.
chaos: .venv/installed
	$(BIN)/python tests/chaos $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

# Twenty times as many examples of what is drawn at random, and others in every run.
fuzz: .venv/installed
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -n 2 --timeout 3600 tests/fuzzing tests/properties \
	  tests/sandbox/google/test_google_any_request.py

# `dev` at work for so long: edits, ticks, runs and faults, and what of its processes grows.
# JSON=1 prints all figures.
MINUTES := 60
soak: .venv/installed
	@PYTHONPATH=tests $(BIN)/python tests/soak --minutes $(MINUTES) $(if $(JSON),--json)

# Advisories about the locked packages. It asks a service on the internet, so it is no part of `lint`.
audit:
	@.ci/audit

# A deployment of several processes, each killed in turn while RUNS=50 runs are launched.
topology: .venv/installed
	$(BIN)/python -m tests.topology

# The README's pictures, from `dev`; it needs Chromium.
screenshots: .venv/installed
	$(BIN)/python tests/browser/screenshots.py

# Exact versions with hashes for every platform; no index is named in it. The extras `clients` and
# `bench` are left out: other people's tools have environments of their own. An image gets some of these packages only.
COMPILE = $(BIN)/uv pip compile --universal --generate-hashes --no-strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --python-version 3.11 --quiet

lock: .venv/installed
	$(COMPILE) pyproject.toml --extra dev --output-file requirements.lock
	$(COMPILE) pyproject.toml deploy/requirements.in --extra postgres \
	  --constraint requirements.lock --output-file deploy/requirements.lock
	$(COMPILE) deploy/kubernetes/requirements.in \
	  --constraint deploy/requirements.lock --output-file deploy/kubernetes/requirements.lock

# All cases, about an hour on two idle cores; `make bench CASES=import,export N=3` is a part of it.
CASES ?= all
bench: .venv/installed .bench-venv/installed
	$(BIN)/python -m benchmarks $(CASES) $(if $(N),-n $(N)) --record

# With our versions of what both of us use.
.bench-venv/installed: requirements.lock pyproject.toml
	@echo "Installing what is compared with into .bench-venv; this happens once."
	@$(PYTHON) -m venv .bench-venv
	@$(BIN)/uv pip install --quiet --python .bench-venv/bin/python \
	  --requirements pyproject.toml --extra bench --constraints requirements.lock
	@$(BIN)/uv pip install --quiet --python .bench-venv/bin/python --no-deps ingestr==0.14.0
	@touch $@

clean:
	rm -rf .venv .bench-venv .bench-data
