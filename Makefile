# Every target sets up what it needs first: on a fresh Debian or Ubuntu, `make demo` and `make test`
# are all there is to type. What is there already is left alone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SETUP := scripts/setup.sh
VENV := .venv
BIN := $(VENV)/bin
# A daemon pays for itself at a desk; in CI it would outlive the run.
GRADLE := gradle --console=plain $(if $(CI),--no-daemon)

# Tests of whole processes may lose a race on a busy machine: CI runs what failed once more, and
# its closing line counts that, and the lines before it name them.
PYTEST := pytest $(if $(CI),--reruns 1 -rfER)
# More than there are cores: most tests wait, for a start, a peer or a check-in.
WORKERS := 4

JAR := pyquartz/jars/pyquartz-bridge.jar
JAVA := build.gradle settings.gradle $(shell find java/src/main java/licenses -type f 2>/dev/null)
STOCK := build/libs/stock-programs.jar
STOCK_JAVA := build.gradle settings.gradle $(shell find java/src/stock -type f 2>/dev/null)

.PHONY: help demo test bench bench-check soak soak-jobs soak-faults soak-mixed lint jar wheel clean setup test-setup test-jars test-java test-others test-python

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1|/' | column -t -s '|'

demo: setup  ## run the demo: Python jobs out of a store in a file
	$(BIN)/pyquartz demo

# One after the other, so that pytest's closing line is the last.
test: test-setup lint test-java test-others test-python  ## run everything: linters, JUnit, pytest

bench: test-setup  ## compare with plain Quartz and APScheduler (ARGS=--quick: a glance)
	$(GRADLE) stockJar
	$(BIN)/python -m benchmarks $(ARGS)

bench-check: test-setup  ## the same, failing where a ratio to stock is a quarter below the baseline's
	$(GRADLE) stockJar
	$(BIN)/python -m benchmarks --check benchmarks/results/baseline.json $(ARGS)

soak: soak-jobs soak-faults soak-mixed  ## run the soaks: many jobs, many faults, a mixed cluster

soak-jobs: setup  ## run 100,000 jobs and see that nothing is left of them
	$(BIN)/python -m benchmarks.soak $(ARGS)

soak-faults: test-setup  ## make faults in clusters for MINUTES=10 and hold every firing to account
	$(BIN)/python -m tests.faults.soak --minutes $(or $(MINUTES),10)

soak-mixed: test-setup test-jars  ## run a cluster of Java, Clojure and Python nodes for two minutes
	PYQUARTZ_SOAK=120 $(BIN)/$(PYTEST) --timeout 600 tests/cluster/test_mixed.py

lint: setup  ## run ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict pyquartz

jar:  ## build the jars into pyquartz/jars/
	@$(SETUP) packages build
	@$(MAKE) --silent $(JAR)

wheel: setup  ## build a wheel and an sdist into dist/
	$(BIN)/python -m build

clean:  ## remove all that was built, the environments too
	rm -rf build dist .gradle pyquartz/jars .venv .venv-3.* .mypy_cache .pytest_cache .ruff_cache .hypothesis

# -- steps ----------------------------------------------------------------------------------------

setup: jar
	@$(SETUP) venv $(VENV) python3

test-setup: setup
	@$(SETUP) packages test

$(JAR): $(JAVA)
	$(GRADLE) jars
	@touch $@  # Gradle leaves alone what would not change

test-jars: setup
	@$(MAKE) --silent $(STOCK)

# What the tests start in Java.
$(STOCK): $(STOCK_JAVA)
	$(GRADLE) stockJar quartz232Jars clojureJars
	@touch $@

test-java: test-jars
	$(GRADLE) check

# The oldest and the newest Python here, side by side, on the stores that need no server.
test-others: test-setup test-jars
	@$(SETUP) others $(VENV) | { \
		pids=(); logs=(); \
		while read -r version python; do \
			$(SETUP) venv .venv-$$version $$python; \
			logs+=(build/pytest-$$version.log); \
			.venv-$$version/bin/$(PYTEST) tests/unit tests/integration tests/jvm/test_finding_java.py \
				-k 'not postgres and not mariadb' </dev/null >build/pytest-$$version.log 2>&1 & \
			pids+=($$!); \
		done; \
		failed=0; for pid in "$${pids[@]}"; do wait "$$pid" || failed=1; done; \
		cat "$${logs[@]}" </dev/null; exit $$failed; \
	}

test-python: test-setup test-jars
	@echo "== $$($(BIN)/python -V)"
	@$(BIN)/$(PYTEST) -n $(WORKERS) --dist loadgroup --durations=10
