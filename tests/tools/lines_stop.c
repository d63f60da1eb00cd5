/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linked into a taprun built for gcov by lines.sh: where counting begins and ends.
 *
 * TAP_LINES=signature: from the opening of a bundle to the first Ed25519 check;
 * TAP_LINES=trust: to the first look at the manifest, whose signatures hold;
 * TAP_LINES=zero: from the first line of main() to where no capability is left;
 * TAP_LINES=privileged: without what runs while none is in effect but that of reading
 * any file.
 * The kernel's part is played: it takes every module, and has its files.
 */
#include "bundle/manifest.h"
#include "bundle/reader.h"
#include "runner/sys.h"
#include "runtime/uapi/wire.h"

#include <gcov.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __real_bundle_open_signed(struct bundle *b, const char *path,
			      const struct bundle_opts *o, struct err *e);
int __wrap_bundle_open_signed(struct bundle *b, const char *path,
			      const struct bundle_opts *o, struct err *e);
int __real_manifest_parse(struct manifest *m, char *text, size_t n,
			  struct err *e);
int __wrap_manifest_parse(struct manifest *m, char *text, size_t n,
			  struct err *e);
int __real_crypto_sign_verify_detached(const unsigned char *sig,
				       const unsigned char *m,
				       unsigned long long n,
				       const unsigned char *pk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig,
				       const unsigned char *m,
				       unsigned long long n,
				       const unsigned char *pk);
int __wrap_priv_drop(uint64_t keep, uint64_t now);
bool __wrap_confine(void);
bool __wrap_confine_relay(void);

static bool is_until(const char *what)
{
	const char *until = getenv("TAP_LINES");

	return until && !strcmp(until, what);
}

static _Noreturn void stop(void)
{
	__gcov_dump();
	_exit(0);
}

int __wrap_bundle_open_signed(struct bundle *b, const char *path,
			      const struct bundle_opts *o, struct err *e)
{
	if (is_until("signature") || is_until("trust"))
		__gcov_reset();
	return __real_bundle_open_signed(b, path, o, e);
}

int __wrap_crypto_sign_verify_detached(const unsigned char *sig,
				       const unsigned char *m,
				       unsigned long long n,
				       const unsigned char *pk)
{
	if (is_until("signature"))
		stop();
	return __real_crypto_sign_verify_detached(sig, m, n, pk);
}

int __wrap_manifest_parse(struct manifest *m, char *text, size_t n,
			  struct err *e)
{
	if (is_until("trust"))
		stop();
	return __real_manifest_parse(m, text, n, e);
}

/*
 * Nothing is dropped: without privilege or behind a filter gcov could not write its files.
 * What was counted goes there before counting pauses, and the rest is added at the end.
 */
int __wrap_priv_drop(uint64_t keep, uint64_t now)
{
	static bool is_paused;

#ifndef TAP_LINES_NOW
	now = keep;
#endif
	if (!keep)
		stop();
	if (!is_until("privileged"))
		return 0;
	if (is_paused)
		__gcov_reset();
	is_paused = !(now & ~(UINT64_C(1) << CAP_DAC_READ_SEARCH));
	if (is_paused)
		__gcov_dump();
	return 0;
}

bool __wrap_confine(void)
{
	return true;
}

bool __wrap_confine_relay(void)
{
	return true;
}

/* Two empty rings of a page, as the module's file has them. */
static int write_rings(void)
{
	const struct tapw_header h = {
		.magic = TAPW_MAGIC,
		.version = TAPW_VERSION,
		.nrings = 2,
		.ring_bytes = TAPW_PAGE,
		.ring_stride = 2 * TAPW_PAGE,
		.ring_off = TAPW_PAGE,
		.map_bytes = 5 * TAPW_PAGE,
	};
	FILE *f = fopen("/proc/loaded/data", "r+");

	if (!f || fwrite(&h, sizeof(h), 1, f) != 1)
		return -1;
	return fclose(f);
}

static int take_module(int fd, const char *params)
{
	(void)fd;
	(void)params;
	if (write_rings() < 0)
		return -1;
	return rename("/proc/loaded", getenv("TAP_LINES_FILES"));
}

static int leave_module(const char *name)
{
	(void)name;
	return 0;
}

static __attribute__((constructor)) void play_kernel(void)
{
	static struct sys_ops played;

	played = sys_host;
	played.finit_module = take_module;
	played.delete_module = leave_module;
	sys = &played;
}
