/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel signature at the end of a module file: found, or refused. */
#include "build/pack/ksig.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"
#include "tests/tap.h"

#include <stdint.h>
#include <string.h>

#define MAGIC "~Module signature appended~\n"

/* "ko" and "sig", then what is between them and the magic. */
static int split(const char *head, size_t n, size_t *ko, size_t *sig,
		 struct err *e)
{
	char file[200] = "kosig";
	size_t at = 5;

	memset(e, 0, sizeof(*e));
	memcpy(file + at, head, n);
	at += n;
	memcpy(file + at, MAGIC, strlen(MAGIC));
	return ksig_split(file, at + strlen(MAGIC), ko, sig, e);
}

static void row(const char *text, const char *head, size_t n, int want)
{
	size_t ko, sig;
	struct err e;
	int r = split(head, n, &ko, &sig, &e);

	ok(r == want, "%s: %d %s", text, r, e.text);
}

static void test_certs(void)
{
	struct ksig_certs *c = ksig_certs_new();
	struct ksig_key *k;
	struct err e = { 0 };
	char skid[KSIG_SKID_MAX];

	ok(ksig_certs_add(c, "/nonexistent", &e) == ERR_NOT_FOUND, "%s",
	   e.text);
	ok(ksig_certs_add(c, "/dev/null", &e) == -BERR_CONFIG, "%s", e.text);
	ok(!ksig_certs_has(c, "00"), "none is there");
	ok(ksig_verify(c, "", 0, "ko", 2, skid, &e) == -BERR_BAD_KSIG, "%s",
	   e.text);
	ok(ksig_key_load(&k, "/dev/null", NULL, "sha1", &e) == ERR_INVALID &&
		   e.hint[0],
	   "%s", e.text);
	ok(ksig_key_load(&k, "/dev/null", NULL, NULL, &e) == -BERR_CONFIG, "%s",
	   e.text);
	ksig_certs_free(c);
}

int main(void)
{
	size_t ko, sig;
	struct err e;

	ok(!split("\0\0\2\0\0\0\0\0\0\0\0\3", 12, &ko, &sig, &e) && ko == 2 &&
		   sig == 3,
	   "what sign-file appends: %s", e.text);
	row("all of the file", "\0\0\2\0\0\0\0\0\0\0\0\5", 12, 0);
	row("longer than the file", "\0\0\2\0\0\0\0\0\0\0\0\6", 12,
	    -BERR_BAD_KSIG);
	row("4 GiB", "\0\0\2\0\0\0\0\0\377\377\377\377", 12, -BERR_BAD_KSIG);
	row("no bytes", "\0\0\2\0\0\0\0\0\0\0\0\0", 12, -BERR_BAD_KSIG);
	row("a PGP key's", "\0\0\0\0\0\0\0\0\0\0\0\3", 12, -BERR_BAD_KSIG);
	row("a hash is named", "\0\4\2\0\0\0\0\0\0\0\0\3", 12, -BERR_BAD_KSIG);
	row("a signer's name", "\0\0\2\1\0\0\0\0\0\0\0\3", 12, -BERR_BAD_KSIG);
	row("padding", "\0\0\2\0\0\0\0\1\0\0\0\3", 12, -BERR_BAD_KSIG);
	row("cut off", "\0\0\3", 3, -BERR_BAD_KSIG);
	ok(!ksig_split("module", 6, &ko, &sig, &e) && ko == 6 && !sig, "none");
	ok(!ksig_split(MAGIC + 1, strlen(MAGIC) - 1, &ko, &sig, &e) && !sig,
	   "part of the magic");
	ok(!ksig_split("", 0, &ko, &sig, &e) && !ko && !sig, "an empty file");
	ok(ksig_split(MAGIC, strlen(MAGIC), &ko, &sig, &e) == -BERR_BAD_KSIG,
	   "the magic alone: %s", e.text);
	test_certs();
	return tap_done();
}
