/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes 5, 8 and 9: who signed, when, for whom. */
#include "tests/attack/stage.h"

#include "bundle/line.h"

#include <time.h>

static char *sig_of(char *line)
{
	return strrchr(line, ' ') + 1;
}

/* Line of the manifest by a key with this seed, role and time. */
static char *line_by(const struct stage *s, uint8_t seed, enum sig_role role)
{
	struct signer k;

	fix_key(&k, seed, role);
	return stage_line(s, &k);
}

static void trust(struct stage *s, uint8_t seed, unsigned int roles)
{
	struct signer k;

	fix_key(&k, seed, SIG_RELEASE);
	fix_trust(&s->f, &k);
	s->f.ring.keys[s->f.ring.nkeys - 1].roles = roles;
}

/* ---- 5: lines ------------------------------------------------------------- */

static void no_lines(struct stage *s, const struct attack *a)
{
	stage_sigs(s, a->a);
}

static void wrong_key(struct stage *s, const struct attack *a)
{
	stage_sigs(s, line_by(s, (uint8_t)a->n, SIG_RELEASE));
}

/* Another text for the first a->a of the line. */
static void edit_line(struct stage *s, const struct attack *a)
{
	char *line = stage_line(s, &s->f.signer);
	char *at = strstr(line, a->a);
	struct buf b = BUF_INIT;

	if (!at)
		abort();
	buf_add(&b, line, (size_t)(at - line));
	buf_adds(&b, a->b);
	buf_adds(&b, at + strlen(a->a));
	stage_part(s, P_SIGS, b.p, b.len, false);
	free(line);
	buf_deinit(&b);
}

/* @n lines of the same key: another signature each time is not needed */
static void many_lines(struct stage *s, const struct attack *a)
{
	char *line = stage_line(s, &s->f.signer);
	struct buf b = BUF_INIT;

	for (uint64_t i = 0; i < a->n; i++)
		buf_adds(&b, line);
	s->f.opts.need_release = a->a ? (unsigned int)atoi(a->a) : 0;
	stage_part(s, P_SIGS, b.p, b.len, false);
	buf_deinit(&b);
	free(line);
}

/* Same key, two roles: two lines, one key. */
static void two_roles(struct stage *s, const struct attack *a)
{
	struct buf b = BUF_INIT;

	s->f.ring.keys[0].roles = SIG_BUILD | SIG_RELEASE;
	buf_adds(&b, line_by(s, 1, SIG_RELEASE));
	buf_adds(&b, line_by(s, 1, SIG_BUILD));
	s->f.opts.need_release = a->n & 3;
	s->f.opts.need_build = a->n >> 2;
	stage_part(s, P_SIGS, b.p, b.len, false);
	buf_deinit(&b);
}

/* Signed by keys a->a[i] in role a->b[i]; thresholds in n: release, build * 4 */
static void signers(struct stage *s, const struct attack *a)
{
	struct buf b = BUF_INIT;

	trust(s, 2, SIG_RELEASE);
	trust(s, 3, SIG_BUILD);
	for (int i = 0; a->a[i]; i++)
		buf_adds(&b, line_by(s, (uint8_t)(a->a[i] - '0'),
				     a->b[i] == 'b' ? SIG_BUILD : SIG_RELEASE));
	s->f.opts.need_release = a->n & 3;
	s->f.opts.need_build = a->n >> 2;
	stage_part(s, P_SIGS, b.p, b.len, false);
	buf_deinit(&b);
}

static void put_sig(struct stage *s, const uint8_t sig[64])
{
	char *line = stage_line(s, &s->f.signer), hex[129];

	hex_text(sig, 64, hex);
	memcpy(sig_of(line), hex, 128);
	stage_sigs(s, line);
	free(line);
}

static void get_sig(const struct stage *s, uint8_t sig[64])
{
	char *line = stage_line(s, &s->f.signer);

	line[strlen(line) - 1] = '\0';
	hex_bytes(sig_of(line), sig, 64);
	free(line);
}

/* The order of the base point: RFC 8032 section 5.1. */
static const uint8_t order_l[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
				     0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
				     0xde, 0x14, 0,    0,    0,	   0,	 0,
				     0,	   0,	 0,    0,    0,	   0,	 0,
				     0,	   0,	 0,    0x10 };

/* S + n * L: the same equation, another text (RFC 8032 section 8.4). */
static void malleable(struct stage *s, const struct attack *a)
{
	uint8_t sig[64];

	get_sig(s, sig);
	for (uint64_t k = 0; k < a->n; k++) {
		unsigned int carry = 0;

		for (int i = 0; i < 32; i++) {
			carry += (unsigned int)sig[32 + i] + order_l[i];
			sig[32 + i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	put_sig(s, sig);
}

/* R or S or both set to one byte each time */
static void odd_sig(struct stage *s, const struct attack *a)
{
	uint8_t sig[64];

	get_sig(s, sig);
	if (a->a[0] == 'R' || a->a[0] == '*')
		memset(sig, (int)a->n, 32);
	if (a->a[0] == 'S' || a->a[0] == '*')
		memset(sig + 32, (int)a->n, 32);
	if (a->a[0] == 'I') { /* the neutral element, S = 0 */
		memset(sig, 0, 64);
		sig[0] = 1;
	}
	if (a->a[0] == 'L')
		memcpy(sig + 32, order_l, 32);
	put_sig(s, sig);
}

/* A trusted key of small order would accept R = identity, S = 0. */
static void small_order(struct stage *s, const struct attack *a)
{
	static const char *const points[] = {
		"0100000000000000000000000000000000000000000000000000000000"
		"000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"ffff7f",
		"0000000000000000000000000000000000000000000000000000000000"
		"000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d"
		"53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792"
		"ac037a",
		/* not canonical: p + 1 */
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"ffff7f",
	};
	struct sig_key *k = &s->f.ring.keys[0];
	char id[65], line[300];

	hex_bytes(points[a->n], k->pk, 32);
	sig_key_id(k->pk, k->id);
	hex_text(k->id, 32, id);
	snprintf(line, sizeof(line), "ed25519 release 0 %s %s%0126d\n", id,
		 "01", 0);
	stage_sigs(s, line);
}

/* ---- 5: keys -------------------------------------------------------------- */

static void no_key(struct stage *s, const struct attack *a)
{
	s->f.ring.nkeys = 0;
	trust(s, 9, SIG_RELEASE);
	(void)a;
}

static void other_role(struct stage *s, const struct attack *a)
{
	s->f.ring.keys[0].roles = SIG_BUILD;
	(void)a;
}

static void key_times(struct stage *s, const struct attack *a)
{
	s->f.ring.keys[0].not_before = a->a ? a->n : 0;
	s->f.ring.keys[0].not_after = a->a ? 0 : a->n;
	s->f.opts.now = (uint64_t)time(NULL);
}

static void scope(struct stage *s, const struct attack *a)
{
	if (a->a)
		snprintf(s->f.ring.keys[0].names, 256, "%s", a->a);
	if (a->b)
		snprintf(s->f.ring.keys[0].audience, 256, "%s", a->b);
	if (a->n) {
		s->f.spec.audience = a->n == 1 ? "lab-1" : "lab-1 prod-eu";
		stage_build(s);
		s->fleet = "lab-1";
	}
}

static void revoked_by(struct stage *s, const struct attack *a)
{
	struct sig_revoked *r = &s->f.ring.revoked[s->f.ring.nrevoked++];
	const struct buf *m = &s->part[P_MANIFEST].data;

	memset(r, 0, sizeof(*r));
	r->kind = *a->a == 'k'	 ? REVOKED_KEY
		  : *a->a == 'm' ? REVOKED_MANIFEST
				 : REVOKED_NAME;
	if (r->kind == REVOKED_KEY)
		memcpy(r->id, s->f.ring.keys[0].id, 32);
	if (r->kind == REVOKED_MANIFEST)
		crypto_hash_sha256(r->id, (uint8_t *)m->p, m->len);
	snprintf(r->name, sizeof(r->name), "%s", a->b ? a->b : "");
	r->below = a->n;
}

/* The signature is good, but over what another context would have signed. */
static void other_context(struct stage *s, const struct attack *a)
{
	const struct buf *m = &s->part[P_MANIFEST].data;
	struct buf t = BUF_INIT;
	uint8_t sig[64], head[SIG_HEADER_MAX];
	size_t n = sig_header(SIG_RELEASE, 1700000000, m->len, head);

	switch (a->n) {
	case 0: /* the bare manifest */
		break;
	case 1: /* magic of another type */
		memcpy(head, "TAP-SIGNATURE-V2", 16);
		buf_add(&t, head, n);
		break;
	case 2: /* a policy or key file of the same project */
		buf_add(&t, "TAP-KEY-V1\0\1", 12);
		break;
	case 3: /* other length */
		head[n - 8] ^= 1;
		buf_add(&t, head, n);
		break;
	case 4: /* other algorithm number */
		head[17] = 2;
		buf_add(&t, head, n);
		break;
	}
	buf_add(&t, m->p, m->len);
	crypto_sign_detached(sig, NULL, (uint8_t *)t.p,
			     a->n == 5 ? t.len - 1 : t.len, s->f.signer.sk);
	put_sig(s, sig);
	buf_deinit(&t);
}

/* Ed25519ph: the same key and text, pre-hashed. */
static void prehashed(struct stage *s, const struct attack *a)
{
	const struct buf *m = &s->part[P_MANIFEST].data;
	crypto_sign_state st;
	uint8_t sig[64], head[SIG_HEADER_MAX];
	size_t n = sig_header(SIG_RELEASE, 1700000000, m->len, head);

	crypto_sign_init(&st);
	crypto_sign_update(&st, head, n);
	crypto_sign_update(&st, (uint8_t *)m->p, m->len);
	crypto_sign_final_create(&st, sig, NULL, s->f.signer.sk);
	put_sig(s, sig);
	(void)a;
}

#define ALTERED	 "does not fit the manifest: the bundle was altered"
#define NO_VALID "no valid signature"
#define SYNTAX \
	"signature line [0-9]+ is not 'ALGORITHM ROLE TIME KEYID SIGNATURE'"

static const struct attack lines[] = {
	{ 5, "no signature", no_lines, "", NULL, 0, BERR_NO_SIGNATURE, NO_VALID,
	  W_ALL, NULL },
	{ 5, "an empty line", no_lines, "\n", NULL, 0, BERR_FORMAT, SYNTAX,
	  W_ALL, NULL },
	{ 5, "words", no_lines, "please trust this\n", NULL, 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "a key that is not trusted", wrong_key, NULL, NULL, 77,
	  BERR_NO_SIGNATURE, NO_VALID " \\(unknown key [0-9a-f]{8}", W_ALL,
	  NULL },
	{ 5, "no newline at the end", edit_line, "\n", "", 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "CR", edit_line, "\n", "\r\n", 0, BERR_FORMAT, SYNTAX, W_ALL,
	  NULL },
	{ 5, "an empty line behind", edit_line, "\n", "\n\n", 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "blank at the end", edit_line, "\n", " \n", 0, BERR_FORMAT, SYNTAX,
	  W_ALL, NULL },
	{ 5, "two blanks", edit_line, " release", "  release", 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "tab", edit_line, " release ", " release\t", 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "no role", edit_line, " release ", " ", 0, BERR_FORMAT, SYNTAX,
	  W_ALL, NULL },
	{ 5, "time with a leading zero", edit_line, " 1700000000 ",
	  " 01700000000 ", 0, BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "negative time", edit_line, " 1700000000 ", " -1 ", 0, BERR_FORMAT,
	  SYNTAX, W_ALL, NULL },
	{ 5, "time above 2^63", edit_line, " 1700000000 ",
	  " 9223372036854775808 ", 0, BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "upper case algorithm", edit_line, "ed25519", "ED25519", 0,
	  BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "blank at the start", edit_line, "ed25519", " ed25519", 0,
	  BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "unknown algorithm", edit_line, "ed25519", "ed448", 0,
	  BERR_NO_SIGNATURE, NO_VALID " \\(unknown kind of signature", W_ALL,
	  NULL },
	{ 5, "algorithm none", edit_line, "ed25519", "none", 0,
	  BERR_NO_SIGNATURE, NO_VALID " \\(unknown kind of signature", W_ALL,
	  NULL },
	{ 5, "algorithm with a slash", edit_line, "ed25519", "ed25519/x", 0,
	  BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "algorithm of 17 bytes", edit_line, "ed25519", "aaaaaaaaaaaaaaaaa",
	  0, BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "unknown role", edit_line, "release", "root", 0, BERR_NO_SIGNATURE,
	  NO_VALID " \\(unknown kind of signature", W_ALL, NULL },
	{ 5, "role changed", edit_line, "release", "build", 0,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "time changed", edit_line, "1700000000", "1700000001", 0,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a line before", edit_line, "ed25519", "x\ned25519", 0,
	  BERR_FORMAT, SYNTAX, W_ALL, NULL },
	{ 5, "16 lines by one key", many_lines, NULL, NULL, 16, 0, NULL, W_ALL,
	  NULL },
	{ 5, "17 lines", many_lines, NULL, NULL, 17, BERR_LIMIT,
	  "more than 16 signatures", W_ALL, NULL },
	{ 5, "more than 16 KiB of lines", many_lines, NULL, NULL, 100,
	  BERR_LIMIT, "signatures of [0-9]+ bytes, limit 16384", W_ALL, NULL },
	{ 5, "the same key twice, two are needed", many_lines, "2", NULL, 2,
	  BERR_THRESHOLD, "release signatures: 1 of 2 needed", W_TOOL, NULL },
	{ 5, "the same key 16 times, two are needed", many_lines, "2", NULL, 16,
	  BERR_THRESHOLD, "release signatures: 1 of 2 needed", W_TOOL, NULL },
	{ 5, "S + L", malleable, NULL, NULL, 1, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "S + 2 L", malleable, NULL, NULL, 2, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "S + 8 L", malleable, NULL, NULL, 8, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "R and S 0", odd_sig, "*", NULL, 0, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "R and S all ones", odd_sig, "*", NULL, 255, BERR_NO_SIGNATURE,
	  ALTERED, W_ALL, NULL },
	{ 5, "S 0", odd_sig, "S", NULL, 0, BERR_NO_SIGNATURE, ALTERED, W_ALL,
	  NULL },
	{ 5, "S all ones", odd_sig, "S", NULL, 255, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "S is the group's order", odd_sig, "L", NULL, 0, BERR_NO_SIGNATURE,
	  ALTERED, W_ALL, NULL },
	{ 5, "R 0", odd_sig, "R", NULL, 0, BERR_NO_SIGNATURE, ALTERED, W_ALL,
	  NULL },
	{ 5, "R all ones", odd_sig, "R", NULL, 255, BERR_NO_SIGNATURE, ALTERED,
	  W_ALL, NULL },
	{ 5, "R the neutral element, S 0", odd_sig, "I", NULL, 0,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key of order 1", small_order, NULL, NULL, 0,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key of order 2", small_order, NULL, NULL, 1,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key of order 4", small_order, NULL, NULL, 2,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key of order 8", small_order, NULL, NULL, 3,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key of order 8, the other", small_order, NULL, NULL, 4,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "a trusted key that is not canonical", small_order, NULL, NULL, 5,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: the bare manifest", other_context, NULL, NULL, 0,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: as another version of the message", other_context, NULL,
	  NULL, 1, BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: as a key", other_context, NULL, NULL, 2,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: with another length", other_context, NULL, NULL, 3,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: as another algorithm", other_context, NULL, NULL, 4,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: all but the last byte", other_context, NULL, NULL, 5,
	  BERR_NO_SIGNATURE, ALTERED, W_ALL, NULL },
	{ 5, "signed: pre-hashed", prehashed, NULL, NULL, 0, BERR_NO_SIGNATURE,
	  ALTERED, W_ALL, NULL },
};

#define OUT_OF_TIME NO_VALID " \\(out of its time: key [0-9a-f]{8}"

static const struct attack keys[] = {
	{ 5, "another key is trusted", no_key, NULL, NULL, 0, BERR_NO_SIGNATURE,
	  "unknown key [0-9a-f]{8}", W_ALL, NULL },
	{ 5, "a key of another role", other_role, NULL, NULL, 0,
	  BERR_NO_SIGNATURE, "not in this role: key [0-9a-f]{8}", W_ALL, NULL },
	{ 5, "a key past its end", key_times, NULL, NULL, 1000000000,
	  BERR_NO_SIGNATURE, OUT_OF_TIME, W_ALL, NULL },
	{ 5, "a key before its begin", key_times, "b", NULL, 9000000000,
	  BERR_NO_SIGNATURE, OUT_OF_TIME, W_ALL, NULL },
	{ 5, "a revoked key", revoked_by, "k", NULL, 0, BERR_REVOKED,
	  "revoked key [0-9a-f]{8}", W_ALL, NULL },
	{ 5, "a revoked manifest", revoked_by, "m", NULL, 0, BERR_REVOKED,
	  "this bundle was revoked", W_ALL, NULL },
	{ 5, "a revoked version", revoked_by, "n", "vfs-latency", 8,
	  BERR_REVOKED,
	  "versions of 'vfs-latency' below 8 are revoked, this is 7", W_ALL,
	  NULL },
	{ 5, "all versions revoked", revoked_by, "n", "vfs-latency", UINT64_MAX,
	  BERR_REVOKED, "below 18446744073709551615 are revoked", W_ALL, NULL },
	{ 5, "versions below this one revoked", revoked_by, "n", "vfs-latency",
	  7, 0, NULL, W_ALL, NULL },
	{ 5, "another name revoked", revoked_by, "n", "vfs", 100, 0, NULL,
	  W_ALL, NULL },
	{ 5, "a key for other names", scope, "net-*", NULL, 0, BERR_KEY_SCOPE,
	  "may sign only names 'net-\\*'", W_ALL, NULL },
	{ 5, "a key for a name that is longer", scope, "vfs-latency-2", NULL, 0,
	  BERR_KEY_SCOPE, "may sign only names", W_ALL, NULL },
	{ 5, "a key for a name that is shorter", scope, "vfs", NULL, 0,
	  BERR_KEY_SCOPE, "may sign only names", W_ALL, NULL },
	{ 5, "a key for these names", scope, "net-* v*-lat*y", NULL, 0, 0, NULL,
	  W_ALL, NULL },
	{ 5, "a key for one fleet, a bundle for any", scope, NULL, "lab-1", 0,
	  BERR_KEY_SCOPE, "may sign only for fleets 'lab-1'", W_ALL, NULL },
	{ 5, "a key for one fleet, a bundle for two", scope, NULL, "lab-1", 2,
	  BERR_KEY_SCOPE, "may sign only for fleets 'lab-1'", W_ALL, NULL },
	{ 5, "a key for another fleet", scope, NULL, "lab-2", 1, BERR_KEY_SCOPE,
	  "may sign only for fleets 'lab-2'", W_ALL, NULL },
	{ 5, "two of two", signers, "12", "rr", 2, 0, NULL, W_TOOL, NULL },
	{ 5, "one of two", signers, "1", "r", 2, BERR_THRESHOLD,
	  "release signatures: 1 of 2 needed", W_TOOL, NULL },
	{ 5, "two of three", signers, "12", "rr", 3, BERR_THRESHOLD,
	  "release signatures: 2 of 3 needed", W_TOOL, NULL },
	{ 5, "a stranger does not count", signers, "17", "rr", 2,
	  BERR_THRESHOLD, "1 of 2 needed \\(unknown key", W_TOOL, NULL },
	{ 5, "a build key does not count as release", signers, "13", "rr", 2,
	  BERR_THRESHOLD, "1 of 2 needed \\(not in this role", W_TOOL, NULL },
	{ 5, "release and build", signers, "13", "rb", 5, 0, NULL, W_TOOL,
	  NULL },
	{ 5, "release twice, build is needed", signers, "12", "rr", 5,
	  BERR_THRESHOLD, "build signatures: 0 of 1 needed", W_TOOL, NULL },
	{ 5, "one key, two roles, two release needed", two_roles, NULL, NULL, 2,
	  BERR_THRESHOLD, "release signatures: 1 of 2", W_TOOL, NULL },
};

/* ---- 8: clock, 9: fleet ---------------------------------------------------- */

/* a->n: the bundle's bound; a->a the clock */
static void not_after(struct stage *s, const struct attack *a)
{
	s->f.spec.not_after = a->n;
	stage_build(s);
	s->f.opts.now = strtoull(a->a, NULL, 10);
}

static void not_before(struct stage *s, const struct attack *a)
{
	s->f.spec.not_before = a->n;
	stage_build(s);
	s->f.opts.now = strtoull(a->a, NULL, 10);
}

static void fleet(struct stage *s, const struct attack *a)
{
	s->f.spec.audience = a->a;
	stage_build(s);
	s->fleet = a->b;
}

#define EXPIRED "expired [0-9]{4}-[0-9]{2}-[0-9]{2} \\(host clock "
#define NOT_YET "valid from [0-9-]+ \\(host clock "

static const struct attack hosts[] = {
	{ 8, "past its end", not_after, "1800000000", NULL, 1000000000,
	  BERR_EXPIRED, EXPIRED, W_ALL, NULL },
	{ 8, "a second past its end", not_after, "1800000000", NULL, 1799999999,
	  BERR_EXPIRED, EXPIRED, W_LIB, NULL },
	{ 8, "its last second", not_after, "1800000000", NULL, 1800000000, 0,
	  NULL, W_LIB, NULL },
	{ 8, "before its begin", not_before, "1800000000", NULL, 9000000000,
	  BERR_NOT_YET, NOT_YET, W_ALL, NULL },
	{ 8, "a second before its begin", not_before, "1800000000", NULL,
	  1800000001, BERR_NOT_YET, NOT_YET, W_LIB, NULL },
	{ 8, "its first second", not_before, "1800000000", NULL, 1800000000, 0,
	  NULL, W_LIB, NULL },
	{ 8, "clock of 1970, begin in 2023", not_before, "0", NULL, 1700000000,
	  BERR_NOT_YET, "host clock 1970-01-01", W_LIB, NULL },
	{ 8, "clock of 2038", not_after, "2147483648", NULL, 1700000000,
	  BERR_EXPIRED, "host clock 2038-01-19", W_LIB, NULL },
	{ 8, "clock of 2038, end in 2040", not_after, "2147483648", NULL,
	  2208988800, 0, NULL, W_LIB, NULL },
	{ 8, "clock of 2106", not_after, "4294967296", NULL, 4294967295,
	  BERR_EXPIRED, "expired 2106-02-07", W_LIB, NULL },
	{ 8, "clock at the end of time", not_after, "18446744073709551615",
	  NULL, INT64_MAX, BERR_EXPIRED, "expired 9223372036854775807", W_LIB,
	  NULL },
	{ 8, "begin at the end of time", not_before, "4102444800", NULL,
	  INT64_MAX, BERR_NOT_YET, "valid from 9223372036854775807", W_ALL,
	  NULL },
	{ 9, "for another fleet, this host has none", fleet, "prod-eu", NULL, 0,
	  BERR_AUDIENCE, "for fleets prod-eu; this host belongs to none", W_ALL,
	  NULL },
	{ 9, "for two fleets, this host has none", fleet, "prod-eu prod-us",
	  NULL, 0, BERR_AUDIENCE, "for fleets prod-eu prod-us", W_ALL, NULL },
	{ 9, "for another fleet", fleet, "prod-eu", "lab-1", 0, BERR_AUDIENCE,
	  "for fleets prod-eu; this host is lab-1", W_LIB, NULL },
	{ 9, "the beginning of a fleet's name", fleet, "prod-eu", "prod", 0,
	  BERR_AUDIENCE, "this host is prod", W_LIB, NULL },
	{ 9, "the end of a fleet's name", fleet, "prod-eu", "eu", 0,
	  BERR_AUDIENCE, "this host is eu", W_LIB, NULL },
	{ 9, "both names at once", fleet, "prod-eu prod-us", "prod-eu prod-us",
	  0, BERR_AUDIENCE, "this host is prod-eu prod-us", W_LIB, NULL },
	{ 9, "an empty fleet", fleet, "prod-eu", "", 0, BERR_AUDIENCE,
	  "this host is", W_LIB, NULL },
	{ 9, "a pattern is no fleet", fleet, "prod-eu", "*", 0, BERR_AUDIENCE,
	  "this host is \\*", W_LIB, NULL },
	{ 9, "one of two fleets", fleet, "prod-eu prod-us", "prod-us", 0, 0,
	  NULL, W_LIB, NULL },
	{ 9, "no audience, any fleet", fleet, NULL, "lab-1", 0, 0, NULL, W_ALL,
	  NULL },
};

void attack_signed(void)
{
	ATTACK_RUN(lines);
	ATTACK_RUN(keys);
	ATTACK_RUN(hosts);
}
