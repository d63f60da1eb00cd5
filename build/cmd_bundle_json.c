/* SPDX-License-Identifier: GPL-2.0-only */
/* A verified bundle as JSON: bundle/FORMAT.md section 10. */
#include "build/cmd_bundle_json.h"
#include "build/base/buf.h"
#include "build/base/json.h"
#include "bundle/line.h"
#include "bundle/reader.h"

typedef unsigned long long ull; /* for printf */

/* ",KEY:STRING" for all of them; a NULL key ends them. */
struct json_field {
	const char *key, *value;
};

static void json_fields(struct buf *o, const struct json_field *f)
{
	for (; f->key; f++) {
		buf_addc(o, ',');
		json_add_string(o, f->key, f->value);
	}
}

static void json_digest(struct buf *o, const char *key, const uint8_t sha[32])
{
	char hex[65];

	hex_text(sha, 32, hex);
	buf_printf(o, "\"%s\":\"%s\"", key, hex);
}

/* 0 = not stated */
static void json_count(struct buf *o, const char *key, uint64_t n)
{
	if (n)
		buf_printf(o, ",\"%s\":%llu", key, (ull)n);
	else
		buf_printf(o, ",\"%s\":null", key);
}

static void json_head(struct buf *o, const struct bundle *b)
{
	const struct manifest *m = &b->man;

	buf_printf(o, "\"format\":%d,\"features\":[%s%s\"pack-zstd\"],",
		   BUNDLE_FORMAT_VERSION,
		   m->has_fallback ? "\"fallback\"," : "",
		   m->has_ksig ? "\"ksig\"," : "");
	json_add_string(o, "name", m->name);
	buf_printf(o, ",\"version\":%llu,\"epoch\":%u,\"size\":%llu",
		   (ull)m->version, m->epoch, (ull)b->size);
	json_count(o, "created", m->created);
	json_count(o, "not_before", m->not_before);
	json_count(o, "not_after", m->not_after);
	json_fields(o,
		    (const struct json_field[]){ { "audience", m->audience },
						 { "bundle_id", m->bundle_id },
						 { NULL, NULL } });
	buf_addc(o, ',');
	json_digest(o, "manifest_sha256", b->manifest_sha256);
	json_fields(o, (const struct json_field[]){
			       { "builder", m->builder },
			       { "description", m->description },
			       { "contact", m->contact },
			       { "privilege",
				 manifest_privilege_name(m->privilege) },
			       { NULL, NULL } });
	buf_printf(o, ",\"guru\":%s,", m->is_guru ? "true" : "false");
	json_add_string(o, "writes", manifest_writes_name(m->writes));
	json_count(o, "limit_runtime_s", m->limit_runtime_s);
	json_count(o, "limit_output_bytes", m->limit_output_bytes);
}

/* The @i-th of a list of files. */
static void json_file(struct buf *o, uint32_t i, const char *name,
		      uint64_t size, const uint8_t sha256[32])
{
	buf_adds(o, i ? ",{" : "{");
	json_add_string(o, "name", name);
	buf_printf(o, ",\"size\":%llu,", (ull)size);
	json_digest(o, "sha256", sha256);
	buf_addc(o, '}');
}

static void json_lists(struct buf *o, const struct manifest *m)
{
	buf_adds(o, ",\"scripts\":[");
	for (uint32_t i = 0; i < m->nscripts; i++)
		json_file(o, i, m->scripts[i].name, m->scripts[i].size,
			  m->scripts[i].sha256);
	buf_adds(o, "],\"probes\":[");
	for (uint32_t i = 0; i < m->nprobes; i++) {
		buf_adds(o, i ? ",{" : "{");
		json_add_string(o, "kind", m->probes[i].kind);
		buf_printf(o, ",\"count\":%llu}", (ull)m->probes[i].count);
	}
	buf_adds(o, "],\"needs\":[");
	for (uint32_t i = 0; i < m->nneeds; i++) {
		buf_adds(o, i ? "," : "");
		json_add_string(o, NULL, m->needs[i]);
	}
	buf_adds(o, "],\"params\":[");
	for (uint32_t i = 0; i < m->nparams; i++) {
		const struct manifest_param *p = &m->params[i];

		buf_adds(o, i ? ",{" : "{");
		json_add_string(o, "name", p->name);
		if (p->type == PARAM_STRING) {
			buf_printf(o, ",\"type\":\"string\",\"len\":%u,",
				   p->len);
			json_add_string(o, "default", p->def_str);
			buf_addc(o, '}');
		} else {
			buf_printf(o,
				   ",\"type\":\"int64\",\"default\":%lld,"
				   "\"min\":%lld,\"max\":%lld}",
				   (long long)p->def, (long long)p->min,
				   (long long)p->max);
		}
	}
	buf_addc(o, ']');
}

void bundle_json_sigs(struct buf *o, const struct sig_set *s)
{
	buf_adds(o, "\"signatures\":[");
	for (unsigned int i = 0; i < s->n; i++) {
		const struct sig_line *l = &s->line[i];

		buf_adds(o, i ? ",{" : "{");
		json_digest(o, "key", l->keyid);
		buf_addc(o, ',');
		json_add_string(o, "role",
				l->is_known ? sig_role_name(l->role) : NULL);
		buf_printf(o, ",\"signed_at\":%llu,\"verified\":%s}",
			   (ull)l->signed_at, l->key < 0 ? "false" : "true");
	}
	buf_addc(o, ']');
}

static void json_members(struct buf *o, const struct manifest *m)
{
	buf_adds(o, ",\"members\":[");
	for (uint32_t i = 0; i < m->nmembers; i++)
		json_file(o, i, m->members[i].name, m->members[i].size,
			  m->members[i].sha256);
	buf_adds(o, "],\"packs\":[");
	for (uint32_t i = 0; i < m->npacks; i++) {
		const struct manifest_pack *p = &m->packs[i];

		buf_adds(o, i ? ",{" : "{");
		json_add_string(o, "member", m->members[p->member].name);
		buf_printf(o, ",\"raw_size\":%llu,", (ull)p->raw_size);
		json_digest(o, "raw_sha256", p->raw_sha256);
		buf_addc(o, '}');
	}
	buf_addc(o, ']');
}

static void json_ksigs(struct buf *o, const struct manifest *m,
		       const struct manifest_target *t)
{
	buf_adds(o, ",\"kernel_signatures\":[");
	for (uint32_t i = 0; i < t->nksigs; i++) {
		const struct manifest_ksig *k = &m->ksigs[t->ksig_first + i];

		buf_adds(o, i ? ",{" : "{");
		json_add_string(o, "skid", k->skid);
		buf_printf(o, ",\"size\":%llu,", (ull)k->size);
		json_digest(o, "sha256", k->sha256);
		buf_addc(o, '}');
	}
	buf_addc(o, ']');
}

static void json_relies(struct buf *o, const struct manifest *m,
			const struct manifest_target *t)
{
	char text[RELY_TEXT_MAX];

	json_fields(o, (const struct json_field[]){ { "bound", t->bound },
						    { NULL, NULL } });
	buf_adds(o, ",\"relies\":[");
	for (uint32_t i = 0; i < t->nrelies; i++) {
		rely_text(&m->relies[t->rely_first + i], text);
		buf_adds(o, i ? "," : "");
		json_add_string(o, NULL, text);
	}
	buf_addc(o, ']');
}

static void json_target(struct buf *o, const struct manifest *m,
			const struct manifest_target *t)
{
	buf_printf(o, "\"index\":%u,", t->index);
	json_add_string(o, "machine", t->machine);
	json_fields(o, (const struct json_field[]){ { "release", t->release },
						    { "version", t->version },
						    { "build_id", t->build_id },
						    { "distro", t->distro },
						    { "flavour", t->flavour },
						    { NULL, NULL } });
	if (!t->is_ok) {
		json_fields(o, (const struct json_field[]){
				       { "status", "unsupported" },
				       { "code", t->status_code },
				       { "reason", t->status_text },
				       { NULL, NULL } });
		return;
	}
	buf_adds(o, ",\"status\":\"ok\",");
	json_add_string(o, "module", t->module);
	buf_printf(o, ",\"pack\":%u,\"offset\":%llu,\"size\":%llu,", t->pack,
		   (ull)t->ko_offset, (ull)t->ko_size);
	json_digest(o, "sha256", t->ko_sha256);
	buf_addc(o, ',');
	json_add_string(o, "vermagic", t->vermagic);
	if (t->has_layout_crc)
		buf_printf(o, ",\"layout_crc\":\"%08x\"", t->layout_crc);
	else
		buf_adds(o, ",\"layout_crc\":null");
	buf_printf(o, ",\"wire\":%u", t->wire);
	json_relies(o, m, t);
	json_ksigs(o, m, t);
}

void bundle_json(struct buf *o, const struct bundle *b)
{
	const struct manifest *m = &b->man;

	json_head(o, b);
	json_lists(o, m);
	json_members(o, m);
	buf_addc(o, ',');
	bundle_json_sigs(o, &b->sigs);
	buf_adds(o, ",\"targets\":[");
	for (uint32_t i = 0; i < m->ntargets; i++) {
		buf_adds(o, i ? ",{" : "{");
		json_target(o, m, &m->targets[i]);
		buf_addc(o, '}');
	}
	buf_addc(o, ']');
}
