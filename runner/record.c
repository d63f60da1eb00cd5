/* SPDX-License-Identifier: GPL-2.0-only */
/* Typed records; runner/output.schema.json is what readers may rely on. */
#include "runner/record.h"
#include "runner/out.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <string.h>

static void record_at(struct json *j, const struct stream_rec *at)
{
	json_u64(j, "time_ns", at->time_ns);
	json_u64(j, "cpu", at->cpu);
	json_u64(j, "seq", at->seq);
}

/* The first @n bytes of the text; what follows them stays. */
static void record_give(struct record *r, size_t n)
{
	struct json *j = &r->json;

	if (!n)
		return;
	json_begin(j, "data");
	record_at(j, &r->at);
	if (r->is_cont)
		json_bool(j, "cont", true);
	json_text(j, "text", "base64", r->text, n);
	json_end(j);
	memmove(r->text, r->text + n, r->n - n);
	r->n -= n;
	r->is_cont = true;
}

void record_flush(struct record *r)
{
	record_give(r, r->n);
}

/* Where a full buffer is cut: after its last line, else after a character. */
static size_t record_cut(const struct record *r)
{
	size_t n = r->n, k;

	while (n && r->text[n - 1] != '\n')
		n--;
	if (n)
		return n;
	/* back to the first byte of the last character, if that is cut */
	for (k = 1; k <= 3; k++) {
		uint8_t c = r->text[r->n - k];

		if ((c & 0xc0) == 0x80)
			continue;
		if (c >= 0xc2 && !json_utf8_len(r->text + r->n - k, k))
			return r->n - k;
		break;
	}
	return r->n;
}

void record_data(struct record *r, const struct stream_rec *at, const void *p,
		 size_t n)
{
	const uint8_t *s = p;
	bool goes_on = at->goes_on && at->cpu == r->at.cpu &&
		       at->time_ns == r->at.time_ns;

	if (!goes_on) {
		record_flush(r);
		r->at = *at;
		r->is_cont = at->goes_on;
	}
	while (n) {
		size_t k = sizeof(r->text) - r->n;

		if (k > n)
			k = n;
		memcpy(r->text + r->n, s, k);
		r->n += k;
		s += k;
		n -= k;
		if (r->n == sizeof(r->text))
			record_give(r, record_cut(r));
	}
	if (r->n && r->text[r->n - 1] == '\n')
		record_flush(r);
}

void record_message(struct record *r, const char *type,
		    const struct stream_rec *at, const void *p, size_t n)
{
	struct json *j = &r->json;

	record_flush(r);
	json_begin(j, type);
	json_str(j, "source", "script");
	record_at(j, at);
	json_text(j, "text", "base64", p, n);
	json_end(j);
}

/* A message about this very output, or while it waits: stderr alone has it. */
static bool record_is_writing(const struct record *r)
{
	return r->json.is_busy || r->json.out->is_writing;
}

void record_own(struct record *r, const char *type, const char *text)
{
	struct json *j = &r->json;

	if (record_is_writing(r))
		return;
	record_flush(r);
	json_begin(j, type);
	json_str(j, "source", "taprun");
	json_str(j, "text", text);
	json_end(j);
}

void record_err(struct record *r, const struct err *e, int code)
{
	const char *name = bundle_reason_name(e->code);
	const char *hint = e->hint[0] ? e->hint : bundle_reason_hint(e->code);
	struct json *j = &r->json;

	if (record_is_writing(r))
		return;
	record_flush(r);
	json_begin(j, "error");
	json_str(j, "source", "taprun");
	json_i64(j, "code", code);
	json_str(j, "name", *name ? name : NULL);
	json_str(j, "text", e->text);
	json_str(j, "hint", *hint ? hint : NULL);
	json_end(j);
}

void record_attached(struct record *r, const struct record_run *run,
		     const struct counts *c)
{
	struct json *j = &r->json;

	record_flush(r);
	json_begin(j, "attached");
	json_str(j, "bundle", run->bundle);
	json_u64(j, "version", run->version);
	json_str(j, "module", run->module);
	json_str(j, "kernel", run->kernel);
	json_str(j, "taprun", run->taprun);
	json_i64(j, "pid", run->pid);
	if (run->target)
		json_i64(j, "target", run->target);
	json_u64(j, "armed", c->armed);
	json_u64(j, "failed", c->failed);
	json_u64(j, "memory_bytes", c->memory_bytes);
	json_u64(j, "realtime_ns", run->realtime_ns);
	json_u64(j, "monotonic_ns", run->monotonic_ns);
	json_end(j);
}

static void record_skips(struct json *j, const struct counts *c)
{
	json_open(j, "skipped", '{');
#define X(id, words) json_u64(j, #id, c->skip_##id);
	COUNTS_SKIPS(X)
#undef X
	json_close(j, '}');
}

static void record_losses(struct json *j, const struct counts *c)
{
	json_u64(j, "records", c->lost);
	json_u64(j, "bytes", c->lost_bytes);
	json_u64(j, "damaged", c->damaged);
}

void record_lost(struct record *r, const struct counts *c)
{
	const struct counts *t = &r->told;
	struct json *j = &r->json;

	if (c->lost == t->lost && c->damaged == t->damaged &&
	    c->skipped == t->skipped)
		return;
	r->told = *c;
	record_flush(r);
	json_begin(j, "lost");
	record_losses(j, c);
	record_skips(j, c);
	json_end(j);
}

void record_summary(struct record *r, const struct record_end *end,
		    const struct counts *c)
{
	struct json *j = &r->json;

	record_flush(r);
	json_begin(j, "summary");
	json_i64(j, "exit_code", end->exit_code);
	json_str(j, "reason", end->reason);
	json_u64(j, "ms", end->ms);
	json_u64(j, "hits", c->hits);
	json_u64(j, "records", c->records);
	json_u64(j, "bytes", c->bytes);
	json_u64(j, "written", end->written);
	json_u64(j, "errors", c->errors);
	json_open(j, "lost", '{');
	record_losses(j, c);
	json_close(j, '}');
	record_skips(j, c);
	json_end(j);
}
