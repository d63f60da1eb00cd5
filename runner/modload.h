/* SPDX-License-Identifier: GPL-2.0-only */
/* Put a verified module into the kernel and take it out again. */
#ifndef RUNNER_MODLOAD_H
#define RUNNER_MODLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct preflight;

/* struct module_signature and its magic, after the PKCS#7 bytes */
#define MODLOAD_TRAILER_BYTES (12 + 28)

/**
 * modload_attach_ksig() - append a detached kernel signature to a module
 * @buf: @ko_len bytes of module, then @sig_len bytes of PKCS#7; @cap bytes in
 *       all, at least their sum plus MODLOAD_TRAILER_BYTES
 *
 * Gives exactly the bytes that the kernel's sign-file tool appends.
 * Return: the whole length, or ERR_LIMIT.
 * Source: include/linux/module_signature.h (struct module_signature).
 */
long modload_attach_ksig(uint8_t *buf, size_t ko_len, size_t sig_len,
			 size_t cap, struct err *e);

/**
 * struct modload - what is being loaded, for messages
 * @name: module name
 * @image, @len: the whole file image, borrowed
 * @nksigs: kernel signatures in the bundle for it
 * @nknown: how many of their signers /proc/keys shows
 * @skids: their signers, space separated, or ""
 * @dir: of a file without a name that the kernel is given, or NULL: memory
 */
struct modload {
	const char *name;
	const void *image;
	size_t len;
	uint32_t nksigs, nknown;
	const char *skids;
	const char *dir;
};

/**
 * modload_insert() - load from a sealed memory file, or from a file in m->dir
 *
 * Writes the image to a memfd, seals it, compares the sealed bytes with the
 * image, then finit_module() with flags 0.  Where memfd_create() or
 * finit_module() does not exist (before 3.17, 3.8): init_module().  With m->dir
 * the file is an O_TMPFILE of a directory that trust_open_dir() accepts, on
 * disk and reopened read-only, and nothing else is tried: -BERR_CONFIG.
 * Return: 0, or -BERR_* 60 to 71 and 90 with the reason and the kernel's own
 * log line where it can be read.
 * Source: finit_module(2), memfd_create(2), fcntl(2) F_ADD_SEALS.
 */
int modload_insert(const struct modload *m, const struct preflight *p,
		   struct err *e);

/**
 * modload_explain() - what an errno of finit_module() means on this host
 * @klog: the kernel's own line, or ""
 *
 * Return: -BERR_*, never 0.
 */
int modload_explain(int sys_errno, const struct modload *m,
		    const struct preflight *p, const char *klog, struct err *e);

/**
 * modload_remove() - unload, trying again while the module is in use
 * @timeout_ms: how long to try
 *
 * A module that is not loaded is success.
 * Return: 0, ERR_IO.  Source: delete_module(2).
 */
int modload_remove(const char *name, unsigned int timeout_ms, struct err *e);

/** modload_is_there() - by its name, or where there is no sysfs by its files */
bool modload_is_there(const char *name);

/**
 * modload_await_gone() - wait for a module that somebody else is unloading
 * @idle_ms: how long to wait while it is not leaving: its keeper may be about
 *           to unload it
 * @going_ms: how long to wait in all while the kernel takes it away
 *
 * The files a module made go before its name does, so a session that starts
 * when another one's are gone still meets the name.
 * Return: true when no module has the name any more.
 * Source: /sys/module/NAME/initstate, kernel/module/sysfs.c.
 */
bool modload_await_gone(const char *name, unsigned int idle_ms,
			unsigned int going_ms);

#endif
