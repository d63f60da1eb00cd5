/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict parser of the manifest: fixed key order, one encoding per content. */
#include "bundle/manifest.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/manifest_int.h"

#include <stdio.h>
#include <string.h>

/* How often a key may stand in its stanza. */
enum count { OPTIONAL, ONCE, SOME, ANY };

/**
 * struct rule - one key; the order of the table is the order in the text
 * @fn: reads the value; returns 0 or what man_bad() returned
 */
struct rule {
	const char *key;
	enum count count;
	int (*fn)(struct man_parse *p, char *v, struct err *e);
};

static int bad(struct man_parse *p, struct err *e, const char *why)
{
	return lines_bad(&p->l, e, "%s: %s", p->l.key, why);
}

static int too_many(struct man_parse *p, struct err *e, unsigned int max)
{
	return err_set(e, -BERR_LIMIT,
		       "manifest line %u: more than %u '%s' lines", p->l.no,
		       max, p->l.key);
}

/* "WORD WORD": single spaces, strictly ascending, so that one set is one text */
static bool is_word_set(const char *v)
{
	const char *prev = NULL;
	size_t plen = 0;

	for (;;) {
		size_t n = strcspn(v, " ");

		if (!n)
			return false;
		if (prev) {
			int c = memcmp(prev, v, plen < n ? plen : n);

			if (c > 0 || (!c && plen >= n))
				return false;
		}
		if (!v[n])
			return true;
		prev = v;
		plen = n;
		v += n + 1;
	}
}

bool manifest_has_word(const char *list, const char *word)
{
	size_t want = strlen(word);

	while (list && *list) {
		size_t n = strcspn(list, " ");

		if (n == want && !memcmp(list, word, n))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

/* ---- head ---------------------------------------------------------------- */

static int on_magic(struct man_parse *p, char *v, struct err *e)
{
	if (!strcmp(v, "1"))
		return 0;
	return err_set(e, -BERR_FORMAT,
		       "manifest version '%.16s'; this program reads version 1",
		       v);
	(void)p;
}

static int on_features(struct man_parse *p, char *v, struct err *e)
{
	bool has_zstd = false;

	if (!is_word_set(v))
		return bad(p, e, "not a sorted list of words");
	for (char *w; (w = word_next(&v));) {
		if (!strcmp(w, "pack-zstd")) {
			has_zstd = true;
		} else if (!strcmp(w, "ksig")) {
			p->m->has_ksig = true;
		} else if (!strcmp(w, "fallback")) {
			p->m->has_fallback = true;
		} else {
			err_set(e, -BERR_FEATURE,
				"needs feature '%.40s'; this program " TAP_VERSION
				" knows: fallback ksig pack-zstd",
				w);
			return err_hint(e, "update taprun, or rebuild the "
					   "bundle for this version");
		}
	}
	if (!has_zstd)
		return bad(p, e, "pack-zstd is missing");
	return 0;
}

static int on_name(struct man_parse *p, char *v, struct err *e)
{
	if (!text_only(v, "a-z0-9-", BUNDLE_NAME_MAX) || v[0] == '-')
		return bad(p, e, "not a bundle name");
	p->m->name = v;
	return 0;
}

static int on_version(struct man_parse *p, char *v, struct err *e)
{
	if (!num_u64(v, UINT64_MAX, &p->m->version))
		return bad(p, e, "not a number");
	return 0;
}

static int on_epoch(struct man_parse *p, char *v, struct err *e)
{
	uint64_t n;

	if (!num_u64(v, UINT32_MAX, &n))
		return bad(p, e, "not a number");
	p->m->epoch = (uint32_t)n;
	return 0;
}

/* Times fit a tar header: 11 octal digits, until the year 2242. */
static int on_created(struct man_parse *p, char *v, struct err *e)
{
	if (!num_u64(v, UINT64_C(077777777777), &p->m->created))
		return bad(p, e, "not a time");
	return 0;
}

static int on_not_before(struct man_parse *p, char *v, struct err *e)
{
	if (!num_u64(v, INT64_MAX, &p->m->not_before) || !p->m->not_before)
		return bad(p, e, "not a time");
	return 0;
}

static int on_not_after(struct man_parse *p, char *v, struct err *e)
{
	if (!num_u64(v, INT64_MAX, &p->m->not_after) || !p->m->not_after)
		return bad(p, e, "not a time");
	return 0;
}

static int on_audience(struct man_parse *p, char *v, struct err *e)
{
	if (!text_only(v, "a-z0-9 .-", BUNDLE_LINE_MAX) || !is_word_set(v))
		return bad(p, e, "not a sorted list of fleet names");
	p->m->audience = v;
	return 0;
}

static int on_bundle_id(struct man_parse *p, char *v, struct err *e)
{
	uint8_t id[32];

	if (!hex_bytes(v, id, sizeof(id)))
		return bad(p, e, "not 64 hex digits");
	p->m->bundle_id = v;
	return 0;
}

static int on_builder(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->m->builder = v;
	return 0;
}

static int on_description(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->m->description = v;
	return 0;
}

static int on_contact(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->m->contact = v;
	return 0;
}

static int on_script(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_script *s = &p->m->scripts[p->m->nscripts];
	char *name = word_next(&v), *size = word_next(&v);

	if (p->m->nscripts == BUNDLE_SCRIPTS_MAX)
		return too_many(p, e, BUNDLE_SCRIPTS_MAX);
	if (!name || name[0] == '.' ||
	    !text_only(name, "A-Za-z0-9._+-", TAR_NAME_MAX) ||
	    !num_u64(size, BUNDLE_SOURCE_RAW_MAX, &s->size) ||
	    !hex_bytes(v, s->sha256, 32))
		return bad(p, e, "not 'NAME SIZE SHA256'");
	s->name = name;
	if (p->m->nscripts && strcmp(s[-1].name, name) >= 0)
		return bad(p, e, "names not sorted, or one twice");
	p->m->nscripts++;
	return 0;
}

static const char *const privilege_names[] = { "stapusr", "stapsys",
					       "stapdev" };
static const char *const writes_names[] = { "none", "memory", "return" };

const char *manifest_privilege_name(enum manifest_privilege priv)
{
	return privilege_names[priv];
}

const char *manifest_writes_name(enum manifest_writes w)
{
	return writes_names[w];
}

static int find_name(const char *const *names, int n, const char *v)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], v))
			return i;
	return -1;
}

static int on_privilege(struct man_parse *p, char *v, struct err *e)
{
	int i = find_name(privilege_names, 3, v);

	if (i < 0)
		return bad(p, e, "unknown privilege");
	p->m->privilege = (enum manifest_privilege)i;
	return 0;
}

static int on_guru(struct man_parse *p, char *v, struct err *e)
{
	p->m->is_guru = !strcmp(v, "yes");
	if (!p->m->is_guru && strcmp(v, "no") != 0)
		return bad(p, e, "not yes or no");
	return 0;
}

static int on_probe(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_probe *pr = &p->m->probes[p->m->nprobes];
	char *kind = word_next(&v);

	if (p->m->nprobes == BUNDLE_PROBES_MAX)
		return too_many(p, e, BUNDLE_PROBES_MAX);
	if (!kind || !text_only(kind, "a-z0-9._-", 48) ||
	    !num_u64(v, UINT32_MAX, &pr->count))
		return bad(p, e, "not 'KIND COUNT'");
	pr->kind = kind;
	if (p->m->nprobes && strcmp(pr[-1].kind, kind) >= 0)
		return bad(p, e, "kinds not sorted, or one twice");
	p->m->nprobes++;
	return 0;
}

static int on_writes(struct man_parse *p, char *v, struct err *e)
{
	int i = find_name(writes_names, 3, v);

	if (i < 0)
		return bad(p, e, "not none, memory or return");
	p->m->writes = (enum manifest_writes)i;
	return 0;
}

static int on_param(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_param *pa = &p->m->params[p->m->nparams];
	int r;

	if (p->m->nparams == BUNDLE_PARAMS_MAX)
		return too_many(p, e, BUNDLE_PARAMS_MAX);
	r = man_param(p, pa, v, e);
	if (r < 0)
		return r;
	if (p->m->nparams && strcmp(pa[-1].name, pa->name) >= 0)
		return bad(p, e, "names not sorted, or one twice");
	p->m->nparams++;
	return 0;
}

static int on_limit(struct man_parse *p, char *v, struct err *e)
{
	char *what = word_next(&v);
	uint64_t n;

	if (!what || !num_u64(v, INT64_MAX, &n) || !n)
		return bad(p, e, "not 'runtime SECONDS' or 'output BYTES'");
	if (!strcmp(what, "runtime") && !p->m->limit_runtime_s &&
	    !p->m->limit_output_bytes)
		p->m->limit_runtime_s = n;
	else if (!strcmp(what, "output") && !p->m->limit_output_bytes)
		p->m->limit_output_bytes = n;
	else
		return bad(p, e,
			   "unknown, twice, or not in the order "
			   "runtime, output");
	return 0;
}

static int on_needs(struct man_parse *p, char *v, struct err *e)
{
	if (p->m->nneeds == BUNDLE_NEEDS_MAX)
		return too_many(p, e, BUNDLE_NEEDS_MAX);
	if (!text_only(v, "A-Za-z0-9_:.-", 100))
		return bad(p, e, "not one word");
	if (p->m->nneeds && strcmp(p->m->needs[p->m->nneeds - 1], v) >= 0)
		return bad(p, e, "not sorted, or one twice");
	p->m->needs[p->m->nneeds++] = v;
	return 0;
}

static int on_member(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_member *mb = &p->m->members[p->m->nmembers];
	char *name = word_next(&v), *size = word_next(&v);

	if (p->m->nmembers == BUNDLE_MEMBERS_MAX)
		return too_many(p, e, BUNDLE_MEMBERS_MAX);
	if (!name || !num_u64(size, UINT32_MAX, &mb->size) || !mb->size ||
	    !hex_bytes(v, mb->sha256, 32))
		return bad(p, e, "not 'NAME SIZE SHA256'");
	mb->name = name;
	mb->offset = 0;
	mb->checked = false;
	p->m->nmembers++;
	return man_member(p, mb, e);
}

static int on_pack(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_pack *pk = &p->m->packs[p->m->npacks];
	char *no = word_next(&v), *size = word_next(&v);
	uint64_t n;

	if (p->m->npacks == BUNDLE_PACKS_MAX)
		return too_many(p, e, BUNDLE_PACKS_MAX);
	if (!num_u64(no, BUNDLE_PACKS_MAX, &n) ||
	    !num_u64(size, UINT64_MAX, &pk->raw_size) ||
	    !hex_bytes(v, pk->raw_sha256, 32))
		return bad(p, e, "not 'NUMBER SIZE SHA256'");
	if (n != p->m->npacks)
		return bad(p, e, "packs are not numbered 0, 1, ...");
	if (pk->raw_size > BUNDLE_PACK_RAW_MAX)
		return err_set(e, -BERR_LIMIT,
			       "manifest line %u: pack of %llu bytes, limit %u",
			       p->l.no, (unsigned long long)pk->raw_size,
			       BUNDLE_PACK_RAW_MAX);
	pk->member = p->first_pack + p->m->npacks++;
	return 0;
}

static const struct rule head_rules[] = {
	{ "tap-manifest", ONCE, on_magic },
	{ "features", ONCE, on_features },
	{ "name", ONCE, on_name },
	{ "version", ONCE, on_version },
	{ "epoch", ONCE, on_epoch },
	{ "created", ONCE, on_created },
	{ "not-before", OPTIONAL, on_not_before },
	{ "not-after", OPTIONAL, on_not_after },
	{ "audience", OPTIONAL, on_audience },
	{ "bundle-id", ONCE, on_bundle_id },
	{ "builder", ONCE, on_builder },
	{ "description", OPTIONAL, on_description },
	{ "contact", OPTIONAL, on_contact },
	{ "script", SOME, on_script },
	{ "privilege", ONCE, on_privilege },
	{ "guru", ONCE, on_guru },
	{ "probe-summary", SOME, on_probe },
	{ "writes", ONCE, on_writes },
	{ "param", ANY, on_param },
	{ "limit", ANY, on_limit },
	{ "needs", ANY, on_needs },
	{ "member", ANY, on_member },
	{ "pack", ANY, on_pack },
	{ NULL, ONCE, NULL },
};

/* ---- targets ------------------------------------------------------------- */

static int on_target(struct man_parse *p, char *v, struct err *e)
{
	uint64_t n;

	if (!num_u64(v, UINT32_MAX, &n) || n != p->m->ntargets)
		return bad(p, e, "targets are not numbered 0, 1, ...");
	if (n >= BUNDLE_TARGETS_MAX)
		return err_set(e, -BERR_LIMIT, "more than %u targets",
			       BUNDLE_TARGETS_MAX);
	p->t = &p->m->targets[n];
	memset(p->t, 0, sizeof(*p->t));
	p->t->index = (uint32_t)n;
	p->t->ksig_first = p->m->nksigs;
	p->t->rely_first = p->m->nrelies;
	return 0;
}

static int on_machine(struct man_parse *p, char *v, struct err *e)
{
	if (!text_only(v, "a-z0-9_", 32))
		return bad(p, e, "not a machine name");
	p->t->machine = v;
	return 0;
}

static int on_release(struct man_parse *p, char *v, struct err *e)
{
	if (!text_only(v, "A-Za-z0-9._+~-", BUNDLE_RELEASE_MAX) || v[0] == '.')
		return bad(p, e, "not a kernel release");
	p->t->release = v;
	return 0;
}

static int on_kernel_version(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->t->version = v;
	return 0;
}

static int on_build_id(struct man_parse *p, char *v, struct err *e)
{
	size_t n = strlen(v);

	if (!strcmp(v, "unknown")) {
		if (!strcmp(p->t->version, "*"))
			return bad(p, e,
				   "unknown, and the version is '*': "
				   "that is no identity");
		return 0;
	}
	if (n < 16 || n / 2 > BUNDLE_BUILD_ID_MAX || n % 2 ||
	    !text_only(v, "0-9a-f", n))
		return bad(p, e, "not hex");
	p->t->build_id = v;
	return 0;
}

static int on_distro(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->t->distro = v;
	return 0;
}

static int on_flavour(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->t->flavour = v;
	return 0;
}

static int on_status(struct man_parse *p, char *v, struct err *e)
{
	char *word = word_next(&v);

	if (word && !strcmp(word, "ok") && !v) {
		p->t->is_ok = true;
		return 0;
	}
	if (!word || strcmp(word, "unsupported") != 0)
		return bad(p, e, "not 'ok' or 'unsupported CODE TEXT'");
	p->t->status_code = word_next(&v);
	if (!p->t->status_code || !v ||
	    !text_only(p->t->status_code, "A-Z0-9_-", 40) || v[0] == ' ')
		return bad(p, e, "not 'unsupported CODE TEXT'");
	p->t->status_text = v;
	return 0;
}

static int on_module(struct man_parse *p, char *v, struct err *e)
{
	if (!text_only(v, "A-Za-z0-9_", BUNDLE_MODULE_MAX))
		return bad(p, e, "not a module name");
	p->t->module = v;
	return 0;
}

static int on_ko(struct man_parse *p, char *v, struct err *e)
{
	char *pack = word_next(&v), *off = word_next(&v), *size = word_next(&v);
	uint64_t n;

	if (!num_u64(pack, BUNDLE_PACKS_MAX, &n) ||
	    !num_u64(off, UINT64_MAX, &p->t->ko_offset) ||
	    !num_u64(size, UINT64_MAX, &p->t->ko_size) ||
	    !hex_bytes(v, p->t->ko_sha256, 32))
		return bad(p, e, "not 'PACK OFFSET SIZE SHA256'");
	p->t->pack = (uint32_t)n;
	return man_place_ko(p, e);
}

static int on_vermagic(struct man_parse *p, char *v, struct err *e)
{
	(void)e;
	p->t->vermagic = v;
	return 0;
}

static int on_layout_crc(struct man_parse *p, char *v, struct err *e)
{
	uint8_t b[4];

	if (!strcmp(v, "none"))
		return 0;
	if (!hex_bytes(v, b, 4))
		return bad(p, e, "not 8 hex digits");
	p->t->layout_crc = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
			   (uint32_t)b[2] << 8 | b[3];
	p->t->has_layout_crc = true;
	return 0;
}

static int on_wire(struct man_parse *p, char *v, struct err *e)
{
	uint64_t n;

	if (!num_u64(v, UINT32_MAX, &n))
		return bad(p, e, "not a number");
	p->t->wire = (uint32_t)n;
	return 0;
}

static int on_bound(struct man_parse *p, char *v, struct err *e)
{
	if (!p->m->has_fallback || strlen(v) > BUNDLE_BOUND_MAX)
		return bad(p, e,
			   p->m->has_fallback ? "too long"
					      : "only with feature fallback");
	p->t->bound = v;
	return 0;
}

static int on_rely(struct man_parse *p, char *v, struct err *e)
{
	struct rely *r = &p->m->relies[p->m->nrelies];

	if (!p->m->has_fallback || p->t->bound)
		return bad(p, e,
			   p->t->bound ? "of a module that is bound"
				       : "only with feature fallback");
	if (p->m->nrelies == BUNDLE_RELIES_MAX)
		return too_many(p, e, BUNDLE_RELIES_MAX);
	if (p->t->nrelies == BUNDLE_TARGET_RELIES_MAX)
		return too_many(p, e, BUNDLE_TARGET_RELIES_MAX);
	if (!rely_parse(v, r))
		return bad(
			p, e,
			"not 'function NAME', 'member struct NAME MEMBER "
			"BIT BITS SIZE HASH', 'proto|trace NAME PARAMS HASH' "
			"or 'type struct NAME SIZE HASH'");
	if (p->t->nrelies && rely_cmp(r - 1, r) >= 0)
		return bad(p, e, "not sorted, or one twice");
	p->m->nrelies++;
	p->t->nrelies++;
	return 0;
}

static int on_ksig(struct man_parse *p, char *v, struct err *e)
{
	struct manifest_ksig *k = &p->m->ksigs[p->m->nksigs];
	char *skid = word_next(&v), *off = word_next(&v), *size = word_next(&v);

	if (p->m->nksigs == BUNDLE_KSIGS_MAX)
		return too_many(p, e, BUNDLE_KSIGS_MAX);
	if (p->t->nksigs == BUNDLE_TARGET_KSIGS_MAX)
		return too_many(p, e, BUNDLE_TARGET_KSIGS_MAX);
	if (!skid || !text_only(skid, "0-9a-f", 64) ||
	    !num_u64(off, BUNDLE_KSIG_MAX, &k->offset) ||
	    !num_u64(size, BUNDLE_KSIG_MAX, &k->size) || !k->size ||
	    !hex_bytes(v, k->sha256, 32))
		return bad(p, e, "not 'SKID OFFSET SIZE SHA256'");
	if (k->offset != p->ksig_end)
		return bad(p, e, "does not follow the one before");
	k->skid = skid;
	p->ksig_end += k->size;
	p->m->nksigs++;
	p->t->nksigs++;
	return 0;
}

static const struct rule target_rules[] = {
	{ "target", ONCE, on_target },
	{ "machine", ONCE, on_machine },
	{ "release", ONCE, on_release },
	{ "version", ONCE, on_kernel_version },
	{ "build-id", ONCE, on_build_id },
	{ "distro", ONCE, on_distro },
	{ "flavour", ONCE, on_flavour },
	{ "status", ONCE, on_status },
	{ NULL, ONCE, NULL },
};

/* What follows "status: ok". */
static const struct rule module_rules[] = {
	{ "module", ONCE, on_module },
	{ "ko", ONCE, on_ko },
	{ "vermagic", ONCE, on_vermagic },
	{ "layout-crc", ONCE, on_layout_crc },
	{ "wire", ONCE, on_wire },
	{ "bound", OPTIONAL, on_bound },
	{ "rely", ANY, on_rely },
	{ "ksig", ANY, on_ksig },
	{ NULL, ONCE, NULL },
};

/* ---- stanzas ------------------------------------------------------------- */

/*
 * Apply @rules to the lines of a stanza.  The first line was read already.
 * Stops at a key that no further rule has, at the empty line or at the end.
 * p->more says whether there is a current line.
 */
static int run_rules(struct man_parse *p, const struct rule *rules,
		     struct err *e)
{
	for (const struct rule *ru = rules; ru->key; ru++) {
		unsigned int seen = 0;

		while (p->more && !strcmp(p->l.key, ru->key)) {
			int r;

			if (seen &&
			    (ru->count == ONCE || ru->count == OPTIONAL))
				return bad(p, e, "stands twice");
			r = ru->fn(p, p->l.value, e);
			if (r < 0)
				return r;
			seen++;
			r = lines_next(&p->l, e);
			if (r < 0)
				return r;
			p->more = r > 0;
		}
		if (!seen && (ru->count == ONCE || ru->count == SOME))
			return lines_bad(&p->l, e,
					 "'%s' expected here, found '%.40s'",
					 ru->key, p->more ? p->l.key : "");
	}
	return 0;
}

/* "x-" keys may end a stanza, sorted: signed, and of no meaning to us. */
static int skip_extensions(struct man_parse *p, struct err *e)
{
	const char *prev = NULL;

	while (p->more && p->l.key[0]) {
		int r;

		if (strncmp(p->l.key, "x-", 2) != 0)
			return lines_bad(&p->l, e,
					 "key '%.40s' is unknown or out of "
					 "order",
					 p->l.key);
		if (prev && strcmp(prev, p->l.key) >= 0)
			return bad(p, e, "x- keys not sorted, or one twice");
		prev = p->l.key;
		r = lines_next(&p->l, e);
		if (r < 0)
			return r;
		p->more = r > 0;
	}
	return 0;
}

static int parse_target(struct man_parse *p, struct err *e)
{
	int r = run_rules(p, target_rules, e);

	if (!r && p->t->is_ok)
		r = run_rules(p, module_rules, e);
	if (!r)
		r = skip_extensions(p, e);
	if (!r)
		r = man_check_target(p, e);
	if (!r)
		p->m->ntargets++;
	return r;
}

/* Step over the empty line between two stanzas; sets p->more. */
static int next_stanza(struct man_parse *p, struct err *e)
{
	int r = lines_next(&p->l, e);

	if (r < 0)
		return r;
	if (!r || !p->l.key[0])
		return lines_bad(&p->l, e, "empty line without a stanza");
	p->more = true;
	return 0;
}

/* Everything before the arrays; the arrays keep whatever was in them. */
static void reset(struct manifest *m)
{
	memset(m, 0, offsetof(struct manifest, scripts));
}

int manifest_parse(struct manifest *m, char *text, size_t n, struct err *e)
{
	struct man_parse p = { .m = m };
	int r;

	reset(m);
	if (n > BUNDLE_MANIFEST_MAX)
		return err_set(e, -BERR_LIMIT,
			       "manifest of %zu bytes, limit %u", n,
			       BUNDLE_MANIFEST_MAX);
	lines_init(&p.l, "manifest", text, n, BUNDLE_LINE_MAX);
	r = lines_next(&p.l, e);
	if (r < 0)
		return r;
	p.more = r > 0;
	r = run_rules(&p, head_rules, e);
	if (!r)
		r = skip_extensions(&p, e);
	if (!r)
		r = man_check_head(&p, e);
	while (!r && p.more) {
		r = next_stanza(&p, e);
		if (!r)
			r = parse_target(&p, e);
	}
	return r ? r : man_check_end(&p, e);
}
