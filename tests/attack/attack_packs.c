/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes 3, 11, 14, 15, 16 and 22: packs, modules, kernels, parameters. */
#include "tests/attack/stage.h"

#include "bundle/line.h"
#include "tests/unit/mkelf.h"

#include <sys/personality.h>
#include <zstd.h>

/* ---- 11: packs whose digest the manifest has ------------------------------ */

static size_t raw_size(const struct stage *s)
{
	const char *at = strstr(s->part[P_MANIFEST].data.p, "\npack: 0 ");

	return strtoull(at + 9, NULL, 10);
}

/* The raw pack, decoded by plain libzstd. */
static void raw_pack(const struct stage *s, struct buf *raw)
{
	const struct buf *z = &s->part[P_PACK].data;
	size_t n = raw_size(s);

	buf_reserve(raw, n + 1);
	if (ZSTD_decompress(raw->p, n, z->p, z->len) != n)
		abort();
	raw->len = n;
}

static void compress(const void *p, size_t n, struct buf *z, int level,
		     bool checksum, bool size, int window_log)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t r, cap = ZSTD_compressBound(n) + 64;

	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, checksum);
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, size);
	if (window_log) {
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
		ZSTD_CCtx_setParameter(c, ZSTD_c_enableLongDistanceMatching, 0);
	}
	buf_reserve(z, cap);
	if (size) {
		r = ZSTD_compress2(c, z->p, cap, p, n);
	} else {
		ZSTD_inBuffer in = { p, n, 0 };
		ZSTD_outBuffer out = { z->p, cap, 0 };

		while (ZSTD_compressStream2(c, &out, &in, ZSTD_e_end))
			continue;
		r = out.pos;
	}
	if (ZSTD_isError(r))
		abort();
	z->len = r;
	ZSTD_freeCCtx(c);
}

static void put_raw_size(struct stage *s, uint64_t n)
{
	char from[64], to[64];

	snprintf(from, sizeof(from), "\npack: 0 %zu", raw_size(s));
	snprintf(to, sizeof(to), "\npack: 0 %llu", (unsigned long long)n);
	stage_edit(s, from, to);
}

enum frame {
	NO_CHECKSUM,
	NO_SIZE,
	TWO_FRAMES,
	SKIPPABLE,
	SKIPPABLE_FIRST,
	BYTE_MORE,
	CUT_1,
	CUT_HALF,
	EMPTY_FRAME,
	ZEROS,
	RESERVED_BIT,
	DICT_ID,
	BAD_CHECKSUM,
	BOMB,
	BOMB_GOOD_SIZE,
	MILLION_BLOCKS,
	WINDOW_31,
	ONE_MORE,
	ONE_LESS,
	NOT_ZSTD,
	GZIP,
};

/* Frame_Header_Descriptor: RFC 8878 section 3.1.1.1.1 */
static void frame_odd(struct buf *z, enum frame kind)
{
	switch (kind) {
	case RESERVED_BIT:
		z->p[4] |= 0x08;
		break;
	case DICT_ID:
		z->p[4] |= 1;
		break;
	case BAD_CHECKSUM:
		z->p[z->len - 1] ^= 1;
		break;
	case CUT_1:
		z->len--;
		break;
	case CUT_HALF:
		z->len /= 2;
		break;
	case BYTE_MORE:
		buf_addc(z, 0);
		break;
	case NOT_ZSTD:
		z->p[0] ^= 1;
		break;
	case GZIP:
		memcpy(z->p, "\x1f\x8b\x08\0", 4);
		break;
	default:
		break;
	}
}

static void frame_more(struct buf *z, const struct buf *raw, enum frame kind)
{
	static const uint8_t skip[] = { 0x50, 0x2a, 0x4d, 0x18, 4,   0,
					0,    0,    'e',  'v',	'i', 'l' };
	struct buf b = BUF_INIT;

	if (kind == TWO_FRAMES) {
		compress(raw->p, raw->len, &b, 3, true, true, 0);
		buf_add(z, b.p, b.len);
	} else if (kind == SKIPPABLE) {
		buf_add(z, skip, sizeof(skip));
	} else if (kind == SKIPPABLE_FIRST) {
		buf_add(&b, skip, sizeof(skip));
		buf_add(&b, z->p, z->len);
		buf_reset(z);
		buf_add(z, b.p, b.len);
	} else if (kind == WINDOW_31) {
		/* Window_Descriptor: 2^(10 + 21); size in four bytes */
		uint32_t n = (uint32_t)raw->len;

		memcpy(z->p, "\x28\xb5\x2f\xfd\x84\xa8", 6);
		memcpy(z->p + 6, &n, 4);
	} else if (kind == ZEROS) {
		memset(z->p, 0, z->len);
	} else if (kind == MILLION_BLOCKS) {
		/* after the header, empty raw blocks that are not the last */
		size_t head =
			ZSTD_getFrameContentSize(z->p, z->len) < 256 ? 6 : 7;

		z->len = head;
		for (int i = 0; i < 1000000; i++)
			buf_zero(z, 3);
	}
	buf_deinit(&b);
}

static void frame(struct stage *s, const struct attack *a)
{
	enum frame kind = (enum frame)a->n;
	struct buf raw = BUF_INIT, z = BUF_INIT;

	raw_pack(s, &raw);
	if (kind == BOMB || kind == BOMB_GOOD_SIZE) {
		buf_reset(&raw);
		buf_zero(&raw, 64u << 20);
		if (kind == BOMB_GOOD_SIZE)
			put_raw_size(s, raw.len);
	}
	if (kind == EMPTY_FRAME)
		raw.len = 0;
	compress(raw.p, raw.len, &z, 3, kind != NO_CHECKSUM, kind != NO_SIZE,
		 0);
	frame_odd(&z, kind);
	frame_more(&z, &raw, kind);
	if (kind == ONE_MORE || kind == ONE_LESS)
		put_raw_size(s, raw.len + (kind == ONE_MORE ? 512 : -512));
	stage_part(s, P_PACK, z.p, z.len, true);
	buf_deinit(&raw);
	buf_deinit(&z);
}

/* Other raw content, of the right size; the frame and its digest are right. */
static void raw_edit(struct stage *s, const struct attack *a)
{
	struct buf raw = BUF_INIT, z = BUF_INIT;

	raw_pack(s, &raw);
	for (size_t k = 0; a->a[k]; k++)
		raw.p[a->n + k] = a->a[k];
	compress(raw.p, raw.len, &z, 3, true, true, 0);
	stage_part(s, P_PACK, z.p, z.len, true);
	buf_deinit(&raw);
	buf_deinit(&z);
}

/* The host's module is where in the pack?  Its header begins there. */
static void host_header(struct stage *s, const struct attack *a)
{
	struct attack at = *a;
	const char *id = strstr(s->part[P_MANIFEST].data.p, STAGE_ID);
	const char *ko = strstr(id, "\nko: 0 ");

	at.n = strtoull(ko + 7, NULL, 10) - 512 + a->n;
	raw_edit(s, &at);
}

static const struct attack frames[] = {
	{ 11, "no checksum in the frame", frame, NULL, NULL, NO_CHECKSUM,
	  BERR_DECOMPRESS, "pack: has no checksum", W_DRY, NULL },
	{ 11, "no size in the frame", frame, NULL, NULL, NO_SIZE,
	  BERR_DECOMPRESS, "pack: does not say how much it holds", W_DRY,
	  NULL },
	{ 11, "a skippable frame first", frame, NULL, NULL, SKIPPABLE_FIRST,
	  BERR_DECOMPRESS, "pack: not a zstd frame", W_DRY, NULL },
	{ 11, "an empty frame", frame, NULL, NULL, EMPTY_FRAME, BERR_DECOMPRESS,
	  "pack: holds 0 bytes, the manifest says", W_DRY, NULL },
	{ 11, "zeros", frame, NULL, NULL, ZEROS, BERR_DECOMPRESS,
	  "pack: not a zstd frame", W_DRY, NULL },
	{ 11, "not zstd", frame, NULL, NULL, NOT_ZSTD, BERR_DECOMPRESS,
	  "pack: not a zstd frame", W_DRY, NULL },
	{ 11, "gzip", frame, NULL, NULL, GZIP, BERR_DECOMPRESS,
	  "pack: not a zstd frame", W_DRY, NULL },
	{ 11, "a reserved bit", frame, NULL, NULL, RESERVED_BIT,
	  BERR_DECOMPRESS, "pack: reserved bits are set", W_DRY, NULL },
	{ 11, "a dictionary", frame, NULL, NULL, DICT_ID, BERR_DECOMPRESS,
	  "pack: uses a dictionary", W_DRY, NULL },
	{ 11, "cut in half", frame, NULL, NULL, CUT_HALF, BERR_DECOMPRESS,
	  "pack: ", W_DRY, NULL },
	{ 11, "a bomb: 64 MiB of zeros, not declared", frame, NULL, NULL, BOMB,
	  BERR_DECOMPRESS, "pack: holds 67108864 bytes, the manifest says",
	  W_DRY, NULL },
	{ 11, "a bomb that is declared", frame, NULL, NULL, BOMB_GOOD_SIZE,
	  BERR_FORMAT, "packs hold more than the modules", W_DRY, NULL },
	{ 11, "a million empty blocks", frame, NULL, NULL, MILLION_BLOCKS,
	  BERR_DECOMPRESS, "pack: ", W_DRY, NULL },
	{ 11, "a window of 2 GiB", frame, NULL, NULL, WINDOW_31, BERR_LIMIT,
	  "pack: window of 2147483648 bytes, limit 8388608", W_DRY, NULL },
	{ 11, "the manifest says a block more", frame, NULL, NULL, ONE_MORE,
	  BERR_FORMAT, "packs hold more than the modules", W_DRY, NULL },
	{ 11, "the manifest says a block less", frame, NULL, NULL, ONE_LESS,
	  BERR_FORMAT, "larger than its pack|hold more", W_DRY, NULL },
	{ 11, "two frames", frame, NULL, NULL, TWO_FRAMES, BERR_DECOMPRESS,
	  "pack: bytes after the frame", W_PACK, NULL },
	{ 11, "a skippable frame behind", frame, NULL, NULL, SKIPPABLE,
	  BERR_DECOMPRESS, "pack: bytes after the frame", W_PACK, NULL },
	{ 11, "a byte behind", frame, NULL, NULL, BYTE_MORE, BERR_DECOMPRESS,
	  "pack: bytes after the frame", W_PACK, NULL },
	{ 11, "cut by a byte", frame, NULL, NULL, CUT_1, BERR_DECOMPRESS,
	  "pack: ends too early", W_PACK, NULL },
	{ 11, "another checksum", frame, NULL, NULL, BAD_CHECKSUM,
	  BERR_DECOMPRESS, "pack: .*checksum", W_PACK, NULL },
	{ 11, "a bit of the padding between modules", raw_edit, "x", NULL, 510,
	  BERR_PACK_HASH, "raw .* another digest", W_PACK, NULL },
	{ 3, "the module's header: another name", host_header, "9", NULL, 0,
	  BERR_CONTAINER, "header of .* in its pack differs", W_DRY, NULL },
	{ 3, "the module's header: a link", host_header, "2", NULL, 156,
	  BERR_CONTAINER, "header of .* in its pack differs", W_DRY, NULL },
	{ 3, "the module's header: another owner", host_header, "1", NULL, 112,
	  BERR_CONTAINER, "header of .* in its pack differs", W_DRY, NULL },
	{ 3, "the module: first byte", host_header, "\x7e", NULL, 512,
	  BERR_KO_HASH, "another digest", W_DRY, NULL },
	{ 3, "the module: in the middle", host_header, "\x7e", NULL, 700,
	  BERR_KO_HASH, "another digest", W_DRY, NULL },
};

/* ---- 14, 15: which kernel ------------------------------------------------- */

#define OTHER_ID "ffff456789abcdef0123456789abcdef01234567"

static void target(struct stage *s, const struct attack *a)
{
	struct bundle_target *t = &s->f.target[0];

	switch (a->n) {
	case 0:
		t->build_id = a->a;
		break;
	case 1:
		t->release = a->a;
		break;
	case 2:
		t->machine = a->a;
		break;
	case 3: /* no build-id, another version */
		t->build_id = NULL;
		t->version = a->a;
		break;
	case 4: /* unsupported, with its reason */
		t->status_code = a->a;
		t->status_text = a->b;
		break;
	case 5: /* a wire that this taprun does not speak */
		t->wire = 200;
		break;
	case 6: /* the module of a neighbour: another release, another build */
		s->f.spec.ntargets = 1;
		t->release = a->a;
		t->build_id = OTHER_ID;
		break;
	case 7: /* of another machine */
		s->f.spec.ntargets = 1;
		t->machine = a->a;
		t->build_id = OTHER_ID;
		break;
	}
	stage_build(s);
}

/* Two targets are this kernel: by build-id with different versions. */
static void two_targets(struct stage *s, const struct attack *a)
{
	static struct bundle_target t[4];

	memcpy(t, s->f.target, sizeof(t));
	t[3] = t[0];
	t[3].version = "#2 other";
	t[3].flavour = "zz";
	t[3].module = "t_0000000a";
	s->f.spec.target = t;
	s->f.spec.ntargets = 4;
	stage_build(s);
	(void)a;
}

/* ---- 15, 16: the module is not what the manifest says --------------------- */

static void ko_text(struct stage *s, const struct attack *a)
{
	const struct mksect m = { .name = a->b ? a->b : ".modinfo",
				  .type = SHT_PROGBITS,
				  .data = a->a,
				  .len = a->n };
	static struct buf ko;

	buf_reset(&ko);
	mkelf(&ko, ET_REL, &m, 1);
	s->f.target[0].ko = ko.p;
	s->f.target[0].ko_len = ko.len;
	stage_build(s);
}

/* One byte of the ELF header. */
static void ko_byte(struct stage *s, const struct attack *a)
{
	s->ko.p[a->n] = a->a[0];
	stage_build(s);
}

static void ko_bytes(struct stage *s, const struct attack *a)
{
	s->f.target[0].ko = a->a;
	s->f.target[0].ko_len = a->n;
	stage_build(s);
}

static void module_name(struct stage *s, const struct attack *a)
{
	if (a->a)
		s->f.target[0].module = a->a;
	if (a->b)
		s->f.target[0].vermagic = a->b;
	stage_build(s);
}

#define SAID "the module's [a-z]+ is '.*', the manifest says '"

static const struct attack kernels[] = {
	{ 14, "this kernel", NULL, NULL, NULL, 0, 0, NULL, W_DRY, NULL },
	{ 14, "same release, other build-id", target, OTHER_ID, NULL, 0,
	  BERR_BUILD_ID, "same release .*, other build: bundle ffff456789",
	  W_DRY, NULL },
	{ 14, "same release, a build-id that begins the same", target,
	  "0123456789abcdef0123456789abcdef0123", NULL, 0, BERR_BUILD_ID,
	  "other build", W_DRY, NULL },
	{ 14, "same release, a build-id that is longer", target, STAGE_ID "00",
	  NULL, 0, BERR_BUILD_ID, "other build", W_DRY, NULL },
	{ 14, "same build-id, other release", target, "6.99.0-1-other", NULL, 1,
	  BERR_BUILD_ID,
	  "this kernel is 6.99.0-1-other .* by its build-id but calls itself",
	  W_DRY, NULL },
	{ 14, "same build-id, other machine", target, "riscv64", NULL, 2,
	  BERR_BUILD_ID, "by its build-id but calls itself", W_DRY, NULL },
	{ 14, "no build-id in the bundle, other version", target,
	  "#1 SMP Thu Jan 1 1970", NULL, 3, BERR_BUILD_ID,
	  "same release .*, other build: bundle '#1 SMP Thu", W_DRY, NULL },
	{ 14, "two targets are this kernel", two_targets, NULL, NULL, 0,
	  BERR_FORMAT, "targets [0-9] and [0-9] are both this kernel", W_DRY,
	  NULL },
	{ 14, "this kernel, left out for a reason", target, "E-SYM",
	  "no such function", 4, BERR_KERNEL_UNSUPPORTED,
	  "not supported by this bundle: E-SYM no such function", W_DRY, NULL },
	{ 15, "not in the bundle", module_name, NULL, NULL, 0, 0, NULL, W_DRY,
	  NULL },
	{ 15, "only the module of a neighbour", target, "1.0.0-1-old", NULL, 6,
	  BERR_NO_KERNEL,
	  "no module for .*; bundle '.*' has 1 kernel, nearest 1\\.0\\.0-1-old, "
	  "which is another version \\(.*, here .*\\)",
	  W_DRY, NULL },
	{ 15, "only the module of another machine", target, "riscv64", NULL, 7,
	  BERR_NO_KERNEL,
	  "no module for .*; bundle '.*' has 1 kernel, none for this machine",
	  W_DRY, NULL },
	{ 15, "a wire of another taprun", target, NULL, NULL, 5, BERR_FEATURE,
	  "speaks wire version 200, this taprun", W_DRY, "" },
	{ 15, "a module that calls itself something else", module_name,
	  "t_0000000b", NULL, 0, BERR_KO_IDENTITY, SAID "t_0000000b", W_DRY,
	  "" },
	{ 15, "a module for another kernel", module_name, NULL, "8 SMP", 0,
	  BERR_KO_IDENTITY, SAID "8 SMP", W_DRY, "" },
	{ 15, "vermagic that begins the same", module_name, NULL, "9 SM", 0,
	  BERR_KO_IDENTITY, SAID "9 SM'", W_DRY, "" },
	{ 15, "two names in the module", ko_text,
	  "name=t_00000009\0name=evil\0vermagic=9 SMP", NULL, 40,
	  BERR_KO_IDENTITY, SAID, W_DRY, "" },
	{ 15, "two vermagics in the module", ko_text,
	  "vermagic=9 SMP\0vermagic=8 SMP", NULL, 30, BERR_KO_IDENTITY, SAID,
	  W_DRY, "" },
	{ 15, "no .modinfo", ko_text, "name=t_00000009", ".modinfp", 16,
	  BERR_KO_IDENTITY, "has no .modinfo section", W_DRY, "" },
	{ 15, "no ELF file", ko_bytes, "#!/bin/sh\nreboot -f\n", NULL, 20,
	  BERR_KO_IDENTITY, "is not a module of this machine", W_DRY, "" },
	{ 15, "one byte", ko_bytes, "\x7f", NULL, 1, BERR_KO_IDENTITY,
	  "is not a module of this machine", W_DRY, "" },
	{ 15, "ELF of 32 bits", ko_byte, "\1", NULL, EI_CLASS, BERR_KO_IDENTITY,
	  "is not a module of this machine", W_DRY, "" },
	{ 15, "ELF of the other byte order", ko_byte, "\2", NULL, EI_DATA,
	  BERR_KO_IDENTITY, "is not a module of this machine", W_DRY, "" },
	{ 15, "an executable", ko_byte, "\2", NULL, 16, BERR_KO_IDENTITY,
	  "is not a module of this machine", W_DRY, "" },
	{ 15, "another machine's", ko_byte, "\xf3", NULL, 18, BERR_KO_IDENTITY,
	  "is not a module of this machine", W_DRY, "" },
	{ 15, "section headers outside", ko_byte, "\x7f", NULL, 46,
	  BERR_KO_IDENTITY, "has no .modinfo section", W_DRY, "" },
	{ 15, "names' section outside", ko_byte, "\x7f", NULL, 62,
	  BERR_KO_IDENTITY, "has no .modinfo section", W_DRY, "" },
};

/* ---- 22: parameters ------------------------------------------------------- */

#define P(name, words, code, re)                                      \
	{                                                             \
		22, name, NULL, NULL, NULL, 0, code, re, W_DRY, words \
	}

static const struct attack params[] = {
	P("in its limits", "threshold=7", 0, NULL),
	P("at its least", "threshold=-1", 0, NULL),
	P("at its most", "threshold=1000", 0, NULL),
	P("hex", "threshold=0x10", 0, NULL),
	P("unknown", "nosuch=1", BERR_PARAM, "'nosuch' is not a parameter"),
	P("a typing error", "treshold=1", BERR_PARAM,
	  "did you mean 'threshold'\\?"),
	P("another case", "Threshold=1", BERR_PARAM, "is not a parameter"),
	P("above its most", "threshold=1001", BERR_PARAM,
	  "threshold=1001: outside -1\\.\\.1000"),
	P("below its least", "threshold=-2", BERR_PARAM,
	  "threshold=-2: outside -1\\.\\.1000"),
	P("above 2^63", "threshold=9223372036854775808", BERR_PARAM,
	  "not a 64-bit number"),
	P("a wrap to 7", "threshold=18446744073709551623", BERR_PARAM,
	  "not a 64-bit number"),
	P("empty", "threshold=", BERR_PARAM, "not a 64-bit number"),
	P("a word", "threshold=many", BERR_PARAM, "not a 64-bit number"),
	P("a number and more", "threshold=1x", BERR_PARAM,
	  "not a 64-bit number"),
	P("a number with a point", "threshold=1.0", BERR_PARAM,
	  "not a 64-bit number"),
	P("two in one", "threshold=1,comm=x", BERR_PARAM,
	  "not a 64-bit number"),
	P("given twice", "threshold=1 threshold=2", BERR_PARAM,
	  "'threshold' is given twice"),
	P("a string of its length", "comm=0123456789abcdef", 0, NULL),
	P("a string that is longer", "comm=0123456789abcdefg", BERR_PARAM,
	  "comm: 17 bytes, at most 16"),
	P("a string with =", "comm=a=b", 0, NULL),
	P("the kernel's own", "dyndbg=+p", BERR_PARAM, "is not a parameter"),
	P("another module's", "kernel.modules_disabled=1", BERR_PARAM,
	  "is not a parameter"),
};

/* A process can make uname(2) say something else: the build-id does not. */
static void spoof(uint64_t persona)
{
	attack_host_before(0);
	if (personality(persona) < 0)
		_exit(125);
}

static void spoofed(void)
{
	static const struct {
		const char *name;
		uint64_t persona;
	} rows[] = { { "setarch: another machine", PER_LINUX32 },
		     { "uname26: another release", UNAME26 } };
	struct buf out = BUF_INIT;
	struct stage s;

	stage_init(&s);
	for (int i = 0; i < 2; i++) {
		char *argv[] = { (char *)attack_taprun(), (char *)"--keys",
				 (char *)attack_keys(&s), (char *)"--dry-run",
				 (char *)attack_file(&s), NULL };
		int rc = attack_spawn(argv, spoof, rows[i].persona, &out);

		if (!attack_ok(
			    14,
			    rc == BERR_BUILD_ID &&
				    attack_matches(out.p,
						   "by its build-id but calls "
						   "itself .* \\[BUILD-ID\\]$"),
			    "%s: 42 BUILD-ID", rows[i].name))
			printf("# exit %d: %s", rc, out.p);
	}
	stage_deinit(&s);
	buf_deinit(&out);
}

void attack_packs(void)
{
	ATTACK_RUN(frames);
	ATTACK_RUN(kernels);
	if (!attack_is_host())
		return;
	ATTACK_RUN(params);
	spoofed();
}
