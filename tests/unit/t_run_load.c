/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's refusals are called, host facts, sealing, unloading. */
#include "runner/background.c"
#include "runner/klog.c"
#include "runner/input.c"
#include "runner/keeper.c"
#include "runner/modload.c"
#include "runner/preflight.c"
#include "runner/priv.c"
#include "runner/say.c"
#include "runner/signals.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ---- a fake host --------------------------------------------------------- */

static struct {
	const char *path, *text;
} files[8];
static uint64_t fake_caps = ~0ull;
static int fake_errno, busy_times, going_times, unloads, old_kernel;
static int seen_seals, seen_mode, seen_links;
static char seen[64];

static void host_reset(void)
{
	memset(files, 0, sizeof(files));
	fake_caps = ~0ull;
}

static ssize_t fake_read_file(const char *path, char *buf, size_t cap)
{
	size_t i;

	if (going_times && strstr(path, "/initstate") && !--going_times)
		host_reset(); /* the kernel has taken it away */
	errno = EACCES;	      /* a file without a text cannot be read */
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i].path && strcmp(files[i].path, path) == 0)
			return !files[i].text ? -1
					      : snprintf(buf, cap, "%s",
							 files[i].text);
	errno = ENOENT;
	return -1;
}

static bool fake_exists(const char *path)
{
	char b[8];

	return strcmp(path, "/proc/modules") == 0 ||
	       strcmp(path, "/proc/self/status") == 0 ||
	       fake_read_file(path, b, sizeof(b)) >= 0;
}

static int fake_get_caps(uint64_t *c)
{
	*c = fake_caps;
	return 0;
}

static int fake_memfd(const char *name, unsigned int flags)
{
	if (old_kernel) {
		errno = ENOSYS;
		return -1;
	}
	if (flags & MFD_NOEXEC_SEAL) { /* as before 6.3 */
		errno = EINVAL;
		return -1;
	}
	return sys_host.memfd_create(name, flags);
}

static int fake_finit(int fd, const char *params)
{
	ssize_t n = pread(fd, seen, sizeof(seen) - 1, 0);
	struct stat st;

	seen[n > 0 ? n : 0] = '\0';
	seen_seals = fcntl(fd, F_GET_SEALS);
	seen_mode = fcntl(fd, F_GETFL);
	if (fstat(fd, &st) == 0)
		seen_links = (int)st.st_nlink;
	errno = fake_errno;
	return fake_errno || *params ? -1 : 0;
}

static int fake_init(const void *p, size_t n, const char *params)
{
	snprintf(seen, sizeof(seen), "init:%.*s", (int)n, (const char *)p);
	errno = fake_errno;
	return fake_errno || *params ? -1 : 0;
}

static int fake_delete(const char *name)
{
	if (busy_times-- > 0) {
		errno = EAGAIN;
		return -1;
	}
	unloads++;
	errno = strcmp(name, "gone") == 0 ? ENOENT : EPERM;
	return strcmp(name, "good") == 0 ? 0 : -1;
}

static const struct sys_ops fake = {
	.memfd_create = fake_memfd,
	.finit_module = fake_finit,
	.init_module = fake_init,
	.delete_module = fake_delete,
	.read_file = fake_read_file,
	.exists = fake_exists,
	.caps = fake_get_caps,
};

static void host(const char *path, const char *text)
{
	size_t i = 0;

	while (files[i].path)
		i++;
	files[i].path = path;
	files[i].text = text;
}

/* ---- tests --------------------------------------------------------------- */

static const struct modload unsigned_module = { "m_1", "IMAGE", 5,   0,
						0,     "",	NULL };
static const struct modload signed_module = { "m_1", "IMAGE", 5,   2,
					      0,     "ab cd", NULL };
static const struct modload known_module = { "m_1", "IMAGE", 5,	  2,
					     1,	    "ab cd", NULL };

static const struct modload module_in_file = { "m_1", "IMAGE", 5,     0,
					       0,     "",      "/tmp" };

static void t_explain_row(int sys_errno, const struct modload *m, int code,
			  const char *word)
{
	struct preflight p;
	struct err e;

	preflight_read(&p);
	ok(modload_explain(sys_errno, m, &p, "", &e) == -code && /* attack 16 */
		   strstr(e.text, word),
	   "%d: %s", code, e.text);
	host_reset();
}

static void t_explain(void)
{
	struct preflight p;
	struct err e;
	int i;

	fake_caps = 0;
	t_explain_row(EPERM, &unsigned_module, BERR_NOT_PERMITTED,
		      "CAP_SYS_MODULE");
	host("/proc/self/uid_map", "         0     100000      65536\n");
	t_explain_row(EPERM, &unsigned_module, BERR_NOT_PERMITTED, "container");
	host("/proc/self/uid_map", "         0          0 4294967295\n");
	host("/proc/sys/kernel/modules_disabled", "1\n");
	t_explain_row(EPERM, &unsigned_module, BERR_MODULES_DISABLED,
		      "modules_disabled=1");
	host("/sys/kernel/security/lockdown",
	     "none [integrity] confidentiality\n");
	t_explain_row(EPERM, &unsigned_module, BERR_LOCKDOWN,
		      "no kernel signature");
	host("/sys/kernel/security/lockdown",
	     "none integrity [confidentiality]\n");
	t_explain_row(EPERM, &signed_module, BERR_LOCKDOWN,
		      "lockdown=confidentiality; signers in the bundle: ab cd");
	host("/proc/sys/kernel/loadpin/enforce", "1\n");
	t_explain_row(EPERM, &unsigned_module, BERR_LOADPIN, "LoadPin");
	t_explain_row(EPERM, &unsigned_module, BERR_LSM, "seccomp");
	preflight_read(&p);
	ok(modload_explain(EPERM, &unsigned_module, &p,
			   "Lockdown: taprun: unsigned module loading is "
			   "restricted",
			   &e) == -BERR_LOCKDOWN,
	   "lockdown known from the kernel's log alone");
	host("/proc/cmdline", "quiet ima_appraise=enforce\n");
	t_explain_row(EACCES, &unsigned_module, BERR_IMA, "from memory");
	host("/proc/cmdline", "quiet ima_appraise=enforce\n");
	t_explain_row(EACCES, &module_in_file, BERR_IMA,
		      "the file, which has no security.ima");
	host("/sys/fs/selinux/enforce", "1");
	t_explain_row(EACCES, &unsigned_module, BERR_LSM, "SELinux");
	t_explain_row(EKEYREJECTED, &unsigned_module, BERR_KEY_REJECTED,
		      "signed modules only");
	t_explain_row(EKEYREJECTED, &signed_module, BERR_KEY_REJECTED,
		      "ab cd (none is in /proc/keys)");
	t_explain_row(EKEYREJECTED, &known_module, BERR_KEY_REJECTED,
		      "has a signer's key");
	t_explain_row(ENOKEY, &signed_module, BERR_KEY_REJECTED, "key");
	t_explain_row(EBADMSG, &signed_module, BERR_BAD_KSIG, "signature");
	t_explain_row(ENOEXEC, &unsigned_module, BERR_SYMBOLS, "fit");
	t_explain_row(ENOENT, &unsigned_module, BERR_SYMBOLS, "symbol");
	t_explain_row(EEXIST, &unsigned_module, BERR_LOADED, "already");
	t_explain_row(ENOMEM, &unsigned_module, BERR_INIT, "memory");
	t_explain_row(EINVAL, &unsigned_module, BERR_INIT, "refused");
	ok(modload_explain(EINVAL, &unsigned_module, &p,
			   "m: Unknown symbol remap_vmalloc_range (err -22)",
			   &e) == -BERR_SYMBOLS,
	   "%s", e.text);
	preflight_read(&p);
	for (i = 1; i < 134; i++) {
		int r = modload_explain(i, &signed_module, &p, "WORDS", &e);

		if (r > -60 || r < -90 || !strstr(e.text, "WORDS") ||
		    e.sys_errno != i || !*bundle_reason_name(r))
			ok(false, "errno %d gives %d: %s", i, r, e.text);
	}
	ok(true, "every errno has a code and keeps the kernel's words");
}

static void t_preflight_row(const char *path, const char *text, int code)
{
	struct preflight p;
	struct err e = { 0 };

	host_reset();
	if (path)
		host(path, text);
	else
		fake_caps = 0;
	preflight_read(&p);
	ok(preflight_check(&p, &e) == -code, "preflight %d: %s", code,
	   code ? e.text : path);
	host_reset();
}

static void t_preflight(void)
{
	static char longest[32768];

	t_preflight_row(NULL, NULL, BERR_NOT_PERMITTED);
	t_preflight_row("/proc/sys/kernel/modules_disabled", "1\n",
			BERR_MODULES_DISABLED);
	t_preflight_row("/proc/sys/kernel/modules_disabled", "0\n", 0);
	t_preflight_row("/proc/cmdline", "a tap.disable b\n",
			BERR_MODULES_DISABLED);
	t_preflight_row("/proc/cmdline", "a xtap.disable tap.disabled b\n", 0);
	t_preflight_row("/proc/cmdline", NULL, BERR_MODULES_DISABLED);
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest + sizeof(longest) - 14, " tap.disable\n", 14);
	t_preflight_row("/proc/cmdline", longest, BERR_MODULES_DISABLED);
	t_preflight_row("/proc/self/uid_map", " 1000 0 1\n",
			BERR_NOT_PERMITTED);
	t_preflight_row("/proc/self/uid_map",
			"         0          0 4294967295\n", 0);
}

static void t_insert(void)
{
	struct preflight p;
	struct err e;

	preflight_read(&p);
	fake_errno = 0;
	ok(modload_insert(&unsigned_module, &p, &e) == 0 &&
		   strcmp(seen, "IMAGE") == 0,
	   "the kernel gets the image");
	ok(seen_seals == /* attack 13 */
		   (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL),
	   "sealed");
	fake_errno = ENOEXEC;
	ok(modload_insert(&unsigned_module, &p, &e) == -BERR_SYMBOLS, "%s",
	   e.text);
	fake_errno = 0;
	old_kernel = 1;
	ok(modload_insert(&unsigned_module, &p, &e) == 0 &&
		   strcmp(seen, "init:IMAGE") == 0,
	   "init_module() where there is no memfd");
	old_kernel = 0;
	fake_errno = ENOSYS;
	ok(modload_insert(&unsigned_module, &p, &e) == -BERR_MODULES_DISABLED &&
		   strcmp(seen, "init:IMAGE") == 0,
	   "ENOSYS twice: %s", e.text);
}

/* From a file: what the kernel gets has no name and no writer. */
static void t_insert_file(void)
{
	char dir[] = "/tmp/t_run_load.XXXXXX";
	struct modload m = unsigned_module;
	struct preflight p;
	struct err e;

	if (!mkdtemp(dir))
		abort();
	m.dir = dir;
	preflight_read(&p);
	fake_errno = 0;
	seen_mode = -1;
	ok(modload_insert(&m, &p, &e) == 0 && strcmp(seen, "IMAGE") == 0,
	   "load-mode file: the kernel gets the image");
	ok((seen_mode & O_ACCMODE) == O_RDONLY && seen_links == 0,
	   "read-only, without a name");
	ok(rmdir(dir) == 0, "nothing stays in the directory");
	ok(modload_insert(&m, &p, &e) == -BERR_CONFIG, "%s", e.text);
	if (mkdir(dir, 0700) < 0 || chmod(dir, 0777) < 0)
		abort();
	ok(modload_insert(&m, &p, &e) == -BERR_CONFIG &&
		   strstr(e.text, "written by others"),
	   "%s", e.text);
	chmod(dir, 0700);
	fake_errno = ENOSYS;
	strcpy(seen, "");
	ok(modload_insert(&m, &p, &e) == -BERR_MODULES_DISABLED &&
		   strncmp(seen, "init:", 5) != 0,
	   "never init_module(): %s", e.text);
	fake_errno = 0;
	rmdir(dir);
	m.dir = "/proc/sys";
	ok(modload_insert(&m, &p, &e) == -BERR_CONFIG &&
		   strstr(e.hint, "load-mode"),
	   "%s; %s", e.text, e.hint);
}

static void t_ksig(void)
{
	static uint8_t b[100 + 300 + MODLOAD_TRAILER_BYTES];
	struct err e;
	long n = modload_attach_ksig(b, 100, 300, sizeof(b), &e);

	ok(n == (long)sizeof(b) && b[402] == 2 && b[410] == 1 && b[411] == 44 &&
		   memcmp(b + 412, "~Module signature appended~\n", 28) == 0,
	   "the trailer of sign-file");
	ok(modload_attach_ksig(b, 101, 300, sizeof(b), &e) == ERR_LIMIT,
	   "no room");
}

static void t_remove(void)
{
	struct err e;

	busy_times = 3;
	unloads = 0;
	ok(modload_remove("good", 5000, &e) == 0 && unloads == 1,
	   "unloads when it is no longer in use");
	ok(modload_remove("gone", 0, &e) == 0, "not loaded is success");
	ok(modload_remove("bad", 0, &e) == ERR_IO && e.sys_errno == EPERM, "%s",
	   e.text);
	busy_times = 1 << 30;
	ok(modload_remove("good", 20, &e) == ERR_IO && e.sys_errno == EAGAIN,
	   "in use: %s", e.text);
	busy_times = 0;
}

static void t_await_gone(void)
{
	host_reset();
	ok(modload_await_gone("m", 0, 0), "a name nobody has");
	host("/sys/module/m", "");
	host("/sys/module/m/initstate", "live\n");
	ok(!modload_await_gone("m", 20, 60000), "one that stays");
	host_reset();
	host("/sys/module/m", "");
	host("/sys/module/m/initstate", "going\n");
	ok(!modload_await_gone("m", 60000, 20), "one that never ends leaving");
	going_times = 3;
	ok(modload_await_gone("m", 0, 60000), "one that leaves");
	host_reset();
}

/* t_run_confine.c has it; ASan's own calls at the end would be refused here */
bool confine(enum confine_phase phase, pid_t child)
{
	(void)phase;
	(void)child;
	return false;
}

/* The keeper is another process: its exit status says what it did. */
static void t_keeper_row(const char *name, bool is_disarmed, int want)
{
	struct keeper k;
	struct err e;

	ok(keeper_start(&k, NULL, &e) == 0, "keeper");
	if (name)
		keeper_arm(&k, name, &e);
	if (is_disarmed)
		keeper_arm(&k, "", &e);
	ok(keeper_end(&k, &e) == want, "keeper of '%s'%s: %d",
	   name ? name : "nothing", is_disarmed ? ", disarmed" : "", want);
}

static void t_klog(void)
{
	char a[] = "3,100,200,-;m_1: disagrees about version of symbol x\n"
		   " SUBSYSTEM=module\n";
	char b[] = "6,100,200,-;eth0: link up\n";
	char c[] = "4,1,2,-;Lockdown: taprun: unsigned module loading is "
		   "restricted; see man kernel_lockdown.7\n";
	char d[] = "no record";
	char usual[] = "4,1,1,-;m_1: module verification failed: signature "
		       "and/or required key missing - tainting kernel\n";
	const char *t = klog_match(a, "m_1");

	ok(t && strcmp(t, "m_1: disagrees about version of symbol x") == 0,
	   "a line about the module");
	ok(!klog_match(b, "m_1"), "another line");
	t = klog_match(c, "m_1");
	ok(t && strncmp(t, "Lockdown: ", 10) == 0 && !strchr(t, '\n'),
	   "a line that does not name it");
	ok(!klog_match(d, "m_1"), "no record");
	ok(!klog_match(usual, "m_1"), "a taint is no reason");
}

static void t_keys(void)
{
	static const char keys[] =
		"04b1f0ac I------     1 perm 1f030000     0     0 asymmetri "
		"Debian Signer: 8963f7aa: X509.rsa 8963f7aa []\n"
		"0a000000 I--Q---     1 perm 3f010000  1000  1000 asymmetri "
		"mine: 63b8d5bb: X509.rsa 63b8d5bb []\n"
		"0b000000 I--Q---     1 perm 3f010000     0     0 user      "
		"77770000: 16\n"
		"0c000000 I------     1 perm 1f030000     0     0 asymmetri "
		"last: 1111cccc: X509.rsa 1111cccc []";

	ok(preflight_has_key(keys, "8963f7aa"), "a key of the kernel");
	ok(preflight_has_key(keys, "1111cccc"), "the last line");
	ok(!preflight_has_key(keys, "63b8d5bb"), "a key that a user added");
	ok(!preflight_has_key(keys, "77770000"), "no certificate");
	ok(!preflight_has_key(keys, "0a0a0a0a") && !preflight_has_key("", "aa"),
	   "no such key");
	ok(!preflight_has_key("x\n\n0 1 2\n", "aa"), "odd lines");
}

int main(void)
{
	sys = &fake;
	t_explain();
	t_preflight();
	t_insert();
	t_insert_file();
	t_ksig();
	t_remove();
	t_await_gone();
	t_keeper_row(NULL, false, 0);
	t_keeper_row("good", false, 0);
	t_keeper_row("bad", false, ERR_IO);
	t_keeper_row("bad", true, 0);
	t_klog();
	t_keys();
	return tap_done();
}
