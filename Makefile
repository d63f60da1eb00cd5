# SPDX-License-Identifier: GPL-2.0-only
# One graph for user space; each room adds its sources in room.mk.
#
#   make            build out/tapbuild, out/taprun
#   make demo       the main job on real kernels
#   make check      all tests
#   make help       every target

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

O       ?= out
CC      ?= gcc
ifeq ($(origin CC),default)
CC      := gcc
endif
MUSL_CC ?= musl-gcc
V       ?= 0
DEV     ?= 1
SAN     ?=
OPT     ?= -O2
# in a new year LOAD_TIME_FLOOR of runner/load.c goes with it
VERSION := 0.1.0

Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)')

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wvla -Wwrite-strings \
	-Wformat=2 -Wundef -Wcast-align -fno-common
WARN += $(if $(filter 1,$(DEV)),-Werror)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)

DEFS := -D_GNU_SOURCE -DTAP_VERSION='"$(VERSION)"'
CFLAGS ?= $(OPT) -g
ALL_CFLAGS = -std=gnu11 $(DEFS) -I. $(WARN) $(SANFLAGS) $(CFLAGS)
BUILD_LIBS = -Wl,--as-needed -lelf -ldw -larchive -lkmod -lzstd -lsodium -lbpf -lcrypto -lz -llzma

MUSL_CFLAGS = -std=gnu11 $(DEFS) -I. $(WARN) -Os -static -fno-pie -no-pie \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-idirafter /usr/include -idirafter /usr/include/$(shell gcc -print-multiarch 2>/dev/null)
MUSL_LDFLAGS = -static -no-pie -s -Wl,--gc-sections -Wl,--build-id=none
MUSL_LIBDIR := /usr/lib/$(shell gcc -print-multiarch 2>/dev/null)

.PHONY: all FORCE help
all: $(O)/tapbuild $(O)/stap $(O)/taprun ## build the two programs

include build/room.mk bundle/room.mk runner/room.mk tests/room.mk

# ---- compile rules --------------------------------------------------------

FLAGS_NOW := $(CC) $(ALL_CFLAGS) | $(MUSL_CC) $(MUSL_CFLAGS)
$(O)/.flags: FORCE
	@mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' | \
		cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' >$@

# What is missing is one sentence, not the errors of the first fifty files.
NEEDS ?= tests/tools/deps.sh told
$(O)/.needs: tests/tools/deps.sh
	@mkdir -p $(@D); $(NEEDS)
	@touch $@

$(O)/obj/%.o: %.c $(O)/.flags | $(O)/.needs
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@ $<

$(O)/musl/%.o: %.c $(O)/.flags | $(O)/.needs
	@mkdir -p $(@D)
	$(call say,MUSL,$<)
	$(Q)$(MUSL_CC) $(MUSL_CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@ $<

BUILD_OBJ  := $(BUILD_SRC:%.c=$(O)/obj/%.o)
BUNDLE_OBJ := $(BUNDLE_SRC:%.c=$(O)/obj/%.o)
MUSL_OBJ   := $(patsubst %.c,$(O)/musl/%.o,$(BUNDLE_READ_SRC) $(RUNNER_SRC))

# Everything but main(), for unit tests and fuzz targets.
$(O)/libtap.a: $(filter-out %/main.o,$(BUILD_OBJ)) $(BUNDLE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@; ar rcsD $@ $^

$(O)/tapbuild: $(O)/obj/build/main.o $(O)/libtap.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(BUILD_LIBS)

# SystemTap's name for the builder: same program, same arguments.
$(O)/stap: $(O)/tapbuild
	$(Q)ln -sf tapbuild $@

$(O)/taprun: $(MUSL_OBJ)
	$(call say,LINK,$@)
	$(Q)$(MUSL_CC) $(MUSL_LDFLAGS) -o $@ $^ \
		$(MUSL_LIBDIR)/libzstd.a $(MUSL_LIBDIR)/libsodium.a

DEPS := $(shell find $(O) -name '*.d' 2>/dev/null)
-include $(DEPS)

# ---- housekeeping ----------------------------------------------------------

.PHONY: clean format compile_commands.json
clean: ## remove out/
	rm -rf $(O)

help: ## this list
	@grep -hE '^[a-z][a-zA-Z0-9_-]*:.*## ' $(MAKEFILE_LIST) | sort | \
		awk -F':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

format: ## run clang-format over all C sources
	clang-format-14 -i $$(git ls-files '*.c' '*.h' | grep -v '^tests/golden/')

