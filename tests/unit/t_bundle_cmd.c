/* SPDX-License-Identifier: GPL-2.0-only */
/* keygen, sign, verify, info, extract as a user calls them. */
#include "tests/unit/bundle_fix.h"
#include "tests/unit/mkelf.h"

#include "build/base/fs.h"
#include "build/cmd.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>

static char dir[] = "/tmp/t_bundle_cmd.XXXXXX";
static char said[65536]; /* what the last command printed, both streams */

/* Run a command with "~" standing for the test's directory. */
static int run(int (*fn)(int, char **), const char *line)
{
	char *argv[20], text[2000] = "", log[100];
	size_t n = 0;
	int argc = 0, code, fd, out, err;
	ssize_t got;

	for (; *line && n < sizeof(text) - 60; line++)
		if (*line == '~')
			n += (size_t)sprintf(text + n, "%s", dir);
		else
			text[n++] = *line;
	text[n] = '\0';
	for (char *w = strtok(text, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	snprintf(log, sizeof(log), "%s/log", dir);
	fflush(stdout);
	fd = open(log, O_CREAT | O_TRUNC | O_RDWR, 0600);
	out = dup(1);
	err = dup(2);
	dup2(fd, 1);
	dup2(fd, 2);
	optind = 0;
	code = fn(argc, argv);
	fflush(stdout);
	fflush(stderr);
	dup2(out, 1);
	dup2(err, 2);
	got = pread(fd, said, sizeof(said) - 1, 0);
	said[got > 0 ? got : 0] = '\0';
	close(fd);
	close(out);
	close(err);
	return code;
}

static void check(int (*fn)(int, char **), const char *line, int code,
		  const char *text)
{
	int r = run(fn, line);
	bool good = r == code && strstr(said, text);

	ok(good, "%s: %d", line, r);
	if (!good)
		printf("# wanted %d '%s', got: %s\n", code, text, said);
}

static char *in_dir(const char *name)
{
	static char path[4][200];
	static int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", dir, name);
	return path[i];
}

static bool is_file(const char *name, const void *p, size_t n)
{
	struct buf b = BUF_INIT;
	struct err e;
	bool same;

	same = !fs_read(in_dir(name), &b, 1 << 20, &e) && b.len == n &&
	       !memcmp(b.p, p, n);
	buf_deinit(&b);
	return same;
}

/* A module as far as its identity goes. */
static void make_ko(struct buf *out, const char *info, size_t n)
{
	struct mksect s[] = { { .name = ".modinfo",
				.type = SHT_PROGBITS,
				.data = info,
				.len = n } };

	buf_init(out);
	mkelf(out, ET_REL, s, 1);
}

#define INFO_A "license=GPL\0name=t_00000001\0vermagic=6.1.0-56-amd64 SMP "
#define INFO_B "license=GPL\0name=t_00000002\0vermagic=6.1.0-9-amd64 SMP"

static void write_bundle(struct fix *f, const char *name)
{
	struct buf b = fix_write(f);
	struct err e;

	if (fs_write_atomic(in_dir(name), b.p, b.len, 0644, &e) < 0)
		abort();
	buf_deinit(&b);
}

static void make_bundles(struct fix *f)
{
	struct buf a, b;
	struct err e;

	make_ko(&a, INFO_A, sizeof(INFO_A));
	make_ko(&b, INFO_B, sizeof(INFO_B));
	if (signer_load(&f->signer, in_dir("k/one.key"), &e) < 0)
		abort();
	f->target[0].ko = a.p;
	f->target[0].ko_len = a.len;
	f->target[0].vermagic = "6.1.0-56-amd64 SMP ";
	f->target[1].ko = b.p;
	f->target[1].ko_len = b.len;
	f->target[1].vermagic = "6.1.0-9-amd64 SMP";
	write_bundle(f, "good.tap");
	f->target[1].vermagic = "6.1.0-10-amd64 SMP";
	write_bundle(f, "vermagic.tap");
	f->target[1].vermagic = "6.1.0-9-amd64 SMP";
	f->target[1].module = "t_00000003";
	write_bundle(f, "name.tap");
	f->target[1].module = "t_00000002";
	f->target[1].machine = "aarch64";
	write_bundle(f, "machine.tap");
	f->target[1].machine = "x86_64";
	f->spec.not_after = 1000;
	f->spec.audience = "lab";
	write_bundle(f, "old.tap");
	f->spec.not_after = 0;
	f->spec.audience = NULL;
	buf_deinit(&a);
	buf_deinit(&b);
}

static void test_keygen(void)
{
	struct stat st;

	check(cmd_keygen, "keygen -o ~/k/one --comment me", 0, "key id");
	ok(!stat(in_dir("k/one.key"), &st) && (st.st_mode & 07777) == 0600,
	   "the secret key is mode 0600");
	ok(!stat(in_dir("k/one.pub"), &st) && (st.st_mode & 07777) == 0644,
	   "the public key is mode 0644");
	check(cmd_keygen, "keygen -o ~/k/one", EXIT_ENVIRONMENT,
	      "is not overwritten");
	check(cmd_keygen, "keygen -o ~/two/b --role build", 0, "build");
	check(cmd_keygen, "keygen --role king", EXIT_USAGE, "usage:");
	check(cmd_keygen, "keygen surplus", EXIT_USAGE, "usage:");
}

static void test_verify(void)
{
	check(cmd_verify, "verify --keys ~/k/one.pub ~/good.tap", 0,
	      "good: vfs-latency version 7, 2 of 3 kernels");
	check(cmd_verify, "verify --keys ~/k/one.pub -q ~/good.tap", 0, "");
	ok(!*said, "-q says nothing");
	check(cmd_verify, "verify --keys ~/two/b.pub ~/good.tap",
	      EXIT_SIGNATURE, "[NO-SIGNATURE]");
	check(cmd_verify,
	      "verify --keys ~/k/one.pub --need-release 2 ~/good.tap",
	      EXIT_SIGNATURE, "1 of 2 needed");
	check(cmd_verify, "verify --keys ~/k/one.pub ~/vermagic.tap",
	      EXIT_REFUSED, "[KO-IDENTITY]");
	check(cmd_verify, "verify --keys ~/k/one.pub ~/name.tap", EXIT_REFUSED,
	      "its name is 't_00000002', the manifest says 't_00000003'");
	check(cmd_verify, "verify --keys ~/k/one.pub ~/machine.tap",
	      EXIT_REFUSED, "not aarch64");
	check(cmd_verify, "verify --keys ~/k/one.pub ~/old.tap", EXIT_REFUSED,
	      "[EXPIRED]");
	check(cmd_verify, "verify --keys ~/k/one.pub --fleet x ~/old.tap",
	      EXIT_REFUSED, "[AUDIENCE]");
	check(cmd_verify, "verify --keys ~/k/one.pub ~/none.tap",
	      EXIT_ENVIRONMENT, "No such file");
	check(cmd_verify, "verify --keys ~/nokeys ~/good.tap", EXIT_ENVIRONMENT,
	      "No such file");
	check(cmd_verify, "verify --keys ~/k ~/good.tap", EXIT_ENVIRONMENT,
	      "this is a secret key");
	if (!fs_exists(KEYRING_DEFAULT_DIR))
		check(cmd_verify, "verify ~/good.tap", EXIT_ENVIRONMENT,
		      "no public key");
	check(cmd_verify, "verify", EXIT_USAGE, "usage:");
}

static void test_info(void)
{
	check(cmd_info, "info --keys ~/k/one.pub ~/good.tap", 0,
	      "unsupported: E-SYM");
	check(cmd_info, "info --keys ~/k/one.pub ~/old.tap", 0,
	      "audience     lab");
	check(cmd_info, "info --json --keys ~/k/one.pub ~/good.tap", 0,
	      "\"default\":\"a b%\"");
	/* what is printed is JSON for an independent reader too */
	setenv("LOG", in_dir("log"), 1);
	ok(!system("command -v python3 >/dev/null || exit 0; python3 -c '\n"
		   "import json,os\n"
		   "d=json.load(open(os.environ[\"LOG\"]))\n"
		   "assert len(d[\"targets\"])==3\n"
		   "assert d[\"targets\"][0][\"status\"]==\"unsupported\"'"),
	   "python reads the JSON");
	check(cmd_info, "info --keys ~/two/b.pub ~/good.tap", EXIT_SIGNATURE,
	      "[NO-SIGNATURE]");
	check(cmd_info, "info ~/good.tap ~/good.tap", EXIT_USAGE, "usage:");
}

static void test_sign(void)
{
	check(cmd_sign,
	      "sign --key ~/two/b.key --keys ~/two/b.pub -o ~/s.tap ~/good.tap",
	      EXIT_SIGNATURE, "[NO-SIGNATURE]");
	check(cmd_sign,
	      "sign --key ~/two/b.key --keys ~/k/one.pub -o ~/s.tap ~/good.tap",
	      0, "signed as 'build'");
	check(cmd_verify, "verify --keys ~/two/b.pub --need-build 1 ~/s.tap", 0,
	      "not trusted here");
	check(cmd_sign, "sign --key ~/two/b.key --keys ~/k/one.pub ~/s.tap",
	      EXIT_ENVIRONMENT, "has signed this bundle");
	check(cmd_sign, "sign --key ~/two/b.pub --keys ~/k/one.pub ~/s.tap",
	      EXIT_ENVIRONMENT, "public key");
	check(cmd_sign, "sign --key ~/nokey --keys ~/k/one.pub ~/s.tap",
	      EXIT_ENVIRONMENT, "tapbuild keygen");
}

static void test_extract(struct fix *f)
{
	check(cmd_extract, "extract --keys ~/k/one.pub -C ~/x ~/good.tap", 0,
	      "0002-6.1.0-56-amd64/t_00000001.ko");
	ok(is_file("x/source/a.stp", f->script[1].p, f->script[1].len) &&
		   is_file("x/source/b.stp", f->script[0].p, f->script[0].len),
	   "the scripts are what went in");
	ok(fs_exists(in_dir("x/0001-6.1.0-9-amd64/t_00000002.ko")) &&
		   fs_exists(in_dir("x/manifest")) &&
		   fs_exists(in_dir("x/signatures")),
	   "modules, manifest, signatures");
	check(cmd_extract,
	      "extract --keys ~/k/one.pub -r 6.1.0-9* -C ~/y ~/good.tap", 0,
	      "0001-6.1.0-9-amd64");
	ok(!fs_exists(in_dir("y/0002-6.1.0-56-amd64")), "one kernel only");
	check(cmd_extract,
	      "extract --keys ~/k/one.pub -r 9.* -C ~/z ~/good.tap",
	      EXIT_REFUSED, "[NO-KERNEL]");
	ok(!fs_exists(in_dir("z")), "nothing is written then");
}

int main(void)
{
	struct err e;
	struct fix f;

	if (!mkdtemp(dir))
		abort();
	setenv("XDG_CONFIG_HOME", dir, 1);
	unsetenv("SOURCE_DATE_EPOCH");
	fix_init(&f);
	test_keygen();
	make_bundles(&f);
	test_verify();
	test_info();
	test_sign();
	test_extract(&f);
	fix_deinit(&f);
	fs_rmtree(dir, &e);
	return tap_done();
}
