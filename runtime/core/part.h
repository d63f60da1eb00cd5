/* SPDX-License-Identifier: GPL-2.0-only */
/* How the session reaches the parts of a module without naming any of them. */
#ifndef RUNTIME_CORE_PART_H
#define RUNTIME_CORE_PART_H

#include "runtime/core/core.h"

/**
 * struct taprt_part - when a part is called; every hook may be NULL
 * @init: at load; may sleep and allocate; 0 or -errno
 * @exit: at unload and after a failed load, then also where @init never ran
 * @start: the runner starts the session; before the begin probes
 * @arm: after them, state STARTING: put probes in place; handlers do not run yet
 * @rearm: conditions changed: put in place what rt_wanted() says, and nothing else
 * @run: state RUNNING: handlers run; start what has a clock
 * @started: after all that, however far it got
 * @disarm: when it returns, no handler of this part runs, nor will one
 * @counts: add to the figures of the session
 * @report: after the end probes: lines of output
 * @skips: after that: lines that explain "skipped probes"
 *
 * All in process context, one at a time.  In the order of parts.def, backwards
 * for @exit and @disarm.
 */
struct taprt_part {
	int (*init)(void);
	void (*exit)(void);
	void (*start)(void);
	void (*arm)(void);
	void (*rearm)(void);
	void (*run)(void);
	void (*started)(void);
	void (*disarm)(void);
	void (*counts)(struct tapw_event *ev);
	void (*report)(void);
	void (*skips)(void);
};

/**
 * struct taprt_kind - what core/ asks of a kind of probe
 * @type: probe_type()
 * @in_irq: handlers run in an interrupt, which has registers of its own
 * @is_syscall: arguments and result are in the program's registers
 */
struct taprt_kind {
	const char *(*type)(const struct taprt_probe *p);
	bool in_irq, is_syscall;
};

/* The linked parts that have hooks, and NULL: build/link/glue.c makes it. */
extern const struct taprt_part *const taprt_parts[];

#endif
