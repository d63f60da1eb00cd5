/* SPDX-License-Identifier: GPL-2.0-only */
/* The same facts as show.c; runner/output.schema.json describes them. */
#include "runner/show_json.h"
#include "runner/instances.h"
#include "runner/json.h"
#include "runner/kernel.h"
#include "runner/load.h"
#include "runner/show.h"
#include "bundle/base/err.h"

#include <string.h>

void show_json_list(struct json *j, const struct load *l,
		    const struct kernel *k)
{
	const struct manifest *m = &l->bundle->man;
	uint32_t i;

	for (i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];

		json_begin(j, "kernel");
		json_str(j, "release", t->release);
		json_str(j, "version", t->version);
		json_str(j, "machine", t->machine);
		json_str(j, "build_id", t->build_id);
		json_bool(j, "here", show_is_here(t, k));
		json_bool(j, "ok", t->is_ok);
		if (t->is_ok) {
			json_str(j, "module", t->module);
			json_u64(j, "size", t->ko_size);
		} else {
			json_str(j, "code", t->status_code);
			json_str(j, "text", t->status_text);
		}
		json_end(j);
	}
}

static void show_json_params(struct json *j, const struct manifest *m)
{
	uint32_t i;

	json_open(j, "params", '[');
	for (i = 0; i < m->nparams; i++) {
		const struct manifest_param *p = &m->params[i];

		json_open(j, NULL, '{');
		json_str(j, "name", p->name);
		if (p->type == PARAM_INT64) {
			json_str(j, "kind", "int64");
			json_i64(j, "default", p->def);
			json_i64(j, "min", p->min);
			json_i64(j, "max", p->max);
		} else {
			json_str(j, "kind", "string");
			json_str(j, "default", p->def_str);
			json_u64(j, "max_bytes", p->len);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void show_json_signatures(struct json *j, const struct bundle *b)
{
	unsigned int i;

	json_open(j, "signatures", '[');
	for (i = 0; i < b->sigs.n; i++) {
		const struct sig_line *s = &b->sigs.line[i];
		char id[17];

		show_hex(id, s->keyid, 8);
		json_open(j, NULL, '{');
		json_str(j, "role",
			 s->is_known ? sig_role_name(s->role) : "unknown");
		json_str(j, "key", id);
		json_bool(j, "trusted", s->key >= 0);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void show_json_contents(struct json *j, const struct manifest *m)
{
	uint32_t i;

	json_open(j, "scripts", '[');
	for (i = 0; i < m->nscripts; i++) {
		json_open(j, NULL, '{');
		json_str(j, "name", m->scripts[i].name);
		json_u64(j, "size", m->scripts[i].size);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_open(j, "probes", '[');
	for (i = 0; i < m->nprobes; i++) {
		json_open(j, NULL, '{');
		json_str(j, "kind", m->probes[i].kind);
		json_u64(j, "count", m->probes[i].count);
		json_close(j, '}');
	}
	json_close(j, ']');
	show_json_params(j, m);
	json_open(j, "needs", '[');
	for (i = 0; i < m->nneeds; i++)
		json_str(j, NULL, m->needs[i]);
	json_close(j, ']');
}

/* Times and limits: absent when the bundle states none. */
static void show_json_limit(struct json *j, const char *key, uint64_t v)
{
	if (v)
		json_u64(j, key, v);
}

void show_json_info(struct json *j, const struct load *l)
{
	const struct manifest *m = &l->bundle->man;
	uint32_t i, nok = 0;

	json_begin(j, "bundle");
	json_str(j, "name", m->name);
	json_u64(j, "version", m->version);
	json_str(j, "bundle_id", m->bundle_id);
	show_json_limit(j, "created", m->created);
	show_json_limit(j, "not_before", m->not_before);
	show_json_limit(j, "not_after", m->not_after);
	json_str(j, "audience", m->audience);
	json_str(j, "builder", m->builder);
	json_str(j, "description", m->description);
	json_str(j, "contact", m->contact);
	show_json_signatures(j, l->bundle);
	json_str(j, "privilege", manifest_privilege_name(m->privilege));
	json_bool(j, "guru", m->is_guru);
	json_str(j, "writes", manifest_writes_name(m->writes));
	show_json_contents(j, m);
	show_json_limit(j, "max_seconds", m->limit_runtime_s);
	show_json_limit(j, "max_bytes", m->limit_output_bytes);
	for (i = 0; i < m->ntargets; i++)
		nok += m->targets[i].is_ok;
	json_u64(j, "kernels", m->ntargets);
	json_u64(j, "kernels_ok", nok);
	json_end(j);
}

int show_json_running(struct json *j, struct err *e)
{
	struct instances in;
	int r = instances_open(&in, e);

	if (r < 0)
		return r;
	while (instances_next(&in)) {
		json_begin(j, "running");
		json_str(j, "module", in.name);
		if (in.pid)
			json_i64(j, "pid", in.pid);
		json_end(j);
	}
	instances_close(&in);
	return 0;
}

void show_json_good(struct json *j, const struct load *l)
{
	const struct manifest *m = &l->bundle->man;

	json_begin(j, "check");
	json_bool(j, "ok", true);
	json_str(j, "bundle", m->name);
	json_u64(j, "version", m->version);
	json_str(j, "bundle_id", m->bundle_id);
	json_u64(j, "kernels", m->ntargets);
	if (l->target) {
		json_str(j, "kernel", l->target->release);
		json_str(j, "module", l->name);
		json_u64(j, "size", l->image_len);
	}
	json_end(j);
}

void show_json_bad(struct json *j, const char *path, const struct err *e,
		   int code)
{
	const char *name = bundle_reason_name(e->code);
	const char *hint = e->hint[0] ? e->hint : bundle_reason_hint(e->code);

	json_begin(j, "check");
	json_bool(j, "ok", false);
	json_str(j, "file", path);
	json_i64(j, "code", code);
	json_str(j, "name", *name ? name : NULL);
	json_str(j, "text", e->text);
	json_str(j, "hint", *hint ? hint : NULL);
	json_end(j);
}
