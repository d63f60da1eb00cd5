/* SPDX-License-Identifier: GPL-2.0-only */
/* One struct out for each CPU that prints. */
#include "runner/bulk.h"
#include "runner/sys.h"
#include "bundle/base/err.h"

#include <errno.h>

int bulk_open(struct bulk *b, struct out *first, uint32_t ncpus, struct err *e)
{
	if (!ncpus || ncpus > BULK_CPUS_MAX)
		return err_set(e, ERR_LIMIT, "-b: %u CPUs, limit %u", ncpus,
			       BULK_CPUS_MAX);
	b->first = first;
	b->outs = sys_map(ncpus * sizeof(struct out));
	if (!b->outs)
		return err_sys(e, "-b: no memory for %u CPUs", ncpus);
	b->n = ncpus;
	return 0;
}

/* NULL: there is no such CPU, or its file cannot be made. */
static struct out *bulk_out(struct bulk *b, uint32_t cpu)
{
	struct out *o;

	if (cpu == 0)
		return b->first;
	if (cpu >= b->n)
		return NULL;
	o = &b->outs[cpu];
	if (o->path)
		return o;
	if (out_open_cpu(o, b->first, cpu) < 0) {
		if (!b->first->failed)
			b->first->failed = errno;
		o->path = NULL;
		return NULL;
	}
	b->open[b->nopen++] = (uint16_t)cpu;
	return o;
}

void bulk_put(struct bulk *b, uint32_t cpu, const void *p, size_t n)
{
	struct out *o;

	if (out_is_dead(b->first))
		return;
	o = bulk_out(b, cpu);
	if (o)
		out_put(o, p, n);
}

static void bulk_watch(struct bulk *b, const struct out *o)
{
	if (o->failed && !b->first->failed)
		b->first->failed = o->failed;
}

void bulk_flush(struct bulk *b)
{
	uint32_t i;

	out_flush(b->first);
	for (i = 0; i < b->nopen; i++) {
		out_flush(&b->outs[b->open[i]]);
		bulk_watch(b, &b->outs[b->open[i]]);
	}
}

void bulk_rotate(struct bulk *b)
{
	uint32_t i;

	out_rotate(b->first);
	for (i = 0; i < b->nopen; i++)
		out_rotate(&b->outs[b->open[i]]);
}

uint64_t bulk_total(const struct bulk *b)
{
	uint64_t n = b->first->total;
	uint32_t i;

	for (i = 0; i < b->nopen; i++)
		n += b->outs[b->open[i]].total;
	return n;
}

int bulk_close(struct bulk *b, struct err *e)
{
	int r = 0;
	uint32_t i;

	for (i = 0; i < b->nopen; i++)
		if (out_close(&b->outs[b->open[i]], r ? NULL : e) < 0)
			r = ERR_IO;
	b->nopen = 0;
	sys_unmap(b->outs, b->n * sizeof(struct out));
	b->outs = NULL;
	b->n = 0;
	return r;
}
