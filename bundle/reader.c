/* SPDX-License-Identifier: GPL-2.0-only */
/* Steps 1 to 9 and the members: read once, compare with what must be there. */
#include "bundle/reader_int.h"
#include "bundle/base/err.h"
#include "bundle/pack_read.h"
#include "bundle/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes --------------------------------------------------------------- */

static int truncated(struct bundle *b, uint64_t want, struct err *e)
{
	err_set(e, -BERR_TRUNCATED, "%s: %llu of %llu bytes", b->name,
		(unsigned long long)b->size, (unsigned long long)want);
	return err_hint(e, "copy the bundle again");
}

/* Read exactly @n bytes at @off.  Each byte of the file is asked for once. */
static int read_at(struct bundle *b, uint64_t off, void *out, size_t n,
		   struct err *e)
{
	size_t done = 0;

	if (off > b->size || n > b->size - off)
		return truncated(b, off + n, e);
	while (done < n) {
		ssize_t r = pread(b->fd, (char *)out + done, n - done,
				  (off_t)(off + done));

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, "cannot read '%s'", b->name);
		if (r == 0)
			return err_set(e, -BERR_TRUNCATED,
				       "%s: became shorter while it was read",
				       b->name);
		done += (size_t)r;
	}
	return 0;
}

/* A private mapping instead of a heap: pages go back when it is unmapped. */
static void *scratch_map(size_t n, struct err *e)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		err_sys(e, "no memory (%zu bytes)", n);
		return NULL;
	}
	return p;
}

/* Read what lies between content and the next header: only zeros. */
static int check_padding(struct bundle *b, uint64_t *off, uint64_t size,
			 struct err *e)
{
	uint8_t pad[TAR_BLOCK];
	size_t n = (size_t)(tar_padded(size) - size);
	int r = read_at(b, *off, pad, n, e);

	if (r < 0)
		return r;
	if (!tar_is_zero(pad, n))
		return err_set(e, -BERR_CONTAINER,
			       "%s: bytes other than zero at %llu", b->name,
			       (unsigned long long)*off);
	*off += n;
	return 0;
}

static int check_header(struct bundle *b, uint64_t *off, const char *name,
			uint64_t size, struct err *e)
{
	uint8_t have[TAR_BLOCK], want[TAR_BLOCK];
	int r, at;

	r = read_at(b, *off, have, sizeof(have), e);
	if (r < 0)
		return r;
	if (!tar_header(want, name, size, b->mtime))
		return err_set(e, -BERR_INTERNAL, "header of %s", name);
	at = tar_differs(have, want);
	if (at >= 0)
		return err_set(e, -BERR_CONTAINER,
			       "%s: header of %s differs from the manifest at "
			       "byte %d",
			       b->name, name, at);
	*off += TAR_BLOCK;
	return 0;
}

/* ---- before trust -------------------------------------------------------- */

static int not_a_bundle(struct bundle *b, const uint8_t *h, struct err *e)
{
	if (!memcmp(h, "tap-", 4) && memcmp(h, "tap-1/", 6) != 0 &&
	    h[4] >= '0' && h[4] <= '9') {
		err_set(e, -BERR_FORMAT,
			"%s: a bundle of another version; this program reads "
			"version %d",
			b->name, BUNDLE_FORMAT_VERSION);
		return err_hint(e, "update taprun, or rebuild the bundle for "
				   "this version");
	}
	if (!memcmp(h, "tap-part-", 9)) {
		err_set(e, -BERR_FORMAT,
			"%s: a part of a bundle, which nobody signed", b->name);
		return err_hint(e, "on the builder: tapbuild merge -o "
				   "BUNDLE.tap PART...");
	}
	return err_set(e, -BERR_FORMAT,
		       "%s: not a version-1 bundle (block 0 is not "
		       "tap-1/manifest)",
		       b->name);
}

/* Steps 2 and 3: the one header whose size is not known before. */
static int read_manifest(struct bundle *b, uint64_t *off, struct err *e)
{
	static const char name[] = "tap-1/manifest";
	uint8_t have[TAR_BLOCK], want[TAR_BLOCK];
	uint64_t size;
	int r;

	r = read_at(b, 0, have, sizeof(have), e);
	if (r < 0)
		return r;
	if (memcmp(have, name, sizeof(name)) != 0)
		return not_a_bundle(b, have, e);
	if (!tar_peek(have, &size, &b->mtime) ||
	    !tar_header(want, name, size, b->mtime) ||
	    tar_differs(have, want) >= 0)
		return err_set(e, -BERR_FORMAT,
			       "%s: the first header is not one of ours",
			       b->name);
	if (size > BUNDLE_MANIFEST_MAX)
		return err_set(e, -BERR_LIMIT,
			       "%s: manifest of %llu bytes, limit %u", b->name,
			       (unsigned long long)size, BUNDLE_MANIFEST_MAX);
	b->manifest_len = (size_t)size;
	*off = TAR_BLOCK;
	r = read_at(b, *off, b->text + SIG_HEADER_MAX, b->manifest_len, e);
	*off += b->manifest_len;
	return r < 0 ? r : check_padding(b, off, size, e);
}

/* Step 4: its size is in its header, its mtime is the manifest's. */
static int read_signatures(struct bundle *b, uint64_t *off, struct err *e)
{
	static const char name[] = "tap-1/signatures";
	uint8_t have[TAR_BLOCK], want[TAR_BLOCK];
	uint64_t size, mtime;
	int r;

	r = read_at(b, *off, have, sizeof(have), e);
	if (r < 0)
		return r;
	if (!tar_peek(have, &size, &mtime) ||
	    !tar_header(want, name, size, b->mtime) ||
	    tar_differs(have, want) >= 0)
		return err_set(e, -BERR_CONTAINER,
			       "%s: header of %s is not one of ours", b->name,
			       name);
	if (size > BUNDLE_SIGNATURES_MAX)
		return err_set(e, -BERR_LIMIT,
			       "%s: signatures of %llu bytes, limit %u",
			       b->name, (unsigned long long)size,
			       BUNDLE_SIGNATURES_MAX);
	b->signatures_len = (size_t)size;
	*off += TAR_BLOCK;
	r = read_at(b, *off, b->signatures, b->signatures_len, e);
	if (r < 0)
		return r;
	b->signatures[size] = '\0';
	*off += size;
	return check_padding(b, off, size, e);
}

/* ---- after trust --------------------------------------------------------- */

/* "2026-11-01": the proleptic Gregorian calendar, days from 1970-01-01. */
void bundle_date(uint64_t t, char out[32])
{
	static const unsigned int cum[] = { 0,	 31,  59,  90,	120, 151,
					    181, 212, 243, 273, 304, 334 };
	uint64_t days = t / 86400, year = 1970, month = 12;
	bool leap;

	if (days > UINT64_C(366) * 8000) {
		snprintf(out, 32, "%llu", (unsigned long long)t);
		return;
	}
	for (;; year++) {
		leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		if (days < 365u + leap)
			break;
		days -= 365u + leap;
	}
	while (month > 1 && days < cum[month - 1] + (leap && month > 2))
		month--;
	days -= cum[month - 1] + (leap && month > 2);
	snprintf(out, 32, "%04llu-%02llu-%02llu", (unsigned long long)year,
		 (unsigned long long)month, (unsigned long long)days + 1);
}

/* Past its end by what ran here, not by the clock: then one of them may be wrong. */
static int refuse_by_memory(const struct bundle *b, const char *at,
			    const struct bundle_opts *o, struct err *e)
{
	char now[32], clock[32];

	bundle_date(o->now, now);
	bundle_date(o->clock, clock);
	err_set(e, -BERR_EXPIRED,
		"%s: expired %s (newest bundle that ran here: %s, host clock "
		"%s)",
		b->name, at, now, clock);
	return err_hint(e, "where the clock is right, remove 'clock' from "
			   "/var/lib/tap (of a service: /var/lib/tap/user); "
			   "else tapbuild resign --not-after TIME");
}

static int check_times(const struct bundle *b, const struct bundle_opts *o,
		       struct err *e)
{
	const struct manifest *m = &b->man;
	const uint64_t now = o->now;
	char at[32], clock[32];

	bundle_date(now, clock);
	if (m->not_after && now > m->not_after) {
		bundle_date(m->not_after, at);
		if (o->clock && o->clock <= m->not_after)
			return refuse_by_memory(b, at, o, e);
		err_set(e, -BERR_EXPIRED, "%s: expired %s (host clock %s)",
			b->name, at, clock);
		return err_hint(e, "on the builder: tapbuild resign "
				   "--not-after TIME, without building it "
				   "again");
	}
	if (m->not_before && now < m->not_before) {
		bundle_date(m->not_before, at);
		err_set(e, -BERR_NOT_YET, "%s: valid from %s (host clock %s)",
			b->name, at, clock);
		return err_hint(e, "set the clock of this host");
	}
	return 0;
}

static int check_audience(const struct bundle *b, const char *fleet,
			  struct err *e)
{
	const char *audience = b->man.audience;

	if (!audience || (fleet && manifest_has_word(audience, fleet)))
		return 0;
	return err_set(e, -BERR_AUDIENCE,
		       "%s: for fleets %.200s; this host %s%.60s", b->name,
		       audience, fleet ? "is " : "belongs to none",
		       fleet ? fleet : "");
}

/* What the manifest implies is all there is. */
int reader_container(struct bundle *b, uint64_t off, struct err *e)
{
	uint64_t want = off + TAR_END;
	uint8_t end[TAR_END];
	int r;

	if (b->man.created != b->mtime)
		return err_set(e, -BERR_CONTAINER,
			       "%s: time in the headers is not the manifest's",
			       b->name);
	for (uint32_t i = 0; i < b->man.nmembers; i++)
		want += TAR_BLOCK + tar_padded(b->man.members[i].size);
	if (b->size < want)
		return truncated(b, want, e);
	if (b->size > want)
		return err_set(e, -BERR_CONTAINER,
			       "%s: %llu bytes after the bundle's end", b->name,
			       (unsigned long long)(b->size - want));
	for (uint32_t i = 0; i < b->man.nmembers; i++) {
		struct manifest_member *mb = &b->man.members[i];

		r = check_header(b, &off, mb->name, mb->size, e);
		if (r < 0)
			return r;
		mb->offset = off;
		off += mb->size;
		r = check_padding(b, &off, mb->size, e);
		if (r < 0)
			return r;
	}
	r = read_at(b, off, end, sizeof(end), e);
	if (r < 0)
		return r;
	if (!tar_is_zero(end, sizeof(end)))
		return err_set(e, -BERR_CONTAINER,
			       "%s: bytes other than zero at the end", b->name);
	return 0;
}

int reader_parse(struct bundle *b, struct err *e)
{
	int r = manifest_parse(&b->man, b->text + SIG_HEADER_MAX,
			       b->manifest_len, e);

	return r < 0 ? err_prefix(e, "%s", b->name) : 0;
}

/* Steps 7 to 9, but for audience and times. */
static int check_signed(struct bundle *b, const struct bundle_opts *o,
			uint64_t off, struct err *e)
{
	int r = reader_parse(b, e);

	if (r < 0)
		return r;
	r = sig_check_scope(&b->sigs, o->keys, &b->man, o->need_release,
			    o->need_build, e);
	if (!r)
		r = reader_container(b, off, e);
	return r;
}

int bundle_check_host(const struct bundle *b, const struct bundle_opts *o,
		      struct err *e)
{
	int r = check_audience(b, o->fleet, e);

	return r ? r : check_times(b, o, e);
}

static void set_name(struct bundle *b, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash && slash[1])
		path = slash + 1;
	snprintf(b->name, sizeof(b->name), "%s", path);
	for (char *p = b->name; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
}

int reader_front(struct bundle *b, int fd, const char *name, uint64_t *off,
		 struct err *e)
{
	struct stat st;
	int r;

	b->fd = fd;
	b->owns_fd = false;
	set_name(b, name);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "cannot stat '%s'", b->name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, -BERR_UNSAFE_FILE, "%s: not a regular file",
			       b->name);
	b->size = (uint64_t)st.st_size;
	if (b->size > BUNDLE_FILE_MAX)
		return err_set(e, -BERR_LIMIT, "%s: %llu bytes, limit %u",
			       b->name, (unsigned long long)b->size,
			       BUNDLE_FILE_MAX);
	r = read_manifest(b, off, e);
	if (!r)
		r = read_signatures(b, off, e);
	if (!r) {
		r = sig_parse(&b->sigs, b->signatures, b->signatures_len, e);
		if (r < 0)
			err_prefix(e, "%s", b->name);
	}
	return r;
}

static int open_signed(struct bundle *b, int fd, const char *name,
		       const struct bundle_opts *o, struct err *e)
{
	uint64_t off = 0;
	int r = reader_front(b, fd, name, &off, e);

	if (r < 0)
		return r;
	r = sig_verify(&b->sigs, o->keys, (uint8_t *)b->text, b->manifest_len,
		       o->now, o->need_release, o->need_build, e);
	if (r < 0) {
		err_prefix(e, "%s", b->name);
		return r;
	}
	crypto_hash_sha256(b->manifest_sha256,
			   (uint8_t *)b->text + SIG_HEADER_MAX,
			   b->manifest_len);
	return check_signed(b, o, off, e);
}

int bundle_open_fd(struct bundle *b, int fd, const char *name,
		   const struct bundle_opts *o, struct err *e)
{
	int r = open_signed(b, fd, name, o, e);

	return r ? r : bundle_check_host(b, o, e);
}

int bundle_open_signed_fd(struct bundle *b, int fd, const char *name,
			  const struct bundle_opts *o, struct err *e)
{
	return open_signed(b, fd, name, o, e);
}

int bundle_open_signed(struct bundle *b, const char *path,
		       const struct bundle_opts *o, struct err *e)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int r;

	if (fd < 0 && errno == ELOOP)
		return err_set(e, -BERR_UNSAFE_FILE,
			       "%s: a symbolic link; name the file itself",
			       path);
	if (fd < 0)
		return err_sys(e, "cannot open '%s'", path);
	r = open_signed(b, fd, path, o, e);
	b->owns_fd = true;
	if (r < 0)
		bundle_close(b);
	return r;
}

int bundle_open(struct bundle *b, const char *path, const struct bundle_opts *o,
		struct err *e)
{
	int r = bundle_open_signed(b, path, o, e);

	if (r < 0)
		return r;
	r = bundle_check_host(b, o, e);
	if (r < 0)
		bundle_close(b);
	return r;
}

void bundle_close(struct bundle *b)
{
	if (b->owns_fd)
		close(b->fd);
	b->owns_fd = false;
	b->fd = -1;
}

/* ---- members ------------------------------------------------------------- */

static int bad_digest(const struct bundle *b, const struct manifest_member *mb,
		      struct err *e)
{
	err_set(e, -BERR_PACK_HASH,
		"%s: %s has another digest than the manifest", b->name,
		mb->name);
	return err_hint(e, "copy the bundle again");
}

int bundle_read_member(struct bundle *b, uint32_t i, void *out, size_t cap,
		       struct err *e)
{
	struct manifest_member *mb = &b->man.members[i];
	uint8_t sha[32];
	int r;

	if (cap != mb->size)
		return err_set(e, ERR_INVALID, "%s: buffer of %zu bytes",
			       mb->name, cap);
	r = read_at(b, mb->offset, out, cap, e);
	if (r < 0)
		return r;
	crypto_hash_sha256(sha, out, cap);
	if (memcmp(sha, mb->sha256, sizeof(sha)) != 0)
		return bad_digest(b, mb, e);
	mb->checked = true;
	return 0;
}

static int check_member(struct bundle *b, struct manifest_member *mb,
			struct err *e)
{
	crypto_hash_sha256_state st;
	uint8_t chunk[16384], sha[32];
	uint64_t done = 0;

	crypto_hash_sha256_init(&st);
	while (done < mb->size) {
		size_t n = sizeof(chunk);
		int r;

		if (n > mb->size - done)
			n = (size_t)(mb->size - done);
		r = read_at(b, mb->offset + done, chunk, n, e);
		if (r < 0)
			return r;
		crypto_hash_sha256_update(&st, chunk, n);
		done += n;
	}
	crypto_hash_sha256_final(&st, sha);
	if (memcmp(sha, mb->sha256, sizeof(sha)) != 0)
		return bad_digest(b, mb, e);
	mb->checked = true;
	return 0;
}

int bundle_check_rest(struct bundle *b, struct err *e)
{
	for (uint32_t i = 0; i < b->man.nmembers; i++) {
		int r;

		if (b->man.members[i].checked)
			continue;
		r = check_member(b, &b->man.members[i], e);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- modules ------------------------------------------------------------- */

/* A module and the tar header in front of it, which has one right content too. */
static int check_module(const struct bundle *b, const struct manifest_target *t,
			const uint8_t *head, const void *image, struct err *e)
{
	uint8_t want[TAR_BLOCK], sha[32];
	char name[TAR_NAME_MAX + 1];

	manifest_ko_path(t, name, sizeof(name));
	if (!tar_header(want, name, t->ko_size, b->mtime) ||
	    tar_differs(head, want) >= 0)
		return err_set(e, -BERR_CONTAINER,
			       "%s: header of %s in its pack differs from the "
			       "manifest",
			       b->name, name);
	crypto_hash_sha256(sha, image, t->ko_size);
	if (memcmp(sha, t->ko_sha256, sizeof(sha)) != 0)
		return err_set(e, -BERR_KO_HASH,
			       "%s: module of %s has another digest than the "
			       "manifest",
			       b->name, t->release);
	return 0;
}

/* Ranges of what pack @i holds; its digest is compared first. */
static int read_pack(struct bundle *b, uint32_t i,
		     const struct pack_range *range, size_t n, struct err *e)
{
	const struct manifest_pack *pk = &b->man.packs[i];
	size_t zlen = (size_t)b->man.members[pk->member].size, work_len;
	void *z = scratch_map(zlen, e), *work;
	int r;

	if (!z)
		return ERR_IO;
	r = bundle_read_member(b, pk->member, z, zlen, e);
	if (r < 0)
		goto out;
	r = pack_work_size(z, zlen, pk->raw_size, &work_len, e);
	if (!r) {
		work = scratch_map(work_len, e);
		if (!work) {
			r = ERR_IO;
			goto out;
		}
		r = pack_extract(z, zlen, pk->raw_size, range, n, work,
				 work_len, e);
		munmap(work, work_len);
	}
	if (r < 0)
		err_prefix(e, "%s", b->name);
out:
	munmap(z, zlen);
	return r;
}

int bundle_read_module(struct bundle *b, const struct manifest_target *t,
		       void *out, size_t cap, struct err *e)
{
	uint8_t head[TAR_BLOCK];
	const struct pack_range range[2] = {
		{ t->ko_offset - TAR_BLOCK, TAR_BLOCK, head },
		{ t->ko_offset, cap, out },
	};
	int r;

	if (!t->is_ok || cap != t->ko_size)
		return err_set(e, ERR_INVALID,
			       "module of %s: buffer of %zu bytes", t->release,
			       cap);
	r = read_pack(b, t->pack, range, 2, e);
	return r ? r : check_module(b, t, head, out, e);
}

static int check_pack(struct bundle *b, uint32_t i, struct err *e)
{
	size_t len = (size_t)b->man.packs[i].raw_size;
	uint8_t *raw = scratch_map(len, e);
	const struct pack_range all = { 0, len, raw };
	uint8_t sha[32];
	int r;

	if (!raw)
		return ERR_IO;
	r = read_pack(b, i, &all, 1, e);
	if (!r) {
		crypto_hash_sha256(sha, raw, len);
		if (memcmp(sha, b->man.packs[i].raw_sha256, sizeof(sha)) != 0)
			r = err_set(e, -BERR_PACK_HASH,
				    "%s: raw pack %u has another digest than "
				    "the manifest",
				    b->name, i);
	}
	for (uint32_t k = 0; !r && k < b->man.ntargets; k++) {
		const struct manifest_target *t = &b->man.targets[k];

		if (t->is_ok && t->pack == i)
			r = check_module(b, t, raw + t->ko_offset - TAR_BLOCK,
					 raw + t->ko_offset, e);
	}
	munmap(raw, len);
	return r;
}

int bundle_check_modules(struct bundle *b, struct err *e)
{
	int r = 0;

	for (uint32_t i = 0; !r && i < b->man.npacks; i++)
		r = check_pack(b, i, e);
	return r;
}

int bundle_read_ksig(struct bundle *b, const struct manifest_target *t,
		     uint32_t i, void *out, size_t cap, struct err *e)
{
	const struct manifest_ksig *k;
	uint8_t sha[32];
	int r;

	if (i >= t->nksigs)
		return err_set(e, ERR_INVALID, "no kernel signature %u", i);
	k = &b->man.ksigs[t->ksig_first + i];
	if (cap != k->size)
		return err_set(e, ERR_INVALID,
			       "kernel signature: buffer of %zu bytes", cap);
	r = read_at(b, b->man.members[0].offset + k->offset, out, cap, e);
	if (r < 0)
		return r;
	crypto_hash_sha256(sha, out, cap);
	if (memcmp(sha, k->sha256, sizeof(sha)) != 0)
		return bad_digest(b, &b->man.members[0], e);
	return 0;
}
