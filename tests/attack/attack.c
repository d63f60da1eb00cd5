/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attacks on a bundle by name: what the library says of each, and what the
 * operator sees: exit code and sentence of taprun (or of tapbuild verify).
 *
 *   attack TAPRUN TAPBUILD DIR [host]
 *
 * With "host", --dry-run is run too, in a mount namespace in which DIR/notes and
 * DIR/proc are a kernel with build-id STAGE_ID and no module.  At the end: a
 * line "# class N: M cases" for each class.
 */
#include "tests/attack/stage.h"

#include "bundle/pack_read.h"
#include "bundle/target.h"

#include <fcntl.h>
#include <regex.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static const char *taprun, *tapbuild, *dir;
static bool is_host;
static unsigned int cases[29];
static struct rusage used; /* by the last program */

bool attack_is_host(void)
{
	return is_host;
}

void attack_host_before(uint64_t unused)
{
	char notes[300], proc[300];

	(void)unused;
	snprintf(notes, sizeof(notes), "%s/notes", dir);
	snprintf(proc, sizeof(proc), "%s/proc", dir);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(notes, "/sys/kernel/notes", NULL, MS_BIND, NULL) < 0 ||
	    mount(proc, "/proc", NULL, MS_BIND, NULL) < 0)
		_exit(125);
}

const char *attack_taprun(void)
{
	return taprun;
}

bool attack_matches(const char *text, const char *re)
{
	regex_t r;
	bool good;

	if (regcomp(&r, re, REG_EXTENDED | REG_NOSUB | REG_NEWLINE))
		abort();
	good = !regexec(&r, text, 0, NULL, 0);
	regfree(&r);
	return good;
}

bool attack_ok(int class, bool good, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	cases[class]++;
	return ok(good, "a%02d: %s", class, text);
}

/* ---- files and programs -------------------------------------------------- */

static void write_file(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) < 0)
		abort();
}

const char *attack_file(const struct stage *s)
{
	static char path[300];

	snprintf(path, sizeof(path), "%s/c.tap", dir);
	write_file(path, s->file.p, s->file.len);
	return path;
}

static void key_text(const struct sig_key *k, struct buf *b)
{
	char hex[65];

	stage_hex(k->pk, 32, hex);
	buf_printf(b, "tap-key: 1\nalg: ed25519\npublic: %s\nrole:%s%s\n", hex,
		   k->roles & SIG_BUILD ? " build" : "",
		   k->roles & SIG_RELEASE ? " release" : "");
	if (*k->names)
		buf_printf(b, "names: %s\n", k->names);
	if (*k->audience)
		buf_printf(b, "audience: %s\n", k->audience);
	if (k->not_before)
		buf_printf(b, "not-before: %llu\n",
			   (unsigned long long)k->not_before);
	if (k->not_after)
		buf_printf(b, "not-after: %llu\n",
			   (unsigned long long)k->not_after);
}

static void revoked_text(const struct sig_revoked *r, struct buf *b)
{
	char hex[65];

	stage_hex(r->id, 32, hex);
	if (r->kind == REVOKED_NAME)
		buf_printf(b, "below: %s %llu\n", r->name,
			   (unsigned long long)r->below);
	else
		buf_printf(b, "%s: %s\n",
			   r->kind == REVOKED_KEY ? "key" : "manifest", hex);
}

/* The stage's keyring as a directory of a host. */
const char *attack_keys(const struct stage *s)
{
	static char path[300];
	char file[400];
	struct buf b = BUF_INIT;

	snprintf(path, sizeof(path), "%s/keys", dir);
	mkdir(path, 0700);
	for (unsigned int i = 0; i < 8; i++) {
		snprintf(file, sizeof(file), "%s/%u.pub", path, i);
		unlink(file);
		if (i >= s->f.ring.nkeys)
			continue;
		buf_reset(&b);
		key_text(&s->f.ring.keys[i], &b);
		write_file(file, b.p, b.len);
	}
	buf_reset(&b);
	buf_adds(&b, "tap-revoked: 1\n");
	for (unsigned int i = 0; i < s->f.ring.nrevoked; i++)
		revoked_text(&s->f.ring.revoked[i], &b);
	snprintf(file, sizeof(file), "%s/x.revoked", path);
	write_file(file, b.p, b.len);
	buf_deinit(&b);
	return path;
}

static void child(char *const *argv, void (*before)(uint64_t), uint64_t arg,
		  int out)
{
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(out, 1);
	dup2(out, 2);
	if (before)
		before(arg);
	execv(argv[0], argv);
	_exit(126);
}

int attack_spawn(char *const *argv, void (*before)(uint64_t), uint64_t arg,
		 struct buf *out)
{
	int fd = memfd_create("out", MFD_CLOEXEC), status;
	char chunk[8192];
	ssize_t n;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		child(argv, before, arg, fd);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		abort();
	buf_reset(out);
	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	buf_addc(out, 0);
	close(fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- what each says ------------------------------------------------------ */

static int whole_pack(const struct stage *s, struct err *e)
{
	const struct manifest_pack *pk = &s->f.b->man.packs[0];
	const struct buf *z = &s->part[P_PACK].data;
	size_t n;
	void *work;
	int r = pack_work_size(z->p, z->len, pk->raw_size, &n, e);

	if (r < 0)
		return r;
	work = xmalloc(n);
	r = pack_check(z->p, z->len, pk->raw_size, pk->raw_sha256, work, n, e);
	free(work);
	return r;
}

/* As taprun goes about it: open, pick, module, the rest. */
static int by_library(struct stage *s, enum attack_where where, struct err *e)
{
	static uint8_t ko[1 << 20];
	const struct manifest_target *t;
	struct target_host h = { .build_id_len = 20 };
	struct utsname u;
	int r;

	uname(&u);
	h.machine = u.machine;
	h.release = u.release;
	h.version = u.version;
	for (int i = 0; i < 20; i++)
		h.build_id[i] = (uint8_t)(0x01 + 0x22 * (i % 8));
	memset(e, 0, sizeof(*e));
	s->f.opts.fleet = s->fleet;
	fix_store(&s->f, s->file.p, s->file.len);
	r = bundle_open_fd(s->f.b, s->f.fd, "c.tap", &s->f.opts, e);
	if (!r && where == W_DRY)
		r = target_pick(&s->f.b->man, &h, &t, e);
	if (!r && where == W_DRY && t->ko_size <= sizeof(ko))
		r = bundle_read_module(s->f.b, t, ko, (size_t)t->ko_size, e);
	if (!r && where == W_DRY && t->nksigs)
		r = bundle_read_ksig(s->f.b, t, 0, ko, 40, e);
	if (!r && where == W_PACK)
		r = whole_pack(s, e);
	return r ? r : bundle_check_rest(s->f.b, e);
}

static bool is_said(const struct attack *a, const char *text, bool is_program)
{
	char tag[64];

	if (a->re && !attack_matches(text, a->re))
		return false;
	snprintf(tag, sizeof(tag), "\\[%s\\]$", bundle_reason_name(a->code));
	return !a->code || !is_program || attack_matches(text, tag);
}

/* A bomb costs no more than a good bundle may: 24 MB, and 50 ms of CPU besides
 * 20 ms for each MB of file, which has to be read and hashed. */
static bool is_cheap(const struct stage *s, const struct attack *a)
{
	long most = 50000 + (long)s->file.len / 50;
	long us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
		  used.ru_utime.tv_usec + used.ru_stime.tv_usec;

	if (a->class != 11 || (used.ru_maxrss < 24000 && us < most))
		return true;
	printf("# %s: %ld KB, %ld us\n", a->name, used.ru_maxrss, us);
	return false;
}

static bool by_taprun(const struct stage *s, const struct attack *a,
		      const char *mode)
{
	char *argv[12] = { (char *)taprun, (char *)"--keys",
			   (char *)attack_keys(s), (char *)mode,
			   (char *)attack_file(s) };
	char *words = strdup(a->words ? a->words : ""), *save = NULL;
	struct buf out = BUF_INIT;
	bool good;
	int rc, n = 5;

	for (char *w = strtok_r(words, " ", &save); w && n < 11;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	rc = attack_spawn(argv,
			  strcmp(mode, "--dry-run") ? NULL : attack_host_before,
			  0, &out);
	good = rc == a->code && (!a->code || is_said(a, out.p, true)) &&
	       is_cheap(s, a);
	if (!good)
		printf("# taprun %s: exit %d: %s", mode, rc, out.p);
	free(words);
	buf_deinit(&out);
	return good;
}

/* Its exit codes are few; the reason stands in the sentence. */
static bool by_tapbuild(const struct stage *s, const struct attack *a)
{
	char release[24], build[24];
	char *argv[] = { (char *)tapbuild,	   (char *)"verify",
			 (char *)"--keys",	   (char *)attack_keys(s),
			 (char *)"--need-release", release,
			 (char *)"--need-build",   build,
			 (char *)attack_file(s),   NULL };
	struct buf out = BUF_INIT;
	bool good;
	int rc;

	snprintf(release, sizeof(release), "%u", s->f.opts.need_release);
	snprintf(build, sizeof(build), "%u", s->f.opts.need_build);
	rc = attack_spawn(argv, NULL, 0, &out);
	good = !rc == !a->code && rc < 128 &&
	       (!a->code || is_said(a, out.p, true));
	if (!good)
		printf("# tapbuild verify: exit %d: %s", rc, out.p);
	buf_deinit(&out);
	return good;
}

void attack_run(const struct attack *a)
{
	static struct stage s;
	struct err e;
	bool good = true;
	int r;

	if (a->words && !is_host) {
		printf("skip a%02d: %s # taprun needs a made-up host: root\n",
		       a->class, a->name);
		return;
	}
	stage_init(&s);
	if (a->make)
		a->make(&s, a);
	/* words are judged by taprun alone */
	r = a->words ? -a->code : by_library(&s, a->where, &e);
	if (r != -a->code || (!a->words && !is_said(a, e.text, false))) {
		good = false;
		printf("# library: %d %s\n", r, e.text);
	}
	if (a->where == W_ALL)
		good = by_taprun(&s, a, "--info") &&
		       by_taprun(&s, a, "--list") && good;
	if ((a->where == W_ALL || a->where == W_DRY) && is_host)
		good = by_taprun(&s, a, "--dry-run") && good;
	if (a->where == W_TOOL || a->where == W_PACK)
		good = by_tapbuild(&s, a) && good;
	attack_ok(a->class, good, "%s: %d %s", a->name, a->code,
		  a->code ? bundle_reason_name(a->code) : "accepted");
	stage_deinit(&s);
}

void attack_run_all(const struct attack *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		attack_run(&a[i]);
}

int main(int argc, char **argv)
{
	unsigned int all = 0;

	if (argc < 4 || sodium_init() < 0)
		return 2;
	taprun = argv[1];
	tapbuild = argv[2];
	dir = argv[3];
	is_host = argc > 4 && !strcmp(argv[4], "host");
	attack_container();
	attack_signed();
	attack_manifest();
	attack_packs();
	attack_host();
	for (int i = 1; i <= 28; i++) {
		if (cases[i])
			printf("# class %d: %u cases\n", i, cases[i]);
		all += cases[i];
	}
	printf("# all: %u cases\n", all);
	return tap_done();
}
