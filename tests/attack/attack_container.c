/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes 1 to 4, 6 and 12: altered, cut, spliced, another tar, other files. */
#include "tests/attack/stage.h"

#include "bundle/tar.h"

#include <archive.h>
#include <archive_entry.h>

/* ---- 1: one bit ----------------------------------------------------------- */

/* Bit (n & 7) of byte n >> 3 of part @b, or of its header. */
static void flip(struct stage *s, const struct attack *a)
{
	size_t at = stage_offset(s, (unsigned int)(a->b[0] - '0'));

	if (a->b[1] == 'd')
		at += TAR_BLOCK;
	s->file.p[at + (a->n >> 3)] ^= (char)(1 << (a->n & 7));
}

static void flip_end(struct stage *s, const struct attack *a)
{
	s->file.p[s->file.len - 1 - a->n] ^= 1;
}

static void flip_padding(struct stage *s, const struct attack *a)
{
	unsigned int i = (unsigned int)a->n;

	s->file.p[stage_offset(s, i) + TAR_BLOCK + s->part[i].data.len] ^= 4;
}

static const struct {
	const char *name, *where;
	unsigned int at[12]; /* bytes; 0 after the first ends */
	int code;
	const char *re;
} regions[] = {
	{ "the first header's name",
	  "0h",
	  { 0, 5, 13 },
	  BERR_FORMAT,
	  "not a version-1 bundle|another version" },
	{ "the first header",
	  "0h",
	  { 99, 103, 111, 119, 130, 141, 150, 156, 260, 300, 511 },
	  BERR_FORMAT,
	  "first header is not one of ours" },
	{ "the manifest",
	  "0d",
	  { 0, 14, 40, 100, 200, 300, 500, 700, 900, 1000 },
	  BERR_NO_SIGNATURE,
	  "does not fit the manifest: the bundle was altered" },
	{ "the signatures' header",
	  "1h",
	  { 0, 16, 50, 103, 127, 135, 140, 150, 156, 257, 400, 511 },
	  BERR_CONTAINER,
	  "header of tap-1/signatures is not one of ours" },
	{ "a kernel signature", "2d", { 0, 39, 79 }, BERR_PACK_HASH, "ksig" },
	{ "the provenance", "3d", { 0, 13 }, BERR_PACK_HASH, "provenance" },
	{ "the source", "4d", { 0, 20, 60 }, BERR_PACK_HASH, "source" },
	{ "the pack", "5d", { 0, 4, 100, 200 }, BERR_PACK_HASH, "pack-0000" },
	{ "a header of kernel signatures",
	  "2h",
	  { 0, 124, 511 },
	  BERR_CONTAINER,
	  "header of tap-1/ksig differs from the manifest at byte" },
	{ "the header of the source",
	  "4h",
	  { 7, 100, 345 },
	  BERR_CONTAINER,
	  "header of tap-1/source differs" },
	{ "the header of the pack",
	  "5h",
	  { 3, 134, 156, 265 },
	  BERR_CONTAINER,
	  "header of tap-1/pack-0000 differs" },
};

static void flips(void)
{
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
		for (int k = 0; k < 12 && (!k || regions[i].at[k]); k++) {
			unsigned int at = regions[i].at[k];
			char name[80];
			struct attack a = { 1,
					    name,
					    flip,
					    NULL,
					    regions[i].where,
					    (uint64_t)at * 8 + at % 7,
					    regions[i].code,
					    regions[i].re,
					    W_ALL,
					    NULL };

			snprintf(name, sizeof(name), "bit %u of byte %u of %s",
				 at % 7, at, regions[i].name);
			attack_run(&a);
		}
}

/* ---- 2: length ------------------------------------------------------------ */

static void cut(struct stage *s, const struct attack *a)
{
	s->file.len = a->n;
}

static void append_zeros(struct stage *s, const struct attack *a)
{
	buf_zero(&s->file, a->n);
}

static void append_text(struct stage *s, const struct attack *a)
{
	buf_adds(&s->file, a->a);
}

static void append_self(struct stage *s, const struct attack *a)
{
	size_t n = s->file.len;

	if (a->n)
		s->file.len -= TAR_END; /* as tar -A does */
	buf_reserve(&s->file, n);
	buf_add(&s->file, s->file.p, n - (a->n ? TAR_END : 0));
}

/* Another bundle by the same key, before or behind. */
static void join_other(struct stage *s, const struct attack *a)
{
	struct buf one = BUF_INIT, two;

	buf_add(&one, s->file.p, s->file.len);
	s->f.spec.name = "net-latency";
	two = fix_write(&s->f);
	buf_reset(&s->file);
	if (a->n)
		buf_add(&s->file, "", 1);
	buf_add(&s->file, one.p, one.len);
	buf_add(&s->file, two.p, two.len);
	buf_deinit(&one);
	buf_deinit(&two);
}

static void drop_end(struct stage *s, const struct attack *a)
{
	s->file.len -= a->n;
}

static void cuts(void)
{
	struct stage s;
	size_t len;

	stage_init(&s);
	len = s.file.len;
	stage_deinit(&s);
	for (size_t at = 0; at < len; at += TAR_BLOCK)
		for (int d = -1; d <= 1; d++) {
			char name[80];
			struct attack a = { 2,
					    name,
					    cut,
					    NULL,
					    NULL,
					    at + (size_t)d,
					    BERR_TRUNCATED,
					    "[0-9]+ of [0-9]+ bytes",
					    W_ALL,
					    NULL };

			if (!at && d < 0)
				continue;
			snprintf(name, sizeof(name), "cut after %zu bytes",
				 at + (size_t)d);
			attack_run(&a);
		}
}

#define AFTER_END "[0-9]+ bytes after the bundle's end"

static const struct attack lengths[] = {
	{ 2, "one zero more", append_zeros, NULL, NULL, 1, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "511 zeros more", append_zeros, NULL, NULL, 511, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "a zero block more", append_zeros, NULL, NULL, 512, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "513 zeros more", append_zeros, NULL, NULL, 513, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "filled up to tar's record of 10240", append_zeros, NULL, NULL,
	  10240, BERR_CONTAINER, AFTER_END, W_ALL, NULL },
	{ 2, "a newline more", append_text, "\n", NULL, 0, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "the magic number more", append_text, "tap-1/manifest", NULL, 0,
	  BERR_CONTAINER, AFTER_END, W_ALL, NULL },
	{ 2, "twice itself", append_self, NULL, NULL, 0, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "twice itself, joined by tar -A", append_self, NULL, NULL, 1,
	  BERR_CONTAINER, AFTER_END, W_ALL, NULL },
	{ 2, "another bundle behind", join_other, NULL, NULL, 0, BERR_CONTAINER,
	  AFTER_END, W_ALL, NULL },
	{ 2, "a byte before two bundles", join_other, NULL, NULL, 1,
	  BERR_FORMAT, "not a version-1 bundle", W_ALL, NULL },
	{ 2, "one of the two zero blocks", drop_end, NULL, NULL, 512,
	  BERR_TRUNCATED, "of [0-9]+ bytes", W_ALL, NULL },
	{ 2, "no zero blocks", drop_end, NULL, NULL, 1024, BERR_TRUNCATED,
	  "of [0-9]+ bytes", W_ALL, NULL },
	{ 1, "a bit of the last byte", flip_end, NULL, NULL, 0, BERR_CONTAINER,
	  "other than zero at the end", W_ALL, NULL },
	{ 1, "a bit of the first end block", flip_end, NULL, NULL, 1023,
	  BERR_CONTAINER, "other than zero at the end", W_ALL, NULL },
	{ 1, "a bit of padding of the manifest", flip_padding, NULL, NULL, 0,
	  BERR_CONTAINER, "bytes other than zero at", W_ALL, NULL },
	{ 1, "a bit of padding of the signatures", flip_padding, NULL, NULL, 1,
	  BERR_CONTAINER, "bytes other than zero at", W_ALL, NULL },
	{ 1, "a bit of padding of the kernel signatures", flip_padding, NULL,
	  NULL, 2, BERR_CONTAINER, "bytes other than zero at", W_ALL, NULL },
	{ 1, "a bit of padding of the source", flip_padding, NULL, NULL, 4,
	  BERR_CONTAINER, "bytes other than zero at", W_ALL, NULL },
	{ 1, "a bit of padding of the pack", flip_padding, NULL, NULL, 5,
	  BERR_CONTAINER, "bytes other than zero at", W_ALL, NULL },
};

/* ---- 3: parts of another bundle by the same key --------------------------- */

static void other_bundle(const struct stage *s, struct stage *o)
{
	stage_init(o);
	o->f.spec.version++;
	o->f.spec.provenance = "{\"payload\":\"x\"";
	/* of the same size, so that headers and manifest fit the other pack */
	for (char c = '3'; c <= '9'; c++) {
		o->ko2.p[64 + 37] = c; /* its vermagic */
		stage_build(o);
		if (o->part[P_PACK].data.len == s->part[P_PACK].data.len)
			return;
	}
	abort();
}

/* a->a: which parts come from the other, as digits; digests fitted if b */
static void splice(struct stage *s, const struct attack *a)
{
	struct stage o;

	other_bundle(s, &o);
	for (const char *p = a->a; *p; p++) {
		unsigned int i = (unsigned int)(*p - '0');

		stage_part(s, i, o.part[i].data.p, o.part[i].data.len, false);
	}
	stage_join(s);
	stage_deinit(&o);
}

static void swap_parts(struct stage *s, const struct attack *a)
{
	unsigned int i = (unsigned int)(a->a[0] - '0'),
		     k = (unsigned int)(a->a[1] - '0');
	struct part p = s->part[i];

	s->part[i] = s->part[k];
	s->part[k] = p;
	stage_join(s);
}

/* The two kernel signatures change places; the member's digest is fitted. */
static void swap_ksigs(struct stage *s, const struct attack *a)
{
	char both[80];

	memcpy(both, s->part[P_KSIG].data.p + 40, 40);
	memcpy(both + 40, s->part[P_KSIG].data.p, 40);
	stage_part(s, P_KSIG, both, sizeof(both), true);
	(void)a;
}

static void drop_part(struct stage *s, const struct attack *a)
{
	unsigned int i = (unsigned int)a->n;
	struct part gone = s->part[i];

	memmove(&s->part[i], &s->part[i + 1],
		(STAGE_PARTS - i - 1) * sizeof(gone));
	memset(&s->part[STAGE_PARTS - 1], 0, sizeof(gone));
	buf_deinit(&gone.data);
	s->nparts--;
	stage_join(s);
}

static void twice_part(struct stage *s, const struct attack *a)
{
	unsigned int i = (unsigned int)a->n;

	memmove(&s->part[i + 1], &s->part[i],
		(STAGE_PARTS - i - 1) * sizeof(s->part[0]));
	buf_init(&s->part[i + 1].data);
	buf_add(&s->part[i + 1].data, s->part[i].data.p, s->part[i].data.len);
	s->nparts++;
	stage_join(s);
}

static void extra_part(struct stage *s, const struct attack *a)
{
	struct part *p = &s->part[s->nparts++];

	snprintf(p->name, sizeof(p->name), "%s", a->a);
	buf_reset(&p->data);
	buf_adds(&p->data, "x");
	stage_join(s);
}

#define SIZE_OR_HASH \
	"another digest|differs from the manifest|[0-9]+ of [0-9]+ bytes|after the bundle's end"

static const struct attack splices[] = {
	{ 3, "manifest of another bundle", splice, "0", NULL, 0,
	  BERR_NO_SIGNATURE, "does not fit the manifest", W_ALL, NULL },
	{ 3, "signatures of another bundle", splice, "1", NULL, 0,
	  BERR_NO_SIGNATURE, "does not fit the manifest", W_ALL, NULL },
	{ 3, "provenance of another bundle", splice, "3", NULL, 0,
	  BERR_PACK_HASH, "provenance has another digest", W_ALL, NULL },
	{ 3, "manifest and signatures of another bundle", splice, "01", NULL, 0,
	  BERR_PACK_HASH, "another digest", W_ALL, NULL },
	{ 3, "manifest, signatures and provenance of another", splice, "013",
	  NULL, 0, BERR_PACK_HASH, "pack-0000 has another digest", W_ALL,
	  NULL },
	{ 3, "all but the pack of another bundle", splice, "01234", NULL, 0,
	  BERR_PACK_HASH, "pack-0000 has another digest", W_ALL, NULL },
	{ 3, "pack of another bundle", splice, "5", NULL, 0, BERR_PACK_HASH,
	  "pack-0000 has another digest", W_ALL, NULL },
	{ 3, "source and pack change places", swap_parts, "45", NULL, 0,
	  BERR_CONTAINER, "header of tap-1/source differs", W_ALL, NULL },
	{ 3, "provenance and source change places", swap_parts, "34", NULL, 0,
	  BERR_CONTAINER, "header of tap-1/provenance differs", W_ALL, NULL },
	{ 3, "signatures before the manifest", swap_parts, "01", NULL, 0,
	  BERR_FORMAT, "not a version-1 bundle", W_ALL, NULL },
	{ 3, "ksig before the signatures", swap_parts, "12", NULL, 0,
	  BERR_CONTAINER, "header of tap-1/signatures is not one of ours",
	  W_ALL, NULL },
	{ 3, "kernel signatures of two modules change places", swap_ksigs, NULL,
	  NULL, 0, BERR_PACK_HASH, "ksig has another digest", W_DRY, NULL },
	{ 3, "no pack", drop_part, NULL, NULL, P_PACK, BERR_TRUNCATED,
	  "of [0-9]+ bytes", W_ALL, NULL },
	{ 3, "no source", drop_part, NULL, NULL, P_SOURCE, BERR_TRUNCATED,
	  "of [0-9]+ bytes", W_ALL, NULL },
	{ 3, "no provenance", drop_part, NULL, NULL, P_PROVENANCE,
	  BERR_TRUNCATED, "of [0-9]+ bytes", W_ALL, NULL },
	{ 3, "no kernel signatures", drop_part, NULL, NULL, P_KSIG,
	  BERR_TRUNCATED, "of [0-9]+ bytes", W_ALL, NULL },
	{ 3, "no signatures", drop_part, NULL, NULL, P_SIGS, BERR_CONTAINER,
	  "header of tap-1/signatures is not one of ours", W_ALL, NULL },
	{ 3, "no manifest", drop_part, NULL, NULL, P_MANIFEST, BERR_FORMAT,
	  "not a version-1 bundle", W_ALL, NULL },
	{ 4, "the manifest twice", twice_part, NULL, NULL, P_MANIFEST,
	  BERR_CONTAINER, "header of tap-1/signatures is not one of ours",
	  W_ALL, NULL },
	{ 4, "the signatures twice", twice_part, NULL, NULL, P_SIGS,
	  BERR_CONTAINER, "after the bundle's end", W_ALL, NULL },
	{ 4, "the source twice", twice_part, NULL, NULL, P_SOURCE,
	  BERR_CONTAINER, "after the bundle's end", W_ALL, NULL },
	{ 4, "the pack twice", twice_part, NULL, NULL, P_PACK, BERR_CONTAINER,
	  "after the bundle's end", W_ALL, NULL },
	{ 4, "a member that the manifest does not have", extra_part,
	  "tap-1/extra", NULL, 0, BERR_CONTAINER, "after the bundle's end",
	  W_ALL, NULL },
	{ 4, "a member for the root directory", extra_part, "/etc/passwd", NULL,
	  0, BERR_CONTAINER, "after the bundle's end", W_ALL, NULL },
	{ 4, "a member above", extra_part, "../../x", NULL, 0, BERR_CONTAINER,
	  "after the bundle's end", W_ALL, NULL },
};

/* ---- 4: other tar --------------------------------------------------------- */

/* Change a header and make its checksum right again. */
static void edit_header(struct stage *s, unsigned int part, size_t at,
			const char *v, size_t n)
{
	char *h = s->file.p + stage_offset(s, part), text[8];
	unsigned int sum = 0;

	memcpy(h + at, v, n);
	memset(h + 148, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(h + 148, text, 7);
}

static const struct {
	int class;
	const char *what;
	size_t at, n;
	const char *v;
	int first; /* code in the first header; 25 in all others */
} headers[] = {
	{ 4, "name of version 2", 0, 6, "tap-2/", BERR_FORMAT },
	{ 4, "absolute name", 0, 2, "/t", BERR_FORMAT },
	{ 4, "name with ..", 0, 3, "../", BERR_FORMAT },
	{ 4, "name with ./", 0, 2, "./", BERR_FORMAT },
	{ 4, "upper case name", 0, 3, "TAP", BERR_FORMAT },
	{ 4, "bytes behind the name", 40, 4, "x\0yz", BERR_FORMAT },
	{ 4, "mode 4755", 100, 8, "0004755", BERR_FORMAT },
	{ 4, "mode without a leading zero", 100, 8, "   644 ", BERR_FORMAT },
	{ 4, "owner 1000", 108, 8, "0001750", BERR_FORMAT },
	{ 4, "group 1000", 116, 8, "0001750", BERR_FORMAT },
	{ 4, "base-256 size", 124, 12, "\x80\0\0\0\0\0\0\1\0\0\0\0",
	  BERR_FORMAT },
	{ 4, "negative base-256 size", 124, 12,
	  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", BERR_FORMAT },
	{ 4, "blank before the size", 124, 2, " 0", BERR_FORMAT },
	{ 4, "blank after the size", 135, 1, " ", BERR_FORMAT },
	{ 4, "size with a minus", 124, 1, "-", BERR_FORMAT },
	{ 4, "size with the digit 8", 134, 1, "8", BERR_FORMAT },
	{ 4, "another time", 136, 12, "14524570001", BERR_CONTAINER },
	{ 4, "time 0", 136, 12, "00000000000", BERR_CONTAINER },
	{ 4, "base-256 time", 136, 12, "\x80\0\0\0\0\0\0\0\0\0\0\1",
	  BERR_FORMAT },
	{ 4, "hard link", 156, 1, "1", BERR_FORMAT },
	{ 4, "symbolic link", 156, 1, "2", BERR_FORMAT },
	{ 4, "character device", 156, 1, "3", BERR_FORMAT },
	{ 4, "block device", 156, 1, "4", BERR_FORMAT },
	{ 4, "directory", 156, 1, "5", BERR_FORMAT },
	{ 4, "FIFO", 156, 1, "6", BERR_FORMAT },
	{ 4, "contiguous file", 156, 1, "7", BERR_FORMAT },
	{ 4, "pax record", 156, 1, "x", BERR_FORMAT },
	{ 4, "global pax record", 156, 1, "g", BERR_FORMAT },
	{ 4, "GNU long name", 156, 1, "L", BERR_FORMAT },
	{ 4, "GNU long link", 156, 1, "K", BERR_FORMAT },
	{ 4, "GNU sparse", 156, 1, "S", BERR_FORMAT },
	{ 4, "GNU multi volume", 156, 1, "M", BERR_FORMAT },
	{ 4, "GNU volume label", 156, 1, "V", BERR_FORMAT },
	{ 4, "old regular file", 156, 1, "\0", BERR_FORMAT },
	{ 4, "name of a link", 157, 4, "/etc", BERR_FORMAT },
	{ 4, "magic of GNU", 257, 8, "ustar  ", BERR_FORMAT },
	{ 4, "no magic (V7)", 257, 8, "\0\0\0\0\0\0\0", BERR_FORMAT },
	{ 4, "version of ustar", 263, 2, "01", BERR_FORMAT },
	{ 4, "name of an owner", 265, 4, "root", BERR_FORMAT },
	{ 4, "name of a group", 297, 4, "root", BERR_FORMAT },
	{ 4, "device number", 329, 8, "0000001", BERR_FORMAT },
	{ 4, "prefix", 345, 4, "../a", BERR_FORMAT },
	{ 4, "byte 511", 511, 1, "x", BERR_FORMAT },
	{ 6, "size 2 GiB - 1", 124, 12, "17777777777", BERR_LIMIT },
	{ 6, "size 2 GiB", 124, 12, "20000000000", BERR_LIMIT },
	{ 6, "size 4 GiB - 1", 124, 12, "37777777777", BERR_LIMIT },
	{ 6, "size 4 GiB", 124, 12, "40000000000", BERR_LIMIT },
	{ 6, "size 4 GiB + 512", 124, 12, "40000001000", BERR_LIMIT },
	{ 6, "size 8 GiB - 1", 124, 12, "77777777777", BERR_LIMIT },
	{ 6, "size 1 MiB + 1", 124, 12, "00004000001", BERR_LIMIT },
	{ 6, "size 0", 124, 12, "00000000000", BERR_CONTAINER },
	{ 6, "size 1", 124, 12, "00000000001", BERR_CONTAINER },
};

static void header_row(struct stage *s, const struct attack *a)
{
	edit_header(s, (unsigned int)(a->a[0] - '0'), headers[a->n].at,
		    headers[a->n].v, headers[a->n].n);
}

/* Sizes in the signatures' header have limits of their own. */
static int header_code(size_t i, unsigned int part)
{
	if (part == P_MANIFEST)
		return headers[i].first;
	if (part == P_SIGS && headers[i].first == BERR_LIMIT)
		return BERR_LIMIT;
	if (part == P_SIGS && headers[i].class == 6)
		return 0; /* depends on what lies there: see sig_sizes */
	return BERR_CONTAINER;
}

static void header_rows(void)
{
	static const char *const parts[] = { "0", "1", "5" };
	static const char *const names[] = { "first header",
					     "signatures' header",
					     "pack's header" };

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		for (int k = 0; k < 3; k++) {
			unsigned int part = (unsigned int)(*parts[k] - '0');
			char name[100];
			struct attack a = { headers[i].class,
					    name,
					    header_row,
					    parts[k],
					    NULL,
					    i,
					    header_code(i, part),
					    "header|manifest of|signatures of|"
					    "not a version-1|another version|"
					    "other than zero",
					    W_ALL,
					    NULL };

			snprintf(name, sizeof(name),
				 "%s with a right checksum: %s", names[k],
				 headers[i].what);
			if (a.code)
				attack_run(&a);
		}
}

/* The same members, written by libarchive in another format. */
static void rewrite(struct stage *s, const struct attack *a)
{
	struct archive *in = archive_read_new(), *w = archive_write_new();
	static char file[1 << 20], data[1 << 20];
	struct archive_entry *en;
	size_t used = 0;

	archive_read_support_format_tar(in);
	archive_read_open_memory(in, s->file.p, s->file.len);
	archive_write_set_format_by_name(w, a->a);
	archive_write_set_bytes_per_block(w, 0);
	archive_write_open_memory(w, file, sizeof(file), &used);
	while (archive_read_next_header(in, &en) == ARCHIVE_OK) {
		la_ssize_t n = archive_read_data(in, data, sizeof(data));

		if (a->n)
			archive_entry_set_uname(en, "root");
		archive_write_header(w, en);
		archive_write_data(w, data, (size_t)n);
	}
	archive_write_close(w);
	archive_write_free(w);
	archive_read_free(in);
	buf_reset(&s->file);
	buf_add(&s->file, file, used);
}

#define NOT_OURS "not one of ours|not a version-1 bundle"

static const struct attack dialects[] = {
	{ 4, "libarchive: pax with an owner", rewrite, "pax", NULL, 1,
	  BERR_FORMAT, NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: GNU tar", rewrite, "gnutar", NULL, 0, BERR_FORMAT,
	  NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: ustar with an owner", rewrite, "ustar", NULL, 1,
	  BERR_FORMAT, NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: ustar", rewrite, "ustar", NULL, 0, BERR_FORMAT,
	  NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: V7", rewrite, "v7tar", NULL, 0, BERR_FORMAT, NOT_OURS,
	  W_ALL, NULL },
	{ 4, "libarchive: cpio", rewrite, "cpio", NULL, 0, BERR_FORMAT,
	  NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: newc", rewrite, "newc", NULL, 0, BERR_FORMAT,
	  NOT_OURS, W_ALL, NULL },
	{ 4, "libarchive: ar", rewrite, "argnu", NULL, 0, BERR_FORMAT,
	  NOT_OURS "|[0-9]+ of [0-9]+ bytes", W_ALL, NULL },
	{ 4, "libarchive: zip", rewrite, "zip", NULL, 0, BERR_FORMAT, NOT_OURS,
	  W_ALL, NULL },
	{ 4, "libarchive: shar", rewrite, "shar", NULL, 0, BERR_FORMAT,
	  NOT_OURS, W_ALL, NULL },
};

void attack_container(void)
{
	flips();
	cuts();
	ATTACK_RUN(lengths);
	ATTACK_RUN(splices);
	header_rows();
	ATTACK_RUN(dialects);
}
