/* SPDX-License-Identifier: GPL-2.0-only */
/* finit_module() from a sealed memfd, and a table of what each errno means. */
#include "runner/modload.h"
#include "runner/klog.h"
#include "runner/preflight.h"
#include "runner/sys.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"
#include "bundle/limits.h"
#include "bundle/trust.h"
#include "runtime/uapi/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008u /* linux/memfd.h since 6.3 */
#endif

#define MODLOAD_MAGIC "~Module signature appended~\n"

long modload_attach_ksig(uint8_t *buf, size_t ko_len, size_t sig_len,
			 size_t cap, struct err *e)
{
	uint8_t *t;

	if (sig_len > BUNDLE_KSIG_MAX || ko_len > cap ||
	    cap - ko_len < sig_len + MODLOAD_TRAILER_BYTES)
		return err_set(e, ERR_LIMIT,
			       "no room for a %zu byte kernel signature",
			       sig_len);
	t = buf + ko_len + sig_len;
	memset(t, 0, 12);
	t[2] = 2; /* PKEY_ID_PKCS7; signer, key id, hash: all in the PKCS#7 */
	t[8] = (uint8_t)(sig_len >> 24);
	t[9] = (uint8_t)(sig_len >> 16);
	t[10] = (uint8_t)(sig_len >> 8);
	t[11] = (uint8_t)sig_len;
	memcpy(t + 12, MODLOAD_MAGIC, MODLOAD_TRAILER_BYTES - 12);
	return (long)(ko_len + sig_len + MODLOAD_TRAILER_BYTES);
}

/* ---- why the kernel refused ---------------------------------------------- */

struct modload_host {
	const struct modload *m;
	const struct preflight *p;
	const char *klog; /* the kernel's own words, or "" */
};

static bool when_no_cap(const struct modload_host *h)
{
	return !h->p->has_cap;
}

static bool when_userns(const struct modload_host *h)
{
	return h->p->in_userns;
}

static bool when_disabled(const struct modload_host *h)
{
	return h->p->is_disabled;
}

/* Where securityfs is not mounted only the kernel's log tells. */
static bool when_locked_signed(const struct modload_host *h)
{
	return h->p->lockdown >= LOCKDOWN_INTEGRITY ||
	       (h->p->lockdown == LOCKDOWN_UNKNOWN &&
		strncmp(h->klog, "Lockdown:", 9) == 0);
}

static bool when_locked(const struct modload_host *h)
{
	return when_locked_signed(h) && h->m->nksigs == 0;
}

static bool when_loadpin(const struct modload_host *h)
{
	return h->p->has_loadpin;
}

static bool when_selinux(const struct modload_host *h)
{
	return h->p->has_selinux;
}

static bool when_ima(const struct modload_host *h)
{
	return h->p->has_ima;
}

static bool when_ima_file(const struct modload_host *h)
{
	return h->p->has_ima && h->m->dir;
}

static bool when_unsigned(const struct modload_host *h)
{
	return h->m->nksigs == 0;
}

static bool when_known(const struct modload_host *h)
{
	return h->m->nknown > 0;
}

/* The first row that fits is the answer; @when NULL always fits. */
/* Its own init may have said the same number. */
static bool when_symbol(const struct modload_host *h)
{
	return strstr(h->klog, "Unknown symbol") != NULL;
}

static const struct modload_cause {
	int sys_errno;
	bool (*when)(const struct modload_host *h);
	int code;
	const char *text, *hint;
} modload_causes[] = {
	{ EPERM, when_no_cap, BERR_NOT_PERMITTED,
	  "loading a module needs CAP_SYS_MODULE",
	  "run taprun as root, or as a service with "
	  "AmbientCapabilities=CAP_SYS_MODULE" },
	{ EPERM, when_userns, BERR_NOT_PERMITTED,
	  "CAP_SYS_MODULE of a container's user namespace does not count",
	  "run taprun on the host" },
	{ EPERM, when_disabled, BERR_MODULES_DISABLED,
	  "kernel.modules_disabled=1", "only a reboot clears it" },
	{ EPERM, when_locked, BERR_LOCKDOWN,
	  "the kernel is locked down and the bundle has no kernel signature",
	  "on the builder: tapbuild sign --module-key, by a key that is "
	  "listed in /proc/keys" },
	{ EPERM, when_locked_signed, BERR_LOCKDOWN,
	  "the kernel is locked down and trusts none of the bundle's kernel "
	  "signatures",
	  "enrol the signer's certificate (mokutil --import), or sign with a "
	  "key that is listed in /proc/keys" },
	{ EPERM, when_loadpin, BERR_LOADPIN,
	  "LoadPin allows modules from the pinned file system only",
	  "give the policy 'load-mode: file DIR' with a directory there "
	  "(/proc/sys/kernel/loadpin/enforce)" },
	{ EPERM, NULL, BERR_LSM,
	  "a security module or a seccomp filter forbids it",
	  "see the audit log; a container runtime may filter finit_module" },
	{ EACCES, when_ima_file, BERR_IMA,
	  "the IMA policy does not accept the file, which has no security.ima",
	  "see /sys/kernel/security/ima/policy and the audit log; a rule with "
	  "appraise_type=imasig|modsig takes a kernel signature (tapbuild sign "
	  "--module-key)" },
	{ EACCES, when_ima, BERR_IMA,
	  "the IMA policy does not accept a module from memory",
	  "see /sys/kernel/security/ima/policy and the audit log; 'load-mode: "
	  "file DIR' in the policy" },
	{ EACCES, when_selinux, BERR_LSM, "SELinux forbids module_load",
	  "ausearch -m avc -ts recent" },
	{ EACCES, NULL, BERR_LSM, "a security module forbids it",
	  "see the audit log" },
	{ EKEYREJECTED, when_unsigned, BERR_KEY_REJECTED,
	  "this kernel loads signed modules only and the bundle has no kernel "
	  "signature",
	  "on the builder: tapbuild sign --module-key, by a key that is "
	  "listed in /proc/keys" },
	{ EKEYREJECTED, when_known, BERR_KEY_REJECTED,
	  "this kernel has a signer's key and does not accept the module's "
	  "kernel signature",
	  "it is a signature of another module: sign this one; or the key is "
	  "not for modules: firmware's db is not on every kernel, enrol it "
	  "with mokutil --import" },
	{ EKEYREJECTED, NULL, BERR_KEY_REJECTED,
	  "this kernel does not accept the module's kernel signature",
	  "enrol the signer's certificate (mokutil --import), or sign with a "
	  "key that is listed in /proc/keys" },
	{ ENOKEY, when_unsigned, BERR_KEY_REJECTED,
	  "this kernel loads signed modules only and the bundle has no kernel "
	  "signature",
	  "on the builder: tapbuild sign --module-key, by a key that is "
	  "listed in /proc/keys" },
	{ ENOKEY, NULL, BERR_KEY_REJECTED,
	  "this kernel does not have the key of the module's signature",
	  "compare the signers above with /proc/keys (.platform, .machine)" },
	{ EKEYEXPIRED, NULL, BERR_KEY_REJECTED,
	  "the certificate of the module's signer has expired", "" },
	{ EKEYREVOKED, NULL, BERR_KEY_REJECTED,
	  "the certificate of the module's signer is revoked", "" },
	{ EBADMSG, NULL, BERR_BAD_KSIG,
	  "the kernel cannot read the module's kernel signature",
	  "make the kernel signature again: tapbuild sign --module-key" },
	{ ENOPKG, NULL, BERR_BAD_KSIG,
	  "the kernel lacks the hash or cipher of the module's signature",
	  "on the builder: tapbuild sign --module-hash=sha256, by an RSA key" },
	{ ELIBBAD, NULL, BERR_BAD_KSIG,
	  "the kernel cannot read the module's kernel signature",
	  "make the kernel signature again: tapbuild sign --module-key" },
	{ ENOEXEC, NULL, BERR_SYMBOLS,
	  "the module does not fit this kernel (version or symbol CRC)",
	  "rebuild the bundle with a kit of exactly this kernel" },
	{ EINVAL, when_symbol, BERR_SYMBOLS,
	  "a function it calls has other types on this kernel (symbol CRC)",
	  "rebuild the bundle with a kit of exactly this kernel" },
	{ ENOENT, NULL, BERR_SYMBOLS,
	  "the module needs a symbol this kernel does not have",
	  "rebuild the bundle with a kit of exactly this kernel" },
	{ EEXIST, NULL, BERR_LOADED, "it is already loaded",
	  "taprun --list-running, taprun --reap" },
	{ EBUSY, NULL, BERR_LOADED, "it is being loaded or unloaded right now",
	  "try again; taprun --list-running" },
	{ ENOSYS, NULL, BERR_MODULES_DISABLED,
	  "this kernel is built without loadable modules", "" },
	{ ENOMEM, NULL, BERR_INIT,
	  "the kernel has not enough memory for the module and its buffers",
	  "" },
	{ EDQUOT, NULL, BERR_INIT,
	  "the script needs more memory than it was built to take (STP_MAXMEMORY)",
	  "build it with smaller arrays (-DMAXMAPENTRIES) or a larger limit" },
	{ ETXTBSY, NULL, BERR_INTERNAL,
	  "the memory file is still open for writing", "" },
	{ EFAULT, NULL, BERR_INTERNAL, "the kernel could not read the module",
	  "" },
	{ EBADF, NULL, BERR_INTERNAL, "the memory file is gone", "" },
};

static const struct modload_cause *modload_cause(int sys_errno,
						 const struct modload_host *h)
{
	static const struct modload_cause other = {
		0, NULL, BERR_INIT, "the module refused to start", ""
	};
	size_t i, n = sizeof(modload_causes) / sizeof(modload_causes[0]);

	for (i = 0; i < n; i++) {
		const struct modload_cause *c = &modload_causes[i];

		if (c->sys_errno == sys_errno && (!c->when || c->when(h)))
			return c;
	}
	return &other;
}

int modload_explain(int sys_errno, const struct modload *m,
		    const struct preflight *p, const char *klog, struct err *e)
{
	const struct modload_host h = { m, p, klog };
	const struct modload_cause *c = modload_cause(sys_errno, &h);
	char signers[220] = "", words[260] = "";

	if (m->nksigs &&
	    (c->code == BERR_LOCKDOWN || c->code == BERR_KEY_REJECTED))
		snprintf(signers, sizeof(signers),
			 "; signers in the bundle: %s%s", m->skids,
			 m->nknown ? "" : " (none is in /proc/keys)");
	if (klog[0])
		snprintf(words, sizeof(words), "; the kernel says: %s", klog);
	errno = sys_errno;
	err_set(e, -c->code, "cannot load module '%s': %s (%s)%s%s%s", m->name,
		c->text, strerror(sys_errno),
		c->code == BERR_LOCKDOWN ? ", lockdown=" : "",
		c->code == BERR_LOCKDOWN ? preflight_lockdown_name(p->lockdown)
					 : "",
		signers);
	if (e) {
		size_t n = strlen(e->text);

		e->sys_errno = sys_errno;
		snprintf(e->text + n, sizeof(e->text) - n, "%s", words);
	}
	err_hint(e, "%s", c->hint);
	return -c->code;
}

/* ---- load ---------------------------------------------------------------- */

/* What will be loaded must be what was verified: compare after sealing. */
static int modload_compare(int fd, const struct modload *m, struct err *e)
{
	const void *p = mmap(NULL, m->len, PROT_READ, MAP_SHARED, fd, 0);
	bool is_same;

	if (p ==
	    MAP_FAILED) /* some kernels refuse shared maps of sealed files */
		p = mmap(NULL, m->len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		err_sys(e, "cannot map the memory file");
		return -BERR_INTERNAL;
	}
	is_same = memcmp(p, m->image, m->len) == 0;
	munmap((void *)(uintptr_t)p, m->len);
	if (!is_same)
		return err_set(e, -BERR_KO_HASH,
			       "module '%s' changed on its way to the kernel",
			       m->name);
	return 0;
}

/* A sealed memory file with the image, or -1 when the kernel has none. */
static int modload_memfd(const struct modload *m, struct err *e)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = sys->memfd_create(m->name, flags | MFD_NOEXEC_SEAL);
	int r = 0;

	if (fd < 0 && errno == EINVAL)
		fd = sys->memfd_create(m->name, flags);
	if (fd < 0 && errno == ENOSYS)
		return -1;
	if (fd < 0) {
		err_sys(e, "cannot make a memory file");
		return -BERR_INTERNAL;
	}
	if (io_write_full(fd, m->image, m->len, e) < 0) {
		err_prefix(e, "memory file");
		r = -BERR_INTERNAL;
	} else if (fcntl(fd, F_ADD_SEALS,
			 F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK |
				 F_SEAL_SEAL) < 0) {
		err_sys(e, "cannot seal the memory file");
		r = -BERR_INTERNAL;
	} else {
		r = modload_compare(fd, m, e);
	}
	if (r < 0) {
		close(fd);
		if (e)
			e->code = r;
		return r;
	}
	return fd;
}

/* Read-only and open for writing nowhere, as finit_module() wants it. */
static int modload_reopen(int fd, const struct modload *m, struct err *e)
{
	char path[40];
	int ro, r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	if (ro < 0) {
		err_sys(e, "cannot reopen the module's file in '%s'", m->dir);
		return -BERR_INTERNAL;
	}
	r = modload_compare(ro, m, e);
	if (r == 0)
		return ro;
	close(ro);
	return r;
}

/*
 * A file without a name in the policy's directory, for hosts that judge modules
 * by their file system or label: nothing stays there, whenever this ends.
 */
static int modload_file(const struct modload *m, struct err *e)
{
	int dir = trust_open_dir(m->dir, e);
	int fd, r;

	if (dir < 0)
		return e ? e->code = -BERR_CONFIG : -BERR_CONFIG;
	fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0400);
	close(dir);
	if (fd < 0) {
		err_sys(e, "cannot make a file without a name in '%s'", m->dir);
		err_hint(e, "load-mode wants a writable ext4, xfs, btrfs or "
			    "tmpfs");
		return e ? e->code = -BERR_CONFIG : -BERR_CONFIG;
	}
	if (io_write_full(fd, m->image, m->len, e) < 0 ||
	    (fsync(fd) < 0 && err_sys(e, "cannot write") < 0)) {
		err_prefix(e, "module's file in '%s'", m->dir);
		r = e ? e->code = -BERR_CONFIG : -BERR_CONFIG;
	} else {
		r = modload_reopen(fd, m, e);
	}
	close(fd);
	return r;
}

/* finit_module() of @fd, or where there is no such thing init_module(), which
 * a policy that names a directory rules out. */
static int modload_call(const struct modload *m, int fd)
{
	int r = -1, saved = ENOSYS;

	if (fd >= 0) {
		r = sys->finit_module(fd, "");
		saved = errno;
		close(fd);
	}
	errno = saved;
	if (r < 0 && saved == ENOSYS && !m->dir)
		r = sys->init_module(m->image, m->len, "");
	return r;
}

int modload_insert(const struct modload *m, const struct preflight *p,
		   struct err *e)
{
	int fd = m->dir ? modload_file(m, e) : modload_memfd(m, e);
	char words[240];
	int log, r, saved;

	if (fd < -1)
		return fd;
	log = klog_open();
	r = modload_call(m, fd);
	saved = errno;
	if (r == 0) {
		if (log >= 0)
			close(log);
		return 0;
	}
	klog_read(log, m->name, words, sizeof(words));
	return modload_explain(saved, m, p, words, e);
}

int modload_remove(const char *name, unsigned int timeout_ms, struct err *e)
{
	uint64_t end = sys_now_ns() + (uint64_t)timeout_ms * 1000000u;
	uint64_t wait_ns = 200000;

	for (;;) {
		if (sys->delete_module(name) == 0 || errno == ENOENT)
			return 0;
		if (errno != EAGAIN && errno != EBUSY && errno != EINTR)
			break;
		if (sys_now_ns() >= end)
			break;
		sys_sleep_ns(wait_ns);
		if (wait_ns < 20000000)
			wait_ns *= 2;
	}
	err_sys(e, "cannot unload module '%s'", name);
	return err_hint(e, "taprun --reap");
}

static bool modload_is_going(const char *name)
{
	char path[128], state[16];

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return sys->read_file(path, state, sizeof(state)) > 0 &&
	       strncmp(state, "going", 5) == 0;
}

bool modload_is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (sys->exists(path))
		return true;
	snprintf(path, sizeof(path), "/proc/" TAPW_PROC_PREFIX "%s", name);
	return sys->exists(path);
}

bool modload_await_gone(const char *name, unsigned int idle_ms,
			unsigned int going_ms)
{
	uint64_t start = sys_now_ns();

	for (;;) {
		unsigned int ms = modload_is_going(name) ? going_ms : idle_ms;

		if (!modload_is_there(name))
			return true;
		if (sys_now_ns() - start >= (uint64_t)ms * 1000000u)
			return false;
		sys_sleep_ns(5000000);
	}
}
