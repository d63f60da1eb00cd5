/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A seccomp allow-list.  taprun is one static binary with one libc, so the list
 * does not depend on the host.
 */
#include "runner/confine.h"
#include "runner/fence.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
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

#define V  (1u << CONFINE_VERIFY)
#define L  (1u << CONFINE_LOAD)
#define F  (1u << CONFINE_RELAY_FILES)
#define R  (1u << CONFINE_RELAY)
#define K  (1u << CONFINE_KEEP)
#define VL (V | L)
#define VR (VL | F | R)
#define VF (VL | F)

/* What an argument has to be; only its low half is looked at, an int is no more. */
enum confine_arg { ANY, ARG_CHILD, ARG_THREAD, ARG_NO_FLAGS };

static const struct confine_call {
	uint16_t nr;
	uint8_t phases, arg;
} confine_calls[] = {
	/* often, so first */
	{ SYS_ppoll, VR, ANY },
	{ SYS_write, VR | K, ANY },
	{ SYS_read, VR | K, ANY },
	{ SYS_clock_gettime, VR | K, ANY },
	{ SYS_nanosleep, VR | K, ANY },
	{ SYS_clock_nanosleep, VR | K, ANY },
	{ SYS_futex, VR, ANY },
#ifdef SYS_poll
	{ SYS_poll, VR | K, ANY },
#endif
	/* the thread of START and STOP, waiting for children, the end */
	{ SYS_close, VR | K, ANY },
	{ SYS_restart_syscall, VR | K, ANY },
	{ SYS_rt_sigreturn, VR | K, ANY },
	{ SYS_rt_sigprocmask, VR | K, ANY },
	{ SYS_mmap, VR, ANY },
	{ SYS_mprotect, VR, ANY },
	{ SYS_munmap, VR, ANY },
	{ SYS_clone, VR, ARG_THREAD },
	{ SYS_set_robust_list, VR, ANY },
	{ SYS_gettid, VR, ANY },
	{ SYS_exit, VR, ANY },
	{ SYS_exit_group, VR | K, ANY },
	{ SYS_wait4, VR, ANY },
	{ SYS_kill, VR, ARG_CHILD },
	{ SYS_dup3, VR, ANY }, /* --background lets go of stderr */
	/* files */
	{ SYS_openat, VF, ANY },
	{ SYS_unlinkat, VF, ANY },
	{ SYS_renameat, VF, ANY },
	{ SYS_renameat2, VF, ANY },
	{ SYS_fcntl, VF, ANY },
#ifdef SYS_open
	{ SYS_open, VF, ANY },
	{ SYS_unlink, VF, ANY },
	{ SYS_rename, VF, ANY },
	{ SYS_mkdir, VL, ANY },
	{ SYS_stat, VL, ANY },
	{ SYS_access, VL, ANY },
	{ SYS_readlink, VL, ANY },
#endif
	{ SYS_openat2, VL, ANY },
	{ SYS_mkdirat, VL, ANY },
	{ SYS_faccessat, VL, ANY },
	{ SYS_readlinkat, VL, ANY },
	{ SYS_getdents64, VL, ANY },
	{ SYS_newfstatat, VL, ANY },
	{ SYS_fstat, VL, ANY },
	{ SYS_lseek, VL, ANY },
	{ SYS_pread64, VL, ANY },
	{ SYS_ftruncate, VL, ANY },
	{ SYS_fsync, VL, ANY },
	{ SYS_flock, VL, ANY },
	{ SYS_readv, VL, ANY },
	/* the terminal: is it one, and with -i how it is read */
	{ SYS_ioctl, VL | K, ANY },
	{ SYS_pipe2, VL, ANY },
	{ SYS_rt_sigaction, VL, ANY },
	{ SYS_sendto, VL, ANY }, /* syslog, connected before */
	{ SYS_getpid, VL, ANY },
	{ SYS_geteuid, VL, ANY },
	{ SYS_uname, V, ANY },
	{ SYS_getuid, V, ANY },
	/* fewer capabilities, and the next filter */
	{ SYS_capget, VL, ANY },
	{ SYS_capset, VL, ANY },
	{ SYS_prctl, VL, ANY },
	{ FENCE_CREATE, VL, ANY },
	{ FENCE_ADD, VL, ANY },
	{ FENCE_RESTRICT, VL, ANY },
	/* the module */
	{ SYS_memfd_create, VL, ANY },
	{ SYS_finit_module, VL, ARG_NO_FLAGS },
	{ SYS_init_module, VL, ANY },
	{ SYS_delete_module, K, ANY },
};

#undef V
#undef L
#undef F
#undef R
#undef K
#undef VL
#undef VR
#undef VF

#define CONFINE_COUNT (sizeof(confine_calls) / sizeof(confine_calls[0]))
/* load and check of the arch, load of the number, two returns */
#define CONFINE_FIXED 6
/* the number, the argument, its check, two returns */
#define CONFINE_EACH 5
#define CONFINE_MAX  (CONFINE_FIXED + CONFINE_EACH * CONFINE_COUNT)
#define CONFINE_DENY (SECCOMP_RET_ERRNO | EPERM)

struct confine_prog {
	unsigned short n;
	struct sock_filter f[CONFINE_MAX];
};

/* @skip: how many instructions to leave out when the test fails */
static void confine_put(struct confine_prog *p, uint16_t code, uint32_t k,
			uint8_t skip)
{
	p->f[p->n++] = (struct sock_filter){ code, 0, skip, k };
}

static void confine_load(struct confine_prog *p, size_t at)
{
	confine_put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0);
}

/* The low half of argument @i: both machines are little-endian. */
static void confine_load_arg(struct confine_prog *p, unsigned int i)
{
	confine_load(p, offsetof(struct seccomp_data, args) +
				i * sizeof(uint64_t));
}

static void confine_allow(struct confine_prog *p, const struct confine_call *c,
			  pid_t child)
{
	confine_put(p, BPF_JMP | BPF_JEQ | BPF_K, c->nr,
		    c->arg == ANY ? 1 : CONFINE_EACH - 1);
	switch (c->arg) {
	case ARG_CHILD:
		confine_load_arg(p, 0);
		/* 0 and -1 are more than one process */
		confine_put(p, BPF_JMP | BPF_JEQ | BPF_K,
			    child > 0 ? (uint32_t)child : INT32_MAX, 1);
		break;
	case ARG_THREAD:
		confine_load_arg(p, 0);
		confine_put(p, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1);
		break;
	case ARG_NO_FLAGS:
		confine_load_arg(p, 2);
		confine_put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1);
		break;
	default:
		break;
	}
	confine_put(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	/* the number is not in the accumulator any more */
	if (c->arg != ANY)
		confine_put(p, BPF_RET | BPF_K, CONFINE_DENY, 0);
}

bool confine(enum confine_phase phase, pid_t child)
{
	struct confine_prog p = { 0 };
	struct sock_fprog prog = { 0, p.f };
	size_t i;

	confine_load(&p, offsetof(struct seccomp_data, arch));
	/* a call of another ABI (i386, x32) has other numbers */
	confine_put(&p, BPF_JMP | BPF_JEQ | BPF_K, CONFINE_ARCH, 1);
	confine_put(&p, BPF_JMP | BPF_JA, 1, 0);
	confine_put(&p, BPF_RET | BPF_K, CONFINE_DENY, 0);
	confine_load(&p, offsetof(struct seccomp_data, nr));
	for (i = 0; i < CONFINE_COUNT; i++)
		if (confine_calls[i].phases >> phase & 1)
			confine_allow(&p, &confine_calls[i], child);
	confine_put(&p, BPF_RET | BPF_K, CONFINE_DENY, 0);
	prog.len = p.n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0;
}
