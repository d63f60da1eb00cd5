/* SPDX-License-Identifier: GPL-2.0-only */
/* What a session has counted so far, for people, JSON and metrics alike. */
#ifndef RUNNER_COUNTS_H
#define RUNNER_COUNTS_H

#include <stdint.h>

/* Why something was lost: id, key in JSON and metrics, words of -v. */
#define COUNTS_SKIPS(X)                \
	X(reentry, "reentrancy")       \
	X(lock, "global lock timeout") \
	X(stack, "low stack")          \
	X(missed, "missed probe hits") \
	X(overload, "overload")

/**
 * struct counts - since the session began
 * @records: taken from the rings; @bytes: of script output among them
 * @lost: records that met a full ring; @lost_bytes: in them
 * @damaged: times a ring's content made no sense
 * @hits, @errors, @armed, @failed, @memory_bytes, skip_*: as the module said last
 */
struct counts {
	uint64_t records, bytes, lost, lost_bytes, damaged;
	uint64_t hits, errors, armed, failed, memory_bytes, skipped;
#define X(id, words) uint64_t skip_##id;
	COUNTS_SKIPS(X)
#undef X
};

#endif
