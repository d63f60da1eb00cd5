/* SPDX-License-Identifier: GPL-2.0-only */
/* Globals a script fills but never reads are shown when it ends. */
#ifndef BUILD_ELAB_AUTOPRINT_H
#define BUILD_ELAB_AUTOPRINT_H

#include "build/sema/ctx.h"

/**
 * autoprint_add() - append an end probe for each such global of the user's file
 *
 * Call after sema_check(), which finds out what is read; the new handlers are
 * neither bound nor typed yet.
 * Return: true when there are any.
 */
bool autoprint_add(struct sema *sm);

#endif
