/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracepoints of a kernel image and of modules: where, prototype, system. */
#ifndef BUILD_DEBUGINFO_KTRACEPOINT_H
#define BUILD_DEBUGINFO_KTRACEPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct btfv;
struct efile;
struct err;
struct ksyms;

/**
 * struct ktracepoint - a tracepoint
 * @name: "sched_switch"
 * @system: "sched", or "" for one without an event (DECLARE_TRACE)
 * @addr: of its struct tracepoint; 0 in modules
 * @proto: BTF id of a FUNC_PROTO whose parameter 0 is the void *__data of the
 *         probe function, or 0 when there is none
 * @has_names: the parameters carry names (taken from __traceiter_NAME)
 */
struct ktracepoint {
	const char *name, *system;
	uint64_t addr;
	uint32_t proto;
	bool has_names;
};

/**
 * ktracepoint_collect() - all tracepoints of an image, sorted by name; array in @a
 * @btf: the kernel's types, or NULL
 *
 * Systems come from the kernel's table of events, include/linux/trace_events.h.
 */
void ktracepoint_collect(struct arena *a, const struct efile *f,
			 const struct ksyms *s, const struct btfv *btf,
			 struct ktracepoint **ret, size_t *n);

/**
 * ktracepoint_module() - those that a module defines, sorted by name
 *
 * Names and systems only, copied to @a: prototypes are in the module's types, see
 * ktracepoint_proto().
 * Return: 0 (also with none), ERR_FORMAT.
 */
int ktracepoint_module(struct arena *a, const struct efile *f,
		       struct ktracepoint **ret, size_t *n, struct err *e);

/** ktracepoint_proto() - fill @t->proto and @t->has_names from @btf */
void ktracepoint_proto(struct arena *tmp, const struct btfv *btf,
		       struct ktracepoint *t);

#endif
