#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every 211th bit of a bundle; make check-slow has all of them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
"$O/slow/flips" 0/1 211
