/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers of -l and -L that took a while, kept in the cache of compiled objects.
 *
 * The name is a digest of all that an answer depends on, as an object's is: whatever
 * changes makes another name.
 */
#include "build/base/buf.h"
#include "build/base/digest.h"
#include "build/base/fs.h"
#include "build/dwarf/dwkit.h"
#include "build/elab/lst.h"
#include "build/run.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_SLOW_NS \
	((uint64_t)50 * 1000 * 1000) /* quicker ones are not kept */
#define ANSWER_MAX  ((size_t)8 << 20)
#define ANSWER_HEAD "tap-answer: 1 "

/* NULL: not one to keep.  What has no wildcard takes less than the digest. */
static const char *answer_path(struct run *r, struct target *t)
{
	const struct opts *o = &r->opts;
	const char *point = o->list ? o->list : o->list_vars;
	char hex[DIGEST_HEX], debug[65];
	struct units u = { 0 };
	struct digest d;
	struct err e;

	if (!t->kit || o->disable_cache || !strchr(point, '*') ||
	    units_make(&u, t, 1, r->sources.v, r->sources.n, &r->s, o, r->lib,
		       &r->perm, &e) < 0)
		return NULL;
	lst_debug_id(t->dw, debug);
	digest_init(&d);
	digest_adds(&d, u.digest);
	digest_adds(&d, debug);
	digest_adds(&d, o->list ? "-l" : "-L");
	digest_adds(&d, point);
	digest_adds(&d, o->as_stap ? "stap" : "tapbuild");
	digest_adds(&d, o->level[1] > 0 ? "-v" : "");
	digest_final_hex(&d, hex);
	return arena_printf(&r->perm, "%s/%s.list",
			    fs_cache_dir(&r->perm, OBJECT_CACHE), hex);
}

/* The digest of what follows it: a disk that was full leaves no half answer. */
static size_t answer_head(const char *p, size_t n, char head[128])
{
	char hex[DIGEST_HEX];

	digest_hex(p, n, hex);
	return (size_t)snprintf(head, 128, ANSWER_HEAD "%s\n", hex);
}

bool run_answer_find(struct run *r, struct target *t, struct answer *ret)
{
	const size_t n = sizeof(ANSWER_HEAD) - 1 + DIGEST_HEX;
	char head[128], *end;

	*ret = (struct answer){ .began_ns = target_now_ns() };
	ret->dir = fs_cache_dir(&r->perm, OBJECT_CACHE);
	ret->path = answer_path(r, t);
	if (!ret->path || r->opts.poison_cache || !fs_exists(ret->path) ||
	    fs_read(ret->path, &ret->file, 2 * ANSWER_MAX, NULL) < 0 ||
	    ret->file.len <= n)
		return false;
	answer_head(ret->file.p + n, ret->file.len - n, head);
	end = memchr(ret->file.p + n, '\n', ret->file.len - n);
	if (memcmp(ret->file.p, head, n) != 0 || !end)
		return false;
	*end = '\0';
	ret->hint = ret->file.p + n;
	ret->text = end + 1;
	ret->len = (size_t)(ret->file.p + ret->file.len - ret->text);
	return true;
}

void run_answer_keep(const struct answer *x, const char *hint,
		     const struct buf *text)
{
	struct buf out = BUF_INIT, all = BUF_INIT;
	char head[128];
	size_t n;

	if (!x->path || text->len > ANSWER_MAX ||
	    target_now_ns() - x->began_ns < ANSWER_SLOW_NS)
		return;
	buf_printf(&out, "%s\n", hint ? hint : "");
	buf_add(&out, text->p, text->len);
	n = answer_head(out.p, out.len, head);
	buf_add(&all, head, n);
	buf_add(&all, out.p, out.len);
	/* it is only quicker: no word where the cache cannot be written */
	if (fs_mkdirs(x->dir, NULL) == 0)
		fs_write_atomic(x->path, all.p, all.len, 0644, NULL);
	buf_deinit(&out);
	buf_deinit(&all);
}
