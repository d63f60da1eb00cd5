# The builder: every .c file below build/ belongs to tapbuild.
BUILD_SRC := $(sort $(wildcard build/*.c build/*/*.c))
