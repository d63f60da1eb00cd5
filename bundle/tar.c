/* SPDX-License-Identifier: GPL-2.0-only */
/* Canonical ustar headers. */
#include "bundle/tar.h"

#include <string.h>

/* Field offsets: POSIX.1-2017 pax, ustar header block. */
enum {
	OFF_NAME = 0,
	OFF_MODE = 100,
	OFF_UID = 108,
	OFF_GID = 116,
	OFF_SIZE = 124,
	OFF_MTIME = 136,
	OFF_CHKSUM = 148,
	OFF_TYPE = 156,
	OFF_MAGIC = 257,
	OFF_DEVMAJOR = 329,
	OFF_DEVMINOR = 337,
};

/* @digits octal digits; the byte after them stays NUL. */
static void put_octal(uint8_t *p, unsigned int digits, uint64_t v)
{
	while (digits--) {
		p[digits] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

static bool get_octal(const uint8_t *p, unsigned int digits, uint64_t *ret)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < digits; i++) {
		if (p[i] < '0' || p[i] > '7')
			return false;
		v = v << 3 | (uint64_t)(p[i] - '0');
	}
	*ret = v;
	return p[digits] == 0;
}

bool tar_header(uint8_t out[TAR_BLOCK], const char *name, uint64_t size,
		uint64_t mtime)
{
	size_t len = strlen(name);
	unsigned int sum = 0;

	if (!len || len > TAR_NAME_MAX || size > TAR_SIZE_MAX ||
	    mtime > TAR_SIZE_MAX)
		return false;
	memset(out, 0, TAR_BLOCK);
	memcpy(out + OFF_NAME, name, len);
	put_octal(out + OFF_MODE, 7, 0644);
	put_octal(out + OFF_UID, 7, 0);
	put_octal(out + OFF_GID, 7, 0);
	put_octal(out + OFF_SIZE, 11, size);
	put_octal(out + OFF_MTIME, 11, mtime);
	memset(out + OFF_CHKSUM, ' ', 8);
	out[OFF_TYPE] = '0';
	memcpy(out + OFF_MAGIC, "ustar\00000", 8);
	put_octal(out + OFF_DEVMAJOR, 7, 0);
	put_octal(out + OFF_DEVMINOR, 7, 0);
	for (unsigned int i = 0; i < TAR_BLOCK; i++)
		sum += out[i];
	put_octal(out + OFF_CHKSUM, 6, sum);
	out[OFF_CHKSUM + 6] = 0;
	return true;
}

bool tar_peek(const uint8_t h[TAR_BLOCK], uint64_t *size, uint64_t *mtime)
{
	return get_octal(h + OFF_SIZE, 11, size) &&
	       get_octal(h + OFF_MTIME, 11, mtime);
}

int tar_differs(const uint8_t a[TAR_BLOCK], const uint8_t b[TAR_BLOCK])
{
	for (int i = 0; i < TAR_BLOCK; i++)
		if (a[i] != b[i])
			return i;
	return -1;
}

bool tar_is_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i])
			return false;
	return true;
}
