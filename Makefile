# `make test` before each commit, `make check` before a push; `make demo` shows the collection at work. Each makes its own environment first.
# Another interpreter: make env PYTHON=/path/to/python3.12

# The first one that starts (a version manager's script may refuse to), is new enough and can make environments.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
  $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$python && break; done)
RUN := .venv/bin/python -m
GATES := lint types docs-lint tests scenario slow molecule sanity
# The programs of the environment name the folder in which it was made.
MADE := .venv/made$(subst /,-,$(CURDIR))
COLLECTION := .venv/collections/ansible_collections/oceanops/app_platform

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help env test check demo rehearse docs pages bench mutants reliability fidelity release-check matrix pins clean $(GATES)

help: ## this list
	@grep -hE '^[a-z$$(){}A-Z -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15
	@echo "single gates:  $(GATES) matrix-2.22"

env: $(MADE) ## the development environment in .venv (remade when the pins change)

# The pins are complete: pip only compares each archive with its hash.
$(MADE): requirements-dev.txt
	@$(or $(PYTHON),false) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "The development environment needs Python 3.11 or newer with its venv module" \
	  "(on Debian and Ubuntu: python3-venv). Name another one: make env PYTHON=/path/to/python3.12" >&2; exit 2; }
	@echo "Making the development environment in .venv (about a minute)"
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@mkdir -p $(dir $(COLLECTION)) && ln -sfn $(CURDIR) $(COLLECTION) && touch $@

test: env ## the fast gates: lint, types, documentation, tests that are not slow, a molecule scenario
	@$(RUN) tools.gates test

check: env ## the long gates: slow tests, all scenarios, sanity, every ansible-core
	@$(RUN) tools.gates check

$(GATES): env
	@$(RUN) nox -s $@

matrix-%: env
	@$(RUN) nox -s $@

matrix: env ## tests on every ansible-core that this machine has a Python for
	@$(RUN) nox -t matrix

demo: env ## a real app with four jobs, converged twice against the simulator
	@$(RUN) tools.demo

rehearse: env ## what would come of a release: SPEC=.do/app.yaml REPORT=rehearsal.html (an example without SPEC)
	@ANSIBLE_COLLECTIONS_PATH=$(CURDIR)/.venv/collections ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false \
	  .venv/bin/ansible-playbook oceanops.app_platform.rehearse \
	  -e rehearsal_spec=$(abspath $(or $(SPEC),docs/examples/app.yaml)) -e rehearsal_report=$(abspath $(or $(REPORT),rehearsal.html))

bench: env ## what a task costs, side by side with debug, ping, uri and a peer
	@$(RUN) tests.bench

mutants: env ## which changes of the code the tests don't notice: ARGS='_spec --sample 200'
	@$(RUN) tools.mutants $(ARGS)

reliability: env ## writers, secrets, faults, hostile input measured, into docs/reliability.md (about an hour)
	@PYTHONPATH=$(CURDIR)/.venv/collections $(RUN) tests.reliability

fidelity: env ## what is known of the simulator's truth, into docs/fidelity.md
	@PYTHONPATH=$(CURDIR)/roles/simulator/files $(RUN) tests.simulator.fidelity

contract: env ## tests/contract from the published OpenAPI description (FROM=path, COMMIT= and DATE= where it has none)
	@$(RUN) tools.contract $(if $(COMMIT),--commit $(COMMIT)) $(if $(DATE),--date $(DATE)) $(FROM)

docs: env ## the documentation site, in build/docs
	@$(RUN) tools.docs

pages: env ## docs/coverage.md, docs/lint.md and docs/waiting.md, from the rows that the tests run
	@$(RUN) tests.operations.render
	@$(RUN) tests.unit.spec.render_lint
	@$(RUN) tests.unit.deployments.render

release-check: env ## is what would be published fit for it? One line a check
	@$(RUN) tools.release_check

pins: env ## resolve requirements-dev.in into exact versions with hashes (ARGS='--upgrade-package NAME' moves one)
	@$(RUN) tools.pins $(ARGS)

clean: ## remove the environment and everything that the gates left behind
	rm -rf .venv .cache .ansible .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
