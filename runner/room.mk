# The runner: static, musl, no shared object.
RUNNER_SRC := $(sort $(wildcard runner/*.c))
