# Everything that is done in this repository, one command each. Works offline
# once the module cache is warm.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

TIMEOUT   ?= 10m   # of one package's tests
FUZZTIME  ?= 10s   # of one fuzz target
BENCHTIME ?= 200ms # of one benchmark
SETTLEMENTS ?= 100000
PERSONS   ?= 50000 # both of a filled store
SOAK      ?= 40s   # of load and kills on one store
SEED      ?= 1     # of a soak
SEEDS     ?= 2000  # random histories to simulate
ROUNDS    ?= 20    # of failover
CUTS      ?= 500   # of the power

# The rooms where two goroutines may meet over money.
RACE_ROOMS := ./settlement/... ./adapters/store/...
# The engine, the codecs and the stores.
BENCH_ROOMS := ./settlement/... ./adapters/...

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## settle an invented person's discharge in one process, and explain it
	go run ./cmd/onestop demo

.PHONY: build
build: ## build the programs into bin/
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -o bin/ ./cmd/onestop ./cmd/payersim

.PHONY: reproducible
reproducible: ## build the programs twice, in two folders and with no cache shared, and demand equal bytes
	@one=$$(mktemp -d); two=$$(mktemp -d); trap 'rm -rf "$$one" "$$two"' EXIT; \
	for folder in "$$one" "$$two"; do \
		GOCACHE="$$folder/cache" CGO_ENABLED=0 go build -trimpath -buildvcs=auto -o "$$folder/bin/" ./cmd/onestop ./cmd/payersim; \
	done; \
	diff -r "$$one/bin" "$$two/bin" && sha256sum "$$one"/bin/* | sed "s| .*/| |"

.PHONY: licences
licences: ## list what is linked and its licences in deploy/licences.csv; a test demands that it is current
	@list=$$(mktemp); trap 'rm -f "$$list"' EXIT; go run ./cmd/bom licences >"$$list"; cat "$$list" >deploy/licences.csv

.PHONY: sbom
sbom: build ## build the programs and write what they are made of beside them (CycloneDX)
	@for program in onestop payersim; do go run ./cmd/bom sbom bin/$$program >bin/$$program.cdx.json; echo bin/$$program.cdx.json; done

.PHONY: modules
modules: ## compare the module cache with go.sum
	go mod verify

.PHONY: vulncheck
vulncheck: ## look for known vulnerabilities; ends with 75 and says NOT RUN where there is no database
	@.ci/vulncheck

.PHONY: needs
needs: ## install what the tests call and this machine lacks (Debian, as root)
	@.ci/needs

.PHONY: test
test: needs ## run every test, then the core rooms again with the race detector
	@status=0; \
	.ci/gotest all -count=1 -timeout $(TIMEOUT) ./... || status=1; \
	$(MAKE) race-core || status=1; \
	exit $$status

.PHONY: race
race: needs ## run every test with the race detector, simulations in their short form
	@.ci/gotest race -race -short -count=1 -timeout 30m ./...

.PHONY: race-core
race-core: needs ## the same for the core rooms, as part of make test
	@.ci/gotest race-core -race -short -count=1 -timeout $(TIMEOUT) $(RACE_ROOMS)

.PHONY: generate
generate: ## write the Go code, the gateway and the OpenAPI file from the contract
	sh proto/generate.sh

.PHONY: generate-check
generate-check: ## generate anew and demand that nothing changes
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; \
	cp -r proto "$$before"; \
	sh proto/generate.sh; \
	diff -r -x third_party "$$before/proto" proto || { echo "generated code was not current: commit what changed in proto/" >&2; exit 1; }

.PHONY: lint
lint: ## vet, gofmt, staticcheck, gosec, and golangci-lint where it is installed
	go vet ./...
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt -w these:" $$unformatted >&2; exit 1; }
	go tool staticcheck ./...
	@.ci/gosec
	@if command -v golangci-lint >/dev/null; then set -x; golangci-lint run ./...; else echo "golangci-lint is not installed: its extra checks (.golangci.yml) did not run"; fi

.PHONY: bench
bench: needs ## benchmark the engine, the codecs and the stores, then the whole over the wire, shortly
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(BENCH_ROOMS)
	$(MAKE) bench-wire

.PHONY: bench-wire
bench-wire: needs ## settle over the wire beside pgbench for half a minute, and print the ratios; only wrong answers fail
	go run ./loadtest bench --store postgres --api grpc --clients 8,32 --for 3s --rounds 1 --persons 2000 --scale 10

.PHONY: size
size: needs ## fill each store with SETTLEMENTS (100000) and PERSONS (50000), and measure it beside an empty one
	go run ./loadtest size --store sqlite --settlements $(SETTLEMENTS) --persons $(PERSONS)
	go run ./loadtest size --store postgres --settlements $(SETTLEMENTS) --persons $(PERSONS)

# The baseline is worth what the machine was worth when it was recorded: times
# compare on the same quiet machine only, allocations anywhere.
ENGINE_BENCH = go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -count 10 ./settlement

.PHONY: bench-compare
bench-compare: ## compare the engine with its stored baseline
	@now=$$(mktemp); trap 'rm -f "$$now"' EXIT; \
	$(ENGINE_BENCH) >"$$now" || { cat "$$now"; exit 1; }; \
	go tool benchstat settlement/testdata/bench.txt "$$now"

.PHONY: bench-baseline
bench-baseline: ## record the engine's baseline anew, on a quiet machine
	$(ENGINE_BENCH) >settlement/testdata/bench.txt

.PHONY: fuzz
fuzz: ## run each fuzz target there is for FUZZTIME (10s)
	@go test -list '^Fuzz' ./... \
	| awk '/^Fuzz/ {target[++n] = $$1} /^ok/ {for (i = 1; i <= n; i++) print $$2, target[i]; n = 0}' \
	| while read -r package target; do \
		echo "== $$package $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null; \
	done

.PHONY: soak
soak: needs ## kill gateways, payers and databases at random for SOAK (40s) on each store, and compare the books
	go run ./loadtest soak --store sqlite --for $(SOAK) --kill-every 3s --seed $(SEED)
	go run ./loadtest soak --store postgres --for $(SOAK) --kill-every 3s --seed $(SEED)

.PHONY: power
power: needs ## prove that no answer leaves before its fsync, and cut the power CUTS (500) times
	go run ./loadtest power ack --discharges 10000
	! go run ./loadtest power ack --pretend
	ONESTOP_POWER_CUTS=$(CUTS) go test -count=1 -timeout 2h -v -run PowerCut ./adapters/store/sqlite ./adapters/store/postgres

.PHONY: simulate
simulate: ## simulate SEEDS (2000) random histories of three gateways
	ONESTOP_SEEDS=$(SEEDS) go test -count=1 -timeout 8h -v -run '^TestSimulation$$' ./settlement/lifecycle

.PHONY: mutants
mutants: ## plant every known mistake in the saga and demand that a test finds it
	ONESTOP_MUTANTS=1 go test -count=1 -timeout 2h -v -run '^TestMutants' ./settlement/lifecycle

.PHONY: failover
failover: needs ## kill the primary and promote its standby ROUNDS (20) times under load
	ONESTOP_FAILOVER_ROUNDS=$(ROUNDS) go test -count=1 -timeout 2h -v -run Failover ./adapters/store/postgres

.PHONY: drill
drill: needs ## break one thing after the other before a real Prometheus (as root): the right alert fires, and no other
	go run ./loadtest drill

.PHONY: mischief
mischief: ## plant differences into payers' lists of 5,000 settlements and demand that reconciling finds them
	go run ./loadtest mischief --settlements 5000 --seed $(SEED)

.PHONY: heal
heal: needs ## silence the payers with hundreds of settlements in doubt, and measure how soon all are settled once they answer
	go run ./loadtest heal --store sqlite --seed $(SEED)
	go run ./loadtest heal --store postgres --seed $(SEED)

.PHONY: topology
topology: needs ## run deploy/compose as plain processes: two gateways, kill -9 one, audit what the other made of it
	go run ./loadtest topology

.PHONY: siege
siege: ## attack a gateway's ports as hostile and broken clients do, and hold 2,000 slow connections beside a healthy one
	go run ./loadtest siege --seed $(SEED)

.PHONY: night
night: ## the long forms: two hours of soak on each store, 100,000 histories, every mutant
	$(MAKE) soak SOAK=2h
	$(MAKE) power
	$(MAKE) simulate SEEDS=100000
	$(MAKE) mutants
	$(MAKE) failover ROUNDS=100
	$(MAKE) drill

.PHONY: cover
cover: ## measure what the tests reach; bin/cover.out has the lines
	@mkdir -p bin
	@go test -short -count=1 -timeout $(TIMEOUT) -coverprofile bin/cover.out \
		-coverpkg "$$(go list ./... | grep -v /proto/ | paste -sd ,)" ./... | grep -v 'no test files'
	@go tool cover -func bin/cover.out | tail -n 1

.PHONY: figures
figures: ## print the size and habits of the hand-written code
	@go test -count=1 -v -run '^TestHouse$$' ./cmd/tidy

.PHONY: clean
clean: ## remove what the other commands left behind
	rm -rf bin proto/third_party
