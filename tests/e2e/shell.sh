#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The guest of the tests with a shell: shell.sh RELEASE
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
[ -d "$O/e2e" ] || tests/e2e/all.sh "$1" >/dev/null
exec tests/e2e/run.sh --shell --dir "$O/e2e" "$1"
