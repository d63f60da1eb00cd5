/* SPDX-License-Identifier: GPL-2.0-only */
/* What this host has run: the memory that makes an old bundle a refused one. */
#ifndef RUNNER_STATE_H
#define RUNNER_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct manifest;
struct policy;

#define STATE_DIR "/var/lib/tap"
/* of a service of its own user; root does not trust what others may write */
#define STATE_USER_DIR STATE_DIR "/user"

/**
 * struct state - a directory with a file NAME.ran per bundle name and `clock`
 * @path: the directory, for messages
 * @fd: of the directory, -1 = there is none yet
 * @lock: of the file that is locked, or -1
 * @newest: latest `created` of all bundles that ran, unix s, 0 = none
 * @has_ran, @epoch, @version, @sha256: the highest run of the name asked for
 * @is_old: state_check() let a lower version pass, as the policy says
 * @is_off: what runs cannot be remembered, and the policy makes up for it
 */
struct state {
	const char *path;
	int fd, lock;
	bool has_ran, is_old, is_off;
	uint32_t epoch;
	uint64_t version, newest;
	uint8_t sha256[32];
};

/**
 * state_open() - the directory and the clock in it
 * @path: borrowed; need not exist
 *
 * Changes nothing on disk.
 * Return: 0, -BERR_CONFIG (unsafe or malformed), ERR_IO.
 */
int state_open(struct state *s, const char *path, struct err *e);

/**
 * state_check() - is bundle @m with manifest digest @sha256 a step back?
 *
 * Lower (epoch, version) than what ran, or the same version with other content;
 * version 0 is not numbered and may change.  A malformed file is refused, as
 * nobody knows any more what ran, but not where the policy has a floor for the
 * name or says "downgrade: yes".
 * Return: 0, -BERR_ROLLBACK, -BERR_CONFIG, ERR_IO.
 */
int state_check(struct state *s, const struct policy *p,
		const struct manifest *m, const uint8_t sha256[32],
		struct err *e);

/**
 * state_prepare() - can @m be remembered?  Makes the directory (0700)
 *
 * Return: 0, -BERR_CONFIG.  Where the policy has a floor for the name, a memory
 * that cannot be kept is a warning only, and s->is_off is set.
 */
int state_prepare(struct state *s, const struct policy *p,
		  const struct manifest *m, const uint8_t sha256[32],
		  struct err *e);

/**
 * state_lock() - one taprun at a time, until state_close()
 *
 * Return: 0, or -BERR_CONFIG after STATE_LOCK_MS.
 */
#define STATE_LOCK_MS 10000
int state_lock(struct state *s, struct err *e);

/**
 * state_record() - @m runs; each file is replaced as a whole
 *
 * Takes the lock and reads again, so that of two bundles that run at once the
 * higher one stays.  Writes nothing that is there already.
 * Return: 0, -BERR_CONFIG.
 */
int state_record(struct state *s, const struct manifest *m,
		 const uint8_t sha256[32], struct err *e);

void state_close(struct state *s);

#endif
