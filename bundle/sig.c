/* SPDX-License-Identifier: GPL-2.0-only */
/* Signature lines: syntax, Ed25519, thresholds of distinct keys. */
#include "bundle/sig.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/manifest.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/*
 * sodium_init() is not called: SHA-256 and Ed25519 verification in libsodium
 * neither choose an implementation at run time nor need random numbers, and
 * without it the runner links and starts less.
 */

void sig_key_id(const uint8_t pk[SIG_PK_BYTES], uint8_t id[SIG_KEYID_BYTES])
{
	uint8_t in[11 + 1 + SIG_PK_BYTES] = "TAP-KEY-V1";

	in[11] = SIG_ALG_ED25519;
	memcpy(in + 12, pk, SIG_PK_BYTES);
	crypto_hash_sha256(id, in, sizeof(in));
}

const char *sig_role_name(enum sig_role r)
{
	return r == SIG_RELEASE ? "release" : "build";
}

static uint8_t *put_le64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

size_t sig_header(enum sig_role role, uint64_t signed_at, size_t manifest_len,
		  uint8_t *out)
{
	static const char magic[] = "TAP-SIGNATURE-V1"; /* with its NUL */
	const char *name = sig_role_name(role);
	uint8_t *p = out;

	memcpy(p, magic, sizeof(magic));
	p += sizeof(magic);
	*p++ = SIG_ALG_ED25519;
	*p++ = (uint8_t)strlen(name);
	memcpy(p, name, strlen(name));
	p += strlen(name);
	p = put_le64(p, signed_at);
	p = put_le64(p, manifest_len);
	return (size_t)(p - out);
}

/* ---- syntax -------------------------------------------------------------- */

/* The next space separated field of [*p, end), copied and NUL-terminated. */
static bool take_field(const char **p, const char *end, char *out, size_t cap)
{
	const char *sp = memchr(*p, ' ', (size_t)(end - *p));
	size_t n = (size_t)((sp ? sp : end) - *p);

	if (!n || n >= cap)
		return false;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p = sp ? sp + 1 : end;
	return true;
}

static bool parse_line(struct sig_line *l, const char *p, const char *end)
{
	char alg[17], role[17], at[24], id[2 * SIG_KEYID_BYTES + 1];
	const char *text;

	if (!take_field(&p, end, alg, sizeof(alg)) ||
	    !take_field(&p, end, role, sizeof(role)) ||
	    !take_field(&p, end, at, sizeof(at)) ||
	    !take_field(&p, end, id, sizeof(id)) || p == end)
		return false;
	text = p;
	for (; p < end; p++)
		if (!((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'f')))
			return false;
	if (!text_only(alg, "a-z0-9-", 16) || !text_only(role, "a-z0-9-", 16) ||
	    !num_u64(at, INT64_MAX, &l->signed_at) ||
	    !hex_bytes(id, l->keyid, SIG_KEYID_BYTES))
		return false;
	l->key = -1;
	l->is_known = false;
	if (!strcmp(role, "release"))
		l->role = SIG_RELEASE;
	else if (!strcmp(role, "build"))
		l->role = SIG_BUILD;
	else
		return true;
	if (!strcmp(alg, "ed25519")) {
		char sig[SIG_HEX + 1];

		if ((size_t)(end - text) != SIG_HEX)
			return false;
		memcpy(sig, text, SIG_HEX);
		sig[SIG_HEX] = '\0';
		l->is_known = hex_bytes(sig, l->sig, SIG_BYTES);
	}
	return true;
}

int sig_parse(struct sig_set *s, const char *text, size_t n, struct err *e)
{
	const char *p = text, *end = text + n;

	s->n = 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (s->n == BUNDLE_SIG_LINES_MAX)
			return err_set(e, -BERR_LIMIT,
				       "more than %u signatures",
				       BUNDLE_SIG_LINES_MAX);
		if (!nl || nl - p >= BUNDLE_SIG_LINE_MAX ||
		    !parse_line(&s->line[s->n], p, nl))
			return err_set(e, -BERR_FORMAT,
				       "signature line %u is not 'ALGORITHM "
				       "ROLE TIME KEYID SIGNATURE'",
				       s->n + 1);
		s->n++;
		p = nl + 1;
	}
	return 0;
}

/* ---- verification -------------------------------------------------------- */

static int find_key(const struct keyring *k, const uint8_t *id)
{
	for (unsigned int i = 0; i < k->nkeys; i++)
		if (!memcmp(k->keys[i].id, id, SIG_KEYID_BYTES))
			return (int)i;
	return -1;
}

static bool is_revoked(const struct keyring *k, enum sig_revoked_kind kind,
		       const uint8_t *id)
{
	for (unsigned int i = 0; i < k->nrevoked; i++)
		if (k->revoked[i].kind == kind &&
		    !memcmp(k->revoked[i].id, id, 32))
			return true;
	return false;
}

/* Append "; WHY KEYID" to a list of reasons, as far as it fits. */
static void add_reason(char *why, size_t cap, const char *text,
		       const uint8_t *id)
{
	size_t n = strlen(why);
	char hex[9];

	hex_text(id, 4, hex);
	snprintf(why + n, cap - n, "%s%s %s..", n ? "; " : "", text, hex);
}

/* The number of distinct keys with a good signature in @role (mask). */
static unsigned int count_keys(const struct sig_set *s, unsigned int roles,
			       const bool *usable)
{
	bool seen[BUNDLE_KEYS_MAX] = { false };
	unsigned int n = 0;

	for (unsigned int i = 0; i < s->n; i++) {
		int key = s->line[i].key;

		if (key < 0 || !(s->line[i].role & roles) || seen[key])
			continue;
		if (usable && !usable[key])
			continue;
		seen[key] = true;
		n++;
	}
	return n;
}

/* Which role lacks keys; 0 when all thresholds are met. */
static unsigned int lacking(const struct sig_set *s, const bool *usable,
			    unsigned int release, unsigned int build)
{
	if (count_keys(s, SIG_RELEASE, usable) < release)
		return SIG_RELEASE;
	if (count_keys(s, SIG_BUILD, usable) < build)
		return SIG_BUILD;
	if (!count_keys(s, SIG_RELEASE | SIG_BUILD, usable))
		return SIG_RELEASE | SIG_BUILD;
	return 0;
}

static bool check_one(const struct sig_line *l, const struct sig_key *key,
		      uint8_t *signed_text, size_t n)
{
	uint8_t head[SIG_HEADER_MAX];
	size_t len = sig_header(l->role, l->signed_at, n, head);
	uint8_t *start = signed_text + SIG_HEADER_MAX - len;

	/* The manifest stays where it is; each line's header ends before it. */
	memcpy(start, head, len);
	return !crypto_sign_verify_detached(l->sig, start, len + n, key->pk);
}

/* Judge one line; 0 when it counts or is only of no use here. */
static int judge(struct sig_line *l, const struct keyring *k,
		 uint8_t *signed_text, size_t n, uint64_t now, char *why,
		 size_t cap, bool *saw_revoked, struct err *e)
{
	int i = find_key(k, l->keyid);
	const struct sig_key *key = i < 0 ? NULL : &k->keys[i];

	if (!l->is_known) {
		add_reason(why, cap, "unknown kind of signature by", l->keyid);
	} else if (is_revoked(k, REVOKED_KEY, l->keyid)) {
		*saw_revoked = true;
		add_reason(why, cap, "revoked key", l->keyid);
	} else if (!key) {
		add_reason(why, cap, "unknown key", l->keyid);
	} else if (!check_one(l, key, signed_text, n)) {
		err_set(e, -BERR_NO_SIGNATURE,
			"the signature by key %02x%02x%02x%02x.. does not fit "
			"the manifest: the bundle was altered",
			l->keyid[0], l->keyid[1], l->keyid[2], l->keyid[3]);
		return err_hint(e, "copy the bundle again from its builder");
	} else if (!(key->roles & l->role)) {
		add_reason(why, cap, "not in this role: key", l->keyid);
	} else if ((key->not_before && now < key->not_before) ||
		   (key->not_after && now > key->not_after)) {
		add_reason(why, cap, "out of its time: key", l->keyid);
	} else {
		l->key = i;
	}
	return 0;
}

static int report(const struct sig_set *s, unsigned int role,
		  const bool *usable, unsigned int release, unsigned int build,
		  int code, const char *why, struct err *e)
{
	unsigned int need = role == SIG_RELEASE ? release : build;

	if (role == (SIG_RELEASE | SIG_BUILD))
		err_set(e, code, "no valid signature%s%s%s", *why ? " (" : "",
			why, *why ? ")" : "");
	else
		err_set(e, code, "%s signatures: %u of %u needed%s%s%s",
			sig_role_name((enum sig_role)role),
			count_keys(s, role, usable), need, *why ? " (" : "",
			why, *why ? ")" : "");
	return code;
}

int sig_verify(struct sig_set *s, const struct keyring *k, uint8_t *signed_text,
	       size_t n, uint64_t now, unsigned int need_release,
	       unsigned int need_build, struct err *e)
{
	char why[320] = "";
	bool saw_revoked = false;
	uint8_t sha[32];
	unsigned int role;
	int code = -BERR_NO_SIGNATURE;

	for (unsigned int i = 0; i < s->n; i++) {
		int r = judge(&s->line[i], k, signed_text, n, now, why,
			      sizeof(why), &saw_revoked, e);

		if (r < 0)
			return r;
	}
	crypto_hash_sha256(sha, signed_text + SIG_HEADER_MAX, n);
	if (is_revoked(k, REVOKED_MANIFEST, sha))
		return err_set(e, -BERR_REVOKED, "this bundle was revoked");
	role = lacking(s, NULL, need_release, need_build);
	if (!role)
		return 0;
	if (saw_revoked)
		code = -BERR_REVOKED;
	else if (count_keys(s, SIG_RELEASE | SIG_BUILD, NULL))
		code = -BERR_THRESHOLD;
	report(s, role, NULL, need_release, need_build, code, why, e);
	if (!s->n)
		return err_hint(e, "sign it: tapbuild sign");
	if (!k->nkeys)
		return err_hint(e, "this host trusts no key: put the builder's "
				   "build.pub into " KEYRING_DEFAULT_DIR
				   " or use --keys DIR");
	return err_hint(e, "trusted are the keys in " KEYRING_DEFAULT_DIR
			   " or --keys DIR");
}

/* ---- scope --------------------------------------------------------------- */

bool name_match(const char *pat, size_t n, const char *s)
{
	const char *star = NULL, *back = NULL;
	size_t i = 0, resume = 0;

	while (*s) {
		if (i < n && pat[i] == '*') {
			star = pat + i;
			resume = ++i;
			back = s;
		} else if (i < n && pat[i] == *s) {
			i++;
			s++;
		} else if (star) {
			i = resume;
			s = ++back;
		} else {
			return false;
		}
	}
	while (i < n && pat[i] == '*')
		i++;
	return i == n;
}

static bool match_any(const char *list, const char *s)
{
	if (!*list)
		return true;
	while (*list) {
		size_t n = strcspn(list, " ");

		if (name_match(list, n, s))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

/* A key for some fleets may not sign what any fleet, or another, may run. */
static bool audience_fits(const char *key_list, const char *audience)
{
	if (!*key_list)
		return true;
	if (!audience)
		return false;
	while (*audience) {
		size_t n = strcspn(audience, " ");
		char one[256];

		if (n >= sizeof(one))
			return false;
		memcpy(one, audience, n);
		one[n] = '\0';
		if (!manifest_has_word(key_list, one))
			return false;
		audience += n + (audience[n] == ' ');
	}
	return true;
}

/* "key 3f9a.. may sign only names 'net-*' for fleets 'lab-1'" */
static void scope_reason(char *why, size_t cap, const struct sig_key *k)
{
	size_t n;

	add_reason(why, cap, "key", k->id);
	n = strlen(why);
	snprintf(why + n, cap - n, " may sign only%s%.60s%s%s%.60s%s",
		 *k->names ? " names '" : "", k->names, *k->names ? "'" : "",
		 *k->audience ? " for fleets '" : "", k->audience,
		 *k->audience ? "'" : "");
}

int sig_check_scope(const struct sig_set *s, const struct keyring *k,
		    const struct manifest *m, unsigned int need_release,
		    unsigned int need_build, struct err *e)
{
	bool usable[BUNDLE_KEYS_MAX] = { false };
	char why[320] = "";
	unsigned int role;

	for (unsigned int i = 0; i < k->nrevoked; i++) {
		const struct sig_revoked *rv = &k->revoked[i];

		if (rv->kind == REVOKED_NAME && !strcmp(rv->name, m->name) &&
		    m->version < rv->below)
			return err_set(e, -BERR_REVOKED,
				       "versions of '%s' below %llu are "
				       "revoked, this is %llu",
				       m->name, (unsigned long long)rv->below,
				       (unsigned long long)m->version);
	}
	for (unsigned int i = 0; i < s->n; i++) {
		int key = s->line[i].key;

		if (key < 0)
			continue;
		usable[key] = match_any(k->keys[key].names, m->name) &&
			      audience_fits(k->keys[key].audience, m->audience);
		if (usable[key])
			continue;
		scope_reason(why, sizeof(why), &k->keys[key]);
	}
	role = lacking(s, usable, need_release, need_build);
	if (!role)
		return 0;
	report(s, role, usable, need_release, need_build, -BERR_KEY_SCOPE, why,
	       e);
	return err_prefix(e, "bundle '%s'", m->name);
}
