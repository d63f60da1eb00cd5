/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole members of a verified bundle, unpacked and compared with its manifest. */
#include "build/pack/unpack.h"
#include "build/base/arena.h"
#include "bundle/base/err.h"
#include "bundle/pack_read.h"
#include "bundle/reader.h"
#include "bundle/tar.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

int unpack_member(struct bundle *b, uint32_t i, uint8_t **ret, struct err *e)
{
	size_t n = (size_t)b->man.members[i].size;
	int r;

	*ret = xmalloc(n);
	r = bundle_read_member(b, i, *ret, n, e);
	if (r < 0)
		free(*ret);
	return r;
}

int unpack_pack(struct bundle *b, uint32_t i, uint8_t **ret, struct err *e)
{
	const struct manifest_pack *pk = &b->man.packs[i];
	struct pack_range all = { 0, (size_t)pk->raw_size, NULL };
	size_t n = (size_t)b->man.members[pk->member].size, work_len = 0;
	uint8_t *z, *raw = NULL, sha[32];
	void *work = NULL;
	int r = unpack_member(b, pk->member, &z, e);

	if (r < 0)
		return r;
	r = pack_work_size(z, n, pk->raw_size, &work_len, e);
	if (!r) {
		work = xmalloc(work_len);
		all.out = raw = xmalloc(all.len);
		r = pack_extract(z, n, pk->raw_size, &all, 1, work, work_len,
				 e);
	}
	free(work);
	free(z);
	if (!r) {
		crypto_hash_sha256(sha, raw, all.len);
		if (memcmp(sha, pk->raw_sha256, sizeof(sha)) != 0)
			r = err_set(e, -BERR_PACK_HASH,
				    "%s: raw pack %u has another digest than "
				    "the manifest",
				    b->name, i);
	}
	if (r < 0)
		free(raw);
	else
		*ret = raw;
	return r;
}

/* The tar of the scripts has one right content: make it again and compare. */
static int check_source(struct bundle *b, const uint8_t *raw, size_t n,
			struct err *e)
{
	size_t off = 0;

	for (uint32_t i = 0; i < b->man.nscripts; i++) {
		const struct manifest_script *s = &b->man.scripts[i];
		size_t len = (size_t)tar_padded(s->size);
		uint8_t want[TAR_BLOCK], sha[32];

		if (!tar_header(want, s->name, s->size, b->mtime) ||
		    n - off < TAR_BLOCK || len > n - off - TAR_BLOCK ||
		    tar_differs(raw + off, want) >= 0)
			return err_set(e, -BERR_CONTAINER,
				       "%s: sources do not begin with '%s'",
				       b->name, s->name);
		off += TAR_BLOCK;
		crypto_hash_sha256(sha, raw + off, s->size);
		if (memcmp(sha, s->sha256, sizeof(sha)) != 0 ||
		    !tar_is_zero(raw + off + s->size, len - s->size))
			return err_set(e, -BERR_PACK_HASH,
				       "%s: script '%s' has another digest "
				       "than the manifest",
				       b->name, s->name);
		off += len;
	}
	if (n - off != TAR_END || !tar_is_zero(raw + off, n - off))
		return err_set(e, -BERR_CONTAINER,
			       "%s: sources hold more than the scripts",
			       b->name);
	return 0;
}

static int unpack_source(struct bundle *b, const uint8_t *z, size_t n,
			 uint8_t **ret, size_t *len, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(z, n);
	size_t got;

	if (size > BUNDLE_SOURCE_RAW_MAX)
		return err_set(e, -BERR_DECOMPRESS,
			       "%s: sources: no size, or above %u bytes",
			       b->name, BUNDLE_SOURCE_RAW_MAX);
	*ret = xmalloc((size_t)size + 1);
	got = ZSTD_decompress(*ret, (size_t)size, z, n);
	if (!ZSTD_isError(got) && got == size) {
		*len = got;
		return 0;
	}
	free(*ret);
	*ret = NULL;
	return err_set(e, -BERR_DECOMPRESS, "%s: sources: %s", b->name,
		       ZSTD_isError(got) ? ZSTD_getErrorName(got)
					 : "wrong size");
}

int unpack_scripts(struct bundle *b, uint8_t **ret, size_t *len, struct err *e)
{
	uint8_t *z;
	uint32_t i = 0;
	int r;

	*ret = NULL;
	*len = 0;
	while (i < b->man.nmembers && b->man.members[i].kind != MEMBER_SOURCE)
		i++;
	if (i == b->man.nmembers)
		return 0;
	r = unpack_member(b, i, &z, e);
	if (r < 0)
		return r;
	r = unpack_source(b, z, (size_t)b->man.members[i].size, ret, len, e);
	free(z);
	if (!r)
		r = check_source(b, *ret, *len, e);
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

/* ---- manifest ------------------------------------------------------------ */

static int changed(const struct bundle *b, struct err *e)
{
	return err_set(e, -BERR_TRUNCATED, "%s: changed while it was read",
		       b->name);
}

static int read_text(struct bundle *b, char *text, struct err *e)
{
	size_t n = b->manifest_len, done = 0;

	while (done < n) {
		ssize_t got = pread(b->fd, text + done, n - done,
				    (off_t)(TAR_BLOCK + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "cannot read '%s'", b->name);
		if (got == 0)
			return changed(b, e);
		done += (size_t)got;
	}
	return 0;
}

int unpack_manifest(struct bundle *b, char **ret, struct err *e)
{
	char *text = xmalloc(b->manifest_len + 1);
	uint8_t sha[32];
	int r = read_text(b, text, e);

	if (!r) {
		text[b->manifest_len] = '\0';
		crypto_hash_sha256(sha, (const uint8_t *)text, b->manifest_len);
		if (memcmp(sha, b->manifest_sha256, sizeof(sha)) != 0)
			r = changed(b, e);
	}
	if (r < 0)
		free(text);
	else
		*ret = text;
	return r;
}
