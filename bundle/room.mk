# The format: what taprun links (read half) and what only the builder has.
BUNDLE_SRC       := $(sort $(wildcard bundle/*.c bundle/*/*.c))
BUNDLE_WRITE_SRC := $(wildcard bundle/sign.c bundle/part_read.c bundle/*_write.c)
BUNDLE_READ_SRC  := $(filter-out $(BUNDLE_WRITE_SRC),$(BUNDLE_SRC))
