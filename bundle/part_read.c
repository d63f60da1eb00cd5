/* SPDX-License-Identifier: GPL-2.0-only */
/* A bundle inside a part, before anybody signs it.  Builder only. */
#include "bundle/part_read.h"
#include "bundle/base/err.h"
#include "bundle/reader_int.h"

#include <sodium.h>

int bundle_open_unsigned(struct bundle *b, int fd, const char *name,
			 struct err *e)
{
	uint64_t off = 0;
	int r = reader_front(b, fd, name, &off, e);

	if (!r && b->signatures_len)
		r = err_set(e, -BERR_CONTAINER,
			    "%s: a part has no signatures, and this has",
			    b->name);
	if (r < 0)
		return r;
	crypto_hash_sha256(b->manifest_sha256,
			   (uint8_t *)b->text + SIG_HEADER_MAX,
			   b->manifest_len);
	r = reader_parse(b, e);
	return r ? r : reader_container(b, off, e);
}
