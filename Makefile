# Every verb of the project. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup run cluster test check fuzz chaos bench profile web dist protocol new-service lock clean

ARGS ?=
FULL ?=
NAME ?=
ONLY ?=
PUBLISH ?=
STAGES ?=
SEED ?=
SECONDS ?= 600

peers := tests/realtime/differential/node_modules/.package-lock.json
node_service := examples/node-service/node_modules/.package-lock.json
web_sources := $(shell find web -name node_modules -prune -o -path web/dist -prune -o -type f -print)

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.dev web/node_modules/.package-lock.json $(peers) $(node_service) ## install everything that work on the project needs
	@scripts/install-chromium
	@scripts/install-strace
	@scripts/install-postgresql

run: .venv/.run web/dist/index.html ## start the product on http://127.0.0.1:8000 (ARGS="--port 9000")
	@exec .venv/bin/tertulia serve $(ARGS)

cluster: .venv/.dev web/dist/index.html ## start the product as many processes, with NATS and PostgreSQL (ARGS="--port 9000")
	@exec .venv/bin/tertulia cluster $(ARGS)

test: setup web/dist/index.html ## run every stage of the tests (STAGES="check unit realtime journeys split chaos browser")
	@.venv/bin/python scripts/run_stages.py $(STAGES)

check: .venv/.dev web/node_modules/.package-lock.json ## style, types, import rules, generated files
	@.venv/bin/python scripts/run_stages.py check

fuzz: .venv/.dev ## attack the realtime engine (SECONDS=600; SEED=… attacks again in the same way)
	@.venv/bin/python -m tests.realtime.fuzz --seed "$(SEED)" --seconds $(SECONDS) $(ARGS)

web: web/dist/index.html ## build the web app

dist: .venv/.dev web/dist/index.html ## build the wheel and the source archive into dist/
	@rm -rf dist
	@.venv/bin/python -m build --no-isolation --outdir dist .

new-service: .venv/.dev ## write an empty service in its place, with its tests (NAME=polls)
	@.venv/bin/python -m scripts.new_service "$(NAME)"

protocol: .venv/.dev ## generate protocol/ and the TypeScript types from the contracts
	@.venv/bin/python -m scripts.protocol

chaos: .venv/.dev $(peers) ## put the promises to the proof for ten minutes (SEED=…; FULL=1 PUBLISH=1: an hour)
	@.venv/bin/tertulia chaos --npm $(dir $(peers)).. --seed $(or $(SEED),1) \
	  $(if $(FULL),--full,--seconds $(SECONDS)) $(if $(PUBLISH),--publish docs) $(ARGS)

bench: .venv/.dev web/dist/index.html ## measure beside other servers (FULL=1, ONLY="B1 B2", PUBLISH=1)
	@.venv/bin/tertulia bench $(ONLY) $(if $(FULL),--full) $(if $(PUBLISH),--publish docs)

profile: .venv/.dev ## show where the microseconds of a delivery go
	@.venv/bin/tertulia bench --profile

lock: .venv/.dev ## compile the locks from pyproject.toml (ARGS=--upgrade takes the newest)
	@scripts/compile-locks $(ARGS)

clean: ## remove what is built and installed here; data stays
	rm -rf .venv build dist web/dist web/node_modules tests/realtime/differential/node_modules .pytest_cache .ruff_cache .hypothesis

# The dev lock holds all of the other one, in the same versions: either satisfies `make run`.
.venv/.run: requirements.lock pyproject.toml
	@[ -e .venv/.dev ] && [ .venv/.dev -nt requirements.lock ] && [ .venv/.dev -nt pyproject.toml ] \
	  || scripts/make-venv requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml
	@scripts/make-venv requirements-dev.lock
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json
	@scripts/check-node
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(peers) $(node_service): %/node_modules/.package-lock.json: %/package-lock.json
	@scripts/check-node
	cd $(<D) && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(web_sources)
	cd web && npm run build
	@touch $@
