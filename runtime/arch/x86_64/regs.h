/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86-64: where a function's arguments are, which addresses are the kernel's.
 *
 * Source: System V ABI, AMD64 supplement, 3.2.3; Documentation/arch/x86/x86_64/mm.rst
 */
#ifndef RUNTIME_ARCH_X86_64_REGS_H
#define RUNTIME_ARCH_X86_64_REGS_H

#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/segment.h>

#include "kc_config.h"

#define RT_VSYSCALL_PAGE 0xffffffffff600000ULL

#define RT_REGS_ARGS 6 /* arguments in registers; the 7th is on the stack */

static __always_inline u64 rt_regs_arg(const struct pt_regs *r, int n)
{
	switch (n) {
	case 0:
		return r->di;
	case 1:
		return r->si;
	case 2:
		return r->dx;
	case 3:
		return r->cx;
	case 4:
		return r->r8;
	}
	return r->r9;
}

/* The same, to be written to. */
static inline unsigned long *rt_regs_arg_place(struct pt_regs *r, int n)
{
	unsigned long *const at[] = { &r->di, &r->si, &r->dx,
				      &r->cx, &r->r8, &r->r9 };

	return at[n];
}

static __always_inline u64 rt_regs_sp(const struct pt_regs *r)
{
	return r->sp;
}

static __always_inline u64 rt_regs_fp(const struct pt_regs *r)
{
	return r->bp;
}

/* What print_regs() shows: RT_REG(name, member, ends its line); first the place. */
#define RT_REGS                 \
	RT_REG("RIP", ip, 0)    \
	RT_REG("RSP", sp, 0)    \
	RT_REG("EFL", flags, 1) \
	RT_REG("RAX", ax, 0)    \
	RT_REG("RBX", bx, 0)    \
	RT_REG("RCX", cx, 1)    \
	RT_REG("RDX", dx, 0)    \
	RT_REG("RSI", si, 0)    \
	RT_REG("RDI", di, 1)    \
	RT_REG("RBP", bp, 0)    \
	RT_REG("R08", r8, 0)    \
	RT_REG("R09", r9, 1)    \
	RT_REG("R10", r10, 0)   \
	RT_REG("R11", r11, 0)   \
	RT_REG("R12", r12, 1)   \
	RT_REG("R13", r13, 0)   \
	RT_REG("R14", r14, 0)   \
	RT_REG("R15", r15, 1)

#define RT_DWARF_IP 16

/* By DWARF number: System V ABI, AMD64 supplement, figure 3.36. */
static inline bool rt_regs_dwarf(const struct pt_regs *r, s64 n, u64 *v)
{
	static const u16 off[] = {
		offsetof(struct pt_regs, ax),  offsetof(struct pt_regs, dx),
		offsetof(struct pt_regs, cx),  offsetof(struct pt_regs, bx),
		offsetof(struct pt_regs, si),  offsetof(struct pt_regs, di),
		offsetof(struct pt_regs, bp),  offsetof(struct pt_regs, sp),
		offsetof(struct pt_regs, r8),  offsetof(struct pt_regs, r9),
		offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
		offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
		offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
		offsetof(struct pt_regs, ip),
	};

	if (n < 0 || n >= (s64)(sizeof(off) / sizeof(*off)))
		return false;
	*v = *(const unsigned long *)((const char *)r + off[n]);
	return true;
}

/* register(): RT_REGNAME(name, member, bits) */
#define RT_REGNAMES                         \
	RT_REGNAME("rax", ax, 64)           \
	RT_REGNAME("eax", ax, 32)           \
	RT_REGNAME("ax", ax, 64)            \
	RT_REGNAME("rbx", bx, 64)           \
	RT_REGNAME("ebx", bx, 32)           \
	RT_REGNAME("bx", bx, 64)            \
	RT_REGNAME("rcx", cx, 64)           \
	RT_REGNAME("ecx", cx, 32)           \
	RT_REGNAME("cx", cx, 64)            \
	RT_REGNAME("rdx", dx, 64)           \
	RT_REGNAME("edx", dx, 32)           \
	RT_REGNAME("dx", dx, 64)            \
	RT_REGNAME("rsi", si, 64)           \
	RT_REGNAME("esi", si, 32)           \
	RT_REGNAME("si", si, 64)            \
	RT_REGNAME("rdi", di, 64)           \
	RT_REGNAME("edi", di, 32)           \
	RT_REGNAME("di", di, 64)            \
	RT_REGNAME("rbp", bp, 64)           \
	RT_REGNAME("ebp", bp, 32)           \
	RT_REGNAME("bp", bp, 64)            \
	RT_REGNAME("rsp", sp, 64)           \
	RT_REGNAME("esp", sp, 32)           \
	RT_REGNAME("sp", sp, 64)            \
	RT_REGNAME("r8", r8, 64)            \
	RT_REGNAME("r9", r9, 64)            \
	RT_REGNAME("r10", r10, 64)          \
	RT_REGNAME("r11", r11, 64)          \
	RT_REGNAME("r12", r12, 64)          \
	RT_REGNAME("r13", r13, 64)          \
	RT_REGNAME("r14", r14, 64)          \
	RT_REGNAME("r15", r15, 64)          \
	RT_REGNAME("rip", ip, 64)           \
	RT_REGNAME("eip", ip, 32)           \
	RT_REGNAME("ip", ip, 64)            \
	RT_REGNAME("rflags", flags, 64)     \
	RT_REGNAME("eflags", flags, 32)     \
	RT_REGNAME("flags", flags, 64)      \
	RT_REGNAME("orig_rax", orig_ax, 64) \
	RT_REGNAME("orig_eax", orig_ax, 32) \
	RT_REGNAME("orig_ax", orig_ax, 64)  \
	RT_REGNAME("xcs", cs, 64)           \
	RT_REGNAME("cs", cs, 64)            \
	RT_REGNAME("xss", ss, 64)           \
	RT_REGNAME("ss", ss, 64)

/*
 * The six arguments of a system call: System V ABI, AMD64 supplement, A.2.1; those of
 * 32-bit programs as int $0x80 has them, arch/x86/entry/entry_64_compat.S.
 */
static inline void rt_regs_syscall(const struct pt_regs *r, bool compat,
				   u64 *arg)
{
	arg[0] = compat ? (u32)r->bx : r->di;
	arg[1] = compat ? (u32)r->cx : r->si;
	arg[2] = r->dx;
	arg[3] = compat ? (u32)r->si : r->r10;
	arg[4] = compat ? (u32)r->di : r->r8;
	arg[5] = compat ? (u32)r->bp : r->r9;
}

/* @n: as of rt_regs_syscall() */
static inline void rt_regs_set_syscall(struct pt_regs *r, bool compat, u32 n,
				       u64 v)
{
	unsigned long *const arg[] = { &r->di,	&r->si, &r->dx,
				       &r->r10, &r->r8, &r->r9 };
	unsigned long *const arg32[] = { &r->bx, &r->cx, &r->dx,
					 &r->si, &r->di, &r->bp };

	if (compat)
		*arg32[n] = (u32)v;
	else
		*arg[n] = v;
}

static inline u32 rt_regs_syscall_nr(const struct pt_regs *r)
{
	return r->orig_ax;
}

/* x32 programs have the numbers of x86-64, and one bit. */
static inline u32 rt_syscall_nr(u64 nr)
{
	return (u32)nr & ~0x40000000u;
}

/* The code segment says what the program is: __USER32_CS or the 64-bit one. */
static inline bool rt_arch_user32(const struct pt_regs *r)
{
	return r->cs == __USER32_CS;
}

/* At the entry the return address is on top, then come the 7th argument on. */
#define RT_STACK_ARG_SKIP 8

extern unsigned long taprt_kernel_low; /* context.c */

static inline unsigned long rt_arch_kernel_low(void)
{
#if KC_HAVE_X86_VIRT_BITS
	return ~0UL << (boot_cpu_data.x86_virt_bits - 1);
#else
	return taprt_kernel_low;
#endif
}

/*
 * A virtual CPU that holds a lock may be off its real CPU for a time slice of
 * the host: there, waiting is bounded by this many times as much.
 */
static inline u32 rt_arch_patience(void)
{
#if KC_HAVE_X86_HYPERVISOR
	return boot_cpu_has(X86_FEATURE_HYPERVISOR) ? 20 : 1;
#else
	return 1;
#endif
}

/*
 * May @n bytes at @addr be tried by an unchecked load?  A non-canonical one would
 * be a general protection fault, about which the kernel warns.
 */
static __always_inline bool rt_kernel_addr(u64 addr, u32 n)
{
	return addr >= taprt_kernel_low && addr + n - 1 >= addr &&
	       addr - (RT_VSYSCALL_PAGE - n + 1) >= 0x1000ULL + n - 1;
}

#endif
