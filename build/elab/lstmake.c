// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists all functions of a kernel, as -L would, and keeps the rows.
 *
 * Some processes share the work, because a run of pass 2 is no thread: each takes a
 * unit (a table of vmlinux, or LST_BIN modules) after the other and leaves blocks in
 * files.  What a unit is does not depend on how many there are, nor do the bytes.
 */
#include "build/elab/lst_priv.h"

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/dwarf/dwkit.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/store.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#define BLOCK_ZSTD_LEVEL 5
#define JOBS_MAX	 4  /* of up to 800 MB each, with debug information */
#define BINS_AT_ONCE	 32 /* that are in memory */

/* No more than lst_open() would unpack, with room for what is to come. */
#define BLOCK_LIMIT ((size_t)128 << 20)

/**
 * struct maker - one kernel
 * @of: what rows are made of
 * @has_debug: has it an index of debug information?
 * @debug, @facts: what the file says it is of
 */
struct maker {
	const char *path, *scratch;
	struct lst_of of;
	bool has_debug;
	char debug[65], facts[65];
	struct session s;
};

/* ---- units ------------------------------------------------------------------------------- */

/* Tables of vmlinux, then modules. */
static size_t nunits(const struct maker *m)
{
	return LST_TABLES + (kit_nmodules(m->of.k) + LST_BIN - 1) / LST_BIN;
}

/* First module of a unit, and one behind the last. */
static void unit_modules(const struct maker *m, size_t unit, size_t *from,
			 size_t *to)
{
	size_t n = kit_nmodules(m->of.k);

	*from = (unit - LST_TABLES) * LST_BIN;
	*to = n - *from < LST_BIN ? n : *from + LST_BIN;
}

static bool has_table(const struct maker *m, size_t unit, enum lst_table t)
{
	if (lst_sources[t].is_debug && !m->has_debug)
		return false;
	return unit < LST_TABLES ? unit == t : !lst_sources[t].is_kernel;
}

static char *block_path(const struct maker *m, struct arena *a, size_t unit,
			enum lst_table t)
{
	return arena_printf(a, "%s/%zu.%d", m->scratch, unit, (int)t);
}

static int write_block(const struct maker *m, size_t unit, enum lst_table t,
		       const struct buf *raw, struct err *e)
{
	struct buf z = BUF_INIT;
	struct arena a;
	size_t n;
	int rc;

	if (!raw->len)
		return 0;
	if (raw->len > BLOCK_LIMIT)
		return err_set(e, ERR_LIMIT, "%zu bytes in one block",
			       raw->len);
	arena_init(&a);
	buf_reserve(&z, ZSTD_compressBound(raw->len));
	n = ZSTD_compress(z.p, ZSTD_compressBound(raw->len), raw->p, raw->len,
			  BLOCK_ZSTD_LEVEL);
	rc = ZSTD_isError(n)
		     ? err_set(e, ERR_LIMIT, "cannot compress: %s",
			       ZSTD_getErrorName(n))
		     : fs_write_scratch(block_path(m, &a, unit, t), z.p, n, e);
	buf_deinit(&z);
	arena_deinit(&a);
	return rc;
}

/* Of modules @from to @to, or of vmlinux, the rows of all tables of the unit. */
static int add_bins(struct maker *m, size_t unit, size_t from, size_t to,
		    struct buf raw[LST_TABLES], struct err *e)
{
	bool ok = true;
	unsigned int t;
	size_t i;

	/* what is unpacked of debug information goes with this: in the end it would be
	 * all of it */
	m->of.dw = dwkit_new(m->of.k);
	for (t = 0; t < LST_TABLES; t++)
		for (i = from; i < to && ok && has_table(m, unit, t); i++)
			ok = lst_put_bin(&m->of, t,
					 unit < LST_TABLES
						 ? ""
						 : kit_module(m->of.k, i).name,
					 &raw[t]);
	dwkit_free(m->of.dw);
	m->of.dw = NULL;
	return ok ? 0 : err_set(e, ERR_INVALID, "it has other points");
}

static int make_unit(struct maker *m, size_t unit, struct err *e)
{
	struct buf raw[LST_TABLES];
	size_t at = 0, to = 1, n;
	unsigned int t;
	int rc = 0;

	for (t = 0; t < LST_TABLES; t++)
		buf_init(&raw[t]);
	if (unit >= LST_TABLES)
		unit_modules(m, unit, &at, &to);
	for (; at < to && rc == 0; at += n) {
		n = to - at < BINS_AT_ONCE ? to - at : BINS_AT_ONCE;
		rc = add_bins(m, unit, at, at + n, raw, e);
	}
	for (t = 0; t < LST_TABLES; t++) {
		if (rc == 0)
			rc = write_block(m, unit, t, &raw[t], e);
		buf_deinit(&raw[t]);
	}
	return rc;
}

/* In a process of its own, with a kit of its own: what is unpacked of it grows. */
static int work(struct maker m, size_t first, size_t step)
{
	struct err e = { 0 };
	size_t i, n;
	int rc = kit_open(m.path, &m.of.k, &e);

	if (rc < 0)
		return rc;
	n = nunits(&m);
	for (i = first; i < n && rc == 0; i += step)
		rc = make_unit(&m, i, &e);
	return rc;
}

static int make_blocks(struct maker *m, unsigned int jobs, struct err *e)
{
	pid_t pid[JOBS_MAX];
	unsigned int i, n = 0;
	int rc = 0, status;

	if (!jobs)
		jobs = spawn_jobs();
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	for (i = 0; i < jobs; i++) {
		pid[n] = fork();
		if (pid[n] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(work(*m, i, jobs) < 0);
		}
		if (pid[n] < 0)
			rc = err_sys(e, "cannot start a process");
		else
			n++;
	}
	for (i = 0; i < n; i++) {
		while (waitpid(pid[i], &status, 0) < 0 && errno == EINTR)
			;
		if (rc == 0 && status)
			rc = err_set(e, ERR_TOOL,
				     "a process that listed it failed");
	}
	return rc;
}

/* ---- the file ------------------------------------------------------------------------------ */

struct file {
	struct kf_writer w;
	struct buf data;
	VEC(struct lst_block) block;
};

static void add_block(struct file *f, struct lst_block b, const void *p,
		      const char *first, const char *last)
{
	b.off = f->data.len;
	b.first = kfw_str(&f->w, first);
	b.last = kfw_str(&f->w, last);
	buf_add(&f->data, p, b.zlen);
	vec_push(&f->block, b);
}

static int collect_block(const struct maker *m, struct arena *a, struct file *f,
			 size_t unit, enum lst_table t, struct err *e)
{
	const char *path = block_path(m, a, unit, t), *first = "", *last = "";
	struct lst_block b = { .table = t };
	struct buf z = BUF_INIT;
	size_t i, to;
	int rc;

	if (!fs_exists(path))
		return 0;
	if (unit >= LST_TABLES) {
		unit_modules(m, unit, &i, &to);
		first = kit_module(m->of.k, i).name;
		last = kit_module(m->of.k, to - 1).name;
	}
	rc = fs_read(path, &z, BLOCK_LIMIT, e);
	if (rc == 0) {
		b.zlen = (uint32_t)z.len;
		b.len = (uint32_t)ZSTD_getFrameContentSize(z.p, z.len);
		add_block(f, b, z.p, first, last);
	}
	buf_deinit(&z);
	return rc;
}

static int collect(const struct maker *m, struct arena *a, struct file *f,
		   struct err *e)
{
	size_t unit, n = nunits(m);
	unsigned int t;
	int rc = 0;

	for (t = 0; t < LST_TABLES; t++)
		for (unit = 0; unit < n && rc == 0; unit++)
			if (has_table(m, unit, t))
				rc = collect_block(m, a, f, unit, t, e);
	return rc;
}

static void add_info(const struct maker *m, struct file *f)
{
	const struct kit_info *i = kit_info(m->of.k);
	struct lst_info info = { .version = LST_VERSION };
	struct kf_pair v[] = {
		{ kfw_str(&f->w, "build-id"), kfw_str(&f->w, i->build_id) },
		{ kfw_str(&f->w, "debug"), kfw_str(&f->w, m->debug) },
		{ kfw_str(&f->w, "facts"), kfw_str(&f->w, m->facts) },
		{ kfw_str(&f->w, "kit"), kfw_str(&f->w, i->id) },
		{ kfw_str(&f->w, "release"), kfw_str(&f->w, i->release) },
	};

	buf_add(kfw_section(&f->w, KF_INFO), v, sizeof(v));
	buf_add(kfw_section(&f->w, KF_LISTING), &info, sizeof(info));
}

static int write_file(const struct maker *m, struct arena *a, struct file *f,
		      const char **ret, struct err *e)
{
	struct buf out = BUF_INIT;
	char id[65];
	int rc;

	add_info(m, f);
	buf_add(kfw_section(&f->w, LST_BLOCKS), f->block.v,
		f->block.n * sizeof(*f->block.v));
	buf_add(kfw_section(&f->w, LST_DATA), f->data.p, f->data.len);
	rc = kfw_finish(&f->w, &out, id, e);
	if (rc == 0)
		rc = store_put_listing(a, out.p, out.len, ret, e);
	buf_deinit(&out);
	return rc;
}

/* ---- what a file is of ---------------------------------------------------------------------- */

/* Of the sections that rows are made of: a kit refreshed for another runtime has them as
 * they were.  Types are those of the kernel's build-id and its modules'. */
static void find_facts(struct maker *m)
{
	static const char *const names[] = { KF_FUNCS, KF_MODULES, KF_MODFUNCS,
					     KF_MODFN };
	const struct kf_view *v = kit_view(m->of.k);
	crypto_hash_sha256_state st;
	uint8_t sha[crypto_hash_sha256_BYTES];
	const struct kf_runtime *rt;
	const uint8_t *p;
	size_t i, n;

	crypto_hash_sha256_init(&st);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		p = kf_section(v, names[i], &n);
		crypto_hash_sha256_update(&st, (const void *)&n, sizeof(n));
		if (p)
			crypto_hash_sha256_update(&st, p, n);
	}
	rt = kf_table(v, KF_RUNTIME, sizeof(*rt), &n);
	p = kf_section(v, KF_STRINGS, &n);
	if (rt && rt->strings < n)
		n = rt->strings;
	crypto_hash_sha256_update(&st, p, n);
	crypto_hash_sha256_final(&st, sha);
	sodium_bin2hex(m->facts, sizeof(m->facts), sha, sizeof(sha));
}

static void copy_blocks(const struct kf_view *old, struct file *f)
{
	size_t i, n, ndata;
	const struct lst_block *b = kf_table(old, LST_BLOCKS, sizeof(*b), &n);
	const uint8_t *data = kf_section(old, LST_DATA, &ndata);

	for (i = 0; b && i < n; i++)
		if (b[i].off <= ndata && b[i].zlen <= ndata - b[i].off)
			add_block(f, b[i], data + b[i].off,
				  kf_str(old, b[i].first),
				  kf_str(old, b[i].last));
}

/* The blocks of the file that is there, when they are of the same facts. */
static bool reuse(const struct maker *m, const char *path, struct file *f)
{
	const struct lst_info *info;
	struct kf_view old;
	const void *p;
	bool same;
	size_t n, rows;

	if (!fs_exists(path) || fs_map(path, &p, &n, NULL) < 0)
		return false;
	same = kf_open(&old, p, n, NULL) == 0;
	info = same ? kf_table(&old, KF_LISTING, sizeof(*info), &rows) : NULL;
	same = info && rows == 1 && info->version == LST_VERSION &&
	       !strcmp(kf_info(&old, "facts"), m->facts) &&
	       !strcmp(kf_info(&old, "debug"), m->debug) &&
	       kf_check(&old, NULL) == 0;
	if (same)
		copy_blocks(&old, f);
	munmap((void *)(uintptr_t)p, n);
	return same;
}

/* ---- making -------------------------------------------------------------------------------- */

static int make_file(struct maker *m, struct arena *a, struct file *f,
		     unsigned int jobs, const char **ret, struct err *e)
{
	const struct kit_info *i = kit_info(m->of.k);
	int rc = 0;

	find_facts(m);
	if (!reuse(m, store_listing_path(a, i->release, i->build_id), f)) {
		m->scratch = fs_tmpdir(a, "tap-lst", e);
		if (!m->scratch)
			return ERR_IO;
		rc = make_blocks(m, jobs, e);
		if (rc == 0)
			rc = collect(m, a, f, e);
		fs_rmtree(m->scratch, NULL);
	}
	return rc == 0 ? write_file(m, a, f, ret, e) : rc;
}

static int make(struct maker *m, struct arena *a, unsigned int jobs,
		const char **ret, struct err *e)
{
	struct dwkit *dw = dwkit_new(m->of.k);
	struct lst *there = lst_open(m->of.k, dw);
	struct file f = { 0 };
	int rc;

	lst_debug_id(dw, m->debug);
	m->has_debug = *m->debug;
	dwkit_free(dw);
	lst_close(there);
	if (there)
		return 0;
	kfw_init(&f.w, a);
	buf_init(&f.data);
	rc = make_file(m, a, &f, jobs, ret, e);
	kfw_deinit(&f.w);
	buf_deinit(&f.data);
	vec_deinit(&f.block);
	return rc;
}

int lst_make(struct arena *a, const char *path, unsigned int jobs,
	     const char **ret, struct err *e)
{
	struct maker m = { .path = path, .s.perm = a, .of.s = &m.s };
	int rc = kit_open(path, &m.of.k, e);

	*ret = NULL;
	if (rc < 0)
		return rc;
	limits_init(&m.s.limits);
	rc = make(&m, a, jobs, ret, e);
	kit_close(m.of.k);
	return rc;
}
