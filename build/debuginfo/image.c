// SPDX-License-Identifier: GPL-2.0-only
/* Kernel images: boot header, payload, banner. */
#include "build/debuginfo/image.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/debuginfo/elf.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zstd.h>

/* ---- decompression ------------------------------------------------------- */

static bool starts(const void *p, size_t n, const char *magic, size_t len)
{
	return n >= len && !memcmp(p, magic, len);
}
#define STARTS(p, n, magic) starts((p), (n), (magic), sizeof(magic) - 1)

static bool is_elf(const void *p, size_t n)
{
	return STARTS(p, n, "\177ELF");
}

bool image_is_compressed(const void *p, size_t n)
{
	return STARTS(p, n, "\x1f\x8b") || STARTS(p, n, "\xfd\x37zXZ\0") ||
	       STARTS(p, n, "\x28\xb5\x2f\xfd") || STARTS(p, n, "BZh") ||
	       STARTS(p, n, "\x5d\0\0") || STARTS(p, n, "\x02\x21\x4c\x18") ||
	       STARTS(p, n, "\x04\x22\x4d\x18");
}

/* A kernel shrinks 4 to 10 times; sizes claimed beyond this are lies. */
#define RATIO_MAX 256

static bool is_plausible(size_t packed, unsigned long long size)
{
	return size <= IMAGE_MAX_BYTES && size / RATIO_MAX <= packed;
}

/* Straight to libzstd: with a known size it needs no 128 MB window. */
static int unpack_zstd(const void *p, size_t n, struct buf *out, size_t size,
		       struct err *e)
{
	size_t r;

	buf_reserve(out, size);
	r = ZSTD_decompress(out->p + out->len, size, p, n);
	if (ZSTD_isError(r))
		return err_set(e, ERR_CORRUPT, "zstd: %s",
			       ZSTD_getErrorName(r));
	out->len += r;
	out->p[out->len] = 0;
	return 0;
}

static int archive_err(struct archive *ar, struct err *e)
{
	const char *s = archive_error_string(ar);

	return err_set(e, ERR_CORRUPT, "cannot decompress: %s",
		       s ? s : "unknown error");
}

static int drain(struct archive *ar, struct buf *out, size_t max, struct err *e)
{
	size_t had = out->len;

	for (;;) {
		const void *block;
		size_t len;
		la_int64_t off;
		int r = archive_read_data_block(ar, &block, &len, &off);

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK)
			return archive_err(ar, e);
		if (len > max - (out->len - had))
			return err_set(e, ERR_LIMIT,
				       "unpacks to more than %zu bytes", max);
		buf_add(out, block, len);
	}
}

static int unpack_archive(const void *p, size_t n, struct buf *out, size_t max,
			  struct err *e)
{
	struct archive *ar = archive_read_new();
	struct archive_entry *ent;
	int r;

	if (!ar)
		return err_set(e, ERR_LIMIT, "out of memory in libarchive");
	/* by name: "all" would start external programs for some magics */
	archive_read_support_filter_gzip(ar);
	archive_read_support_filter_bzip2(ar);
	archive_read_support_filter_xz(ar);
	archive_read_support_filter_lzma(ar);
	archive_read_support_filter_lz4(ar);
	archive_read_support_filter_zstd(ar);
	archive_read_support_format_raw(ar);
	if (archive_read_open_memory(ar, p, n) != ARCHIVE_OK ||
	    archive_read_next_header(ar, &ent) != ARCHIVE_OK)
		r = archive_err(ar, e);
	else
		r = drain(ar, out, max, e);
	archive_read_free(ar);
	return r;
}

int image_decompress(const void *p, size_t n, struct buf *out, size_t max,
		     struct err *e)
{
	size_t had = out->len;
	int r;

	if (!image_is_compressed(p, n)) {
		if (n > max)
			return err_set(e, ERR_LIMIT, "%zu bytes, more than %zu",
				       n, max);
		buf_add(out, p, n);
		return 0;
	}
	if (STARTS(p, n, "\x28\xb5\x2f\xfd")) {
		unsigned long long size = ZSTD_getFrameContentSize(p, n);

		/* unknown and error are not plausible: they are huge */
		if (size <= max && is_plausible(n, size) &&
		    ZSTD_findFrameCompressedSize(p, n) == n)
			return unpack_zstd(p, n, out, (size_t)size, e);
	}
	r = unpack_archive(p, n, out, max, e);
	if (r) {
		out->len = had;
		out->p[had] = 0;
	}
	return r;
}

/* ---- bzImage ---------------------------------------------------------------- */

/* Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header" */
#define BOOT_SETUP_SECTS    0x1f1
#define BOOT_FLAG	    0x1fe
#define BOOT_HEADER_MAGIC   0x202
#define BOOT_VERSION	    0x206
#define BOOT_PAYLOAD_OFFSET 0x248
#define BOOT_PAYLOAD_LENGTH 0x24c
/* arch/arm64: Documentation/arch/arm64/booting.rst */
#define ARM64_MAGIC_OFFSET 56

static struct cur at(struct cur c, size_t off)
{
	cur_seek(&c, off);
	return c;
}

/* Find the payload; false when these bytes are no bzImage. */
static int find_payload(const void *p, size_t n, struct cur *ret, struct err *e)
{
	struct cur img = cur_init(p, n), c;
	uint32_t sects, off, len;

	c = at(img, BOOT_FLAG);
	if (cur_le16(&c) != 0xaa55)
		goto no;
	c = at(img, BOOT_HEADER_MAGIC);
	if (cur_le32(&c) != 0x53726448) /* "HdrS" */
		goto no;
	c = at(img, BOOT_VERSION);
	if (cur_le16(&c) < 0x208)
		return err_set(e, ERR_UNSUPPORTED,
			       "boot protocol older than 2.08");
	c = at(img, BOOT_SETUP_SECTS);
	sects = cur_u8(&c);
	c = at(img, BOOT_PAYLOAD_OFFSET);
	off = cur_le32(&c);
	len = cur_le32(&c);
	if (!cur_ok(&c))
		return err_set(e, ERR_TRUNCATED, "boot header is cut off");
	*ret = cur_sub(&img, ((size_t)(sects ? sects : 4) + 1) * 512 + off,
		       len);
	if (!cur_ok(ret))
		return err_set(e, ERR_TRUNCATED,
			       "payload of %u bytes ends after the image", len);
	return 0;
no:
	c = at(img, ARM64_MAGIC_OFFSET);
	if (cur_le32(&c) == 0x644d5241) /* "ARM\x64" */
		return err_set(e, ERR_UNSUPPORTED,
			       "arm64 raw images carry no sections; "
			       "give the vmlinux instead");
	return err_set(e, ERR_FORMAT, "not a kernel image");
}

static int unpack_payload(struct cur c, struct buf *elf, struct err *e)
{
	const uint8_t *p = c.start;
	size_t n = cur_left(&c), size;
	struct cur tail = c;

	/*
	 * scripts/Makefile.lib appends the unpacked size (le32) to every format
	 * except gzip, which ends with it anyway.
	 */
	if (n < 8)
		return err_set(e, ERR_FORMAT, "empty payload");
	cur_seek(&tail, n - 4);
	size = cur_le32(&tail);
	if (!is_plausible(n, size))
		return err_set(e, ERR_LIMIT,
			       "payload of %zu bytes claims to hold %zu", n,
			       size);
	if (!image_is_compressed(p, n) && !is_elf(p, n))
		return err_set(e, ERR_UNSUPPORTED,
			       "payload compression is not known");
	if (!STARTS(p, n, "\x1f\x8b"))
		n -= 4;
	buf_reserve(elf, size);
	if (STARTS(p, n, "\x28\xb5\x2f\xfd"))
		return unpack_zstd(p, n, elf, size, e);
	return image_decompress(p, n, elf, IMAGE_MAX_BYTES, e);
}

int image_extract(const void *p, size_t n, struct buf *elf, struct err *e)
{
	size_t had = elf->len;
	struct cur payload;
	int r;

	if (is_elf(p, n) || image_is_compressed(p, n)) {
		r = image_decompress(p, n, elf, IMAGE_MAX_BYTES, e);
	} else {
		r = find_payload(p, n, &payload, e);
		if (!r)
			r = unpack_payload(payload, elf, e);
	}
	if (!r && !is_elf(elf->p + had, elf->len - had))
		r = err_set(e, ERR_FORMAT,
			    "the image does not hold a vmlinux ELF");
	if (r) {
		elf->len = had;
		elf->p[had] = 0;
		return err_prefix(e, "kernel image");
	}
	return 0;
}

/* ---- banner ------------------------------------------------------------------ */

#define BANNER_START "Linux version "
#define BANNER_MAX   1024

/*
 * From 6.1 on an image holds two: a weak placeholder made before the build
 * number was known (".. # SMP .."), and the real one (".. #1 SMP ..").
 */
static bool is_final(const struct image_banner *b)
{
	return b->version[0] == '#' && b->version[1] >= '0' &&
	       b->version[1] <= '9';
}

static bool take_banner(const char *s, size_t n, struct arena *a,
			struct image_banner *ret)
{
	const char *nl = memchr(s, '\n', n < BANNER_MAX ? n : BANNER_MAX);
	const char *rel = s + sizeof(BANNER_START) - 1, *sp, *v;
	char *text;

	/* linux_proc_banner is the same text with %s in it */
	if (!nl || memchr(s, 0, (size_t)(nl - s)) ||
	    memchr(s, '%', (size_t)(nl - s)))
		return false;
	sp = memchr(rel, ' ', (size_t)(nl - rel));
	if (!sp || sp == rel)
		return false;
	text = arena_strndup(a, s, (size_t)(nl - s));
	ret->text = text;
	ret->release = arena_strndup(a, rel, (size_t)(sp - rel));
	/* "(builder) (compiler (…)) #1 SMP …": the last ") #" starts uname -v */
	ret->version = "";
	for (v = text; (v = strstr(v, ") #")); v++)
		ret->version = v + 2;
	return true;
}

int image_banner(const struct efile *f, struct arena *a,
		 struct image_banner *ret, struct err *e)
{
	bool found = false;
	size_t i;

	for (i = 1; i < f->nsect; i++) {
		const struct efile_sect *s = &f->sect[i];
		const char *p = (const char *)s->data, *end;

		if (!p || strncmp(s->name, ".rodata", 7))
			continue;
		end = p + s->len;
		while ((p = memmem(p, (size_t)(end - p), BANNER_START,
				   sizeof(BANNER_START) - 1))) {
			found |= take_banner(p, (size_t)(end - p), a, ret);
			if (found && is_final(ret))
				return 0;
			p++;
		}
	}
	if (found)
		return 0;
	return err_set(e, ERR_NOT_FOUND, "no 'Linux version' in the kernel");
}
