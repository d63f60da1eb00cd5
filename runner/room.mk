# The runner: static, musl, no shared object.
RUNNER_SRC := $(sort $(wildcard runner/*.c))

# Everything but main() and the shims, built for the host: tests/unit/t_run_*
# and tests/fuzz/fuzz_stream link it before libtap.a.
RUNNER_LIB_OBJ := $(patsubst %.c,$(O)/obj/%.o,\
	$(filter-out runner/main.c runner/shim.c,$(RUNNER_SRC)))
$(O)/libtaprun.a: $(RUNNER_LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@; ar rcsD $@ $^
