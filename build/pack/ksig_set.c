/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel signatures of all modules of a bundle. */
#include "build/pack/ksig_set.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/pack/ksig.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/write.h"

#include <stdlib.h>
#include <string.h>

static int check_twice(const struct ksig_set *s, const struct ksig_key *k,
		       const char *path, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(ksig_key_skid(s->key[i]), ksig_key_skid(k)))
			return err_set(e, ERR_INVALID,
				       "module key '%s' is given twice", path);
	return 0;
}

int ksig_set_load(struct ksig_set *s, const struct ksig_files *f, struct err *e)
{
	int r = 0;

	memset(s, 0, sizeof(*s));
	if (f->nkeys > BUNDLE_TARGET_KSIGS_MAX)
		return err_set(e, ERR_INVALID, "%zu module keys, limit %u",
			       f->nkeys, BUNDLE_TARGET_KSIGS_MAX);
	if (f->ncerts && f->ncerts != f->nkeys) {
		err_set(e, ERR_INVALID,
			"%zu --module-key, but %zu --module-cert", f->nkeys,
			f->ncerts);
		return err_hint(e, "name one certificate for each key, in the "
				   "same order");
	}
	for (size_t i = 0; !r && i < f->nkeys; i++) {
		struct ksig_key *k;

		r = ksig_key_load(&k, f->key[i], f->ncerts ? f->cert[i] : NULL,
				  f->hash, e);
		if (r < 0)
			break;
		r = check_twice(s, k, f->key[i], e);
		s->key[s->n++] = k;
	}
	if (r < 0)
		ksig_set_free(s);
	return r;
}

void ksig_set_free(struct ksig_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		ksig_key_free(s->key[i]);
	s->n = 0;
}

int ksig_set_add(struct bundle_target *t, const char *skid, const void *p,
		 size_t len, struct arena *a, struct err *e)
{
	struct bundle_ksig *k =
		arena_array(a, struct bundle_ksig, t->nksig + 1);

	for (size_t i = 0; i < t->nksig; i++) {
		k[i] = t->ksig[i];
		if (!strcmp(k[i].skid, skid))
			return err_set(e, ERR_EXISTS,
				       "module '%s' has a kernel signature by "
				       "%s already",
				       t->module, skid);
	}
	if (t->nksig == BUNDLE_TARGET_KSIGS_MAX)
		return err_set(e, -BERR_LIMIT,
			       "module '%s' has %u kernel signatures, more do "
			       "not fit",
			       t->module, BUNDLE_TARGET_KSIGS_MAX);
	k[t->nksig++] = (struct bundle_ksig){ arena_strdup(a, skid),
					      arena_memdup(a, p, len), len };
	t->ksig = k;
	return 0;
}

int ksig_set_sign(const struct ksig_set *s, struct bundle_target *t, size_t n,
		  struct arena *a, struct err *e)
{
	struct buf sig = BUF_INIT;
	int r = 0;

	for (size_t i = 0; !r && i < n; i++) {
		for (size_t k = 0; !r && !t[i].status_code && k < s->n; k++) {
			buf_reset(&sig);
			r = ksig_sign(s->key[k], t[i].ko, t[i].ko_len, &sig, e);
			if (!r)
				r = ksig_set_add(&t[i],
						 ksig_key_skid(s->key[k]),
						 sig.p, sig.len, a, e);
		}
	}
	buf_deinit(&sig);
	return r;
}

static int check_one(const struct ksig_certs *c, struct bundle *b,
		     const struct manifest_target *t, uint32_t i,
		     const void *ko, struct err *e)
{
	const struct manifest_ksig *k = &b->man.ksigs[t->ksig_first + i];
	void *sig = xmalloc((size_t)k->size);
	char skid[KSIG_SKID_MAX];
	int r = bundle_read_ksig(b, t, i, sig, (size_t)k->size, e);

	if (!r)
		r = ksig_verify(c, sig, (size_t)k->size, ko, (size_t)t->ko_size,
				skid, e);
	free(sig);
	if (!r && strcmp(skid, k->skid) != 0)
		r = err_set(e, -BERR_BAD_KSIG,
			    "it is by %s, the manifest says %s", skid, k->skid);
	if (r == -BERR_BAD_KSIG)
		err_prefix(e, "%s: kernel signature %u of module '%s'", b->name,
			   i, t->module);
	return r;
}

int ksig_set_check(const struct ksig_certs *c, struct bundle *b,
		   const struct manifest_target *t, const void *ko,
		   struct err *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->nksigs; i++) {
		int r;

		if (!ksig_certs_has(c, b->man.ksigs[t->ksig_first + i].skid))
			continue;
		r = check_one(c, b, t, i, ko, e);
		if (r < 0)
			return r;
		n++;
	}
	if (n)
		return 0;
	return err_set(e, -BERR_BAD_KSIG,
		       "%s: module '%s' has no kernel signature by one of the "
		       "certificates",
		       b->name, t->module);
}
