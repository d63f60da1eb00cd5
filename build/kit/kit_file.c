// SPDX-License-Identifier: GPL-2.0-only
/* Writer and bounds-checked reader of the store form. */
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Kits are only made and read on little-endian builders. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "byte order");
_Static_assert(sizeof(struct kf_header) == 64, "header");
_Static_assert(sizeof(struct kf_sect) == 56, "section row");

void kfw_init(struct kf_writer *w, struct arena *a)
{
	memset(w, 0, sizeof(*w));
	w->a = a;
	buf_init(&w->strings);
	kfw_str(w, "");
}

void kfw_deinit(struct kf_writer *w)
{
	size_t i;

	for (i = 0; i < w->sect.n; i++)
		buf_deinit(&w->sect.v[i].data);
	vec_deinit(&w->sect);
	map_deinit(&w->index);
	buf_deinit(&w->strings);
}

uint32_t kfw_str(struct kf_writer *w, const char *s)
{
	uintptr_t at = (uintptr_t)map_get(&w->index, s);

	if (at)
		return (uint32_t)(at - 1);
	at = w->strings.len;
	buf_add(&w->strings, s, strlen(s) + 1);
	map_put(&w->index, arena_strdup(w->a, s), (void *)(at + 1));
	return (uint32_t)at;
}

int kfw_strings(struct kf_writer *w, const struct kf_view *from, size_t n,
		struct err *e)
{
	const char *s;

	if (!n || n > from->str_len || from->str[n - 1])
		return err_set(e, ERR_FORMAT, "bad string section");
	for (s = from->str; s < from->str + n; s += strlen(s) + 1)
		kfw_str(w, s);
	return 0;
}

struct buf *kfw_section(struct kf_writer *w, const char *name)
{
	struct kfw_sect s = { .name = arena_strdup(w->a, name) };

	buf_init(&s.data);
	vec_push(&w->sect, s);
	return &w->sect.v[w->sect.n - 1].data;
}

void kfw_list(struct kf_writer *w, const char *name, const char *const *v,
	      size_t n)
{
	struct buf *b = kfw_section(w, name);
	size_t i;

	for (i = 0; i < n; i++) {
		uint32_t off = kfw_str(w, v[i]);

		buf_add(b, &off, sizeof(off));
	}
}

static int sect_cmp(const void *a, const void *b)
{
	const struct kfw_sect *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void file_id(const uint8_t *p, size_t n, uint8_t id[KF_ID_BYTES])
{
	static const uint8_t zero[KF_ID_BYTES];
	const size_t at = offsetof(struct kf_header, id);
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, p, at);
	crypto_hash_sha256_update(&st, zero, sizeof(zero));
	crypto_hash_sha256_update(&st, p + at + KF_ID_BYTES,
				  n - at - KF_ID_BYTES);
	crypto_hash_sha256_final(&st, id);
}

static void hex_id(const uint8_t id[KF_ID_BYTES], char *ret)
{
	sodium_bin2hex(ret, 2 * KF_ID_BYTES + 1, id, KF_ID_BYTES);
}

int kfw_finish(struct kf_writer *w, struct buf *out, char *id, struct err *e)
{
	struct kf_header h = { .version = KF_VERSION };
	size_t i, table;

	if (w->strings.len > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "kit has too many strings");
	buf_add(kfw_section(w, KF_STRINGS), w->strings.p, w->strings.len);
	if (w->sect.n > KF_MAX_SECTS)
		return err_set(e, ERR_LIMIT, "kit has %zu sections, at most %d",
			       w->sect.n, KF_MAX_SECTS);
	qsort(w->sect.v, w->sect.n, sizeof(*w->sect.v), sect_cmp);
	buf_zero(out, sizeof(h));
	table = out->len;
	buf_zero(out, w->sect.n * sizeof(struct kf_sect));
	for (i = 0; i < w->sect.n; i++) {
		struct kfw_sect *s = &w->sect.v[i];
		struct kf_sect row = { .off = out->len, .len = s->data.len };

		if (strlen(s->name) >= KF_NAME_MAX)
			return err_set(e, ERR_LIMIT, "section name '%s'",
				       s->name);
		memcpy(row.name, s->name, strlen(s->name));
		memcpy(out->p + table + i * sizeof(row), &row, sizeof(row));
		buf_add(out, s->data.p, s->data.len);
		buf_align(out, 8);
	}
	memcpy(h.magic, KF_MAGIC, sizeof(h.magic));
	h.nsect = (uint32_t)w->sect.n;
	h.size = out->len;
	if (h.size > KF_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "kit of %zu bytes", out->len);
	memcpy(out->p, &h, sizeof(h));
	file_id((uint8_t *)out->p, out->len, h.id);
	memcpy(out->p, &h, sizeof(h));
	hex_id(h.id, id);
	return 0;
}

static int check_sections(struct kf_view *v, struct err *e)
{
	size_t i;

	for (i = 0; i < v->nsect; i++) {
		const struct kf_sect *s = &v->sect[i];

		if (s->name[KF_NAME_MAX - 1] || !s->name[0] || s->off % 8 ||
		    s->off > v->len || s->len > v->len - s->off)
			return err_set(e, ERR_FORMAT, "bad section %zu", i);
		if (i && strcmp(v->sect[i - 1].name, s->name) >= 0)
			return err_set(e, ERR_FORMAT,
				       "sections out of order at %zu", i);
	}
	v->str = kf_section(v, KF_STRINGS, &v->str_len);
	if (!v->str || !v->str_len || v->str[0] || v->str[v->str_len - 1])
		return err_set(e, ERR_FORMAT, "bad string section");
	return 0;
}

int kf_open(struct kf_view *v, const void *p, size_t n, struct err *e)
{
	struct kf_header h;

	memset(v, 0, sizeof(*v));
	if (n < sizeof(h))
		return err_set(e, ERR_TRUNCATED, "%zu bytes are no kit", n);
	memcpy(&h, p, sizeof(h));
	if (memcmp(h.magic, KF_MAGIC, sizeof(h.magic)))
		return err_set(e, ERR_FORMAT, "not a kit");
	if (h.version != KF_VERSION) {
		err_set(e, ERR_UNSUPPORTED,
			"kit format %u, this tapbuild reads %d", h.version,
			KF_VERSION);
		return err_hint(e, "tapbuild kit add PACKAGES…");
	}
	if (h.size != n)
		return err_set(e, ERR_TRUNCATED,
			       "kit has %zu bytes, its header says %llu", n,
			       (unsigned long long)h.size);
	if (h.nsect > KF_MAX_SECTS ||
	    h.nsect * sizeof(struct kf_sect) > n - sizeof(h) ||
	    (uintptr_t)p % 8)
		return err_set(e, ERR_FORMAT, "bad section table");
	v->p = p;
	v->len = n;
	v->nsect = h.nsect;
	v->sect = (const void *)(v->p + sizeof(h));
	return check_sections(v, e);
}

int kf_check(const struct kf_view *v, struct err *e)
{
	uint8_t id[KF_ID_BYTES];
	char want[65], got[65];

	file_id(v->p, v->len, id);
	hex_id(id, got);
	kf_id_hex(v, want);
	if (strcmp(want, got))
		return err_set(e, ERR_CORRUPT,
			       "kit is damaged: id %.12s, contents %.12s", want,
			       got);
	return 0;
}

const void *kf_section(const struct kf_view *v, const char *name, size_t *len)
{
	size_t lo = 0, hi = v->nsect;

	*len = 0;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(v->sect[mid].name, name);

		if (c == 0) {
			*len = v->sect[mid].len;
			return v->p + v->sect[mid].off;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const void *kf_table(const struct kf_view *v, const char *name, size_t row,
		     size_t *n)
{
	size_t len;
	const void *p = kf_section(v, name, &len);

	*n = len / row;
	return *n && len % row == 0 ? p : (*n = 0, NULL);
}

const char *kf_str(const struct kf_view *v, uint32_t off)
{
	return off < v->str_len ? v->str + off : "";
}

size_t kf_lower(const struct kf_view *v, const void *rows, size_t n, size_t row,
		size_t name_off, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		uint32_t off;

		memcpy(&off, (const char *)rows + mid * row + name_off,
		       sizeof(off));
		if (strcmp(kf_str(v, off), name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const char *kf_info(const struct kf_view *v, const char *key)
{
	size_t n, i;
	const struct kf_pair *row = kf_table(v, KF_INFO, sizeof(*row), &n);

	i = kf_lower(v, row, n, sizeof(*row), offsetof(struct kf_pair, key),
		     key);
	if (i == n || strcmp(kf_str(v, row[i].key), key))
		return "";
	return kf_str(v, row[i].val);
}

void kf_id_hex(const struct kf_view *v, char ret[65])
{
	hex_id(v->p + offsetof(struct kf_header, id), ret);
}
