# Two commands matter: `make demo` shows the collection at work, `make test` runs every gate. Both make their own environment first.
# Another interpreter: make env PYTHON=/path/to/python3.12

PYTHON ?= $(shell sh tools/find-python)
RUN := .venv/bin/python -m
GATES := lint types docs-lint unit sanity molecule long

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help env test demo rehearse docs bench reliability fidelity contract release-check matrix pins clean $(GATES)

help: ## this list
	@grep -hE '^[a-z$$(){}A-Z -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
	@echo "single gates: $(GATES)"

env: ## the development environment in .venv (made once, remade when the pins change)
	@$(PYTHON) tools/environment.py

demo: env ## a real app with four jobs, converged twice against the simulator
	@$(RUN) tools.demo

test: env ## every gate, the fast ones first
	@$(RUN) tools.gates

$(GATES): env
	@$(RUN) tools.gates $@

rehearse: env ## what would come of a release: SPEC=.do/app.yaml REPORT=rehearsal.html (an example without SPEC)
	@ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.venv/collections ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false \
	  .venv/bin/ansible-playbook oceanops.app_platform.rehearse \
	  -e rehearsal_spec=$(abspath $(or $(SPEC),docs/examples/app.yaml)) -e rehearsal_report=$(abspath $(or $(REPORT),rehearsal.html))

bench: env ## what a task costs, side by side with debug, ping, uri and a peer
	@$(RUN) tests.bench

reliability: env ## writers, secrets, faults, hostile input measured, into docs/reliability.md (about an hour)
	@PYTHONPATH=$(CURDIR)/.venv/collections $(RUN) tests.reliability

fidelity: env ## what is known of the simulator's truth, into docs/fidelity.md
	@PYTHONPATH=$(CURDIR)/roles/simulator/files $(RUN) tests.simulator.fidelity

contract: env ## tests/contract from the published OpenAPI description (FROM=path, COMMIT= and DATE= where it has none)
	@$(RUN) tools.contract $(if $(COMMIT),--commit $(COMMIT)) $(if $(DATE),--date $(DATE)) $(FROM)

docs: env ## the documentation site, in build/docs
	@$(RUN) tools.docs

release-check: env ## is what would be published fit for it? One line a check
	@$(RUN) tools.release_check

matrix: env ## unit and both-path tests on every ansible-core that this machine can run
	@$(RUN) tools.matrix

pins: env ## resolve requirements-dev.in into exact versions with hashes (ARGS='--upgrade-package NAME' moves one)
	@$(RUN) tools.pins $(ARGS)

clean: ## remove the environment and everything that the gates left behind
	rm -rf .venv .cache .ansible .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
