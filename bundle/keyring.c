/* SPDX-License-Identifier: GPL-2.0-only */
/* Trusted keys and revocations: strict text files that only root may change. */
#include "bundle/sig.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/trust.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Any complaint about a trust file is one reason: the host is set up wrongly. */
static int config(struct err *e)
{
	if (e)
		e->code = -BERR_CONFIG;
	return -BERR_CONFIG;
}

/* ---- text ---------------------------------------------------------------- */

static bool copy_text(char *out, size_t cap, const char *v)
{
	size_t n = strlen(v);

	if (n >= cap)
		return false;
	memcpy(out, v, n + 1);
	return true;
}

static bool read_roles(struct sig_key *k, char *v)
{
	k->roles = 0;
	for (char *w; (w = word_next(&v));) {
		unsigned int r = !strcmp(w, "build")	 ? SIG_BUILD
				 : !strcmp(w, "release") ? SIG_RELEASE
							 : 0;

		if (!r || (k->roles & r))
			return false;
		k->roles |= r;
	}
	return k->roles && !v;
}

/* Keys in this order; @i is the place of the last one seen. */
static const char *const key_order[] = { "tap-key",    "alg",	    "public",
					 "role",       "names",	    "audience",
					 "not-before", "not-after", "comment" };

static bool key_value(struct sig_key *k, unsigned int i, char *v)
{
	switch (i) {
	case 0:
		return !strcmp(v, "1");
	case 1:
		return !strcmp(v, "ed25519");
	case 2:
		return hex_bytes(v, k->pk, SIG_PK_BYTES);
	case 3:
		return read_roles(k, v);
	case 4:
		return text_only(v, "a-z0-9* -", sizeof(k->names) - 1) &&
		       copy_text(k->names, sizeof(k->names), v);
	case 5:
		return text_only(v, "a-z0-9 .-", sizeof(k->audience) - 1) &&
		       copy_text(k->audience, sizeof(k->audience), v);
	case 6:
		return num_u64(v, INT64_MAX, &k->not_before);
	case 7:
		return num_u64(v, INT64_MAX, &k->not_after);
	default:
		return copy_text(k->comment, sizeof(k->comment), v);
	}
}

static int parse_key(struct keyring *ring, struct lines *l, struct err *e)
{
	struct sig_key *k = &ring->keys[ring->nkeys];
	unsigned int next = 0, n = sizeof(key_order) / sizeof(key_order[0]);
	int r;

	if (ring->nkeys == BUNDLE_KEYS_MAX)
		return err_set(e, -BERR_LIMIT, "more than %u trusted keys",
			       BUNDLE_KEYS_MAX);
	memset(k, 0, sizeof(*k));
	do {
		unsigned int i = next;

		/* the first four stand in every file */
		while (i < n && i >= 4 && strcmp(l->key, key_order[i]) != 0)
			i++;
		if (i == n || strcmp(l->key, key_order[i]) != 0)
			return lines_bad(l, e,
					 "key '%.40s' unknown or out of order",
					 l->key);
		if (!key_value(k, i, l->value))
			return lines_bad(l, e, "bad value of '%s'",
					 key_order[i]);
		next = i + 1;
		r = lines_next(l, e);
	} while (r > 0);
	if (r < 0)
		return r;
	if (next < 4)
		return lines_bad(l, e, "'%s' is missing", key_order[next]);
	sig_key_id(k->pk, k->id);
	for (unsigned int i = 0; i < ring->nkeys; i++)
		if (!memcmp(ring->keys[i].id, k->id, SIG_KEYID_BYTES))
			return lines_bad(l, e,
					 "the same key is in another "
					 "file");
	ring->nkeys++;
	return 0;
}

static bool revoked_value(struct sig_revoked *rv, const char *key, char *v)
{
	char *name;

	memset(rv, 0, sizeof(*rv));
	if (!strcmp(key, "key")) {
		rv->kind = REVOKED_KEY;
		return hex_bytes(v, rv->id, 32);
	}
	if (!strcmp(key, "manifest")) {
		rv->kind = REVOKED_MANIFEST;
		return hex_bytes(v, rv->id, 32);
	}
	if (strcmp(key, "below") != 0)
		return false;
	rv->kind = REVOKED_NAME;
	name = word_next(&v);
	return name && text_only(name, "a-z0-9-", BUNDLE_NAME_MAX) &&
	       copy_text(rv->name, sizeof(rv->name), name) &&
	       num_u64(v, UINT64_MAX, &rv->below);
}

static int parse_revoked(struct keyring *ring, struct lines *l, struct err *e)
{
	int r;

	if (strcmp(l->value, "1") != 0)
		return lines_bad(l, e, "unknown version");
	while ((r = lines_next(l, e)) > 0) {
		if (ring->nrevoked == BUNDLE_REVOKED_MAX)
			return err_set(e, -BERR_LIMIT,
				       "more than %u revocations",
				       BUNDLE_REVOKED_MAX);
		if (!revoked_value(&ring->revoked[ring->nrevoked], l->key,
				   l->value))
			return lines_bad(l, e,
					 "not 'key: KEYID', 'manifest: "
					 "SHA256' or 'below: NAME "
					 "VERSION'");
		ring->nrevoked++;
	}
	return r;
}

int keyring_parse(struct keyring *k, const char *name, char *text, size_t n,
		  struct err *e)
{
	struct lines l;
	int r;

	lines_init(&l, name, text, n, BUNDLE_LINE_MAX);
	r = lines_next(&l, e);
	if (r > 0 && !strcmp(l.key, "tap-key"))
		r = parse_key(k, &l, e);
	else if (r > 0 && !strcmp(l.key, "tap-revoked"))
		r = parse_revoked(k, &l, e);
	else if (r > 0 && !strcmp(l.key, "tap-secret-key"))
		r = err_set(e, -BERR_CONFIG,
			    "%s: this is a secret key; a host needs only the "
			    "public one (build.pub)",
			    name);
	else if (r >= 0)
		r = err_set(e, -BERR_CONFIG, "%s: not a tap key file", name);
	return r < 0 && r != -BERR_LIMIT ? config(e) : r;
}

/* ---- files --------------------------------------------------------------- */

static int load_at(struct keyring *k, int dirfd, const char *name,
		   const char *path, struct err *e)
{
	char text[BUNDLE_KEY_FILE_MAX];
	long n = trust_read_at(dirfd, name, path, text, sizeof(text), e);

	if (n < 0)
		return (int)n;
	return keyring_parse(k, path, text, (size_t)n, e);
}

int keyring_load_file(struct keyring *k, const char *path, struct err *e)
{
	return load_at(k, AT_FDCWD, path, path, e);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

/* What a directory is for: which of its files are read. */
enum dir_kind { DIR_KEYS, DIR_REVOKED };

static int load_entry(struct keyring *k, enum dir_kind kind, int dirfd,
		      const char *dir, const char *name, struct err *e)
{
	unsigned int before = k->nkeys;
	char path[512];
	int r;

	/* no revocation is lost to the way its file is named */
	if (name[0] == '.' ||
	    (kind == DIR_KEYS &&
	     !(ends_with(name, ".key") || ends_with(name, ".pub") ||
	       ends_with(name, ".revoked"))))
		return 0;
	snprintf(path, sizeof(path), "%.250s/%.255s", dir, name);
	r = load_at(k, dirfd, name, path, e);
	if (r == ERR_NOT_FOUND) /* it was listed: no answer is not "none" */
		return err_set(e, ERR_IO, "%s vanished while it was read",
			       path);
	if (r < 0 || kind == DIR_KEYS || k->nkeys == before)
		return r;
	err_set(e, -BERR_CONFIG, "%s: a key among revocations", path);
	return err_hint(e, "trusted keys are files of " KEYRING_DEFAULT_DIR);
}

/*
 * One buffer of directory entries.  Not readdir(3): it allocates.
 * Source: getdents64(2), struct linux_dirent64.
 */
static int load_entries(struct keyring *k, enum dir_kind kind, int dirfd,
			const char *dir, const uint8_t *buf, size_t n,
			struct err *e)
{
	size_t off = 0;

	while (off < n) {
		struct cur c = cur_init(buf + off, n - off);
		const char *name;
		uint16_t reclen;
		int r;

		cur_seek(&c, 16);
		reclen = cur_le16(&c);
		cur_u8(&c);
		name = cur_str(&c);
		if (!name || reclen < 20)
			return err_set(e, ERR_IO, "cannot list '%s'", dir);
		off += reclen;
		r = load_entry(k, kind, dirfd, dir, name, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int load_dir(struct keyring *k, enum dir_kind kind, const char *dir,
		    struct err *e)
{
	uint8_t buf[8192] __attribute__((aligned(8)));
	int fd = trust_open_dir(dir, e);
	long n = 0;
	int r = 0;

	if (fd < 0)
		return fd;
	while (!r) {
		n = syscall(SYS_getdents64, fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		r = load_entries(k, kind, fd, dir, buf, (size_t)n, e);
	}
	if (!r && n < 0)
		r = err_sys(e, "cannot list '%s'", dir);
	close(fd);
	return r;
}

int keyring_load_dir(struct keyring *k, const char *dir, struct err *e)
{
	return load_dir(k, DIR_KEYS, dir, e);
}

int keyring_load_revoked(struct keyring *k, const char *dir, struct err *e)
{
	return load_dir(k, DIR_REVOKED, dir, e);
}
