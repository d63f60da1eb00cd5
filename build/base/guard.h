/* SPDX-License-Identifier: GPL-2.0-only */
/* Scratch directories that vanish with the process, however it ends. */
#ifndef BUILD_BASE_GUARD_H
#define BUILD_BASE_GUARD_H

/**
 * guard_start() - make the child of guard_tree(), while this process is small
 *
 * One a process; guard_tree() does it where nobody did.
 */
void guard_start(void);

/**
 * guard_tree() - remove the directory @path and all below it when we are gone
 *
 * A small child waits for the end of this process, SIGKILL included, and then
 * removes what is left.  The caller still removes the tree itself when it is
 * done with it: a guard is for the ends that run no code of ours.
 *
 * Context: from one thread, the first time before there are others.  Without a
 * free process or file descriptor, or with $TAP_KEEP set, there is no guard.
 */
void guard_tree(const char *path);

#endif
