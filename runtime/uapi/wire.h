/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The only shared language of builder, module and runner.
 *
 * A loaded module NAME owns two procfs files:
 *
 *   /proc/tap-NAME/data   per-CPU rings; mmap (read-write) or read()
 *   /proc/tap-NAME/ctl    one message per write(), one event per read(); poll()
 *
 * Life: load -> SET* -> START -> (data) -> STOP -> EV_STOPPED -> drain -> unload.
 * Closing ctl while the session runs disarms every probe (a dead reader).
 */
#ifndef RUNTIME_UAPI_WIRE_H
#define RUNTIME_UAPI_WIRE_H

#include <linux/types.h>

#define TAPW_VERSION	 1
#define TAPW_MAGIC	 0x31474e4952504154ULL /* "TAPRING1" little endian */
#define TAPW_PAGE	 4096
#define TAPW_PROC_PREFIX "tap-" /* directory /proc/tap-<module name> */

/* ---- data --------------------------------------------------------------- */

/*
 * Offset 0 of the mapping, one page.  Ring of CPU slot i begins at
 * ring_off + i * ring_stride with one page of struct tapw_cpu, followed by
 * ring_bytes of data (a power of two).
 */
struct tapw_header {
	__u64 magic;
	__u32 version;
	__u32 nrings;	   /* possible CPUs */
	__u32 ring_bytes;  /* data bytes of one ring, power of two */
	__u32 ring_stride; /* TAPW_PAGE + ring_bytes */
	__u32 ring_off;	   /* offset of ring 0 */
	__u32 reserved;
	__u64 map_bytes; /* length of the whole mapping */
};

/*
 * head counts bytes ever published, tail bytes ever consumed; both only grow.
 * The writer sets committing to 1 before it reads the clock for a record and to
 * 0 after head is published: a reader that took time T, then saw committing == 0,
 * then read head, has every record of this ring with time < T.
 */
struct tapw_cpu {
	__u64 head;	  /* writer */
	__u32 committing; /* writer */
	__u32 cpu;
	__u64 lost; /* writer: records dropped because the ring was full */
	__u64 lost_bytes; /* writer */
	__u64 pad1[12];
	__u64 tail; /* reader; the writer trusts it only modulo ring size */
	__u64 pad2[15];
};

/* Records are 8-byte aligned and never wrap: a PAD record fills the end. */
struct tapw_rec {
	__u32 len;  /* header + payload, before padding to 8 */
	__u16 type; /* TAPW_REC_* */
	__u16 flags;
	__u64 time_ns; /* CLOCK_MONOTONIC when its handler printed first */
	__u32 seq;     /* per ring; a gap = records lost here */
	__u32 cpu;
};

enum tapw_rec_type {
	TAPW_REC_PAD = 0,  /* skip len bytes; the rest of the header is unset */
	TAPW_REC_DATA = 1, /* script output bytes, goes to stdout as is */
	TAPW_REC_WARN = 2, /* text without "WARNING: " and newline */
	TAPW_REC_ERROR = 3, /* text without "ERROR: " and newline */
	TAPW_REC_LOG = 4,   /* text for stderr as is */
	TAPW_REC_SYSTEM =
		5, /* shell command of at most TAPW_SYSTEM_MAX bytes */
	TAPW_REC_SWITCH =
		6, /* go on in the next output file; text has no meaning */
};

#define TAPW_SYSTEM_MAX 127

/* flags: goes on where this ring's previous record, of the same time, ended */
#define TAPW_REC_F_CONT 1

/* ---- control: runner -> module -------------------------------------------- */

enum tapw_cmd {
	TAPW_SET = 1,	/* payload "name\0value\0": a global before START */
	TAPW_START = 2, /* payload struct tapw_start */
	TAPW_STOP = 3,	/* no payload; returns after the end probes have run */
	TAPW_LOOK = 4,	/* no payload; an event follows, for its counters */
};

struct tapw_msg {
	__u32 type; /* enum tapw_cmd */
	__u32 len;  /* payload bytes that follow */
};

#define TAPW_MSG_MAX 4096 /* a whole message, header included */

struct tapw_start {
	__s32 target; /* target(): pid of -c or -x, or 0 */
	__u32 flags;
};

/* ---- control: module -> runner -------------------------------------------- */

enum tapw_event_type {
	TAPW_EV_STATE = 1, /* state changed */
};

enum tapw_state {
	TAPW_LOADED = 0,
	TAPW_STARTING = 1,
	TAPW_RUNNING = 2,
	TAPW_STOPPING = 3, /* exit() was called: send STOP */
	TAPW_ERROR =
		4, /* errors above MAXERRORS or too many skips: send STOP */
	TAPW_STOPPED = 5, /* end/error probes have run; counters are final */
};

/* read() returns exactly one of these; 0 = nothing new (poll and try again). */
struct tapw_event {
	__u32 type;
	__u32 state;
	__s32 exit_code; /* exit(N) */
	__u32 errors;
	__u64 skipped;		/* handlers not run, in all */
	__u64 skipped_reentry;	/* … because a handler ran on this CPU */
	__u64 skipped_lock;	/* … because a global stayed locked */
	__u64 skipped_stack;	/* … because kernel stack was low */
	__u64 skipped_missed;	/* … kretprobe/kprobe missed counters */
	__u64 skipped_overload; /* … */
	__u64 lost;		/* records dropped on full rings */
	__u64 hits;		/* handlers run (all probes) */
	__u32 points;		/* probe points armed */
	__u32 points_failed;	/* probe points that could not be armed */
	__u64 memory_bytes;	/* allocated by the module for this session */
	char reason[128];	/* why state is ERROR, or "" */
};

#endif
