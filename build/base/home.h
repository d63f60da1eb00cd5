/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the data beside the program lies: runtime, tapset, the user's keys. */
#ifndef BUILD_BASE_HOME_H
#define BUILD_BASE_HOME_H

struct arena;

/**
 * home_dir() - directory of one kind of data ("runtime", "tapset"), in @a
 *
 * $TAP_HOME/KIND, else KIND beside the directory of the program (a build tree),
 * else /usr/share/tap/KIND.  The directory need not exist.
 */
char *home_dir(struct arena *a, const char *kind);

/**
 * home_config() - $XDG_CONFIG_HOME/tap/NAME, else ~/.config/tap/NAME, in @a
 *
 * Without $HOME it is root's, as for a service.  It need not exist.
 */
char *home_config(struct arena *a, const char *name);

#endif
