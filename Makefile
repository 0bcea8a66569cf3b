# `make` lists what there is. Needs make and a Python of 3.11 or later, nothing else.
# Everything is installed into .venv beside this file; pip keeps its own per-user cache.

.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
READY := $(VENV)/.ready
LOCK := requirements/dev.txt
BUF := requirements/node_modules/.package-lock.json
CLIENTS := tests/wire/clients
PYTHON_CLIENTS := .venvs/clients/.ready
NODE_CLIENTS := $(CLIENTS)/node/node_modules/.package-lock.json
BUILT := .cache/clients
# Most tests wait for processes most of the time: two files at a time for each core keep all of them busy.
# Each worker has a control plane of its own, which takes half a gigabyte: 8 are enough.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
WORKERS := $(shell echo $$(( $(CORES) < 4 ? $(CORES) * 2 : 8 )))
TESTS := not long and not compiled
# Tests start hundreds of processes, and some machines have Python compile all that it imports in each.
export PYTHONDONTWRITEBYTECODE :=
COMPILED := $(BUILT)/go/repl $(BUILT)/java/.ready $(BUILT)/rust/debug/repl
PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(READY) ## Serve examples/ on localhost:8013 and say what to type next
	@$(BIN)/python scripts/serve_examples.py

.PHONY: run-cluster
run-cluster: $(READY) ## Start a real API server, the operator and two flagd, and apply examples/
	@$(BIN)/python scripts/run_cluster.py

.PHONY: check
check: lint ## Lint, check types and imports, then run the unit and conformance tests: the inner loop
	$(BIN)/python -m pytest --numprocesses $(WORKERS:1=0) --dist worksteal tests/unit tests/conformance

.PHONY: test
test: lint tools clients binaries ## Lint, check types and imports, then run all tests (not the long ones), WORKERS (two for each core) files at a time
	$(BIN)/python -m pytest -m "$(TESTS)" --numprocesses $(WORKERS:1=0) --dist loadfile

# The first to import a test compiles it, in each worker if all are first.
.PHONY: collect
collect: $(READY)
	@$(BIN)/python -m pytest --collect-only --quiet -m "$(TESTS)" | tail -n 1

.PHONY: test-long
test-long: $(READY) tools clients ## Run the tests that take minutes
	$(BIN)/python -m pytest -m long --timeout 0

.PHONY: test-faults
test-faults: $(READY) ## Test faults on a real API server for longer than `make test` does: more kills, outages, seeds
	$(BIN)/python -m pytest tests/cluster -m long --timeout 0

.PHONY: test-chart
test-chart: $(READY) ## Have the chart judged by helm-unittest, kube-score and kubectl-validate (Go; 10 minutes the first time)
	$(BIN)/python -m pytest tests/chart -m long --timeout 0

.PHONY: test-node
test-node: $(READY) clients ## Install the chart on a real node of this machine (root, Debian, Go; 15 minutes the first time)
	$(BIN)/python -m pytest tests/node -m long --timeout 0

.PHONY: test-node-short
test-node-short: $(READY) ## Install the chart on a real node, apply a flag, ask it by DNS (root, Debian, Go)
	NODE_WITHOUT=kube-router $(BIN)/python -m pytest tests/node/test_installation.py -k by_dns -m long --timeout 0 -raP

.PHONY: simulate
simulate: $(READY) ## Play 50,000 harmless ramps and 6,000 harmful ones: what guards and the ratio of users promise (1 minute)
	$(BIN)/python scripts/simulate_guards.py

.PHONY: soak
soak: $(READY) ## Break things on a real API server for SOAK_MINUTES (60): a fault each minute, by SOAK_SEED
	$(BIN)/python -m tests.cluster.soak

.PHONY: compiled
compiled: ## Build the clients in Go, Java and Rust
	@$(MAKE) --no-print-directory --keep-going $(COMPILED) || echo "The tests that need what is not built are skipped."

.PHONY: test-clients
test-clients: $(READY) clients compiled ## Test with clients of five languages that others wrote; builds those in Go, Java, Rust
	$(BIN)/python -m pytest tests/wire/test_openfeature_clients.py tests/wire/test_openfeature_snippets.py

.PHONY: lint
lint: $(READY) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(READY) ## Format the code and sort the imports
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench
bench: $(READY) ## Measure, print a table, write benchmarks/results
	$(BIN)/python -m benchmarks

.PHONY: bench-cluster
bench-cluster: $(READY) ## Measure the operator with 10,000 flags on a real API server
	$(BIN)/python -m benchmarks.cluster

.PHONY: bench-ramps
bench-ramps: $(READY) ## Measure the operator while 1,000 flags rise step by step
	$(BIN)/python -m benchmarks.cluster ramps

.PHONY: bench-dashboard
bench-dashboard: $(READY) ## Measure the dashboard with 10,000 flags: pages, a change, 200 open tabs
	$(BIN)/python -m benchmarks.dashboard

.PHONY: image
image: $(READY) ## Build the images of flagd, flagoperator and flagctl into build/images (needs mmdebstrap, no Docker)
	$(BIN)/python -m scripts.image --cache .cache/images

.PHONY: generate
generate: $(READY) ## Generate the code and the docs that are committed
	$(BIN)/python scripts/generate_protos.py
	$(BIN)/python scripts/generate_api_docs.py
	$(BIN)/python scripts/generate_manifest_docs.py
	$(BIN)/python scripts/generate_crds.py
	$(BIN)/python scripts/generate_values_docs.py
	$(BIN)/python scripts/generate_integrations.py
	$(BIN)/python scripts/generate_schemas.py
	$(BIN)/python scripts/generate_troubleshooting.py

.PHONY: dist
dist: $(READY) ## Build the wheel and the source distribution into dist/wheel
	$(BIN)/python -m hatchling build --directory dist/wheel

.PHONY: docs
docs: $(READY) ## Build the site of the docs into build/site; fails for a link that leads nowhere
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

.PHONY: lock
lock: $(READY) ## Pin the newest versions of all dependencies in requirements/
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra ctl --extra server --extra operator --extra openfeature --extra dashboard --group dev --group docs --group build --universal \
	  --python-version 3.11 --generate-hashes --upgrade --quiet --output-file $(LOCK) \
	  --custom-compile-command "make lock"
	$(BIN)/uv pip compile --group build --constraint $(LOCK) --no-annotate --universal --python-version 3.11 \
	  --generate-hashes --quiet --output-file requirements/build.txt --custom-compile-command "make lock"
	for image in flagd:server flagoperator:operator flagctl:dashboard; do \
	  $(BIN)/uv pip compile pyproject.toml --extra $${image#*:} --constraint $(LOCK) --no-annotate --universal \
	    --python-version 3.11 --generate-hashes --quiet --output-file requirements/$${image%:*}.txt \
	    --custom-compile-command "make lock" || exit 1; done
	$(BIN)/uv pip compile tests/chart/validators.in --universal --python-version 3.11 --generate-hashes --upgrade \
	  --quiet --output-file tests/chart/validators.txt --custom-compile-command "make lock"
	$(BIN)/uv pip compile $(CLIENTS)/requirements.in --universal --python-version 3.11 --generate-hashes --upgrade \
	  --quiet --output-file $(CLIENTS)/requirements.txt --custom-compile-command "make lock"

.PHONY: setup
setup: $(READY) ## Make .venv and install what the lock says (the others do it by themselves)
	@:

.PHONY: clean
clean: ## Remove .venv and everything that was made or cached here
	rm -rf $(VENV) .venvs .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache \
	  requirements/node_modules $(CLIENTS)/node/node_modules build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The reflection session in docs/calling-flagd.md is replayed with buf. Without npm its commands are
# skipped, and says so.
.PHONY: tools
ifneq ($(shell command -v npm),)
tools: $(BUF)
	@:
else
tools:
	@echo "No npm here: the tests that need buf are skipped."
endif

$(BUF): requirements/package-lock.json
	@echo "Installing buf into requirements/node_modules"
	@npm ci --prefix requirements --ignore-scripts --no-audit --no-fund && touch $@ || \
	  echo "npm could not install buf: the tests that need it are skipped."

.PHONY: binaries
binaries: $(READY)
	@$(BIN)/python -m tests.binaries

# What `make test-node-short` runs; says why, if it cannot be had. After the control plane, whose packages it shares.
.PHONY: node-programs
node-programs: binaries
	@NODE_WITHOUT=kube-router timeout 15m $(BIN)/python -m tests.node.programs || echo "No programs of a node."

# Clients that we did not write, for the tests on the wire. Without npm those for Node are skipped, and say so.
.PHONY: clients
ifneq ($(shell command -v npm),)
clients: $(PYTHON_CLIENTS) $(NODE_CLIENTS)
	@:
else
clients: $(PYTHON_CLIENTS)
	@echo "No npm here: the tests with clients for Node are skipped."
endif

$(PYTHON_CLIENTS): $(CLIENTS)/requirements.txt | $(READY)
	@echo "Installing the Python clients that $< pins into .venvs/clients"
	@$(BIN)/python -m venv --clear .venvs/clients && \
	  .venvs/clients/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --requirement $< && \
	  touch $@ || { rm -rf .venvs/clients; echo "pip could not install them: the tests that need them are skipped."; }

$(NODE_CLIENTS): $(CLIENTS)/node/package-lock.json
	@echo "Installing the Node clients into $(CLIENTS)/node/node_modules"
	@npm ci --prefix $(CLIENTS)/node --ignore-scripts --no-audit --no-fund && touch $@ || \
	  echo "npm could not install them: the tests that need them are skipped."

$(BUILT)/go/repl: $(wildcard $(CLIENTS)/go/*)
	mkdir -p $(@D) && cd $(CLIENTS)/go && go build -o $(CURDIR)/$@ .

$(BUILT)/java/.ready: $(CLIENTS)/java/pom.xml $(wildcard $(CLIENTS)/java/src/main/java/*)
	mvn --quiet --batch-mode --file $(CLIENTS)/java compile dependency:copy-dependencies && touch $@

$(BUILT)/rust/debug/repl: $(wildcard $(CLIENTS)/rust/* $(CLIENTS)/rust/src/*)
	cd $(CLIENTS)/rust && PROTOC=$(CURDIR)/$(CLIENTS)/rust/protoc CARGO_TARGET_DIR=$(CURDIR)/$(BUILT)/rust \
	  cargo build --quiet --locked

$(READY): pyproject.toml $(LOCK)
	@python="$$(PYTHON='$(PYTHON)' sh scripts/find_python.sh)" && \
	  if ! $(BIN)/python -c "import pip" 2>/dev/null; then \
	    echo "Making $(VENV) with $$python"; "$$python" -m venv --clear $(VENV); fi
	@echo "Installing what $(LOCK) pins into $(VENV): about a minute the first time"
	@$(PIP) install --quiet --require-hashes --requirement $(LOCK)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src # tests start hundreds of processes, some where Python may not write bytecode
	@touch $@
