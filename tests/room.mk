# Tests.  `make check` runs all of them; each layer can be run alone.
UNIT_SRC := $(sort $(wildcard tests/unit/t_*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(O)/fuzz/%)

# A test of the runner or of the runtime's pure parts includes the sources it tests.
$(O)/unit/%: $(O)/obj/tests/unit/%.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS) -lm

# Without libFuzzer a target replays its corpus.
$(O)/fuzz/%: $(O)/obj/tests/fuzz/%.o $(O)/obj/tests/fuzz/driver.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

.SECONDARY: $(UNIT_SRC:%.c=$(O)/obj/%.o) $(FUZZ_SRC:%.c=$(O)/obj/%.o)

.PHONY: check check-slow unit-bins fuzz-bins golden golden-update check-e2e e2e-shell fuzz lint

unit-bins: $(UNIT_BIN)
fuzz-bins: $(FUZZ_BIN)

check: ## all tests; installs what they need
	@tests/tools/deps.sh check
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@O=$(O) tests/tools/check.sh

check-fast: ## what needs no kernel: headers, layers, registry, unit, golden, lang
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@O=$(O) tests/tools/check.sh static unit golden lang fuzz cli

check-slow: all $(O)/slow/flips ## every bit of a bundle, a minute of output: PART=I/N, PART=minute
	@O=$(O) tests/tools/slow.sh $(PART)

check-e2e: all ## every case on every kernel of the manifest
	@tests/tools/deps.sh check
	@O=$(O) tests/tools/check.sh e2e

golden-update: all ## rewrite golden files; review the diff
	@O=$(O) tests/tools/golden.sh --update

e2e-shell: all ## a shell in the guest: make e2e-shell K=release
	@test -n "$(K)" || { echo "usage: make e2e-shell K=release" >&2; exit 2; }
	@tests/tools/deps.sh demo
	@O=$(O) tests/e2e/shell.sh "$(K)"

fuzz: ## libFuzzer or AFL++: make fuzz T=fuzz_parse SECS=60 ENGINE=afl
	@tests/tools/fuzz.sh "$(T)" "$(or $(SECS),60)" "$(or $(ENGINE),libfuzzer)"

lint: ## clang-tidy, cppcheck, shellcheck where installed
	@tests/tools/lint.sh

.PHONY: demo bench
demo: ## the main job on real kernels, from nothing
	@tests/tools/deps.sh demo
	@O=$(abspath $(O)) tests/demo/demo.sh

bench: all ## medians and ratios, with their commands
	@O=$(abspath $(O)) tests/bench/bench.sh

# What the tests of the command lines need and the programs must not have.
$(O)/cli/%: $(O)/obj/tests/cli/%.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

.SECONDARY: $(O)/obj/tests/cli/mktap.o
.PHONY: cli-bins
cli-bins: $(O)/cli/mktap $(O)/attack $(O)/slow/flips

# Attacks by name on library and programs: tests/attack
ATTACK_SRC := $(sort $(wildcard tests/attack/*.c))
$(O)/attack: $(ATTACK_SRC:%.c=$(O)/obj/%.o) $(O)/libtap.a
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

# New bundles for tests/data, never the old ones again
.PHONY: mkdata
mkdata: $(O)/mkdata
$(O)/mkdata: $(O)/obj/tests/data/make.o $(O)/obj/tests/attack/stage.o $(O)/libtap.a
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

# What only check-slow runs whole
$(O)/slow/%: $(O)/obj/tests/slow/%.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

.SECONDARY: $(O)/obj/tests/slow/flips.o

# Modules to be traced: tests/e2e/mod
.PHONY: mod-bins
mod-bins: $(O)/mod/mkmod $(O)/mod/kaddr

$(O)/mod/%: $(O)/obj/tests/e2e/mod/%.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

.SECONDARY: $(O)/obj/tests/e2e/mod/mkmod.o $(O)/obj/tests/e2e/mod/kaddr.o

# Where the bytes of a debug index go: out/bench/dwsize FILE.dwi
.PHONY: dwsize bench-bins
dwsize: $(O)/bench/dwsize
bench-bins: $(O)/bench/siblings

$(O)/bench/%: $(O)/obj/tests/bench/%.o $(O)/libtap.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(SANFLAGS) -o $@ $^ $(BUILD_LIBS)

.SECONDARY: $(O)/obj/tests/bench/dwsize.o $(O)/obj/tests/bench/siblings.o
