# Plain make; each target says what it does (make help).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := check
NODE := node --import tsx
BIN := node_modules/.bin

.PHONY: help check deps build lint format test golden generate fresh bpf test-chaos test-kernels test-image conformance conformance-random conformance-corpus demo demo-daemon bench bench-compile bench-start bench-churn bench-apply bench-connect clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

check: build lint test fresh ## what a contributor runs before a pull request

deps: ## install what the project needs (npm packages; libbpf and iproute2 by apt where they are missing and we are root)
	@tools/deps.sh

# A stamp, so that npm runs only when the lock file changed.
node_modules/.stamp: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

build: node_modules/.stamp ## check the types of what ships, bundle it to dist/, compile every BPF program
	@tools/build.sh

lint: node_modules/.stamp ## type check, lint and format check; warnings are errors
	$(BIN)/tsc -p tsconfig.json
	$(BIN)/biome check --error-on-warnings .

format: node_modules/.stamp ## rewrite sources in the one format
	$(BIN)/biome check --write .

test: deps build ## every test: units, goldens, real Envoy, real kernel; ends with "N passed, N failed"
	$(NODE) tools/test.ts

golden: node_modules/.stamp ## rewrite golden/ from fixtures/, list the changed cases
	UPDATE_GOLDEN=1 $(NODE) test/golden.test.ts
	@git diff --stat -- golden/

generate: node_modules/.stamp ## rewrite what is generated from declarations: protos, records, C headers, docs
	$(NODE) tools/generate-protos.ts
	$(NODE) tools/generate-records.ts
	$(NODE) tools/generate-docs.ts
	$(BIN)/biome check --write --no-errors-on-unmatched compiler/layout/gen >/dev/null || true

fresh: generate ## fail when a generated file is not what the declarations give
	@git diff --exit-code -- compiler/decode/gen compiler/layout/gen bpf/gen docs || { echo "generated files are stale: run make generate and commit"; exit 1; }

bpf: deps build ## load every emitted program with the real verifier and print its processed instructions
	$(NODE) tools/test.ts --only test/kernel/verifier

conformance: deps build ## ask a real Envoy every row of fixtures/*/traffic.json, and what it refuses
	$(NODE) test/conformance/main.ts

SEED ?= 1
CASES ?= 1000
conformance-random: deps build ## ask a real Envoy random requests to random meshes, SEED=1 CASES=1000; a failure is printed made small
	$(NODE) test/conformance/random.ts --seed=$(SEED) --cases=$(CASES) --failures=10

conformance-corpus: deps build ## DIR=FOLDER: give a real Envoy each snapshot below it, compare what is taken and what is answered
	$(NODE) test/conformance/corpus.ts $(DIR)

KILLS ?= 200
test-chaos: deps build ## kill daemons at random moments under load, SEED=1 KILLS=200; make test kills a few
	KMESH_CHAOS_SEED=$(SEED) KMESH_CHAOS_KILLS=$(KILLS) $(NODE) tools/test.ts --only test/kernel/killed

demo: deps build ## compile a captured mesh, show it, and steer real requests with it
	@$(NODE) tools/demo/main.ts

demo-daemon: deps build ## a control plane, kmesh-daemon, a client: live changes, kill -9, restart, and not one failed connection
	@$(NODE) tools/demo/daemon.ts

SERIES ?= 5.10 6.1 6.12 newest
ONLY ?=
test-kernels: deps build ## the kernel suites under other kernels, in QEMU: SERIES="5.10 newest" (Debian's) ONLY="connect fixtures" (not of make test)
	$(NODE) tools/kernels/main.ts --series="$(SERIES)" $(if $(ONLY),--only="$(ONLY)")

test-image: deps ## build the image of deploy/ and run it as the DaemonSet says: kill, restart, upgrade (podman or docker, ENGINE=...; not of make test)
	@$(NODE) tools/image/main.ts

bench: bench-compile bench-start bench-churn bench-apply bench-connect ## all benchmarks (ratios are what counts, machines are noisy)

bench-compile: deps build ## time and memory of each compiler stage at 1k and 10k services
	$(NODE) tools/bench/compile.ts

bench-start: deps build ## time and memory of a daemon from its start to the first generation of a large mesh
	$(NODE) tools/bench/start.ts

bench-change: deps ## time of a structural change in the daemon's builder, by stage, at 100, 1k and 10k services
	$(NODE) tools/bench/change.ts

bench-churn: deps build ## a daemon that follows a control plane: latency of changes, changes/s, memory, at 100, 1k and 10k services
	$(NODE) tools/bench/churn.ts

bench-apply: deps build ## time of a full apply and of a one-endpoint change
	$(NODE) tools/bench/apply.ts

bench-connect: deps build ## ns per connect() with no BPF, a miss and a hit
	$(NODE) tools/bench/connect.ts

clean: ## remove what the build made
	rm -rf dist build
