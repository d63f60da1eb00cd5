#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A run in the background whose output is awaited begins with an empty file: else what an
# earlier one wrote there ends the waiting before the run has begun, now and then.
set -u
cd "$(dirname "$0")/../.." || exit 1
git ls-files 'tests/*.sh' | xargs awk '
	function name(s) { sub(/^.*[> "]/, "", s); return s }
	FNR == 1 { split("", wrote); split("", empty); split("", began) }
	/^[ \t]*#/ { next }
	{
		for (f in began)
			if (FNR - began[f] > 6)
				delete began[f]
			else if (/await/ && index($0, f)) {
				printf "%s:%d: %s may hold what an earlier run wrote\n", FILENAME, began[f], f
				bad = 1
				delete began[f]
			}
		is_run = /&[ \t]*(#.*)?$/ && !/&&[ \t]*$/
		is_clean = /^[ \t]*: *>/
		if (/^[ \t]*rm -/)
			for (f in wrote)
				if (index($0, f))
					empty[f] = FNR
		for (s = $0; match(s, /([^&>]>|-o) *"?\/tmp\/[A-Za-z0-9_.-]+/); s = substr(s, RSTART + RLENGTH)) {
			f = name(substr(s, RSTART, RLENGTH))
			if (is_clean)
				empty[f] = FNR
			else if (is_run && f in wrote && !(f in empty && FNR - empty[f] <= 6))
				began[f] = FNR
			wrote[f]
		}
	}
	END { exit bad }'
