# Coverwright: everything a colleague types. `make` alone lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

UV_VERSION := 0.13.9
UV := $(if $(shell command -v uv),uv,.tools/uv/bin/uv)
RUN := $(UV) run --frozen --group dev
# Compiled once and kept: a machine that forbids it would compile every test and package at each start.
unexport PYTHONDONTWRITEBYTECODE
# What is downloaded is kept in the caches of uv, pip and npm (below HOME), for the next clone; where they cannot be
# written, in this folder.
can_write = $(shell mkdir -p "$(1)" 2>/dev/null && test -w "$(1)" && echo yes)
ifeq ($(and $(call can_write,$(or $(UV_CACHE_DIR),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/uv)),$(call can_write,$(or $(npm_config_cache),$(HOME)/.npm))),)
export UV_CACHE_DIR := $(CURDIR)/.tools/cache/uv
export UV_PYTHON_INSTALL_DIR := $(CURDIR)/.tools/cache/python
export PIP_CACHE_DIR := $(CURDIR)/.tools/cache/pip
export npm_config_cache := $(CURDIR)/.tools/cache/npm
endif
SAM_ENV := UV_PROJECT_ENVIRONMENT=.venv-sam

.PHONY: help setup run tour serve show reconcile unit test check lint format build openapi schema events products data cases clients sdk docs portal pages exam bench load mutants checks lives long flaky lock clean

help: ## List what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .tools/setup ## Install what the project needs, into this folder (the other targets do it)

.tools/setup: uv.lock .python-version clients/python/pyproject.toml
	@python3 tools/set_up.py $(UV_VERSION)

.tools/sam: uv.lock | .tools/setup
	$(SAM_ENV) $(UV) sync -q --frozen --only-group sam
	@touch $@

run: .tools/setup ## Play the main job on the local stack: a motor policy from quote to paid claim
	$(RUN) python -m local run $(if $(JOURNEY),--journey "$(JOURNEY)")

tour: .tools/setup ## Play what else the platform does: policies changed, ended, paid; claims denied, referred, recovered
	$(RUN) python -m local tour

serve: .tools/setup ## Start the local stack and leave it up (PORT=, TLS=1, ENGINE=dynamodb-local)
	@$(MAKE) -s .tools/site.done || echo "The docs could not be built; the stack starts without them."
	@$(MAKE) -s .tools/portal.done || echo "The developer portal could not be built; the stack starts without it."
	$(RUN) python -m local serve

show: .tools/setup ## Print a stored item readably: make show ID=pol_…
	$(RUN) python -m local show $(ID)

reconcile: .tools/setup ## Reconcile the ledger of the stack that is up, as ReconciliationSchedule does every six hours, test data too
	$(RUN) python -m local schedule ReconciliationSchedule --input '{"reconcile": ["live", "test"]}'

unit: .tools/setup ## Run the tests that need neither engine nor processes: half a minute
	$(RUN) pytest -q -n 2 tests/unit tests/cases

test: .tools/setup .tools/sam .tools/site.done ## Run the tests, and say which declared problem none of them saw
	$(RUN) pytest -q -n 2 --dist loadgroup
	$(RUN) python -m tests.support.routes

check: export YEAR_POLICIES := 1000
check: .tools/setup .tools/sam .tools/clients.done .tools/docs-check.done docs ## Everything that CI runs, two at a time: most of it leaves a core idle
	@$(MAKE) --jobs=2 --output-sync lint sdk portal build products cases
	@$(MAKE) --jobs=2 test clients ONLY="openapi-python-client openapi-typescript"
	@$(MAKE) pages

lint: .tools/setup .tools/sam ## Style, types, import contracts, generated files
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) python -m tools.openapi --check
	.venv-sam/bin/cfn-lint template.yaml

format: .tools/setup ## Format the code and mend what can be mended
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

build: .tools/setup .tools/sam ## Build the artefacts that are deployed (sam validate --lint, sam build, lint of the transformed template, bills of materials)
	$(RUN) python -m tools.build
	$(RUN) python -m tools.sbom

openapi: .tools/setup ## Generate openapi.yaml, openapi.deployed.yaml and the pages of problems
	$(RUN) python -m tools.openapi

schema: .tools/setup ## Write the JSON Schema of product definitions
	$(RUN) python -m tools.products schema

events: .tools/setup .tools/sam ## Write events/ from the scenes, and record what the functions answer
	POWERTOOLS_METRICS_NAMESPACE=Coverwright $(RUN) python -m tests.artefact.record

products: .tools/setup ## Check every bundled product and run its scenarios
	$(RUN) python -m tools.products bundled

data: .tools/setup ## Plant faults in a broker's file and see which rules find (SEED=, ROWS=), or read any file by a mapping (FILE=, MAPPING=; without one it is proposed)
	@$(RUN) python -m tools.data $(if $(FILE),--file "$(FILE)" $(if $(MAPPING),--mapping "$(MAPPING)"),--seed $(or $(SEED),1) --rows $(or $(ROWS),100000))

cases: .tools/setup ## Reproduce the published worked figures
	$(RUN) python -m tests.cases

clients: .tools/setup .tools/clients.done ## Generate clients with five generators, compile them, play quote to paid claim with each (ONLY=)
	$(RUN) python -m tools.clients $(ONLY)

sdk: .tools/setup .tools/clients.done .tools/site.done ## Generate, check and build the clients that partners install, and play their examples (.tools/dist)
	$(RUN) python -m tools.sdk $(ONLY)

.tools/clients.done: uv.lock | .tools/setup
	UV_PROJECT_ENVIRONMENT=.tools/clients $(UV) sync -q --frozen --only-group clients
	@touch $@

docs: .tools/setup .tools/docs.done ## Build the docs site into .tools/site; `make serve` shows it (API=, SIGN_IN=: a stage's addresses)
	$(RUN) python -m tools.docs build $(if $(API),--api $(API)) $(if $(SIGN_IN),--sign-in $(SIGN_IN))
	@touch .tools/site.done

.tools/site.done: $(shell find docs tools/docs mkdocs.yml openapi.yaml CHANGELOG.md CONTRIBUTING.md clients/python/README.md clients/typescript/README.md -type f -not -name '*.pyc') | .tools/setup .tools/docs.done
	$(RUN) python -m tools.docs build
	@touch $@

portal: .tools/setup ## Build the developer portal into .tools/site; `make serve` shows it (SIGN_IN=, CLIENT=, DOCS=: a stage's)
	$(RUN) python -m tools.portal build $(if $(SIGN_IN),--sign-in $(SIGN_IN)) $(if $(CLIENT),--client $(CLIENT)) $(if $(DOCS),--docs $(DOCS))
	@touch .tools/portal.done

.tools/portal.done: $(shell find portal tools/portal tools/problems openapi.yaml CHANGELOG.md clients/typescript/src layers/common/insurance/api_products -type f -not -name '*.pyc' -not -path '*/node_modules/*' -not -path '*/generated/*') | .tools/setup
	$(RUN) python -m tools.portal build
	@test ! -d .tools/site/portal || touch $@

.tools/docs.done: uv.lock | .tools/setup
	UV_PROJECT_ENVIRONMENT=.tools/docs $(UV) sync -q --frozen --inexact --only-group docs
	@touch $@

.tools/docs-check.done: uv.lock | .tools/setup .tools/docs.done
	UV_PROJECT_ENVIRONMENT=.tools/docs $(UV) sync -q --frozen --inexact --only-group docs-check
	@touch $@

pages: .tools/setup .tools/docs-check.done ## Look at each kind of page of the docs in a browser, and walk through the portal
	$(RUN) python -m tools.docs check --few
	$(RUN) python -m tools.portal check

exam: .tools/setup .tools/sam .tools/exam.done .tools/clients.done .tools/docs-check.done .tools/site.done ## Let tools of others judge template, definition, code and the running API (EXAMPLES=)
	$(RUN) python -m tools.exam $(PART)

.tools/exam.done: tools/exam/requirements.txt tools/exam/rules.txt tools/exam/package.json | .tools/setup
	$(RUN) python -m tools.exam install
	@touch $@

bench: .tools/setup ## Measure what a request, a claim and a rating cost, beside what a user would pick instead
	$(RUN) python -m bench $(if $(RAW),--raw)
	$(RUN) python -m bench.claims $(if $(RAW),--raw)
	$(RUN) --group bench python -m bench.rating
	$(RUN) --group bench python -m bench.decisions $(if $(RAW),--raw)
	$(RUN) --group bench python -m bench.intake $(if $(RAW),--raw)
	$(RUN) --group bench python -m bench.matching $(if $(RAW),--raw)
	$(RUN) --group load python -m bench.load

load: .tools/setup ## Put whole journeys on the local stack, many at once, and on FastAPI + Mangum beside it (LOAD="--callers 6 --journeys 300 --alone")
	$(RUN) --group load python -m bench.load $(LOAD)

mutants: .tools/setup ## Plant faults in the arithmetic of policy life, one at a time; a test must notice each
	$(RUN) python -m tests.long.mutants

checks: .tools/setup ## Remove each check of who may do what, one at a time (ONLY=); a test must notice each
	$(RUN) python -m tests.long.checks $(ONLY)

long: .tools/setup ## Play 20 two days of outages, and a year of 1,000 and of 10,000 policies (LONG="100 1000" for other sizes)
	LOSS_SEEDS=20 $(RUN) pytest -q tests/resilience/test_lost_deliveries.py -k random
	$(RUN) python -m tests.long.year $(or $(LONG),1000 10000)

lives: .tools/setup ## Play 500 random lives of a policy, of up to 50 steps each
	LIVES=500 $(RUN) pytest -q tests/operations/policy/test_random_lives.py

flaky: .tools/setup ## Run the slow levels N times, on a machine whose every core is taken, in random orders (N=10, SEED=)
	$(RUN) python -m tests.flaky $(or $(N),10)

lock: ## Resolve dependencies again, and export what the layer and single functions ship
	$(UV) lock
	$(UV) export -q --frozen --no-dev --no-emit-project --no-header -o layers/common/requirements.txt
	for own in documents evidence payment_execution scheduler; do \
	  { sed -n '/^#/p' functions/$$own/requirements.txt; \
	    $(UV) export -q --frozen --only-group $$own --no-emit-project --no-header --no-emit-package cryptography \
	      --no-emit-package cffi --no-emit-package pycparser; } > .tools/requirements.txt; \
	  mv .tools/requirements.txt functions/$$own/requirements.txt; \
	done

clean: ## Remove what was built and stored here (not the tools)
	rm -rf .aws-sam .coverwright
