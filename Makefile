# Two commands: `make demo` and `make test`. Everything else is a part of them or a measurement.
.DEFAULT_GOAL := help
SHELL := /bin/bash
CARGO ?= cargo
WEB := client-web
DEMO_ARGS ?=
BENCH ?=
DRILL ?=
SITES_ARGS ?= --spawn
CARGO_DENY := 0.20.2

# Also with `make -j`: what the steps do in parallel, cargo and vite decide.
.NOTPARALLEL:
.PHONY: help demo test setup-demo setup-test web web-check rust-check rust-test e2e deny bench drill sites fmt clean

help: ## what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: setup-demo web ## build and start everything with sample data; DEMO_ARGS="--fresh --neighbours 3 --lan --ready-file FILE"
	$(CARGO) build --release --locked --package cloud-window
	exec target/release/cloud-window demo $(DEMO_ARGS)

test: setup-test web-check web rust-check deny rust-test e2e ## run every check and test
	@echo
	@echo "everything passed"

setup-demo:
	@tools/setup.sh demo

setup-test:
	@tools/setup.sh test

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web: $(WEB)/dist/kiosk.html ## build the pages into client-web/dist, if anything of theirs changed

# The program has the pages in it: built anew for nothing they would cost a demonstration minutes at each start. Folders
# are looked at too, so that a file that is gone counts.
$(WEB)/dist/kiosk.html: $(WEB)/node_modules/.installed $(shell find $(WEB)/src $(WEB)/public $(WEB)/tools $(WEB)/*.html $(WEB)/*.json $(WEB)/*.ts)
	cd $(WEB) && npm run --silent build

web-check: $(WEB)/node_modules/.installed ## generated types, lint, types and unit tests of the pages
	cd $(WEB) && npm run --silent generate
	tools/generated.sh
	cd $(WEB) && npm run --silent format:check && npm run --silent lint && npm run --silent typecheck && npm run --silent test

rust-check: ## format, lints, purity
	$(CARGO) fmt --all --check
	tools/purity.sh
	$(CARGO) check --locked --quiet --package casework
	$(CARGO) check --locked --quiet --package media
	$(CARGO) clippy --locked --workspace --all-targets --quiet -- --deny warnings

deny: target/tools/bin/cargo-deny ## licences, bans and sources of dependencies
	target/tools/bin/cargo-deny --locked --log-level error check licenses bans sources

target/tools/bin/cargo-deny:
	@echo "building cargo-deny once"
	$(CARGO) install --quiet --locked --debug --root target/tools --target-dir target/tools/build --version $(CARGO_DENY) cargo-deny
	@rm -rf target/tools/build

rust-test: $(WEB)/node_modules/.installed ## unit, property, store, wire and system tests
	$(CARGO) test --locked --workspace --no-fail-fast
	# A test writes openapi.json anew; what the pages make of it must follow in the same commit.
	cd $(WEB) && npm run --silent generate
	tools/generated.sh

e2e: $(WEB)/node_modules/.installed web ## both pages in real Chromium with real media
	# The whole workspace, as the tests were built: another choice of packages means other features and everything built twice.
	$(CARGO) build --locked --workspace --bins
	cd $(WEB) && npm run --silent e2e

bench: setup-test web ## measure speed beside references of the same run: target/bench.json; BENCH=name for one
	$(CARGO) build --release --locked --workspace --bins
	target/release/bench $(if $(BENCH),--only $(BENCH))

drill: setup-test ## break things and see that nothing is lost: target/drill.json; DRILL=name for one
	$(CARGO) build --release --locked --workspace --bins
	target/release/drill $(if $(DRILL),--only $(DRILL))

sites: ## the load tool: SITES_ARGS="--spawn --sites 12 --clerks 6 --calls-per-site 5"
	$(CARGO) build --release --locked --workspace --bins
	target/release/sites $(SITES_ARGS)

fmt: $(WEB)/node_modules/.installed ## format all code
	$(CARGO) fmt --all
	cd $(WEB) && npm run --silent format

clean: ## forget everything that was built
	rm -rf target $(WEB)/node_modules $(WEB)/dist
