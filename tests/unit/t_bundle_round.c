/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written is read back, by us and by the world's tar programs. */
#include "tests/unit/bundle_fix.h"

#include "bundle/tar.h"
#include "bundle/target.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <zstd.h>

static void test_head(struct fix *f)
{
	const struct manifest *m = &f->b->man;

	ok(!strcmp(m->name, "vfs-latency") && m->version == 7 &&
		   m->created == 1700000000 && !m->epoch,
	   "name, version, time");
	ok(!strcmp(m->description, "caf??"), "free text is cleaned: '%s'",
	   m->description);
	ok(m->nscripts == 2 && !strcmp(m->scripts[0].name, "a.stp") &&
		   m->scripts[1].size == 15,
	   "scripts, sorted");
	ok(m->nprobes == 2 && !strcmp(m->probes[0].kind, "kprobe") &&
		   m->probes[0].count == 2,
	   "probe summary, sorted");
	ok(m->nparams == 2 && !strcmp(m->params[0].name, "comm") &&
		   !strcmp(m->params[0].def_str, "a b%") &&
		   m->params[0].len == 16 && m->params[1].def == 5 &&
		   m->params[1].min == -1 && m->params[1].max == 1000,
	   "parameters");
	ok(m->privilege == PRIV_STAPDEV && m->writes == WRITES_NONE &&
		   !m->is_guru,
	   "privilege, writes, guru");
}

static void test_targets(struct fix *f)
{
	const struct manifest *m = &f->b->man;
	const struct manifest_target *t = m->targets;

	ok(m->ntargets == 3, "3 targets");
	ok(!strcmp(t[0].release, "5.10.0-46-amd64") && !t[0].is_ok &&
		   !strcmp(t[0].status_code, "E-SYM") &&
		   !strcmp(t[0].status_text,
			   "vfs_fsync_range is not in this kernel") &&
		   !t[0].build_id,
	   "unsupported target");
	ok(!strcmp(t[1].release, "6.1.0-9-amd64") &&
		   !strcmp(t[2].release, "6.1.0-56-amd64"),
	   "releases in order of numbers");
	ok(!strcmp(t[2].vermagic, "6.1.0-56-amd64 SMP mod_unload") &&
		   t[2].has_layout_crc && t[2].layout_crc == 0xdeadbeef &&
		   t[2].wire == 1 && !strcmp(t[2].build_id, FIX_ID_A),
	   "vermagic, CRC, wire, build-id");
}

static void test_modules(struct fix *f)
{
	struct err e;
	uint8_t ko[700];

	ok(!bundle_read_module(f->b, &f->b->man.targets[2], ko, 700, &e) &&
		   !memcmp(ko, f->ko[0], 700),
	   "module of -56: %s", e.text);
	ok(!bundle_read_module(f->b, &f->b->man.targets[1], ko, 512, &e) &&
		   !memcmp(ko, f->ko[1], 512),
	   "module of -9, a whole number of blocks");
	ok(bundle_read_module(f->b, &f->b->man.targets[1], ko, 511, &e) ==
		   ERR_INVALID,
	   "a buffer of another size is refused");
}

static void test_same_bytes(struct fix *f, const struct buf *one)
{
	struct bundle_target swap = f->target[0];
	struct buf two;

	f->target[0] = f->target[1];
	f->target[1] = swap;
	two = fix_write(f);
	ok(two.len == one->len && !memcmp(two.p, one->p, one->len),
	   "the order of targets given does not matter");
	buf_deinit(&two);
	f->spec.version++;
	two = fix_write(f);
	ok(two.len != one->len || memcmp(two.p, one->p, one->len) != 0,
	   "another version is another file");
	buf_deinit(&two);
	f->spec.version--;
}

static void test_inputs(struct fix *f)
{
	static const char *const in1[] = { "kit aa", "kit bb" };
	static const char *const in2[] = { "kit bb", "kit aa" };
	char id[65];
	struct err e;
	struct buf b;

	f->spec.input = in1;
	f->spec.ninputs = 2;
	b = fix_write(f);
	ok(!fix_open_bytes(f, b.p, b.len, &e), "with inputs: %s", e.text);
	memcpy(id, f->b->man.bundle_id, 65);
	buf_deinit(&b);
	f->spec.input = in2;
	f->spec.created++;
	b = fix_write(f);
	ok(!fix_open_bytes(f, b.p, b.len, &e) &&
		   !strcmp(id, f->b->man.bundle_id),
	   "same inputs, same id, whatever the time");
	buf_deinit(&b);
	f->spec.input = NULL;
	f->spec.ninputs = 0;
	f->spec.created--;
}

static void test_ksig(struct fix *f)
{
	struct err e = { 0 };
	uint8_t out[5];
	struct buf b;

	f->ksig[0] = (struct bundle_ksig){ "8963f7", "first", 5 };
	f->ksig[1] = (struct bundle_ksig){ "63b8d5", "2nd", 3 };
	f->target[0].ksig = f->ksig;
	f->target[0].nksig = 2;
	f->target[1].ksig = f->ksig + 1;
	f->target[1].nksig = 1;
	b = fix_write(f);
	ok(!fix_open_bytes(f, b.p, b.len, &e), "kernel signatures: %s", e.text);
	ok(f->b->man.nksigs == 3 && f->b->man.targets[2].nksigs == 1,
	   "3 of them");
	ok(!bundle_read_ksig(f->b, &f->b->man.targets[1], 0, out, 5, &e) &&
		   !memcmp(out, "first", 5),
	   "the first, by its target");
	ok(!bundle_read_ksig(f->b, &f->b->man.targets[2], 0, out, 3, &e) &&
		   !memcmp(out, "2nd", 3),
	   "the one of the other target");
	ok(bundle_read_ksig(f->b, &f->b->man.targets[2], 1, out, 3, &e) ==
		   ERR_INVALID,
	   "there is no further one");
	buf_deinit(&b);
	f->target[0].nksig = f->target[1].nksig = 0;
}

/* What users have is made to fit; what it means is not changed. */
static void test_odd_texts(struct fix *f)
{
	char lots[600];
	struct err e = { 0 };
	struct buf b;

	memset(lots, '%', sizeof(lots) - 1);
	lots[sizeof(lots) - 1] = '\0';
	f->script[0].name = "../dir/.my script (1).stp";
	f->param[1].def_str = lots;
	f->param[1].len = 511;
	f->target[0].distro = lots;
	f->target[2].status_text = "\n\t \x80";
	b = fix_write(f);
	ok(!fix_open_bytes(f, b.p, b.len, &e), "odd texts: %s", e.text);
	ok(!strcmp(f->b->man.scripts[1].name, "my_script__1_.stp"), "'%s'",
	   f->b->man.scripts[1].name);
	ok(strlen(f->b->man.params[0].def_str) == 240, "a long default is cut");
	ok(!strcmp(f->b->man.targets[0].status_text, "?"), "'%s'",
	   f->b->man.targets[0].status_text);
	buf_deinit(&b);
}

/* Modules above the limit of a pack start a new one. */
static void test_many_packs(struct fix *f)
{
	size_t n = 20u << 20;
	uint8_t *big = calloc(2, n), *back = malloc(n);
	struct bundle_target save[2] = { f->target[0], f->target[1] };
	struct err e = { 0 };
	struct buf b;

	big[5] = 1;
	big[n + 5] = 2;
	for (int i = 0; i < 2; i++) {
		f->target[i].ko = big + (size_t)i * n;
		f->target[i].ko_len = n;
	}
	b = fix_write(f);
	ok(!fix_open_bytes(f, b.p, b.len, &e) && f->b->man.npacks == 2,
	   "two modules of 20 MiB make two packs: %s", e.text);
	for (uint32_t i = 1; i < 3; i++)
		ok(!bundle_read_module(f->b, &f->b->man.targets[i], back, n,
				       &e) &&
			   back[5] == (!strcmp(f->b->man.targets[i].release,
					       f->target[0].release)
					       ? 1
					       : 2),
		   "module %u of 20 MiB: %s", i, e.text);
	buf_deinit(&b);
	free(big);
	free(back);
	f->target[0] = save[0];
	f->target[1] = save[1];
}

/* ---- other programs ------------------------------------------------------ */

/* Names and sizes by libarchive (bsdtar's reader), one per line. */
static void list_libarchive(const struct buf *b, struct buf *out)
{
	struct archive *a = archive_read_new();
	struct archive_entry *en;

	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, b->p, b->len) != ARCHIVE_OK)
		abort();
	while (archive_read_next_header(a, &en) == ARCHIVE_OK)
		buf_printf(out, "%s %lld\n", archive_entry_pathname(en),
			   (long long)archive_entry_size(en));
	archive_read_free(a);
}

static void list_ours(const struct bundle *b, struct buf *out)
{
	buf_printf(out, "tap-1/manifest %zu\ntap-1/signatures %zu\n",
		   b->manifest_len, b->signatures_len);
	for (uint32_t i = 0; i < b->man.nmembers; i++)
		buf_printf(out, "%s %llu\n", b->man.members[i].name,
			   (unsigned long long)b->man.members[i].size);
}

/* Output of a shell command over the memory file. */
static void list_command(int fd, const char *fmt, struct buf *out)
{
	char cmd[512], line[256];
	FILE *p;

	snprintf(cmd, sizeof(cmd), "F=/proc/%d/fd/%d; %s", (int)getpid(), fd,
		 fmt);
	p = popen(cmd, "r");
	while (p && fgets(line, sizeof(line), p))
		buf_adds(out, line);
	if (p && pclose(p) != 0)
		buf_reset(out);
}

static void test_readers(struct fix *f, const struct buf *b)
{
	struct buf ours = BUF_INIT, other = BUF_INIT;
	struct err e;

	fix_open_bytes(f, b->p, b->len, &e);
	list_ours(f->b, &ours);
	list_libarchive(b, &other);
	ok(!strcmp(ours.p, other.p), "libarchive lists the same members");
	buf_reset(&other);
	list_command(f->fd, "tar tvf $F 2>&1 | awk '{print $6, $3}'", &other);
	ok(!strcmp(ours.p, other.p), "GNU tar lists the same members");
	buf_reset(&other);
	list_command(f->fd,
		     "python3 -c 'import tarfile,sys\n"
		     "for m in tarfile.open(sys.argv[1]): "
		     "print(m.name, m.size)' $F",
		     &other);
	ok(!strcmp(ours.p, other.p), "python's tarfile lists the same members");
	buf_deinit(&ours);
	buf_deinit(&other);
}

/* The raw pack is a tar file too. */
static void test_inner(struct fix *f)
{
	struct buf names = BUF_INIT;
	const struct manifest_member *mb = &f->b->man.members[1];
	struct buf z = BUF_INIT, raw = BUF_INIT;
	struct err e;

	buf_zero(&z, mb->size);
	ok(!bundle_read_member(f->b, 1, z.p, z.len, &e) &&
		   !strcmp(mb->name, "tap-1/pack-0000"),
	   "read the pack");
	buf_zero(&raw, f->b->man.packs[0].raw_size);
	ok(ZSTD_decompress(raw.p, raw.len, z.p, z.len) == raw.len,
	   "zstd unpacks it in one go");
	list_libarchive(&raw, &names);
	ok(!strcmp(names.p, "0001-6.1.0-9-amd64/t_00000002.ko 512\n"
			    "0002-6.1.0-56-amd64/t_00000001.ko 700\n"),
	   "modules by name");
	buf_deinit(&z);
	buf_deinit(&raw);
	buf_deinit(&names);
}

int main(void)
{
	struct fix f;
	struct err e = { 0 };
	struct buf b;

	fix_init(&f);
	b = fix_write(&f);
	if (ok(!fix_open_bytes(&f, b.p, b.len, &e), "open: %s", e.text)) {
		test_head(&f);
		test_targets(&f);
		test_modules(&f);
		test_readers(&f, &b);
		test_inner(&f);
		test_same_bytes(&f, &b);
	}
	test_inputs(&f);
	test_ksig(&f);
	test_many_packs(&f);
	test_odd_texts(&f);
	buf_deinit(&b);
	fix_deinit(&f);
	return tap_done();
}
