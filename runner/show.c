/* SPDX-License-Identifier: GPL-2.0-only */
/* Plain columns for people and for cut(1). */
#include "runner/show.h"
#include "runner/instances.h"
#include "runner/kernel.h"
#include "runner/load.h"
#include "runner/out.h"
#include "bundle/base/err.h"
#include "bundle/target.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void show(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void show(struct out *o, const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	if (n > 0)
		out_put(o, line, (size_t)n);
}

void show_hex(char *text, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", p[i]);
}

bool show_is_here(const struct manifest_target *t, const struct kernel *k)
{
	char id[2 * BUNDLE_BUILD_ID_MAX + 1] = "";

	if (!t->build_id)
		return strcmp(t->release, k->uts.release) == 0;
	show_hex(id, k->host.build_id, k->host.build_id_len);
	return strcmp(t->build_id, id) == 0;
}

void show_list(struct out *o, const struct load *l, const struct kernel *k)
{
	const struct manifest *m = &l->bundle->man;
	uint32_t i;

	for (i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];

		show(o, "%c %-28s %-8s %.12s  ", show_is_here(t, k) ? '*' : ' ',
		     t->release, t->machine,
		     t->build_id ? t->build_id : "unknown     ");
		if (t->is_ok)
			show(o, "ok           %s %llu\n", t->module,
			     (unsigned long long)t->ko_size);
		else
			show(o, "unsupported  %s %s\n", t->status_code,
			     t->status_text);
	}
}

static void show_time(struct out *o, const char *key, uint64_t t)
{
	if (t)
		show(o, "%-12s %llu\n", key, (unsigned long long)t);
}

static void show_text(struct out *o, const char *key, const char *text)
{
	if (text)
		show(o, "%-12s %s\n", key, text);
}

static void show_params(struct out *o, const struct manifest *m)
{
	uint32_t i;

	for (i = 0; i < m->nparams; i++) {
		const struct manifest_param *p = &m->params[i];

		if (p->type == PARAM_INT64)
			show(o,
			     "%-12s %s int64 default %lld from %lld to "
			     "%lld\n",
			     "param", p->name, (long long)p->def,
			     (long long)p->min, (long long)p->max);
		else
			show(o,
			     "%-12s %s string default \"%s\" at most %u "
			     "bytes\n",
			     "param", p->name, p->def_str, p->len);
	}
}

static void show_signatures(struct out *o, const struct bundle *b)
{
	unsigned int i;

	for (i = 0; i < b->sigs.n; i++) {
		const struct sig_line *s = &b->sigs.line[i];
		char id[17];

		show_hex(id, s->keyid, 8);
		show(o, "%-12s %s key %s, %s\n", "signature",
		     s->is_known ? sig_role_name(s->role) : "unknown kind", id,
		     s->key >= 0 ? "trusted" : "not trusted here");
	}
}

void show_info(struct out *o, const struct load *l)
{
	const struct manifest *m = &l->bundle->man;
	uint32_t i, nok = 0;

	show(o, "%-12s %s\n", "name", m->name);
	show(o, "%-12s %llu\n", "version", (unsigned long long)m->version);
	show(o, "%-12s %s\n", "bundle-id", m->bundle_id);
	show_time(o, "created", m->created);
	show_time(o, "not-before", m->not_before);
	show_time(o, "not-after", m->not_after);
	show_text(o, "audience", m->audience);
	show_text(o, "builder", m->builder);
	show_text(o, "description", m->description);
	show_text(o, "contact", m->contact);
	show_signatures(o, l->bundle);
	for (i = 0; i < m->nscripts; i++)
		show(o, "%-12s %s %llu bytes\n", "script", m->scripts[i].name,
		     (unsigned long long)m->scripts[i].size);
	show(o, "%-12s %s%s\n", "privilege",
	     manifest_privilege_name(m->privilege), m->is_guru ? ", guru" : "");
	show(o, "%-12s %s\n", "writes", manifest_writes_name(m->writes));
	for (i = 0; i < m->nprobes; i++)
		show(o, "%-12s %s %llu\n", "probes", m->probes[i].kind,
		     (unsigned long long)m->probes[i].count);
	show_params(o, m);
	show_time(o, "max-seconds", m->limit_runtime_s);
	show_time(o, "max-bytes", m->limit_output_bytes);
	for (i = 0; i < m->nneeds; i++)
		show_text(o, "needs", m->needs[i]);
	for (i = 0; i < m->ntargets; i++)
		nok += m->targets[i].is_ok;
	show(o, "%-12s %u, %u with a module\n", "kernels", m->ntargets, nok);
}

int show_running(struct out *o, struct err *e)
{
	struct instances in;
	int r = instances_open(&in, e);

	if (r < 0)
		return r;
	while (instances_next(&in)) {
		if (in.pid)
			show(o, "%-55s pid %d\n", in.name, (int)in.pid);
		else
			show(o, "%-55s %s\n", in.name,
			     in.is_used ? "in use; only root sees by whom"
					: "no reader");
	}
	instances_close(&in);
	return 0;
}
