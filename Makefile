# The two commands of README.md, and what developers use. CMake does the building.
BUILD ?= build
JOBS := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
CAPTURE ?= simultaneous-close

.PHONY: all deps build program install run test record bench bench-live truth format clean
all: build

deps:
	@scripts/deps.sh

# Quiet unless it fails.
QUIETLY = >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }; rm -f $(BUILD).log
CONFIGURE = cmake -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=Release $(QUIETLY)

build: deps
	@$(CONFIGURE)
	@cmake --build $(BUILD) -j $(JOBS)

# Without the tests.
program: deps
	@echo "building..."
	@$(CONFIGURE)
	@cmake --build $(BUILD) -j $(JOBS) --target tcpwalk $(QUIETLY)

# Below PREFIX (/usr/local); DESTDIR is for packages. It says how to give the right to capture.
install: program
	@cmake -S . -B $(BUILD) $(if $(PREFIX),-DCMAKE_INSTALL_PREFIX=$(PREFIX)) $(QUIETLY)
	@cmake --build $(BUILD) -j $(JOBS) --target tcpwalk $(QUIETLY)
	@cmake --install $(BUILD)

# Builds what is missing, and shows a connection that both ends close at once.
run: program
	@$(BUILD)/tcpwalk --connection 1 $(CAPTURE)

test: build
	@scripts/test.sh $(BUILD)

# The stored captures anew, from their scenario scripts: all, or NAMES="abort backlog".
record: program
	@captures/record.sh $(BUILD)/tcpwalk $(NAMES)

# Throughput and memory, as ratios to a bare libpcap loop over the same file.
bench: build
	@tests/bench/run.sh $(BUILD)

# What is lost live, beside what tcpdump loses, and what watching costs.
bench-live: program
	@tests/bench/live.sh $(BUILD)

# Agreement with what kernels and other tools say of the same captures, and with the kernels on N
# random socket programs of each mode (tests/README.md).
N ?= 200
truth: build
	@tests/truth/run.sh $(BUILD) $(N)

format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

clean:
	@rm -rf $(BUILD)
