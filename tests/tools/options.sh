#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# build/OPTIONS.md, from the option table: options.sh TAPBUILD >build/OPTIONS.md
cat <<'END'
# Options of a build

What `tapbuild --help` prints; made by `tests/tools/options.sh` from
[options.def](options.def). Default options can stand in `~/.config/tap/rc`, one
line after the other. As `stap`, options end at the script's name, the exit code is
0 or 1, and `-p4` prints the bundle's path only.

```
END
"$1" --help
printf '```\n'
