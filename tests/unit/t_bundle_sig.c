/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may sign what: lines, keys, roles, thresholds, scope, revocation, times. */
#include "tests/unit/bundle_fix.h"

#include "bundle/line.h"
#include "bundle/tar.h"
#include "bundle/trust.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/** struct parts - a good bundle taken apart, to be put together otherwise */
struct parts {
	const char *manifest, *rest;
	size_t nmanifest, nrest;
	char line[400]; /* its signature line */
};

static void take_apart(const struct buf *b, struct parts *p)
{
	uint64_t n, s, mtime;

	tar_peek((const uint8_t *)b->p, &n, &mtime);
	p->manifest = b->p + TAR_BLOCK;
	p->nmanifest = n;
	p->rest = p->manifest + tar_padded(n);
	tar_peek((const uint8_t *)p->rest, &s, &mtime);
	snprintf(p->line, sizeof(p->line), "%.*s", (int)s, p->rest + TAR_BLOCK);
	p->rest += TAR_BLOCK + tar_padded(s);
	p->nrest = b->len - (size_t)(p->rest - b->p);
}

static void put(struct buf *out, const char *name, const char *p, size_t n)
{
	uint8_t h[TAR_BLOCK];

	tar_header(h, name, n, 1700000000);
	buf_add(out, h, sizeof(h));
	buf_add(out, p, n);
	buf_zero(out, (size_t)(tar_padded(n) - n));
}

/* Open the bundle with other signature text; the code. */
static int with(struct fix *f, const struct parts *p, const char *sigs,
		struct err *e)
{
	struct buf b = BUF_INIT;
	int r;

	put(&b, "tap-1/manifest", p->manifest, p->nmanifest);
	put(&b, "tap-1/signatures", sigs, strlen(sigs));
	buf_add(&b, p->rest, p->nrest);
	r = fix_open_bytes(f, b.p, b.len, e);
	buf_deinit(&b);
	return r;
}

static char *line_by(const struct signer *s, const struct parts *p)
{
	struct buf b = BUF_INIT;

	signer_line(s, p->manifest, p->nmanifest, &b);
	return buf_detach(&b, NULL);
}

static char *cat(const char *a, const char *b)
{
	struct buf o = BUF_INIT;

	buf_adds(&o, a);
	buf_adds(&o, b);
	return buf_detach(&o, NULL);
}

/* ---- lines --------------------------------------------------------------- */

static void test_syntax(struct fix *f, const struct parts *p)
{
	static const struct {
		const char *what, *from, *to;
	} rows[] = {
		{ "no newline at the end", "\n", "" },
		{ "CR", "\n", "\r\n" },
		{ "empty line", "\n", "\n\n" },
		{ "blank at the end", "\n", " \n" },
		{ "two blanks", " release", "  release" },
		{ "tab", " release ", " release\t" },
		{ "no role", " release ", " " },
		{ "time with a leading zero", " 1700000000 ", " 01700000000 " },
		{ "negative time", " 1700000000 ", " -1 " },
		{ "upper case", "ed25519", "ED25519" },
		{ "blank at the start", "ed25519", " ed25519" },
		{ "a short signature", "\n", NULL },
	};
	char *good = strdup(p->line);
	struct err e;

	ok(!with(f, p, good, &e), "the line itself: %s", e.text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *at = strstr(good, rows[i].from);
		struct buf b = BUF_INIT;
		int r;

		buf_add(&b, good, (size_t)(at - good));
		if (rows[i].to)
			buf_adds(&b, rows[i].to);
		else
			b.p[b.len - 2] = '\n', b.len--;
		buf_adds(&b, rows[i].to ? at + strlen(rows[i].from) : "");
		if (!rows[i].to)
			b.p[b.len] = '\0';
		r = with(f, p, b.p, &e);
		ok(r == -BERR_FORMAT, "%s: %d %s", rows[i].what, r, e.text);
		buf_deinit(&b);
	}
	free(good);
}

static void test_limits(struct fix *f, const struct parts *p)
{
	struct buf b = BUF_INIT;
	struct err e;

	for (int i = 0; i < BUNDLE_SIG_LINES_MAX; i++)
		buf_adds(&b, p->line);
	ok(!with(f, p, b.p, &e), "16 lines: %s", e.text);
	buf_adds(&b, p->line);
	ok(with(f, p, b.p, &e) == -BERR_LIMIT, "17 lines: %s", e.text);
	buf_reset(&b);
	while (b.len <= BUNDLE_SIGNATURES_MAX)
		buf_adds(&b, p->line);
	ok(with(f, p, b.p, &e) == -BERR_LIMIT, "%s", e.text);
	buf_deinit(&b);
}

/* Altered in a way that keeps the syntax. */
static void test_altered(struct fix *f, const struct parts *p)
{
	struct buf b = BUF_INIT;
	struct err e;

	ok(with(f, p, "", &e) == -BERR_NO_SIGNATURE, "none: %s; %s", e.text,
	   e.hint);
	buf_printf(&b, "ed25519 build%s", strstr(p->line, "release") + 7);
	ok(with(f, p, b.p, &e) == -BERR_NO_SIGNATURE, "role changed: %s",
	   e.text);
	buf_reset(&b);
	buf_printf(&b, "ed25519 release 1700000001%s",
		   strstr(p->line, " 1700000000 ") + 11);
	ok(with(f, p, b.p, &e) == -BERR_NO_SIGNATURE, "time changed: %s",
	   e.text);
	buf_reset(&b);
	buf_printf(&b, "mldsa65%s", p->line + 7);
	ok(with(f, p, b.p, &e) == -BERR_NO_SIGNATURE, "algorithm changed: %s",
	   e.text);
	buf_adds(&b, p->line);
	ok(!with(f, p, b.p, &e), "unknown algorithm beside a good line: %s",
	   e.text);
	buf_deinit(&b);
}

/* S + L is the same point; a signature has one encoding only (RFC 8032 5.1.7) */
static void test_malleable(struct fix *f, const struct parts *p)
{
	static const uint8_t order[32] = { 0xed, 0xd3,	     0xf5, 0x5c, 0x1a,
					   0x63, 0x12,	     0x58, 0xd6, 0x9c,
					   0xf7, 0xa2,	     0xde, 0xf9, 0xde,
					   0x14, [31] = 0x10 };
	char hex[2 * SIG_BYTES + 1], *copy = strdup(p->line);
	char *at = copy + strlen(copy) - 1 - 2 * SIG_BYTES;
	uint8_t sig[SIG_BYTES];
	unsigned int carry = 0;
	struct err e;

	snprintf(hex, sizeof(hex), "%s", at);
	if (!hex_bytes(hex, sig, SIG_BYTES))
		abort();
	for (int i = 0; i < 32; i++) {
		carry += (unsigned int)sig[32 + i] + order[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	hex_text(sig, SIG_BYTES, hex);
	memcpy(at, hex, 2 * SIG_BYTES);
	ok(with(f, p, copy, &e) == -BERR_NO_SIGNATURE, "S + L: %s", e.text);
	free(copy);
}

/* A key of small order "signs" everything; libsodium must not believe it. */
static void test_small_order(struct fix *f, const struct parts *p)
{
	static const uint8_t points[3][32] = {
		{ 1 }, { 0 }, { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }
	};
	struct keyring keep = f->ring;
	struct err e;

	for (int i = 0; i < 3; i++) {
		struct sig_key *k = &f->ring.keys[0];
		char id[65], sig[129];
		uint8_t bytes[64] = { 0 };
		struct buf b = BUF_INIT;

		memcpy(k->pk, points[i], 32);
		sig_key_id(k->pk, k->id);
		hex_text(k->id, 32, id);
		memcpy(bytes, points[i], 32);
		hex_text(bytes, 64, sig);
		buf_printf(&b, "ed25519 release 0 %s %s\n", id, sig);
		ok(with(f, p, b.p, &e) == -BERR_NO_SIGNATURE,
		   "key of small order %d: %s", i, e.text);
		buf_deinit(&b);
	}
	f->ring = keep;
}

/* The key's signature over the bare manifest, or another kind of text. */
static void test_type(struct fix *f, const struct parts *p)
{
	char id[65], hex[129];
	uint8_t sig[SIG_BYTES];
	struct buf b = BUF_INIT;
	struct err e;

	hex_text(f->ring.keys[0].id, 32, id);
	crypto_sign_detached(sig, NULL, (const uint8_t *)p->manifest,
			     p->nmanifest, f->signer.sk);
	hex_text(sig, SIG_BYTES, hex);
	buf_printf(&b, "ed25519 release 0 %s %s\n", id, hex);
	ok(with(f, p, b.p, &e) == -BERR_NO_SIGNATURE,
	   "signature over the bare text: %s", e.text);
	buf_deinit(&b);
}

/* ---- thresholds ---------------------------------------------------------- */

static void test_threshold(struct fix *f, const struct parts *p)
{
	struct signer two, builder, again = f->signer, stranger;
	char *l2, *lb, *la, *ls, *t;
	struct err e;

	fix_key(&two, 2, SIG_RELEASE);
	fix_key(&builder, 3, SIG_BUILD);
	fix_key(&stranger, 4, SIG_RELEASE);
	again.signed_at++;
	l2 = line_by(&two, p);
	lb = line_by(&builder, p);
	la = line_by(&again, p);
	ls = line_by(&stranger, p);
	ok(with(f, p, ls, &e) == -BERR_NO_SIGNATURE, "stranger: %s; %s", e.text,
	   e.hint);
	fix_trust(f, &two);
	fix_trust(f, &builder);
	f->opts.need_release = 2;
	t = cat(p->line, la);
	ok(with(f, p, t, &e) == -BERR_THRESHOLD, "the same key twice: %s",
	   e.text);
	free(t);
	t = cat(p->line, ls);
	ok(with(f, p, t, &e) == -BERR_THRESHOLD, "one and a stranger: %s",
	   e.text);
	free(t);
	t = cat(p->line, l2);
	ok(!with(f, p, t, &e), "two keys: %s", e.text);
	f->opts.need_build = 1;
	ok(with(f, p, t, &e) == -BERR_THRESHOLD, "no builder: %s", e.text);
	free(t);
	f->opts.need_release = 1;
	t = cat(p->line, lb);
	ok(!with(f, p, t, &e), "release and build: %s", e.text);
	free(t);
	f->opts.need_build = 0;
	ok(with(f, p, lb, &e) == -BERR_THRESHOLD, "builder alone: %s", e.text);
	f->opts.need_release = 0;
	ok(!with(f, p, lb, &e), "builder alone where any key does: %s", e.text);
	/* a key must have the role it signs in */
	builder.role = SIG_RELEASE;
	free(lb);
	lb = line_by(&builder, p);
	ok(with(f, p, lb, &e) == -BERR_NO_SIGNATURE, "wrong role: %s", e.text);
	f->ring.nkeys = 1;
	free(l2);
	free(lb);
	free(la);
	free(ls);
}

/* ---- scope, times, revocation -------------------------------------------- */

static void test_key_bounds(struct fix *f, const struct parts *p)
{
	struct sig_key *k = &f->ring.keys[0];
	struct err e;

	strcpy(k->names, "net-* vfs-*");
	ok(!with(f, p, p->line, &e), "name in scope: %s", e.text);
	strcpy(k->names, "net-* *-vfs");
	ok(with(f, p, p->line, &e) == -BERR_KEY_SCOPE, "%s", e.text);
	strcpy(k->names, "v*-*y");
	ok(!with(f, p, p->line, &e), "two stars: %s", e.text);
	strcpy(k->names, "");
	strcpy(k->audience, "lab-1");
	ok(with(f, p, p->line, &e) == -BERR_KEY_SCOPE, "%s", e.text);
	strcpy(k->audience, "");
	k->not_after = f->opts.now - 1;
	ok(with(f, p, p->line, &e) == -BERR_NO_SIGNATURE, "%s", e.text);
	k->not_after = 0;
	k->not_before = f->opts.now + 1;
	ok(with(f, p, p->line, &e) == -BERR_NO_SIGNATURE, "%s", e.text);
	k->not_before = 0;
}

static void test_revoked(struct fix *f, const struct parts *p)
{
	struct sig_revoked *rv = &f->ring.revoked[0];
	struct err e;

	f->ring.nrevoked = 1;
	rv->kind = REVOKED_KEY;
	memcpy(rv->id, f->ring.keys[0].id, 32);
	ok(with(f, p, p->line, &e) == -BERR_REVOKED, "%s", e.text);
	rv->kind = REVOKED_MANIFEST;
	crypto_hash_sha256(rv->id, (const uint8_t *)p->manifest, p->nmanifest);
	ok(with(f, p, p->line, &e) == -BERR_REVOKED, "%s", e.text);
	rv->kind = REVOKED_NAME;
	strcpy(rv->name, "vfs-latency");
	rv->below = 8;
	ok(with(f, p, p->line, &e) == -BERR_REVOKED, "%s", e.text);
	rv->below = 7;
	ok(!with(f, p, p->line, &e), "version 7 is not below 7: %s", e.text);
	f->ring.nrevoked = 0;
}

static void test_bundle_bounds(struct fix *f)
{
	struct err e;
	struct buf b;
	int r;

	f->spec.not_before = 1790000000;
	f->spec.not_after = 1793491200; /* 2026-11-01 */
	f->spec.audience = "prod-eu prod-us";
	b = fix_write(f);
	f->opts.fleet = "prod-us";
	f->opts.now = 1793491200;
	ok(!fix_open_bytes(f, b.p, b.len, &e), "the last second: %s", e.text);
	f->opts.now++;
	r = fix_open(f, &e);
	ok(r == -BERR_EXPIRED && strstr(e.text, "expired 2026-11-01"), "%s",
	   e.text);
	f->opts.now = 0;
	ok(fix_open(f, &e) == -BERR_NOT_YET, "clock at 0: %s", e.text);
	f->opts.now = UINT64_MAX;
	ok(fix_open(f, &e) == -BERR_EXPIRED, "clock at the end: %s", e.text);
	f->opts.now = 1793491200;
	f->opts.fleet = "lab-1";
	ok(fix_open(f, &e) == -BERR_AUDIENCE, "%s", e.text);
	f->opts.fleet = "prod";
	ok(fix_open(f, &e) == -BERR_AUDIENCE, "%s", e.text);
	f->opts.fleet = NULL;
	ok(fix_open(f, &e) == -BERR_AUDIENCE, "%s", e.text);
	strcpy(f->ring.keys[0].audience, "prod-eu prod-us");
	f->opts.fleet = "prod-eu";
	ok(!fix_open(f, &e), "a key for both fleets: %s", e.text);
	strcpy(f->ring.keys[0].audience, "prod-eu");
	ok(fix_open(f, &e) == -BERR_KEY_SCOPE, "a key for one: %s", e.text);
	f->ring.keys[0].audience[0] = '\0';
	f->opts.fleet = NULL;
	f->opts.now = 1800000000;
	f->spec.not_before = f->spec.not_after = 0;
	f->spec.audience = NULL;
	buf_deinit(&b);
}

/* ---- adding -------------------------------------------------------------- */

static void test_add(struct fix *f, const struct buf *b)
{
	struct buf two = BUF_INIT, three = BUF_INIT;
	struct signer s;
	struct err e = { 0 };
	uint64_t tail;

	fix_key(&s, 2, SIG_RELEASE);
	ok(!bundle_add_signature(b->p, b->len, &s, &two, &e), "add: %s",
	   e.text);
	ok(bundle_add_signature(two.p, two.len, &s, &three, &e) == ERR_EXISTS &&
		   !three.len,
	   "again: %s", e.text);
	ok(!fix_open_bytes(f, two.p, two.len, &e) && f->b->sigs.n == 2,
	   "both are there, one is trusted: %s", e.text);
	fix_trust(f, &s);
	f->opts.need_release = 2;
	ok(!fix_open_bytes(f, two.p, two.len, &e), "both count: %s", e.text);
	tail = f->b->size - f->b->man.members[0].offset;
	ok(!memcmp(two.p + two.len - tail, b->p + b->len - tail, tail),
	   "members are the same bytes");
	f->opts.need_release = 0;
	f->ring.nkeys = 1;
	ok(bundle_add_signature(b->p, 1000, &s, &three, &e) < 0, "cut: %s",
	   e.text);
	ok(bundle_add_signature("x", 1, &s, &three, &e) < 0, "not a bundle: %s",
	   e.text);
	buf_deinit(&two);
	buf_deinit(&three);
}

/* ---- files --------------------------------------------------------------- */

static void store(const char *path, const char *text, unsigned int mode)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) < 0)
		abort();
	close(fd);
}

static void test_key_text(void)
{
	static const char pk[] = "000102030405060708090a0b0c0d0e0f"
				 "101112131415161718191a1b1c1d1e1f";
	static const struct {
		const char *fmt[3]; /* before and after the key */
		int code;
	} rows[] = {
		{ { "tap-key: 1\nalg: ed25519\npublic: ", "\nrole: build\n" },
		  0 },
		{ { "tap-key: 1\nalg: ed25519\npublic: ",
		    "\nrole: build release\nnames: a-* b\naudience: x y\n"
		    "not-before: 1\nnot-after: 2\ncomment: hi there\n" },
		  0 },
		{ { "tap-key: 2\nalg: ed25519\npublic: ", "\nrole: build\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: rsa\npublic: ", "\nrole: build\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: 0", "\nrole: build\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ", "\n" }, BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ", "\nrole: root\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ",
		    "\nrole: build build\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ", "\nrole: build" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ",
		    "\nrole: build\ncolour: red\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ",
		    "\nrole: build\ncomment: x\nnames: y\n" },
		  BERR_CONFIG },
		{ { "tap-key: 1\nalg: ed25519\npublic: ", "\nrole: build\n\n" },
		  BERR_CONFIG },
		{ { "\ntap-key: 1\nalg: ed25519\npublic: ", "\nrole: build\n" },
		  BERR_CONFIG },
		{ { "", "" }, BERR_CONFIG },
	};
	struct keyring *k = malloc(sizeof(*k));
	struct err e;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = BUF_INIT;
		int r;

		memset(k, 0, sizeof(*k));
		memset(&e, 0, sizeof(e));
		buf_printf(&b, "%s%s%s", rows[i].fmt[0], pk, rows[i].fmt[1]);
		r = keyring_parse(k, "x.key", b.p, b.len, &e);
		ok(r == -rows[i].code && e.code == r && k->nkeys == !r,
		   "key text %zu: %s", i, e.text);
		buf_deinit(&b);
	}
	free(k);
}

static void test_keyring_files(struct fix *f)
{
	char dir[] = "/tmp/t_bundle_sig.XXXXXX", path[80], other[80];
	struct keyring *k = calloc(1, sizeof(*k));
	struct buf pub = BUF_INIT, sec = BUF_INIT;
	struct err e = { 0 };
	char rev[200], id[65];

	if (!mkdtemp(dir))
		abort();
	signer_write_public(&f->signer, &pub);
	signer_write_secret(&f->signer, &sec);
	snprintf(path, sizeof(path), "%s/a.pub", dir);
	snprintf(other, sizeof(other), "%s/b.key", dir);
	store(path, pub.p, 0644);
	hex_text(f->ring.keys[0].id, 32, id);
	snprintf(rev, sizeof(rev),
		 "tap-revoked: 1\nkey: %s\nmanifest: %s\n"
		 "below: x 5\n",
		 id, id);
	snprintf(other, sizeof(other), "%s/r.revoked", dir);
	store(other, rev, 0644);
	snprintf(other, sizeof(other), "%s/README", dir);
	store(other, "ignored", 0666);
	ok(!keyring_load_dir(k, dir, &e) && k->nkeys == 1 && k->nrevoked == 3 &&
		   !memcmp(k->keys[0].id, f->ring.keys[0].id, 32) &&
		   k->revoked[2].below == 5,
	   "a directory: %s", e.text);
	ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "the same again: %s",
	   e.text);
	unlink(other);
	snprintf(other, sizeof(other), "%s/b.key", dir);
	memset(k, 0, sizeof(*k));
	store(other, sec.p, 0600);
	ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(other);
	if (symlink("a.pub", other) < 0)
		abort();
	memset(k, 0, sizeof(*k));
	ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(other);
	chmod(path, 0664);
	memset(k, 0, sizeof(*k));
	ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "%s; %s", e.text,
	   e.hint);
	chmod(path, 0644);
	chmod(dir, 0777);
	ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "%s", e.text);
	chmod(dir, 0700);
	if (!geteuid() && !chown(path, 65534, (gid_t)-1))
		ok(keyring_load_dir(k, dir, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	ok(keyring_load_dir(k, path, &e) == ERR_NOT_FOUND, "%s", e.text);
	snprintf(other, sizeof(other), "%s/r.revoked", dir);
	unlink(other);
	rmdir(dir);
	buf_deinit(&pub);
	buf_deinit(&sec);
	free(k);
}

/* What is above a path, not the path itself. */
static void test_way(void)
{
	char dir[] = "/tmp/t_bundle_way.XXXXXX", up[40], path[60], link[60];
	char many[TRUST_PATH_MAX + 4] = "";
	struct err e = { 0 };

	if (!mkdtemp(dir))
		abort();
	snprintf(up, sizeof(up), "%s/up", dir);
	snprintf(path, sizeof(path), "%s/up/keys", dir);
	snprintf(link, sizeof(link), "%s/link/keys", dir);
	ok(!trust_way(path, &e), "a way that ends is left to whoever opens it");
	if (mkdir(up, 0755) || mkdir(path, 0777))
		abort();
	chmod(path, 0777);
	ok(!trust_way(path, &e), "the path itself is not looked at");
	strcat(path, "/");
	ok(trust_way(path, &e) == -BERR_CONFIG, "with a slash it is: %s",
	   e.text);
	path[strlen(path) - 1] = '\0';
	chmod(up, 0775);
	ok(trust_way(path, &e) == -BERR_CONFIG && strstr(e.hint, "chmod"), "%s",
	   e.text);
	chmod(up, 01777);
	ok(!trust_way(path, &e), "the sticky bit");
	strrchr(link, '/')[0] = '\0';
	if (symlink("up", link) < 0)
		abort();
	ok(!trust_way(link, &e), "a link at the end is not on the way");
	strcat(link, "/keys");
	ok(trust_way(link, &e) == -BERR_CONFIG && strstr(e.text, "link"), "%s",
	   e.text);
	for (size_t i = 0; i < sizeof(many) - 1; i++)
		many[i] = '/';
	ok(trust_way(many, &e) == -BERR_CONFIG && strstr(e.text, "bytes"),
	   "a path that is too long");
	rmdir(path);
	strrchr(link, '/')[0] = '\0';
	unlink(link);
	rmdir(up);
	rmdir(dir);
}

/* A directory of revocations: every file counts, none adds trust. */
static void test_revoked_files(struct fix *f)
{
	char dir[] = "/tmp/t_bundle_rev.XXXXXX", path[80];
	struct keyring *k = calloc(1, sizeof(*k));
	struct buf pub = BUF_INIT;
	struct err e = { 0 };

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/2026-11-stolen", dir);
	store(path, "tap-revoked: 1\nbelow: x 5\n", 0644);
	ok(!keyring_load_revoked(k, dir, &e) && k->nrevoked == 1 && !k->nkeys,
	   "a revocation without a suffix counts: %s", e.text);
	ok(!keyring_load_dir(k, dir, &e) && k->nrevoked == 1,
	   "but not among keys");
	unlink(path);
	store(path, "not a revocation\n", 0644);
	ok(keyring_load_revoked(k, dir, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	signer_write_public(&f->signer, &pub);
	snprintf(path, sizeof(path), "%s/a.pub", dir);
	store(path, pub.p, 0644);
	ok(keyring_load_revoked(k, dir, &e) == -BERR_CONFIG &&
		   strstr(e.text, "a key among revocations"),
	   "%s; %s", e.text, e.hint);
	unlink(path);
	rmdir(dir);
	ok(keyring_load_revoked(k, dir, &e) == ERR_NOT_FOUND, "%s", e.text);
	buf_deinit(&pub);
	free(k);
}

static void test_secret_files(void)
{
	char path[] = "/tmp/t_bundle_key.XXXXXX";
	struct buf text = BUF_INIT;
	struct signer s, back;
	struct err e = { 0 };

	close(mkstemp(path));
	ok(!signer_generate(&s, SIG_BUILD, " me\n", &e), "generate: %s",
	   e.text);
	signer_write_secret(&s, &text);
	store(path, text.p, 0600);
	ok(!signer_load(&back, path, &e) && !memcmp(back.pk, s.pk, 32) &&
		   !memcmp(back.sk, s.sk, 64) && back.role == SIG_BUILD &&
		   !strcmp(back.comment, "me?"),
	   "secret key and back: %s", e.text);
	chmod(path, 0640);
	ok(signer_load(&back, path, &e) == -BERR_CONFIG, "%s; %s", e.text,
	   e.hint);
	store(path, "tap-secret-key: 1\nalg: ed25519\n", 0600);
	ok(signer_load(&back, path, &e) == -BERR_CONFIG, "%s", e.text);
	buf_reset(&text);
	signer_write_public(&s, &text);
	store(path, text.p, 0600);
	ok(signer_load(&back, path, &e) == -BERR_CONFIG, "%s", e.text);
	unlink(path);
	ok(signer_load(&back, path, &e) == ERR_NOT_FOUND, "%s; %s", e.text,
	   e.hint);
	buf_deinit(&text);
}

int main(void)
{
	struct parts p;
	struct fix f;
	struct buf b;

	fix_init(&f);
	b = fix_write(&f);
	take_apart(&b, &p);
	test_syntax(&f, &p);
	test_limits(&f, &p);
	test_altered(&f, &p);
	test_malleable(&f, &p);
	test_small_order(&f, &p);
	test_type(&f, &p);
	test_threshold(&f, &p);
	test_key_bounds(&f, &p);
	test_revoked(&f, &p);
	test_bundle_bounds(&f);
	test_add(&f, &b);
	test_key_text();
	test_keyring_files(&f);
	test_way();
	test_revoked_files(&f);
	test_secret_files();
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
