/* SPDX-License-Identifier: GPL-2.0-only */
/* Tools built for a newer C library than this machine's, and how to run them. */
#ifndef BUILD_KIT_TOOLS_H
#define BUILD_KIT_TOOLS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct kf_view;

/**
 * tools_can_run() - does this machine's loader find all that @path needs?
 *
 * Asks the loader to list libraries; the program itself is not started.
 */
bool tools_can_run(const char *path);

/**
 * tools_loader() - path of the program loader in directory @libs, or NULL
 */
const char *tools_loader(struct arena *a, const char *libs);

/**
 * tools_write_wrapper() - write a shell script @path that runs @tool by @libs
 * @libs, @tool: absolute
 * Return: 0, ERR_IO, ERR_NOT_FOUND (no loader in @libs).
 */
int tools_write_wrapper(struct arena *a, const char *path, const char *libs,
			const char *tool, struct err *e);

/**
 * tools_adapt_tree() - wrap every program below @dir that cannot run here
 * @libs: directory with loader and libraries
 *
 * The original keeps its bytes as "NAME.orig".  A program that lacks something
 * even with @libs is left alone.
 * Return: 0, ERR_IO.
 */
int tools_adapt_tree(struct arena *a, const char *dir, const char *libs,
		     struct err *e);

/**
 * tools_unpack() - the tools of kit @f in fs_cache_dir("tools/<id>"), *@ret
 *
 * Of bytes that are known to be whole: kit_tools_dir() checks them.
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_UNSUPPORTED (objtool cannot run here).
 */
int tools_unpack(const struct kf_view *f, struct arena *a, const char **ret,
		 struct err *e);

#endif
