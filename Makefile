# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Any Python from 3.9 on starts the tools; they look for the interpreters that they need.
PYTHON ?= python3
TOOL = @PYTHONPATH=tests $(PYTHON) -m

# It would make every tool compile its modules anew at each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Variables:'
	@echo '  ARGS="..."         more arguments for ansible-playbook (demo), pytest (unit, integration, test) or bench'
	@echo '  KEEP=1             demo: leave the sandbox running until Enter is pressed'
	@echo '  PORT=8765          sandbox: the port'
	@echo '  CORES="2.16 2.19"  sanity: the versions of ansible-core'
	@echo '  PY=3.12            the Python of the demo and the tests'

.PHONY: demo
demo: ## run playbooks/demo.yml twice against the sandbox (ARGS="--check": once, changing nothing)
	$(TOOL) tools.demo

.PHONY: sandbox
sandbox: ## run the sandbox until Ctrl-C
	$(TOOL) tools.demo --sandbox

.PHONY: test
test: ## everything: lint, sanity tests, unit and integration tests
	$(TOOL) tools.checks test

.PHONY: lint
lint: ## ruff, mypy, bandit, ansible-lint, antsibull-changelog and antsibull-docs
	$(TOOL) tools.checks lint

.PHONY: unit
unit: ## the unit tests
	$(TOOL) tools.checks unit

.PHONY: integration
integration: ## the tests against the sandbox, with and without faults
	$(TOOL) tools.checks integration

.PHONY: test-long
test-long: ## the long forms of the tests: more kills, more examples, more faults (about an hour)
	$(TOOL) tools.checks test-long

.PHONY: chaos
chaos: ## kill roles and playbooks more than a hundred times and look whether anything was lost or done twice
	$(TOOL) tools.checks chaos

.PHONY: coverage
coverage: ## run the tests and show which lines of plugins/ none of them runs
	$(TOOL) tools.checks coverage

.PHONY: audit
audit: ## look for known weaknesses in the libraries that are used (asks OSV)
	$(TOOL) tools.checks audit

.PHONY: sanity
sanity: ## ansible-test's sanity tests on the supported versions of ansible-core
	$(TOOL) tools.checks sanity

.PHONY: bench
bench: ## measure what everything costs beside what would be used instead, and write docs/benchmarks.md
	$(TOOL) tools.checks bench

.PHONY: docs
docs: ## write the pages that are made from tables, and build the documentation into .build/docs
	$(TOOL) tools.checks docs

.PHONY: build
build: ## build the collection into .build/dist
	$(TOOL) tools.checks build

.PHONY: clean
clean: ## remove all that was built or installed
	rm -rf .build
