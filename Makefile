# Crosswind: every target sets up what it needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

S ?= Scenarios/causes/idempotence-disabled.yaml
SWIFT_FLAGS := --explicit-target-dependency-import-check error
CROSSWIND := .build/release/crosswind

.PHONY: help setup clients clients-table containers build demo test check lint format scenarios scenario clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

setup: ## install the system packages that building and running need
	@scripts/setup.sh

clients: setup ## install every client and broker of the experiments into a cache outside the checkout
	@scripts/clients.sh

containers: ## make sure that a Docker engine with Compose answers
	@scripts/dockerd.sh

clients-table: build clients containers ## run every client against every broker and write docs/clients.md
	rm -rf runs/clients-table
	$(CROSSWIND) run Scenarios/clients --output runs/clients-table
	scripts/clients-table.py runs/clients-table/results.json >docs/clients.md

build: setup ## release build at .build/release/crosswind
	swift build -c release $(SWIFT_FLAGS)

demo: build ## run the first scenario, print the table, write report.html
	$(CROSSWIND) run Scenarios/causes/idempotence-disabled.yaml --report report.html

# What skips is held against Tests/skips.txt.
# Without a client or an engine the tests that need it skip and say so: exit code 69 is no failure here.
test: setup ## install the clients, start a Docker engine where possible, run every test
	@scripts/setup.sh kcat chromium libxml2-utils
	@scripts/clients.sh || [ $$? -eq 69 ]
	@scripts/dockerd.sh || [ $$? -eq 69 ]
	swift build --build-tests $(SWIFT_FLAGS)
	@scripts/test.sh

lint: ## formatting, file and function length
	@scripts/lint.sh

format: ## format every Swift file
	swift format -i --parallel --recursive Package.swift Sources Tests

check: lint build test test-portability-newest ## what CI runs

.PHONY: dist test-portability test-portability-newest test-image test-arm64 test-actions

dist: setup ## dist/crosswind-VERSION-linux-ARCH.tar.xz: runs on every Linux since Debian 11 (root the first time)
	@scripts/dist.sh

RELEASE = $(lastword $(wildcard dist/crosswind-*-linux-$(shell uname -m).tar.xz))

test-portability: dist ## the release on Debian 11, 12 and 13, as root and as an ordinary user (root, debootstrap)
	scripts/test-portability.sh $(RELEASE)

test-portability-newest: dist
	scripts/test-portability.sh $(RELEASE) trixie

test-image: dist containers ## the release as a container image, and every flag that it needs (root, docker)
	scripts/test-image.sh $(RELEASE)

test-arm64: ## the C parts compiled for arm64 and run under qemu (root the first time)
	scripts/test-arm64.sh

test-actions: ## the GitHub Action and the workflows against their schemas
	scripts/test-actions.sh

# BROKER takes the place of the scenarios' brokers: a name of Brokers/, a profile of docker-compose.yml, 'command: …',
# external:HOST:PORT, or a file.
BROKER ?=

scenarios: build clients containers ## run every scenario; BROKER=kafka on another broker
	$(CROSSWIND) run Scenarios $(if $(BROKER),--broker '$(BROKER)')

scenario: build ## run one: make scenario S=FILE
	$(CROSSWIND) run $(S)

.PHONY: claims

# With BROKER the causes run on it too, and it becomes a column. What was recorded on brokers that are not at hand has one.
RECORDED_OUTCOMES := $(wildcard Brokers/*/outcomes-*.json.gz)

claims: build clients ## run the causes and write docs/claims.md: statement, verdict by experiment, evidence, cost of the fix
	rm -rf runs/claims runs/claims-broker
	$(CROSSWIND) run Scenarios/causes --output runs/claims || [ $$? -le 2 ]
	$(if $(BROKER),$(CROSSWIND) run Scenarios/causes --broker '$(BROKER)' --output runs/claims-broker || [ $$? -le 3 ])
	$(CROSSWIND) claims runs/claims $(if $(BROKER),runs/claims-broker) $(RECORDED_OUTCOMES:%=--outcomes %) --output docs/claims.md

BASELINE ?= Scenarios/baseline.json
# What a regression is looked for in: the quick scenarios and the causes; the others need containers or much time.
REGRESSION ?= Scenarios/smoke Scenarios/causes
REPEATS ?= 1 2 3

.PHONY: baseline regress bench-report bench-broker fuzz-frames

baseline: build clients ## run the scenarios of REGRESSION three times and write what later runs are compared with
	rm -rf runs/baseline-*
	for i in $(REPEATS); do $(CROSSWIND) run $(REGRESSION) --output runs/baseline-$$i || [ $$? -le 2 ]; done
	$(CROSSWIND) baseline $(REPEATS:%=runs/baseline-%) --output $(BASELINE)

regress: build clients ## run the scenarios of REGRESSION three times and compare with the baseline
	rm -rf runs/regress-*
	for i in $(REPEATS); do $(CROSSWIND) run $(REGRESSION) --output runs/regress-$$i || [ $$? -le 2 ]; done
	$(CROSSWIND) diff $(BASELINE) $(REPEATS:%=runs/regress-%)

bench-broker: build clients ## the embedded broker beside Tansu: records/s, CPU per GB, ack latency, memory
	Benchmarks/broker/bench.sh

# Each of these has been fed 10,000,000 inputs; INPUTS and FIRST choose others, and docs/checks.md says more. Memory that
# an input gave back is kept for the next one.
INPUTS ?= 10000000
FIRST ?= 1
FUZZ = MALLOC_TOP_PAD_=16777216 MALLOC_TRIM_THRESHOLD_=67108864 .build/release/$@ $(INPUTS) $(FIRST)
FUZZ_TARGETS := fuzz-driver fuzz-fetch fuzz-records fuzz-scenarios fuzz-metadata fuzz-diagnosis
.PHONY: $(FUZZ_TARGETS)

fuzz-driver: ## damaged lines of a driver, to the reader of its account and the judge
fuzz-fetch: ## damaged Fetch answers, to the reader of a broker's log
fuzz-records: ## damaged record directories, to the judge and the reports
fuzz-scenarios: ## damaged scenario files, to the reader of scenarios
fuzz-metadata: ## damaged answers of a broker, to the relay that changes addresses
fuzz-diagnosis: ## damaged configurations, logs and captures, to diagnose
$(FUZZ_TARGETS): setup
	swift build -c release --product $@ $(SWIFT_FLAGS)
	$(FUZZ)

fuzz-frames: setup ## feed 10,000,000 damaged requests to the embedded broker
	swift build -c release --product fuzz-frames $(SWIFT_FLAGS)
	.build/release/fuzz-frames 10000000

bench-report: setup ## time and memory of judging and drawing 200 cells with a million records
	swift build -c release --product bench-report $(SWIFT_FLAGS)
	.build/release/bench-report 200 5000 .build/bench-report.html

clean: ## remove what was built
	rm -rf .build .build-* dist runs

.PHONY: bench-link bench-link-allocations fuzz-link

bench-link: setup ## goodput, fidelity and memory of the link beside a bare veth pair (root)
	swift build -c release --product link-bench $(SWIFT_FLAGS)
	.build/release/link-bench --json bench-link.json

bench-link-allocations: setup ## count allocations and retains of the packet thread with every impairment on (root, perf)
	swift build -c release --product link-bench $(SWIFT_FLAGS)
	Benchmarks/link/count_allocations.sh

fuzz-link: setup ## random packets and streams against the link; FIRST and ROUNDS choose which
	swift build --build-tests $(SWIFT_FLAGS)
	CROSSWIND_FUZZ_FIRST=$${FIRST:-0} CROSSWIND_FUZZ_ROUNDS=$${ROUNDS:-20000} swift test --skip-build --filter LinkFuzzTests

.PHONY: bench-inspect fuzz-captures

bench-inspect: build ## inspect beside tshark on one capture, one core; peak memory on captures of 1 GB
	swift build -c release --product capture-generator $(SWIFT_FLAGS)
	Benchmarks/inspect/bench_inspect.py --gigabyte

fuzz-captures: setup ## feed 10,000,000 damaged captures to the observer
	swift build -c release --product fuzz-captures $(SWIFT_FLAGS)
	.build/release/fuzz-captures 10000000

.PHONY: bench-capacity test-slurm

bench-capacity: build ## sweeps whose answers are known: three bottlenecks ten times each, pipelining, 60 points against the clock
	Benchmarks/capacity/check.py

test-slurm: build ## a small sweep as a Slurm array on this machine (root, slurm-wlm, munge)
	scripts/test-slurm.sh

.PHONY: mutants test-asan test-tsan

mutants: setup ## change one line at a time and run the tests that should notice
	scripts/mutants.py

# What reads input that others wrote, and what threads share: the link, the observer, the embedded broker, the drivers' readers.
SANITIZED := LinkEmulatorTests,WireObserverTests,EmbeddedBrokerTests,DriversTests,crosswind-rdkafka

test-asan: setup ## the tests of link, observer, broker and drivers' readers with AddressSanitizer
	scripts/sanitize.sh address $(SANITIZED)

test-tsan: setup ## the same with ThreadSanitizer
	scripts/sanitize.sh thread $(SANITIZED)
