/* SPDX-License-Identifier: GPL-2.0-only */
/* Secret keys: made, stored as text, used to sign a manifest.  Builder only. */
#include "bundle/write.h"
#include "build/base/buf.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/line.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A comment is one line of printable ASCII without blanks at its ends. */
static void set_comment(struct signer *s, const char *comment)
{
	size_t n = 0;

	for (; comment && *comment && n < sizeof(s->comment) - 1; comment++) {
		if (*comment == ' ' && !n)
			continue;
		s->comment[n] = *comment;
		if (*comment < 0x20 || *comment > 0x7e)
			s->comment[n] = '?';
		n++;
	}
	while (n && s->comment[n - 1] == ' ')
		n--;
	s->comment[n] = '\0';
}

int signer_generate(struct signer *s, enum sig_role role, const char *comment,
		    struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_UNSUPPORTED,
			       "no source of randomness on this machine");
	memset(s, 0, sizeof(*s));
	crypto_sign_keypair(s->pk, s->sk);
	s->role = role;
	set_comment(s, comment);
	return 0;
}

void signer_wipe(struct signer *s)
{
	sodium_memzero(s, sizeof(*s));
}

static void add_hex(struct buf *out, const uint8_t *p, size_t n)
{
	char hex[2 * SIG_BYTES + 1];

	hex_text(p, n, hex);
	buf_adds(out, hex);
	sodium_memzero(hex, sizeof(hex));
}

void signer_write_secret(const struct signer *s, struct buf *out)
{
	uint8_t seed[crypto_sign_SEEDBYTES];

	buf_printf(out, "tap-secret-key: 1\nalg: ed25519\nrole: %s\nsecret: ",
		   sig_role_name(s->role));
	crypto_sign_ed25519_sk_to_seed(seed, s->sk);
	add_hex(out, seed, sizeof(seed));
	sodium_memzero(seed, sizeof(seed));
	buf_addc(out, '\n');
	if (s->comment[0])
		buf_printf(out, "comment: %s\n", s->comment);
}

void signer_write_public(const struct signer *s, struct buf *out)
{
	buf_adds(out, "tap-key: 1\nalg: ed25519\npublic: ");
	add_hex(out, s->pk, SIG_PK_BYTES);
	buf_printf(out, "\nrole: %s\n", sig_role_name(s->role));
	if (s->comment[0])
		buf_printf(out, "comment: %s\n", s->comment);
}

static bool secret_value(struct signer *s, const char *key, const char *v)
{
	uint8_t seed[crypto_sign_SEEDBYTES];

	if (!strcmp(key, "tap-secret-key"))
		return !strcmp(v, "1");
	if (!strcmp(key, "alg"))
		return !strcmp(v, "ed25519");
	if (!strcmp(key, "role")) {
		s->role = !strcmp(v, "release") ? SIG_RELEASE : SIG_BUILD;
		return !strcmp(v, sig_role_name(s->role));
	}
	if (!strcmp(key, "secret")) {
		if (!hex_bytes(v, seed, sizeof(seed)))
			return false;
		crypto_sign_seed_keypair(s->pk, s->sk, seed);
		sodium_memzero(seed, sizeof(seed));
		return true;
	}
	set_comment(s, v);
	return true;
}

static int parse_secret(struct signer *s, const char *path, char *text,
			size_t n, struct err *e)
{
	static const char *const order[] = { "tap-secret-key", "alg", "role",
					     "secret", "comment" };
	unsigned int next = 0;
	struct lines l;
	int r;

	lines_init(&l, path, text, n, BUNDLE_LINE_MAX);
	while ((r = lines_next(&l, e)) > 0) {
		if (!next && !strcmp(l.key, "tap-key"))
			return err_set(e, -BERR_CONFIG,
				       "%s: this is a public key; signing "
				       "needs the secret one (build.key)",
				       path);
		if (next == 5 || strcmp(l.key, order[next]) != 0 ||
		    !secret_value(s, l.key, l.value))
			return err_set(e, -BERR_CONFIG,
				       "%s: line %u is not that of a secret "
				       "key file",
				       path, l.no);
		next++;
	}
	if (r < 0 || next < 4)
		return err_set(e, -BERR_CONFIG, "%s: not a secret key file",
			       path);
	return 0;
}

static int check_secret_file(int fd, const char *path, struct stat *st,
			     struct err *e)
{
	if (fstat(fd, st) < 0)
		return err_sys(e, "cannot stat '%s'", path);
	if (!S_ISREG(st->st_mode))
		return err_set(e, -BERR_CONFIG, "%s: not a regular file", path);
	if (st->st_size > BUNDLE_KEY_FILE_MAX)
		return err_set(e, -BERR_CONFIG, "%s: too large for a key file",
			       path);
	return 0;
}

/* After parsing, so that a public key is called one and not "readable". */
static int check_secrecy(const struct stat *st, const char *path, struct err *e)
{
	if (st->st_uid != geteuid())
		return err_set(e, -BERR_CONFIG,
			       "secret key '%s' belongs to another user", path);
	if (!(st->st_mode & 077))
		return 0;
	err_set(e, -BERR_CONFIG,
		"secret key '%s' may be read by others (mode %04o)", path,
		(unsigned int)st->st_mode & 07777);
	return err_hint(e,
			"chmod 600 %s; if others could read it, make a new "
			"key",
			path);
}

int signer_load(struct signer *s, const char *path, struct err *e)
{
	char text[BUNDLE_KEY_FILE_MAX];
	struct stat st;
	int fd, r;

	memset(s, 0, sizeof(*s));
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		err_set(e, ERR_NOT_FOUND, "no signing key '%s'", path);
		return err_hint(e, "make one: tapbuild keygen");
	}
	if (fd < 0 && errno == ELOOP)
		return err_set(e, -BERR_CONFIG, "%s: is a symbolic link", path);
	if (fd < 0)
		return err_sys(e, "cannot open '%s'", path);
	r = check_secret_file(fd, path, &st, e);
	if (!r) {
		r = io_read_full(fd, text, (size_t)st.st_size, e);
		if (r < 0)
			err_prefix(e, "cannot read '%s'", path);
	}
	if (!r)
		r = parse_secret(s, path, text, (size_t)st.st_size, e);
	if (!r)
		r = check_secrecy(&st, path, e);
	sodium_memzero(text, sizeof(text));
	close(fd);
	if (r < 0)
		signer_wipe(s);
	return r;
}

/* What is signed: the header of role and time, then the manifest. */
static void signed_bytes(const struct made_signature *m, const void *manifest,
			 size_t n, struct buf *out)
{
	uint8_t head[SIG_HEADER_MAX];
	size_t len = sig_header(m->role, m->signed_at, n, head);

	buf_add(out, head, len);
	buf_add(out, manifest, n);
}

void signer_make(const struct signer *s, const void *manifest, size_t n,
		 struct made_signature *m)
{
	struct buf text = BUF_INIT;

	memcpy(m->pk, s->pk, sizeof(m->pk));
	m->role = s->role;
	m->signed_at = s->signed_at;
	signed_bytes(m, manifest, n, &text);
	crypto_sign_detached(m->sig, NULL, (const uint8_t *)text.p, text.len,
			     s->sk);
	buf_deinit(&text);
}

int signer_check(const struct made_signature *m, const void *manifest, size_t n,
		 struct err *e)
{
	struct buf text = BUF_INIT;
	int bad;

	signed_bytes(m, manifest, n, &text);
	bad = crypto_sign_verify_detached(m->sig, (const uint8_t *)text.p,
					  text.len, m->pk);
	buf_deinit(&text);
	if (!bad)
		return 0;
	return err_set(e, -BERR_NO_SIGNATURE,
		       "it is not a signature of this bundle by that key as "
		       "'%s' at %llu",
		       sig_role_name(m->role),
		       (unsigned long long)m->signed_at);
}

void signer_text(const struct made_signature *m, struct buf *out)
{
	uint8_t id[SIG_KEYID_BYTES];

	sig_key_id(m->pk, id);
	buf_printf(out, "ed25519 %s %llu ", sig_role_name(m->role),
		   (unsigned long long)m->signed_at);
	add_hex(out, id, sizeof(id));
	buf_addc(out, ' ');
	add_hex(out, m->sig, sizeof(m->sig));
	buf_addc(out, '\n');
}

void signer_line(const struct signer *s, const void *manifest, size_t n,
		 struct buf *out)
{
	struct made_signature m;

	signer_make(s, manifest, n, &m);
	signer_text(&m, out);
}
