/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts: what one shard of a build leaves for tapbuild merge. */
#include "build/pack/part.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/opts.h"
#include "build/pack/ko_ident.h"
#include "build/pack/respec.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/part_read.h"
#include "bundle/tar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PART_NAME     "tap-part-1/part"
#define PART_TEXT_MAX (8u << 20)

/* ---- writing ------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* The writer's texts and the manifest's are the same but for what is absent. */
static bool is_unit(const struct unit *u, const struct bundle_target *t)
{
	const char *version = t->version && *t->version ? t->version : "*";
	const char *id = t->build_id && *t->build_id ? t->build_id : "unknown";

	return same(u->machine, t->machine) && same(u->release, t->release) &&
	       same(u->build_id, id) && same(u->version, version);
}

static size_t find_target(const struct bundle_spec *s, const struct unit *u)
{
	size_t i = 0;

	while (i < s->ntargets && !is_unit(u, &s->target[i]))
		i++;
	return i;
}

static int add_text(const struct units *plan, unsigned int i, unsigned int n,
		    const struct bundle_spec *spec, const struct buf *bundle,
		    struct buf *out, struct err *e)
{
	char hex[DIGEST_HEX];

	digest_hex(bundle->p, bundle->len, hex);
	buf_printf(out, "tap-part: 1\nshard: %u %u\nplan: %s\nbundle: %s\n", i,
		   n, plan->digest, hex);
	for (size_t k = 0; k < plan->n; k++) {
		size_t t;

		if (!units_in_shard(k, i, n))
			continue;
		t = find_target(spec, &plan->unit[k]);
		if (t == spec->ntargets)
			return err_set(e, ERR_INVALID,
				       "nothing was built for unit %zu (%s)", k,
				       plan->unit[k].release);
		buf_printf(out, "unit: %zu %s\n", k,
			   spec->target[t].status_code ? "unsupported" : "ok");
	}
	buf_addc(out, '\n');
	buf_add(out, plan->text, plan->len);
	return 0;
}

int part_write(const struct units *plan, unsigned int i, unsigned int n,
	       const struct bundle_spec *spec, struct buf *out, struct err *e)
{
	struct buf text = BUF_INIT, bundle = BUF_INIT;
	uint8_t h[TAR_BLOCK];
	int r = 0;

	if (spec->ntargets)
		r = bundle_write(spec, NULL, &bundle, e);
	else
		buf_zero(&bundle, TAR_END);
	if (!r)
		r = add_text(plan, i, n, spec, &bundle, &text, e);
	if (!r && !tar_header(h, PART_NAME, text.len, spec->created))
		r = err_set(e, ERR_INVALID, "time %llu has no ustar header",
			    (unsigned long long)spec->created);
	if (!r) {
		buf_add(out, h, sizeof(h));
		buf_add(out, text.p, text.len);
		buf_zero(out, (size_t)tar_padded(text.len) - text.len);
		buf_add(out, bundle.p, bundle.len);
	}
	buf_deinit(&text);
	buf_deinit(&bundle);
	return r;
}

/* ---- reading ------------------------------------------------------------- */

static int bad(const struct part *p, struct err *e, const char *why)
{
	return err_set(e, -BERR_FORMAT, "%s: %s", p->path, why);
}

static int not_a_part(const struct part *p, const struct buf *in, struct err *e)
{
	if (in->len > 6 && !memcmp(in->p, "tap-1/", 6)) {
		bad(p, e, "a bundle, not a part of one");
		return err_hint(e, "tapbuild --shard makes parts");
	}
	return bad(p, e,
		   "not a part of a bundle (block 0 is not " PART_NAME ")");
}

/* The text of the part; @rest is where the bundle's members begin. */
static int take_text(struct part *p, const struct buf *in, char **text,
		     size_t *len, size_t *rest, struct arena *a, struct err *e)
{
	const uint8_t *h = (const uint8_t *)in->p;
	uint8_t want[TAR_BLOCK];
	uint64_t size, mtime;

	if (in->len < TAR_BLOCK || memcmp(h, PART_NAME, sizeof(PART_NAME)) != 0)
		return not_a_part(p, in, e);
	if (!tar_peek(h, &size, &mtime) ||
	    !tar_header(want, PART_NAME, size, mtime) ||
	    tar_differs(h, want) >= 0)
		return bad(p, e, "the first header is not one of ours");
	if (size > PART_TEXT_MAX)
		return err_set(e, -BERR_LIMIT, "%s: text of %llu bytes",
			       p->path, (unsigned long long)size);
	if (tar_padded(size) > in->len - TAR_BLOCK)
		return err_set(e, -BERR_TRUNCATED, "%s: is cut off", p->path);
	p->mtime = mtime;
	*len = (size_t)size;
	*rest = TAR_BLOCK + (size_t)tar_padded(size);
	if (!tar_is_zero(h + TAR_BLOCK + *len, *rest - TAR_BLOCK - *len))
		return bad(p, e, "bytes other than zero behind its text");
	if (memchr(h + TAR_BLOCK, '\0', *len))
		return bad(p, e, "its text has a zero byte");
	*text = arena_strndup(a, in->p + TAR_BLOCK, *len);
	return 0;
}

static int head_line(struct part *p, struct lines *l, const char *key,
		     struct err *e)
{
	int r = lines_next(l, e);

	if (r < 0)
		return err_prefix(e, "%s", p->path);
	if (!r || strcmp(l->key, key) != 0)
		return bad(p, e, "its text is not that of a part");
	return 0;
}

static int parse_shard(struct part *p, struct lines *l, const char *digest,
		       struct err *e)
{
	char *v;
	int r = head_line(p, l, "tap-part", e);

	if (!r && strcmp(l->value, "1") != 0)
		r = bad(p, e, "a part of another version");
	if (!r)
		r = head_line(p, l, "shard", e);
	if (r < 0)
		return r;
	v = strchr(l->value, ' ');
	if (v)
		*v = '/';
	if (!v || !opts_shard(l->value, &p->shard, &p->nshards))
		return bad(p, e, "its shard is not 'I N'");
	r = head_line(p, l, "plan", e);
	if (!r && strcmp(l->value, p->plan.digest) != 0)
		r = bad(p, e, "its plan has another digest");
	if (!r)
		r = head_line(p, l, "bundle", e);
	if (!r && strcmp(l->value, digest) != 0)
		r = err_set(e, -BERR_PACK_HASH,
			    "%s: its bundle has another digest: was it cut "
			    "off or changed?",
			    p->path);
	return r;
}

/* Exactly those of the shard: a unit that was not attempted is not there. */
static int parse_units(struct part *p, struct lines *l, bool is_ok[],
		       struct err *e)
{
	for (size_t k = 0; k < p->plan.n; k++) {
		char *v, *no;
		uint64_t unit;
		int r;

		if (!units_in_shard(k, p->shard, p->nshards))
			continue;
		r = head_line(p, l, "unit", e);
		if (r < 0)
			return r;
		v = l->value;
		no = word_next(&v);
		if (!num_u64(no, p->plan.n, &unit) || unit != k || !v ||
		    (strcmp(v, "ok") != 0 && strcmp(v, "unsupported") != 0))
			return bad(p, e,
				   "its units are not those of its shard");
		is_ok[p->n] = !strcmp(v, "ok");
		p->unit[p->n++].unit = k;
	}
	return lines_next(l, e) ? bad(p, e, "more units than its shard has")
				: 0;
}

static int parse_text(struct part *p, char *text, size_t n, const char *digest,
		      bool **is_ok, struct arena *a, struct err *e)
{
	char *plan = strstr(text, "\n\n");
	struct lines l;
	int r;

	if (!plan)
		return bad(p, e, "it has no plan");
	plan += 2;
	r = units_parse(&p->plan, plan, n - (size_t)(plan - text), a, e);
	if (r < 0)
		return err_prefix(e, "%s", p->path);
	if (p->plan.created != p->mtime)
		return bad(p, e, "time in its header is not the plan's");
	p->unit = arena_array(a, struct part_unit, p->plan.n);
	*is_ok = arena_array(a, bool, p->plan.n);
	lines_init(&l, "part", text, (size_t)(plan - text) - 1,
		   BUNDLE_LINE_MAX);
	r = parse_shard(p, &l, digest, e);
	return r ? r : parse_units(p, &l, *is_ok, e);
}

/* The reader wants a file: this one is gone with the process. */
static int to_file(struct part *p, const char *from, size_t n, struct err *e)
{
	p->fd = memfd_create("tap-part", MFD_CLOEXEC);
	if (p->fd < 0)
		return err_sys(e, "cannot make a file in memory");
	while (n) {
		ssize_t w = write(p->fd, from, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return err_sys(e, "cannot copy '%s'", p->path);
		from += w;
		n -= (size_t)w;
	}
	return 0;
}

static int open_bundle(struct part *p, const char *from, size_t n,
		       struct arena *a, struct err *e)
{
	int r = to_file(p, from, n, e);

	if (r < 0)
		return r;
	p->bundle = xmalloc(sizeof(*p->bundle));
	r = bundle_open_unsigned(p->bundle, p->fd, p->path, e);
	if (!r)
		r = bundle_check_rest(p->bundle, e);
	return r ? r : respec(&p->spec, p->bundle, a, e);
}

static int match_units(struct part *p, const bool *is_ok, struct err *e)
{
	const struct manifest *m = &p->bundle->man;

	if (p->spec.ntargets != p->n)
		return bad(p, e, "it does not hold what its units say");
	for (size_t i = 0; i < p->n; i++) {
		const struct unit *u = &p->plan.unit[p->unit[i].unit];
		size_t t = find_target(&p->spec, u);
		const struct bundle_target *b = &p->spec.target[t];
		int r = 0;

		if (t == p->spec.ntargets || is_ok[i] == !!b->status_code)
			return bad(p, e, "it does not hold what its units say");
		p->unit[i].target = t;
		if (is_ok[i])
			r = ko_ident_check(&m->targets[t], b->ko, b->ko_len, e);
		if (r < 0)
			return err_prefix(e, "%s", p->path);
	}
	return 0;
}

static int open_rest(struct part *p, const struct buf *in, size_t rest,
		     const bool *is_ok, struct arena *a, struct err *e)
{
	int r;

	if (!p->n) {
		if (in->len - rest == TAR_END &&
		    tar_is_zero(in->p + rest, TAR_END))
			return 0;
		return bad(p, e, "its shard has no units, but there are bytes");
	}
	r = open_bundle(p, in->p + rest, in->len - rest, a, e);
	if (!r && p->spec.created != p->plan.created)
		r = bad(p, e, "time of its bundle is not the plan's");
	return r ? r : match_units(p, is_ok, e);
}

int part_open(struct part *p, const char *path, struct arena *a, struct err *e)
{
	struct buf in = BUF_INIT;
	bool *is_ok = NULL;
	char digest[DIGEST_HEX], none[] = "", *text = none;
	size_t n = 0, rest = 0;
	int r;

	*p = (struct part){ .path = path, .fd = -1 };
	r = fs_read(path, &in, BUNDLE_FILE_MAX + PART_TEXT_MAX, e);
	if (!r)
		r = take_text(p, &in, &text, &n, &rest, a, e);
	if (!r) {
		digest_hex(in.p + rest, in.len - rest, digest);
		r = parse_text(p, text, n, digest, &is_ok, a, e);
	}
	if (!r)
		r = open_rest(p, &in, rest, is_ok, a, e);
	buf_deinit(&in);
	return r;
}

void part_close(struct part *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free(p->bundle);
	p->fd = -1;
	p->bundle = NULL;
}
