/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seccomp allow-list.  taprun is one static binary with one libc, so the list
 * does not depend on the host.
 */
#include "runner/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define CONFINE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CONFINE_ARCH AUDIT_ARCH_AARCH64
#else
#error "which AUDIT_ARCH is this?"
#endif

/* Relay, thread of START and STOP, waiting for children, the end. */
static const uint16_t confine_calls[] = {
	SYS_read,
	SYS_write,
	SYS_ppoll,
	SYS_close,
	SYS_futex,
	SYS_clock_gettime,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_restart_syscall,
	SYS_rt_sigreturn,
	SYS_rt_sigprocmask,
	SYS_mmap,
	SYS_mprotect,
	SYS_munmap,
	SYS_clone,
	SYS_set_robust_list,
	SYS_gettid,
	SYS_exit,
	SYS_exit_group,
	SYS_wait4,
	SYS_kill,
	SYS_dup3, /* --background lets go of stderr */
#ifdef SYS_poll
	SYS_poll,
#endif
};

static const uint16_t confine_file_calls[] = {
	SYS_openat, SYS_unlinkat, SYS_fcntl,  SYS_renameat, SYS_renameat2,
#ifdef SYS_open
	SYS_open,   SYS_unlink,	  SYS_rename,
#endif
};

#define CONFINE_COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* load and check of the arch, load of the number, two returns */
#define CONFINE_FIXED 6
#define CONFINE_MAX                                          \
	(CONFINE_FIXED + 2 * (CONFINE_COUNT(confine_calls) + \
			      CONFINE_COUNT(confine_file_calls)))

static void confine_put(struct sock_filter *f, unsigned short *n, uint16_t code,
			uint32_t k, uint8_t if_false)
{
	f[(*n)++] = (struct sock_filter){ code, 0, if_false, k };
}

static void confine_allow(struct sock_filter *f, unsigned short *n,
			  const uint16_t *calls, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		confine_put(f, n, BPF_JMP | BPF_JEQ | BPF_K, calls[i], 1);
		confine_put(f, n, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	}
}

bool confine_relay(bool may_open)
{
	struct sock_filter f[CONFINE_MAX];
	struct sock_fprog prog = { 0, f };
	unsigned short n = 0;

	confine_put(f, &n, BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch), 0);
	/* a call of another ABI (i386, x32) has other numbers */
	confine_put(f, &n, BPF_JMP | BPF_JEQ | BPF_K, CONFINE_ARCH, 1);
	confine_put(f, &n, BPF_JMP | BPF_JA, 1, 0);
	confine_put(f, &n, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0);
	confine_put(f, &n, BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr), 0);
	confine_allow(f, &n, confine_calls, CONFINE_COUNT(confine_calls));
	if (may_open)
		confine_allow(f, &n, confine_file_calls,
			      CONFINE_COUNT(confine_file_calls));
	confine_put(f, &n, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0);
	prog.len = n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0;
}
