/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes 6 and 10: what a trusted key signed is refused all the same. */
#include "tests/attack/stage.h"

#include "bundle/line.h"

/* Replace a->a ("$": at the end) by a->b; sign. */
static void edit(struct stage *s, const struct attack *a)
{
	stage_edit(s, a->a, a->b);
	stage_sign(s);
}

/* One byte of the manifest, at the first a->a. */
static void put_byte(struct stage *s, const struct attack *a)
{
	struct buf *m = &s->part[P_MANIFEST].data;

	*strstr(m->p, a->a) = (char)a->n;
	stage_sign(s);
}

/* a->n times a->b behind the first a->a. */
static void repeat(struct stage *s, const struct attack *a)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, a->a);
	for (uint64_t i = 0; i < a->n; i++)
		buf_adds(&b, a->b);
	if (a->b[strlen(a->b) - 1] != '\n')
		buf_addc(&b, '\n');
	stage_edit(s, a->a, b.p);
	stage_sign(s);
	buf_deinit(&b);
}

/* The line that begins with a->a: gone, or twice. */
static void line_gone(struct stage *s, const struct attack *a)
{
	struct buf *m = &s->part[P_MANIFEST].data, b = BUF_INIT;
	char *at = strstr(m->p, a->a), *end;

	if (!at)
		abort();
	end = strchr(at, '\n') + 1;
	buf_add(&b, m->p, (size_t)(at - m->p));
	for (uint64_t i = 0; i < a->n; i++)
		buf_add(&b, at, (size_t)(end - at));
	buf_add(&b, end, m->len - (size_t)(end - m->p));
	stage_part(s, P_MANIFEST, b.p, b.len, false);
	stage_sign(s);
	buf_deinit(&b);
}

/* Two neighbour lines change places. */
static void line_swap(struct stage *s, const struct attack *a)
{
	struct buf *m = &s->part[P_MANIFEST].data, b = BUF_INIT;
	char *at = strstr(m->p, a->a), *two, *end;

	if (!at)
		abort();
	two = strchr(at, '\n') + 1;
	end = strchr(two, '\n') + 1;
	buf_add(&b, m->p, (size_t)(at - m->p));
	buf_add(&b, two, (size_t)(end - two));
	buf_add(&b, at, (size_t)(two - at));
	buf_add(&b, end, m->len - (size_t)(end - m->p));
	stage_part(s, P_MANIFEST, b.p, b.len, false);
	stage_sign(s);
	buf_deinit(&b);
}

static void text(struct stage *s, const struct attack *a)
{
	stage_part(s, P_MANIFEST, a->a, a->n, false);
	stage_sign(s);
}

/* "KEY: A B C D": field a->n of the line becomes a->b */
static void field(struct stage *s, const struct attack *a)
{
	struct buf *m = &s->part[P_MANIFEST].data, b = BUF_INIT;
	char *at = strstr(m->p, a->a), *end;

	if (!at)
		abort();
	for (uint64_t i = 0; i < a->n; i++)
		at = strchr(at, ' ') + 1;
	end = at + strcspn(at, " \n");
	buf_add(&b, m->p, (size_t)(at - m->p));
	buf_adds(&b, a->b);
	buf_add(&b, end, m->len - (size_t)(end - m->p));
	stage_part(s, P_MANIFEST, b.p, b.len, false);
	stage_sign(s);
	buf_deinit(&b);
}

#define LINE(what) "manifest line [0-9]+: " what
#define UNKNOWN	   LINE("key '.*' is unknown or out of order|.*expected here")

static const struct attack rows[] = {
	{ 10, "an unknown feature", edit, "pack-zstd\n", "pack-zstd zz\n", 0,
	  BERR_FEATURE, "needs feature 'zz'; this program", W_ALL, NULL },
	{ 10, "an unknown feature before the others", edit, "features: ",
	  "features: a ", 0, BERR_FEATURE, "needs feature 'a'", W_ALL, NULL },
	{ 10, "pack-zstd is missing", edit, "features: ksig pack-zstd",
	  "features: ksig", 0, BERR_FORMAT, "pack-zstd is missing", W_ALL,
	  NULL },
	{ 10, "features not sorted", edit, "ksig pack-zstd", "pack-zstd ksig",
	  0, BERR_FORMAT, "not a sorted list of words", W_ALL, NULL },
	{ 10, "a feature twice", edit, "ksig pack-zstd", "ksig ksig pack-zstd",
	  0, BERR_FORMAT, "not a sorted list of words", W_ALL, NULL },
	{ 10, "two blanks between features", edit, "ksig pack-zstd",
	  "ksig  pack-zstd", 0, BERR_FORMAT, "not a sorted list", W_ALL, NULL },
	{ 10, "a rely without its feature", edit, "wire: 1\n",
	  "wire: 1\nrely: function f\n", 0, BERR_FORMAT,
	  LINE("rely: only with feature fallback"), W_ALL, NULL },
	{ 10, "a bound without its feature", edit, "wire: 1\n",
	  "wire: 1\nbound: so\n", 0, BERR_FORMAT,
	  LINE("bound: only with feature fallback"), W_ALL, NULL },
	{ 10, "feature fallback, and nothing is relied on", edit,
	  "ksig pack-zstd", "fallback ksig pack-zstd", 0, BERR_FORMAT,
	  "neither 'rely' nor 'bound'", W_ALL, NULL },
	{ 10, "member ksig without its feature", edit, "ksig pack-zstd",
	  "pack-zstd", 0, BERR_FORMAT, "go together", W_ALL, NULL },
	{ 10, "an unknown key in the head", edit, "epoch: 0\n",
	  "epoch: 0\nsurprise: 1\n", 0, BERR_FORMAT, UNKNOWN, W_ALL, NULL },
	{ 10, "an unknown key in a target", edit,
	  "flavour: ", "colour: x\nf: ", 0, BERR_FORMAT, UNKNOWN, W_ALL, NULL },
	{ 10, "an unknown key at the end", edit, "$", "surprise: 1\n", 0,
	  BERR_FORMAT, UNKNOWN, W_ALL, NULL },
	{ 10, "an x- key at the end is of no meaning", edit, "$", "x-a: 1\n", 0,
	  0, NULL, W_ALL, NULL },
	{ 10, "x- keys not sorted", edit, "$", "x-b: 1\nx-a: 1\n", 0,
	  BERR_FORMAT, "x- keys not sorted", W_ALL, NULL },
	{ 10, "an x- key twice", edit, "$", "x-a: 1\nx-a: 1\n", 0, BERR_FORMAT,
	  "x- keys not sorted, or one twice", W_ALL, NULL },
	{ 10, "an x- key among the others", edit, "epoch: 0\n",
	  "x-a: 1\nepoch: 0\n", 0, BERR_FORMAT, UNKNOWN, W_ALL, NULL },
	{ 10, "version 2", edit, "tap-manifest: 1", "tap-manifest: 2", 0,
	  BERR_FORMAT, "manifest version '2'; this program reads", W_ALL,
	  NULL },
	{ 10, "version 01", edit, "tap-manifest: 1", "tap-manifest: 01", 0,
	  BERR_FORMAT, "manifest version '01'", W_ALL, NULL },
	{ 10, "an empty manifest", text, "", NULL, 0, BERR_FORMAT,
	  "'tap-manifest' expected here", W_ALL, NULL },
	{ 10, "only the first line", text, "tap-manifest: 1\n", NULL, 16,
	  BERR_FORMAT, "'features' expected here", W_ALL, NULL },
	{ 10, "only a newline", text, "\n", NULL, 1, BERR_FORMAT,
	  "'tap-manifest' expected here", W_ALL, NULL },
	{ 10, "a byte order mark", text, "\xef\xbb\xbftap-manifest: 1\n", NULL,
	  19, BERR_FORMAT, "byte 0xef in column 1", W_ALL, NULL },
	{ 10, "JSON", text, "{\"tap-manifest\":1}\n", NULL, 19, BERR_FORMAT,
	  LINE("not 'key: value'|key does not"), W_ALL, NULL },
	{ 10, "CRLF", edit, "\n", "\r\n", 0, BERR_FORMAT, "byte 0x0d", W_ALL,
	  NULL },
	{ 10, "NUL in a value", put_byte, "latency", NULL, 0, BERR_FORMAT,
	  "byte 0x00", W_ALL, NULL },
	{ 10, "NUL in a key", put_byte, "epoch", NULL, 0, BERR_FORMAT,
	  "byte 0x00", W_ALL, NULL },
	{ 10, "NUL at the end of a line", put_byte, "\n", NULL, 0, BERR_FORMAT,
	  "byte 0x00", W_ALL, NULL },
	{ 10, "TAB", put_byte, " pack-zstd", NULL, '\t', BERR_FORMAT,
	  "byte 0x09", W_ALL, NULL },
	{ 10, "ESC, which a terminal obeys", put_byte, "tapbuild", NULL, 27,
	  BERR_FORMAT, "byte 0x1b", W_ALL, NULL },
	{ 10, "DEL", put_byte, "tapbuild", NULL, 127, BERR_FORMAT, "byte 0x7f",
	  W_ALL, NULL },
	{ 10, "a byte above 127", put_byte, "tapbuild", NULL, 0xe9, BERR_FORMAT,
	  "byte 0xe9", W_ALL, NULL },
	{ 10, "no newline at the end", edit, "$", "x-a: 1", 0, BERR_FORMAT,
	  "does not end with a newline", W_ALL, NULL },
	{ 10, "a line of 1025 bytes", repeat, "x86_64\n", "aaaaaaaaaaaaaaaa",
	  64, BERR_FORMAT, "longer than 1024 bytes|not 'key: value'", W_ALL,
	  NULL },
	{ 10, "a line of 800 KiB", repeat, "epoch: 0\n", "description: aaaaaa",
	  42000, BERR_FORMAT, "longer than 1024 bytes", W_ALL, NULL },
	{ 10, "a manifest of more than 1 MiB", repeat, "epoch: 0\n",
	  "x-aaaaaaaaaaaaaaaaaaaaaaaaaaa: 1\n", 33000, BERR_LIMIT,
	  "manifest of [0-9]+ bytes, limit 1048576", W_ALL, NULL },
	{ 10, "blank at the end of a line", edit, "epoch: 0\n", "epoch: 0 \n",
	  0, BERR_FORMAT, "not 'key: value'", W_ALL, NULL },
	{ 10, "two blanks after the colon", edit, "epoch: 0", "epoch:  0", 0,
	  BERR_FORMAT, "not 'key: value'", W_ALL, NULL },
	{ 10, "no blank after the colon", edit, "epoch: 0", "epoch:0", 0,
	  BERR_FORMAT, "not 'key: value'", W_ALL, NULL },
	{ 10, "blank before the colon", edit, "epoch: 0", "epoch : 0", 0,
	  BERR_FORMAT, "bad character in the key", W_ALL, NULL },
	{ 10, "an empty value", edit, "epoch: 0", "epoch: ", 0, BERR_FORMAT,
	  "not 'key: value'", W_ALL, NULL },
	{ 10, "upper case key", edit, "epoch: 0", "Epoch: 0", 0, BERR_FORMAT,
	  "does not begin with a letter", W_ALL, NULL },
	{ 10, "a comment", edit, "epoch: 0", "# x\nepoch: 0", 0, BERR_FORMAT,
	  "not 'key: value'", W_ALL, NULL },
	{ 10, "a folded line", edit, "epoch: 0", "epoch: 0\n x: 1", 0,
	  BERR_FORMAT, "key does not begin|not 'key: value'", W_ALL, NULL },
	{ 10, "an empty line in the head", edit, "epoch: 0\n", "epoch: 0\n\n",
	  0, BERR_FORMAT, "expected here", W_ALL, NULL },
	{ 10, "two empty lines before a target", edit, "\n\ntarget: 1",
	  "\n\n\ntarget: 1", 0, BERR_FORMAT, "empty line without a stanza",
	  W_ALL, NULL },
	{ 10, "no empty line before a target", edit, "\n\ntarget: 1",
	  "\ntarget: 1", 0, BERR_FORMAT, UNKNOWN, W_ALL, NULL },
	{ 10, "an empty line at the end", edit, "$", "\n", 0, BERR_FORMAT,
	  "empty line without a stanza", W_ALL, NULL },
	{ 10, "name twice", line_gone, "name: ", NULL, 2, BERR_FORMAT,
	  "name: stands twice", W_ALL, NULL },
	{ 10, "version twice", line_gone, "\nversion: ", NULL, 2, BERR_FORMAT,
	  "twice|empty|expected", W_ALL, NULL },
	{ 10, "epoch twice", line_gone, "epoch: ", NULL, 2, BERR_FORMAT,
	  "epoch: stands twice", W_ALL, NULL },
	{ 10, "bundle-id twice", line_gone, "bundle-id: ", NULL, 2, BERR_FORMAT,
	  "bundle-id: stands twice", W_ALL, NULL },
	{ 10, "guru twice", line_gone, "guru: ", NULL, 2, BERR_FORMAT,
	  "guru: stands twice", W_ALL, NULL },
	{ 10, "a member twice", line_gone, "member: tap-1/source", NULL, 2,
	  BERR_FORMAT, "out of order, or twice", W_ALL, NULL },
	{ 10, "a pack line twice", line_gone, "pack: 0", NULL, 2, BERR_FORMAT,
	  "not numbered 0, 1", W_ALL, NULL },
	{ 10, "a pack member twice", line_gone, "member: tap-1/pack-0000", NULL,
	  2, BERR_FORMAT, "unknown member, or out of order", W_ALL, NULL },
	{ 10, "a script twice", line_gone, "script: ", NULL, 2, BERR_FORMAT,
	  "names not sorted, or one twice", W_ALL, NULL },
	{ 10, "a parameter twice", line_gone, "param: ", NULL, 2, BERR_FORMAT,
	  "names not sorted, or one twice", W_ALL, NULL },
	{ 10, "a kind of probe twice", line_gone, "probe-summary: ", NULL, 2,
	  BERR_FORMAT, "kinds not sorted, or one twice", W_ALL, NULL },
	{ 10, "ko twice", line_gone, "ko: ", NULL, 2, BERR_FORMAT,
	  "ko: stands twice", W_ALL, NULL },
	{ 10, "module twice", line_gone, "module: ", NULL, 2, BERR_FORMAT,
	  "module: stands twice", W_ALL, NULL },
	{ 10, "ksig twice", line_gone, "ksig: ", NULL, 2, BERR_FORMAT,
	  "does not follow the one before", W_ALL, NULL },
	{ 10, "no features", line_gone, "features: ", NULL, 0, BERR_FORMAT,
	  "'features' expected here", W_ALL, NULL },
	{ 10, "no name", line_gone, "name: ", NULL, 0, BERR_FORMAT,
	  "'name' expected here", W_ALL, NULL },
	{ 10, "no epoch", line_gone, "epoch: ", NULL, 0, BERR_FORMAT,
	  "'epoch' expected here", W_ALL, NULL },
	{ 10, "no privilege: not the least one", line_gone, "privilege: ", NULL,
	  0, BERR_FORMAT, "'privilege' expected here", W_ALL, NULL },
	{ 10, "no writes", line_gone, "writes: ", NULL, 0, BERR_FORMAT,
	  "'writes' expected here", W_ALL, NULL },
	{ 10, "no pack line", line_gone, "pack: 0", NULL, 0, BERR_FORMAT,
	  "pack members, 0 pack lines", W_ALL, NULL },
	{ 10, "no build-id", line_gone, "build-id: ", NULL, 0, BERR_FORMAT,
	  "'build-id' expected here", W_ALL, NULL },
	{ 10, "no vermagic", line_gone, "vermagic: ", NULL, 0, BERR_FORMAT,
	  "'vermagic' expected here", W_ALL, NULL },
	{ 10, "epoch before version", line_swap, "version: 7", NULL, 0,
	  BERR_FORMAT, "'version' expected here, found 'epoch'", W_ALL, NULL },
	{ 10, "guru before privilege", line_swap, "privilege: ", NULL, 0,
	  BERR_FORMAT, "'privilege' expected here", W_ALL, NULL },
	{ 10, "scripts not sorted", line_swap, "script: a.stp", NULL, 0,
	  BERR_FORMAT, "names not sorted", W_ALL, NULL },
	{ 10, "parameters not sorted", line_swap, "param: comm", NULL, 0,
	  BERR_FORMAT, "names not sorted", W_ALL, NULL },
	{ 10, "source before provenance", line_swap, "member: tap-1/provenance",
	  NULL, 0, BERR_FORMAT, "out of order, or twice", W_ALL, NULL },
	{ 10, "targets not numbered", edit, "target: 1\n", "target: 2\n", 0,
	  BERR_FORMAT, "targets are not numbered 0, 1", W_ALL, NULL },
	{ 10, "an unknown privilege", edit, "stapdev", "root", 0, BERR_FORMAT,
	  "unknown privilege", W_ALL, NULL },
	{ 10, "guru maybe", edit, "guru: no", "guru: maybe", 0, BERR_FORMAT,
	  "not yes or no", W_ALL, NULL },
	{ 10, "writes everything", edit, "writes: none", "writes: all", 0,
	  BERR_FORMAT, "not none, memory or return", W_ALL, NULL },
	{ 10, "a name with ..", edit, "name: vfs-latency", "name: ../x", 0,
	  BERR_FORMAT, "not a bundle name", W_ALL, NULL },
	{ 10, "a name of 49 bytes", edit, "name: vfs-latency",
	  "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0,
	  BERR_FORMAT, "not a bundle name", W_ALL, NULL },
	{ 10, "a name in upper case", edit, "name: vfs", "name: VFS", 0,
	  BERR_FORMAT, "not a bundle name", W_ALL, NULL },
	{ 10, "a module with a slash", edit, "module: t_0", "module: ../t_0", 0,
	  BERR_FORMAT, "not a module name", W_ALL, NULL },
	{ 10, "a module of 56 bytes", edit, "module: t_0",
	  "module: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaat_0", 0,
	  BERR_FORMAT, "not a module name", W_ALL, NULL },
	{ 10, "a release with a slash", edit, "release: 5.10", "release: ../5",
	  0, BERR_FORMAT, "not a kernel release", W_ALL, NULL },
	{ 10, "a script with a slash", edit, "script: a.stp", "script: /a.stp",
	  0, BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 10, "a hidden script", edit, "script: a.stp", "script: .a.stp", 0,
	  BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 10, "an unknown member", edit, "member: tap-1/source",
	  "member: tap-1/extra", 0, BERR_FORMAT,
	  "unknown member, or out of order", W_ALL, NULL },
	{ 10, "a member outside", edit, "member: tap-1/source",
	  "member: /etc/passwd", 0, BERR_FORMAT, "unknown member", W_ALL,
	  NULL },
	{ 10, "upper case hex", edit, "deadbeef", "DEADBEEF", 0, BERR_FORMAT,
	  "not 8 hex digits", W_ALL, NULL },
	{ 10, "not-before after not-after", edit,
	  "bundle-id: ", "not-before: 20\nnot-after: 10\nbundle-id: ", 0,
	  BERR_FORMAT, "not-before is after not-after|expected", W_ALL, NULL },
	{ 10, "a time of 0", edit, "bundle-id: ", "not-after: 0\nbundle-id: ",
	  0, BERR_FORMAT, "not a time", W_ALL, NULL },
	{ 10, "an audience that is not sorted", edit,
	  "bundle-id: ", "audience: b a\nbundle-id: ", 0, BERR_FORMAT,
	  "not a sorted list of fleet names", W_ALL, NULL },
	{ 10, "needs with a blank", edit, "member: tap-1/ksig",
	  "needs: a b\nmember: tap-1/ksig", 0, BERR_FORMAT, "not one word",
	  W_ALL, NULL },
	{ 10, "a limit of nothing", edit, "member: tap-1/ksig",
	  "limit: runtime 0\nmember: tap-1/ksig", 0, BERR_FORMAT,
	  "not 'runtime SECONDS'", W_ALL, NULL },
	{ 10, "an unknown limit", edit, "member: tap-1/ksig",
	  "limit: memory 7\nmember: tap-1/ksig", 0, BERR_FORMAT,
	  "unknown, twice, or not in the order", W_ALL, NULL },
	{ 10, "a default outside its limits", edit, "int64 5 -1 1000",
	  "int64 5 6 1000", 0, BERR_FORMAT, "default outside its limits", W_ALL,
	  NULL },
	{ 10, "created is not the headers' time", edit, "created: 1700000000",
	  "created: 1700000001", 0, BERR_CONTAINER,
	  "time in the headers is not the manifest's", W_ALL, NULL },
	{ 10, "no target", edit, "\ntarget: 0", "x-a: 1\nx-target: 0", 0,
	  BERR_FORMAT, LINE(""), W_ALL, NULL },
};

/* ---- 6: numbers ----------------------------------------------------------- */

#define U32_PLUS  "4294967296"
#define U64_MAX_S "18446744073709551615"
#define U64_PLUS  "18446744073709551616"

static const struct attack numbers[] = {
	{ 6, "version 2^64", field, "version: 7", U64_PLUS, 1, BERR_FORMAT,
	  "version: not a number", W_ALL, NULL },
	{ 6, "version 2^64 - 1", field, "version: 7", U64_MAX_S, 1, 0, NULL,
	  W_ALL, NULL },
	{ 6, "version 007", field, "version: 7", "007", 1, BERR_FORMAT,
	  "version: not a number", W_ALL, NULL },
	{ 6, "version -1", field, "version: 7", "-1", 1, BERR_FORMAT,
	  "version: not a number", W_ALL, NULL },
	{ 6, "version +7", field, "version: 7", "+7", 1, BERR_FORMAT,
	  "version: not a number", W_ALL, NULL },
	{ 6, "version 0x7", field, "version: 7", "0x7", 1, BERR_FORMAT,
	  "version: not a number", W_ALL, NULL },
	{ 6, "epoch 2^32", field, "epoch: 0", U32_PLUS, 1, BERR_FORMAT,
	  "epoch: not a number", W_ALL, NULL },
	{ 6, "created 2^33", field, "created: ", "8589934592", 1, BERR_FORMAT,
	  "created: not a time", W_ALL, NULL },
	{ 6, "member of 0 bytes", field, "member: tap-1/source", "0", 2,
	  BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 6, "member of 1 byte", field, "member: tap-1/source", "1", 2,
	  BERR_CONTAINER, "after the bundle's end|header of", W_ALL, NULL },
	{ 6, "member of 2^31 bytes", field, "member: tap-1/source",
	  "2147483648", 2, BERR_LIMIT, "bytes, limit 16777216", W_ALL, NULL },
	{ 6, "member of 2^32 - 1 bytes", field, "member: tap-1/source",
	  "4294967295", 2, BERR_LIMIT, "bytes, limit 16777216", W_ALL, NULL },
	{ 6, "member of 2^32 bytes", field, "member: tap-1/source", U32_PLUS, 2,
	  BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 6, "member of 2^32 + 100 bytes", field, "member: tap-1/source",
	  "4294967396", 2, BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 6, "member of 2^64 - 1 bytes", field, "member: tap-1/pack-0000",
	  U64_MAX_S, 2, BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 6, "member of 2^64 - 511 bytes", field, "member: tap-1/pack-0000",
	  "18446744073709551105", 2, BERR_FORMAT, "not 'NAME SIZE SHA256'",
	  W_ALL, NULL },
	{ 6, "source above its limit", field, "member: tap-1/source",
	  "16777217", 2, BERR_LIMIT, "member of 16777217 bytes, limit", W_ALL,
	  NULL },
	{ 6, "source at its limit", field, "member: tap-1/source", "16777216",
	  2, BERR_TRUNCATED, "of [0-9]+ bytes", W_ALL, NULL },
	{ 6, "kernel signatures above their limit", field, "member: tap-1/ksig",
	  "4194305", 2, BERR_LIMIT, "limit 4194304", W_ALL, NULL },
	{ 6, "provenance above its limit", field, "member: tap-1/provenance",
	  "16777217", 2, BERR_LIMIT, "limit 16777216", W_ALL, NULL },
	{ 6, "pack above its limit", field, "member: tap-1/pack-0000",
	  "67108865", 2, BERR_LIMIT, "limit 67108864", W_ALL, NULL },
	{ 6, "raw pack above its limit", field, "pack: 0", "67108865", 2,
	  BERR_LIMIT, "pack of 67108865 bytes, limit 67108864", W_ALL, NULL },
	{ 6, "raw pack of 2^64 - 1 bytes", field, "pack: 0", U64_MAX_S, 2,
	  BERR_LIMIT, "pack of [0-9]+ bytes, limit", W_ALL, NULL },
	{ 6, "raw pack of 2^64 bytes", field, "pack: 0", U64_PLUS, 2,
	  BERR_FORMAT, "not 'NUMBER SIZE SHA256'", W_ALL, NULL },
	{ 6, "raw pack of 0 bytes", field, "pack: 0", "0", 2, BERR_FORMAT,
	  "larger than its pack", W_ALL, NULL },
	{ 6, "raw pack of 512 bytes more", field, "pack: 0", "4096", 2,
	  BERR_FORMAT, "packs hold more than the modules|larger than its pack",
	  W_ALL, NULL },
	{ 6, "pack number 2^64 - 1", field, "pack: 0", U64_MAX_S, 1,
	  BERR_FORMAT, "not 'NUMBER SIZE SHA256'", W_ALL, NULL },
	{ 6, "pack number 257", field, "pack: 0", "257", 1, BERR_FORMAT,
	  "not 'NUMBER SIZE SHA256'", W_ALL, NULL },
	{ 6, "module in pack 1", field, "ko: 0", "1", 1, BERR_FORMAT,
	  "no such pack, or out of order", W_ALL, NULL },
	{ 6, "module in pack 2^32", field, "ko: 0", U32_PLUS, 1, BERR_FORMAT,
	  "not 'PACK OFFSET SIZE SHA256'", W_ALL, NULL },
	{ 6, "module at 0", field, "ko: 0", "0", 2, BERR_FORMAT,
	  "offset is not where the module lies", W_ALL, NULL },
	{ 6, "module at 511", field, "ko: 0", "511", 2, BERR_FORMAT,
	  "offset is not where the module lies", W_ALL, NULL },
	{ 6, "module at 2^64 - 512", field, "ko: 0", "18446744073709551104", 2,
	  BERR_FORMAT, "offset is not where the module lies", W_ALL, NULL },
	{ 6, "module of 0 bytes", field, "ko: 0", "0", 3, BERR_FORMAT,
	  "ko: size 0", W_ALL, NULL },
	{ 6, "module of 2^64 - 1 bytes", field, "ko: 0", U64_MAX_S, 3,
	  BERR_LIMIT, "ko of [0-9]+ bytes, limit 33554432", W_ALL, NULL },
	{ 6, "module of 2^64 - 512 bytes", field, "ko: 0",
	  "18446744073709551104", 3, BERR_LIMIT, "limit 33554432", W_ALL,
	  NULL },
	{ 6, "module of 32 MiB + 1", field, "ko: 0", "33554433", 3, BERR_LIMIT,
	  "limit 33554432", W_ALL, NULL },
	{ 6, "module of 32 MiB", field, "ko: 0", "33554432", 3, BERR_FORMAT,
	  "larger than its pack", W_ALL, NULL },
	{ 6, "kernel signature of 0 bytes", field, "ksig: ", "0", 3,
	  BERR_FORMAT, "not 'SKID OFFSET SIZE SHA256'", W_ALL, NULL },
	{ 6, "kernel signature at 2^64 - 1", field, "ksig: ", U64_MAX_S, 2,
	  BERR_FORMAT, "not 'SKID OFFSET SIZE SHA256'", W_ALL, NULL },
	{ 6, "kernel signature at 1", field, "ksig: ", "1", 2, BERR_FORMAT,
	  "does not follow the one before", W_ALL, NULL },
	{ 6, "kernel signature of 4 MiB", field, "ksig: ", "4194304", 3,
	  BERR_FORMAT, "does not follow the one before", W_ALL, NULL },
	{ 6, "target 2^32", field, "target: 1", U32_PLUS, 1, BERR_FORMAT,
	  "targets are not numbered", W_ALL, NULL },
	{ 6, "wire 2^32", field, "wire: ", U32_PLUS, 1, BERR_FORMAT,
	  "wire: not a number", W_ALL, NULL },
	{ 6, "script of 64 MiB + 1", field, "script: a.stp", "67108865", 2,
	  BERR_FORMAT, "not 'NAME SIZE SHA256'", W_ALL, NULL },
	{ 6, "string parameter of 65536 bytes", edit, "string[16]",
	  "string[65536]", 0, BERR_FORMAT, "bad length", W_ALL, NULL },
	{ 6, "string parameter of 0 bytes", edit, "string[16]", "string[0]", 0,
	  BERR_FORMAT, "bad length", W_ALL, NULL },
	{ 6, "parameter above 2^63", edit, "int64 5 -1 1000",
	  "int64 5 -1 9223372036854775808", 0, BERR_FORMAT,
	  "not 'NAME int64 DEFAULT MIN MAX'", W_ALL, NULL },
	{ 6, "parameter below -2^63", edit, "int64 5 -1 1000",
	  "int64 5 -9223372036854775809 1000", 0, BERR_FORMAT,
	  "not 'NAME int64 DEFAULT MIN MAX'", W_ALL, NULL },
	{ 6, "parameter of -0", edit, "int64 5 -1 1000", "int64 -0 -1 1000", 0,
	  BERR_FORMAT, "not 'NAME int64 DEFAULT MIN MAX'", W_ALL, NULL },
};

/* More lines of a kind than there may be; in a->b, '#' and '%' are the number,
 * '$' a digest. */
static void many(struct stage *s, const struct attack *a)
{
	struct buf b = BUF_INIT;

	for (unsigned int i = 0; i <= a->n; i++)
		for (const char *p = a->b; *p; p++) {
			if (*p == '#')
				buf_printf(&b, "%03u", i);
			else if (*p == '%')
				buf_printf(&b, "%u", i);
			else if (*p == '$')
				buf_printf(&b, "%064u", i);
			else
				buf_addc(&b, *p);
		}
	buf_adds(&b, a->a);
	stage_edit(s, a->a, b.p);
	stage_sign(s);
	buf_deinit(&b);
}

static const struct attack counts[] = {
	{ 6, "65 scripts", many, "script: a.stp", "script: 0# 1 $\n", 64,
	  BERR_LIMIT, "more than 64 'script' lines", W_ALL, NULL },
	{ 6, "33 kinds of probe", many, "probe-summary: kprobe",
	  "probe-summary: 0# 1\n", 32, BERR_LIMIT,
	  "more than 32 'probe-summary' lines", W_ALL, NULL },
	{ 6, "257 parameters", many, "param: comm", "param: a# int64 0 0 1\n",
	  256, BERR_LIMIT, "more than 256 'param' lines", W_ALL, NULL },
	{ 6, "33 needs", many, "member: tap-1/ksig", "needs: n#\n", 32,
	  BERR_LIMIT, "more than 32 'needs' lines", W_ALL, NULL },
	{ 6, "257 packs", many, "pack: 0", "pack: % 1 $\n", 256, BERR_LIMIT,
	  "more than 256 'pack' lines", W_ALL, NULL },
};

void attack_manifest(void)
{
	ATTACK_RUN(rows);
	ATTACK_RUN(numbers);
	ATTACK_RUN(counts);
}
