/* SPDX-License-Identifier: GPL-2.0-only */
/* Classes 12, 19, 23 and 25: odd files, environments, key directories; what is
 * said. */
#include "tests/attack/stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* taprun MODE of @path; @keys NULL = the stage's */
static int taprun_of(const struct stage *s, const char *mode, const char *keys,
		     const char *path, void (*before)(uint64_t), uint64_t arg,
		     struct buf *out)
{
	char *argv[] = { (char *)attack_taprun(),
			 (char *)"--keys",
			 (char *)(keys ? keys : attack_keys(s)),
			 (char *)mode,
			 (char *)path,
			 NULL };

	return attack_spawn(argv, before, arg, out);
}

/* ---- 12: what is opened ---------------------------------------------------- */

struct odd_file {
	const char *name;
	const char *target; /* of a symbolic link, or what kind */
	int code;
	const char *re;
};

static const struct odd_file files[] = {
	{ "a symbolic link", "l", 20, "a symbolic link; name the file itself" },
	{ "a symbolic link to nothing", "d", 20, "a symbolic link" },
	{ "a symbolic link to itself", "s", 20, "a symbolic link" },
	{ "a hard link", "h", 0, "^name +vfs-latency$" },
	{ "a FIFO that nobody writes to", "f", 20, "not a regular file" },
	{ "a socket", "k", 3, "cannot open" },
	{ "a directory", "/tmp", 20, "not a regular file" },
	{ "/dev/null", "/dev/null", 20, "not a regular file" },
	{ "/dev/zero", "/dev/zero", 20, "not a regular file" },
	{ "/dev/stdin", "/dev/stdin", 20, "a symbolic link" },
	{ "/proc/self/exe", "/proc/self/exe", 20, "a symbolic link" },
	{ "/proc/self/mem", "/proc/self/mem", 23, "0 of 512 bytes" },
	{ "/proc/self/maps", "/proc/self/maps", 23, "0 of 512 bytes" },
	{ "/proc/kmsg or nothing", "/proc/nosuch", 3, "cannot open" },
	{ "an empty file", "e", 23, "0 of 512 bytes" },
	{ "a hole of 300 MiB", "b", 24, "bytes, limit 268435456" },
	{ "a hole of 2^62 bytes", "B", 24, "bytes, limit 268435456" },
	{ "a hole of 1 MiB", "z", 21, "not a version-1 bundle" },
	{ "a name of 5000 bytes", "n", 3, "cannot open" },
	{ "a name with a newline", "N", 3, "cannot open" },
};

static void make_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%.100s", path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		abort();
	close(fd);
}

static void make_hole(const char *path, off_t n)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	/* a file system may not hold 2^62: then the largest it does */
	while (n && ftruncate(fd, n) < 0)
		n >>= 1;
	close(fd);
}

static const char *make_file(const struct stage *s, char kind)
{
	static char path[6000];
	const char *good = attack_file(s);
	int r = 0;

	snprintf(path, 400, "%.300s.odd", good);
	unlink(path);
	switch (kind) {
	case 'l':
		r = symlink(good, path);
		break;
	case 'd':
		r = symlink("/nonexistent/x", path);
		break;
	case 's':
		r = symlink(path, path);
		break;
	case 'h':
		r = link(good, path);
		break;
	case 'f':
		r = mkfifo(path, 0600);
		break;
	case 'k':
		make_socket(path);
		break;
	case 'e':
		make_hole(path, 0);
		break;
	case 'b':
		make_hole(path, (off_t)300 << 20);
		break;
	case 'B':
		make_hole(path, (off_t)1 << 62);
		break;
	case 'z':
		make_hole(path, 1 << 20);
		break;
	case 'n':
		memset(path, 'a', 5000);
		path[5000] = '\0';
		break;
	case 'N':
		strcat(path, "\n\033[2J.tap");
		break;
	}
	if (r < 0)
		abort();
	return path;
}

static void odd_files(struct stage *s)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const struct odd_file *o = &files[i];
		const char *path =
			o->target[1] ? o->target : make_file(s, o->target[0]);
		int rc = taprun_of(s, "--info", NULL, path, NULL, 0, &out);
		bool good = rc == o->code && attack_matches(out.p, o->re) &&
			    !strchr(out.p, '\033');

		if (!good)
			printf("# exit %d: %s", rc, out.p);
		attack_ok(12, good, "%s: %d", o->name, o->code);
		if (!o->target[1])
			unlink(path);
	}
	buf_deinit(&out);
}

/* Another process writes to the file between two reads. */
static void changed_files(struct stage *s)
{
	struct bundle *b = s->f.b;
	struct err e = { 0 };
	uint8_t ko[700];
	uint64_t at;
	uint32_t i = 0;
	int r;

	fix_store(&s->f, s->file.p, s->file.len);
	if (bundle_open_fd(b, s->f.fd, "t", &s->f.opts, &e))
		abort();
	while (!b->man.targets[i].is_ok || b->man.targets[i].ko_size > 700)
		i++;
	at = b->man.members[3].offset + 40;
	if (pwrite(s->f.fd, "", 1, 0) != 1)
		abort();
	r = bundle_read_module(b, &b->man.targets[i], ko,
			       b->man.targets[i].ko_size, &e);
	attack_ok(12, !r, "header changed after it was verified: no use of it");
	if (pwrite(s->f.fd, "\1\2\3", 3, (off_t)at) != 3)
		abort();
	r = bundle_read_module(b, &b->man.targets[i], ko,
			       b->man.targets[i].ko_size, &e);
	attack_ok(12, r == -BERR_PACK_HASH, "pack changed after the check: %s",
		  e.text);
	if (ftruncate(s->f.fd, (off_t)at) < 0)
		abort();
	r = bundle_read_module(b, &b->man.targets[i], ko,
			       b->man.targets[i].ko_size, &e);
	attack_ok(12, r == -BERR_TRUNCATED, "cut while it is read: %s", e.text);
}

/* ---- 19: environment ------------------------------------------------------- */

enum odd_env {
	E_LD,
	E_GCONV,
	E_TZ,
	E_MALLOC,
	E_IFS,
	E_LANG,
	E_PATH,
	E_TMPDIR,
	E_KEYS,
	E_HUGE,
	E_CLEAR,
	E_STDIN,
	E_STDERR,
	E_MANY_FDS,
	E_NPROC,
	E_CORE,
	E_STACK,
	E_NICE,
	E_SIGPIPE,
	E_BLOCKED,
	E_UMASK0,
	E_UMASK777,
	E_CWD,
	E_SESSION,
	E_COUNT
};

static const char *const env_names[E_COUNT] = {
	"LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT, LD_DEBUG",
	"GCONV_PATH, LOCPATH, NLSPATH",
	"TZ of a device",
	"MALLOC_*",
	"IFS",
	"LANG, LC_ALL, LANGUAGE",
	"an empty PATH",
	"TMPDIR, HOME of nothing",
	"TAP_KEYS, TAP_CACHE, TAP_HOME, SYSTEMTAP_*",
	"a variable of 100 KB",
	"no environment",
	"no standard input",
	"no standard error",
	"900 open descriptors",
	"no process more",
	"unlimited core files",
	"a stack of 64 KiB",
	"the lowest priority",
	"SIGPIPE ignored",
	"all signals blocked",
	"umask 0",
	"umask 0777",
	"a working directory that is gone",
	"no terminal, another session",
};

static void set_all(const char *const *names, const char *value)
{
	for (; *names; names++)
		setenv(*names, value, 1);
}

static void limit(int what, rlim_t n)
{
	struct rlimit r = { n, n };

	setrlimit((__rlimit_resource_t)what, &r);
}

static void env_words(enum odd_env kind)
{
	static const char *const ld[] = { "LD_PRELOAD", "LD_LIBRARY_PATH",
					  "LD_AUDIT", "LD_DEBUG", NULL };
	static const char *const gconv[] = { "GCONV_PATH", "LOCPATH", "NLSPATH",
					     NULL };
	static const char *const mal[] = { "MALLOC_CHECK_", "MALLOC_PERTURB_",
					   "GLIBC_TUNABLES", NULL };
	static const char *const lang[] = { "LANG", "LC_ALL", "LANGUAGE",
					    NULL };
	static const char *const tmp[] = { "TMPDIR", "HOME", NULL };
	static const char *const own[] = {
		"TAP_KEYS",	      "TAP_CACHE",
		"TAP_HOME",	      "TAP_INSECURE",
		"SYSTEMTAP_STAPRUN",  "SYSTEMTAP_DIR",
		"STAP_FIPS_OVERRIDE", NULL
	};
	static char huge[100001];

	if (kind == E_LD)
		set_all(ld, "/nonexistent/evil.so");
	if (kind == E_GCONV)
		set_all(gconv, "/nonexistent");
	if (kind == E_TZ)
		setenv("TZ", ":/dev/zero", 1);
	if (kind == E_MALLOC)
		set_all(mal, "7");
	if (kind == E_IFS)
		setenv("IFS", "/tap", 1);
	if (kind == E_LANG)
		set_all(lang, "tr_TR.UTF-8");
	if (kind == E_PATH)
		setenv("PATH", "", 1);
	if (kind == E_TMPDIR)
		set_all(tmp, "/nonexistent");
	if (kind == E_KEYS)
		set_all(own, "/nonexistent");
	if (kind == E_HUGE) {
		memset(huge, 'x', sizeof(huge) - 1);
		setenv("HUGE", huge, 1);
	}
	if (kind == E_CLEAR)
		clearenv();
}

static void env_process(enum odd_env kind)
{
	char gone[] = "/tmp/tap-gone.XXXXXX";
	sigset_t all;

	if (kind == E_STDIN)
		close(0);
	if (kind == E_STDERR)
		close(2);
	for (int i = 0; kind == E_MANY_FDS && i < 900; i++)
		if (dup(0) < 0)
			break;
	if (kind == E_NPROC)
		limit(RLIMIT_NPROC, 0);
	if (kind == E_CORE)
		limit(RLIMIT_CORE, RLIM_INFINITY);
	if (kind == E_STACK)
		limit(RLIMIT_STACK, 65536);
	if (kind == E_NICE && nice(19) < 0)
		_exit(125);
	if (kind == E_SIGPIPE)
		signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	if (kind == E_BLOCKED)
		sigprocmask(SIG_SETMASK, &all, NULL);
	if (kind == E_UMASK0 || kind == E_UMASK777)
		umask(kind == E_UMASK0 ? 0 : 0777);
	if (kind == E_CWD &&
	    (!mkdtemp(gone) || chdir(gone) < 0 || rmdir(gone) < 0))
		_exit(125);
	if (kind == E_SESSION)
		setsid();
}

static void odd_env(uint64_t kind)
{
	env_words((enum odd_env)kind);
	env_process((enum odd_env)kind);
}

/* What leaves taprun no way to read the bundle is said, not passed over. */
static void no_files(uint64_t n)
{
	limit(RLIMIT_NOFILE, (rlim_t)n);
}

static void no_room(uint64_t bytes)
{
	limit(RLIMIT_AS, (rlim_t)bytes);
}

static void limits(struct stage *s)
{
	static const struct {
		const char *name, *re;
		void (*before)(uint64_t);
		uint64_t arg;
	} rows[] = {
		{ "RLIMIT_NOFILE 3",
		  "cannot open .*No file descriptors available", no_files, 3 },
		{ "RLIMIT_NOFILE 4",
		  "cannot open .*No file descriptors available|^name", no_files,
		  4 },
		{ "RLIMIT_AS 2 MiB", "no memory to read", no_room, 2 << 20 },
	};
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = taprun_of(s, "--info", NULL, attack_file(s),
				   rows[i].before, rows[i].arg, &out);
		bool good = (rc == 3 || (i == 1 && !rc)) &&
			    attack_matches(out.p, rows[i].re);

		if (!good)
			printf("# exit %d: %s", rc, out.p);
		attack_ok(19, good, "%s", rows[i].name);
	}
	buf_deinit(&out);
}

static void environments(struct stage *s)
{
	struct buf want = BUF_INIT, out = BUF_INIT, bad = BUF_INIT;
	char path[400], bad_path[400];

	snprintf(path, sizeof(path), "%.300s.good", attack_file(s));
	rename(attack_file(s), path);
	s->file.p[600] ^= 1;
	snprintf(bad_path, sizeof(bad_path), "%.300s", attack_file(s));
	s->file.p[600] ^= 1;
	taprun_of(s, "--info", NULL, path, NULL, 0, &want);
	for (uint64_t i = 0; i < E_COUNT; i++) {
		int a = taprun_of(s, "--info", NULL, path, odd_env, i, &out);
		int b = taprun_of(s, "--info", NULL, bad_path, odd_env, i,
				  &bad);
		bool good = !a && b == BERR_NO_SIGNATURE &&
			    !strcmp(out.p, want.p) &&
			    (i == E_STDERR ||
			     attack_matches(bad.p, "\\[NO-SIGNATURE\\]$"));

		if (!good)
			printf("# exit %d and %d: %s%s", a, b, out.p, bad.p);
		attack_ok(19, good, "%s: the same as without", env_names[i]);
	}
	unlink(path);
	buf_deinit(&want);
	buf_deinit(&out);
	buf_deinit(&bad);
}

/* ---- 23: key directories ---------------------------------------------------- */

/* What is written to keys/x.NAME, or done to the directory. */
static const struct odd_keys {
	const char *name;
	const char *file, *text; /* file NULL: text is a shell command */
	int code;
	const char *re;
} key_dirs[] = {
	{ "a directory that all may write", NULL, "chmod 0777 .", 19,
	  "may be written by others \\(mode 0777\\)" },
	{ "a directory that its group may write", NULL, "chmod 0770 .", 19,
	  "may be written by others \\(mode 0770\\)" },
	{ "a directory of another user", NULL, "chown 65534 .", 19,
	  "belongs to user 65534, not to root" },
	{ "a key that all may write", NULL, "chmod 0666 0.pub", 19,
	  "0\\.pub may be written by others" },
	{ "a key that its group may write", NULL, "chmod 0660 0.pub", 19,
	  "0\\.pub may be written by others" },
	{ "a key of another user", NULL, "chown 65534 0.pub", 19,
	  "belongs to user 65534, not to root" },
	{ "a symbolic link as key", NULL, "ln -s 0.pub x.pub", 19,
	  "x\\.pub: is a symbolic link" },
	{ "a symbolic link to nothing as key", NULL, "ln -s nothing x.pub", 19,
	  "x\\.pub: is a symbolic link" },
	{ "a directory as key", NULL, "mkdir x.pub", 19,
	  "x\\.pub: not a regular file" },
	{ "a FIFO as key", NULL, "mkfifo x.pub", 19,
	  "x\\.pub: not a regular file" },
	{ "a FIFO as revocations", NULL, "mkfifo y.revoked", 19,
	  "y\\.revoked: not a regular file" },
	{ "an empty key", "x.pub", "", 19, "not a tap key file" },
	{ "words as key", "x.pub", "hello\n", 19, "not 'key: value'" },
	{ "version 2", "x.pub", "tap-key: 2\nalg: ed25519\n", 19,
	  "bad value of 'tap-key'" },
	{ "another algorithm", "x.pub", "tap-key: 1\nalg: rsa\n", 19,
	  "bad value of 'alg'" },
	{ "a short key", "x.pub", "tap-key: 1\nalg: ed25519\npublic: 00\n", 19,
	  "bad value of 'public'" },
	{ "no role", "x.pub",
	  "tap-key: 1\nalg: ed25519\npublic: 00000000000000000000000000000000"
	  "00000000000000000000000000000000\n",
	  19, "'role' is missing" },
	{ "role root", "x.pub",
	  "tap-key: 1\nalg: ed25519\npublic: 00000000000000000000000000000000"
	  "00000000000000000000000000000000\nrole: root\n",
	  19, "bad value of 'role'" },
	{ "an unknown line", "x.pub",
	  "tap-key: 1\nalg: ed25519\npublic: 00000000000000000000000000000000"
	  "00000000000000000000000000000000\nrole: build\nsurprise: 1\n",
	  19, "key 'surprise' unknown or out of order" },
	{ "CRLF", "x.pub", "tap-key: 1\r\n", 19, "byte 0x0d" },
	{ "no newline at the end", "x.pub", "tap-key: 1", 19,
	  "does not end with a newline" },
	{ "a secret key", "x.key", "tap-secret-key: 1\nalg: ed25519\n", 19,
	  "this is a secret key" },
	{ "the same key twice", NULL, "cp 0.pub x.pub", 19,
	  "the same key is in another file" },
	{ "a key of more than 4096 bytes", NULL,
	  "head -c 4097 /dev/zero >x.pub; chmod 600 x.pub", 19,
	  "4097 bytes, such a file has at most 4096" },
	{ "revocations of version 2", "y.revoked", "tap-revoked: 2\n", 19,
	  "unknown version" },
	{ "a revocation with a typing error", "y.revoked",
	  "tap-revoked: 1\nkey: 12\n", 19, "not 'key: KEYID'" },
	{ "a revocation of an unknown kind", "y.revoked",
	  "tap-revoked: 1\nname: x\n", 19, "not 'key: KEYID'" },
	{ "a revocation without a version", "y.revoked",
	  "tap-revoked: 1\nbelow: x\n", 19, "not 'key: KEYID'" },
	{ "a key as revocations", NULL, "cp 0.pub y.revoked", 19,
	  "the same key is in another file" },
	{ "other names are ignored", "x.pub.bak", "hello\n", 0, "" },
	{ "hidden names are ignored", ".x.pub", "hello\n", 0, "" },
	{ "no key", NULL, "rm -f 0.pub", 30, "no key is trusted: .* has none" },
};

static void key_directory(struct stage *s, const struct odd_keys *o)
{
	const char *keys = attack_keys(s), *path = attack_file(s);
	struct buf cmd = BUF_INIT, out = BUF_INIT;
	char file[400];
	bool good;
	FILE *f;
	int rc;

	if (o->file) {
		snprintf(file, sizeof(file), "%s/%s", keys, o->file);
		f = fopen(file, "we");
		if (!f || fputs(o->text, f) < 0 || fclose(f))
			abort();
	} else {
		buf_printf(&cmd, "umask 077; cd '%s' && %s", keys, o->text);
		if (system(cmd.p))
			abort();
	}
	rc = taprun_of(s, "--info", keys, path, NULL, 0, &out);
	good = rc == o->code && attack_matches(out.p, o->re);
	if (!good)
		printf("# exit %d: %s", rc, out.p);
	attack_ok(23, good, "%s: %d", o->name, o->code);
	buf_reset(&cmd);
	buf_printf(&cmd, "rm -rf '%s'", keys);
	if (system(cmd.p))
		abort();
	buf_deinit(&cmd);
	buf_deinit(&out);
}

/* ---- 25: what is said -------------------------------------------------------- */

static void addresses(struct stage *s)
{
	static const char *const modes[] = { "--info", "--list", "--dry-run" };
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (i >= 2 && !attack_is_host())
			break;
		taprun_of(s, modes[i], NULL, attack_file(s),
			  i == 2 ? attack_host_before : NULL, 0, &out);
		attack_ok(25,
			  out.len > 10 &&
				  !attack_matches(out.p, "ffff[0-9a-f]{12}|0x"),
			  "no address in what %s says", modes[i]);
	}
	buf_deinit(&out);
}

void attack_host(void)
{
	static struct stage s;

	umask(077);
	stage_init(&s);
	odd_files(&s);
	changed_files(&s);
	environments(&s);
	limits(&s);
	for (size_t i = 0; i < sizeof(key_dirs) / sizeof(key_dirs[0]); i++)
		key_directory(&s, &key_dirs[i]);
	addresses(&s);
	stage_deinit(&s);
}
